//! What the name of a container image says, as far as it is known.

use std::sync::Arc;

use crate::value::{Piece, Type, Value};

/// The tag of an image: what follows the last colon after the last slash. Null when there is none, as for an image
/// that is named by its digest.
pub(super) fn tag(uri: &Value) -> Value {
    let origin = uri.origin.clone();
    let Some(mut pieces) = uri.as_pieces() else {
        return Value::null().at(origin);
    };
    let is_digest = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains("@sha256:"));
    if pieces.iter().any(is_digest) {
        return Value::null().at(origin);
    }
    let from = pieces.iter().rposition(|piece| matches!(piece, Piece::Text(text) if text.contains([':', '/'])));
    let Some(from) = from else {
        return match uri.first_unknown() {
            Some(unknown) => Value::unknown(unknown.derived(Type::String)).at(origin),
            None => Value::null().at(origin),
        };
    };
    pieces = pieces.split_off(from);
    let Some(Piece::Text(text)) = pieces.first() else {
        return Value::null().at(origin);
    };
    let tag = match (text.rfind(':'), text.rfind('/')) {
        (Some(colon), slash) if slash.is_none_or(|slash| colon > slash) => text.get(colon + 1..).unwrap_or(""),
        // What follows the slash is not known: a tag may be in there.
        _ => {
            return match pieces.iter().find_map(|piece| match piece {
                Piece::Unknown(unknown) => Some(unknown),
                Piece::Text(_) => None,
            }) {
                Some(unknown) => Value::unknown(unknown.derived(Type::String)).at(origin),
                None => Value::null().at(origin),
            };
        }
    };
    let tag: Arc<str> = tag.into();
    pieces.remove(0);
    if !tag.is_empty() {
        pieces.insert(0, Piece::Text(tag));
    }
    Value::from_pieces(pieces).at(origin)
}

/// Whether an image is named by its digest, which comes last. What is not known before it does not matter.
pub(super) fn by_digest(uri: &Value) -> Value {
    let pieces = uri.as_pieces().unwrap_or_default();
    let name = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains(['/', '@']));
    let last = pieces.get(pieces.iter().rposition(name).unwrap_or(0)..).unwrap_or(&[]);
    let digest = last.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains("@sha256:")));
    let open = last.iter().find_map(|piece| match piece {
        Piece::Unknown(unknown) => Some(unknown),
        Piece::Text(_) => None,
    });
    match (digest, open) {
        (false, Some(unknown)) => Value::unknown(unknown.derived(Type::Bool)).at(uri.origin.clone()),
        (digest, _) => Value::from(digest),
    }
}

/// The repository of an image: what stands between the registry's host and the tag. Null when there is no host; unknown
/// when it cannot be told where the host ends.
pub(super) fn repository(uri: &Value) -> Value {
    let origin = uri.origin.clone();
    let pieces = uri.as_pieces().unwrap_or_default();
    // Only the end of ECR's host is certain to be one where something before it is not known.
    let ecr = ".amazonaws.com/";
    let ends = |(at, piece): (usize, &Piece)| match piece {
        Piece::Text(text) => {
            let slash = if at == 0 { text.find('/') } else { text.find(ecr).map(|host| host + ecr.len() - 1) };
            slash.map(|slash| (at, slash + 1))
        }
        Piece::Unknown(_) => None,
    };
    let Some((at, start)) = pieces.iter().enumerate().find_map(ends) else {
        return match uri.first_unknown() {
            Some(unknown) => Value::unknown(unknown.derived(Type::String)).at(origin),
            None => Value::null().at(origin),
        };
    };
    let mut name = Vec::new();
    for (index, piece) in pieces.iter().enumerate().skip(at) {
        let Piece::Text(text) = piece else {
            name.push(piece.clone());
            continue;
        };
        let text = if index == at { text.get(start..).unwrap_or("") } else { text };
        let end = text.find([':', '@']);
        name.push(Piece::Text(text.get(..end.unwrap_or(text.len())).unwrap_or("").into()));
        if end.is_some() {
            break;
        }
    }
    Value::from_pieces(name).at(origin)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::repository;
    use crate::value::{Piece, Type, Unknown, Value, render};

    #[test]
    fn an_image_names_its_repository() {
        let unknown = || Piece::Unknown(Arc::new(Unknown::new(Type::String, "why", None).named("account")));
        let of = |pieces: Vec<Piece>| render(&repository(&Value::from_pieces(pieces)));
        let text = |text: &str| Piece::Text(text.into());
        assert_eq!(of(vec![text("1.dkr.ecr.eu-west-1.amazonaws.com/shop/prod:api-1")]), "shop/prod");
        assert_eq!(of(vec![unknown(), text(".dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:0")]), "shop");
        assert_eq!(of(vec![text("shop:1")]), "null");
        assert!(repository(&Value::from_pieces(vec![unknown(), text("/shop:1")])).as_unknown().is_some());
    }
}
