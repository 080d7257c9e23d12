//! Strings of which parts are unknown: what of them survives a string function.

use std::sync::Arc;

use crate::value::{Data, Piece, Type, Unknown, Value};

/// Whether something holds of a string of which not all is known.
pub(super) enum Likelihood {
    /// It does or does not, whatever the unknown parts turn out to be.
    Decided(bool),
    /// It hangs on this.
    Hangs(Arc<Unknown>),
}

/// The pieces of a string value; none for what is no string.
pub(super) fn pieces(value: &Value) -> Vec<Piece> {
    value.as_pieces().unwrap_or_default()
}

/// The unknown piece that a function makes of another. Where the function is told by name the
/// result has one too, so that `lower(x)` is the same as another `lower(x)`.
pub(super) fn changed(unknown: &Unknown, function: Option<&str>) -> Piece {
    let name = match (function, &unknown.name) {
        (Some(function), Some(name)) => Some(format!("{function}({name})").into()),
        _ => None,
    };
    Piece::Unknown(Arc::new(Unknown { name, not_null: true, ..unknown.derived(Type::String) }))
}

/// Applies `edit` to each known stretch, where the function treats every character on its own.
pub(super) fn map_text(value: &Value, function: &str, edit: impl Fn(&str) -> String) -> Value {
    let edited = pieces(value).into_iter().map(|piece| match piece {
        Piece::Text(text) => Piece::Text(edit(&text).into()),
        Piece::Unknown(unknown) => changed(&unknown, Some(function)),
    });
    Value::from_pieces(edited.collect())
}

/// Whether the string starts with `prefix`.
pub(super) fn starts_with(value: &Value, prefix: &str) -> Likelihood {
    decide(value, prefix, pieces(value).first(), |text| text.starts_with(prefix), |text| prefix.starts_with(text))
}

/// Whether the string ends with `suffix`.
pub(super) fn ends_with(value: &Value, suffix: &str) -> Likelihood {
    decide(value, suffix, pieces(value).last(), |text| text.ends_with(suffix), |text| suffix.ends_with(text))
}

fn decide(
    value: &Value,
    wanted: &str,
    edge: Option<&Piece>,
    has: impl Fn(&str) -> bool,
    may_have: impl Fn(&str) -> bool,
) -> Likelihood {
    if wanted.is_empty() {
        return Likelihood::Decided(true);
    }
    let text = match edge {
        Some(Piece::Text(text)) => &**text,
        _ => "",
    };
    if has(text) {
        return Likelihood::Decided(true);
    }
    match value.first_unknown() {
        Some(unknown) if text.len() < wanted.len() && may_have(text) => Likelihood::Hangs(Arc::clone(unknown)),
        _ => Likelihood::Decided(false),
    }
}

/// Whether `wanted` is somewhere in the string.
pub(super) fn contains(value: &Value, wanted: &str) -> Likelihood {
    let found = pieces(value).iter().any(|piece| match piece {
        Piece::Text(text) => text.contains(wanted),
        Piece::Unknown(_) => false,
    });
    match value.first_unknown() {
        Some(unknown) if !found && !wanted.is_empty() => Likelihood::Hangs(Arc::clone(unknown)),
        _ => Likelihood::Decided(found || wanted.is_empty()),
    }
}

/// Cuts characters that `cut` takes off both ends, or off the end alone.
pub(super) fn trim(value: &Value, at_start: bool, cut: impl Fn(char) -> bool) -> Value {
    let mut pieces = pieces(value);
    if at_start {
        trim_edge(&mut pieces, true, &cut);
    }
    trim_edge(&mut pieces, false, &cut);
    Value::from_pieces(pieces)
}

