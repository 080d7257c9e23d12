//! A plan's JSON values, with what it masks as unknown or sensitive.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::value::{Fields, Number, Type, Unknown, Value};

/// Integers beyond this came through a double on the way here.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A value where `unknown` and `sensitive` have its shape, with `true` where it is so.
pub(super) fn value(known: &Json, unknown: &Json, sensitive: &Json) -> Value {
    let inner = |key: &str| value(part(known, key), part(unknown, key), part(sensitive, key));
    let value = match (known, unknown) {
        (_, Json::Bool(true)) => unknown_yet(),
        // What is unknown in an object is left out of it, and null in an array.
        (Json::Object(known), _) => {
            let masked = unknown.as_object().into_iter().flatten().filter(|(_, mask)| holds_true(mask));
            let names: BTreeSet<&String> = known.keys().chain(masked.map(|(name, _)| name)).collect();
            Value::object(names.into_iter().map(|name| (Arc::from(name.as_str()), inner(name))).collect())
        }
        (Json::Array(known), _) => {
            let item = |(at, known)| value(known, element(unknown, at), element(sensitive, at));
            Value::tuple(known.iter().enumerate().map(item).collect())
        }
        (Json::Null, _) => Value::null(),
        (Json::Bool(truth), _) => Value::from(*truth),
        (Json::Number(number), _) => self::number(number),
        (Json::String(text), _) => Value::string(text.as_str()),
    };
    value.marked(matches!(sensitive, Json::Bool(true)))
}

/// The attributes of a resource instance; `None` when there will be no such instance.
pub(super) fn attributes(known: &Json, unknown: &Json, sensitive: &Json) -> Option<Fields> {
    value(known, unknown, sensitive).as_fields().cloned()
}

fn part<'j>(json: &'j Json, key: &str) -> &'j Json {
    json.get(key).unwrap_or(&Json::Null)
}

fn element(json: &Json, at: usize) -> &Json {
    json.get(at).unwrap_or(&Json::Null)
}

fn holds_true(mask: &Json) -> bool {
    match mask {
        Json::Bool(truth) => *truth,
        Json::Array(items) => items.iter().any(holds_true),
        Json::Object(fields) => fields.values().any(holds_true),
        _ => false,
    }
}

fn unknown_yet() -> Value {
    Value::unknown(Unknown::new(Type::Any, "it is known only after apply", None))
}

fn number(number: &serde_json::Number) -> Value {
    let exact = number.is_i64() || number.is_u64() || number.as_f64().is_some_and(|double| double.abs() < EXACT);
    match Number::parse(&number.to_string()).filter(|_| exact) {
        Some(number) => number.into(),
        None => Value::unknown(Unknown::new(Type::Number, Number::BEYOND, None)),
    }
}
