//! Whom GitHub's identities let in: the trust policies that federate with GitHub Actions.

use std::sync::Arc;

use crate::value::{Data, Fields, Piece, Type, Unknown, Value};

/// Where GitHub's tokens come from.
const ISSUER: &str = "token.actions.githubusercontent.com";
/// Claims that tell workflows apart as well as `sub` does.
const OTHER_CLAIMS: &[&str] = &["job_workflow_ref", "repository", "repository_id", "workflow_ref"];

/// What a trust statement lets GitHub Actions do; `None` when it is not about GitHub.
pub(super) fn github(statement: &Value, role: &Value) -> Option<Value> {
    let fields = statement.as_fields()?;
    if fields.get("effect").and_then(Value::as_str) != Some("Allow") || !is_github(fields) {
        return None;
    }
    let conditions = fields.get("conditions").cloned().unwrap_or_default();
    let subjects = claims(&conditions, |claim| claim == "sub");
    let subjects = subjects.map_or_else(
        |unknown| Value::unknown(unknown.derived(Type::Any)).at(conditions.origin.clone()),
        |subjects| Value::tuple(subjects).at(statement.origin.clone()),
    );
    let others = claims(&conditions, |claim| OTHER_CLAIMS.contains(&claim));
    Some(
        Value::record([
            ("address", role.clone()),
            ("subjects", subjects),
            ("other_claims", Value::from(others.is_ok_and(|others| !others.is_empty()))),
            ("principals", fields.get("principals").cloned().unwrap_or_default()),
        ])
        .at(statement.origin.clone()),
    )
}

/// Whether the principal is GitHub's provider, or a condition speaks of its tokens.
fn is_github(fields: &Fields) -> bool {
    let federated = fields.get("principals").and_then(|principals| principals.field("Federated"));
    let named = |provider: &Value| {
        provider
            .as_pieces()
            .unwrap_or_default()
            .iter()
            .any(|piece| matches!(piece, Piece::Text(text) if text.contains(ISSUER)))
    };
    let tests = fields.get("conditions").and_then(Value::as_fields).into_iter().flatten();
    let mut keys = tests.filter_map(|(_, keys)| keys.as_fields()).flatten().map(|(key, _)| key);
    super::one_or_many(federated).iter().any(named) || keys.any(|key| claim(key).is_some())
}

/// The claim that a condition's key is about; AWS does not tell cases apart there.
fn claim(key: &str) -> Option<String> {
    Some(key.to_ascii_lowercase().strip_prefix(ISSUER)?.strip_prefix(':')?.to_owned())
}

/// The values that conditions allow for some claims, each with whether `*` is a wildcard there; the unknown that may
/// hold some, where none is seen.
fn claims(conditions: &Value, wanted: impl Fn(&str) -> bool) -> Result<Vec<Value>, Arc<Unknown>> {
    let mut found = Vec::new();
    let mut open = conditions.as_unknown();
    for (test, keys) in conditions.as_fields().into_iter().flatten() {
        let operator = test.rsplit(':').next().unwrap_or(test).trim_end_matches("IfExists");
        let like = match operator {
            "StringLike" => true,
            "StringEquals" | "StringEqualsIgnoreCase" => false,
            // What is only forbidden leaves everything else in.
            _ => continue,
        };
        open = open.or(keys.as_unknown());
        for (key, values) in keys.as_fields().into_iter().flatten() {
            if claim(key).is_some_and(|claim| wanted(&claim)) {
                found.extend(super::one_or_many(Some(values)).iter().map(|value| subject(value, like)));
            }
        }
    }
    match open {
        Some(unknown) if found.is_empty() => Err(Arc::clone(unknown)),
        _ => Ok(found),
    }
}

/// A subject: the pattern, and the repository that it names, as `owner/name`; null when it names none.
fn subject(value: &Value, like: bool) -> Value {
    let origin = value.origin.clone();
    let repository = match &value.data {
        Data::Unknown(unknown) => Value::unknown(unknown.derived(Type::String)),
        _ => repository(value.as_pieces().unwrap_or_default()),
    };
    Value::record([
        ("pattern", value.clone()),
        ("like", Value::from(like)),
        ("repository", repository.at(origin.clone())),
    ])
    .at(origin)
}

/// What stands between `repo:` and the next colon, without the numbers of the form `owner@1/name@2`.
fn repository(pieces: Vec<Piece>) -> Value {
    let mut found: Vec<Piece> = Vec::new();
    let mut pieces = pieces.into_iter();
    let first = match pieces.next() {
        Some(Piece::Text(text)) => match text.strip_prefix("repo:") {
            Some(rest) => Piece::Text(rest.into()),
            None => return Value::null(),
        },
        Some(Piece::Unknown(unknown)) => return Value::unknown(unknown.derived(Type::String)),
        None => return Value::null(),
    };
    for piece in std::iter::once(first).chain(pieces) {
        match piece {
            Piece::Text(text) => match text.split_once(':') {
                Some((before, _)) => {
                    found.push(Piece::Text(without_numbers(before)));
                    return Value::from_pieces(found);
                }
                None => found.push(Piece::Text(without_numbers(&text))),
            },
            // A variable most often holds `owner/name`; it could hold more, but not less.
            Piece::Unknown(unknown) => found.push(Piece::Unknown(Arc::new(Unknown::clone(&unknown)))),
        }
    }
    Value::from_pieces(found)
}

fn without_numbers(text: &str) -> Arc<str> {
    let part = |part: &str| part.split('@').next().unwrap_or("").to_owned();
    text.split('/').map(part).collect::<Vec<_>>().join("/").into()
}

#[cfg(test)]
mod tests {
    use super::subject;
    use crate::value::{Value, render};

    #[test]
    fn subjects_name_repositories() {
        let named = |text: &str| render(subject(&Value::from(text), true).field("repository").unwrap());
        assert_eq!(named("repo:acme/shop:ref:refs/heads/main"), "acme/shop");
        assert_eq!(named("repo:acme@12/shop@34:environment:prod"), "acme/shop");
        assert_eq!(named("repo:acme/*"), "acme/*");
        assert_eq!(named("*"), "null");
    }
}
