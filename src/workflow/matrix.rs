//! `strategy.matrix` to the values that `matrix.x` can have, combination by combination.
//!
//! <https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations>

use std::collections::{BTreeMap, BTreeSet};

use super::expression::{Names, Scope, json_value};
use super::possible::{Alternative, Given, Possible, ValueKind};
use super::text::Text;
use super::types::{Matrix, Template};
use crate::syntax::yaml::{Kind, Node, Resolved};

/// GitHub makes at most 256 jobs of a matrix.
const MAX_COMBINATIONS: usize = 256;

/// The values of one combination, by lower-case name.
type Combination = BTreeMap<String, Alternative>;

/// What `matrix.NAME` can be. Values of one combination presuppose it, so that they go together.
pub(super) fn values(matrix: &Matrix, scope: &Scope) -> Names {
    let mut combinations = match matrix {
        Matrix::Computed(template) => computed(template, scope),
        Matrix::Written { dimensions, include, exclude, .. } => {
            let mut all = vec![Combination::new()];
            for (name, node) in dimensions {
                let choices = list(node, scope, &format!("matrix.{}", name.value));
                all = product(&all, &name.value.to_ascii_lowercase(), &choices);
            }
            let excluded = exclude.as_ref().map_or_else(Vec::new, |node| mappings(node, scope));
            all.retain(|one| {
                let matches = |gone: &Combination| {
                    gone.iter().all(|(name, value)| one.get(name).is_some_and(|own| own.text == value.text))
                };
                !excluded.iter().any(matches)
            });
            if dimensions.is_empty() {
                all.clear();
            }
            let included = include.as_ref().map_or_else(Vec::new, |node| mappings(node, scope));
            let own: BTreeSet<String> = dimensions.iter().map(|(name, _)| name.value.to_ascii_lowercase()).collect();
            add_included(all, included, &own)
        }
    };
    combinations.truncate(MAX_COMBINATIONS);
    let names: BTreeSet<String> = combinations.iter().flat_map(|one| one.keys().cloned()).collect();
    let alone = combinations.len() == 1;
    let values = names.into_iter().map(|name| {
        let each = combinations.iter().enumerate().map(|(number, one)| {
            let missing = || Alternative::new(Text::default(), ValueKind::Null);
            let mut value = one.get(&name).cloned().unwrap_or_else(missing);
            if !alone {
                value.given = Given::that("matrix", &number.to_string());
            }
            value
        });
        let possible = Possible::any(each.collect());
        (name, possible)
    });
    values.collect()
}

fn product(all: &[Combination], name: &str, choices: &[Alternative]) -> Vec<Combination> {
    let mut more = Vec::new();
    for one in all {
        for choice in choices {
            if more.len() >= MAX_COMBINATIONS {
                return more;
            }
            let mut one = one.clone();
            one.insert(name.to_owned(), choice.clone());
            more.push(one);
        }
    }
    more
}

/// `include`: added to every combination whose own values it leaves alone, else a combination by itself.
fn add_included(mut all: Vec<Combination>, included: Vec<Combination>, own: &BTreeSet<String>) -> Vec<Combination> {
    let written = all.len();
    for more in included {
        let mut added = false;
        for one in all.iter_mut().take(written) {
            let fits = more
                .iter()
                .filter(|(name, _)| own.contains(*name))
                .all(|(name, value)| one.get(name).is_some_and(|own| own.text == value.text));
            if fits {
                one.extend(more.clone());
                added = true;
            }
        }
        if !added {
            all.push(more);
        }
        if all.len() >= MAX_COMBINATIONS {
            break;
        }
    }
    all
}

/// `matrix: ${{ fromJSON(…) }}`
fn computed(template: &Template, scope: &Scope) -> Vec<Combination> {
    let possible = scope.template(template);
    let parsed = possible.single().and_then(|text| serde_json::from_str(text).ok());
    let Some(serde_json::Value::Object(map)) = parsed else {
        return Vec::new();
    };
    let mut all = vec![Combination::new()];
    for (name, value) in &map {
        if let (serde_json::Value::Array(items), false) = (value, matches!(name.as_str(), "include" | "exclude")) {
            let choices: Vec<_> = items.iter().map(json_value).collect();
            all = product(&all, &name.to_ascii_lowercase(), &choices);
        }
    }
    let own: BTreeSet<String> = map.keys().map(|name| name.to_ascii_lowercase()).collect();
    let included = map.get("include").and_then(serde_json::Value::as_array);
    let included = included.into_iter().flatten().filter_map(serde_json::Value::as_object);
    let included = included
        .map(|one| one.iter().map(|(name, value)| (name.to_ascii_lowercase(), json_value(value))).collect())
        .collect();
    if own.iter().all(|name| name == "include" || name == "exclude") {
        all.clear();
    }
    add_included(all, included, &own)
}

