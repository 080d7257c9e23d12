//! Encodings: Base64, URLs, CSV and the writing of JSON.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{Call, Function, Kind, Outcome, Parameter, Refusal, never_known};
use crate::value::{Data, Fields, Origin, Piece, Type, Unknown, Value};

const STRING: Parameter = Parameter::new("str", Kind::String);

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "jsonencode",
        parameters: &[Parameter::new("value", Kind::Any).or_null().or_unknown()],
        rest: None,
        returns: Kind::String,
        run: json_encode,
    },
    Function { name: "base64encode", parameters: &[STRING], rest: None, returns: Kind::String, run: base64_encode },
    Function { name: "base64decode", parameters: &[STRING], rest: None, returns: Kind::String, run: base64_decode },
    Function {
        name: "base64gzip",
        parameters: &[STRING],
        rest: None,
        returns: Kind::String,
        // How tightly the text is packed is the compressor's business, and no two write the same bytes.
        run: |call| Ok(never_known(Type::String, "what gzip makes of a text depends on the program", call)),
    },
    Function {
        name: "textencodebase64",
        parameters: &[Parameter::new("string", Kind::String), Parameter::new("encoding", Kind::String)],
        rest: None,
        returns: Kind::String,
        run: text_encode,
    },
    Function {
        name: "textdecodebase64",
        parameters: &[Parameter::new("source", Kind::String), Parameter::new("encoding", Kind::String)],
        rest: None,
        returns: Kind::String,
        run: text_decode,
    },
    Function { name: "urlencode", parameters: &[STRING], rest: None, returns: Kind::String, run: url_encode },
    Function { name: "csvdecode", parameters: &[STRING], rest: None, returns: Kind::List, run: csv_decode },
];

// ── JSON ────────────────────────────────────────────────────────────────────────────────

/// JSON as Terraform writes it. Where parts are unknown the text is too, but what it encodes is kept with it.
fn json_encode(call: &Call<'_>) -> Outcome {
    let value = call.argument(0);
    let origin = Origin::encoded(call.span, value.clone());
    if let Some(unknown) = value.first_unknown() {
        let unknown = Unknown { not_null: true, ..unknown.derived(Type::String) };
        return Ok(Value::unknown(unknown).at(origin));
    }
    let text = to_json_text(value);
    call.allow_string(text.len())?;
    Ok(Value::string(text).at(origin))
}

