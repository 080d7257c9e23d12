//! The standard as rules need it: each documented function with what is asked of it, `{app}` filled in.

use std::sync::Arc;

use crate::standard::Standard;
use crate::value::{Data, Fields, Object, Origin, Value};

/// Sections that speak of every function.
const PER_FUNCTION: &[&str] = &["alarms", "environment", "logging", "image"];

/// The documented functions: their own attributes, `name`, `app`, and the sections about every function.
pub(super) fn documented(standard: &Standard) -> Vec<Value> {
    let Some(functions) = standard.value.field("functions") else {
        return Vec::new();
    };
    let rows = functions.as_fields().cloned().unwrap_or_default();
    rows.iter().map(|(name, row)| function(standard, name, row, &functions.origin)).collect()
}

fn function(standard: &Standard, name: &Arc<str>, row: &Value, fallback: &Origin) -> Value {
    let mut fields: Fields = row.as_fields().cloned().unwrap_or_default();
    // A key has no place of its own: the cell that the app comes from is the one with the name in it.
    let places = [fields.get("app"), fields.values().find(|value| !value.origin.is_empty())];
    let origin = places.into_iter().flatten().map(|value| value.origin.clone()).find(|origin| !origin.is_empty());
    let origin = origin.unwrap_or_else(|| fallback.clone());
    let app = fields.get("app").filter(|app| !app.is_null()).cloned();
    let app = app.unwrap_or_else(|| Value::string(Arc::clone(name)).at(origin.clone()));
    let app_text = app.as_str().unwrap_or(name).to_owned();
    fields.insert("name".into(), Value::string(Arc::clone(name)).at(origin.clone()));
    fields.insert("app".into(), app);
    for attribute in ["timeout", "memory", "log_group", "custom"] {
        fields.entry(attribute.into()).or_insert_with(|| Value::null().at(origin.clone()));
    }
    for section in PER_FUNCTION {
        let value = standard.value.field(section).map_or_else(Value::null, |value| fill(value, &app_text));
        fields.insert((*section).into(), value);
    }
    Value::object(fields).at(origin)
}

/// The value with `{app}` replaced in every text.
fn fill(value: &Value, app: &str) -> Value {
    let data = match &value.data {
        Data::String(text) if text.contains("{app}") => Data::String(text.replace("{app}", app).into()),
        Data::Tuple(items) => Data::Tuple(Arc::new(items.iter().map(|item| fill(item, app)).collect())),
        Data::List(ty, items) => Data::List(ty.clone(), Arc::new(items.iter().map(|item| fill(item, app)).collect())),
        Data::Map(ty, fields) => Data::Map(ty.clone(), Arc::new(fill_fields(fields, app))),
        Data::Object(object) => Data::Object(Arc::new(Object { fields: fill_fields(&object.fields, app), rest: None })),
        other => other.clone(),
    };
    Value { data, ..value.clone() }
}

fn fill_fields(fields: &Fields, app: &str) -> Fields {
    fields.iter().map(|(key, value)| (Arc::clone(key), fill(value, app))).collect()
}
