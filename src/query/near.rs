//! Why a path selects nothing, and what may have been meant.

use std::collections::BTreeSet;

use jsonpath_rust::parser::model::{
    Comparable, Filter, FilterAtom, JpQuery, Segment, Selector, SingularQuery, SingularQuerySegment, Test,
};

use crate::eval::did_you_mean;
use crate::rules::jsonpath;
use crate::value::Value;

/// Names listed where none is near.
const MAX_NAMES: usize = 40;

/// Says at which step a path that selects nothing comes to its end.
pub(super) fn why_nothing(path: &JpQuery, model: &Value) -> String {
    let mut reached = vec![model.clone()];
    for (at, segment) in path.segments.iter().enumerate() {
        let so_far = JpQuery { segments: path.segments.iter().take(at + 1).cloned().collect() };
        let next = jsonpath::select(&so_far, model).nodes;
        if next.is_empty() {
            return stuck(segment, &reached);
        }
        reached = next;
    }
    "nothing is selected".to_owned()
}

/// Why a step leads on from none of the values that were reached.
fn stuck(segment: &Segment, reached: &[Value]) -> String {
    let (Segment::Selector(selector), false) = (segment, reached.iter().all(is_empty)) else {
        return match segment {
            Segment::Descendant(_) => "there is no such thing at any depth".to_owned(),
            _ => "there is nothing in what the path leads to before this step".to_owned(),
        };
    };
    match selector {
        Selector::Name(name) => no_field(name, reached),
        Selector::Filter(filter) => {
            let children: Vec<Value> = reached.iter().flat_map(children).collect();
            let misnamed =
                names_in(filter).into_iter().find(|name| children.iter().all(|child| child.field(name).is_none()));
            match misnamed {
                Some(name) => no_field(&name, &children),
                None => format!("of {} the filter fits none", children.len()),
            }
        }
        Selector::Index(_) | Selector::Slice(..) => {
            let most = reached.iter().filter_map(Value::as_items).map(<[Value]>::len).max();
            most.map_or_else(|| "this is no list".to_owned(), |most| format!("there are only {most}, counted from 0"))
        }
        Selector::Wildcard => "there is nothing in it".to_owned(),
    }
}

fn is_empty(value: &Value) -> bool {
    children(value).is_empty()
}

fn children(value: &Value) -> Vec<Value> {
    match (value.as_items(), value.as_fields()) {
        (Some(items), _) => items.to_vec(),
        (None, Some(fields)) => fields.values().cloned().collect(),
        (None, None) => Vec::new(),
    }
}

fn no_field(name: &str, reached: &[Value]) -> String {
    let names: BTreeSet<&str> =
        reached.iter().filter_map(Value::as_fields).flat_map(|fields| fields.keys().map(|name| &**name)).collect();
    if names.is_empty() && reached.iter().any(|value| value.as_items().is_some()) {
        return format!("`{name}` is asked of a list; its elements are `[*]`");
    }
    // Names such as `memory` for `memory_size` are further away than a slip of the keys.
    let longer = || names.iter().find(|known| known.contains(name)).map(|known| format!("did you mean `{known}`?"));
    let listed = || {
        let more = if names.len() > MAX_NAMES { ", …" } else { "" };
        format!("there are: {}{more}", names.iter().take(MAX_NAMES).copied().collect::<Vec<_>>().join(", "))
    };
    format!(
        "there is no `{name}`; {}",
        did_you_mean(name, names.iter().copied()).or_else(longer).unwrap_or_else(listed)
    )
}

/// The fields of an element that a filter asks for.
fn names_in(filter: &Filter) -> Vec<String> {
    match filter {
        Filter::Or(filters) | Filter::And(filters) => filters.iter().flat_map(names_in).collect(),
        Filter::Atom(FilterAtom::Filter { expr, .. }) => names_in(expr),
        Filter::Atom(FilterAtom::Test { expr, .. }) => match &**expr {
            Test::RelQuery(segments) => match segments.first() {
                Some(Segment::Selector(Selector::Name(name))) => vec![name.clone()],
                _ => Vec::new(),
            },
            Test::AbsQuery(_) | Test::Function(_) => Vec::new(),
        },
        Filter::Atom(FilterAtom::Comparison(comparison)) => {
            let (left, right) = comparison.vals();
            [left, right].into_iter().filter_map(first_name).collect()
        }
    }
}

fn first_name(comparable: &Comparable) -> Option<String> {
    let Comparable::SingularQuery(SingularQuery::Current(segments)) = comparable else { return None };
    match segments.first()? {
        SingularQuerySegment::Name(name) => Some(name.clone()),
        SingularQuerySegment::Index(_) => None,
    }
}
