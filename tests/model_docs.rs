//! `docs/model.md` lists the fields that the model has, and no others.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value as Json;
use trysquare::check::{Options, model};
use trysquare::model::Sections;
use trysquare::source::MemoryProvider;
use trysquare::value::to_json;

/// A section of the page: the fields, each with its type.
type Fields = BTreeMap<String, String>;

/// A repository with at least one of everything.
fn workspace() -> MemoryProvider {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/model_docs");
    let mut files = Vec::new();
    let mut waiting = vec![dir.clone()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(&dir).unwrap().to_string_lossy().replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.into_iter().collect()
}

fn documented() -> BTreeMap<String, Fields> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/model.md")).unwrap();
    let mut sections: BTreeMap<String, Fields> = BTreeMap::new();
    let mut current = None;
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let path = heading.trim_matches('`').to_owned();
            sections.entry(path.clone()).or_default();
            current = Some(path);
        } else if line.starts_with("| `")
            && let Some(fields) = current.as_ref().and_then(|path| sections.get_mut(path))
        {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            fields.insert(cells[1].trim_matches('`').to_owned(), cells[2].to_owned());
        }
    }
    sections
}

/// Whether the page says no more of a field here: it is a map or any, or as something that is told elsewhere.
fn ends(ty: &str) -> bool {
    ty == "any" || ty == "map" || ty.contains("as `$.")
}

/// Whether a value is as the page says: null and what is unknown can be anything.
fn fits(value: &Json, ty: &str) -> bool {
    if value.is_null() || value.get("$unknown").is_some() || value.get("$sensitive").is_some() {
        return true;
    }
    let items = |is: fn(&Json) -> bool| {
        value.as_array().is_some_and(|items| items.iter().all(|item| is(item) || item.is_object() || item.is_null()))
    };
    match ty {
        "text" => value.is_string(),
        "number" => value.is_number(),
        "truth" => value.is_boolean(),
        "list of texts" => items(Json::is_string),
        "list of numbers" => items(Json::is_number),
        "any" => true,
        _ if ty.starts_with("list") => value.is_array(),
        _ => value.is_object(),
    }
}

/// The fields below a value, as far as the page goes; one that is not as the page says is found with its value.
fn fields_of(value: &Json, path: &str, documented: &Fields, found: &mut BTreeSet<String>) {
    match value {
        Json::Array(items) => {
            for item in items {
                fields_of(item, &format!("{path}[*]"), documented, found);
            }
        }
        Json::Object(fields) if !fields.contains_key("$unknown") => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match documented.get(&path) {
                    Some(ty) if !fits(value, ty) => found.insert(format!("{path}, which is {value}")),
                    _ => found.insert(path.clone()),
                };
                if !documented.get(&path).is_some_and(|ty| ends(ty)) {
                    fields_of(value, &path, documented, found);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn the_page_lists_the_fields_of_the_model() {
    let Ok((value, _)) = model(&workspace(), &Options::default(), &Sections::all()) else {
        panic!("the test's own repository is wrong");
    };
    let model = to_json(&value);
    let mut sections = documented();
    let mut wrong = Vec::new();
    for (name, value) in model.as_object().unwrap() {
        let plain = sections.remove(&format!("$.{name}"));
        let each = sections.remove(&format!("$.{name}[*]"));
        let (path, fields) = match (each, plain) {
            (Some(fields), _) => (format!("$.{name}[*]"), fields),
            (None, Some(fields)) => (format!("$.{name}"), fields),
            (None, None) => {
                wrong.push(format!("$.{name} is not in the page"));
                continue;
            }
        };
        if fields.is_empty() {
            continue;
        }
        let mut found = BTreeSet::new();
        for item in value.as_array().unwrap_or(&vec![value.clone()]) {
            fields_of(item, "", &fields, &mut found);
        }
        let listed: BTreeSet<String> = fields.into_keys().collect();
        wrong.extend(found.difference(&listed).map(|field| format!("{path}.{field} is not in the page")));
        wrong.extend(listed.difference(&found).map(|field| format!("{path}.{field} is not in the model")));
    }
    wrong.extend(sections.into_keys().map(|section| format!("{section} is not in the model")));
    assert!(wrong.is_empty(), "docs/model.md:\n{}", wrong.join("\n"));
}
