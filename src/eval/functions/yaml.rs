//! `yamlencode` and `yamldecode`, as zclconf/go-cty-yaml does them: YAML 1.1's `yes` and `on` are
//! booleans, dates are timestamps, and what is written is always quoted.

use std::sync::Arc;

use super::placeholder::Holed;
use super::{Call, Function, Kind, Outcome, Parameter, Refusal, date, hangs_on, json};
use crate::syntax::yaml::{self, Node, Style};
use crate::value::{Data, Fields, Number, Origin, Type, Unknown, Value, convert};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "yamlencode",
        parameters: &[Parameter::new("value", Kind::Any).or_null().or_unknown()],
        rest: None,
        returns: Kind::String,
        run: encode,
    },
    Function {
        name: "yamldecode",
        parameters: &[Parameter::new("src", Kind::String).or_unknown()],
        rest: None,
        returns: Kind::Any,
        run: decode,
    },
];

// ── Reading ─────────────────────────────────────────────────────────────────────────────

fn decode(call: &Call<'_>) -> Outcome {
    let text = call.argument(0);
    if let Some(value) = text.origin.decoded() {
        return Ok(json::as_decoded(value));
    }
    if let Data::Unknown(unknown) = &text.data {
        return Ok(hangs_on(unknown, Type::Any));
    }
    let holed = match (Holed::new(text, false), text.first_unknown()) {
        (Some(holed), _) => holed,
        (None, Some(unknown)) => return Ok(hangs_on(unknown, Type::Any)),
        (None, None) => return Err(Refusal::bound("the text has characters that trysquare needs itself")),
    };
    call.spend(holed.text.len() / 8)?;
    match (read(call, &holed), holed.first()) {
        (Ok(value), _) => Ok(value),
        // What is unknown may be what is missing.
        (Err(_), Some(unknown)) => Ok(hangs_on(unknown, Type::Any)),
        (Err(message), None) => Err(Refusal::argument(0, message)),
    }
}

fn read(call: &Call<'_>, holed: &Holed) -> Result<Value, String> {
    // Offsets in the text stand in for offsets in a file; the origin knows what they are.
    let (root, problems) = yaml::parse(call.span.file, &holed.text);
    let Some(root) = root else {
        let why = problems.first().map_or("there is nothing in it", |problem| &problem.message);
        return Err(format!("this is not YAML: {why}"));
    };
    let after = holed.text.get(root.span.end as usize..).unwrap_or("");
    if after.lines().skip(1).any(|line| line == "---" || line.starts_with("--- ")) {
        return Err("there is more than one document in it".to_owned());
    }
    to_value(&root, holed)
}

fn to_value(node: &Node, holed: &Holed) -> Result<Value, String> {
    let range = node.span.range();
    Ok(match &node.kind {
        yaml::Kind::Scalar(_) => return scalar(node, holed),
        yaml::Kind::Sequence(items) => {
            check_tag(node, holed, "seq")?;
            Value::tuple(items.iter().map(|item| to_value(item, holed)).collect::<Result<_, _>>()?)
        }
        yaml::Kind::Mapping(entries) => {
            check_tag(node, holed, "map")?;
            let mut fields = Fields::new();
            for entry in entries {
                let value = to_value(&entry.value, holed)?;
                if is_merge_key(&entry.key) {
                    merge(&mut fields, &value)?;
                    continue;
                }
                match key(&entry.key, holed)? {
                    Ok(name) => {
                        fields.insert(name, value);
                    }
                    Err(unknown) => return Ok(hangs_on(&unknown, Type::Any).at(holed.origin(range))),
                }
            }
            Value::object(fields)
        }
    }
    .at(holed.origin(range)))
}

fn is_merge_key(key: &Node) -> bool {
    key.scalar().is_some_and(|scalar| scalar.style == Style::Plain && &*scalar.text == "<<")
}

/// `<<`: takes over the entries of another mapping.
fn merge(fields: &mut Fields, value: &Value) -> Result<(), String> {
    let more = value.as_fields().ok_or_else(|| "`<<` merges a mapping only".to_owned())?;
    fields.extend(more.iter().map(|(name, value)| (Arc::clone(name), value.clone())));
    Ok(())
}

