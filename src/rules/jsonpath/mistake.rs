//! What is wrong with a text that should be a JSONPath, in words.

use jsonpath_rust::parser::errors::JsonPathError;
use pest::error::InputLocation;

use super::PathError;
use crate::eval::did_you_mean;

/// The functions of filters.
const FUNCTIONS: &[&str] = &["length", "count", "value", "match", "search"];

/// Says what keeps a text from being a path.
pub(super) fn explain(path: &str, error: &JsonPathError) -> PathError {
    let JsonPathError::PestError(error) = error else {
        return told(&error.to_string(), 0, None);
    };
    let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
    no_root(path)
        .or_else(|| lone_sign(path, at))
        .or_else(|| unknown_function(path, at))
        .or_else(|| unclosed(path))
        .or_else(|| not_a_name(path, at))
        .unwrap_or_else(|| {
            let steps = "a path is `$` and then steps such as `.name`, `[0]`, `[*]`, `..name` or `[?@.name == 1]`";
            told("it cannot be read from here on", at, Some(steps.to_owned()))
        })
}

fn told(message: &str, at: usize, help: Option<String>) -> PathError {
    PathError { message: message.to_owned(), at, help }
}

fn no_root(path: &str) -> Option<PathError> {
    let rest = path.trim_start_matches(['$', '.', ' ']);
    let step = if rest.starts_with('[') { "" } else { "." };
    let is_rooted = path.starts_with("$.") || path.starts_with("$[") || path.trim_end() == "$";
    (!is_rooted).then(|| told("a path begins with `$` and a step", 0, Some(format!("write `${step}{rest}`"))))
}

/// `=`, `&` or `|` where two of them are meant.
fn lone_sign(path: &str, at: usize) -> Option<PathError> {
    let sign = path.get(at..)?.trim_start().chars().next()?;
    let at = path.len() - path.get(at..)?.trim_start().len();
    let help = match sign {
        '=' => "compare with `==`",
        '&' => "join conditions with `&&`",
        '|' => "join conditions with `||`",
        _ => return None,
    };
    Some(told(&format!("`{sign}` means nothing here"), at, Some(help.to_owned())))
}

fn unknown_function(path: &str, at: usize) -> Option<PathError> {
    let name: String = path.get(at..)?.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let is_call = !name.is_empty() && path.get(at + name.len()..)?.starts_with('(');
    (is_call && !FUNCTIONS.contains(&name.as_str())).then(|| {
        let help = did_you_mean(&name, FUNCTIONS.iter().copied());
        let help = help.unwrap_or_else(|| format!("there are: {}", FUNCTIONS.join(", ")));
        told(&format!("there is no function `{name}`"), at, Some(help))
    })
}

/// A bracket or a quote that nothing closes.
fn unclosed(path: &str) -> Option<PathError> {
    let mut open = Vec::new();
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in path.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some((_, end)) if c == end => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"') => quote = Some((at, c)),
            None if matches!(c, '[' | '(') => open.push((at, c)),
            None if matches!(c, ']' | ')') => {
                open.pop();
            }
            None => {}
        }
    }
    let (at, sign) = quote.or_else(|| open.pop())?;
    Some(told(&format!("nothing closes this `{sign}`"), at, None))
}

/// After `.`, something that no name begins with; or within a name, something that no name has.
fn not_a_name(path: &str, at: usize) -> Option<PathError> {
    let before = path.get(..at)?.chars().next_back()?;
    let here = path.get(at..)?.chars().next();
    if before == '.' {
        let help = match here {
            Some('[') => "leave out the `.` before `[`",
            _ => "other names than of letters, digits and `_` are written `['a-name']`",
        };
        return Some(told("a name has to follow `.`", at, Some(help.to_owned())));
    }
    let here = here.filter(|c| !c.is_whitespace() && !"[](),?@$'\"".contains(*c))?;
    (before.is_alphanumeric() || before == '_').then(|| {
        let help = "other names than of letters, digits and `_` are written `['a-name']`".to_owned();
        told(&format!("a name without quotes has no `{here}`"), at, Some(help))
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::jsonpath::parse;

    fn said(path: &str) -> (usize, String, String) {
        let error = parse(path).unwrap_err();
        (error.at, error.message, error.help.unwrap_or_default())
    }

    fn is(path: &str, at: usize, message: &str, help: &str) {
        assert_eq!(said(path), (at, message.to_owned(), help.to_owned()), "{path}");
    }

    #[test]
    fn mistakes_are_told_in_words() {
        is("functions[0]", 0, "a path begins with `$` and a step", "write `$.functions[0]`");
        is("$functions", 0, "a path begins with `$` and a step", "write `$.functions`");
        is("$.functions[?@.timeout = 30]", 23, "`=` means nothing here", "compare with `==`");
        is("$.f[?@.a == 1 & @.b == 2]", 14, "`&` means nothing here", "join conditions with `&&`");
        is("$.f[?mach(@.a, 'x')]", 5, "there is no function `mach`", "did you mean `match`?");
        is("$.functions[", 11, "nothing closes this `[`", "");
        is("$.f[?@.a == 'x]", 12, "nothing closes this `'`", "");
        is("$.functions.[0]", 12, "a name has to follow `.`", "leave out the `.` before `[`");
        let quoted = "other names than of letters, digits and `_` are written `['a-name']`";
        is("$.env.LOG-LEVEL", 9, "a name without quotes has no `-`", quoted);
        assert!(said("$.f[01]").1.starts_with("it cannot be read"));
        assert!(parse("").is_err() && parse("$.ä[?@.ö = 1]").is_err());
    }
}
