//! JSON with the place of everything in it.
//!
//! The reader takes any text and counts offsets in that text: a whole file, or what a template
//! put together. Whose offsets those are is the caller's to know, by [`crate::source::Span::new`]
//! for a file and by [`crate::value::Origin::slice`] for a string that was evaluated.

mod recover;

use std::ops::Range;
use std::sync::Arc;

use super::SyntaxProblem;
use crate::source::{FileId, Span};
use crate::value::{Fields, Number, Origin, Type, Unknown, Value};

/// Nesting beyond this is refused, as serde_json does.
const MAX_DEPTH: usize = 127;

const NO_TRAILING_COMMA: &str = "JSON has no comma after the last element";

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub struct Json {
    /// What it is.
    pub kind: JsonKind,
    /// The bytes it was written with.
    pub range: Range<usize>,
}

/// The kinds of JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum JsonKind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A number [beyond](Number::is_beyond) what is computed with.
    HugeNumber,
    /// A string.
    String(JsonString),
    /// An array.
    Array(Vec<Json>),
    /// An object, in the order it was written. A key may be there twice.
    Object(Vec<Member>),
    /// What is not JSON, in a text that was read [as far as it is](recover_json).
    Invalid,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The key.
    pub key: JsonString,
    /// The value.
    pub value: Json,
}

/// A string, which knows where each of its bytes was written.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonString {
    /// The text, unescaped.
    pub text: Arc<str>,
    /// The bytes it was written with, with the quotes.
    pub range: Range<usize>,
    /// For each escape sequence: the offsets just after it, in the text and where it was written.
    escapes: Box<[(usize, usize)]>,
}

impl JsonString {
    /// Where the byte of the text at `offset` was written.
    #[must_use]
    pub fn place(&self, offset: usize) -> usize {
        let before = self.escapes.partition_point(|&(text, _)| text <= offset);
        let (text, written) = match before.checked_sub(1).and_then(|last| self.escapes.get(last)) {
            Some(&after) => after,
            None => (0, self.range.start + 1),
        };
        (written + (offset - text)).min(self.range.end)
    }
}

/// Why a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// Where it went wrong.
    pub range: Range<usize>,
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// How to mend it, when that can be told.
    pub help: Option<&'static str>,
}

impl JsonError {
    /// As a problem of the file that was read.
    #[must_use]
    pub fn in_file(self, file: FileId) -> SyntaxProblem {
        let span = Span::new(file, self.range.start, self.range.end);
        SyntaxProblem { span, message: self.message, help: self.help.map(str::to_owned) }
    }
}

impl Json {
    /// The text, when this is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            JsonKind::String(string) => Some(&string.text),
            _ => None,
        }
    }

    /// The elements, when this is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match &self.kind {
            JsonKind::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members, when this is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&[Member]> {
        match &self.kind {
            JsonKind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The value under a key, when this is an object that has it; of equal keys the last, as everyone reads them.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.iter().rfind(|member| &*member.key.text == key).map(|member| &member.value)
    }

    /// The unknown that stands for what has no value.
    pub(crate) fn unknown(&self) -> Value {
        Value::unknown(match self.kind {
            JsonKind::HugeNumber => Unknown { not_null: true, ..Unknown::new(Type::Number, Number::BEYOND, None) },
            _ => Unknown::new(Type::Any, "it could not be read", None),
        })
    }

    /// The value that this stands for, as `jsondecode` makes it; `origin` tells where a range came from.
    #[must_use]
    pub fn to_value(&self, origin: &dyn Fn(Range<usize>) -> Origin) -> Value {
        let value = match &self.kind {
            JsonKind::Null => Value::null(),
            JsonKind::Bool(truth) => Value::from(*truth),
            JsonKind::Number(number) => Value::from(number.clone()),
            JsonKind::HugeNumber | JsonKind::Invalid => self.unknown(),
            JsonKind::String(string) => Value::string(Arc::clone(&string.text)),
            JsonKind::Array(items) => Value::tuple(items.iter().map(|item| item.to_value(origin)).collect()),
            JsonKind::Object(members) => Value::object(
                members
                    .iter()
                    .map(|member| (Arc::clone(&member.key.text), member.value.to_value(origin)))
                    .collect::<Fields>(),
            ),
        };
        value.at(origin(self.range.clone()))
    }
}

