//! The standard as rules need it: each documented function with what is asked of it, `{app}` and `{name}` filled in.

use std::sync::Arc;

use crate::source::{Reader, Span};
use crate::standard::Standard;
use crate::value::{Data, Fields, Object, Origin, Value};

/// Sections that speak of every function.
const PER_FUNCTION: &[&str] = &["alarms", "environment", "logging", "image"];

/// The documented functions: their own attributes, `name`, `app`, and the sections about every function.
pub(super) fn documented(standard: &Standard, reader: &Reader<'_>) -> Vec<Value> {
    let Some(functions) = standard.value.field("functions") else {
        return Vec::new();
    };
    let rows = functions.as_fields().cloned().unwrap_or_default();
    rows.iter().map(|(name, row)| function(standard, reader, name, row, &functions.origin)).collect()
}

fn function(standard: &Standard, reader: &Reader<'_>, name: &Arc<str>, row: &Value, fallback: &Origin) -> Value {
    let mut fields: Fields = row.as_fields().cloned().unwrap_or_default();
    let app = fields.get("app").filter(|app| !app.is_null()).cloned();
    let own = app.as_ref().and_then(Value::as_str);
    let place = place_of(name, &fields, reader).or_else(|| place_of(own?, &fields, reader));
    let origin = place.map_or_else(
        || fields.values().map(|value| &value.origin).find(|origin| !origin.is_empty()).unwrap_or(fallback).clone(),
        Origin::source,
    );
    for value in fields.values_mut() {
        // What a row says is shown where the page says it, rather than where the configuration takes it from.
        if let Some(page) = value.origin.deepest() {
            value.origin = Origin::source(page);
        }
    }
    let app = app.unwrap_or_else(|| Value::string(Arc::clone(name)).at(origin.clone()));
    let names = Names { app: app.as_str().unwrap_or(name).to_owned(), name };
    fields.insert("name".into(), Value::string(Arc::clone(name)).at(origin.clone()));
    fields.insert("app".into(), app);
    for attribute in ["timeout", "memory", "log_group", "package_type", "custom"] {
        fields.entry(attribute.into()).or_insert_with(|| Value::null().at(origin.clone()));
    }
    let own_environment = fields.get("environment").and_then(Value::as_fields).cloned().unwrap_or_default();
    for section in PER_FUNCTION {
        let value = standard.value.field(section).map_or_else(Value::null, |value| names.fill(value));
        fields.insert((*section).into(), value);
    }
    let mut environment =
        fields.get("environment").map_or_else(Fields::new, |all| all.as_fields().cloned().unwrap_or_default());
    environment.extend(names.fill_fields(&own_environment));
    fields.insert("environment".into(), Value::object(environment).at(origin.clone()));
    Value::object(fields).at(origin)
}

/// Where the function's name, or its app, is written. A key has no place of its own, but the line that a value of the row was
/// read from is most often the line with the name.
fn place_of(name: &str, fields: &Fields, reader: &Reader<'_>) -> Option<Span> {
    fields.values().find_map(|value| {
        let span = value.origin.deepest()?;
        let text = reader.text(span.file);
        let at = (span.start as usize).min(text.len());
        let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
        let end = text.get(at..)?.find('\n').map_or(text.len(), |end| at + end);
        let found = start + find_name(text.get(start..end)?, name)?;
        Some(Span::new(span.file, found, found + name.len()))
    })
}

/// Offset of a name in a line, where it does not go on to either side.
fn find_name(line: &str, name: &str) -> Option<usize> {
    let goes_on = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    line.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = line.get(..*at).and_then(|before| before.chars().next_back());
        let after = line.get(at + name.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(goes_on) && !after.is_some_and(goes_on)
    })
}

/// What stands for a function in texts about all of them.
struct Names<'n> {
    app: String,
    name: &'n str,
}

impl Names<'_> {
    /// The value with `{app}` and `{name}` replaced in every text.
    fn fill(&self, value: &Value) -> Value {
        let each = |items: &[Value]| Arc::new(items.iter().map(|item| self.fill(item)).collect());
        let data = match &value.data {
            Data::String(text) if text.contains('{') => Data::String(self.text(text).into()),
            Data::Tuple(items) => Data::Tuple(each(items)),
            Data::List(ty, items) => Data::List(ty.clone(), each(items)),
            Data::Map(ty, fields) => Data::Map(ty.clone(), Arc::new(self.fill_fields(fields))),
            Data::Object(object) => {
                Data::Object(Arc::new(Object { fields: self.fill_fields(&object.fields), rest: None }))
            }
            other => other.clone(),
        };
        Value { data, ..value.clone() }
    }

    fn fill_fields(&self, fields: &Fields) -> Fields {
        fields.iter().map(|(key, value)| (Arc::clone(key), self.fill(value))).collect()
    }

    fn text(&self, text: &str) -> String {
        text.replace("{app}", &self.app).replace("{name}", self.name)
    }
}
