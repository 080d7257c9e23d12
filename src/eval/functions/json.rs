//! `jsondecode`: JSON to values whose origins point into the text.

use std::sync::Arc;

use super::{Call, Function, Kind, Outcome, Parameter, Refusal, hangs_on, partial};
use crate::value::{Data, Fields, Number, Object, Origin, Piece, Type, Unknown, Value};

/// Nesting beyond this is refused; Go refuses it at 10,000, with a larger stack.
const MAX_DEPTH: usize = 200;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "jsondecode",
    parameters: &[Parameter::new("str", Kind::String).or_unknown()],
    rest: None,
    returns: Kind::Any,
    run: decode,
}];

fn decode(call: &Call<'_>) -> Outcome {
    let text = call.argument(0);
    if let Some(value) = text.origin.decoded() {
        return Ok(as_decoded(value));
    }
    if let Data::Unknown(unknown) = &text.data {
        return Ok(hangs_on(unknown, Type::Any));
    }
    let reader = Reader::new(&partial::pieces(text), &text.origin);
    call.spend(reader.text.len() / 16)?;
    read_whole(reader)
}

/// What a JSON text says, with the place of every part; `None` where it is no JSON, or an unknown part keeps it
/// from being read. A text that remembers what it encodes says that.
#[must_use]
pub fn read_json(text: &Value) -> Option<Value> {
    if let Some(value) = text.origin.decoded() {
        return Some(value.clone());
    }
    if !matches!(text.data, Data::String(_) | Data::Partial(_)) {
        return None;
    }
    let value = read_whole(Reader::new(&partial::pieces(text), &text.origin)).ok()?;
    value.as_unknown().is_none().then(|| value.marked(text.sensitive))
}

/// A value as it comes back from JSON: lists, sets and tuples are all arrays there, maps and objects all objects.
fn as_decoded(value: &Value) -> Value {
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

/// Why reading stopped.
enum Stop {
    /// This is not JSON.
    Bad(String),
    /// An unknown part stands where it could be anything.
    Hangs(Arc<Unknown>),
}

fn bad<T>(message: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Bad(message.into()))
}

/// A text with unknown parts between its bytes.
struct Reader<'o> {
    text: String,
    /// The unknown parts, each with the offset in `text` that it stands before.
    gaps: Vec<(usize, Arc<Unknown>)>,
    next_gap: usize,
    at: usize,
    origin: &'o Origin,
}

fn read_whole(mut reader: Reader<'_>) -> Outcome {
    let outcome = reader.value(0).and_then(|value| {
        reader.space();
        match reader.gap() {
            Some(unknown) => Err(Stop::Hangs(unknown)),
            None if reader.at < reader.text.len() => bad("there is more after the end of the JSON"),
            None => Ok(value),
        }
    });
    match outcome {
        Ok(value) => Ok(value),
        Err(Stop::Hangs(unknown)) => Ok(hangs_on(&unknown, Type::Any)),
        Err(Stop::Bad(message)) => {
            Err(Refusal::argument(0, format!("this is not JSON: {message}, at byte {} of it", reader.at)))
        }
    }
}

