//! The functions of Terraform's own provider, which write and read HCL.

use super::{Call, Function, Kind, Outcome, Parameter, Refusal, hangs_on, templates};
use crate::eval::{Constants, Evaluator};
use crate::syntax::hcl::parse_body;
use crate::value::{Data, Fields, Type, Value};

const VALUE: Parameter = Parameter::new("value", Kind::Any).or_unknown();

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "provider::terraform::encode_expr",
        parameters: &[VALUE],
        rest: None,
        returns: Kind::String,
        run: encode_expression,
    },
    Function {
        name: "provider::terraform::encode_tfvars",
        parameters: &[VALUE],
        rest: None,
        returns: Kind::String,
        run: encode_variables,
    },
    Function {
        name: "provider::terraform::decode_tfvars",
        parameters: &[Parameter::new("src", Kind::String)],
        rest: None,
        returns: Kind::Any,
        run: decode_variables,
    },
];

fn encode_expression(call: &Call<'_>) -> Outcome {
    let value = call.argument(0);
    if let Some(unknown) = value.first_unknown() {
        return Ok(hangs_on(unknown, Type::String));
    }
    let mut text = String::new();
    write(value, 0, &mut text);
    call.allow_string(text.len())?;
    Ok(Value::string(text))
}

fn encode_variables(call: &Call<'_>) -> Outcome {
    let value = call.argument(0);
    if let Some(unknown) = value.first_unknown() {
        return Ok(hangs_on(unknown, Type::String));
    }
    let Some(fields) = value.as_fields() else {
        return Err(Refusal::argument(0, format!("an object is needed, and this is {}", value.ty().friendly())));
    };
    if let Some(name) = fields.keys().find(|name| !templates::is_identifier(name)) {
        return Err(Refusal::argument(0, format!("{name:?} cannot be the name of a variable")));
    }
    let mut text = String::new();
    write_aligned(fields, 0, &mut text);
    call.allow_string(text.len())?;
    Ok(Value::string(text))
}

fn decode_variables(call: &Call<'_>) -> Outcome {
    let (body, problems) = parse_body(call.span.file, call.text(0));
    if let Some(problem) = problems.first() {
        return Err(Refusal::argument(0, problem.message.clone()));
    }
    if let Some(block) = body.blocks.first() {
        return Err(Refusal::argument(0, format!("a block `{}` cannot stand among variables", block.kind.value)));
    }
    let evaluator = Evaluator::new(&Constants, call.evaluator.budget());
    let mut fields = Fields::new();
    for attribute in &body.attributes {
        let value = evaluator
            .evaluate(&attribute.value)
            .map_err(|error| Refusal { bound: error.bound, ..Refusal::argument(0, error.message) })?;
        let range = attribute.value.span.range();
        fields.insert(
            std::sync::Arc::clone(&attribute.name.value),
            value.at(call.argument(0).origin.slice(range.start, range.end)),
        );
    }
    Ok(Value::object(fields))
}

/// As hclwrite formats it: an object over several lines with its equals signs aligned.
fn write(value: &Value, indent: usize, out: &mut String) {
    match &value.data {
        Data::Null(_) | Data::Unknown(_) | Data::Partial(_) => out.push_str("null"),
        Data::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Data::Number(number) => out.push_str(&number.to_string()),
        Data::String(text) => write_string(text, out),
        Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write(item, indent, out);
            }
            out.push(']');
        }
        Data::Map(_, fields) => write_object(fields, indent, out),
        Data::Object(object) => write_object(&object.fields, indent, out),
    }
}

fn write_object(fields: &Fields, indent: usize, out: &mut String) {
    if fields.is_empty() {
        out.push_str("{}");
        return;
    }
    out.push_str("{\n");
    write_aligned(fields, indent + 2, out);
    out.extend(std::iter::repeat_n(' ', indent));
    out.push('}');
}

fn write_aligned(fields: &Fields, indent: usize, out: &mut String) {
    let keys: Vec<String> = fields.keys().map(|key| key_text(key)).collect();
    let width = keys.iter().map(|key| key.chars().count()).max().unwrap_or(0);
    for (key, value) in keys.iter().zip(fields.values()) {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push_str(key);
        out.extend(std::iter::repeat_n(' ', width - key.chars().count()));
        out.push_str(" = ");
        write(value, indent, out);
        out.push('\n');
    }
}

fn key_text(key: &str) -> String {
    if templates::is_identifier(key) {
        return key.to_owned();
    }
    let mut quoted = String::new();
    write_string(key, &mut quoted);
    quoted
}

fn write_string(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    out.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' => {
                out.push(character);
                if characters.peek() == Some(&'{') {
                    out.push(character);
                }
            }
            control if control.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
