//! Shell patterns, as `case` and `${X##pattern}` use them.

use crate::syntax::shell::{Part, Word};

/// A pattern whose text is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Token>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Char(char),
    Any,
    One,
}

impl Pattern {
    /// The pattern of a word; `None` when it is computed, or has more than `*` and `?` in it.
    pub(super) fn of(word: &Word) -> Option<Self> {
        let mut tokens = Vec::new();
        for part in &word.parts {
            let Part::Text { text, quoted } = part else {
                return None;
            };
            for character in text.chars() {
                tokens.push(match character {
                    '*' if !quoted => Token::Any,
                    '?' if !quoted => Token::One,
                    '[' | '(' if !quoted => return None,
                    other => Token::Char(other),
                });
            }
        }
        Some(Self(tokens))
    }

    /// The text, when it matches nothing but that.
    pub(super) fn literal(&self) -> Option<String> {
        let chars = self.0.iter().map(|token| match token {
            Token::Char(character) => Some(*character),
            _ => None,
        });
        chars.collect()
    }

    /// Whether it matches everything.
    pub(super) fn matches_all(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|token| *token == Token::Any)
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        // Backtracks to the last `*` only, so the work is at most the product of both lengths.
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut token) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while let Some(character) = text.get(at) {
            match self.0.get(token) {
                Some(Token::Any) => {
                    retry = Some((at, token));
                    token += 1;
                }
                Some(Token::One) => {
                    at += 1;
                    token += 1;
                }
                Some(Token::Char(wanted)) if wanted == character => {
                    at += 1;
                    token += 1;
                }
                _ => {
                    let Some((from, star)) = retry else {
                        return false;
                    };
                    retry = Some((from + 1, star));
                    at = from + 1;
                    token = star + 1;
                }
            }
        }
        self.0.get(token..).is_some_and(|rest| rest.iter().all(|token| *token == Token::Any))
    }

    /// Takes a match off the start, the longest or the shortest.
    pub(super) fn trim_start(&self, text: &str, longest: bool) -> String {
        let mut ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        if longest {
            ends.reverse();
        }
        let found = ends.into_iter().find(|&at| text.get(..at).is_some_and(|head| self.matches(head)));
        text.get(found.unwrap_or(0)..).unwrap_or(text).to_owned()
    }

    /// Takes a match off the end, the longest or the shortest.
    pub(super) fn trim_end(&self, text: &str, longest: bool) -> String {
        let mut starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        if !longest {
            starts.reverse();
        }
        let found = starts.into_iter().find(|&at| text.get(at..).is_some_and(|tail| self.matches(tail)));
        text.get(..found.unwrap_or(text.len())).unwrap_or(text).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::syntax::offsets::OffsetMap;
    use crate::syntax::shell::{CommandKind, parse};

    fn pattern(text: &str) -> Pattern {
        let file = Sources::new().add("x.sh", text);
        let script = parse(text, &OffsetMap::verbatim(file, 0));
        match &script.body.items[0].first.commands[0].kind {
            CommandKind::Simple { words, .. } => Pattern::of(&words[0]).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn stars_and_question_marks() {
        assert!(pattern("a*c?").matches("abbcd"));
        assert!(!pattern("a*c").matches("abcd"));
        assert!(pattern("*").matches_all());
        assert!(!pattern("'*'").matches("x"));
        assert_eq!(pattern("'*'a").literal().as_deref(), Some("*a"));
    }

    #[test]
    fn trimming() {
        assert_eq!(pattern("*/").trim_start("a/b/c", true), "c");
        assert_eq!(pattern("*/").trim_start("a/b/c", false), "b/c");
        assert_eq!(pattern("-*").trim_end("a-b-c", false), "a-b");
        assert_eq!(pattern("-*").trim_end("a-b-c", true), "a");
        assert_eq!(pattern("x").trim_end("abc", true), "abc");
    }
}
