//! What else there is: log groups, buckets, repositories, variables, outputs, modules.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::functions::Function;
use super::join::naming;
use super::{Facts, Found, Sections, as_type, ecr, logs, statement};
use crate::source::Span;
use crate::syntax::hcl::ast::Block;
use crate::terraform::{Instance, Module, World};
use crate::value::{Answer, Data, Type, Unknown, Value};

/// Lists of things.
pub(super) struct Inventory {
    pub(super) log_groups: Value,
    pub(super) log_group_names: Value,
    pub(super) buckets: Value,
    pub(super) repositories: Value,
    pub(super) repository_names: Value,
    pub(super) variables: Value,
    pub(super) outputs: Value,
    pub(super) output_names: Value,
    pub(super) invoke_permissions: Value,
    pub(super) modules: Value,
    pub(super) validations: Value,
    pub(super) errors: Value,
    /// Why there may be more than we know of.
    gaps: Vec<Value>,
}

impl Inventory {
    pub(super) fn new(all: &[Found<'_, '_>], facts: &Facts<'_, '_>, documented: &[Value], sections: &Sections) -> Self {
        let wanted = |name: &str, make: &dyn Fn(&Facts<'_, '_>) -> Value| {
            if sections.wants(name) { make(facts) } else { Value::tuple(Vec::new()) }
        };
        let gaps = gaps(facts);
        let log_groups = logs::groups(all, facts.standard, documented);
        let repositories = ecr::repositories(all);
        let names = |things: &[Value]| {
            let names = things.iter().filter_map(|thing| thing.field("name").cloned());
            Value::tuple(names.chain(gaps.iter().cloned()).collect())
        };
        Self {
            log_group_names: names(&log_groups),
            repository_names: names(repositories.as_items().unwrap_or(&[])),
            log_groups: Value::tuple(log_groups),
            buckets: buckets(all),
            repositories,
            variables: wanted("variables", &variables),
            outputs: if prints_outputs(facts) { outputs(facts) } else { wanted("outputs", &outputs) },
            output_names: output_names(facts),
            invoke_permissions: invoke_permissions(all),
            modules: modules(facts),
            validations: wanted("validations", &validations),
            errors: wanted("errors", &errors),
            gaps,
        }
    }

    /// Unknown texts, one for every place where there may be more than we know of.
    pub(super) fn gaps(&self) -> &[Value] {
        &self.gaps
    }

    /// Names of all functions; one unknown more for every place where further ones may hide.
    pub(super) fn function_names(&self, functions: &[Function]) -> Value {
        let names = functions.iter().map(|function| function.field("function_name"));
        Value::tuple(names.chain(self.gaps.iter().cloned()).collect())
    }
}

/// Every `aws_s3_bucket`, created or read.
fn buckets(all: &[Found<'_, '_>]) -> Value {
    let policies = naming(all, "aws_s3_bucket_policy", "bucket");
    let of = |found: &&Found<'_, '_>| found.is("aws_s3_bucket") || found.is_data("aws_s3_bucket");
    let bucket = |found: &Found<'_, '_>| {
        let (name, origin) = (found.attribute("bucket"), found.address().origin);
        let policy = if !found.configured("policy").is_null() {
            Answer::Yes
        } else if found.is("aws_s3_bucket") {
            policies.any(&name)
        } else {
            let reason = "the bucket is only read here";
            Answer::Unknown(Arc::new(Unknown::new(Type::Bool, reason, origin.span())))
        };
        Value::record([
            ("address", found.address()),
            ("policy", statement::truth(policy)),
            ("arn", found.attribute("arn")),
            ("name", name),
        ])
        .at(origin)
    };
    Value::tuple(all.iter().filter(of).map(bucket).collect())
}

/// One unknown for every file that could not be read whole and every module that is not here.
fn gaps(facts: &Facts<'_, '_>) -> Vec<Value> {
    let unknown = |reason: Arc<str>, span: Option<Span>| Value::unknown(Unknown::new(Type::String, reason, span));
    let mut gaps = Vec::new();
    for world in facts.worlds {
        if world.is_cut_short() {
            gaps.push(unknown("there are more module instances than trysquare follows".into(), None));
        }
        for instance in world.instances() {
            gaps.extend(instance.module.gaps.iter().map(|reason| unknown(Arc::clone(reason), None)));
            for name in instance.module.calls.keys() {
                if let Err(missing) = world.children(instance, name) {
                    gaps.push(unknown(Arc::clone(&missing.reason), missing.span));
                }
            }
        }
    }
    gaps
}

/// A value that a module declares by name; `None` when it does not.
type Declared = Option<crate::eval::Evaluated>;

