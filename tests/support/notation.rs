//! How results are written down: a known value as its type and its JSON; in a value that is not
//! wholly known `?` stands for what is unknown, and there is no type, for terraform does not tell it either.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use trysquare::value::{Data, Fields, Value};

/// Whether what trysquare knows is what terraform knows, or more: `?` stands for anything.
pub fn agrees(ours: &str, theirs: &str) -> bool {
    if ours == theirs {
        return true;
    }
    // With something unknown in it theirs has no type, and ours has one if it knows all.
    let value =
        if ours.starts_with(['?', '[', '{']) { Some(ours) } else { ours.split_once(' ').map(|(_, value)| value) };
    theirs.starts_with(['?', '[', '{'])
        && theirs.contains('?')
        && [Some(ours), value].into_iter().flatten().any(|ours| matches_pattern(ours.as_bytes(), theirs.as_bytes()))
}

fn matches_pattern(mut ours: &[u8], mut theirs: &[u8]) -> bool {
    let mut in_string = false;
    loop {
        match (theirs.first(), ours.first()) {
            (None, None) => return true,
            (Some(b'?'), Some(_)) if !in_string => {
                ours = &ours[value_length(ours)..];
                theirs = &theirs[1..];
            }
            (Some(a), Some(b)) if a == b => {
                if *a == b'"' {
                    in_string = !in_string;
                }
                let step = if *a == b'\\' { 2 } else { 1 };
                (ours, theirs) = (ours.get(step..).unwrap_or(&[]), theirs.get(step..).unwrap_or(&[]));
            }
            _ => return false,
        }
    }
}

/// The length of the JSON value at the start of a text; an error is none.
fn value_length(text: &[u8]) -> usize {
    let (mut depth, mut in_string, mut at) = (0, false, 0);
    if text.starts_with(b"error") || text.starts_with(b"bound") {
        return 0;
    }
    while at < text.len() {
        match text[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' | b',' if !in_string && depth == 0 => return at,
            b']' | b'}' if !in_string => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Type and JSON of a known value, or the JSON of a partly known one.
pub fn render(value: &Value) -> String {
    if value.is_null() {
        // A plan does not tell the type of an output that is null.
        return "null".to_owned();
    }
    let mut out = String::new();
    if value.first_unknown().is_none() {
        out.push_str(&format!("{} ", value.ty()));
    }
    json(value, &mut out);
    out
}

pub fn json(value: &Value, out: &mut String) {
    match &value.data {
        Data::Unknown(_) | Data::Partial(_) => out.push('?'),
        Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                json(item, out);
            }
            out.push(']');
        }
        Data::Map(_, fields) => object(fields, out),
        Data::Object(object_value) => object(&object_value.fields, out),
        Data::Null(_) => out.push_str("null"),
        Data::Bool(truth) => out.push_str(&truth.to_string()),
        Data::Number(number) => out.push_str(&number.to_string()),
        Data::String(text) => string(text, out),
    }
}

fn object(fields: &Fields, out: &mut String) {
    out.push('{');
    for (at, (key, value)) in fields.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        string(key, out);
        out.push(':');
        json(value, out);
    }
    out.push('}');
}

/// A JSON string; terraform's is read and written again in the same way, so that escapes do not matter.
pub fn string(text: &str, out: &mut String) {
    out.push_str(&serde_json::to_string(text).unwrap());
}

/// A type as trysquare writes it.
pub fn type_text(ty: &serde_json::Value) -> String {
    use serde_json::Value as Json;
    match ty {
        Json::String(name) if name == "dynamic" => "any".to_owned(),
        Json::String(name) => name.clone(),
        Json::Array(parts) => match parts.as_slice() {
            [kind, Json::Array(items)] if kind == "tuple" => {
                format!("tuple([{}])", items.iter().map(type_text).collect::<Vec<_>>().join(", "))
            }
            [kind, Json::Object(attributes), ..] if kind == "object" => {
                let attributes: BTreeMap<&String, String> =
                    attributes.iter().map(|(name, ty)| (name, type_text(ty))).collect();
                let attributes: Vec<String> = attributes.iter().map(|(name, ty)| format!("{name} = {ty}")).collect();
                format!("object({{{}}})", attributes.join(", "))
            }
            [Json::String(kind), element] => format!("{kind}({})", type_text(element)),
            _ => ty.to_string(),
        },
        _ => ty.to_string(),
    }
}

/// A JSON value with `?` for what is unknown. Numbers keep every digit, for they are never read as floats.
pub fn planned_json(value: Option<&RawValue>, unknown: Option<&RawValue>, out: &mut String) {
    let mask = unknown.map_or("false", RawValue::get);
    if mask == "true" {
        out.push('?');
        return;
    }
    let text = value.map_or("null", RawValue::get);
    if text.starts_with('{') || mask.starts_with('{') {
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap_or_default();
        let masks: BTreeMap<String, &RawValue> = serde_json::from_str(mask).unwrap_or_default();
        let names: std::collections::BTreeSet<&String> = fields.keys().chain(masks.keys()).collect();
        out.push('{');
        for (at, name) in names.into_iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            string(name, out);
            out.push(':');
            planned_json(fields.get(name).copied(), masks.get(name).copied(), out);
        }
        out.push('}');
    } else if text.starts_with('[') || mask.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        let masks: Vec<&RawValue> = serde_json::from_str(mask).unwrap_or_default();
        out.push('[');
        for at in 0..items.len().max(masks.len()) {
            if at > 0 {
                out.push(',');
            }
            planned_json(items.get(at).copied(), masks.get(at).copied(), out);
        }
        out.push(']');
    } else if text.starts_with('"') {
        let read: String = serde_json::from_str(text).unwrap();
        string(&read, out);
    } else {
        out.push_str(text);
    }
}
