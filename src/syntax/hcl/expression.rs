//! Expressions, by how tightly they bind.
//!
//! Kinds of terms are read in functions of their own, never inlined, so that a level of nesting
//! does not hold the locals of all the kinds that it is not: a WASM stack is one megabyte.

use std::sync::Arc;

use super::ast::{BinaryOp, Expr, ExprKind, ForExpr, Name, ObjectItem, TemplatePart, UnaryOp};
use super::cursor::{Parser, Read, Stumbled};
use crate::source::{Span, Spanned};
use crate::syntax::SyntaxProblem;
use crate::value::Number;

impl<'t> Parser<'t> {
    /// An expression, or [`ExprKind::Invalid`] with the problem reported.
    pub(super) fn expression(&mut self) -> Expr {
        let start = self.at;
        match self.try_expression() {
            Ok(expr) => expr,
            Err(Stumbled) => Expr { kind: ExprKind::Invalid, span: self.span(start, self.at.max(start)) },
        }
    }

    pub(super) fn try_expression(&mut self) -> Read<Expr> {
        self.deeper(|parser| {
            let condition = parser.binary(0)?;
            parser.space();
            if parser.take(b'?') { parser.conditional(condition) } else { Ok(condition) }
        })
    }

    fn conditional(&mut self, condition: Expr) -> Read<Expr> {
        self.space();
        let then = self.try_expression()?;
        self.space();
        if !self.take(b':') {
            return Err(self.expected("`:` and what applies otherwise"));
        }
        self.space();
        let otherwise = self.try_expression()?;
        let span = condition.span.to(otherwise.span);
        Ok(Expr { kind: ExprKind::Conditional(Box::new([condition, then, otherwise])), span })
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
        match self.peek() {
            b'!' => self.unary(UnaryOp::Not),
            b'-' => self.unary(UnaryOp::Negate),
            _ => {
                let base = self.primary()?;
                self.access(base)
            }
        }
    }

    fn unary(&mut self, operator: UnaryOp) -> Read<Expr> {
        let start = self.at;
        self.at += 1;
        let sign = self.since(start);
        let operand = self.deeper(|parser| {
            parser.space();
            parser.term()
        })?;
        Ok(Expr { span: sign.to(operand.span), kind: ExprKind::Unary(operator, Box::new(operand)) })
    }

    fn primary(&mut self) -> Read<Expr> {
        match self.peek() {
            b'(' => self.parentheses(),
            b'[' => self.tuple(),
            b'{' => self.object(),
            b'"' => self.quoted(),
            b'<' if self.peek_at(1) == b'<' => self.heredoc(),
            b'0'..=b'9' => self.number(),
            _ => match self.identifier() {
                Some(name) => self.named(name),
                None => {
                    let problem = self.no_expression();
                    Err(self.problem_with(problem))
                }
            },
        }
    }

    fn no_expression(&self) -> SyntaxProblem {
        let problem = self.expectation("an expression");
        match self.peek() {
            b'\'' | b'`' => problem.with_help("strings are written in double quotes"),
            _ if self.starts_with("“") || self.starts_with("”") => {
                problem.with_help("strings are written in straight double quotes")
            }
            b'\n' | b'\r' => problem.with_help("an expression goes on after a line end only inside brackets"),
            _ => problem,
        }
    }

    #[inline(never)]
    fn parentheses(&mut self) -> Read<Expr> {
        let start = self.at;
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
        Ok(Expr { kind: ExprKind::Parens(Box::new(inner)), span: self.since(start) })
    }

    #[inline(never)]
    fn number(&mut self) -> Read<Expr> {
        let start = self.at;
        let text = self.number_text();
        let span = self.since(start);
        if let Some(number) = Number::parse(text) {
            return Ok(Expr { kind: ExprKind::Number(number), span });
        }
        if Number::is_beyond(text) {
            return Ok(Expr { kind: ExprKind::HugeNumber, span });
        }
        let mut problem = SyntaxProblem::new(span, "this is not a number");
        if text.matches('.').count() > 1 {
            problem = problem.with_help("write addresses and versions as strings, in quotes");
        }
        Err(self.problem_with(problem))
    }

