//! Encoding: `jsonencode` and its kin.

use super::{Call, Function, Kind, Parameter, Refusal};
use crate::value::{Data, Origin, Piece, Type, Unknown, Value};

pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "jsonencode",
    parameters: &[Parameter::new("value", Kind::Any).or_null().or_unknown()],
    rest: None,
    returns: Kind::String,
    run: json_encode,
}];

/// JSON as Terraform writes it. Where parts are unknown the text is too, but what it encodes is kept with it.
fn json_encode(call: &Call<'_>) -> Result<Value, Refusal> {
    let value = call.argument(0);
    let origin = Origin::encoded(call.span, value.clone());
    if let Some(unknown) = value.first_unknown() {
        let unknown = Unknown { not_null: true, ..unknown.derived(Type::String) };
        return Ok(Value::unknown(unknown).at(origin).marked(value.holds_sensitive()));
    }
    let mut text = String::new();
    write_json(value, &mut text);
    Ok(Value::string(text).at(origin).marked(value.holds_sensitive()))
}

/// As Go's encoder writes it for Terraform: no blanks, keys in order, `<`, `>`, `&` and the line separators escaped.
pub fn write_json(value: &Value, out: &mut String) {
    match &value.data {
        Data::Null(_) | Data::Unknown(_) => out.push_str("null"),
        Data::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Data::Number(number) => out.push_str(&number.to_string()),
        Data::String(text) => write_string(text, out),
        Data::Partial(pieces) => {
            let known: String = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => &**text,
                    Piece::Unknown(_) => "",
                })
                .collect();
            write_string(&known, out);
        }
        Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_json(item, out);
            }
            out.push(']');
        }
        Data::Map(_, fields) => write_fields(fields, out),
        Data::Object(object) => write_fields(&object.fields, out),
    }
}

fn write_fields(fields: &crate::value::Fields, out: &mut String) {
    out.push('{');
    for (at, (key, value)) in fields.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_string(key, out);
        out.push(':');
        write_json(value, out);
    }
    out.push('}');
}

fn write_string(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
