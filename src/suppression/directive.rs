//! What a comment says: `trysquare:ignore RULE[,RULE] [until=YYYY-MM-DD] reason`.

use std::ops::Range;

use crate::standard::is_date;

/// What every such comment begins with.
pub(super) const MARKER: &str = "trysquare:ignore";

/// A comment that asks for something to be silenced.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Directive {
    /// The rules' names, as ranges of the comment's text.
    pub rules: Vec<Range<usize>>,
    /// The last day on which it holds.
    pub until: Option<String>,
    /// Why; empty when it does not say.
    pub reason: String,
    /// What is wrong with how it is written.
    pub problem: Option<String>,
}

/// Reads a comment's text, its signs included. `None` for every other comment.
pub(super) fn read(comment: &str) -> Option<Directive> {
    let at = comment.find(|c: char| !c.is_whitespace() && !matches!(c, '#' | '/' | '*' | '<' | '!' | '-'))?;
    let rest = comment.get(at..)?.strip_prefix(MARKER)?;
    let end = rest.trim_end().trim_end_matches("*/").trim_end_matches("-->").len();
    let text = rest.get(..end)?;
    if !text.is_empty() && !text.starts_with(char::is_whitespace) {
        let problem = Some(format!("this is not a suppression that there is; `{MARKER}` is"));
        return Some(Directive { problem, ..Directive::default() });
    }
    Some(read_words(text, at + MARKER.len()))
}

/// Reads what follows the marker; `offset` is where that starts in the comment.
fn read_words(text: &str, offset: usize) -> Directive {
    let mut directive = Directive::default();
    let mut reason: Vec<&str> = Vec::new();
    let mut names_end = false;
    for word in words(text) {
        let written = text.get(word.clone()).unwrap_or("");
        if !names_end {
            names_end = !written.ends_with(',');
            directive.rules.extend(names(written, offset + word.start));
        } else if let Some(date) = written.strip_prefix("until=") {
            if !is_date(date) {
                directive.problem = Some(format!("`{date}` is not a date"));
            }
            directive.until = Some(date.to_owned());
        } else {
            reason.push(written);
        }
    }
    directive.reason = reason.join(" ").trim_start_matches(['-', ':', '—', '–', ' ']).to_owned();
    directive
}

/// The names between the commas of a word.
fn names(word: &str, offset: usize) -> Vec<Range<usize>> {
    let mut names = Vec::new();
    let mut start = 0;
    for name in word.split(',') {
        if !name.is_empty() {
            names.push(offset + start..offset + start + name.len());
        }
        start += name.len() + 1;
    }
    names
}

/// Ranges of the stretches without blanks.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices() {
        match (character.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|from| from..text.len()));
    words
}

#[cfg(test)]
mod tests {
    use super::read;

    fn parts(comment: &str) -> Option<(Vec<&str>, Option<String>, String)> {
        let directive = read(comment)?;
        let rules = directive.rules.iter().map(|range| &comment[range.clone()]).collect();
        Some((rules, directive.until, directive.reason))
    }

    #[test]
    fn comments_of_every_language() {
        let wanted = Some((vec!["a-rule"], None, "for a while".to_owned()));
        assert_eq!(parts("# trysquare:ignore a-rule for a while"), wanted);
        assert_eq!(parts("// trysquare:ignore a-rule: for a while").map(|parts| parts.2), Some("for a while".into()));
        assert_eq!(parts("/* trysquare:ignore a-rule\n   for a while */"), wanted);
        assert_eq!(parts("<!-- trysquare:ignore a-rule -- for a while -->"), wanted);
        assert_eq!(parts("# see trysquare:ignore a-rule"), None);
        assert_eq!(parts("#"), None);
    }

    #[test]
    fn several_rules_and_a_date() {
        let comment = "#trysquare:ignore one,two, three until=2030-01-31 why";
        assert_eq!(parts(comment), Some((vec!["one", "two", "three"], Some("2030-01-31".into()), "why".into())));
        assert_eq!(parts("# trysquare:ignore"), Some((vec![], None, String::new())));
        assert!(read("# trysquare:ignore one until=soon why").unwrap().problem.is_some());
        assert!(read("# trysquare:ignore-line one why").unwrap().problem.is_some());
    }
}
