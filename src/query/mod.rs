//! Questions to the model: what a JSONPath selects, where each value came from, and what the page says of it.

mod documented;
mod near;
mod trace;

use std::fmt::Write as _;

use jsonpath_rust::parser::model::JpQuery;
use serde::Serialize;
use serde_json::Value as Json;

use crate::report::{Blocking, Places};
use crate::rules::jsonpath::{self, Key, Located};
use crate::source::Sources;
use crate::value::{Data, Unknown, Value, to_json};

pub use trace::Station;
use trace::Tracer;

/// What a path selects.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Answer {
    /// Of this format; grows when its meaning changes.
    pub version: u32,
    /// What is selected.
    pub hits: Vec<Hit>,
    /// Why nothing is, and what else could have been meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nothing: Option<String>,
}

/// One selected value.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Hit {
    /// The JSONPath of this value alone.
    pub path: String,
    /// The address of what it belongs to, such as that of a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The value, as `trysquare model` prints it.
    pub value: Json,
    /// What keeps it from being known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Open>,
    /// What keeps it from being told whether this is selected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perhaps: Option<Open>,
    /// Where it came from, its use first. Null when no file wrote it.
    pub origin: Option<Station>,
    /// What the page says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documented: Option<Documented>,
}

/// Something that cannot be known.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Open {
    /// Why.
    pub reason: String,
    /// The expression that it hangs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocking: Option<Blocking>,
}

/// The documented value that a hit is held against.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Documented {
    /// What the standard calls it.
    pub field: String,
    /// The value.
    pub value: Json,
    /// Where it came from.
    pub origin: Option<Station>,
}

/// What a path selects from a model that was made from these files.
#[must_use]
pub fn answer(path: &JpQuery, model: &Value, sources: &Sources) -> Answer {
    let places = Places::new(sources);
    let mut tracer = Tracer::new(sources);
    let mut hit = |node: &Located, perhaps: Option<&Unknown>| {
        let keys = node.keys();
        let owners = owners(&keys, model);
        let origin = tracer.trace(&node.value);
        let documented = documented::counterpart(&keys, &owners);
        Hit {
            path: normalized(&keys),
            address: owners.iter().rev().find_map(|owner| owner.field("address")?.as_str()).map(str::to_owned),
            value: to_json(&node.value),
            unknown: unknown(&node.value).map(|unknown| open(unknown, places)),
            perhaps: perhaps.map(|unknown| open(unknown, places)),
            origin,
            documented: documented.map(|(field, value)| Documented {
                field,
                value: to_json(&value),
                origin: tracer.trace(&value),
            }),
        }
    };
    let selection = jsonpath::locate(path, model);
    let certain = selection.nodes.iter().map(|node| (node, None));
    let open = selection.maybe.iter().map(|(node, unknown)| (node, Some(&**unknown)));
    let hits: Vec<Hit> = certain.chain(open).map(|(node, perhaps)| hit(node, perhaps)).collect();
    let nothing = hits.is_empty().then(|| near::why_nothing(path, model));
    Answer { version: 1, hits, nothing }
}

/// What a value hangs on that is not known, if it is a single value.
fn unknown(value: &Value) -> Option<&Unknown> {
    match &value.data {
        Data::Unknown(_) | Data::Partial(_) => value.first_unknown().map(|unknown| &**unknown),
        _ => None,
    }
}

fn open(unknown: &Unknown, places: Places<'_>) -> Open {
    Open { reason: unknown.reason.to_string(), blocking: unknown.span.map(|span| places.blocking(span)) }
}

/// The values on the way to the last key, the root first.
fn owners<'m>(keys: &[Key], model: &'m Value) -> Vec<&'m Value> {
    let below = |value: &'m Value, key: &Key| match key {
        Key::Name(name) => value.field(name),
        Key::Index(at) => value.as_items()?.get(*at),
    };
    let mut owners = vec![model];
    for key in keys {
        owners.extend(owners.last().and_then(|owner| below(owner, key)));
    }
    owners
}

/// A path of names and indices, as one would write it by hand.
fn normalized(keys: &[Key]) -> String {
    let is_plain = |name: &str| {
        !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let mut path = "$".to_owned();
    for key in keys {
        let _ = match key {
            Key::Index(at) => write!(path, "[{at}]"),
            Key::Name(name) if is_plain(name) => write!(path, ".{name}"),
            Key::Name(name) => write!(path, "['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")),
        };
    }
    path
}
