//! Compound commands: `if`, `for`, `while`, `case`, groups, tests, functions.

use std::sync::Arc;

use super::parser::Parser;
use super::word::ends_word;
use super::{CaseArm, CommandKind, List, Word};

impl<'t> Parser<'t> {
    /// A compound command, if one starts here.
    pub(super) fn compound(&mut self) -> Option<CommandKind> {
        if self.looking_at("((")
            && let Some(len) = self.balanced("((", "))")
        {
            self.at += len;
            return Some(CommandKind::Arithmetic);
        }
        if self.eat("(") {
            let list = self.list();
            if !self.eat(")") {
                self.problem(self.at, "`)` is missing here");
            }
            return Some(CommandKind::Subshell(list));
        }
        if self.eat_reserved("{") {
            let list = self.list();
            self.expect("}");
            return Some(CommandKind::Group(list));
        }
        if self.eat_reserved("[[") {
            return Some(CommandKind::Test(self.test_words()));
        }
        if self.eat_reserved("if") {
            return Some(self.if_command());
        }
        if self.eat_reserved("while") || self.eat_reserved("until") {
            let condition = self.list();
            let body = self.do_done();
            return Some(CommandKind::Loop { condition, body });
        }
        if self.eat_reserved("for") || self.eat_reserved("select") {
            return Some(self.for_command());
        }
        if self.eat_reserved("case") {
            return self.case_command();
        }
        if self.eat_reserved("function") {
            self.skip_blanks();
            let name = self.function_name()?.to_owned();
            self.at += name.len();
            self.skip_blanks();
            if self.eat("(") {
                self.skip_blanks();
                self.eat(")");
            }
            return Some(self.function(name));
        }
        if let Some(name) = self.function_name() {
            let mut after = name.len();
            while matches!(self.byte(after), Some(b' ' | b'\t')) {
                after += 1;
            }
            if self.byte(after) == Some(b'(') {
                let name = name.to_owned();
                self.at += after + 1;
                self.skip_blanks();
                if !self.eat(")") {
                    self.problem(self.at, "`)` is missing here");
                }
                return Some(self.function(name));
            }
        }
        None
    }

    fn function_name(&self) -> Option<&'t str> {
        let rest = self.rest();
        let len = rest
            .bytes()
            .position(|byte| !(byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)))
            .unwrap_or(rest.len());
        rest.get(..len).filter(|name| !name.is_empty())
    }

    fn function(&mut self, name: String) -> CommandKind {
        self.skip_newlines();
        match self.command() {
            Some(body) => CommandKind::Function { name, body: Arc::new(body) },
            None => {
                self.problem(self.at, "the function has no body");
                CommandKind::Group(List::default())
            }
        }
    }

    fn if_command(&mut self) -> CommandKind {
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.list();
            self.expect("then");
            let body = self.list();
            arms.push((condition, body));
            if !self.eat_reserved("elif") {
                break;
            }
        }
        if self.eat_reserved("else") {
            otherwise = Some(self.list());
        }
        self.expect("fi");
        CommandKind::If { arms, otherwise }
    }

    fn do_done(&mut self) -> List {
        self.expect("do");
        let body = self.list();
        self.expect("done");
        body
    }

    fn for_command(&mut self) -> CommandKind {
        self.skip_blanks();
        let mut words = None;
        let mut variable = String::new();
        if self.looking_at("((") {
            match self.balanced("((", "))") {
                Some(len) => self.at += len,
                None => self.problem(self.at, "`))` is missing"),
            }
        } else {
            if let Some(name) = self.function_name() {
                variable = name.to_owned();
                self.at += name.len();
            }
            self.skip_newlines();
            if self.eat_reserved("in") {
                let mut list = Vec::new();
                loop {
                    self.skip_blanks();
                    match self.word(ends_word) {
                        Some(word) => list.push(word),
                        None => break,
                    }
                }
                words = Some(list);
            }
        }
        let body = self.do_done();
        CommandKind::For { variable, words, body }
    }

    fn case_command(&mut self) -> Option<CommandKind> {
        self.skip_blanks();
        let subject = self.word(ends_word)?;
        self.expect("in");
        let mut arms = Vec::new();
        loop {
            self.skip_newlines();
            if self.at >= self.end || self.reserved("esac") {
                break;
            }
            let from = self.at;
            self.eat("(");
            let mut patterns = Vec::new();
            loop {
                self.skip_blanks();
                patterns.extend(self.word(ends_word));
                self.skip_blanks();
                if !self.eat("|") {
                    break;
                }
            }
            if !self.eat(")") {
                self.problem(self.at, "`)` is missing after a pattern");
            }
            let body = self.list();
            let falls_through = self.looking_at(";&") || self.looking_at(";;&");
            let _ = self.eat(";;&") || self.eat(";;") || self.eat(";&");
            arms.push(CaseArm { patterns, body, falls_through });
            if self.at == from {
                break;
            }
        }
        self.expect("esac");
        Some(CommandKind::Case { subject, arms })
    }

    fn test_words(&mut self) -> Vec<Word> {
        let mut words = Vec::new();
        loop {
            self.skip_newlines();
            if self.eat_reserved("]]") {
                break;
            }
            match self.word(|byte| byte.is_ascii_whitespace()) {
                Some(word) => words.push(word),
                None => {
                    self.problem(self.at, "`]]` is missing here");
                    break;
                }
            }
        }
        words
    }
}
