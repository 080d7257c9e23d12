//! Equality that knows what it does not know.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Data, Piece, Type, Unknown, Value};

/// Yes, no, or what it hangs on.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Known to hold.
    Yes,
    /// Known not to hold.
    No,
    /// It hangs on something unknown.
    Unknown(Arc<Unknown>),
}

impl Answer {
    /// An answer from a known truth.
    #[must_use]
    pub fn of(truth: bool) -> Self {
        if truth { Self::Yes } else { Self::No }
    }

    /// Whether both hold. No wins over unknown.
    #[must_use]
    pub fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No => Self::No,
            Self::Yes => other(),
            Self::Unknown(unknown) => match other() {
                Self::No => Self::No,
                _ => Self::Unknown(unknown),
            },
        }
    }

    /// Whether one of them holds. Yes wins over unknown.
    #[must_use]
    pub fn any(answers: impl Iterator<Item = Self>) -> Self {
        answers.fold(Self::No, |so_far, next| match (so_far, next) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Unknown(unknown), _) | (_, Self::Unknown(unknown)) => Self::Unknown(unknown),
            _ => Self::No,
        })
    }
}

impl std::ops::Not for Answer {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown(unknown) => Self::Unknown(unknown),
        }
    }
}

/// Whether two values are equal, as Terraform's `==` decides: values of different types are not
/// equal, whatever they hold.
#[must_use]
pub fn equals(left: &Value, right: &Value) -> Answer {
    match (&left.data, &right.data) {
        (Data::Unknown(a), Data::Unknown(b)) => {
            if a.is_same(b) {
                Answer::Yes
            } else {
                Answer::Unknown(Arc::clone(a))
            }
        }
        (Data::Unknown(unknown), _) => unknown_equals(unknown, right),
        (_, Data::Unknown(unknown)) => unknown_equals(unknown, left),
        (Data::Null(_), Data::Null(_)) => Answer::Yes,
        (Data::Null(_), _) | (_, Data::Null(_)) => Answer::No,
        (Data::Bool(a), Data::Bool(b)) => Answer::of(a == b),
        (Data::Number(a), Data::Number(b)) => Answer::of(a == b),
        (Data::String(a), Data::String(b)) => Answer::of(a == b),
        (Data::Partial(a), Data::Partial(b)) => partial_equals(a, b),
        (Data::Partial(partial), Data::String(text)) | (Data::String(text), Data::Partial(partial)) => {
            partial_equals(partial, &if text.is_empty() { vec![] } else { vec![Piece::Text(Arc::clone(text))] })
        }
        (Data::Tuple(a), Data::Tuple(b)) => sequences(a, b),
        (Data::List(of_a, a), Data::List(of_b, b)) if alike(of_a, of_b) => sequences(a, b),
        (Data::Set(of_a, a), Data::Set(of_b, b)) if alike(of_a, of_b) => sets(a, b),
        (Data::Map(of_a, a), Data::Map(of_b, b)) if alike(of_a, of_b) => fields(a, b),
        (Data::Object(a), Data::Object(b)) => match a.rest.as_ref().or(b.rest.as_ref()) {
            Some(rest) => fields(&a.fields, &b.fields).and(|| Answer::Unknown(Arc::clone(rest))),
            None => fields(&a.fields, &b.fields),
        },
        _ => Answer::No,
    }
}

fn unknown_equals(unknown: &Arc<Unknown>, other: &Value) -> Answer {
    let apart = match &other.data {
        Data::Null(_) => unknown.not_null,
        Data::Partial(pieces) => {
            if let [Piece::Unknown(only)] = &**pieces
                && only.is_same(unknown)
            {
                return Answer::Yes;
            }
            unknown.ty.is_primitive() && unknown.ty != Type::String
        }
        _ => unknown.ty.is_primitive() && unknown.ty != other.ty(),
    };
    if apart { Answer::No } else { Answer::Unknown(Arc::clone(unknown)) }
}

