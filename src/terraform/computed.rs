//! What the AWS provider makes of a configuration: computed attributes and defaults, from two tables.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::config::Mode;
use super::instance::World;
use super::resource::ResourceInstance;
use crate::eval::functions::trim_prefix;
use crate::value::{Number, Origin, Piece, TextPiece, Type, Unknown, Value, convert, render};

const COMPUTED: &str = include_str!("../model/data/computed_attributes.tsv");
const DEFAULTS: &str = include_str!("../model/data/defaults.tsv");

/// A line of the table of computed attributes.
struct Line {
    attribute: &'static str,
    template: &'static str,
    conditions: &'static str,
}

/// What AWS gives back without a prefix that may be configured: type, attribute, prefix.
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html>.
const STRIPPED: &[(&str, &str, &str)] = &[("aws_iam_openid_connect_provider", "url", "https://")];

type Table<T> = HashMap<&'static str, Vec<T>>;

/// The columns of a table's lines, without comments.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = std::str::Split<'static, char>> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.split('\t'))
}

fn computed() -> &'static Table<Line> {
    static TABLE: OnceLock<Table<Line>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::new();
        for mut columns in rows(COMPUTED) {
            if let (Some(ty), Some(attribute), Some(template)) = (columns.next(), columns.next(), columns.next()) {
                let line = Line { attribute, template, conditions: columns.next().unwrap_or("") };
                table.entry(ty).or_insert_with(Vec::new).push(line);
            }
        }
        table
    })
}

fn defaults() -> &'static Table<(&'static str, &'static str)> {
    static TABLE: OnceLock<Table<(&'static str, &'static str)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::new();
        for mut columns in rows(DEFAULTS) {
            if let (Some(ty), Some(attribute), Some(json)) = (columns.next(), columns.next(), columns.next()) {
                table.entry(ty).or_insert_with(Vec::new).push((attribute, json));
            }
        }
        table
    })
}

fn table_key(instance: &ResourceInstance) -> String {
    match instance.mode {
        Mode::Data => format!("data.{}", instance.ty),
        Mode::Managed | Mode::Ephemeral => instance.ty.to_string(),
    }
}

/// The attributes that the tables know for a resource, besides configured ones.
pub(super) fn attributes(instance: &ResourceInstance) -> Vec<&'static str> {
    let key = table_key(instance);
    let computed = computed().get(key.as_str()).into_iter().flatten().map(|line| line.attribute);
    let defaults = defaults().get(key.as_str()).into_iter().flatten().map(|(attribute, _)| *attribute);
    computed.chain(defaults).filter(|attribute| !attribute.contains('.')).collect()
}

/// The provider's value for an attribute that is not configured; `None` when the tables do not know it.
pub(super) fn attribute(instance: &ResourceInstance, world: &World<'_>, name: &str) -> Option<Value> {
    let key = table_key(instance);
    let lines = computed().get(key.as_str()).into_iter().flatten().filter(|line| line.attribute == name);
    for line in lines {
        let holds = line.conditions.split_whitespace().all(|condition| {
            let (attribute, wanted) = condition.split_once('=').unwrap_or((condition, ""));
            match given(instance, world, attribute) {
                Some(value) => render(&value) == wanted,
                None => wanted.is_empty(),
            }
        });
        if holds {
            return Some(fill(instance, world, line.template));
        }
    }
    default(&key, name).map(|value| value.written_at(instance.block.header))
}

/// A configured value as AWS gives it back.
pub(super) fn given_back(ty: &str, name: &str, value: Value) -> Value {
    match STRIPPED.iter().find(|(of, attribute, _)| *of == ty && *attribute == name) {
        Some((.., prefix)) => without_prefix(value, prefix),
        None => value,
    }
}

/// A text without what it begins with, at the same place.
fn without_prefix(value: Value, prefix: &str) -> Value {
    trim_prefix(&value, prefix).at(value.origin).marked(value.sensitive)
}

/// The default that the provider's schema gives an attribute.
fn default(key: &str, name: &str) -> Option<Value> {
    let (_, json) = defaults().get(key)?.iter().find(|(attribute, _)| *attribute == name)?;
    Some(match serde_json::from_str(json).ok()? {
        serde_json::Value::Bool(truth) => truth.into(),
        serde_json::Value::Number(number) => Number::parse(&number.to_string())?.into(),
        serde_json::Value::String(text) => Value::string(text),
        _ => return None,
    })
}

/// An attribute as configured or by default, not as computed; `None` when it is neither, or null.
fn given(instance: &ResourceInstance, world: &World<'_>, name: &str) -> Option<Value> {
    let configured = instance.configured(world, name).filter(|value| !value.is_null());
    configured.or_else(|| default(&table_key(instance), name))
}

/// Another attribute of the same resource; `None` when it is neither configured nor known to the tables, or null.
fn sibling(instance: &ResourceInstance, world: &World<'_>, name: &str) -> Option<Value> {
    let mut parts = name.split('.');
    let first: Arc<str> = parts.next()?.into();
    let configured = instance.configured(world, &first).filter(|value| !value.is_null());
    let mut value = configured.or_else(|| attribute(instance, world, &first))?;
    for part in parts {
        let inner = value.as_items().and_then(<[Value]>::first).unwrap_or(&value);
        value = inner.field(part)?.clone();
    }
    Some(value)
}

