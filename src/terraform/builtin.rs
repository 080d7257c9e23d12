//! `terraform_data`, the one resource that Terraform itself provides.

use std::sync::Arc;

use super::config::Mode;
use super::instance::World;
use super::resource::ResourceInstance;
use crate::eval::{EvalError, Evaluated};
use crate::source::Span;
use crate::value::{Type, Unknown, Value};

/// Its arguments, and then what it computes.
const ATTRIBUTES: [&str; 4] = ["input", "triggers_replace", "id", "output"];

/// Whether a resource is one, so that all its attributes are known by name.
pub(super) fn is_builtin(instance: &ResourceInstance) -> bool {
    instance.mode == Mode::Managed && &*instance.ty == "terraform_data"
}

/// Everything it has.
pub(super) fn attributes() -> [&'static str; 4] {
    ATTRIBUTES
}

/// An attribute that is not configured.
pub(super) fn attribute(instance: &ResourceInstance, world: &World<'_>, name: &Arc<str>, at: Span) -> Evaluated {
    let header = instance.block.header;
    let unknown = |ty: Type, not_null: bool| {
        Value::unknown(Unknown { ty, not_null, ..instance.rest().attribute(name, at) }).written_at(header)
    };
    match &**name {
        "id" => Ok(unknown(Type::String, true)),
        "output" => {
            let input = instance.configured(world, "input");
            Ok(if input.is_none_or(|input| input.is_null()) {
                Value::null().written_at(header)
            } else {
                unknown(Type::Any, false)
            })
        }
        "input" | "triggers_replace" => Ok(Value::null().written_at(header)),
        _ => Err(unsupported(name, at)),
    }
}

/// The errors in its block: arguments and nested blocks that it does not have.
pub(super) fn errors(instance: &ResourceInstance) -> Vec<EvalError> {
    let body = &instance.block.body;
    let attributes = body.attributes.iter().map(|attribute| &attribute.name);
    let names = attributes.chain(body.blocks.iter().map(|block| &block.kind));
    let arguments = ["input", "triggers_replace"];
    names
        .filter(|name| ResourceInstance::is_own(&name.value) && !arguments.contains(&&*name.value))
        .map(|name| unsupported(&name.value, name.span))
        .collect()
}

fn unsupported(name: &str, at: Span) -> EvalError {
    EvalError::new(at, format!("`terraform_data` has no `{name}`")).suggesting(name, ATTRIBUTES)
}
