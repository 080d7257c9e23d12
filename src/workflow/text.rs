//! Texts of which some pieces are unknown.

use std::fmt;
use std::sync::Arc;

use super::possible::Given;

/// How long one text may be.
const MAX_LENGTH: usize = 8_192;
/// How long the name of an unknown may be.
const MAX_SYMBOL: usize = 200;
/// How many pieces one text may have.
const MAX_PIECES: usize = 64;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Piece {
    /// These characters.
    Known(String),
    /// Some characters; the name says whose, as in `vars.ECR` or `github.sha`.
    Unknown(Arc<str>),
}

/// A text of which some pieces may be unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text {
    pieces: Vec<Piece>,
}

impl Text {
    /// A text that is known throughout.
    #[must_use]
    pub fn known(text: &str) -> Self {
        let mut new = Self::default();
        new.push(text);
        new
    }

    /// A text of which only a name is known.
    #[must_use]
    pub fn unknown(symbol: &str) -> Self {
        let mut end = symbol.len().min(MAX_SYMBOL);
        while !symbol.is_char_boundary(end) {
            end -= 1;
        }
        let symbol: Arc<str> = match symbol.get(..end) {
            Some(start) if end < symbol.len() => format!("{start}… ({} bytes)", symbol.len()).into(),
            _ => symbol.into(),
        };
        Self { pieces: vec![Piece::Unknown(symbol)] }
    }

    /// The pieces; no two known ones adjoin, and none is empty.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The whole text, when it is known.
    #[must_use]
    pub fn as_known(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Known(text)] => Some(text),
            _ => None,
        }
    }

    /// The name, when the whole text is one unknown.
    #[must_use]
    pub fn as_unknown(&self) -> Option<&Arc<str>> {
        match self.pieces.as_slice() {
            [Piece::Unknown(symbol)] => Some(symbol),
            _ => None,
        }
    }

    /// The known characters that it starts with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Known(text)) => text,
            _ => "",
        }
    }

    /// The known characters that it ends with.
    #[must_use]
    pub fn suffix(&self) -> &str {
        match self.pieces.last() {
            Some(Piece::Known(text)) => text,
            _ => "",
        }
    }

    /// The names of its unknown pieces.
    pub fn unknowns(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Unknown(symbol) => Some(&**symbol),
            Piece::Known(_) => None,
        })
    }

    /// Whether the known characters contain this.
    #[must_use]
    pub fn contains(&self, wanted: &str) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Known(text) if text.contains(wanted)))
    }

    /// Adds known characters.
    pub fn push(&mut self, more: &str) {
        if more.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(Piece::Known(text)) => text.push_str(more),
            _ => self.pieces.push(Piece::Known(more.to_owned())),
        }
    }

    /// Adds another text.
    pub fn append(&mut self, other: &Self) {
        for piece in &other.pieces {
            match piece {
                Piece::Known(text) => self.push(text),
                Piece::Unknown(_) => self.pieces.push(piece.clone()),
            }
        }
        let length = self.prefix().len() + self.suffix().len();
        if self.pieces.len() > MAX_PIECES || length > MAX_LENGTH {
            *self = Self::unknown("a text too long to follow");
        }
    }

    /// Splits at the first known occurrence of a character; the character is in neither half.
    #[must_use]
    pub fn split_once(&self, at: char) -> Option<(Self, Self)> {
        self.split_at(|text| text.find(at), self.pieces.iter().enumerate(), at)
    }

    /// Splits at the last known occurrence of a character.
    #[must_use]
    pub fn rsplit_once(&self, at: char) -> Option<(Self, Self)> {
        self.split_at(|text| text.rfind(at), self.pieces.iter().enumerate().rev(), at)
    }

    fn split_at<'p>(
        &self,
        find: impl Fn(&str) -> Option<usize>,
        pieces: impl Iterator<Item = (usize, &'p Piece)>,
        at: char,
    ) -> Option<(Self, Self)> {
        for (index, piece) in pieces {
            let Piece::Known(text) = piece else { continue };
            let Some(found) = find(text) else { continue };
            let mut before = Self { pieces: self.pieces.get(..index)?.to_vec() };
            before.push(text.get(..found)?);
            let mut after = Self::known(text.get(found + at.len_utf8()..)?);
            after.pieces.extend_from_slice(self.pieces.get(index + 1..)?);
            return Some((before, after));
        }
        None
    }

    /// Whether it can turn out to be this text; an unknown piece can be any text, also an empty one.
    #[must_use]
    pub fn can_be(&self, whole: &str) -> bool {
        let Some((last, others)) = self.pieces.split_last() else {
            return whole.is_empty();
        };
        let mut rest = whole;
        let mut open = false;
        for piece in others {
            match piece {
                Piece::Unknown(_) => open = true,
                Piece::Known(text) => {
                    let at = if open { rest.find(text.as_str()) } else { rest.starts_with(text.as_str()).then_some(0) };
                    let Some(after) = at.and_then(|at| rest.get(at + text.len()..)) else {
                        return false;
                    };
                    rest = after;
                    open = false;
                }
            }
        }
        match last {
            Piece::Unknown(_) => true,
            Piece::Known(text) if open => rest.ends_with(text.as_str()),
            Piece::Known(text) => rest == text,
        }
    }

    /// What the unknown piece is when the whole is this text; `None` when there is more than one, or it cannot be.
    #[must_use]
    pub fn solve(&self, whole: &str) -> Option<(Arc<str>, String)> {
        let mut unknown = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Unknown(symbol) => Some(symbol),
            Piece::Known(_) => None,
        });
        let symbol = unknown.next().filter(|_| unknown.next().is_none())?;
        let value = whole.strip_prefix(self.prefix())?.strip_suffix(self.suffix())?;
        Some((Arc::clone(symbol), value.to_owned()))
    }

    /// With what is known of its unknown pieces put in.
    #[must_use]
    pub fn filled(&self, known: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut filled = Self::default();
        for piece in &self.pieces {
            match piece {
                Piece::Known(text) => filled.push(text),
                Piece::Unknown(symbol) => match known(symbol) {
                    Some(text) => filled.push(&text),
                    None => filled.pieces.push(piece.clone()),
                },
            }
        }
        filled
    }

    /// With what is given for its unknown pieces put in.
    #[must_use]
    pub fn under(&self, given: &Given) -> Self {
        let mut text = self.clone();
        text.resolve(given);
        text
    }

    /// Puts in what is given for the unknown pieces.
    pub(super) fn resolve(&mut self, given: &Given) {
        if given.is_empty() || !self.unknowns().any(|symbol| given.get(symbol).is_some()) {
            return;
        }
        let mut resolved = Self::default();
        for piece in &self.pieces {
            match piece {
                Piece::Unknown(symbol) => match given.get(symbol) {
                    Some(value) => resolved.push(value),
                    None => resolved.pieces.push(piece.clone()),
                },
                Piece::Known(text) => resolved.push(text),
            }
        }
        *self = resolved;
    }
}

