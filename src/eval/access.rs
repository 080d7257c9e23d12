//! `.name` and `[key]`.

use std::sync::Arc;

use super::{EvalError, Evaluated, did_you_mean};
use crate::source::Span;
use crate::value::{Data, Fields, Type, Unknown, Value, convert};

/// The attribute of an object, or the element of a map, by name.
///
/// # Errors
/// When there is none, or the value has no attributes.
pub fn attribute(value: &Value, name: &str, span: Span) -> Evaluated {
    let found = match &value.data {
        Data::Object(object) => match (object.fields.get(name), &object.rest) {
            (Some(found), _) => found.clone(),
            (None, Some(rest)) => Value::unknown(rest.attribute(name, span)),
            (None, None) => return Err(missing(&object.fields, name, span, "this object has no attribute")),
        },
        Data::Map(_, fields) => match fields.get(name) {
            Some(found) => found.clone(),
            None => return Err(missing(fields, name, span, "this map has no element")),
        },
        Data::Unknown(unknown) if unknown.ty.is_primitive() => {
            return Err(EvalError::new(span, format!("a {} has no attributes", unknown.ty.friendly())));
        }
        Data::Unknown(unknown) => Value::unknown(unknown.attribute(name, span)),
        Data::Null(_) => return Err(EvalError::new(span, format!("a null value has no attribute `{name}`"))),
        Data::Tuple(_) | Data::List(..) | Data::Set(..) => {
            return Err(EvalError::new(span, format!("a {} has no attribute `{name}`", value.ty().friendly()))
                .with_help(format!("to take `{name}` of every element, write `[*].{name}`; of one, `[0].{name}`")));
        }
        _ => return Err(EvalError::new(span, format!("a {} has no attributes", value.ty().friendly()))),
    };
    Ok(found.marked(value.sensitive))
}

/// The element of a list, tuple, map or object by key.
///
/// # Errors
/// When there is none, or the value has no elements.
pub fn index(value: &Value, key: &Value, span: Span) -> Evaluated {
    // As in Terraform, an object's attribute is no secret for having been chosen by one.
    let mark = value.sensitive || (key.sensitive && !matches!(value.data, Data::Object(_)));
    if key.is_null() {
        return Err(EvalError::new(span, "an index cannot be null"));
    }
    let found = match &value.data {
        Data::Unknown(unknown) if unknown.ty.is_primitive() => {
            return Err(EvalError::new(span, format!("a {} has no elements", unknown.ty.friendly())));
        }
        Data::Unknown(unknown) => {
            let label = match &key.data {
                Data::Unknown(_) | Data::Partial(_) => None,
                _ => unknown.name.as_ref().map(|own| format!("{own}[{}]", index_label(key))),
            };
            let element = Unknown {
                ty: match &key.data {
                    Data::String(name) => unknown.ty.attribute(name),
                    _ => unknown.ty.element(),
                },
                name: label.map(Into::into),
                reason: Arc::clone(&unknown.reason),
                span: Some(span),
                not_null: false,
            };
            Value::unknown(element)
        }
        Data::Null(_) => return Err(EvalError::new(span, "a null value has no elements")),
        Data::Tuple(items) | Data::List(_, items) => {
            let number = convert(key, &Type::Number)
                .map_err(|_| EvalError::new(span, "a list is indexed by a number").with_help("count from 0"))?;
            match (number.as_number(), number.as_unknown()) {
                (Some(number), _) => match number.as_usize().and_then(|at| items.get(at)) {
                    Some(item) => item.clone(),
                    None => {
                        let count = items.len();
                        return Err(EvalError::new(
                            span,
                            format!("there is no element {number}; the list has {count}"),
                        ));
                    }
                },
                (None, Some(unknown)) => Value::unknown(unknown.derived(value.ty().element())),
                (None, None) => return Err(EvalError::new(span, "a list is indexed by a number")),
            }
        }
        Data::Map(_, fields) => keyed(fields, None, key, span, "this map has no element")?,
        Data::Object(object) => keyed(&object.fields, object.rest.as_ref(), key, span, "this object has no attribute")?,
        Data::Set(..) => {
            return Err(
                EvalError::new(span, "a set's elements have no index").with_help("convert it with `tolist(…)` first")
            );
        }
        _ => return Err(EvalError::new(span, format!("a {} has no elements", value.ty().friendly()))),
    };
    Ok(found.marked(mark))
}

fn keyed(fields: &Fields, rest: Option<&Arc<Unknown>>, key: &Value, span: Span, absent: &str) -> Evaluated {
    let text = convert(key, &Type::String).map_err(|_| EvalError::new(span, "a map is indexed by a string"))?;
    Ok(match &text.data {
        Data::String(name) => match (fields.get(name), rest) {
            (Some(found), _) => found.clone(),
            (None, Some(rest)) => Value::unknown(rest.attribute(name, span)),
            (None, None) => return Err(missing(fields, name, span, absent)),
        },
        _ => {
            let unknown = text.first_unknown().map(|unknown| unknown.derived(Type::Any));
            Value::unknown(unknown.unwrap_or_else(|| Unknown::new(Type::Any, "its key is unknown", Some(span))))
        }
    })
}

fn index_label(key: &Value) -> String {
    match &key.data {
        Data::String(text) => format!("{text:?}"),
        _ => crate::value::render(key),
    }
}

fn missing(fields: &Fields, name: &str, span: Span, absent: &str) -> EvalError {
    let error = EvalError::new(span, format!("{absent} `{name}`"));
    if let Some(help) = did_you_mean(name, fields.keys().map(|key| &**key)) {
        return error.with_help(help);
    }
    let names: Vec<&str> = fields.keys().map(|key| &**key).take(12).collect();
    if names.is_empty() {
        error.with_help("it is empty")
    } else {
        error.with_help(format!("it has: {}", names.join(", ")))
    }
}
