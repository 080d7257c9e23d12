//! Files and their names. Files are read through the scope, never from a disk.

use super::{Call, Function, Kind, Outcome, Parameter, Refusal, encoding, hangs_on, never_known, partial};
use crate::source::{ReadError, Span};
use crate::value::{Origin, TextPiece, Type, Value};

const PATH: Parameter = Parameter::new("path", Kind::String);

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "file", parameters: &[PATH], rest: None, returns: Kind::String, run: file },
    Function { name: "filebase64", parameters: &[PATH], rest: None, returns: Kind::String, run: file_base64 },
    Function { name: "fileexists", parameters: &[PATH], rest: None, returns: Kind::Bool, run: file_exists },
    Function {
        name: "fileset",
        parameters: &[PATH, Parameter::new("pattern", Kind::String)],
        rest: None,
        returns: Kind::StringSet,
        run: file_set,
    },
    Function { name: "basename", parameters: &[PATH.or_unknown()], rest: None, returns: Kind::String, run: base_name },
    Function { name: "dirname", parameters: &[PATH], rest: None, returns: Kind::String, run: directory_name },
    Function { name: "abspath", parameters: &[PATH], rest: None, returns: Kind::String, run: absolute_path },
    Function { name: "pathexpand", parameters: &[PATH], rest: None, returns: Kind::String, run: expand_path },
];

/// What keeps a file from being read, where Terraform might do so.
pub(super) fn refusal(error: ReadError) -> Refusal {
    match error {
        ReadError::NotUtf8(_) => Refusal::argument(0, error.to_string()),
        // A package, or a secret that is not committed, is put in its place before Terraform runs.
        ReadError::NotFound => Refusal {
            argument: Some(0),
            ..Refusal::bound("there is no such file here; it may be put there before Terraform runs")
        },
        // What trysquare does not look at may well be there.
        ReadError::OutsideRoot | ReadError::TooLarge(_) | ReadError::Io(_) => {
            Refusal { argument: Some(0), ..Refusal::bound(error.to_string()) }
        }
    }
}

/// The bytes of the file that an argument names.
pub(super) fn bytes(call: &Call<'_>) -> Result<Vec<u8>, Refusal> {
    let bytes = call.evaluator.scope().files().bytes(call.text(0)).map_err(refusal)?;
    call.spend(bytes.len() / 64)?;
    Ok(bytes)
}

fn file(call: &Call<'_>) -> Outcome {
    let found = call.evaluator.scope().files().text(call.text(0)).map_err(refusal)?;
    call.spend(found.text.len() / 64)?;
    let whole = Span::new(found.file, 0, found.text.len());
    // As a text of one verbatim piece, a place in the value is a place in the file.
    let piece = TextPiece { start: 0, origin: Origin::source(whole), verbatim: true };
    Ok(Value::string(found.text).at(Origin::text(call.span, vec![piece])))
}

fn file_base64(call: &Call<'_>) -> Outcome {
    let bytes = bytes(call)?;
    call.allow_string(bytes.len().saturating_mul(2))?;
    Ok(Value::string(encoding::to_base64(&bytes)))
}

fn file_exists(call: &Call<'_>) -> Outcome {
    match call.evaluator.scope().files().exists(call.text(0)) {
        Ok(found) => Ok(found.into()),
        Err(error) => Err(refusal(error)),
    }
}

fn file_set(call: &Call<'_>) -> Outcome {
    let pattern = Glob::new(call.text(1))?;
    let files = call.evaluator.scope().files().under(call.text(0)).map_err(refusal)?;
    call.spend(files.len())?;
    let found = files.into_iter().filter(|file| pattern.matches(file)).map(Value::string);
    Ok(Value::set(Type::String, found.collect()))
}

fn base_name(call: &Call<'_>) -> Outcome {
    let path = call.argument(0);
    let end = partial::known_end(path);
    if let Some(unknown) = path.first_unknown() {
        // What follows the last slash is the name, if something does.
        return Ok(match end.rsplit_once('/') {
            Some((_, name)) if !name.is_empty() => Value::string(name),
            _ => hangs_on(unknown, Type::String),
        });
    }
    let trimmed = end.trim_end_matches('/');
    Ok(Value::string(match (trimmed.rsplit('/').next(), end.is_empty()) {
        (_, true) => ".",
        (Some(name), _) if !name.is_empty() => name,
        _ => "/",
    }))
}

fn directory_name(call: &Call<'_>) -> Outcome {
    let path = call.text(0);
    let directory = path.rfind('/').map_or("", |at| path.get(..=at).unwrap_or(""));
    Ok(Value::string(clean(directory)))
}

/// The shortest path that means the same, as Go's `filepath.Clean`.
pub(super) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

fn absolute_path(call: &Call<'_>) -> Outcome {
    let path = call.text(0);
    if path.starts_with('/') {
        return Ok(Value::string(clean(path)));
    }
    Ok(never_known(Type::String, "where the working directory is depends on the machine", call))
}

fn expand_path(call: &Call<'_>) -> Outcome {
    let path = call.text(0);
    if path.starts_with('~') {
        if path.len() > 1 && !path.starts_with("~/") {
            return Err(Refusal::argument(0, "another user's home directory cannot be expanded"));
        }
        return Ok(never_known(Type::String, "where the home directory is depends on the machine", call));
    }
    Ok(Value::string(path))
}

