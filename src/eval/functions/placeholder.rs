//! Texts with unknown parts, made readable: a placeholder stands where something is unknown, and
//! what a reader makes of the text gets the unknown back in its place.

use std::ops::Range;
use std::sync::Arc;

use super::partial;
use crate::value::{Origin, Piece, Type, Unknown, Value};

/// The first of the characters that stand for unknown parts. They are for private use, so no text has them.
const FIRST: u32 = 0xF_0000;
/// Unknown parts beyond this are too many.
const MAX: usize = 0xFFFD;

/// Tells a placeholder that stands outside of quotes. No text has a noncharacter in it.
const BARE: char = '\u{10FFFE}';

/// A text with placeholders, and where it came from.
pub(super) struct Holed {
    /// The text, each unknown part as one character.
    pub text: String,
    unknowns: Vec<Arc<Unknown>>,
    /// Just after each placeholder: the offset, and how many bytes were put in up to there.
    inserted: Vec<(usize, usize)>,
    origin: Origin,
}

impl Holed {
    /// The text of a string value. `None` when it has characters of its own that are placeholders.
    /// With `quoted`, what is unknown outside of double quotes is put into some, for a language
    /// that has no other place for it; [`Holed::bare`] tells it.
    pub fn new(value: &Value, quoted: bool) -> Option<Self> {
        let mut holed =
            Self { text: String::new(), unknowns: Vec::new(), inserted: Vec::new(), origin: value.origin.clone() };
        let mut known_bytes = 0;
        let (mut in_string, mut escaped) = (false, false);
        for piece in partial::pieces(value) {
            match piece {
                Piece::Text(known) if known.chars().any(is_placeholder) => return None,
                Piece::Text(known) => {
                    known_bytes += known.len();
                    holed.text.push_str(&known);
                    for character in known.chars() {
                        in_string ^= character == '"' && !escaped;
                        escaped = in_string && character == '\\' && !escaped;
                    }
                }
                Piece::Unknown(unknown) if holed.unknowns.len() < MAX => {
                    let placeholder = char::from_u32(FIRST + u32::try_from(holed.unknowns.len()).ok()?)?;
                    if quoted && !in_string {
                        holed.text.extend(['"', BARE, placeholder, '"']);
                    } else {
                        holed.text.push(placeholder);
                    }
                    holed.unknowns.push(unknown);
                    holed.inserted.push((holed.text.len(), holed.text.len() - known_bytes));
                }
                Piece::Unknown(_) => return None,
            }
        }
        Some(holed)
    }

    /// The first unknown part.
    pub fn first(&self) -> Option<&Arc<Unknown>> {
        self.unknowns.first()
    }

    /// Where a range of the text came from. Origins do not count unknown parts.
    pub fn origin(&self, range: Range<usize>) -> Origin {
        self.origin.slice(self.known(range.start), self.known(range.end))
    }

    /// What the unknown part that starts at an offset encodes, as `${jsonencode(…)}` does, if that was kept.
    pub fn encoded(&self, start: usize) -> Option<&Value> {
        self.origin.decoded_at(self.known(start))
    }

    /// An offset of the text as origins count, without the placeholders.
    fn known(&self, offset: usize) -> usize {
        let passed = self.inserted.partition_point(|(end, _)| *end <= offset);
        let inserted = passed.checked_sub(1).and_then(|last| self.inserted.get(last)).map_or(0, |(_, total)| *total);
        offset.saturating_sub(inserted)
    }

    /// The unknown that stood outside of quotes, when `read` is it.
    pub fn bare(&self, read: &str) -> Option<Value> {
        self.whole(read.strip_prefix(BARE)?)
    }

    /// The string that a reader read, with the unknown parts back in it.
    pub fn string(&self, read: &str) -> Value {
        if self.unknowns.is_empty() || !read.contains(is_placeholder) {
            return Value::string(read);
        }
        let mut pieces = Vec::new();
        let mut known = String::new();
        for character in read.chars() {
            match self.unknown(character) {
                Some(unknown) => {
                    pieces.push(Piece::Text(std::mem::take(&mut known).into()));
                    pieces.push(Piece::Unknown(Arc::clone(unknown)));
                }
                None => known.push(character),
            }
        }
        pieces.push(Piece::Text(known.into()));
        Value::from_pieces(pieces)
    }

    /// The unknown that is all of a text: it may turn out to be of any type.
    pub fn whole(&self, read: &str) -> Option<Value> {
        let mut characters = read.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) => {
                let unknown = self.unknown(only)?.as_ref().clone();
                Some(Value::unknown(Unknown { ty: Type::Any, ..unknown }))
            }
            _ => None,
        }
    }

    fn unknown(&self, character: char) -> Option<&Arc<Unknown>> {
        self.unknowns.get(usize::try_from(u32::from(character).checked_sub(FIRST)?).ok()?)
    }
}

/// Whether a character stands for something unknown.
fn is_placeholder(character: char) -> bool {
    (FIRST..=0xF_FFFD).contains(&u32::from(character))
}
