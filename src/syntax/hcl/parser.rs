//! A recursive-descent reader of HCL that goes on after a mistake.
//!
//! HCL is sensitive to line ends in bodies and in `{ a = b }`, and blind to them inside
//! parentheses, brackets, calls, interpolations and `for`. [`Parser::newlines`] holds which
//! of the two applies, as HashiCorp's parser does with its stack.

use std::sync::Arc;

use super::ast::{
    Attribute, BinaryOp, Block, Body, Expr, ExprKind, ForExpr, Name, ObjectItem, Step, StepKind, TemplatePart, UnaryOp,
};
use crate::source::{FileId, Span, Spanned};
use crate::syntax::SyntaxProblem;
use crate::value::Number;

/// Nesting beyond this is refused: no person writes it, and it would exhaust a small stack.
const MAX_DEPTH: usize = 128;
/// Problems beyond this are dropped: the file is not HCL at all.
const MAX_PROBLEMS: usize = 50;

/// Block types that start a top-level block, for finding where a missing brace should have been.
const TOP_LEVEL: &[&str] = &[
    "resource",
    "data",
    "variable",
    "locals",
    "module",
    "output",
    "provider",
    "terraform",
    "moved",
    "import",
    "removed",
    "check",
    "rule",
    "standard",
    "ephemeral",
];

/// Reads a file. What could not be read is left out, and told in the problems.
#[must_use]
pub fn parse_body(file: FileId, text: &str) -> (Body, Vec<SyntaxProblem>) {
    let mut parser = Parser::new(file, text, 0, text.len());
    let body = parser.file();
    if !parser.unclosed {
        return (body, parser.problems);
    }
    // A missing brace swallows the rest of the file; read again, closing a block where a new top-level one starts.
    let mut parser = Parser::new(file, text, 0, text.len());
    parser.close_at_top_level = true;
    let body = parser.file();
    (body, parser.problems)
}

/// Reads `range` of a text as a body: HCL inside a page of another language.
#[must_use]
pub fn parse_block(file: FileId, text: &str, range: std::ops::Range<usize>) -> (Body, Vec<SyntaxProblem>) {
    let mut parser = Parser::new(file, text, range.start, range.end);
    let body = parser.file();
    (body, parser.problems)
}

/// Reads the whole of `range` as one expression.
#[must_use]
pub fn parse_expression(file: FileId, text: &str, range: std::ops::Range<usize>) -> (Expr, Vec<SyntaxProblem>) {
    let mut parser = Parser::new(file, text, range.start, range.end);
    parser.newlines = false;
    parser.space();
    let expr = parser.expression();
    parser.space();
    if parser.problems.is_empty() && parser.at < parser.end {
        parser.problem(parser.rest_of_line(), "unexpected text after the expression");
    }
    (expr, parser.problems)
}

/// Reads the whole of `range` as a template, as `templatefile` does.
#[must_use]
pub fn parse_template(file: FileId, text: &str, range: std::ops::Range<usize>) -> (Expr, Vec<SyntaxProblem>) {
    let mut parser = Parser::new(file, text, range.start, range.end);
    let parts = parser.bare_template();
    let span = Span::new(file, range.start, range.end);
    (Expr { kind: ExprKind::Template(parts), span }, parser.problems)
}

/// Marks that a problem has been reported and the caller should find its footing.
pub(super) struct Stumbled;
pub(super) type Read<T> = Result<T, Stumbled>;

pub(super) struct Parser<'t> {
    file: FileId,
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    pub(super) end: usize,
    /// Whether a line end ends things here.
    pub(super) newlines: bool,
    depth: usize,
    pub(super) problems: Vec<SyntaxProblem>,
    unclosed: bool,
    close_at_top_level: bool,
}

impl<'t> Parser<'t> {
    fn new(file: FileId, text: &'t str, start: usize, end: usize) -> Self {
        let end = end.min(text.len());
        let mut parser = Self {
            file,
            text,
            bytes: text.as_bytes(),
            at: start,
            end,
            newlines: true,
            depth: 0,
            problems: Vec::new(),
            unclosed: false,
            close_at_top_level: false,
        };
        if start == 0 && text.starts_with('\u{feff}') {
            parser.at = '\u{feff}'.len_utf8();
        }
        parser
    }