fn trim_edge(pieces: &mut Vec<Piece>, start: bool, cut: &impl Fn(char) -> bool) {
    loop {
        let edge = if start { pieces.first_mut() } else { pieces.last_mut() };
        match edge {
            Some(Piece::Text(text)) => {
                let kept = if start { text.trim_start_matches(cut) } else { text.trim_end_matches(cut) };
                if !kept.is_empty() {
                    *text = kept.into();
                    return;
                }
                if start {
                    pieces.remove(0);
                } else {
                    pieces.pop();
                }
            }
            Some(edge @ Piece::Unknown(_)) => {
                if let Piece::Unknown(unknown) = &*edge {
                    *edge = changed(&unknown.clone(), None);
                }
                return;
            }
            None => return,
        }
    }
}

/// Takes `prefix` off, if it is there.
#[must_use]
pub fn trim_prefix(value: &Value, prefix: &str) -> Value {
    match starts_with(value, prefix) {
        Likelihood::Decided(false) => value.clone(),
        Likelihood::Hangs(unknown) => {
            // Everything up to and with the unknown that may hold the rest of the prefix.
            let rest = pieces(value).into_iter().skip_while(|piece| matches!(piece, Piece::Text(_))).skip(1);
            Value::from_pieces([changed(&unknown, None)].into_iter().chain(rest).collect())
        }
        Likelihood::Decided(true) => {
            let mut pieces = pieces(value);
            if let Some(Piece::Text(text)) = pieces.first_mut() {
                *text = text.get(prefix.len()..).unwrap_or("").into();
            }
            Value::from_pieces(pieces)
        }
    }
}

/// Takes `suffix` off, if it is there.
pub(super) fn trim_suffix(value: &Value, suffix: &str) -> Value {
    match ends_with(value, suffix) {
        Likelihood::Decided(false) => value.clone(),
        Likelihood::Hangs(_) => {
            let mut pieces = pieces(value);
            while matches!(pieces.last(), Some(Piece::Text(_))) {
                pieces.pop();
            }
            if let Some(Piece::Unknown(unknown)) = pieces.pop() {
                pieces.push(changed(&unknown, None));
            }
            Value::from_pieces(pieces)
        }
        Likelihood::Decided(true) => {
            let mut pieces = pieces(value);
            if let Some(Piece::Text(text)) = pieces.last_mut() {
                let kept = text.len() - suffix.len().min(text.len());
                *text = text.get(..kept).unwrap_or("").into();
            }
            Value::from_pieces(pieces)
        }
    }
}

/// Replaces `from` by `to` in what is known. A stretch at whose edge an occurrence could begin or
/// end that reaches into an unknown part becomes unknown itself.
pub(super) fn replace(value: &Value, from: &str, to: &str) -> Value {
    let pieces = pieces(value);
    let last = pieces.len().saturating_sub(1);
    let replaced = pieces.iter().enumerate().map(|(at, piece)| match piece {
        Piece::Unknown(unknown) => changed(unknown, None),
        Piece::Text(text) => {
            let open_start =
                at > 0 && (1..from.len()).any(|cut| from.get(cut..).is_some_and(|end| text.starts_with(end)));
            let open_end =
                at < last && (1..from.len()).any(|cut| from.get(..cut).is_some_and(|head| text.ends_with(head)));
            let swallowed = at > 0 && at < last && from.len() > text.len() && from.contains(&**text);
            match value.first_unknown() {
                Some(unknown) if open_start || open_end || swallowed || from.is_empty() => changed(unknown, None),
                _ => Piece::Text(text.replace(from, to).into()),
            }
        }
    });
    Value::from_pieces(replaced.collect())
}

/// The known text at the start of the string.
pub(super) fn known_start(value: &Value) -> Arc<str> {
    match &value.data {
        Data::String(text) => Arc::clone(text),
        Data::Partial(pieces) => match pieces.first() {
            Some(Piece::Text(text)) => Arc::clone(text),
            _ => "".into(),
        },
        _ => "".into(),
    }
}

/// The known text at the end of the string.
pub(super) fn known_end(value: &Value) -> Arc<str> {
    match &value.data {
        Data::String(text) => Arc::clone(text),
        Data::Partial(pieces) => match pieces.last() {
            Some(Piece::Text(text)) => Arc::clone(text),
            _ => "".into(),
        },
        _ => "".into(),
    }
}
