//! What a workflow's texts are as values: known, partly known, or one of several.

use std::sync::Arc;

use super::super::as_type;
use crate::source::Span;
use crate::value::{Answer, Number, Piece, Type, Unknown, Value, render};
use crate::workflow::{EnvValue, LinkedJob, NamedValue, Possible, Template, Text};

/// A text that stands at a place.
pub(super) fn written(text: &str, span: Span) -> Value {
    Value::string(text).written_at(span)
}

/// A truth, or the unknown that it hangs on.
pub(super) fn truth(answer: Answer) -> Value {
    match answer {
        Answer::Yes => Value::from(true),
        Answer::No => Value::from(false),
        Answer::Unknown(unknown) => Value::unknown(unknown.derived(Type::Bool)),
    }
}

/// The answer that it cannot be told.
pub(super) fn untold(reason: impl Into<Arc<str>>, span: Span) -> Answer {
    Answer::Unknown(Arc::new(Unknown::new(Type::Bool, reason, Some(span))))
}

/// One value: the only one it can be, else an unknown that says what it can be.
pub(super) fn scalar(possible: &Possible, span: Span) -> Value {
    let mut values = distinct(possible, span);
    let only = values.pop().filter(|_| values.is_empty() && possible.complete);
    only.unwrap_or_else(|| {
        let shown: Vec<String> = distinct(possible, span).iter().map(render).collect();
        let reason = match &possible.why_incomplete {
            Some(why) => why.clone(),
            None if shown.is_empty() => "it never has a value".to_owned(),
            None => format!("it can be {}", shown.join(" or ")),
        };
        Value::unknown(Unknown::new(Type::String, reason, Some(span)))
    })
}

/// Everything a value can be; an unknown at the end when there may be more.
pub(super) fn list(possible: &Possible, span: Span) -> Value {
    let mut items = distinct(possible, span);
    items.extend(others(possible, span));
    Value::tuple(items).written_at(span)
}

/// The unknown that stands for what a value may be besides what is known.
pub(super) fn others(possible: &Possible, span: Span) -> Option<Value> {
    let why = possible.why_incomplete.as_deref().unwrap_or("there may be other values");
    (!possible.complete).then(|| Value::unknown(Unknown::new(Type::String, why, Some(span))))
}

/// The texts that a value can be, each once, whatever each presupposes.
fn distinct(possible: &Possible, span: Span) -> Vec<Value> {
    let mut seen: Vec<&Text> = Vec::new();
    let mut values = Vec::new();
    for one in &possible.known {
        if seen.contains(&&one.text) {
            continue;
        }
        seen.push(&one.text);
        values.push(reached(&one.text, one.origin, span));
    }
    values
}

/// A text that is used at `span` and written at `origin`.
pub(super) fn reached(of: &Text, origin: Option<Span>, span: Span) -> Value {
    let value = text(of, origin.unwrap_or(span));
    if origin.is_some_and(|origin| origin != span) { value.via(span) } else { value }
}

/// A text, its unknown pieces under their names.
pub(super) fn text(text: &Text, span: Span) -> Value {
    let pieces = text.pieces().iter().map(|piece| match piece {
        crate::workflow::Piece::Known(known) => Piece::Text(known.as_str().into()),
        crate::workflow::Piece::Unknown(name) => {
            let reason = format!("`{name}` is known when the workflow runs");
            Piece::Unknown(Arc::new(Unknown::new(Type::String, reason, Some(span)).named(Arc::clone(name))))
        }
    });
    Value::from_pieces(pieces.collect()).written_at(span)
}

/// The value of a variable or input; null where there is none.
pub(super) fn env(value: Option<&EnvValue>, absent: Span) -> Value {
    value.map_or_else(|| Value::null().written_at(absent), |value| scalar(&value.value, value.span))
}

/// Everything a number can be; null alone where nothing is said.
pub(super) fn numbers(linked: &LinkedJob, template: Option<&Template>) -> Value {
    let Some(template) = template else {
        return Value::tuple(vec![Value::null().written_at(linked.job.id.span)]);
    };
    let each = list(&linked.scope.template(template), template.span);
    let items = each.as_items().unwrap_or(&[]).iter().map(|value| number(value, template.span));
    Value::tuple(items.collect()).written_at(template.span)
}

fn number(value: &Value, span: Span) -> Value {
    match value.as_str() {
        Some(text) => match Number::parse(text.trim()) {
            Some(number) => Value::from(number).at(value.origin.clone()),
            None => Value::unknown(Unknown::new(Type::Number, format!("`{text}` is no number"), Some(span))),
        },
        None => as_type(value.clone(), &Type::Number),
    }
}

/// A value with what names it.
pub(super) fn named(named: &NamedValue) -> Value {
    Value::record([("by", Value::string(named.by.as_str())), ("values", list(&named.value, named.span))])
        .written_at(named.span)
}