    // ── Characters ──────────────────────────────────────────────────────────────────────

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

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.slice(self.at, self.end).starts_with(text)
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    pub(super) fn since(&self, start: usize) -> Span {
        self.span(start, self.at)
    }

    /// The character here, as a span; empty at the end.
    fn here(&self) -> Span {
        let length = self.slice(self.at, self.end).chars().next().map_or(0, char::len_utf8);
        self.span(self.at, self.at + length)
    }

    fn rest_of_line(&self) -> Span {
        let rest = self.slice(self.at, self.end);
        let line = rest.lines().next().unwrap_or("").trim_end();
        self.span(self.at, self.at + line.len())
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

    /// Skips blanks and comments, and line ends where they mean nothing.
    pub(super) fn space(&mut self) {
        loop {
            match self.peek() {
                b' ' | b'\t' => self.at += 1,
                b'\r' if self.peek_at(1) == b'\n' && !self.newlines => self.at += 2,
                b'\n' if !self.newlines => self.at += 1,
                b'#' => self.skip_line(),
                b'/' if self.peek_at(1) == b'/' => self.skip_line(),
                b'/' if self.peek_at(1) == b'*' => self.skip_comment(),
                _ => return,
            }
        }
    }

    /// To the end of the line, leaving the line end itself.
    fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..self.end).unwrap_or(&[]);
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let carriage = usize::from(length > 0 && rest.get(length - 1) == Some(&b'\r'));
        self.at += length - carriage;
    }

    fn skip_comment(&mut self) {
        let start = self.at;
        match memchr::memmem::find(self.bytes.get(self.at + 2..self.end).unwrap_or(&[]), b"*/") {
            Some(length) => self.at += length + 4,
            None => {
                self.at = self.end;
                let opening = self.span(start, start + 2);
                self.problem(opening, "this comment is never closed");
            }
        }
    }

    /// Skips blanks, comments and line ends, whatever applies here.
    fn blank_lines(&mut self) {
        let newlines = std::mem::replace(&mut self.newlines, false);
        self.space();
        self.newlines = newlines;
    }

    fn at_line_end(&self) -> bool {
        match self.peek() {
            b'\n' => true,
            b'\r' => self.peek_at(1) == b'\n',
            _ => false,
        }
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte && !self.done();
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn identifier(&mut self) -> Option<Name> {
        let start = self.at;
        let rest = self.slice(start, self.end);
        let mut characters = rest.char_indices();
        let (_, first) = characters.next()?;
        if !(first.is_ascii_alphabetic() || first == '_' || (!first.is_ascii() && first.is_alphabetic())) {
            return None;
        }
        let length = characters
            .find(|&(_, c)| {
                !(c.is_ascii_alphanumeric() || c == '_' || c == '-' || (!c.is_ascii() && c.is_alphanumeric()))
            })
            .map_or(rest.len(), |(at, _)| at);
        self.at += length;
        Some(Spanned::new(self.slice(start, self.at).into(), self.since(start)))
    }

    /// Whether the word `keyword` stands here, whole.
    pub(super) fn at_keyword(&self, keyword: &str) -> bool {
        self.starts_with(keyword)
            && !matches!(self.peek_at(keyword.len()), b'_' | b'-' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9')
    }

    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.at_keyword(keyword);
        if found {
            self.at += keyword.len();
        }
        found
    }

    /// Runs `read` with line ends counting or not, and one level deeper.
    pub(super) fn within<T>(&mut self, newlines: bool, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= MAX_DEPTH {
            let here = self.here();
            return Err(self.problem(here, format!("nested more than {MAX_DEPTH} levels deep")));
        }
        let outer = std::mem::replace(&mut self.newlines, newlines);
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        self.newlines = outer;
        result
    }

    /// Names what stands here, for "expected … but found …".
    fn found(&self) -> String {
        if self.done() {
            return "the end of the file".to_owned();
        }
        if self.at_line_end() {
            return "the end of the line".to_owned();
        }
        let word: String =
            self.slice(self.at, self.end).chars().take_while(|c| c.is_alphanumeric() || *c == '_').take(30).collect();
        if word.is_empty() {
            let character = self.slice(self.at, self.end).chars().next().unwrap_or(' ');
            format!("`{}`", character.escape_debug())
        } else {
            format!("`{word}`")
        }
    }

    pub(super) fn expected(&mut self, what: &str) -> Stumbled {
        let message = format!("expected {what}, found {}", self.found());
        let here = self.here();
        self.problem(here, message)
    }

    // ── Bodies ──────────────────────────────────────────────────────────────────────────

    fn file(&mut self) -> Body {
        let start = self.at;
        let mut body = Body { attributes: Vec::new(), blocks: Vec::new(), span: self.span(start, self.end) };
        loop {
            self.items(&mut body);
            if self.done() {
                return body;
            }
            // Only a stray closing brace ends the items before the end of the file.
            let here = self.here();
            self.problem_with(
                SyntaxProblem::new(here, "this `}` closes nothing")
                    .with_help("remove it, or open the block it should close"),
            );
            self.at += 1;
        }
    }

    /// Attributes and blocks up to a closing brace or the end.
    fn items(&mut self, body: &mut Body) {
        let nested = self.depth > 0;
        loop {
            self.blank_lines();
            if self.done() || self.peek() == b'}' || (nested && self.close_at_top_level && self.at_top_level_block()) {
                return;
            }
            let start = self.at;
            if self.item(body).is_err() {
                self.recover(start);
            } else {
                self.space();
                if !self.done() && !self.at_line_end() && self.peek() != b'}' {
                    self.expected("the end of the line");
                    self.recover(self.at);
                }
            }
        }
    }

    fn at_top_level_block(&self) -> bool {
        let line_start = self.at == 0 || self.bytes.get(self.at - 1) == Some(&b'\n');
        line_start
            && TOP_LEVEL.iter().any(|kind| {
                self.at_keyword(kind)
                    && matches!(
                        self.slice(self.at + kind.len(), self.end).trim_start_matches([' ', '\t']).as_bytes().first(),
                        Some(b'"' | b'{')
                    )
            })
    }

    fn item(&mut self, body: &mut Body) -> Read<()> {
        let start = self.at;
        let Some(name) = self.identifier() else {
            if self.peek() == b'"' {
                return Err(self.expected("an attribute name without quotes or a block"));
            }
            return Err(self.expected("an attribute or a block"));
        };
        self.space();
        if self.peek() == b'=' && self.peek_at(1) != b'=' {
            self.at += 1;
            self.space();
            let value = self.expression();
            if let Some(earlier) = body.attribute(&name.value) {
                let help = format!("remove one of the two; the first is at byte {}", earlier.span.start);
                self.problem_with(
                    SyntaxProblem::new(name.span, format!("`{}` is set twice in this block", name.value))
                        .with_help(help),
                );
            }
            let bad = matches!(value.kind, ExprKind::Invalid);
            body.attributes.push(Attribute { name, value, span: self.since(start) });
            return if bad { Err(Stumbled) } else { Ok(()) };
        }
        self.block(name, start, body)
    }

    fn block(&mut self, kind: Name, start: usize, body: &mut Body) -> Read<()> {
        let mut labels = Vec::new();
        loop {
            self.space();
            match self.peek() {
                b'{' => break,
                b'"' => labels.push(self.quoted_label()?),
                b':' if labels.is_empty() => {
                    let here = self.here();
                    return Err(self.problem_with(
                        SyntaxProblem::new(here, format!("expected `=` after `{}`, found `:`", kind.value))
                            .with_help("attributes are written `name = value`"),
                    ));
                }
                _ => match self.identifier() {
                    Some(label) => labels.push(label),
                    None if labels.is_empty() => {
                        return Err(self.expected(&format!("`=` or a block after `{}`", kind.value)));
                    }
                    None => return Err(self.expected("`{` to open the block")),
                },
            }
        }
        let header = self.span(start, labels.last().map_or(kind.span.end, |label| label.span.end) as usize);
        let open = self.at;
        self.at += 1;
        let mut inner = Body { attributes: Vec::new(), blocks: Vec::new(), span: self.span(open, open) };
        let outcome = self.within(true, |parser| {
            parser.items(&mut inner);
            Ok(())
        });
        let closed = outcome.is_ok() && self.take(b'}');
        inner.span = self.since(open);
        if !closed && outcome.is_ok() {
            self.unclosed = true;
            self.problem_with(
                SyntaxProblem::new(header, format!("this `{}` block is never closed", kind.value))
                    .with_help("add the missing `}`"),
            );
        }
        // What was read of a bad block is kept: its good attributes still count.
        body.blocks.push(Block { kind, labels, body: inner, header, span: self.since(start) });
        outcome
    }

    fn quoted_label(&mut self) -> Read<Name> {
        let start = self.at;
        let label = self.quoted()?;
        match label.kind {
            ExprKind::Text(text) => Ok(Spanned::new(text, self.since(start))),
            _ => Err(self.problem(label.span, "a block label cannot have an interpolation")),
        }
    }

    /// After a mistake: to the end of the line, over whatever brackets were opened on the way.
    fn recover(&mut self, start: usize) {
        // The stretch from the item's start is walked again, so that brackets opened in it are known.
        let stumbled = self.at;
        let mut depth = 0usize;
        self.at = start;
        while !self.done() {
            match self.peek() {
                b'\n' if depth == 0 && self.at >= stumbled => return,
                b'\n' if self.close_at_top_level && self.at >= stumbled => {
                    self.at += 1;
                    if self.at_top_level_block() {
                        return;
                    }
                    continue;
                }
                b'{' | b'[' | b'(' => depth += 1,
                b'}' | b']' | b')' => {
                    if depth == 0 && self.at >= stumbled {
                        if self.peek() == b'}' {
                            return;
                        }
                    } else {
                        depth = depth.saturating_sub(1);
                    }
                }
                b'"' => {
                    self.skip_quoted();
                    continue;
                }
                b'#' => {
                    self.skip_line();
                    continue;
                }
                b'/' if self.peek_at(1) == b'/' => {
                    self.skip_line();
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Over a string, without reading it; a string that the line does not close ends with the line.
    fn skip_quoted(&mut self) {
        self.at += 1;
        while !self.done() {
            match self.peek() {
                b'\\' => self.at += 1,
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\n' => return,
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(self.end);
    }

    // ── Expressions ─────────────────────────────────────────────────────────────────────

    /// An expression, or [`ExprKind::Invalid`] with the problem reported.
    fn expression(&mut self) -> Expr {
        let start = self.at;
        match self.try_expression() {
            Ok(expr) => expr,
            Err(Stumbled) => Expr { kind: ExprKind::Invalid, span: self.span(start, self.at.max(start)) },
        }
    }

    pub(super) fn try_expression(&mut self) -> Read<Expr> {
        let newlines = self.newlines;
        self.within(newlines, |parser| {
            let condition = parser.binary(0)?;
            parser.space();
            if !parser.take(b'?') {
                return Ok(condition);
            }
            parser.space();
            let then = parser.try_expression()?;
            parser.space();
            if !parser.take(b':') {
                return Err(parser.expected("`:` and what applies otherwise"));
            }
            parser.space();
            let otherwise = parser.try_expression()?;
            let span = condition.span.to(otherwise.span);
            Ok(Expr { kind: ExprKind::Conditional(Box::new([condition, then, otherwise])), span })
        })
    }

    fn operator(&self) -> Option<(BinaryOp, u8, usize)> {
        Some(match (self.peek(), self.peek_at(1)) {
            (b'|', b'|') => (BinaryOp::Or, 1, 2),
            (b'&', b'&') => (BinaryOp::And, 2, 2),
            (b'=', b'=') => (BinaryOp::Equal, 3, 2),
            (b'!', b'=') => (BinaryOp::NotEqual, 3, 2),
            (b'>', b'=') => (BinaryOp::GreaterEqual, 4, 2),
            (b'<', b'=') => (BinaryOp::LessEqual, 4, 2),
            (b'>', _) => (BinaryOp::Greater, 4, 1),
            (b'<', _) => (BinaryOp::Less, 4, 1),
            (b'+', _) => (BinaryOp::Add, 5, 1),
            (b'-', _) => (BinaryOp::Subtract, 5, 1),
            (b'*', _) => (BinaryOp::Multiply, 6, 1),
            (b'/', _) => (BinaryOp::Divide, 6, 1),
            (b'%', _) => (BinaryOp::Modulo, 6, 1),
            _ => return None,
        })
    }

    /// Operators that bind tighter than `floor`, left to right.
    fn binary(&mut self, floor: u8) -> Read<Expr> {
        let mut left = self.term()?;
        loop {
            self.space();
            let Some((operator, strength, length)) = self.operator() else {
                return Ok(left);
            };
            if strength <= floor {
                return Ok(left);
            }
            self.at += length;
            self.space();
            let right = self.binary(strength)?;
            let span = left.span.to(right.span);
            left = Expr { kind: ExprKind::Binary(operator, Box::new([left, right])), span };
        }
    }

    fn term(&mut self) -> Read<Expr> {
        let start = self.at;
        match self.peek() {
            operator @ (b'!' | b'-') => {
                self.at += 1;
                let newlines = self.newlines;
                let operand = self.within(newlines, |parser| {
                    parser.space();
                    parser.term()
                })?;
                let operator = if operator == b'!' { UnaryOp::Not } else { UnaryOp::Negate };
                Ok(Expr {
                    span: self.span(start, operand.span.end as usize),
                    kind: ExprKind::Unary(operator, Box::new(operand)),
                })
            }
            _ => {
                let base = self.primary()?;
                self.access(base)
            }
        }
    }

    fn primary(&mut self) -> Read<Expr> {
        let start = self.at;
        let kind = match self.peek() {
            b'(' => {
                self.at += 1;
                let inner = self.within(false, |parser| {
                    parser.space();
                    let inner = parser.try_expression()?;
                    parser.space();
                    Ok(inner)
                })?;
                if !self.take(b')') {
                    return Err(self.expected("`)`"));
                }
                ExprKind::Parens(Box::new(inner))
            }
            b'[' => return self.tuple(),
            b'{' => return self.object(),
            b'"' => return self.quoted(),
            b'<' if self.peek_at(1) == b'<' => return self.heredoc(),
            b'0'..=b'9' => self.number()?,
            _ => match self.identifier() {
                Some(name) => return self.named(name),
                None => return Err(self.expected("an expression")),
            },
        };
        Ok(Expr { kind, span: self.since(start) })
    }

    fn number(&mut self) -> Read<ExprKind> {
        let start = self.at;
        let digits = |parser: &mut Self| {
            while parser.peek().is_ascii_digit() {
                parser.at += 1;
            }
        };
        digits(self);
        if self.peek() == b'.' && self.peek_at(1).is_ascii_digit() {
            self.at += 1;
            digits(self);
        }
        if matches!(self.peek(), b'e' | b'E') {
            let sign = usize::from(matches!(self.peek_at(1), b'+' | b'-'));
            if self.peek_at(1 + sign).is_ascii_digit() {
                self.at += 1 + sign;
                digits(self);
            }
        }
        let text = self.slice(start, self.at);
        let stray = self.peek() == b'.' || self.peek().is_ascii_alphabetic();
        match Number::parse(text) {
            Some(number) if !stray => Ok(ExprKind::Number(number)),
            _ => {
                while matches!(self.peek(), b'.' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9') {
                    self.at += 1;
                }
                let span = self.since(start);
                Err(self.problem(span, "this is not a number"))
            }
        }
    }

    /// What starts with a name: a keyword, a call or a variable.
    fn named(&mut self, name: Name) -> Read<Expr> {
        let start = name.span.start as usize;
        let mut name = name;
        while self.starts_with("::") {
            self.at += 2;
            if self.identifier().is_none() {
                return Err(self.expected("a function name after `::`"));
            }
            name = Spanned::new(self.slice(start, self.at).into(), self.since(start));
        }
        let after_name = self.at;
        self.space();
        if self.peek() == b'(' {
            return self.call(name);
        }
        self.at = after_name;
        let kind = match &*name.value {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            _ => ExprKind::Variable(Arc::clone(&name.value)),
        };
        Ok(Expr { kind, span: name.span })
    }

    fn call(&mut self, name: Name) -> Read<Expr> {
        self.at += 1;
        let (arguments, expand) = self.within(false, |parser| {
            let mut arguments = Vec::new();
            let mut expand = false;
            loop {
                parser.space();
                if parser.take(b')') {
                    return Ok((arguments, expand));
                }
                arguments.push(parser.try_expression()?);
                parser.space();
                if parser.starts_with("...") {
                    parser.at += 3;
                    expand = true;
                    parser.space();
                    parser.take(b',');
                    parser.space();
                    if !parser.take(b')') {
                        return Err(parser.expected("`)` after `...`"));
                    }
                    return Ok((arguments, expand));
                }
                if !parser.take(b',') && parser.peek() != b')' {
                    return Err(parser.expected("`,` or `)` in the arguments"));
                }
            }
        })?;
        let span = self.span(name.span.start as usize, self.at);
        Ok(Expr { kind: ExprKind::Call { name, arguments, expand }, span })
    }

    fn tuple(&mut self) -> Read<Expr> {
        let start = self.at;
        self.at += 1;
        let kind = self.within(false, |parser| {
            parser.space();
            if parser.at_keyword("for") {
                return parser.for_expression(b']');
            }
            let mut items = Vec::new();
            loop {
                parser.space();
                if parser.take(b']') {
                    return Ok(ExprKind::Tuple(items));
                }
                items.push(parser.try_expression()?);
                parser.space();
                if !parser.take(b',') && parser.peek() != b']' {
                    return Err(parser.expected("`,` or `]` in the list"));
                }
            }
        })?;
        Ok(Expr { kind, span: self.since(start) })
    }

    fn object(&mut self) -> Read<Expr> {
        let start = self.at;
        self.at += 1;
        let before = self.at;
        self.blank_lines();
        let kind = if self.at_keyword("for") {
            self.within(false, |parser| parser.for_expression(b'}'))?
        } else {
            self.at = before;
            self.within(true, Self::object_items)?
        };
        Ok(Expr { kind, span: self.since(start) })
    }

    fn object_items(&mut self) -> Read<ExprKind> {
        let mut items = Vec::new();
        loop {
            self.blank_lines();
            if self.take(b'}') {
                return Ok(ExprKind::Object(items));
            }
            let key = self.try_expression()?;
            self.space();
            if !(self.peek() == b'=' && self.peek_at(1) != b'=' || self.peek() == b':') {
                return Err(self.expected("`=` after the key"));
            }
            self.at += 1;
            self.space();
            let value = self.try_expression()?;
            items.push(ObjectItem { key, value });
            self.space();
            if !self.take(b',') && !self.at_line_end() && self.peek() != b'}' {
                return Err(self.expected("a new line, `,` or `}` after the value"));
            }
        }
    }

    /// `for … in …`, shared by expressions and template directives.
    pub(super) fn for_intro(&mut self) -> Read<(Option<Name>, Name, Expr)> {
        self.at += "for".len();
        self.space();
        let Some(first) = self.identifier() else {
            return Err(self.expected("a name after `for`"));
        };
        self.space();
        let second = if self.take(b',') {
            self.space();
            match self.identifier() {
                Some(name) => Some(name),
                None => return Err(self.expected("a second name after `,`")),
            }
        } else {
            None
        };
        self.space();
        if !self.take_keyword("in") {
            return Err(self.expected("`in`"));
        }
        self.space();
        let collection = self.try_expression()?;
        self.space();
        Ok(match second {
            Some(second) => (Some(first), second, collection),
            None => (None, first, collection),
        })
    }

    fn for_expression(&mut self, close: u8) -> Read<ExprKind> {
        let (key_name, value_name, collection) = self.for_intro()?;
        if !self.take(b':') {
            return Err(self.expected("`:` after the collection"));
        }
        self.space();
        let mut value = self.try_expression()?;
        self.space();
        let mut key = None;
        if self.starts_with("=>") {
            self.at += 2;
            self.space();
            key = Some(std::mem::replace(&mut value, self.try_expression()?));
            self.space();
        }
        if key.is_none() && close == b'}' {
            return Err(self.expected("`=>` and the value, as in `{ for k, v in x : k => v }`"));
        }
        if key.is_some() && close == b']' {
            let span = value.span;
            return Err(self.problem(span, "a `[for …]` has no keys; write `{ for … }` to build an object"));
        }
        let group = self.starts_with("...");
        if group {
            self.at += 3;
            self.space();
        }
        let mut condition = None;
        if self.take_keyword("if") {
            self.space();
            condition = Some(self.try_expression()?);
            self.space();
        }
        if !self.take(close) {
            return Err(self.expected(&format!("`{}` to close the `for`", char::from(close))));
        }
        Ok(ExprKind::For(Box::new(ForExpr { key_name, value_name, collection, key, value, group, condition })))
    }

    // ── Traversals ──────────────────────────────────────────────────────────────────────

    fn access(&mut self, base: Expr) -> Read<Expr> {
        let mut steps = Vec::new();
        loop {
            // A line end before a dot ends the expression, unless line ends mean nothing here.
            let before = self.at;
            self.space();
            match self.step(true)? {
                Some(step) => steps.push(step),
                None => {
                    self.at = before;
                    break;
                }
            }
        }
        let Some(last) = steps.last() else {
            return Ok(base);
        };
        let span = base.span.to(last.span);
        Ok(Expr { kind: ExprKind::Access { base: Box::new(base), steps }, span })
    }

    /// One step; within an attribute splat only attributes belong to each element.
    fn step(&mut self, indexes: bool) -> Read<Option<Step>> {
        let start = self.at;
        let kind = match self.peek() {
            b'.' if self.starts_with("...") => return Ok(None),
            b'.' => {
                self.at += 1;
                self.space();
                match self.peek() {
                    b'*' => {
                        self.at += 1;
                        StepKind::AttributeSplat(self.splat_steps(false)?)
                    }
                    b'0'..=b'9' if indexes => {
                        let digits = self.at;
                        while self.peek().is_ascii_digit() {
                            self.at += 1;
                        }
                        let number = Number::parse(self.slice(digits, self.at)).unwrap_or(Number::ZERO);
                        StepKind::Index(Box::new(Expr { kind: ExprKind::Number(number), span: self.since(digits) }))
                    }
                    _ => match self.identifier() {
                        Some(name) => StepKind::Attribute(name.value),
                        None => return Err(self.expected("an attribute name after `.`")),
                    },
                }
            }
            b'[' if indexes => {
                self.at += 1;
                let index = self.within(false, |parser| {
                    parser.space();
                    if parser.peek() == b'*' && parser.slice(parser.at + 1, parser.end).trim_start().starts_with(']') {
                        parser.at += 1;
                        parser.space();
                        return Ok(None);
                    }
                    let index = parser.try_expression()?;
                    parser.space();
                    Ok(Some(index))
                })?;
                if !self.take(b']') {
                    return Err(self.expected("`]` after the index"));
                }
                match index {
                    Some(index) => StepKind::Index(Box::new(index)),
                    None => StepKind::FullSplat(self.splat_steps(true)?),
                }
            }
            _ => return Ok(None),
        };
        Ok(Some(Step { kind, span: self.since(start) }))
    }

    fn splat_steps(&mut self, indexes: bool) -> Read<Vec<Step>> {
        let newlines = self.newlines;
        self.within(newlines, |parser| {
            let mut steps = Vec::new();
            loop {
                let before = parser.at;
                parser.space();
                match parser.step(indexes)? {
                    Some(step) => steps.push(step),
                    None => {
                        parser.at = before;
                        return Ok(steps);
                    }
                }
            }
        })
    }

    // ── Strings ─────────────────────────────────────────────────────────────────────────

    /// A quoted string, as plain text when it has no parts.
    fn quoted(&mut self) -> Read<Expr> {
        let start = self.at;
        self.at += 1;
        let newlines = self.newlines;
        let parts = self.within(newlines, Self::quoted_parts)?;
        Ok(Self::template(parts, self.since(start)))
    }

    fn heredoc(&mut self) -> Read<Expr> {
        let start = self.at;
        let newlines = self.newlines;
        let parts = self.within(newlines, Self::heredoc_parts)?;
        Ok(Self::template(parts, self.since(start)))
    }

    fn template(parts: Vec<TemplatePart>, span: Span) -> Expr {
        let kind = match parts.as_slice() {
            [] => ExprKind::Text("".into()),
            [TemplatePart::Literal(literal)] => ExprKind::Text(Arc::clone(&literal.text)),
            _ => ExprKind::Template(parts),
        };
        Expr { kind, span }
    }
}
