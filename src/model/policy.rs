//! IAM policy documents, however they were written, as statements.

use std::sync::Arc;

use super::one_or_many;
use crate::eval::functions::read_json;
use crate::value::{Data, Fields, Type, Unknown, Value};

/// The statements of a policy: objects with `sid`, `effect`, `actions`, `not_actions`, `resources`,
/// `not_resources`, `principals`, `conditions` and `managed`. What cannot be read is an unknown.
pub(super) fn statements(policy: &Value) -> Vec<Value> {
    if policy.is_null() || policy.as_str() == Some("") {
        return Vec::new();
    }
    let unreadable = |why: Option<&Arc<Unknown>>| {
        let span = policy.origin.span();
        let unknown = why.map_or_else(
            || Unknown::new(Type::Any, "it is not a policy document", span),
            |unknown| unknown.derived(Type::Any),
        );
        vec![Value::unknown(unknown).at(policy.origin.clone())]
    };
    let Some(document) = read_json(policy) else {
        return unreadable(policy.first_unknown());
    };
    match document.field("Statement") {
        Some(_) => statements_of(&document),
        None => unreadable(document.first_unknown()),
    }
}

/// The statements of a decoded document.
pub(super) fn statements_of(document: &Value) -> Vec<Value> {
    one_or_many(document.field("Statement")).iter().map(statement).collect()
}

fn statement(statement: &Value) -> Value {
    if let Data::Unknown(_) = statement.data {
        return statement.clone();
    }
    let list = |name: &str| {
        let items = one_or_many(statement.field(name));
        let origin = statement.field(name).map_or_else(|| statement.origin.clone(), |value| value.origin.clone());
        Value::tuple(items).at(origin)
    };
    let plain =
        |name: &str| statement.field(name).cloned().unwrap_or_else(|| Value::null().at(statement.origin.clone()));
    let fields: Fields = [
        ("sid", plain("Sid")),
        ("effect", plain("Effect")),
        ("actions", list("Action")),
        ("not_actions", list("NotAction")),
        ("resources", list("Resource")),
        ("not_resources", list("NotResource")),
        ("principals", plain("Principal")),
        ("conditions", plain("Condition")),
        ("managed", Value::null()),
    ]
    .into_iter()
    .map(|(name, value)| (Arc::from(name), value))
    .collect();
    Value::object(fields).at(statement.origin.clone())
}
