//! What else there is: log groups, buckets, repositories, variables, outputs, modules.

use std::sync::Arc;

use super::functions::Function;
use super::{Facts, Found};
use crate::source::Span;
use crate::value::{Data, Type, Unknown, Value};

/// Lists of things.
pub(super) struct Inventory {
    pub(super) log_groups: Value,
    pub(super) log_group_names: Value,
    pub(super) buckets: Value,
    pub(super) repositories: Value,
    pub(super) variables: Value,
    pub(super) outputs: Value,
    pub(super) modules: Value,
    /// Why there may be more than we know of.
    pub(super) gaps: Vec<Value>,
}

impl Inventory {
    pub(super) fn new(all: &[Found<'_, '_>], facts: &Facts<'_, '_>) -> Self {
        let of = |ty: &'static str| all.iter().filter(move |found| found.is(ty) || found.is_data(ty));
        let list = |ty: &'static str, fields: &[(&'static str, &'static str)]| {
            let items = of(ty).map(|found| {
                let pairs = fields.iter().map(|(name, attribute)| (*name, found.attribute(attribute)));
                Value::record(pairs.chain([("address", found.address())])).at(found.address().origin)
            });
            Value::tuple(items.collect())
        };
        let gaps = gaps(facts);
        let log_groups = list(
            "aws_cloudwatch_log_group",
            &[("name", "name"), ("retention_in_days", "retention_in_days"), ("arn", "arn")],
        );
        let names = log_groups.as_items().unwrap_or(&[]).iter().filter_map(|group| group.field("name").cloned());
        let log_group_names = Value::tuple(names.chain(gaps.iter().cloned()).collect());
        Self {
            log_groups,
            log_group_names,
            buckets: list("aws_s3_bucket", &[("name", "bucket"), ("arn", "arn")]),
            repositories: list("aws_ecr_repository", &[("name", "name"), ("url", "repository_url"), ("arn", "arn")]),
            variables: variables(facts),
            outputs: outputs(facts),
            modules: modules(facts),
            gaps,
        }
    }

    /// Names of all functions; one unknown more for every place where further ones may hide.
    pub(super) fn function_names(&self, functions: &[Function]) -> Value {
        let names = functions.iter().map(|function| function.field("function_name"));
        Value::tuple(names.chain(self.gaps.iter().cloned()).collect())
    }
}

/// One unknown for every file that could not be read whole and every module that is not here.
fn gaps(facts: &Facts<'_, '_>) -> Vec<Value> {
    let unknown = |reason: Arc<str>, span: Option<Span>| Value::unknown(Unknown::new(Type::String, reason, span));
    let mut gaps = Vec::new();
    for world in facts.worlds {
        for instance in world.instances() {
            gaps.extend(instance.module.gaps.iter().map(|reason| unknown(Arc::clone(reason), None)));
            for name in instance.module.calls.keys() {
                if let Err(missing) = world.children(&instance, name) {
                    gaps.push(unknown(Arc::clone(&missing.reason), missing.span));
                }
            }
        }
    }
    gaps
}

fn variables(facts: &Facts<'_, '_>) -> Value {
    let mut items = Vec::new();
    for world in facts.worlds {
        for instance in world.instances() {
            for (name, block) in &instance.module.variables {
                let value = world.variable(&instance, name, block.header);
                items.push(entry(name, &instance.address, block.header, value));
            }
        }
    }
    Value::tuple(items)
}

fn outputs(facts: &Facts<'_, '_>) -> Value {
    let mut items = Vec::new();
    for world in facts.worlds {
        for instance in world.instances() {
            for (name, block) in &instance.module.outputs {
                let value = world.output(&instance, name, block.header);
                items.push(entry(name, &instance.address, block.header, value));
            }
        }
    }
    Value::tuple(items)
}

fn entry(name: &Arc<str>, module: &Arc<str>, header: Span, value: Option<crate::eval::Evaluated>) -> Value {
    let value = match value {
        Some(Ok(value)) => value,
        Some(Err(error)) => Value::unknown(Unknown::new(Type::Any, error.reason(), Some(error.span))),
        None => Value::new(Data::Null(Type::Any)),
    };
    Value::record([
        ("name", Value::string(Arc::clone(name)).written_at(header)),
        ("module", Value::string(Arc::clone(module))),
        ("value", value),
    ])
    .written_at(header)
}

fn modules(facts: &Facts<'_, '_>) -> Value {
    let mut items = Vec::new();
    for world in facts.worlds {
        for instance in world.instances() {
            items.push(Value::record([
                ("address", Value::string(Arc::clone(&instance.address))),
                ("dir", Value::string(instance.module.dir.as_str())),
            ]));
        }
    }
    Value::tuple(items)
}
