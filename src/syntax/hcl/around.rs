//! What stands at an offset of a file: for editors, which ask about places and not about names.

use std::borrow::Cow;
use std::sync::Arc;

use super::ast::{Attribute, Block, Expr, ExprKind, Step, StepKind, TemplatePart};
use crate::source::Span;

/// The surroundings of an offset.
#[derive(Debug)]
pub struct Around<'b> {
    /// The block at the file's top level; `None` for an attribute outside of any block.
    pub block: Option<&'b Arc<Block>>,
    /// The attribute that the offset is in.
    pub attribute: &'b Attribute,
    /// The expressions that the offset is in, the innermost first. Of a reference, only the part up to the offset.
    pub expressions: Vec<Cow<'b, Expr>>,
}

/// What is at an offset of a file with these attributes and blocks; `None` when it is in no attribute.
#[must_use]
pub fn around<'b>(attributes: &'b [Attribute], blocks: &'b [Arc<Block>], offset: u32) -> Option<Around<'b>> {
    let block = blocks.iter().find(|block| covers(block.span, offset));
    let mut attributes = attributes;
    let mut inner = block.map(|block| &**block);
    while let Some(block) = inner {
        attributes = &block.body.attributes;
        inner = block.body.blocks.iter().find(|block| covers(block.span, offset));
    }
    let attribute = attributes.iter().find(|attribute| covers(attribute.span, offset))?;
    Some(Around { block, attribute, expressions: expressions(&attribute.value, offset) })
}

fn expressions(whole: &Expr, offset: u32) -> Vec<Cow<'_, Expr>> {
    let mut found = vec![Cow::Borrowed(whole)];
    if !covers(whole.span, offset) {
        // On the attribute's name.
        return found;
    }
    let mut expr = whole;
    while let Some(part) = part(expr, offset) {
        found.push(Cow::Borrowed(part));
        expr = part;
    }
    found.extend(beginning(expr, offset).map(Cow::Owned));
    found.reverse();
    found
}

fn covers(span: Span, offset: u32) -> bool {
    span.start <= offset && offset <= span.end
}

/// The direct part of an expression that an offset is in. Of an object's item, the key stands for the value.
fn part(expr: &Expr, offset: u32) -> Option<&Expr> {
    let at = |part: &&Expr| covers(part.span, offset);
    match &expr.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::HugeNumber
        | ExprKind::Text(_)
        | ExprKind::Variable(_)
        | ExprKind::Invalid => None,
        ExprKind::Template(parts) => in_template(parts, offset),
        ExprKind::Tuple(items) => items.iter().find(at),
        ExprKind::Object(items) => {
            let item = items.iter().find(|item| covers(item.key.span.to(item.value.span), offset))?;
            let is_key = item.bare_key().is_none() && covers(item.key.span, offset);
            Some(if is_key { &item.key } else { &item.value })
        }
        ExprKind::Access { base, steps } => match &base.kind {
            ExprKind::Variable(_) => in_steps(steps, offset),
            _ => Some(&**base).filter(at).or_else(|| in_steps(steps, offset)),
        },
        ExprKind::Call { arguments, .. } => arguments.iter().find(at),
        ExprKind::For(parts) => {
            let inner = [&parts.collection, &parts.value].into_iter().chain(&parts.key).chain(&parts.condition);
            inner.into_iter().find(at)
        }
        ExprKind::Conditional(parts) => parts.iter().find(at),
        ExprKind::Binary(_, operands) => operands.iter().find(at),
        ExprKind::Unary(_, inner) | ExprKind::Parens(inner) => Some(&**inner).filter(at),
    }
}

fn in_steps(steps: &[Step], offset: u32) -> Option<&Expr> {
    steps.iter().find_map(|step| match &step.kind {
        StepKind::Index(key) => Some(&**key).filter(|key| covers(key.span, offset)),
        StepKind::AttributeSplat(inner) | StepKind::FullSplat(inner) => in_steps(inner, offset),
        StepKind::Attribute(_) => None,
    })
}

fn in_template(parts: &[TemplatePart], offset: u32) -> Option<&Expr> {
    parts.iter().find_map(|part| match part {
        TemplatePart::Literal(_) => None,
        TemplatePart::Interpolation(inner) => Some(inner).filter(|inner| covers(inner.span, offset)),
        TemplatePart::If { condition, then, otherwise, .. } => Some(condition)
            .filter(|condition| covers(condition.span, offset))
            .or_else(|| in_template(then, offset))
            .or_else(|| in_template(otherwise, offset)),
        TemplatePart::For { collection, body, .. } => {
            Some(collection).filter(|inner| covers(inner.span, offset)).or_else(|| in_template(body, offset))
        }
    })
}

/// A reference up to the name that an offset is in, when that is not the last.
fn beginning(expr: &Expr, offset: u32) -> Option<Expr> {
    let ExprKind::Access { base, steps } = &expr.kind else {
        return None;
    };
    // A root such as `var` is nothing without the name after it.
    let at = steps.iter().position(|step| covers(step.span, offset)).unwrap_or(0);
    let kept = steps.get(..=at).filter(|kept| kept.len() < steps.len())?;
    let span = base.span.to(kept.last()?.span);
    Some(Expr { kind: ExprKind::Access { base: base.clone(), steps: kept.to_vec() }, span })
}
