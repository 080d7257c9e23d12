//! The types that the npm package declares are those of the library. `UPDATE=1` writes them.

#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use schemars::generate::SchemaSettings;
use serde_json::Value;
use trysquare::report::Report;
use trysquare::workspace::{Action, Hover};

const PATH: &str = "wasm/npm/src/report.ts";

#[test]
fn declared_types_are_those_of_the_library() {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    generator.subschema_for::<Report>();
    generator.subschema_for::<Hover>();
    generator.subschema_for::<Action>();
    let mut out =
        String::from("// Written by `UPDATE=1 cargo test --test npm_types` from the Rust types of the same names.\n");
    for (name, schema) in generator.take_definitions(true) {
        declare(&name, &schema, &mut out);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PATH);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &out).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), out, "run `UPDATE=1 cargo test --test npm_types`");
}

fn comment(schema: &Value, indent: &str, out: &mut String) {
    if let Some(text) = schema["description"].as_str() {
        let text = text.replace('\n', &format!("\n{indent} * "));
        let _ = match text.contains('\n') {
            true => writeln!(out, "{indent}/**\n{indent} * {text}\n{indent} */"),
            false => writeln!(out, "{indent}/** {text} */"),
        };
    }
}

fn declare(name: &str, schema: &Value, out: &mut String) {
    out.push('\n');
    comment(schema, "", out);
    let Some(properties) = schema["properties"].as_object() else {
        let _ = writeln!(out, "export type {name} = {};", type_of(schema));
        return;
    };
    let _ = writeln!(out, "export interface {name} {{");
    let required = |property: &str| schema["required"].as_array().unwrap().iter().any(|name| name == property);
    for (property, schema) in properties {
        comment(schema, "  ", out);
        let optional = if required(property) { "" } else { "?" };
        // An optional property is left out when there is none, and never null.
        let ty = type_of(schema);
        let ty = if optional.is_empty() { ty.as_str() } else { ty.trim_end_matches(" | null") };
        let _ = writeln!(out, "  {property}{optional}: {ty};");
    }
    out.push_str("}\n");
}

fn type_of(schema: &Value) -> String {
    let joined = |parts: &Value| parts.as_array().unwrap().iter().map(type_of).collect::<Vec<_>>().join(" | ");
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap().to_owned();
    }
    for key in ["oneOf", "anyOf"] {
        if schema[key].is_array() {
            return joined(&schema[key]);
        }
    }
    if schema["const"].is_string() {
        return schema["const"].to_string();
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    match &schema["type"] {
        Value::Array(types) => types
            .iter()
            .map(|ty| type_of(&serde_json::json!({ "type": ty, "items": schema["items"] })))
            .collect::<Vec<_>>()
            .join(" | "),
        Value::String(ty) => match ty.as_str() {
            "integer" | "number" => "number".to_owned(),
            "array" => format!("{}[]", type_of(&schema["items"])),
            "string" | "boolean" | "null" => ty.clone(),
            other => panic!("{other} has no type in TypeScript yet"),
        },
        _ => panic!("{schema} has no type in TypeScript yet"),
    }
}
