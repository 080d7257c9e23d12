//! The facts that rules see, as one value: `$.functions`, `$.alarms`, `$.statements` and so on.
//!
//! A rule says in HCL what must hold; what HCL cannot say well (joining an alarm to its function,
//! flattening policies to statements, reading scripts) is done here, once, as a fact.
//! `docs/model.md` describes every field.

mod actions;
mod alarms;
mod attachments;
mod denial;
mod ecr;
mod functions;
mod iam;
mod images;
mod inventory;
mod join;
mod logs;
mod managed;
mod permissions;
mod policy;
mod problems;
mod reached;
mod resources;
mod s3;
mod sections;
mod standard;
mod statement;
mod trust;
pub mod types;
mod workflows;

use std::rc::Rc;
use std::sync::Arc;

use crate::source::Reader;
use crate::standard::Standard;
use crate::terraform::{Mode, Problem, ResourceInstance, World};
use crate::value::{Data, Fields, Origin, Type, Unknown, Value, convert};
use crate::workflow::Workflow;

pub use sections::Sections;

pub use actions::{Action, action, expand};

/// Everything the facts are made from.
pub struct Facts<'f, 'w> {
    /// One world for each root module.
    pub worlds: &'f [World<'w>],
    /// The standard.
    pub standard: &'f Standard,
    /// The workflows, with what they call put in.
    pub workflows: &'f [Workflow],
    /// What could not be read.
    pub problems: &'f [Problem],
    /// Files.
    pub reader: &'f Reader<'f>,
}

/// A resource instance and the world it is in.
#[derive(Clone)]
pub(crate) struct Found<'f, 'w> {
    pub(crate) world: &'f World<'w>,
    pub(crate) instance: Rc<ResourceInstance>,
}

/// The model, and how many resource instances it was made from.
pub struct Model {
    /// `$`
    pub value: Value,
    /// Resource instances that were looked at.
    pub resources: usize,
}

impl Model {
    /// Builds the model. Of the parts that cost much and serve few it makes those in `sections`; the others are empty.
    #[must_use]
    pub fn build(facts: &Facts<'_, '_>, sections: &Sections) -> Self {
        let all = all_resources(facts.worlds);
        let documented = standard::documented(facts.standard, facts.reader);
        let inventory = inventory::Inventory::new(&all, facts, &documented, sections);
        let iam = iam::Iam::new(&all);
        let mut functions: Vec<functions::Function> = {
            let buckets = inventory.buckets.as_items().unwrap_or(&[]);
            functions::find(&all, &functions::Surroundings::new(&documented, &iam, buckets, inventory.gaps()))
        };
        let alarms = alarms::join(&all, &mut functions);
        let statements = iam.statements(&functions, facts.standard);
        let roles = iam.roles_value(&functions, facts.standard);
        let names = inventory.function_names(&functions);
        let functions: Vec<Value> =
            functions.into_iter().map(|function| function.into_value(inventory.gaps())).collect();
        let regions: Vec<Value> = facts.worlds.iter().flat_map(World::regions).collect();
        let subjects = workflows::Subjects {
            functions: &functions,
            documented: &documented,
            gaps: inventory.gaps(),
            repositories: inventory.repositories.as_items().unwrap_or(&[]),
            roles: roles.as_items().unwrap_or(&[]),
            regions: &regions,
            outputs: inventory.outputs.as_items().unwrap_or(&[]),
        };
        let workflows = workflows::build(facts.workflows, facts.standard, &subjects);
        let mut fields = Fields::new();
        let mut add = |name: &str, value: Value| {
            fields.insert(name.into(), value);
        };
        add("function_names", names);
        add("alarms", Value::tuple(alarms));
        add("permissions", Value::tuple(permissions::of(facts.standard, &statements, inventory.gaps())));
        add("statements", Value::tuple(statements));
        add("roles", roles);
        add("trusts", iam.trusts());
        add("log_groups", inventory.log_groups);
        add("log_group_names", inventory.log_group_names);
        add("buckets", inventory.buckets);
        add("repositories", inventory.repositories);
        add("repository_names", inventory.repository_names);
        add("variables", inventory.variables);
        add("outputs", inventory.outputs);
        add("output_names", inventory.output_names);
        add("invoke_permissions", inventory.invoke_permissions);
        add("modules", inventory.modules);
        add("validations", inventory.validations);
        add("errors", inventory.errors);
        add("functions", Value::tuple(workflows.functions));
        add("regions", Value::tuple(regions));
        add("deploy", workflows.deploy);
        add("workflows", workflows.workflows);
        add("deployments", workflows.deployments);
        add("problems", problems::all(facts));
        add("documented", Value::tuple(documented));
        add("standard", facts.standard.value.clone());
        if sections.wants("resources") {
            add("resources", resources::all(&all));
        }
        Self { value: Value::object(fields), resources: all.len() }
    }
}