fn key(node: &Node, holed: &Holed) -> Result<Result<Arc<str>, Arc<Unknown>>, String> {
    if node.scalar().is_none() {
        return Err("a mapping's keys must be strings".to_owned());
    }
    let value = scalar(node, holed)?;
    let text = convert(&value, &Type::String).map_err(|error| error.0)?;
    match (&text.data, text.first_unknown()) {
        (Data::String(text), _) => Ok(Ok(Arc::clone(text))),
        (_, Some(unknown)) => Ok(Err(Arc::clone(unknown))),
        _ => Err("a mapping's key cannot be null".to_owned()),
    }
}

/// The tag right before a node, if it has one.
fn tag<'h>(node: &Node, holed: &'h Holed) -> Option<&'h str> {
    let mut before = holed.text.get(..node.span.start as usize)?;
    loop {
        before = before.trim_end_matches([' ', '\t']);
        let at = before.rfind([' ', '\t', '\n', '[', '{', ',']).map_or(0, |at| at + 1);
        let word = before.get(at..)?;
        match word.chars().next()? {
            '!' => return Some(word),
            '&' => before = before.get(..at)?,
            _ => return None,
        }
    }
}

fn check_tag(node: &Node, holed: &Holed, wanted: &str) -> Result<(), String> {
    match tag(node, holed) {
        Some(tag) if tag.strip_prefix("!!") != Some(wanted) => Err(format!("a value cannot be a {tag:?}")),
        _ => Ok(()),
    }
}

fn scalar(node: &Node, holed: &Holed) -> Result<Value, String> {
    let Some(scalar) = node.scalar() else {
        return Err("a scalar should stand here".to_owned());
    };
    let text = &*scalar.text;
    let place = scalar.offsets.span(0, text.len()).range();
    let string = || holed.string(text).at(holed.origin(place.clone()));
    let tag = tag(node, holed);
    if let Some(tag) = tag
        && !matches!(tag.strip_prefix("!!"), Some("str" | "bool" | "int" | "float" | "null" | "timestamp" | "binary"))
    {
        return Err(format!("a value cannot be a {tag:?}"));
    }
    if scalar.style != Style::Plain || matches!(tag, Some("!!str" | "!!binary")) {
        return Ok(string());
    }
    if let Some(value) = holed.whole(text) {
        return Ok(value);
    }
    let value = match plain(text) {
        Plain::Null => Value::null(),
        Plain::Bool(truth) => Value::from(truth),
        Plain::Number(number) => Value::from(number),
        Plain::Huge => Value::unknown(Unknown::new(Type::Number, Number::BEYOND, None)),
        Plain::Infinite => return Err(format!("{text} is a number beyond every bound")),
        Plain::Timestamp(text) => Value::string(text),
        Plain::Text => return Ok(string()),
    };
    Ok(value.at(holed.origin(place.clone())))
}

/// What a scalar without quotes means.
enum Plain {
    Null,
    Bool(bool),
    Number(Number),
    /// Beyond what is computed with.
    Huge,
    Infinite,
    Timestamp(String),
    Text,
}

fn plain(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Plain::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Plain::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Plain::Infinite,
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Plain::Infinite;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return match i64::from_str_radix(digits, radix) {
                Ok(number) if !digits.starts_with(['+', '-']) => Plain::Number(number.into()),
                _ => Plain::Text,
            };
        }
    }
    let numeric = unsigned.starts_with(|c: char| c.is_ascii_digit())
        || unsigned.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if !numeric {
        return Plain::Text;
    }
    match (date::yaml_timestamp(text), Number::parse(text)) {
        (Some(timestamp), _) => Plain::Timestamp(timestamp),
        (None, Some(number)) => Plain::Number(number),
        (None, None) if Number::is_beyond(text) => Plain::Huge,
        (None, None) => Plain::Text,
    }
}

// ── Writing ─────────────────────────────────────────────────────────────────────────────