impl fmt::Display for Text {
    /// Unknown pieces as `${name}`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Known(text) => formatter.write_str(text)?,
                Piece::Unknown(symbol) => write!(formatter, "${{{symbol}}}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    fn text(pieces: &[&str]) -> Text {
        let mut all = Text::default();
        for piece in pieces {
            match piece.strip_prefix('$') {
                Some(symbol) => all.append(&Text::unknown(symbol)),
                None => all.push(piece),
            }
        }
        all
    }

    #[test]
    fn an_unknown_piece_can_be_any_text() {
        let name = text(&["shop-", "$stage", "-api"]);
        assert!(name.can_be("shop-prod-api") && name.can_be("shop--api"));
        assert!(!name.can_be("shop-api") && !name.can_be("shop-prod-apis") && !name.can_be("a-shop-prod-api"));
        assert!(text(&["$a", "-", "$b"]).can_be("x-y") && !text(&["$a", "-", "$b"]).can_be("xy"));
        assert!(text(&["api"]).can_be("api") && !text(&["api"]).can_be("api-2"));
        assert!(text(&[]).can_be("") && text(&["$a"]).can_be("anything"));
    }

    #[test]
    fn one_unknown_piece_is_solved() {
        let solved = text(&["shop-", "$stage", "-api"]).solve("shop-prod-api");
        assert_eq!(solved, Some(("stage".into(), "prod".to_owned())));
        assert_eq!(text(&["$a", "-", "$b"]).solve("x-y"), None);
        assert_eq!(text(&["shop-", "$a"]).solve("store-api"), None);
    }
}