// ── Globs ───────────────────────────────────────────────────────────────────────────────

/// A pattern of `fileset`: `*`, `?`, `[…]`, `{a,b}`, and `**` for any number of directories.
struct Glob(Vec<Vec<String>>);

/// Alternatives that one pattern may stand for.
const MAX_ALTERNATIVES: usize = 1_000;

impl Glob {
    fn new(pattern: &str) -> Result<Self, Refusal> {
        let mut alternatives = Vec::new();
        expand_braces(pattern, &mut alternatives)?;
        if alternatives.iter().any(|pattern| !classes_closed(pattern)) {
            return Err(Refusal::argument(1, "a bracket of the pattern is never closed"));
        }
        Ok(Self(alternatives.iter().map(|pattern| clean(pattern).split('/').map(str::to_owned).collect()).collect()))
    }

    fn matches(&self, path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').collect();
        self.0.iter().any(|pattern| parts_match(pattern, &parts))
    }
}

fn classes_closed(pattern: &str) -> bool {
    match pattern.split_once('[') {
        None => true,
        // The first character after the bracket, or after its `^`, closes nothing.
        Some((_, class)) => {
            match class.trim_start_matches(['^', '!']).char_indices().skip(1).find(|(_, c)| *c == ']') {
                Some((at, _)) => class.get(at + 1..).is_none_or(classes_closed),
                None => false,
            }
        }
    }
}

fn expand_braces(pattern: &str, out: &mut Vec<String>) -> Result<(), Refusal> {
    if out.len() > MAX_ALTERNATIVES {
        return Err(Refusal::bound("the pattern stands for more alternatives than trysquare allows"));
    }
    let Some(open) = pattern.find('{') else {
        out.push(pattern.to_owned());
        return Ok(());
    };
    let mut depth = 0usize;
    let mut cuts = vec![open];
    for (at, character) in pattern.char_indices().skip_while(|(at, _)| *at < open) {
        match character {
            '{' => depth += 1,
            ',' if depth == 1 => cuts.push(at),
            '}' if depth == 1 => {
                cuts.push(at);
                let (head, tail) = (pattern.get(..open).unwrap_or(""), pattern.get(at + 1..).unwrap_or(""));
                for pair in cuts.windows(2) {
                    let [from, to] = pair else { continue };
                    let choice = pattern.get(from + 1..*to).unwrap_or("");
                    expand_braces(&format!("{head}{choice}{tail}"), out)?;
                }
                return Ok(());
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    Err(Refusal::argument(1, "a brace of the pattern is never closed"))
}

/// Goes through the pattern with all the places in the path that it may have come to so far, so
/// that any number of `**` costs no more than their product.
fn parts_match(pattern: &[String], parts: &[&str]) -> bool {
    let mut reached = vec![false; parts.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for wanted in pattern {
        let mut next = vec![false; parts.len() + 1];
        for (at, _) in reached.iter().enumerate().filter(|(_, here)| **here) {
            let rest = next.get_mut(at..).unwrap_or(&mut []);
            if wanted == "**" {
                rest.fill(true);
                break;
            }
            let fits = parts.get(at).is_some_and(|part| name_matches(wanted.as_bytes(), part.as_bytes()));
            if let Some(after) = rest.get_mut(1) {
                *after |= fits;
            }
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

/// One name against one part of a pattern, going back to the last `*` where a match fails.
fn name_matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut in_name) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let next = pattern.get(at);
        let byte = name.get(in_name);
        if next == Some(&b'*') {
            star = Some((at + 1, in_name));
            at += 1;
            continue;
        }
        let step = match (next, byte) {
            (None, None) => return true,
            (Some(b'?'), Some(_)) => Some(1),
            (Some(b'['), Some(&byte)) => class_matches(pattern.get(at..).unwrap_or(&[]), byte),
            (Some(b'\\'), Some(byte)) => (pattern.get(at + 1) == Some(byte)).then_some(2),
            (Some(wanted), Some(byte)) if wanted == byte => Some(1),
            _ => None,
        };
        match (step, star) {
            (Some(length), _) => {
                at += length;
                in_name += 1;
            }
            (None, Some((after, from))) if from < name.len() => {
                star = Some((after, from + 1));
                at = after;
                in_name = from + 1;
            }
            _ => return false,
        }
    }
}

/// The length of a class such as `[a-z]`, when the byte is in it.
fn class_matches(pattern: &[u8], byte: u8) -> Option<usize> {
    let mut at = 1;
    let negated = matches!(pattern.get(at), Some(b'^' | b'!'));
    at += usize::from(negated);
    let mut found = false;
    loop {
        let low = *pattern.get(at)?;
        if low == b']' && at > 1 + usize::from(negated) {
            break;
        }
        let high = match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some(b'-'), Some(&high)) if high != b']' => {
                at += 2;
                high
            }
            _ => low,
        };
        found |= (low..=high).contains(&byte);
        at += 1;
    }
    (found != negated).then_some(at + 1)
}