fn fill(instance: &ResourceInstance, world: &World<'_>, template: &str) -> Value {
    let header = instance.block.header;
    let mut pieces = Vec::new();
    let mut origins = Vec::new();
    let mut length = 0usize;
    let mut add = |piece: Piece, origin: Origin| {
        let start = u32::try_from(length).unwrap_or(u32::MAX);
        if let Piece::Text(text) = &piece {
            length += text.len();
        }
        origins.push(TextPiece { start, origin, verbatim: false });
        pieces.push(piece);
    };
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        let Some((reference, tail)) = after.get(1..).and_then(|after| after.split_once('}')) else {
            break;
        };
        if !before.is_empty() {
            add(Piece::Text(before.into()), Origin::source(header));
        }
        let value = reference_value(instance, world, reference);
        for piece in value.as_pieces().unwrap_or_default() {
            add(piece, value.origin.clone());
        }
        rest = tail;
    }
    if !rest.is_empty() {
        add(Piece::Text(rest.into()), Origin::source(header));
    }
    // A template of one reference hands the value on, with its origin.
    let origin = match origins.as_slice() {
        [only] if !only.origin.is_empty() => only.origin.clone(),
        _ => Origin::text(header, origins),
    };
    Value::from_pieces(pieces).at(origin)
}

fn reference_value(instance: &ResourceInstance, world: &World<'_>, reference: &str) -> Value {
    let (name, default) = reference.split_once('|').map_or((reference, None), |(name, default)| (name, Some(default)));
    if let Some((name, mark)) = name.split_once("##") {
        let configured = given(instance, world, name).and_then(|value| after(&value, mark));
        return configured.unwrap_or_else(|| unset(instance, name));
    }
    let (name, prefix) = name.split_once('#').map_or((name, None), |(name, prefix)| (name, Some(prefix)));
    let ambient = |name: &str, reason: &str| {
        Value::unknown(Unknown {
            not_null: true,
            ..Unknown::new(Type::String, reason, Some(instance.block.header)).named(name)
        })
    };
    match name {
        "account" => return ambient("account", "the AWS account is known when Terraform runs"),
        // Only what is given: `data.aws_region` has a `region` that is itself this template.
        "region" => return given(instance, world, "region").unwrap_or_else(|| world.region()),
        "partition" => return ambient_of_region(world, |region| partition(region).0, "partition"),
        "dns_suffix" => return ambient_of_region(world, |region| partition(region).1, "dns_suffix"),
        "reverse_dns_prefix" => return ambient("reverse_dns_prefix", "the AWS partition is known when Terraform runs"),
        _ => {}
    }
    let value = sibling(instance, world, name).or_else(|| default.map(Value::from));
    let Some(value) = value else {
        return unset(instance, name);
    };
    let value = convert(&value, &Type::String).unwrap_or(value);
    match prefix {
        Some(prefix) => without_prefix(value, prefix),
        None => value,
    }
}

/// What nobody configured and the tables do not know.
fn unset(instance: &ResourceInstance, name: &str) -> Value {
    Value::unknown(Unknown { ty: Type::String, ..instance.rest().attribute(name, instance.block.header) })
}

/// What follows a mark in a text; `None` when what is known of it does not hold the mark.
fn after(value: &Value, mark: &str) -> Option<Value> {
    let mut pieces = value.as_pieces()?;
    let holds = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains(mark));
    let mut rest = pieces.split_off(pieces.iter().rposition(holds)?);
    if let Some(Piece::Text(text)) = rest.first_mut() {
        *text = text.rsplit(mark).next().unwrap_or("").into();
    }
    Some(Value::from_pieces(rest).at(value.origin.clone()))
}

/// Partition and DNS suffix of a region. Source: terraform-provider-aws, the endpoints package.
fn partition(region: &str) -> (&'static str, &'static str) {
    match region {
        _ if region.starts_with("cn-") => ("aws-cn", "amazonaws.com.cn"),
        _ if region.starts_with("us-gov-") => ("aws-us-gov", "amazonaws.com"),
        _ if region.starts_with("us-iso-") => ("aws-iso", "c2s.ic.gov"),
        _ if region.starts_with("us-isob-") => ("aws-iso-b", "sc2s.sgov.gov"),
        _ => ("aws", "amazonaws.com"),
    }
}

fn ambient_of_region(world: &World<'_>, pick: impl Fn(&str) -> &'static str, name: &str) -> Value {
    let region = world.region();
    match region.as_str() {
        Some(known) => Value::string(pick(known)),
        None => {
            let span = region.first_unknown().and_then(|unknown| unknown.span);
            let unknown =
                Unknown::new(Type::String, "the AWS partition is known when Terraform runs", span).named(name);
            Value::unknown(Unknown { not_null: true, ..unknown })
        }
    }
}
