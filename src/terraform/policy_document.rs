//! `data "aws_iam_policy_document"`, computed as the AWS provider does, with the origin of every part kept.
//!
//! Source: terraform-provider-aws, `internal/service/iam/policy_document_data_source.go` and `policy_model.go`.

use std::sync::Arc;

use super::instance::World;
use super::resource::ResourceInstance;
use crate::eval::{Evaluated, functions};
use crate::source::Span;
use crate::value::{Data, Fields, Origin, Type, Unknown, Value};

/// The order in which the provider writes a statement's members.
const ORDER: &[&str] = &[
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
];

/// The `json` attribute: the text, and with it what it encodes.
pub(super) fn json(instance: &ResourceInstance, world: &World<'_>) -> Evaluated {
    let header = instance.block.header;
    let fields = instance.configured_fields(world);
    let mut statements: Vec<Value> = Vec::new();
    let mut blocked: Option<Arc<Unknown>> = None;
    for document in list(fields.get("source_policy_documents")) {
        add_document(&mut statements, &document, false, &mut blocked);
    }
    if let Some(document) = fields.get("source_json") {
        add_document(&mut statements, document, false, &mut blocked);
    }
    for block in list(fields.get("statement")) {
        match &block.data {
            Data::Unknown(unknown) => blocked = Some(Arc::clone(unknown)),
            _ => put(&mut statements, statement(&block), true),
        }
    }
    for document in list(fields.get("override_policy_documents")) {
        add_document(&mut statements, &document, true, &mut blocked);
    }
    if let Some(document) = fields.get("override_json") {
        add_document(&mut statements, document, true, &mut blocked);
    }
    if let Some(unknown) = blocked {
        // A statement that cannot be seen stands for what may be granted besides.
        statements.push(Value::unknown(unknown.as_ref().clone()));
    }
    let version = fields.get("version").cloned().unwrap_or_else(|| Value::from("2012-10-17"));
    let mut document = Fields::from([
        (Arc::from("Version"), version),
        (Arc::from("Statement"), Value::tuple(statements).written_at(header)),
    ]);
    if let Some(id) = fields.get("policy_id") {
        document.insert("Id".into(), id.clone());
    }
    let document = Value::object(document).written_at(header);
    let origin = Origin::encoded(header, document.clone());
    if let Some(unknown) = document.first_unknown() {
        let unknown = Unknown { not_null: true, ..unknown.derived(Type::String) };
        return Ok(Value::unknown(unknown).at(origin));
    }
    let mut text = String::new();
    write(&document, 0, &mut text);
    Ok(Value::string(text).at(origin))
}

/// The elements of a list, or the unknown that the list is.
fn list(value: Option<&Value>) -> Vec<Value> {
    match value {
        None => Vec::new(),
        Some(value) => match (value.as_items(), &value.data) {
            (Some(items), _) => items.to_vec(),
            (None, Data::Null(_)) => Vec::new(),
            _ => vec![value.clone()],
        },
    }
}

/// Adds the statements of a policy text; those of one Sid replace each other where the provider says so.
fn add_document(statements: &mut Vec<Value>, text: &Value, overrides: bool, blocked: &mut Option<Arc<Unknown>>) {
    if text.is_null() || text.as_str() == Some("") {
        return;
    }
    let decoded = functions::read_json(text);
    let Some(found) = decoded.as_ref().and_then(|document| document.field("Statement")) else {
        let unknown = text.first_unknown().cloned();
        *blocked =
            Some(unknown.unwrap_or_else(|| {
                Arc::new(Unknown::new(Type::Any, "it is not a policy document", text.origin.span()))
            }));
        return;
    };
    for statement in list(Some(found)) {
        put(statements, statement, overrides);
    }
}