/// Every resource instance of every world, in the order of their addresses.
fn all_resources<'f, 'w>(worlds: &'f [World<'w>]) -> Vec<Found<'f, 'w>> {
    let mut found = Vec::new();
    for world in worlds {
        for owner in world.instances() {
            for (mode, ty, name) in owner.module.resources.keys() {
                if let Ok(Some(resource)) = world.resource(owner, *mode, ty, name) {
                    let instances = resource.instances.items().iter();
                    found.extend(instances.map(|(_, instance)| Found { world, instance: Rc::clone(instance) }));
                }
            }
        }
    }
    found
}

impl Found<'_, '_> {
    /// Whether this is a managed resource of a type.
    pub(crate) fn is(&self, ty: &str) -> bool {
        self.instance.mode == Mode::Managed && &*self.instance.ty == ty
    }

    /// Whether this is a data source of a type.
    pub(crate) fn is_data(&self, ty: &str) -> bool {
        self.instance.mode == Mode::Data && &*self.instance.ty == ty
    }

    /// The address, as a value that points at the block's header.
    pub(crate) fn address(&self) -> Value {
        Value::string(Arc::clone(&self.instance.address)).written_at(self.instance.block.header)
    }

    /// An attribute as configured, or null at the block's header.
    pub(crate) fn configured(&self, name: &str) -> Value {
        let absent = || Value::null().written_at(self.instance.block.header);
        self.instance.configured(self.world, name).unwrap_or_else(absent)
    }

    /// An attribute as configured, computed or defaulted; unknown when only the provider knows it.
    pub(crate) fn attribute(&self, name: &str) -> Value {
        let key: Arc<str> = name.into();
        let header = self.instance.block.header;
        match self.instance.attribute(self.world, &key, header) {
            // Setting an attribute to null is leaving it out.
            Ok(value) if value.is_null() => {
                let default = self.instance.provided(self.world, name).unwrap_or_else(|| value.clone());
                default.at(if value.origin.is_empty() { Origin::source(header) } else { value.origin })
            }
            Ok(value) if value.origin.is_empty() => value.written_at(header),
            Ok(value) => value,
            Err(error) => Value::unknown(Unknown::new(Type::Any, error.reason(), Some(error.span))),
        }
    }

    /// An attribute that the provider takes as a number, whatever it was written as.
    pub(crate) fn number(&self, name: &str) -> Value {
        as_type(self.attribute(name), &Type::Number)
    }

    /// The only nested block of a kind; `None` when there is none. A block written as an attribute
    /// (`tf.json`, or `= [{ … }]`) counts as well.
    pub(crate) fn block(&self, kind: &str) -> Option<Value> {
        blocks(&self.configured(kind)).into_iter().next()
    }
}

/// Nested blocks as a list: a tuple of objects, one object, or the unknown that stands for them.
pub(crate) fn blocks(value: &Value) -> Vec<Value> {
    match (&value.data, value.as_items()) {
        (Data::Null(_), _) => Vec::new(),
        (_, Some(items)) => items.to_vec(),
        _ => vec![value.clone()],
    }
}

/// A field of a block; null at the block's place when it is not set, unknown when the block is.
pub(crate) fn block_field(block: &Value, name: &str) -> Value {
    match (&block.data, block.field(name)) {
        (_, Some(value)) => value.clone(),
        (Data::Unknown(unknown), None) => Value::unknown(unknown.derived(Type::Any)),
        _ => Value::null().at(block.origin.clone()),
    }
}

/// A value as the provider's schema would take it. What does not fit is unknown: Terraform would stop there, and
/// rules can count on the type.
pub(crate) fn as_type(value: Value, ty: &Type) -> Value {
    convert(&value, ty).unwrap_or_else(|_| {
        let reason = format!("this is a {}, and a {ty} is needed", value.ty().friendly());
        Value::unknown(Unknown::new(ty.clone(), reason, value.origin.span())).at(value.origin.clone())
    })
}

/// A text that has to be there; null is unknown.
pub(crate) fn required_text(value: Value) -> Value {
    if value.is_null() {
        let unknown = Unknown::new(Type::String, "it is not set", value.origin.span());
        return Value::unknown(unknown).at(value.origin);
    }
    as_type(value, &Type::String)
}

/// One value or a list of them, as a list.
pub(crate) fn one_or_many(value: Option<&Value>) -> Vec<Value> {
    value.map(blocks).unwrap_or_default()
}