impl<'o> Reader<'o> {
    fn new(pieces: &[Piece], origin: &'o Origin) -> Self {
        let mut text = String::new();
        let mut gaps = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(known) => text.push_str(known),
                Piece::Unknown(unknown) => gaps.push((text.len(), Arc::clone(unknown))),
            }
        }
        Self { text, gaps, next_gap: 0, at: 0, origin }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The unknown part right here, which is then passed.
    fn gap(&mut self) -> Option<Arc<Unknown>> {
        let (at, unknown) = self.gaps.get(self.next_gap)?;
        if *at != self.at {
            return None;
        }
        self.next_gap += 1;
        Some(Arc::clone(unknown))
    }

    /// How far it is to the next unknown part.
    fn until_gap(&self) -> usize {
        self.gaps.get(self.next_gap).map_or(usize::MAX, |(at, _)| at - self.at.min(*at))
    }

    fn space(&mut self) {
        let rest = self.rest();
        let blanks = rest.find(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')).unwrap_or(rest.len());
        self.at += blanks.min(self.until_gap());
    }

    /// Passes `text` if it stands here, with nothing unknown inside.
    fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text) && self.until_gap() > 0;
        if found {
            self.at += text.len();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Value, Stop> {
        if depth > MAX_DEPTH {
            return bad("it nests too deeply");
        }
        self.space();
        if let Some(unknown) = self.gap() {
            let whole = Unknown { ty: Type::Any, ..unknown.as_ref().clone() };
            return if self.at_value_end() {
                Ok(Value::unknown(whole).at(self.origin.slice(self.at, self.at)))
            } else {
                Err(Stop::Hangs(unknown))
            };
        }
        let start = self.at;
        let value = match self.rest().bytes().next() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => {
                let pieces = self.string()?;
                return Ok(Value::from_pieces(pieces).at(self.origin.slice(start + 1, self.at - 1)));
            }
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ if self.take("true") => true.into(),
            _ if self.take("false") => false.into(),
            _ if self.take("null") => Value::null(),
            Some(_) => return bad("a value should stand here"),
            None => return bad("it ends too early"),
        };
        if let Some(unknown) = self.gap() {
            return Err(Stop::Hangs(unknown));
        }
        Ok(value.at(self.origin.slice(start, self.at)))
    }

    fn at_value_end(&self) -> bool {
        self.until_gap() > 0 && self.rest().trim_start().starts_with([',', ']', '}'])
    }

    fn array(&mut self, depth: usize) -> Result<Value, Stop> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.take("]") {
            return Ok(Value::tuple(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            if self.take("]") {
                return Ok(Value::tuple(items));
            }
            self.comma()?;
        }
    }

    fn comma(&mut self) -> Result<(), Stop> {
        if self.take(",") {
            return Ok(());
        }
        match self.gap() {
            Some(unknown) => Err(Stop::Hangs(unknown)),
            None => bad("`,` or a closing bracket should stand here"),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Stop> {
        self.at += 1;
        let mut fields = Fields::new();
        self.space();
        if self.take("}") {
            return Ok(Value::object(fields));
        }
        loop {
            self.space();
            if let Some(unknown) = self.gap() {
                return Err(Stop::Hangs(unknown));
            }
            if !self.rest().starts_with('"') {
                return bad("a key in quotes should stand here");
            }
            let key = match Value::from_pieces(self.string()?).data {
                Data::String(key) => key,
                other => {
                    let key = Value::new(other);
                    return Err(Stop::Hangs(
                        key.first_unknown()
                            .cloned()
                            .unwrap_or_else(|| Arc::new(Unknown::new(Type::String, "its key is unknown", None))),
                    ));
                }
            };
            self.space();
            if !self.take(":") {
                return bad("`:` should stand here");
            }
            let value = self.value(depth + 1)?;
            fields.insert(key, value);
            self.space();
            if self.take("}") {
                return Ok(Value::object(fields));
            }
            self.comma()?;
        }
    }

    fn number(&mut self) -> Result<Value, Stop> {
        let rest = self.rest();
        let length = rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or("");
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let grammatical = all_digits(whole)
            && (whole == "0" || !whole.starts_with('0'))
            && all_digits(fraction)
            && all_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
        let number = if grammatical { Number::parse(text) } else { None };
        if self.until_gap() < length
            && let Some((_, unknown)) = self.gaps.get(self.next_gap)
        {
            return Err(Stop::Hangs(Arc::clone(unknown)));
        }
        self.at += length;
        number.map_or_else(|| bad("this is not a number"), |number| Ok(number.into()))
    }

    /// A string's pieces, from one quote past the other.
    fn string(&mut self) -> Result<Vec<Piece>, Stop> {
        self.at += 1;
        let mut pieces = Vec::new();
        let mut text = String::new();
        loop {
            if let Some(unknown) = self.gap() {
                pieces.push(Piece::Text(std::mem::take(&mut text).into()));
                pieces.push(Piece::Unknown(unknown));
                continue;
            }
            let Some(character) = self.rest().chars().next() else {
                return bad("a string is never closed");
            };
            match character {
                '"' => {
                    self.at += 1;
                    pieces.push(Piece::Text(text.into()));
                    return Ok(pieces);
                }
                '\\' => {
                    let escaped = self.escape()?;
                    text.push(escaped);
                }
                '\0'..='\u{1f}' => return bad("a control character stands in a string"),
                other => {
                    text.push(other);
                    self.at += other.len_utf8();
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Stop> {
        let kind = self.rest().chars().nth(1).unwrap_or('\0');
        let simple = match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let Some(unit) = self.unit(2) else { return bad("`\\u` needs four hexadecimal digits") };
                self.at += 6;
                if (0xd800..0xdc00).contains(&unit)
                    && self.rest().starts_with("\\u")
                    && let Some(low) = self.unit(2).filter(|low| (0xdc00..0xe000).contains(low))
                {
                    self.at += 6;
                    let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
                }
                return Ok(char::from_u32(unit).unwrap_or('\u{fffd}'));
            }
            _ => return bad("this is not an escape sequence"),
        };
        self.at += 2;
        Ok(simple)
    }

    fn unit(&self, offset: usize) -> Option<u32> {
        let digits = self.rest().get(offset..offset + 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(digits, 16).ok()
    }
}
