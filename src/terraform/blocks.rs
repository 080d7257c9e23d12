//! Nested blocks, those that `dynamic` makes among them, as values.

use std::sync::Arc;

use crate::eval::{EvalError, Evaluator};
use crate::source::Span;
use crate::syntax::hcl::ast::{Attribute, Block, Body, ExprKind};
use crate::value::{Data, Fields, Object, Origin, Type, Unknown, Value};

/// The label of a `dynamic` block: the kind of the blocks it makes.
pub(super) fn dynamic_label(block: &Block) -> Option<&Arc<str>> {
    if &*block.kind.value == "dynamic" { block.label(0) } else { None }
}

/// The nested blocks of a kind as a tuple of objects; `None` when there are none.
pub(super) fn nested_blocks(evaluator: &Evaluator<'_>, body: &Body, kind: &str) -> Option<Value> {
    let mut items = Vec::new();
    let mut found = false;
    for block in &body.blocks {
        if &*block.kind.value == kind {
            found = true;
            items.push(block_object(evaluator, block, block.header));
        } else if dynamic_label(block).is_some_and(|label| &**label == kind) {
            found = true;
            match Dynamic::read(block).map_err(Blocked::from).and_then(|dynamic| dynamic.items(evaluator)) {
                Ok(more) => items.extend(more),
                Err(blocked) => return Some(Value::unknown(*blocked.unknown).written_at(block.header)),
            }
        }
    }
    let origin = body.blocks_of(kind).next().map_or(Origin::NONE, |block| Origin::source(block.header));
    found.then(|| Value::tuple(items).at(origin))
}

fn block_object(evaluator: &Evaluator<'_>, block: &Block, header: Span) -> Value {
    let mut fields = Fields::new();
    for attribute in &block.body.attributes {
        fields.insert(Arc::clone(&attribute.name.value), evaluator.evaluate_or_unknown(&attribute.value));
    }
    for inner in &block.body.blocks {
        let kind = dynamic_label(inner).unwrap_or(&inner.kind.value);
        if !fields.contains_key(kind)
            && let Some(value) = nested_blocks(evaluator, &block.body, kind)
        {
            fields.insert(Arc::clone(kind), value);
        }
    }
    let rest = Unknown::new(Type::Any, "the provider fills in what this block leaves out", Some(header));
    Value::new(Data::Object(Arc::new(Object { fields, rest: Some(Arc::new(rest)) }))).written_at(header)
}

/// A `dynamic` block.
pub(super) struct Dynamic<'b> {
    block: &'b Block,
    each: &'b Attribute,
    /// What each of its blocks holds.
    pub(super) content: &'b Block,
    /// What the current element is called.
    pub(super) iterator: &'b str,
}

/// Why it is not known which blocks there are.
pub(super) struct Blocked {
    unknown: Box<Unknown>,
    /// What Terraform stops with, when it does.
    pub(super) error: Option<EvalError>,
}

impl From<EvalError> for Blocked {
    fn from(error: EvalError) -> Self {
        Self { unknown: Box::new(Unknown::new(Type::Any, error.reason(), Some(error.span))), error: Some(error) }
    }
}

impl<'b> Dynamic<'b> {
    /// The parts of a `dynamic` block.
    pub(super) fn read(block: &'b Block) -> Result<Self, EvalError> {
        let lacks = |what: &str| EvalError::new(block.header, format!("this `dynamic` block has no `{what}`"));
        let each = block.body.attribute("for_each").ok_or_else(|| lacks("for_each"))?;
        let content = block.body.blocks_of("content").next().ok_or_else(|| lacks("content"))?;
        let iterator: &str = match block.body.attribute("iterator").map(|attribute| &attribute.value.kind) {
            Some(ExprKind::Variable(name) | ExprKind::Text(name)) => name,
            _ => block.label(0).map_or("", |label| label),
        };
        Ok(Self { block, each, content, iterator })
    }

    /// Key and value of every element that there is a block for.
    pub(super) fn elements(&self, evaluator: &Evaluator<'_>) -> Result<Vec<Value>, Blocked> {
        let span = self.each.value.span;
        let over = evaluator.evaluate(&self.each.value)?;
        let element = |key: Value, value: &Value| Value::record([("key", key), ("value", value.clone())]);
        Ok(match &over.data {
            Data::Unknown(unknown) => {
                let unknown = Box::new(Unknown { span: Some(span), ..unknown.derived(Type::Any) });
                return Err(Blocked { unknown, error: None });
            }
            Data::Null(_) => return Err(EvalError::new(span, "`for_each` is null").into()),
            Data::Tuple(items) | Data::List(_, items) => {
                items.iter().enumerate().map(|(at, item)| element(Value::from(at), item)).collect()
            }
            Data::Set(_, items) => items.iter().map(|item| element(item.clone(), item)).collect(),
            _ => match over.as_fields() {
                Some(fields) => fields
                    .iter()
                    .map(|(key, value)| element(Value::string(Arc::clone(key)).at(value.origin.clone()), value))
                    .collect(),
                None => return Err(EvalError::new(span, "`for_each` is not a collection").into()),
            },
        })
    }

    /// The blocks that it makes.
    fn items(&self, evaluator: &Evaluator<'_>) -> Result<Vec<Value>, Blocked> {
        let make = |current| {
            evaluator
                .with_names([(self.iterator, current)], |inner| block_object(inner, self.content, self.block.header))
        };
        Ok(self.elements(evaluator)?.into_iter().map(make).collect())
    }
}
