//! Traversals: `.name`, `[key]`, `.*` and `[*]` after an expression.

use super::ast::{Expr, ExprKind, Step, StepKind};
use super::cursor::{Parser, Read};
use crate::syntax::SyntaxProblem;
use crate::value::Number;

impl Parser<'_> {
    pub(super) fn access(&mut self, base: Expr) -> Read<Expr> {
        let steps = self.steps(true)?;
        let Some(last) = steps.last() else {
            return Ok(base);
        };
        let span = base.span.to(last.span);
        Ok(Expr { kind: ExprKind::Access { base: Box::new(base), steps }, span })
    }

    /// All the steps here; what belongs to each element of `.*` has no brackets and no splats.
    fn steps(&mut self, all: bool) -> Read<Vec<Step>> {
        let mut steps = Vec::new();
        loop {
            // A line end before a dot ends the expression, unless line ends mean nothing here.
            let before = self.at;
            self.space();
            match self.step(all)? {
                Some(step) => steps.push(step),
                None => {
                    self.at = before;
                    return Ok(steps);
                }
            }
        }
    }

    fn step(&mut self, all: bool) -> Read<Option<Step>> {
        let start = self.at;
        let kind = match self.peek() {
            b'.' if self.starts_with("...") => return Ok(None),
            b'.' => {
                self.at += 1;
                self.space();
                self.dotted(all)?
            }
            b'[' if all => {
                self.at += 1;
                self.bracketed()?
            }
            _ => return Ok(None),
        };
        Ok(Some(Step { kind, span: self.since(start) }))
    }

    fn dotted(&mut self, all: bool) -> Read<StepKind> {
        match self.peek() {
            b'*' if all => {
                self.at += 1;
                Ok(StepKind::AttributeSplat(self.deeper(|parser| parser.steps(false))?))
            }
            b'*' => {
                let problem = SyntaxProblem::new(self.here(), "a `.*` cannot follow another `.*`")
                    .with_help("use `[*]`, whose steps may be of any kind");
                Err(self.problem_with(problem))
            }
            b'0'..=b'9' => {
                let digits = self.at;
                let text = self.number_text();
                let span = self.since(digits);
                match Number::parse(text) {
                    Some(number) if !text.contains('.') => {
                        Ok(StepKind::Index(Box::new(Expr { kind: ExprKind::Number(number), span })))
                    }
                    _ => {
                        let problem = SyntaxProblem::new(span, "two indexes cannot be chained with dots")
                            .with_help(format!("write `[{}]`", text.replace('.', "][")));
                        Err(self.problem_with(problem))
                    }
                }
            }
            _ => match self.identifier() {
                Some(name) => Ok(StepKind::Attribute(name.value)),
                None => Err(self.expected("an attribute name after `.`")),
            },
        }
    }

    fn bracketed(&mut self) -> Read<StepKind> {
        self.space();
        if self.take(b'*') {
            self.space();
            if !self.take(b']') {
                return Err(self.expected("`]` after `[*`"));
            }
            return Ok(StepKind::FullSplat(self.deeper(|parser| parser.steps(true))?));
        }
        let index = self.within(false, |parser| {
            parser.space();
            let index = parser.try_expression()?;
            parser.space();
            Ok(index)
        })?;
        if !self.take(b']') {
            return Err(self.expected("`]` after the index"));
        }
        Ok(StepKind::Index(Box::new(index)))
    }
}