/// Everything that the modules declare by `blocks`, each with its value.
fn declared<'w>(
    facts: &Facts<'_, 'w>,
    blocks: impl Fn(&Module) -> &BTreeMap<Arc<str>, Arc<Block>>,
    value: impl Fn(&World<'w>, &Rc<Instance>, &Arc<str>, Span) -> Declared,
) -> Value {
    let mut items = Vec::new();
    for world in facts.worlds {
        // What fetched modules declare is nobody's business here, and a plan does not tell its values.
        let is_hidden = |instance: &Instance| instance.module.is_planned && !instance.address.is_empty();
        let instances = world.instances().iter().filter(|instance| !is_hidden(instance));
        for instance in instances {
            for (name, block) in blocks(&instance.module) {
                let value = value(world, instance, name, block.header);
                items.push(entry(name, &instance.address, block.header, value));
            }
        }
    }
    Value::tuple(items)
}

fn variables(facts: &Facts<'_, '_>) -> Value {
    declared(facts, |module| &module.variables, World::variable)
}

fn outputs(facts: &Facts<'_, '_>) -> Value {
    declared(facts, |module| &module.outputs, World::output)
}

/// Whether a workflow may ask Terraform for an output, as `terraform output -raw NAME` does.
fn prints_outputs(facts: &Facts<'_, '_>) -> bool {
    facts.workflows.iter().any(|workflow| facts.reader.text(workflow.file).contains(" output "))
}

/// Names of the root modules' outputs; an unknown one for every file of theirs that cannot be read whole.
fn output_names(facts: &Facts<'_, '_>) -> Value {
    let mut names = Vec::new();
    for world in facts.worlds {
        for root in world.instances().iter().filter(|instance| instance.address.is_empty()) {
            let named =
                |(name, block): (&Arc<str>, &Arc<Block>)| Value::string(Arc::clone(name)).written_at(block.header);
            names.extend(root.module.outputs.iter().map(named));
            let gap = |reason: &Arc<str>| Value::unknown(Unknown::new(Type::String, Arc::clone(reason), None));
            names.extend(root.module.gaps.iter().map(gap));
        }
    }
    Value::tuple(names)
}

/// Every `aws_lambda_permission`: who may invoke a function, and on whose behalf.
fn invoke_permissions(all: &[Found<'_, '_>]) -> Value {
    let text = |found: &Found<'_, '_>, name: &str| {
        let mut value = as_type(found.configured(name), &Type::String);
        if let Data::Unknown(unknown) = &value.data
            && statement::is_arn_attribute(unknown)
        {
            value.data = Data::Unknown(Arc::new(Unknown { not_null: true, ..unknown.as_ref().clone() }));
        }
        value
    };
    let items = all.iter().filter(|found| found.is("aws_lambda_permission")).map(|found| {
        let names = ["principal", "source_arn", "source_account", "principal_org_id", "event_source_token"];
        let fields = names.into_iter().map(|name| (name, text(found, name)));
        let more = [
            ("address", found.address()),
            ("action", text(found, "action")),
            ("function_url_auth_type", text(found, "function_url_auth_type")),
            ("function_name", text(found, "function_name")),
        ];
        Value::record(fields.chain(more)).at(found.address().origin)
    });
    Value::tuple(items.collect())
}

fn entry(name: &Arc<str>, module: &Arc<str>, header: Span, value: Declared) -> Value {
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

/// What variables demand of their values, and whether they have it.
fn validations(facts: &Facts<'_, '_>) -> Value {
    let validations = facts.worlds.iter().flat_map(World::validations).map(|validation| {
        Value::record([
            ("address", Value::string(validation.address).written_at(validation.header)),
            ("module", Value::string(validation.module)),
            ("variable", Value::string(validation.variable).written_at(validation.header)),
            ("condition", validation.condition),
            ("message", validation.message),
            ("value", validation.value),
        ])
        .written_at(validation.header)
    });
    Value::tuple(validations.collect())
}

/// What Terraform would stop at, each once however many root modules share it.
fn errors(facts: &Facts<'_, '_>) -> Value {
    let mut seen = std::collections::BTreeSet::new();
    let errors = facts.worlds.iter().flat_map(World::errors);
    let errors = errors.filter(|error| seen.insert((error.span, error.message.clone())));
    let items = errors.map(|error| {
        let help = error.help.map_or_else(Value::null, Value::string);
        Value::record([("message", Value::string(error.message)), ("help", help)]).written_at(error.span)
    });
    Value::tuple(items.collect())
}

fn modules(facts: &Facts<'_, '_>) -> Value {
    let mut items = Vec::new();
    for world in facts.worlds {
        for instance in world.instances() {
            items.push(Value::record([
                ("address", Value::string(Arc::clone(&instance.address))),
                ("dir", if instance.module.is_planned { Value::null() } else { Value::from(&*instance.module.dir) }),
            ]));
        }
    }
    Value::tuple(items)
}
