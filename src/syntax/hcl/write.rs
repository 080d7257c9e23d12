//! Values as HCL text, for fixes and for files that are generated.

use hcl::format::{Format, Formatter};
use hcl::{Expression, Identifier, ObjectKey, TemplateExpr};

use crate::value::{Data, Fields, Number, Value};

/// Names that are not their own text where a key is expected.
const NOT_KEYS: [&str; 4] = ["for", "null", "true", "false"];

/// The value as an expression on one line, which reads back to an equal value (a set or a map as
/// a tuple or an object). `None` when any of it is unknown or sensitive.
#[must_use]
pub fn literal(value: &Value) -> Option<String> {
    let expression = expression(value)?;
    let mut out = Vec::new();
    let mut formatter = Formatter::builder().compact(true).build(&mut out);
    expression.format(&mut formatter).ok()?;
    String::from_utf8(out).ok()
}

fn expression(value: &Value) -> Option<Expression> {
    if value.sensitive {
        return None;
    }
    Some(match &value.data {
        Data::Null(_) => Expression::Null,
        Data::Bool(truth) => Expression::Bool(*truth),
        Data::Number(number) => Expression::Number(self::number(number)?),
        Data::String(text) => quoted(text),
        Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => {
            Expression::Array(items.iter().map(expression).collect::<Option<_>>()?)
        }
        Data::Map(_, fields) => object(fields)?,
        Data::Object(object) if object.rest.is_some() => return None,
        Data::Object(object) => self::object(&object.fields)?,
        Data::Partial(_) | Data::Unknown(_) => return None,
    })
}

fn object(fields: &Fields) -> Option<Expression> {
    let pairs = fields.iter().map(|(key, value)| Some((object_key(key), expression(value)?)));
    Some(Expression::Object(pairs.collect::<Option<_>>()?))
}

fn object_key(key: &str) -> ObjectKey {
    match Identifier::new(key) {
        // What is a name outside ASCII changes with each version of Unicode; quotes are always right.
        Ok(name) if key.is_ascii() && !NOT_KEYS.contains(&key) => ObjectKey::Identifier(name),
        _ => ObjectKey::Expression(quoted(key)),
    }
}

/// A string. hcl-rs would escape it too, but loses count of the dollars in `${$${`.
fn quoted(text: &str) -> Expression {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' | '\\' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => escaped.extend([character, character]),
            control if control.is_control() => escaped.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => escaped.push(other),
        }
    }
    Expression::from(TemplateExpr::QuotedString(escaped))
}

/// A number that is written with every digit it has; `None` when it has more than a double holds.
fn number(number: &Number) -> Option<hcl::Number> {
    let written = match number.as_i64() {
        Some(integer) => hcl::Number::from(integer),
        None => hcl::Number::from_f64(number.to_f64())?,
    };
    (Number::parse(&written.to_string()).as_ref() == Some(number)).then_some(written)
}
