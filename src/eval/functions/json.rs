//! `jsondecode`: JSON to values whose origins point into the text.

use std::sync::Arc;

use super::placeholder::Holed;
use super::{Call, Function, Kind, Outcome, Parameter, Refusal, hangs_on};
use crate::syntax::json::{Json, JsonKind, parse_json};
use crate::value::{Data, Fields, Object, Type, Value};

pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "jsondecode",
    parameters: &[Parameter::new("str", Kind::String).or_unknown()],
    rest: None,
    returns: Kind::Any,
    run: decode,
}];

fn decode(call: &Call<'_>) -> Outcome {
    let text = call.argument(0);
    // What `jsonencode` made of a value is that value. What `yamlencode` made is seldom JSON.
    let encoded = text.origin.decoded();
    if let Data::Unknown(unknown) = &text.data {
        return Ok(encoded.map_or_else(|| hangs_on(unknown, Type::Any), as_decoded));
    }
    let holed = match (Holed::new(text, true), text.first_unknown()) {
        (Some(holed), _) => holed,
        (None, Some(unknown)) => return Ok(hangs_on(unknown, Type::Any)),
        (None, None) => return Err(Refusal::bound("the text has characters that trysquare needs itself")),
    };
    call.spend(holed.text.len() / 16)?;
    match (parse_json(&holed.text), holed.first()) {
        (Ok(json), _) => Ok(encoded.map_or_else(|| to_value(&json, &holed), as_decoded)),
        // What is unknown may be what is missing.
        (Err(_), Some(unknown)) => Ok(hangs_on(unknown, Type::Any)),
        (Err(error), None) => {
            Err(Refusal::argument(0, format!("this is not JSON: {} (byte {} of it)", error.message, error.range.start)))
        }
    }
}

/// What a JSON text says, with the place of every part; `None` where it is no JSON, or an unknown part keeps it
/// from being read. A text that remembers what it encodes says that. The places are those in the text, wherever that
/// is used.
#[must_use]
pub fn read_json(text: &Value) -> Option<Value> {
    if let Some(value) = text.origin.decoded() {
        return Some(value.clone());
    }
    if !matches!(text.data, Data::String(_) | Data::Partial(_)) {
        return None;
    }
    let written = text.clone().at(text.origin.without_references().clone());
    let holed = Holed::new(&written, true)?;
    let json = parse_json(&holed.text).ok()?;
    Some(to_value(&json, &holed).marked(text.sensitive))
}

/// A value as it comes back from JSON: lists, sets and tuples are all arrays there, maps and objects all objects.
pub(super) fn as_decoded(value: &Value) -> Value {
    let each = |items: &[Value]| Data::Tuple(Arc::new(items.iter().map(as_decoded).collect()));
    let fields = |fields: &Fields| fields.iter().map(|(key, value)| (Arc::clone(key), as_decoded(value))).collect();
    let data = match &value.data {
        Data::Null(_) => Data::Null(Type::Any),
        Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => each(items),
        Data::Map(_, map) => Data::Object(Arc::new(Object { fields: fields(map), rest: None })),
        Data::Object(object) => {
            Data::Object(Arc::new(Object { fields: fields(&object.fields), rest: object.rest.clone() }))
        }
        other => other.clone(),
    };
    Value { data, ..value.clone() }
}

fn to_value(json: &Json, holed: &Holed) -> Value {
    let (start, end) = (json.range.start, json.range.end);
    let value = match &json.kind {
        JsonKind::Null => Value::null(),
        JsonKind::Bool(truth) => Value::from(*truth),
        JsonKind::Number(number) => Value::from(number.clone()),
        JsonKind::HugeNumber | JsonKind::Invalid => json.unknown(),
        JsonKind::String(string) => {
            if let Some(value) = holed.bare(&string.text) {
                return holed.encoded(start).map_or(value, as_decoded);
            }
            // Without the quotes, so that a place in the value is a place in the text.
            return holed.string(&string.text).at(holed.origin(start + 1..end.saturating_sub(1).max(start + 1)));
        }
        JsonKind::Array(items) => Value::tuple(items.iter().map(|item| to_value(item, holed)).collect()),
        JsonKind::Object(members) => {
            let mut fields = Fields::new();
            for member in members {
                if let Some(unknown) = holed.string(&member.key.text).first_unknown() {
                    return hangs_on(unknown, Type::Any).at(holed.origin(start..end));
                }
                fields.insert(Arc::clone(&member.key.text), to_value(&member.value, holed));
            }
            Value::object(fields)
        }
    };
    value.at(holed.origin(start..end))
}