/// A known value as JSON text.
pub(super) fn to_json_text(value: &Value) -> String {
    let mut text = String::new();
    write_json(value, &mut text);
    text
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

fn write_fields(fields: &Fields, out: &mut String) {
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

/// A JSON string, quotes included.
pub(super) fn write_string(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

// ── Base64 and character encodings ──────────────────────────────────────────────────────

fn base64_encode(call: &Call<'_>) -> Outcome {
    call.allow_string(call.text(0).len().saturating_mul(4) / 3)?;
    Ok(Value::string(BASE64.encode(call.text(0))))
}

/// Go's decoder passes over line ends.
pub(super) fn from_base64(text: &str) -> Result<Vec<u8>, Refusal> {
    let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    BASE64.decode(text).map_err(|error| Refusal::argument(0, format!("this is not Base64: {error}")))
}

/// Base64 of bytes.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

fn base64_decode(call: &Call<'_>) -> Outcome {
    match String::from_utf8(from_base64(call.text(0))?) {
        Ok(text) => Ok(Value::string(text)),
        Err(_) => Err(Refusal::argument(0, "what it encodes is not UTF-8 text")),
    }
}

/// A character encoding by its name in the IANA registry.
enum Charset {
    Utf8,
    Utf16 {
        big: bool,
        mark: bool,
    },
    Ascii,
    Latin1,
    /// A known one that trysquare has no table of.
    Other,
}

impl Charset {
    fn named(name: &str) -> Result<Self, Refusal> {
        Ok(match name.to_ascii_lowercase().as_str() {
            "utf-8" => Self::Utf8,
            "utf-16le" => Self::Utf16 { big: false, mark: false },
            "utf-16be" => Self::Utf16 { big: true, mark: false },
            "utf-16" => Self::Utf16 { big: true, mark: true },
            "us-ascii" | "ascii" => Self::Ascii,
            "iso-8859-1" | "latin1" => Self::Latin1,
            other if looks_like_charset(other) => Self::Other,
            other => return Err(Refusal::argument(1, format!("{other:?} is not the name of an encoding"))),
        })
    }
}

fn looks_like_charset(name: &str) -> bool {
    ["iso-8859-", "windows-", "koi8-", "ibm", "euc-", "gb", "big5", "shift_jis", "macintosh", "iso-2022-", "hz-"]
        .iter()
        .any(|family| name.starts_with(family))
}

fn text_encode(call: &Call<'_>) -> Outcome {
    let text = call.text(0);
    call.allow_string(text.len().saturating_mul(3))?;
    let single = |limit: u32| -> Result<Vec<u8>, Refusal> {
        text.chars()
            .map(|c| u8::try_from(u32::from(c)).ok().filter(|_| u32::from(c) <= limit))
            .collect::<Option<Vec<u8>>>()
            .ok_or_else(|| Refusal::argument(0, "the text has characters that the encoding has not"))
    };
    let bytes = match Charset::named(call.text(1))? {
        Charset::Utf8 => text.as_bytes().to_vec(),
        Charset::Utf16 { big, mark } => {
            let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
            units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        }
        Charset::Ascii => single(0x7f)?,
        Charset::Latin1 => single(0xff)?,
        Charset::Other => return Ok(never_known(Type::String, "trysquare has no table of this encoding", call)),
    };
    Ok(Value::string(BASE64.encode(bytes)))
}

fn text_decode(call: &Call<'_>) -> Outcome {
    let charset = Charset::named(call.text(1))?;
    let bytes = from_base64(call.text(0))?;
    let text: String = match charset {
        Charset::Utf8 => {
            String::from_utf8(bytes).map_err(|_| Refusal::argument(0, "what it encodes is not UTF-8 text"))?
        }
        Charset::Ascii => bytes.iter().map(|&byte| if byte < 0x80 { char::from(byte) } else { '\u{fffd}' }).collect(),
        Charset::Latin1 => bytes.iter().map(|&byte| char::from(byte)).collect(),
        Charset::Utf16 { big, mark } => {
            let unit = |pair: &[u8]| match *pair {
                [high, low] if big => u16::from_be_bytes([high, low]),
                [low, high] => u16::from_le_bytes([low, high]),
                _ => 0xfffd,
            };
            let units: Vec<u16> = bytes.chunks(2).map(unit).collect();
            let units = match units.split_first() {
                Some((0xfeff, rest)) if mark => rest,
                _ => units.as_slice(),
            };
            String::from_utf16_lossy(units)
        }
        Charset::Other => return Ok(never_known(Type::String, "trysquare has no table of this encoding", call)),
    };
    Ok(Value::string(text))
}

/// As for a form: a blank becomes `+`.
fn url_encode(call: &Call<'_>) -> Outcome {
    use std::fmt::Write as _;
    let mut out = String::new();
    for &byte in call.text(0).as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    call.allow_string(out.len())?;
    Ok(Value::string(out))
}

// ── CSV ─────────────────────────────────────────────────────────────────────────────────

/// A cell and where it starts and ends in the text.
type Cell = (String, usize, usize);

fn csv_decode(call: &Call<'_>) -> Outcome {
    let (text, origin) = (call.text(0), &call.argument(0).origin);
    let mut rows = csv_rows(text)?.into_iter();
    let Some(header) = rows.next() else {
        return Err(Refusal::argument(0, "the first line must name the columns, and there is none"));
    };
    let names: Vec<Arc<str>> = header.into_iter().map(|(name, ..)| name.into()).collect();
    let mut seen = std::collections::HashSet::new();
    if let Some(name) = names.iter().find(|name| !seen.insert(&**name)) {
        return Err(Refusal::argument(0, format!("two columns are named {name:?}")));
    }
    let ty = Type::object(names.iter().map(|name| (Arc::clone(name), Type::String)));
    let mut items = Vec::new();
    for row in rows {
        if row.len() != names.len() {
            return Err(Refusal::argument(
                0,
                format!("a row has {} cells and the first line names {}", row.len(), names.len()),
            ));
        }
        let cells = row.into_iter().map(|(cell, start, end)| Value::string(cell).at(origin.slice(start, end)));
        items.push(Value::object(names.iter().cloned().zip(cells).collect()));
        call.allow_elements(items.len())?;
    }
    Ok(Value::list(ty, items))
}

/// RFC 4180 as Go reads it: blank lines are passed over, a quote may stand only around a whole cell.
fn csv_rows(text: &str) -> Result<Vec<Vec<Cell>>, Refusal> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or("");
        if let Some(after) = rest.strip_prefix('\n').or_else(|| rest.strip_prefix("\r\n")) {
            at = text.len() - after.len();
            continue;
        }
        let mut row = Vec::new();
        loop {
            let (cell, next) = csv_cell(text, at)?;
            row.push(cell);
            at = next;
            let rest = text.get(at..).unwrap_or("");
            if let Some(after) = rest.strip_prefix(',') {
                at = text.len() - after.len();
                continue;
            }
            let after = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or("");
            at = text.len() - after.len();
            break;
        }
        rows.push(row);
    }
    Ok(rows)
}

fn csv_cell(text: &str, start: usize) -> Result<(Cell, usize), Refusal> {
    let rest = text.get(start..).unwrap_or("");
    let Some(quoted) = rest.strip_prefix('"') else {
        let length = rest.find([',', '\n']).unwrap_or(rest.len());
        let cell = rest.get(..length).unwrap_or("");
        let line_end = rest.get(length..).is_none_or(|after| !after.starts_with(','));
        let cell = if line_end { cell.strip_suffix('\r').unwrap_or(cell) } else { cell };
        if cell.contains('"') {
            return Err(Refusal::argument(0, "a quote stands inside a cell that is not quoted"));
        }
        let end = start + cell.len();
        return Ok(((cell.to_owned(), start, end), end));
    };
    let mut cell = String::new();
    let mut after = quoted;
    loop {
        let Some(length) = after.find('"') else {
            return Err(Refusal::argument(0, "a quoted cell is never closed"));
        };
        cell.push_str(&after.get(..length).unwrap_or("").replace("\r\n", "\n"));
        after = after.get(length + 1..).unwrap_or("");
        match after.strip_prefix('"') {
            Some(more) => {
                cell.push('"');
                after = more;
            }
            None => break,
        }
    }
    let end = text.len() - after.len();
    if !(after.is_empty() || after.starts_with([',', '\n']) || after.starts_with("\r\n")) {
        return Err(Refusal::argument(0, "something follows a quoted cell"));
    }
    Ok(((cell, start + 1, end - 1), end))
}