/// The items of a dimension; one unknown when it is computed from what is not known.
fn list(node: &Node, scope: &Scope, symbol: &str) -> Vec<Alternative> {
    let unknown = || vec![Alternative::new(Text::unknown(symbol), ValueKind::Text)];
    match &node.kind {
        Kind::Sequence(items) => items.iter().flat_map(|item| value(item, scope)).collect(),
        Kind::Mapping(_) => unknown(),
        Kind::Scalar(scalar) => {
            let possible = scope.text(&scalar.text);
            let parsed = possible.single().and_then(|text| serde_json::from_str(text).ok());
            match parsed {
                Some(serde_json::Value::Array(items)) => {
                    items.iter().map(|item| Alternative { origin: Some(node.span), ..json_value(item) }).collect()
                }
                _ => unknown(),
            }
        }
    }
}

/// Everything that one written value can be.
fn value(node: &Node, scope: &Scope) -> Vec<Alternative> {
    let mut possible = match &node.kind {
        Kind::Scalar(scalar) if scalar.text.contains("${{") => scope.text(&scalar.text).known,
        Kind::Scalar(scalar) => {
            let kind = match scalar.resolve() {
                Resolved::Null => ValueKind::Null,
                Resolved::Bool(_) => ValueKind::Bool,
                Resolved::Number(_) => ValueKind::Number,
                Resolved::Text => ValueKind::Text,
            };
            vec![Alternative::new(Text::known(&scalar.text), kind)]
        }
        _ => vec![json_value(&json(node))],
    };
    for one in &mut possible {
        one.origin.get_or_insert(node.span);
    }
    possible
}

fn json(node: &Node) -> serde_json::Value {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => serde_json::Value::Null,
            Resolved::Bool(value) => value.into(),
            _ => (*scalar.text).into(),
        },
        Kind::Sequence(items) => items.iter().map(json).collect(),
        Kind::Mapping(entries) => entries
            .iter()
            .filter_map(|entry| Some((entry.key.text()?.to_owned(), json(&entry.value))))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

/// The items of `include` and `exclude`.
fn mappings(node: &Node, scope: &Scope) -> Vec<Combination> {
    if let Some(text) = node.text() {
        let possible = scope.text(text);
        let parsed = possible.single().and_then(|text| serde_json::from_str(text).ok());
        let Some(serde_json::Value::Array(items)) = parsed else {
            return Vec::new();
        };
        let items = items.iter().filter_map(serde_json::Value::as_object);
        return items
            .map(|one| one.iter().map(|(name, value)| (name.to_ascii_lowercase(), json_value(value))).collect())
            .collect();
    }
    let items = node.items().iter();
    items
        .map(|item| {
            let entries = item.entries().iter();
            entries
                .filter_map(|entry| {
                    let name = entry.key.text()?.to_ascii_lowercase();
                    Some((name, value(&entry.value, scope).into_iter().next()?))
                })
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::workflow::parse_workflow;

    fn names(matrix: &str) -> Names {
        let text =
            format!("on: push\njobs:\n  a:\n    runs-on: x\n    strategy:\n      matrix: {matrix}\n    steps: []\n");
        let file = Sources::new().add("w.yml", text.as_str());
        let workflow = parse_workflow(file, &text);
        assert_eq!(workflow.problems, []);
        values(workflow.jobs[0].matrix.as_ref().unwrap(), &Scope::default())
    }

    fn shown(possible: &Possible) -> Vec<String> {
        possible.known.iter().map(|one| one.text.to_string()).collect()
    }

    #[test]
    fn combinations_keep_their_values_together() {
        let names = names("{app: [a, b], include: [{app: a, fn: fn-a}, {app: b, fn: fn-b}, {app: c, fn: fn-c}]}");
        assert_eq!(
            shown(&names["app"].concat(&Possible::known("=")).concat(&names["fn"])),
            ["a=fn-a", "b=fn-b", "c=fn-c"]
        );
    }

    #[test]
    fn exclude_and_plain_include() {
        let both = names("{a: [1, 2], b: [x, y], exclude: [{a: 1, b: y}], include: [{c: z}]}");
        assert_eq!(shown(&both["a"].concat(&both["b"]).concat(&both["c"])), ["1xz", "2xz", "2yz"]);
        let only = names("{include: [{app: a}, {app: b}]}");
        assert_eq!(shown(&only["app"]), ["a", "b"]);
    }

    #[test]
    fn computed_lists_are_read_where_they_are_written_out() {
        assert_eq!(shown(&names("{app: \"${{ fromJSON('[\\\"a\\\",\\\"b\\\"]') }}\"}")["app"]), ["a", "b"]);
        assert_eq!(shown(&names("{app: \"${{ fromJSON(needs.x.outputs.apps) }}\"}")["app"]), ["${matrix.app}"]);
        assert!(names("\"${{ fromJSON(needs.x.outputs.m) }}\"").is_empty());
        let items = names("{f: [{app: a, name: n}]}");
        assert_eq!(items["f"].known[0].kind, ValueKind::Json);
    }
}