fn put(statements: &mut Vec<Value>, statement: Value, overrides: bool) {
    let sid = statement.field("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty());
    if let Some(sid) = sid
        && overrides
        && let Some(known) = statements.iter_mut().find(|known| known.field("Sid").and_then(Value::as_str) == Some(sid))
    {
        *known = statement;
        return;
    }
    statements.push(statement);
}

/// One `statement` block as a policy statement.
fn statement(block: &Value) -> Value {
    let mut fields = Fields::new();
    let mut copy = |from: &str, to: &str| {
        if let Some(value) = block.field(from).filter(|value| !value.is_null()) {
            fields.insert(to.into(), single(value));
        }
    };
    copy("sid", "Sid");
    copy("actions", "Action");
    copy("not_actions", "NotAction");
    copy("resources", "Resource");
    copy("not_resources", "NotResource");
    let effect = block.field("effect").filter(|value| !value.is_null()).cloned();
    fields.insert("Effect".into(), effect.unwrap_or_else(|| Value::from("Allow").at(block.origin.clone())));
    for (from, to) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(value) = block.field(from) {
            fields.insert(to.into(), principals(value));
        }
    }
    if let Some(value) = block.field("condition") {
        fields.insert("Condition".into(), conditions(value));
    }
    Value::object(fields).at(block.origin.clone())
}

/// A list of one is written as its element.
fn single(value: &Value) -> Value {
    match value.as_items() {
        Some([only]) => only.clone(),
        Some(items) => Value::tuple(items.to_vec()).at(value.origin.clone()),
        None => value.clone(),
    }
}

fn principals(blocks: &Value) -> Value {
    let mut by_type: std::collections::BTreeMap<Arc<str>, Vec<Value>> = std::collections::BTreeMap::new();
    for block in list(Some(blocks)) {
        let Some(kind) = block.field("type").and_then(Value::as_str) else {
            return unknown_part(&block, "type");
        };
        by_type.entry(kind.into()).or_default().extend(list(block.field("identifiers")));
    }
    let everyone = by_type
        .get("*")
        .is_some_and(|identifiers| identifiers.iter().any(|identifier| identifier.as_str() == Some("*")));
    if everyone && by_type.len() == 1 {
        return Value::from("*").at(blocks.origin.clone());
    }
    let fields = by_type
        .into_iter()
        .map(|(kind, identifiers)| (kind, single(&Value::tuple(identifiers).at(blocks.origin.clone()))));
    Value::object(fields.collect()).at(blocks.origin.clone())
}

fn conditions(blocks: &Value) -> Value {
    let mut tests: std::collections::BTreeMap<Arc<str>, Fields> = std::collections::BTreeMap::new();
    for block in list(Some(blocks)) {
        let (Some(test), Some(variable)) =
            (block.field("test").and_then(Value::as_str), block.field("variable").and_then(Value::as_str))
        else {
            return unknown_part(&block, "test");
        };
        let values = block.field("values").map(single).unwrap_or_default();
        tests.entry(test.into()).or_default().insert(variable.into(), values);
    }
    let fields = tests.into_iter().map(|(test, fields)| (test, Value::object(fields).at(blocks.origin.clone())));
    Value::object(fields.collect()).at(blocks.origin.clone())
}

fn unknown_part(block: &Value, name: &str) -> Value {
    let unknown = block.field(name).and_then(Value::first_unknown).or_else(|| block.first_unknown());
    let span: Option<Span> = block.origin.span();
    Value::unknown(unknown.map_or_else(
        || Unknown::new(Type::Any, format!("its `{name}` is not known"), span),
        |unknown| unknown.derived(Type::Any),
    ))
}

/// JSON with two blanks of indentation and the provider's order of members.
fn write(value: &Value, depth: usize, out: &mut String) {
    let indent = |depth: usize, out: &mut String| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    if let Some(fields) = value.as_fields() {
        let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
        let mut members: Vec<_> = fields.iter().collect();
        members.sort_by_key(|(key, _)| rank(key));
        out.push('{');
        for (at, (key, value)) in members.into_iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            indent(depth + 1, out);
            functions::write_json(&Value::string(Arc::clone(key)), out);
            out.push_str(": ");
            write(value, depth + 1, out);
        }
        indent(depth, out);
        out.push('}');
    } else if let Some(items) = value.as_items() {
        out.push('[');
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            indent(depth + 1, out);
            write(item, depth + 1, out);
        }
        indent(depth, out);
        out.push(']');
    } else {
        functions::write_json(value, out);
    }
}
