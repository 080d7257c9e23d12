//! Every resource instance with all that is configured for it.

use std::sync::Arc;

use super::Found;
use crate::terraform::{InstanceKey, Mode};
use crate::value::Value;

/// `$.resources`
pub(super) fn all(all: &[Found<'_, '_>]) -> Value {
    Value::tuple(all.iter().map(resource).collect())
}

fn resource(found: &Found<'_, '_>) -> Value {
    let instance = &found.instance;
    let header = instance.block.header;
    let key = match &instance.key {
        InstanceKey::None | InstanceKey::Unknown => Value::null(),
        InstanceKey::Index(index) => Value::from(*index),
        InstanceKey::Name(name) => Value::string(Arc::clone(name)),
    };
    let mode = match instance.mode {
        Mode::Managed => "managed",
        Mode::Data => "data",
        Mode::Ephemeral => "ephemeral",
    };
    Value::record([
        ("address", found.address()),
        ("mode", Value::from(mode)),
        ("type", Value::string(Arc::clone(&instance.ty))),
        ("name", Value::string(Arc::clone(&instance.name))),
        ("key", key),
        ("module", Value::string(Arc::clone(&instance.owner.address))),
        ("values", Value::object(instance.values(found.world)).written_at(header)),
        ("lifecycle", Value::record([("ignore_changes", instance.ignored_changes())]).written_at(header)),
    ])
    .written_at(header)
}
