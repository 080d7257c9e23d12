//! String templates: pieces put together, each remembering where it came from.

use std::sync::Arc;

use super::{Budget, EvalError, Evaluated, Evaluator, expression, operators};
use crate::source::Span;
use crate::syntax::hcl::ast::{Expr, TemplatePart};
use crate::value::{Data, Origin, Piece, TextPiece, Type, Unknown, Value, convert};

/// A string being put together.
#[derive(Default)]
struct Builder {
    pieces: Vec<Piece>,
    origins: Vec<TextPiece>,
    /// Known bytes so far; unknown pieces count as none, as they do in placeholders' maps.
    length: usize,
    sensitive: bool,
}

impl Builder {
    fn push(&mut self, piece: Piece, origin: Origin, verbatim: bool) {
        let start = u32::try_from(self.length).unwrap_or(u32::MAX);
        if let Piece::Text(text) = &piece {
            if text.is_empty() {
                return;
            }
            self.length += text.len();
        }
        self.origins.push(TextPiece { start, origin, verbatim });
        self.pieces.push(piece);
    }
}

impl Evaluator<'_> {
    pub(super) fn template(&self, parts: &[TemplatePart], span: Span) -> Evaluated {
        let mut builder = Builder::default();
        self.parts(parts, &mut builder)?;
        let Builder { pieces, origins, sensitive, length } = builder;
        self.budget.spend(length / Budget::BYTES_A_STEP, span)?;
        Ok(Value::from_pieces(pieces).at(Origin::text(span, origins)).marked(sensitive))
    }

    /// The text of a template that stands in a file of its own, with its variables bound.
    ///
    /// # Errors
    /// As [`Evaluator::evaluate`].
    pub fn template_file(&self, template: &Expr) -> Evaluated {
        match &template.kind {
            crate::syntax::hcl::ast::ExprKind::Template(parts) => match parts.as_slice() {
                [TemplatePart::Interpolation(only)] => self.evaluate(only),
                parts => self.template(parts, template.span),
            },
            _ => self.evaluate(template),
        }
    }

    fn parts(&self, parts: &[TemplatePart], builder: &mut Builder) -> Result<(), EvalError> {
        for part in parts {
            match part {
                TemplatePart::Literal(literal) => {
                    builder.push(
                        Piece::Text(Arc::clone(&literal.text)),
                        Origin::source(literal.span),
                        literal.verbatim,
                    );
                }
                TemplatePart::Interpolation(expr) => self.interpolation(expr, builder)?,
                TemplatePart::If { condition, then, otherwise, span } => {
                    let test = self.evaluate(condition)?;
                    builder.sensitive |= test.sensitive;
                    match operators::truth(&test, condition.span)? {
                        Ok(true) => self.parts(then, builder)?,
                        Ok(false) => self.parts(otherwise, builder)?,
                        Err(unknown) => builder.push(unknown_text(&unknown), Origin::source(*span), false),
                    }
                }
                TemplatePart::For { key_name, value_name, collection, body, span } => {
                    let over = self.evaluate(collection)?;
                    builder.sensitive |= over.sensitive;
                    let pairs = match expression::pairs(&over, collection.span)? {
                        Ok(pairs) => pairs,
                        Err(unknown) => {
                            builder.push(unknown_text(&unknown), Origin::source(*span), false);
                            continue;
                        }
                    };
                    for (key, value) in pairs {
                        self.budget.spend(1, *span)?;
                        let key_name = key_name.as_ref().map(|name| (&*name.value, key));
                        let names = key_name.into_iter().chain([(&*value_name.value, value)]);
                        self.with_names(names, |inner| inner.parts(body, builder))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn interpolation(&self, expr: &Expr, builder: &mut Builder) -> Result<(), EvalError> {
        let value = self.evaluate(expr)?;
        if value.is_null() {
            return Err(EvalError::new(expr.span, "a null value cannot be part of a string"));
        }
        let text = convert(&value, &Type::String).map_err(|_| {
            EvalError::new(expr.span, format!("a {} cannot be part of a string", value.ty().friendly()))
                .with_help("`jsonencode(…)` or `join(\", \", …)` make a string of it")
        })?;
        builder.sensitive |= text.sensitive;
        if builder.length > Budget::MAX_STRING {
            return Err(EvalError::bound(expr.span, "it builds a longer string than trysquare allows"));
        }
        match &text.data {
            Data::String(known) => builder.push(Piece::Text(Arc::clone(known)), value.origin.clone(), true),
            Data::Partial(pieces) => {
                for piece in pieces.iter() {
                    builder.push(piece.clone(), value.origin.clone(), false);
                }
            }
            Data::Unknown(unknown) => builder.push(Piece::Unknown(Arc::clone(unknown)), value.origin.clone(), false),
            _ => {}
        }
        Ok(())
    }
}

fn unknown_text(unknown: &Arc<Unknown>) -> Piece {
    Piece::Unknown(Arc::new(unknown.derived(Type::String)))
}