fn encode(call: &Call<'_>) -> Outcome {
    let value = call.argument(0);
    let origin = Origin::encoded(call.span, value.clone());
    if let Some(unknown) = value.first_unknown() {
        let unknown = Unknown { not_null: true, ..unknown.derived(Type::String) };
        return Ok(Value::unknown(unknown).at(origin));
    }
    let mut text = String::new();
    write(value, 0, &mut text);
    text.push('\n');
    // A scalar without quotes has no end that could be seen.
    if matches!(value.data, Data::Null(_) | Data::Bool(_) | Data::Number(_)) {
        text.push_str("...\n");
    }
    call.allow_string(text.len())?;
    Ok(Value::string(text).at(origin))
}

/// Writes a value whose lines after the first are indented by `indent`, without its last line end.
fn write(value: &Value, indent: usize, out: &mut String) {
    match &value.data {
        Data::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Data::Number(number) => out.push_str(&number.to_string()),
        Data::String(text) => write_text(text, indent, out),
        Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => write_items(items, indent, out),
        Data::Map(_, fields) => write_fields(fields, indent, out),
        Data::Object(object) => write_fields(&object.fields, indent, out),
        Data::Null(_) | Data::Partial(_) | Data::Unknown(_) => out.push_str("null"),
    }
}

fn new_line(indent: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

fn write_items(items: &[Value], indent: usize, out: &mut String) {
    if items.is_empty() {
        out.push_str("[]");
    }
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            new_line(indent, out);
        }
        out.push_str("- ");
        write(item, indent + 2, out);
    }
}

/// A key longer than this, or of several lines, is written with a `?` before it.
const MAX_SIMPLE_KEY: usize = 128;

fn write_fields(fields: &Fields, indent: usize, out: &mut String) {
    if fields.is_empty() {
        out.push_str("{}");
    }
    for (at, (key, value)) in fields.iter().enumerate() {
        if at > 0 {
            new_line(indent, out);
        }
        if key.len() > MAX_SIMPLE_KEY || key.contains('\n') {
            out.push_str("? ");
            write_text(key, indent + 2, out);
            new_line(indent, out);
        } else {
            write_quoted(key, out);
        }
        out.push(':');
        match &value.data {
            // A sequence stands as far left as its key.
            Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) if !items.is_empty() => {
                new_line(indent, out);
                write_items(items, indent, out);
            }
            Data::Map(..) | Data::Object(_) if value.as_fields().is_some_and(|fields| !fields.is_empty()) => {
                new_line(indent + 2, out);
                write(value, indent + 2, out);
            }
            _ => {
                out.push(' ');
                write(value, indent + 2, out);
            }
        }
    }
}

/// Text of several lines as a block where that says all of it, anything else in quotes.
fn write_text(text: &str, indent: usize, out: &mut String) {
    let fits = text.chars().all(|c| is_printable(c) || c == '\n') && !text.contains(" \n") && !text.ends_with(' ');
    if !text.contains('\n') || !fits {
        return write_quoted(text, out);
    }
    // At the root the lines of a block are indented as well.
    let indent = indent.max(2);
    out.push('|');
    if text.starts_with([' ', '\n']) {
        out.push('2');
    }
    let body = match text.strip_suffix('\n') {
        None => {
            out.push('-');
            text
        }
        Some(body) => {
            if body.is_empty() || body.ends_with('\n') {
                out.push('+');
            }
            body
        }
    };
    for line in body.split('\n') {
        if line.is_empty() {
            out.push('\n');
        } else {
            new_line(indent, out);
            out.push_str(line);
        }
    }
}

fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn write_quoted(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    out.push('"');
    for character in text.chars() {
        let code = u32::from(character);
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{85}' => out.push_str("\\N"),
            '\u{2028}' => out.push_str("\\L"),
            '\u{2029}' => out.push_str("\\P"),
            printable if is_printable(printable) => out.push(printable),
            _ => {
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02X}"),
                    0x100..=0xffff => write!(out, "\\u{code:04X}"),
                    _ => write!(out, "\\U{code:08X}"),
                };
            }
        }
    }
    out.push('"');
}
