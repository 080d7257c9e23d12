//! Characters, spans and problems: what every part of the reader stands on.
//!
//! HCL is sensitive to line ends in bodies and in `{ a = b }`, and blind to them inside
//! parentheses, brackets, calls, interpolations and `for`. [`Parser::newlines`] holds which
//! of the two applies, as HashiCorp's parser does with its stack.

use super::ast::Name;
use crate::source::{FileId, Span, Spanned};
use crate::syntax::SyntaxProblem;

/// Nesting beyond this is refused. Terraform has no bound, but no person writes it, and it would exhaust a small stack.
const MAX_DEPTH: usize = 128;
/// Problems beyond this are dropped: the file is not HCL at all.
const MAX_PROBLEMS: usize = 50;

/// Marks that a problem has been reported and the caller should find its footing.
pub(super) struct Stumbled;
pub(super) type Read<T> = Result<T, Stumbled>;

/// From an offset in the text being read to one in the file, where the two differ.
pub(super) type Place<'t> = Option<&'t dyn Fn(usize) -> usize>;

pub(super) struct Parser<'t> {
    file: FileId,
    place: Place<'t>,
    text: &'t str,
    bytes: &'t [u8],
    pub(super) at: usize,
    pub(super) end: usize,
    /// Whether a line end ends things here.
    pub(super) newlines: bool,
    depth: usize,
    pub(super) problems: Vec<SyntaxProblem>,
    /// Where comments are, in the order they were met; one that was met twice is there twice.
    pub(super) comments: Vec<std::ops::Range<usize>>,
    /// Whether a block or heredoc ran into the end of the file.
    pub(super) unclosed: bool,
    /// Whether a block that starts where only top-level ones do closes what is open.
    pub(super) close_at_top_level: bool,
    /// Where the last problem ended that took the closing of what was open with it.
    pub(super) cut_off: Option<usize>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(file: FileId, text: &'t str, range: std::ops::Range<usize>, place: Place<'t>) -> Self {
        let end = range.end.min(text.len());
        let bom = '\u{feff}'.len_utf8();
        let at = if range.start == 0 && end >= bom && text.starts_with('\u{feff}') { bom } else { range.start };
        Self {
            file,
            place,
            text,
            bytes: text.as_bytes(),
            at,
            end,
            newlines: true,
            depth: 0,
            problems: Vec::new(),
            comments: Vec::new(),
            unclosed: false,
            close_at_top_level: false,
            cut_off: None,
        }
    }

    pub(super) fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    /// The byte `ahead` of here, or 0 at the end.
    pub(super) fn peek_at(&self, ahead: usize) -> u8 {
        let at = self.at + ahead;
        if at < self.end { self.bytes.get(at).copied().unwrap_or(0) } else { 0 }
    }

    pub(super) fn done(&self) -> bool {
        self.at >= self.end
    }

    pub(super) fn rest(&self) -> &'t str {
        self.slice(self.at, self.end)
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        match self.place {
            None => Span::new(self.file, start, end),
            Some(place) => Span::new(self.file, place(start), place(end)),
        }
    }

    pub(super) fn since(&self, start: usize) -> Span {
        self.span(start, self.at)
    }

    /// The character here, as a span; empty at the end of the line.
    pub(super) fn here(&self) -> Span {
        if self.at_line_end() {
            return self.span(self.at, self.at);
        }
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        self.span(self.at, self.at + length)
    }

    pub(super) fn rest_of_line(&self) -> Span {
        let line = self.rest().lines().next().unwrap_or("").trim_end();
        self.span(self.at, self.at + line.len())
    }

    pub(super) fn at_line_start(&self) -> bool {
        self.at == 0 || self.bytes.get(self.at - 1) == Some(&b'\n')
    }

    pub(super) fn at_line_end(&self) -> bool {
        match self.peek() {
            b'\n' => true,
            b'\r' => self.peek_at(1) == b'\n',
            _ => false,
        }
    }

    pub(super) fn problem(&mut self, span: Span, message: impl Into<String>) -> Stumbled {
        self.problem_with(SyntaxProblem::new(span, message))
    }

    pub(super) fn problem_with(&mut self, problem: SyntaxProblem) -> Stumbled {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
        Stumbled
    }

    /// Reports that something else stands here.
    pub(super) fn expected(&mut self, what: &str) -> Stumbled {
        let problem = self.expectation(what);
        self.problem_with(problem)
    }

    pub(super) fn expectation(&self, what: &str) -> SyntaxProblem {
        SyntaxProblem::new(self.here(), format!("expected {what}, found {}", self.found()))
    }

    /// Names what stands here, for "expected … but found …".
    fn found(&self) -> String {
        if self.done() {
            return "the end of the file".to_owned();
        }
        if self.at_line_end() {
            return "the end of the line".to_owned();
        }
        let word: String = self.rest().chars().take_while(|c| c.is_alphanumeric() || *c == '_').take(30).collect();
        if word.is_empty() {
            let character = self.rest().chars().next().unwrap_or(' ');
            if character.is_control() { format!("`{}`", character.escape_debug()) } else { format!("`{character}`") }
        } else {
            format!("`{word}`")
        }
    }

    /// Skips blanks and comments, and line ends where they mean nothing.
    pub(super) fn space(&mut self) {
        loop {
            let start = self.at;
            match self.peek() {
                b' ' | b'\t' => self.at += 1,
                b'\r' if self.peek_at(1) == b'\n' && !self.newlines => self.at += 2,
                b'\n' if !self.newlines => self.at += 1,
                b'#' => {
                    self.skip_line();
                    self.comments.push(start..self.at);
                }
                b'/' if self.peek_at(1) == b'/' => {
                    self.skip_line();
                    self.comments.push(start..self.at);
                }
                b'/' if self.peek_at(1) == b'*' => {
                    let closed = self.skip_comment();
                    self.comments.push(start..self.at);
                    if !closed {
                        let opening = self.span(start, start + 2);
                        self.problem_with(
                            SyntaxProblem::new(opening, "this comment is never closed").with_help("close it with `*/`"),
                        );
                    }
                }
                _ => return,
            }
        }
    }

    /// Skips blanks, comments and line ends, whatever applies here.
    pub(super) fn blank_lines(&mut self) {
        let newlines = std::mem::replace(&mut self.newlines, false);
        self.space();
        self.newlines = newlines;
    }

    /// To the end of the line, leaving the line end itself.
    pub(super) fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..self.end).unwrap_or(&[]);
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        // A `\r` before the `\n` belongs to the line end.
        if !self.done() && self.bytes.get(self.at - 1) == Some(&b'\r') {
            self.at -= 1;
        }
    }

    /// Over `/* … */`, or to the end when it is never closed.
    pub(super) fn skip_comment(&mut self) -> bool {
        let length = memchr::memmem::find(self.bytes.get(self.at + 2..self.end).unwrap_or(&[]), b"*/");
        self.at = length.map_or(self.end, |length| self.at + length + 4);
        length.is_some()
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte && !self.done();
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn take_text(&mut self, text: &str) -> bool {
        let found = self.starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// The identifier that stands here, or nothing.
    fn word(&self) -> &'t str {
        let rest = self.rest();
        let starts = |c: char| c == '_' || unicode_ident::is_xid_start(c);
        let length = if rest.starts_with(starts) { rest.find(|c| !continues(c)).unwrap_or(rest.len()) } else { 0 };
        rest.get(..length).unwrap_or("")
    }

    pub(super) fn identifier(&mut self) -> Option<Name> {
        let start = self.at;
        let word = self.word();
        if word.is_empty() {
            return None;
        }
        self.at += word.len();
        Some(Spanned::new(word.into(), self.since(start)))
    }

    /// Whether the word `keyword` stands here, whole.
    pub(super) fn at_keyword(&self, keyword: &str) -> bool {
        self.rest().strip_prefix(keyword).is_some_and(|rest| !rest.starts_with(continues))
    }

    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.at_keyword(keyword);
        if found {
            self.at += keyword.len();
        }
        found
    }

    /// Runs `read` with line ends counting or not.
    pub(super) fn within<T>(&mut self, newlines: bool, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.newlines, newlines);
        let result = read(self);
        self.newlines = outer;
        result
    }

    /// Runs `read` one level deeper, unless that is too deep.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= MAX_DEPTH {
            let here = self.here();
            return Err(self.problem(here, format!("nested more than {MAX_DEPTH} levels deep")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Whether this is inside a block or an expression.
    pub(super) fn nested(&self) -> bool {
        self.depth > 0
    }
}

fn continues(c: char) -> bool {
    c == '-' || unicode_ident::is_xid_continue(c)
}
