//! Which documented value stands against a value of the code.

use crate::rules::jsonpath::Key;
use crate::value::Value;

/// Names of the standard, where they differ from those that code has for the same thing.
const COUNTERPARTS: &[(&str, &[&str])] = &[
    ("function_name", &["name"]),
    ("memory_size", &["memory"]),
    ("log_format", &["logging", "format"]),
    ("ignore_changes", &["image", "ignore_changes"]),
    ("image_uri", &["image", "tag"]),
    ("env", &["environment"]),
];

/// What the page says of the value that `keys` lead to, by way of these owners, and what it calls that.
pub(super) fn counterpart(keys: &[Key], owners: &[&Value]) -> Option<(String, Value)> {
    let (owner, standard) = owners.iter().enumerate().rev().find_map(|(at, owner)| Some((at, side(owner)?)))?;
    let (first, rest) = keys.get(owner..)?.split_first()?;
    let Key::Name(name) = first else { return None };
    let mut path: Vec<&str> = match COUNTERPARTS.iter().find(|(known, _)| known == &&**name) {
        Some((_, path)) => path.to_vec(),
        // A duration's threshold is documented as a part of the timeout.
        None if &**name == "threshold" && present(standard.field("threshold")).is_none() => vec!["ratio"],
        None => vec![name],
    };
    for key in rest {
        match key {
            Key::Name(name) => path.push(name),
            Key::Index(_) => return None,
        }
    }
    let value = path.iter().try_fold(standard, |value, name| value.field(name));
    Some((path.join("."), present(value)?.clone()))
}

/// What the page says of a function or an alarm.
fn side(owner: &Value) -> Option<&Value> {
    let of_alarm =
        || owner.field("function")?.field("standard")?.field("alarms")?.field(owner.field("kind")?.as_str()?);
    present(owner.field("standard").or_else(of_alarm))
}

fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}
