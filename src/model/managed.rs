//! AWS's own managed policies, as far as the roles of functions and deployments attach them.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::policy;
use crate::terraform::rows;
use crate::value::{Number, Origin, Piece, Value};

const TABLE: &str = include_str!("data/managed_policies.tsv");

/// The policy documents by name, which may have a path before it.
fn table() -> &'static HashMap<&'static str, &'static str> {
    static POLICIES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    POLICIES.get_or_init(|| {
        rows(TABLE)
            .filter_map(|mut columns| {
                let name = columns.next()?;
                Some((name, columns.nth(2)?))
            })
            .collect()
    })
}

/// The statements of the managed policy that an ARN names, all placed where it is attached; `None` when it names
/// none that we know. The partition may be unknown, as in `arn:${data.aws_partition.current.partition}:iam::aws:…`.
pub(super) fn by_arn(arn: &Value) -> Option<Vec<Value>> {
    let pieces = arn.as_pieces()?;
    let Piece::Text(tail) = pieces.last()? else { return None };
    let (_, name) = tail.split_once(":iam::aws:policy/")?;
    Some(statements(name, table().get(name)?, &arn.origin))
}

/// The statements of the managed policy of a name, whatever its path; placed at `origin`.
pub(super) fn by_name(name: &str, origin: &Origin) -> Option<Vec<Value>> {
    let known = table().iter().find(|(known, _)| known.rsplit('/').next() == Some(name));
    known.map(|(name, document)| statements(name, document, origin))
}

fn statements(name: &str, document: &str, origin: &Origin) -> Vec<Value> {
    let json: serde_json::Value = serde_json::from_str(document).unwrap_or_default();
    let mut statements = policy::statements_of(&from_json(&json, origin));
    for statement in &mut statements {
        let mut fields = statement.as_fields().cloned().unwrap_or_default();
        fields.insert("managed".into(), Value::from(name).at(origin.clone()));
        *statement = Value::object(fields).at(origin.clone());
    }
    statements
}

fn from_json(json: &serde_json::Value, origin: &Origin) -> Value {
    let value = match json {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(truth) => Value::from(*truth),
        serde_json::Value::Number(number) => Number::parse(&number.to_string()).map_or_else(Value::null, Value::from),
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => Value::tuple(items.iter().map(|item| from_json(item, origin)).collect()),
        serde_json::Value::Object(fields) => Value::object(
            fields.iter().map(|(key, value)| (Arc::from(key.as_str()), from_json(value, origin))).collect(),
        ),
    };
    value.at(origin.clone())
}

#[cfg(test)]
mod tests {
    use super::{by_arn, by_name};
    use crate::value::{Origin, Piece, Type, Unknown, Value};
    use std::sync::Arc;

    #[test]
    fn policies_are_found_in_any_partition() {
        let basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
        assert_eq!(by_arn(&Value::from(basic)).unwrap().len(), 1);
        let partition = Arc::new(Unknown::new(Type::String, "why", None));
        let partial = Value::from_pieces(vec![
            Piece::Text("arn:".into()),
            Piece::Unknown(partition),
            Piece::Text(":iam::aws:policy/AdministratorAccess".into()),
        ]);
        assert!(by_arn(&partial).is_some());
        assert!(by_arn(&Value::from("arn:aws:iam::123456789012:policy/AdministratorAccess")).is_none());
        assert!(by_name("AWSLambdaBasicExecutionRole", &Origin::NONE).is_some());
        assert!(by_name("NoSuchPolicy", &Origin::NONE).is_none());
    }

    #[test]
    fn every_document_of_the_table_is_read() {
        for (name, document) in super::table() {
            assert!(!super::statements(name, document, &Origin::NONE).is_empty(), "{name}");
        }
    }
}
