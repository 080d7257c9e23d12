//! Simple commands: assignments, words and redirections.

use super::parser::Parser;
use super::word::ends_word;
use super::{AssignedValue, Assignment, CommandKind, Redirect, Word};

/// How far the end of an index, `[…]`, is looked for.
const MAX_INDEX: usize = 256;

impl Parser<'_> {
    /// A simple command, if one starts here. Redirections among its words go to `redirects`.
    pub(super) fn simple(&mut self, redirects: &mut Vec<Redirect>) -> Option<CommandKind> {
        let mut assignments = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let mut declares = false;
        loop {
            let before = self.at;
            self.skip_blanks();
            if let Some(redirect) = self.redirect() {
                redirects.push(redirect);
                continue;
            }
            if (words.is_empty() || declares)
                && let Some(assignment) = self.assignment()
            {
                assignments.push(assignment);
                continue;
            }
            match self.word(ends_word) {
                Some(word) => {
                    if words.is_empty() {
                        declares = matches!(
                            word.literal().as_deref(),
                            Some("export" | "local" | "declare" | "readonly" | "typeset")
                        );
                    }
                    words.push(word);
                }
                None => {
                    self.at = before;
                    break;
                }
            }
        }
        (!words.is_empty() || !assignments.is_empty() || !redirects.is_empty())
            .then_some(CommandKind::Simple { assignments, words })
    }

    fn assignment(&mut self) -> Option<Assignment> {
        let rest = self.rest();
        let name_len = rest.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_'))?;
        let name = rest.get(..name_len)?;
        if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let mut after = name_len;
        let element = rest.as_bytes().get(after) == Some(&b'[');
        if element {
            let inner = self.window(after + MAX_INDEX).get(after..)?;
            let close = inner.find([']', '\n', ' '])?;
            if inner.as_bytes().get(close) != Some(&b']') {
                return None;
            }
            after += close + 1;
        }
        let append = rest.as_bytes().get(after) == Some(&b'+');
        after += usize::from(append);
        if rest.as_bytes().get(after) != Some(&b'=') {
            return None;
        }
        let start = self.at;
        self.at += after + 1;
        let value = if self.eat("(") {
            AssignedValue::Array(self.array())
        } else {
            let at = self.span(self.at, self.at);
            AssignedValue::Word(self.word(ends_word).unwrap_or(Word { span: at, parts: Vec::new() }))
        };
        Some(Assignment { span: self.span(start, self.at), name: name.to_owned(), append, element, value })
    }

    fn array(&mut self) -> Vec<Word> {
        let mut words = Vec::new();
        loop {
            self.skip_newlines();
            if self.eat(")") {
                break;
            }
            if self.byte(0) == Some(b'[')
                && let Some(close) = self.window(MAX_INDEX).find("]=")
                && !self.rest().get(..close).unwrap_or("").contains('\n')
            {
                self.at += close + 2;
            }
            match self.word(ends_word) {
                Some(word) => words.push(word),
                None => {
                    self.problem(self.at, "`)` is missing after the elements of an array");
                    break;
                }
            }
        }
        words
    }
}
