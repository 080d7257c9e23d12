//! Things joined by a name or an ARN: found at once where they are sure to be equal, compared where that is not known.

use std::collections::HashMap;
use std::sync::Arc;

use super::Found;
use crate::value::{Answer, Data, Piece, Unknown, Value, equals};

/// Values to join by, each with its position.
pub(super) struct Index {
    keys: Vec<Value>,
    /// Positions by what is sure to be equal.
    alike: HashMap<String, Vec<usize>>,
    /// Positions of what is not wholly known, and so may equal a known text.
    open: Vec<usize>,
}

/// What a join found.
pub(super) enum Joined {
    /// The one at this position.
    One(usize),
    /// Certainly none.
    None,
    /// It hangs on this.
    Unknown(Arc<Unknown>),
}

impl Index {
    pub(super) fn new(keys: impl IntoIterator<Item = Value>) -> Self {
        let mut index = Self { keys: keys.into_iter().collect(), alike: HashMap::new(), open: Vec::new() };
        for (at, key) in index.keys.iter().enumerate() {
            if let Some(text) = identity(key) {
                index.alike.entry(text).or_default().push(at);
            }
            if key.as_str().is_none() {
                index.open.push(at);
            }
        }
        index
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The first that equals `wanted`, or the unknown that keeps us from telling.
    pub(super) fn join(&self, wanted: &Value) -> Joined {
        match (self.equal(wanted).next(), self.perhaps(wanted).next()) {
            (Some(at), _) => Joined::One(at),
            (None, Some((_, unknown))) => Joined::Unknown(unknown),
            (None, None) => Joined::None,
        }
    }

    /// Whether there is one that equals `wanted`.
    pub(super) fn any(&self, wanted: &Value) -> Answer {
        match self.join(wanted) {
            Joined::One(_) => Answer::Yes,
            Joined::None => Answer::No,
            Joined::Unknown(unknown) => Answer::Unknown(unknown),
        }
    }

    /// Positions of all that are sure to equal `wanted`.
    pub(super) fn equal(&self, wanted: &Value) -> impl Iterator<Item = usize> {
        let alike = identity(wanted).and_then(|text| self.alike.get(&text));
        alike.into_iter().flatten().copied().filter(|at| matches!(self.compare(*at, wanted), Answer::Yes))
    }

    /// Positions of all that may equal `wanted`, each with what that hangs on.
    pub(super) fn perhaps(&self, wanted: &Value) -> impl Iterator<Item = (usize, Arc<Unknown>)> {
        let any = (0..self.keys.len()).filter(|_| wanted.as_str().is_none());
        let open = self.open.iter().copied().filter(|_| wanted.as_str().is_some());
        any.chain(open).filter_map(|at| match self.compare(at, wanted) {
            Answer::Unknown(unknown) => Some((at, unknown)),
            Answer::Yes | Answer::No => None,
        })
    }

    fn compare(&self, at: usize, wanted: &Value) -> Answer {
        self.keys.get(at).map_or(Answer::No, |key| equals(key, wanted))
    }
}

/// What the resources of a type are about, by the attribute that names it.
pub(super) fn naming(all: &[Found<'_, '_>], ty: &str, attribute: &str) -> Index {
    let resources = all.iter().filter(|found| found.is(ty));
    Index::new(resources.map(|found| found.configured(attribute)))
}

/// A text that two values share when they are sure to be equal: their known parts, and the names of the unknown ones.
fn identity(value: &Value) -> Option<String> {
    if !matches!(value.data, Data::String(_) | Data::Partial(_) | Data::Unknown(_)) {
        return None;
    }
    value.as_pieces()?.iter().try_fold(String::new(), |text, piece| match piece {
        Piece::Text(known) => Some(text + known),
        Piece::Unknown(unknown) => Some(text + "\0" + unknown.name.as_ref()? + "\0"),
    })
}
