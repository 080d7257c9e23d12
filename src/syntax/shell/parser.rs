//! Commands, lists and control structure.

use super::{AndOr, Command, Connector, List, Pipeline, Redirect, RedirectOperator, Script, ShellProblem, Word};
use crate::source::Span;
use crate::syntax::offsets::OffsetMap;

/// How deep commands, substitutions and expansions may nest.
const MAX_DEPTH: usize = 64;
/// Past this many problems the rest of a script is not worth reading.
const MAX_PROBLEMS: usize = 20;
/// Words that end the list they follow.
const CLOSERS: [&str; 8] = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

/// A here-document whose body comes after the end of the line.
pub(super) struct Pending {
    pub(super) index: usize,
    pub(super) delimiter: String,
    pub(super) strip_tabs: bool,
    pub(super) verbatim: bool,
}

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    offsets: &'t OffsetMap,
    pub(super) at: usize,
    /// Where reading stops: the end of the text, or of a part that is read on its own.
    pub(super) end: usize,
    depth: usize,
    pub(super) pending: Vec<Pending>,
    pub(super) heredocs: Vec<Word>,
    problems: Vec<ShellProblem>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, offsets: &'t OffsetMap) -> Self {
        Self {
            text,
            offsets,
            at: 0,
            end: text.len(),
            depth: 0,
            pending: Vec::new(),
            heredocs: Vec::new(),
            problems: Vec::new(),
        }
    }

    pub(super) fn script(mut self) -> Script {
        let mut body = List::default();
        loop {
            body.items.append(&mut self.list().items);
            if self.at >= self.end {
                break;
            }
            // A closer without its opener, or a stray `)`: step over it and go on.
            let from = self.at;
            let len = self.closer().map_or(1, str::len);
            self.at = self.next_boundary(self.at + len - 1);
            let found = self.text.get(from..self.at).unwrap_or("").to_owned();
            self.problem(from, format!("`{found}` closes nothing"));
        }
        Script { body, heredocs: self.heredocs, problems: self.problems }
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        self.offsets.span(start, end)
    }

    pub(super) fn problem(&mut self, start: usize, message: impl Into<String>) {
        self.problems.push(ShellProblem { span: self.span(start, self.at.max(start)), message: message.into() });
        if self.problems.len() >= MAX_PROBLEMS {
            self.at = self.end;
        }
    }

    pub(super) fn byte(&self, ahead: usize) -> Option<u8> {
        let at = self.at + ahead;
        (at < self.end).then(|| self.text.as_bytes().get(at).copied())?
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    /// What follows, up to a length: looking ahead again and again must not cost more than the text is long.
    pub(super) fn window(&self, len: usize) -> &'t str {
        let rest = self.rest();
        let mut len = len.min(rest.len());
        while !rest.is_char_boundary(len) {
            len -= 1;
        }
        rest.get(..len).unwrap_or("")
    }

    pub(super) fn looking_at(&self, wanted: &str) -> bool {
        self.rest().starts_with(wanted)
    }

    pub(super) fn eat(&mut self, wanted: &str) -> bool {
        let found = self.looking_at(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    /// The first character boundary after `at`.
    pub(super) fn next_boundary(&self, at: usize) -> usize {
        let mut next = at + 1;
        while next < self.end && !self.text.is_char_boundary(next) {
            next += 1;
        }
        next.min(self.end)
    }

    /// Runs `read` one level deeper; past the limit it gives up on the rest of the text.
    pub(super) fn nested<T: Default>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= MAX_DEPTH {
            self.problem(self.at, "nested too deep");
            self.at = self.end;
            return T::default();
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.byte(0) {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\\') if self.looking_at("\\\n") => self.at += 2,
                Some(b'\\') if self.looking_at("\\\r\n") => self.at += 3,
                Some(b'#') => {
                    let line = self.rest().find('\n').unwrap_or(self.end - self.at);
                    self.at += line;
                }
                _ => return,
            }
        }
    }

    pub(super) fn skip_newlines(&mut self) {
        loop {
            self.skip_blanks();
            if self.byte(0) != Some(b'\n') {
                return;
            }
            self.at += 1;
            self.heredoc_bodies();
        }
    }

    /// The reserved word here, if it stands alone.
    pub(super) fn reserved(&self, word: &str) -> bool {
        self.looking_at(word) && self.byte(word.len()).is_none_or(|after| b" \t\r\n;&|()<>".contains(&after))
    }

    fn closer(&self) -> Option<&'static str> {
        CLOSERS.into_iter().find(|word| self.reserved(word))
    }

    pub(super) fn eat_reserved(&mut self, word: &str) -> bool {
        let found = self.reserved(word);
        if found {
            self.at += word.len();
        }
        found
    }

    pub(super) fn expect(&mut self, word: &str) {
        self.skip_newlines();
        if self.byte(0) == Some(b';') && self.byte(1) != Some(b';') {
            self.at += 1;
            self.skip_newlines();
        }
        if !self.eat_reserved(word) {
            self.problem(self.at, format!("`{word}` is missing here"));
        }
    }

    /// Reads commands up to a closer, `)`, `;;` or the end.
    pub(super) fn list(&mut self) -> List {
        self.nested(Self::list_items)
    }

    fn list_items(&mut self) -> List {
        let mut items = Vec::new();
        loop {
            self.skip_newlines();
            let from = self.at;
            match self.byte(0) {
                None | Some(b')') => break,
                Some(b';') if matches!(self.byte(1), Some(b';' | b'&')) => break,
                _ if self.closer().is_some() => break,
                _ => {}
            }
            if let Some(mut item) = self.and_or() {
                self.skip_blanks();
                match (self.byte(0), self.byte(1)) {
                    (Some(b';'), Some(b';' | b'&')) => {}
                    (Some(b';'), _) => self.at += 1,
                    (Some(b'&'), _) => {
                        self.at += 1;
                        item.background = true;
                    }
                    _ => {}
                }
                items.push(item);
            }
            if self.at == from {
                self.at = self.next_boundary(from);
                self.problem(from, "nothing that a command starts with");
            }
        }
        List { items }
    }

    fn and_or(&mut self) -> Option<AndOr> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let connector = if self.eat("&&") {
                Connector::And
            } else if self.eat("||") {
                Connector::Or
            } else {
                break;
            };
            self.skip_newlines();
            match self.pipeline() {
                Some(pipeline) => rest.push((connector, pipeline)),
                None => {
                    self.problem(self.at, "a command is missing here");
                    break;
                }
            }
        }
        Some(AndOr { first, rest, background: false })
    }

    fn pipeline(&mut self) -> Option<Pipeline> {
        let mut negated = false;
        loop {
            self.skip_blanks();
            if self.eat_reserved("!") {
                negated = !negated;
            } else if !self.eat_reserved("time") {
                break;
            }
        }
        let mut commands = vec![self.command()?];
        loop {
            self.skip_blanks();
            if self.byte(0) != Some(b'|') || self.byte(1) == Some(b'|') {
                break;
            }
            self.at += if self.byte(1) == Some(b'&') { 2 } else { 1 };
            self.skip_newlines();
            match self.command() {
                Some(command) => commands.push(command),
                None => {
                    self.problem(self.at, "a command is missing here");
                    break;
                }
            }
        }
        Some(Pipeline { negated, commands })
    }

    pub(super) fn command(&mut self) -> Option<Command> {
        self.nested(|parser| {
            let start = parser.at;
            let mut redirects = Vec::new();
            let kind = match parser.compound() {
                Some(kind) => kind,
                None => parser.simple(&mut redirects)?,
            };
            loop {
                let before = parser.at;
                parser.skip_blanks();
                match parser.redirect() {
                    Some(redirect) => redirects.push(redirect),
                    None => {
                        parser.at = before;
                        break;
                    }
                }
            }
            Some(Command { span: parser.span(start, parser.at), kind, redirects })
        })
    }

    /// A redirection, if one starts here.
    pub(super) fn redirect(&mut self) -> Option<Redirect> {
        use RedirectOperator::{Append, HereString, Heredoc, Other, Read, Write};
        const OPERATORS: [(&str, RedirectOperator); 12] = [
            ("&>>", Append),
            ("&>", Write),
            ("<<<", HereString),
            ("<<-", Heredoc),
            ("<<", Heredoc),
            ("<>", Other),
            ("<&", Other),
            (">>", Append),
            (">|", Write),
            (">&", Other),
            (">", Write),
            ("<", Read),
        ];
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let after = self.rest().get(digits..)?;
        // `<(` and `>(` are process substitutions, and so words.
        if after.starts_with("<(") || after.starts_with(">(") {
            return None;
        }
        let (text, operator) = OPERATORS.into_iter().find(|(text, _)| after.starts_with(text))?;
        let descriptor = self.rest().get(..digits).and_then(|text| text.parse().ok());
        self.at += digits + text.len();
        self.skip_blanks();
        let from = self.at;
        let Some(target) = self.word(super::word::ends_word) else {
            self.problem(from, "the redirection leads nowhere");
            return None;
        };
        let heredoc = (operator == Heredoc).then(|| {
            let raw = self.text.get(from..self.at).unwrap_or("");
            let index = self.heredocs.len();
            self.heredocs.push(Word { span: target.span, parts: Vec::new() });
            self.pending.push(Pending {
                index,
                delimiter: raw.replace(['"', '\'', '\\'], ""),
                strip_tabs: text == "<<-",
                verbatim: raw.contains(['"', '\'', '\\']),
            });
            index
        });
        Some(Redirect { operator, descriptor, target, heredoc })
    }
}