    /// As long a stretch as HashiCorp's scanner takes for a number, which leaves dots at its end alone.
    pub(super) fn number_text(&mut self) -> &'t str {
        let start = self.at;
        loop {
            match self.peek() {
                b'0'..=b'9' | b'.' => self.at += 1,
                b'e' | b'E' => {
                    let sign = usize::from(matches!(self.peek_at(1), b'+' | b'-'));
                    if !self.peek_at(1 + sign).is_ascii_digit() {
                        break;
                    }
                    self.at += 2 + sign;
                }
                _ => break,
            }
        }
        let text = self.slice(start, self.at).trim_end_matches('.');
        self.at = start + text.len();
        text
    }

    /// What starts with a name: a keyword, a call or a variable.
    #[inline(never)]
    fn named(&mut self, mut name: Name) -> Read<Expr> {
        let after_name = self.at;
        self.space();
        let mut namespaced = false;
        while self.take_text("::") {
            self.space();
            let Some(part) = self.identifier() else {
                return Err(self.expected("a function name after `::`"));
            };
            name = Spanned::new(format!("{}::{}", name.value, part.value).into(), name.span.to(part.span));
            namespaced = true;
            self.space();
        }
        if self.peek() == b'(' {
            return self.call(name);
        }
        if namespaced {
            return Err(self.expected("`(` after the function's name"));
        }
        self.at = after_name;
        let kind = match &*name.value {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            _ => ExprKind::Variable(name.value),
        };
        Ok(Expr { kind, span: name.span })
    }

    #[inline(never)]
    fn call(&mut self, name: Name) -> Read<Expr> {
        let start = self.at;
        self.at += 1;
        let (arguments, expand) = self.within(false, Self::arguments)?;
        let span = name.span.to(self.since(start));
        Ok(Expr { kind: ExprKind::Call { name, arguments, expand }, span })
    }

    fn arguments(&mut self) -> Read<(Vec<Expr>, bool)> {
        let mut arguments = Vec::new();
        loop {
            self.space();
            if self.take(b')') {
                return Ok((arguments, false));
            }
            arguments.push(self.try_expression()?);
            self.space();
            if self.take_text("...") {
                self.space();
                if !self.take(b')') {
                    return Err(self.expected("`)` after `...`"));
                }
                return Ok((arguments, true));
            }
            if !self.take(b',') && self.peek() != b')' {
                return Err(self.expected("`,` or `)` in the arguments"));
            }
        }
    }

    #[inline(never)]
    fn tuple(&mut self) -> Read<Expr> {
        let start = self.at;
        self.at += 1;
        let kind = self.within(false, |parser| {
            parser.space();
            if parser.at_keyword("for") { parser.for_expression(b']') } else { parser.tuple_items() }
        })?;
        Ok(Expr { kind, span: self.since(start) })
    }

    fn tuple_items(&mut self) -> Read<ExprKind> {
        let mut items = Vec::new();
        loop {
            self.space();
            if self.take(b']') {
                return Ok(ExprKind::Tuple(items));
            }
            items.push(self.try_expression()?);
            self.space();
            if !self.take(b',') && self.peek() != b']' {
                return Err(self.expected("`,` or `]` in the list"));
            }
        }
    }

    #[inline(never)]
    fn object(&mut self) -> Read<Expr> {
        let start = self.at;
        self.at += 1;
        self.blank_lines();
        let kind = if self.at_keyword("for") {
            self.within(false, |parser| parser.for_expression(b'}'))?
        } else {
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
            if self.starts_with("=>") {
                let problem = self.expectation("`=` after the key").with_help("`=>` is for `{ for … }` only");
                return Err(self.problem_with(problem));
            }
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
            let problem = self.expectation("a name after `for`").with_help("a key called `for` is written in quotes");
            return Err(self.problem_with(problem));
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
        if self.take_text("=>") {
            self.space();
            key = Some(std::mem::replace(&mut value, self.try_expression()?));
            self.space();
        }
        if key.is_none() && close == b'}' {
            return Err(self.expected("`=>` and the value, as in `{ for k, v in x : k => v }`"));
        }
        if key.is_some() && close == b']' {
            let problem = SyntaxProblem::new(value.span, "a `[for …]` has no keys")
                .with_help("write `{ for … }` to build an object");
            return Err(self.problem_with(problem));
        }
        let dots = self.at;
        let group = self.take_text("...");
        if group && close == b']' {
            let dots = self.since(dots);
            let problem = SyntaxProblem::new(dots, "a `[for …]` cannot group its values")
                .with_help("`...` groups the values of equal keys in a `{ for … }`");
            return Err(self.problem_with(problem));
        }
        self.space();
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

    /// A quoted string, as plain text when it has no parts.
    pub(super) fn quoted(&mut self) -> Read<Expr> {
        let start = self.at;
        self.at += 1;
        // Most strings are text alone, for which no parts need be made.
        let rest = self.rest();
        let stop = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | b'$' | b'%' | b'\n' | b'\r'));
        if let Some(length) = stop
            && self.peek_at(length) == b'"'
        {
            let text = rest.get(..length).unwrap_or("");
            self.at += length + 1;
            return Ok(Expr { kind: ExprKind::Text(text.into()), span: self.since(start) });
        }
        let parts = self.quoted_parts()?;
        Ok(Self::template(parts, self.since(start)))
    }

    #[inline(never)]
    fn heredoc(&mut self) -> Read<Expr> {
        let start = self.at;
        let (parts, end) = self.heredoc_parts()?;
        Ok(Self::template(parts, self.span(start, end)))
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
