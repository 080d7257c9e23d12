//! Values as text for people and as JSON for programs.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use super::{Data, Piece, Value};

/// A short rendering for messages: strings bare, collections as HCL writes them, unknown pieces as `(unknown)`.
#[must_use]
pub fn render(value: &Value) -> String {
    if value.sensitive {
        return "(sensitive)".to_owned();
    }
    match &value.data {
        Data::String(text) => text.to_string(),
        Data::Partial(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.to_string(),
                Piece::Unknown(unknown) => {
                    unknown.name.as_ref().map_or_else(|| "(unknown)".to_owned(), |name| format!("${{{name}}}"))
                }
            })
            .collect(),
        _ => {
            let mut out = String::new();
            expression(value, &mut out);
            out
        }
    }
}

/// As an HCL expression, on one line.
fn expression(value: &Value, out: &mut String) {
    if value.sensitive {
        out.push_str("(sensitive)");
        return;
    }
    match &value.data {
        Data::Null(_) => out.push_str("null"),
        Data::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Data::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Data::String(_) | Data::Partial(_) => {
            let _ = write!(out, "{:?}", render(value));
        }
        Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                expression(item, out);
            }
            out.push(']');
        }
        Data::Map(_, fields) => object(fields, out),
        Data::Object(value) => object(&value.fields, out),
        Data::Unknown(_) => out.push_str("(unknown)"),
    }
}

fn object(fields: &super::Fields, out: &mut String) {
    out.push('{');
    for (at, (key, value)) in fields.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { " " });
        let _ = write!(out, "{key} = ");
        expression(value, out);
    }
    out.push_str(if fields.is_empty() { "}" } else { " }" });
}

/// The value as the model prints it: an unknown as `{"$unknown": "why"}`, a sensitive one as `{"$sensitive": true}`.
#[must_use]
pub fn to_json(value: &Value) -> Json {
    if value.sensitive {
        return json!({ "$sensitive": true });
    }
    match &value.data {
        Data::Null(_) => Json::Null,
        Data::Bool(truth) => Json::Bool(*truth),
        Data::Number(number) => number
            .as_i64()
            .map(Json::from)
            .or_else(|| serde_json::Number::from_f64(number.to_f64()).map(Json::Number))
            .unwrap_or(Json::Null),
        Data::String(text) => Json::String(text.to_string()),
        Data::Partial(_) => json!({ "$unknown": format!("only partly known: {}", render(value)) }),
        Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => {
            Json::Array(items.iter().map(to_json).collect())
        }
        Data::Map(_, fields) => Json::Object(json_fields(fields)),
        Data::Object(object) => Json::Object(json_fields(&object.fields)),
        Data::Unknown(unknown) => json!({ "$unknown": &*unknown.reason }),
    }
}

fn json_fields(fields: &super::Fields) -> Map<String, Json> {
    fields.iter().map(|(key, value)| (key.to_string(), to_json(value))).collect()
}

/// A text that is the same for equal values, for ordering what has no order of its own.
pub(super) fn canonical(value: &Value) -> String {
    let mut out = String::new();
    let plain = Value { sensitive: false, ..value.clone() };
    expression(&plain, &mut out);
    out
}
