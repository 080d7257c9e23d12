//! `schema`: JSON Schemas of what is written in HCL, from the tables that it is read by. HCL stands for JSON as
//! Terraform's JSON syntax has it: a block is an object under its keyword and labels, an expression a text in `${…}`.

use std::process::ExitCode;

use serde_json::{Map, Value, json};
use trysquare::rules::grammar::{self, RULE, Takes};
use trysquare::standard::{Attribute, BLOCKS, SETTINGS, Shape};

use super::CommandError;
use crate::args::SchemaOf;

/// `trysquare schema`
pub fn schema(of: SchemaOf) -> Result<ExitCode, CommandError> {
    match of {
        SchemaOf::Report => super::json(&schemars::schema_for!(trysquare::report::Report))?,
        SchemaOf::Query => super::json(&schemars::schema_for!(trysquare::query::Answer))?,
        SchemaOf::Config => super::json(&config())?,
        SchemaOf::Rule => super::json(&rule())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The schema of `trysquare.hcl`.
fn config() -> Value {
    let mut properties = attributes(SETTINGS);
    for kind in BLOCKS {
        let body = match kind.attributes {
            Some(known) => object(attributes(known)),
            None => json!({ "type": "object" }),
        };
        properties.insert(kind.name.to_owned(), block(body, kind.label.is_some(), kind.meaning));
    }
    document("trysquare.hcl", "What a team's pages ask for, and how it is checked.", properties, &[])
}

/// The schema of a rule's block.
fn rule() -> Value {
    let properties = Map::from_iter([(RULE.name.to_owned(), rule_block(&RULE))]);
    document("A rule", "The `rule` block of a rule's page.", properties, &[RULE.name])
}

fn document(title: &str, description: &str, properties: Map<String, Value>, required: &[&str]) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
        "$defs": {
            "expression": { "description": "An HCL expression.", "type": "string", "pattern": "\\$\\{[\\s\\S]*\\}" },
        },
    })
}

/// A block, or several of its kind: by their labels, or in a list.
fn block(body: Value, labelled: bool, meaning: &str) -> Value {
    let mut schema = if labelled {
        json!({ "type": "object", "additionalProperties": one_or_many(body) })
    } else {
        one_or_many(body)
    };
    described(&mut schema, meaning);
    schema
}

fn one_or_many(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "array", "items": schema }] })
}

fn object(properties: Map<String, Value>) -> Value {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn described(schema: &mut Value, meaning: &str) {
    if let Some(fields) = schema.as_object_mut() {
        fields.insert("description".to_owned(), meaning.into());
    }
}

/// A value, null, or an expression that gives one of these.
fn or_expression(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }, { "$ref": "#/$defs/expression" }] })
}

fn attributes(attributes: &[Attribute]) -> Map<String, Value> {
    let property = |(name, shape, meaning): &Attribute| {
        let mut schema = of_shape(shape);
        described(&mut schema, meaning);
        ((*name).to_owned(), schema)
    };
    attributes.iter().map(property).collect()
}

fn of_shape(shape: &Shape) -> Value {
    or_expression(match shape {
        Shape::String => json!({ "type": "string" }),
        Shape::Number => json!({ "type": "number" }),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::OneOf(choices) => json!({ "enum": choices }),
        Shape::Strings => json!({ "type": "array", "items": { "type": ["string", "null"] } }),
        Shape::Map(element) => json!({ "type": "object", "additionalProperties": of_shape(element) }),
        Shape::Object(fields) => object(attributes(fields)),
        Shape::Any => json!({}),
    })
}

fn rule_block(kind: &grammar::BlockKind) -> Value {
    let own = kind.attributes.iter().map(|attribute| {
        let mut schema = of_takes(attribute.takes);
        described(&mut schema, attribute.meaning);
        (attribute.name.to_owned(), schema)
    });
    let inner = kind.blocks.iter().map(|inner| (inner.name.to_owned(), rule_block(inner)));
    let required: Vec<&str> =
        kind.attributes.iter().filter(|attribute| attribute.required).map(|attribute| attribute.name).collect();
    let body = json!({
        "type": "object",
        "properties": own.chain(inner).collect::<Map<String, Value>>(),
        "required": required,
        "additionalProperties": kind.open,
    });
    block(body, kind.label.is_some(), kind.meaning)
}

fn of_takes(takes: Takes) -> Value {
    match takes {
        Takes::Text | Takes::Type => json!({ "type": "string" }),
        Takes::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Takes::Truth => json!({ "type": "boolean" }),
        Takes::OneOf(choices) => json!({ "enum": choices }),
        Takes::Constant | Takes::Expression => json!({}),
    }
}