/// Reads the whole of `text` as one JSON value.
///
/// # Errors
/// At the first place that is not JSON, or is nested too deep.
pub fn parse_json(text: &str) -> Result<Json, JsonError> {
    let mut reader = Reader::new(text);
    reader.space();
    let value = reader.value()?;
    reader.space();
    if reader.at < text.len() { Err(reader.expected("the end of the text", None)) } else { Ok(value) }
}

/// Reads a text as far as it is JSON, and tells where it is not. What is wrong costs the value it stands in, which is
/// [`JsonKind::Invalid`], or the member if that has no key.
#[must_use]
pub fn recover_json(text: &str) -> (Json, Vec<JsonError>) {
    recover::read(text)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// The closing brackets that are to come, the last first.
    open: Vec<u8>,
    recovery: Option<recover::Recovery>,
}

type Read<T> = Result<T, JsonError>;

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0, open: Vec::new(), recovery: None }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The byte here, or 0 at the end.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    fn space(&mut self) {
        let start = self.at;
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
        self.passed(start);
    }

    fn expected(&self, what: &str, help: Option<&'static str>) -> JsonError {
        let next = self.rest().chars().next();
        let found = match next {
            None => "the end of the text".to_owned(),
            Some(character) if character.is_control() => format!("`{}`", character.escape_debug()),
            Some(character) => format!("`{character}`"),
        };
        let range = self.at..self.at + next.map_or(0, char::len_utf8);
        JsonError { range, message: format!("expected {what}, found {found}"), help }
    }

    fn value(&mut self) -> Read<Json> {
        let start = self.at;
        let kind = match self.peek() {
            b'{' => self.nested(b'}', Self::object)?,
            b'[' => self.nested(b']', Self::array)?,
            b'"' => JsonKind::String(self.string()?),
            b'-' | b'0'..=b'9' => self.number()?,
            _ => self.keyword()?,
        };
        Ok(Json { kind, range: start..self.at })
    }

    fn nested(&mut self, closing: u8, read: impl FnOnce(&mut Self) -> Read<JsonKind>) -> Read<JsonKind> {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} levels deep");
            return Err(JsonError { range: self.at..self.at + 1, message, help: None });
        }
        self.open.push(closing);
        self.at += 1;
        let kind = read(self)?;
        self.open.pop();
        Ok(kind)
    }

    fn keyword(&mut self) -> Read<JsonKind> {
        for (word, kind) in [("null", JsonKind::Null), ("true", JsonKind::Bool(true)), ("false", JsonKind::Bool(false))]
        {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        let help = (self.peek() == b'\'').then_some("strings are written in double quotes");
        Err(self.expected("a value", help))
    }

    fn array(&mut self) -> Read<JsonKind> {
        let mut items = Vec::new();
        let indent = self.indent();
        self.space();
        if self.take(b']') {
            return Ok(JsonKind::Array(items));
        }
        while !self.is_left(indent) {
            if self.peek() == b']' && !items.is_empty() {
                self.skip(self.expected("a value after `,`", Some(NO_TRAILING_COMMA)))?;
            } else {
                let item = self.value();
                items.push(self.or_invalid(item)?);
            }
            if !self.next("`,` or `]`", items.last_mut())? {
                break;
            }
        }
        Ok(JsonKind::Array(items))
    }

    fn object(&mut self) -> Read<JsonKind> {
        let mut members = Vec::new();
        let indent = self.indent();
        self.space();
        if self.take(b'}') {
            return Ok(JsonKind::Object(members));
        }
        while !self.is_left(indent) {
            match self.key(!members.is_empty()) {
                Ok(key) => {
                    let value = self.value();
                    let value = self.or_invalid(value)?;
                    members.push(Member { key, value });
                }
                Err(error) => self.skip(error)?,
            }
            if !self.next("`,` or `}`", members.last_mut().map(|member| &mut member.value))? {
                break;
            }
        }
        Ok(JsonKind::Object(members))
    }

    /// A key and the colon after it.
    fn key(&mut self, is_further: bool) -> Read<JsonString> {
        if self.peek() != b'"' {
            let help = (is_further && self.peek() == b'}').then_some(NO_TRAILING_COMMA);
            return Err(self.expected("a key in double quotes", help));
        }
        let key = self.string()?;
        self.space();
        if !self.take(b':') {
            let help = (self.peek() == b'=').then_some("keys and values are separated by `:` in JSON");
            return Err(self.expected("`:` after the key", help));
        }
        self.space();
        Ok(key)
    }

    /// Goes on from the `last` element of what is open to the next, if there is one.
    fn next(&mut self, wanted: &str, mut last: Option<&mut Json>) -> Read<bool> {
        loop {
            self.space();
            if self.open.last().is_some_and(|closing| self.peek() == *closing) {
                self.at += 1;
                return Ok(false);
            }
            if self.take(b',') {
                self.space();
                return Ok(true);
            }
            if let Some(is_further) = self.go_on(wanted, last.as_deref_mut())? {
                return Ok(is_further);
            }
        }
    }

    fn digits(&mut self) -> Read<()> {
        if !self.peek().is_ascii_digit() {
            return Err(self.expected("a digit", None));
        }
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Read<JsonKind> {
        let start = self.at;
        self.take(b'-');
        if self.take(b'0') {
            if self.peek().is_ascii_digit() {
                return Err(self.expected("no digit after a leading zero", None));
            }
        } else {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'-') {
                self.take(b'+');
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or("");
        match Number::parse(text) {
            Some(number) => Ok(JsonKind::Number(number)),
            None if Number::is_beyond(text) => Ok(JsonKind::HugeNumber),
            None => {
                let message = "this number has an exponent that no number has".to_owned();
                Err(JsonError { range: start..self.at, message, help: None })
            }
        }
    }

    fn string(&mut self) -> Read<JsonString> {
        let read = self.string_read();
        if read.is_err() {
            self.leave_string();
        }
        read
    }

    fn string_read(&mut self) -> Read<JsonString> {
        let start = self.at;
        self.at += 1;
        let mut unescaped = String::new();
        let mut escapes = Vec::new();
        let mut plain = self.at;
        loop {
            let rest = self.rest();
            let stop = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\') || byte < 0x20);
            self.at += stop.unwrap_or(rest.len());
            let stretch = self.text.get(plain..self.at).unwrap_or("");
            match self.peek() {
                b'"' => {
                    self.at += 1;
                    let text = if escapes.is_empty() { stretch.into() } else { (unescaped + stretch).into() };
                    return Ok(JsonString { text, range: start..self.at, escapes: escapes.into() });
                }
                b'\\' => {
                    unescaped.push_str(stretch);
                    unescaped.push(self.escape()?);
                    plain = self.at;
                    escapes.push((unescaped.len(), plain));
                }
                _ => {
                    return Err(
                        self.expected("`\"` to close the string", Some("a line end in a string is written `\\n`"))
                    );
                }
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let start = self.at;
        self.at += 1;
        let kind = self.peek();
        let character = match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(start),
            _ => return Err(self.expected("an escape sequence after `\\`", Some("write `\\\\` for a backslash"))),
        };
        self.at += 1;
        Ok(character)
    }

    /// `\uXXXX`, or two of them that make one character.
    fn unicode(&mut self, start: usize) -> Read<char> {
        let first = self.code_unit()?;
        let mut units = vec![first];
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            self.at += 1;
            units.push(self.code_unit()?);
        }
        match char::decode_utf16(units).next() {
            Some(Ok(character)) => Ok(character),
            _ => Err(JsonError {
                range: start..self.at,
                message: "this is half of a surrogate pair".to_owned(),
                help: Some("write both halves, or the character itself"),
            }),
        }
    }

    /// The `uXXXX` here.
    fn code_unit(&mut self) -> Read<u16> {
        self.at += 1;
        let code = self.rest().get(..4).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match code.and_then(|code| u16::from_str_radix(code, 16).ok()) {
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
            None => Err(self.expected("four hexadecimal digits after `\\u`", None)),
        }
    }
}