/// Whether element types are one; an undecided one may be any.
fn alike(a: &Type, b: &Type) -> bool {
    a == b || !a.is_concrete() || !b.is_concrete()
}

fn sequences(a: &[Value], b: &[Value]) -> Answer {
    if a.len() != b.len() {
        return Answer::No;
    }
    a.iter().zip(b).fold(Answer::Yes, |so_far, (a, b)| so_far.and(|| equals(a, b)))
}

fn sets(a: &[Value], b: &[Value]) -> Answer {
    if let Some(unknown) = a.iter().chain(b).find_map(Value::first_unknown) {
        return match sequences(a, b) {
            Answer::Yes => Answer::Yes,
            _ => Answer::Unknown(Arc::clone(unknown)),
        };
    }
    sequences(a, b)
}

fn fields(a: &super::Fields, b: &super::Fields) -> Answer {
    if a.len() != b.len() || a.keys().ne(b.keys()) {
        return Answer::No;
    }
    a.values().zip(b.values()).fold(Answer::Yes, |so_far, (a, b)| so_far.and(|| equals(a, b)))
}

/// Compares two strings with unknown pieces, from both ends.
fn partial_equals(a: &[Piece], b: &[Piece]) -> Answer {
    let same = a.len() == b.len()
        && a.iter().zip(b).all(|pair| match pair {
            (Piece::Text(a), Piece::Text(b)) => a == b,
            (Piece::Unknown(a), Piece::Unknown(b)) => a.is_same(b),
            _ => false,
        });
    if same {
        return Answer::Yes;
    }
    let text_at = |pieces: &[Piece], last: bool| -> String {
        let piece = if last { pieces.last() } else { pieces.first() };
        match piece {
            Some(Piece::Text(text)) => text.to_string(),
            _ => String::new(),
        }
    };
    let whole = |pieces: &[Piece]| pieces.iter().all(|piece| matches!(piece, Piece::Text(_)));
    let (a_head, b_head) = (text_at(a, false), text_at(b, false));
    let (a_tail, b_tail) = (text_at(a, true), text_at(b, true));
    let heads_agree = a_head.starts_with(b_head.as_str()) || b_head.starts_with(a_head.as_str());
    let tails_agree = a_tail.ends_with(b_tail.as_str()) || b_tail.ends_with(a_tail.as_str());
    let known_length = |pieces: &[Piece]| -> usize {
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.len(),
                Piece::Unknown(_) => 0,
            })
            .sum()
    };
    let fits = (!whole(a) || known_length(a) >= known_length(b)) && (!whole(b) || known_length(b) >= known_length(a));
    if !heads_agree || !tails_agree || !fits {
        return Answer::No;
    }
    let unknown = a.iter().chain(b).find_map(|piece| match piece {
        Piece::Unknown(unknown) => Some(unknown),
        Piece::Text(_) => None,
    });
    match unknown {
        Some(unknown) => Answer::Unknown(Arc::clone(unknown)),
        None => Answer::No,
    }
}

/// Terraform's order of set elements: numbers by size, strings by bytes, false before true,
/// anything else by how it is written.
pub(super) fn order(a: &Value, b: &Value) -> Ordering {
    // Null comes after what is known, and what is not known after that.
    let rank = |value: &Value| match &value.data {
        Data::Unknown(_) | Data::Partial(_) => 2,
        Data::Null(_) => 1,
        _ => 0,
    };
    match (&a.data, &b.data) {
        _ if rank(a) != rank(b) => rank(a).cmp(&rank(b)),
        (Data::Number(a), Data::Number(b)) => a.cmp(b),
        (Data::String(a), Data::String(b)) => a.cmp(b),
        (Data::Bool(a), Data::Bool(b)) => a.cmp(b),
        _ => super::display::canonical(a).cmp(&super::display::canonical(b)),
    }
}

pub(super) fn distinct_sorted(mut items: Vec<Value>) -> Vec<Value> {
    items.sort_by(order);
    items.dedup_by(|b, a| matches!(equals(a, b), Answer::Yes));
    items
}
