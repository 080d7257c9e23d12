//! A plan: what `terraform show -json` says will be, laid over what the sources evaluate to.
//!
//! The sources stay what is read, so that everything keeps its place; the plan knows the values
//! that they hang on: variables, data sources, which instances there are, what the provider makes
//! of it. What is only in the plan has its place where a source calls for it, else in the plan.

mod declared;
mod document;
mod matching;
mod overlay;
mod planned;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value as Json;

use self::document::{Document, Identity, ModuleConfiguration, StateModule};
use super::config::Mode;
use super::expand::InstanceKey;
use super::instance::with_key;
use crate::eval::{Budget, Constants, Evaluator};
use crate::source::{Reader, Sources, Span};
use crate::syntax::hcl::ast::{Expr, ExprKind, Step, StepKind};
use crate::syntax::hcl::parse_expression;
use crate::value::{Fields, Value};

pub use matching::Difference;
pub(super) use overlay::{given, overlaid};

/// The text of a plan, in the form that `terraform show -json` prints.
#[derive(Debug, Clone)]
pub struct PlanText {
    /// The file's path: relative to the workspace root when it lies inside.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// Why a text is not a plan that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// The file that `-out` writes.
    #[error("this is the plan as Terraform keeps it, and not as JSON")]
    Binary,
    /// What `terraform plan -json` prints.
    #[error("this is the log of a run, as `terraform plan -json` prints it, and no plan")]
    Log,
    /// A state.
    #[error("this is a state and no plan")]
    State,
    /// Anything else that is not a plan.
    #[error("this is no plan: {0}")]
    Malformed(String),
    /// A version of the format that is not known.
    #[error("this plan has version {0} of the format, and trysquare reads version 1, which Terraform writes since 1.1")]
    Version(String),
    /// A plan that Terraform could not finish.
    #[error("Terraform stopped with errors while it made this plan, so it does not say what there will be")]
    Errored,
}

/// How to come by a plan.
pub const HOW_TO_PLAN: &str =
    "make one with `terraform plan -out=plan.out`, and then `terraform show -json plan.out > plan.json`";

/// A plan of one root module.
#[derive(Debug)]
pub struct Plan {
    /// The file, as the place of what has no other.
    place: Span,
    /// What the root module's variables were set to, not yet of their types.
    variables: BTreeMap<Arc<str>, Value>,
    /// The root module's outputs.
    outputs: BTreeMap<Arc<str>, Value>,
    /// Attributes by the address of the resource instance.
    instances: HashMap<String, Fields>,
    /// Which instances there are, by the address of a resource, or of a module call with resources in it.
    keys: HashMap<String, BTreeSet<InstanceKey>>,
    /// The addresses of what there will not be any more.
    deleted: HashSet<String>,
    /// What the root module declared when the plan was made.
    configuration: ModuleConfiguration,
    /// Whether what is not in the plan will not be there.
    is_complete: bool,
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// When the text is something else, or the plan cannot be used.
    pub fn read(plan: &PlanText, reader: &Reader<'_>) -> Result<Self, PlanError> {
        let text = plan.text.trim_start_matches('\u{feff}');
        let document: Document = serde_json::from_str(text).map_err(|error| not_json(text, &error))?;
        let version = match document.format_version.as_deref() {
            _ if document.values.is_some() || document.serial.is_some() => return Err(PlanError::State),
            None => return Err(PlanError::Malformed("it has no `format_version`".to_owned())),
            Some(version) => version,
        };
        if version.split('.').next() != Some("1") {
            return Err(PlanError::Version(version.to_owned()));
        }
        if document.errored {
            return Err(PlanError::Errored);
        }
        let (Some(values), Some(configuration)) = (document.planned_values, document.configuration) else {
            return Err(PlanError::Malformed("it has no `planned_values` or no `configuration`".to_owned()));
        };
        // The text itself is kept out of what is shown: it is one line, of any length.
        let file = reader.add_apart(&plan.path, "");
        let known = |json: &Json| planned::value(json, &Json::Null, &Json::Null);
        let variables =
            document.variables.iter().map(|(name, variable)| (name.as_str().into(), known(&variable.value)));
        let outputs = values.outputs.iter().filter(|(_, output)| output.r#type.is_some());
        let outputs =
            outputs.map(|(name, output)| (name.as_str().into(), known(&output.value).marked(output.sensitive)));
        let mut read = Self {
            place: Span::new(file, 0, 0),
            variables: variables.collect(),
            outputs: outputs.collect(),
            instances: HashMap::new(),
            keys: HashMap::new(),
            deleted: HashSet::new(),
            configuration: configuration.root_module,
            is_complete: document.complete.unwrap_or(false),
        };
        if let Some(state) = document.prior_state.and_then(|state| state.values).and_then(|values| values.root_module) {
            read.add_data(&state)?;
            // A plan that only refreshes the state says nothing of what there will be.
            read.is_complete &= !document.resource_changes.is_empty() || !state.has_managed();
        }
        for resource in document.resource_changes.iter().filter(|resource| resource.deposed.is_none()) {
            let change = &resource.change;
            match planned::attributes(&change.after, &change.after_unknown, &change.after_sensitive) {
                Some(after) => read.add(&resource.module_address, &resource.identity, after)?,
                None => {
                    read.deleted.insert(resource.address.clone());
                }
            }
        }
        Ok(read)
    }

    /// What data sources were read to be, which is in the state as it was before.
    fn add_data(&mut self, module: &StateModule) -> Result<(), PlanError> {
        for resource in module.resources.iter().filter(|resource| resource.identity.mode() == Mode::Data) {
            if let Some(values) = planned::attributes(&resource.values, &Json::Null, &resource.sensitive_values) {
                self.add(&module.address, &resource.identity, values)?;
            }
        }
        module.child_modules.iter().try_for_each(|child| self.add_data(child))
    }

    fn add(&mut self, module: &str, identity: &Identity, values: Fields) -> Result<(), PlanError> {
        let key = match &identity.index {
            Json::Null => InstanceKey::None,
            Json::Number(index) if index.as_u64().is_some() => {
                InstanceKey::Index(index.as_u64().and_then(|index| index.try_into().ok()).unwrap_or(usize::MAX))
            }
            Json::String(name) => InstanceKey::Name(name.as_str().into()),
            other => return Err(PlanError::Malformed(format!("{other} is no index of an instance"))),
        };
        let mut address = String::new();
        for (call, key) in module_path(module)? {
            address = qualified(&address, &format!("module.{call}"));
            self.keys.entry(address.clone()).or_default().insert(key.clone());
            address = with_key(&address, &key);
        }
        let resource = qualified(&address, &identity.mode().address(&identity.ty, &identity.name));
        self.instances.insert(with_key(&resource, &key), values);
        self.keys.entry(resource).or_default().insert(key);
        Ok(())
    }

    /// The plan's file, as a place.
    #[must_use]
    pub fn place(&self) -> Span {
        self.place
    }

    /// What a variable of the root module was set to.
    pub(super) fn variable(&self, name: &str) -> Option<&Value> {
        self.variables.get(name)
    }

    /// What an output of the root module will be, when that is known.
    pub(super) fn output(&self, name: &str) -> Option<&Value> {
        self.outputs.get(name)
    }

    /// The attributes that a resource instance will have.
    pub(super) fn instance(&self, address: &str) -> Option<&Fields> {
        self.instances.get(address)
    }

    /// Whether a resource instance will be deleted.
    fn deletes(&self, address: &str) -> bool {
        self.deleted.contains(address)
    }

    /// Which instances of a resource or module call there will be, as far as the plan tells: without any, it may be that
    /// nothing of it is planned, or that it is a module without resources.
    pub(super) fn keys(&self, address: &str, is_module: bool) -> Option<Vec<InstanceKey>> {
        match self.keys.get(address) {
            Some(keys) => Some(keys.iter().cloned().collect()),
            None => (self.is_complete && !is_module).then(Vec::new),
        }
    }
}

/// An address in a module.
fn qualified(module: &str, local: &str) -> String {
    if module.is_empty() { local.to_owned() } else { format!("{module}.{local}") }
}

fn not_json(text: &str, error: &serde_json::Error) -> PlanError {
    match text {
        _ if text.trim().is_empty() => PlanError::Empty,
        // Such a file is a ZIP archive.
        _ if text.starts_with("PK") => PlanError::Binary,
        _ if text.starts_with("{\"@") => PlanError::Log,
        _ if !text.trim_start().starts_with('{') => PlanError::Malformed("it is no JSON object".to_owned()),
        _ => PlanError::Malformed(error.to_string()),
    }
}

/// The calls that lead to a module instance, from an address such as `module.a["x"].module.b[0]`.
fn module_path(address: &str) -> Result<Vec<(Arc<str>, InstanceKey)>, PlanError> {
    if address.is_empty() {
        return Ok(Vec::new());
    }
    let wrong = || PlanError::Malformed(format!("`{address}` is no address of a module"));
    let mut scratch = Sources::new();
    let file = scratch.add("", address);
    let (expr, problems) = parse_expression(file, address, 0..address.len());
    let ExprKind::Access { base, steps } = &expr.kind else {
        return Err(wrong());
    };
    if !problems.is_empty() || !matches!(&base.kind, ExprKind::Variable(name) if &**name == "module") {
        return Err(wrong());
    }
    let mut path: Vec<(Arc<str>, InstanceKey)> = Vec::new();
    let mut names = steps.iter().map(step).peekable();
    while let Some(call) = names.next() {
        let Some(PathPart::Name(call)) = call else {
            return Err(wrong());
        };
        let key = match names.next_if(|next| matches!(next, Some(PathPart::Key(_)))) {
            Some(Some(PathPart::Key(key))) => key,
            _ => InstanceKey::None,
        };
        path.push((call, key));
        // Then `.module` again, or the end.
        match names.next() {
            None => break,
            Some(Some(PathPart::Name(name))) if &*name == "module" && names.peek().is_some() => {}
            Some(_) => return Err(wrong()),
        }
    }
    Ok(path)
}

/// A step of a module's address.
enum PathPart {
    Name(Arc<str>),
    Key(InstanceKey),
}

fn step(step: &Step) -> Option<PathPart> {
    match &step.kind {
        StepKind::Attribute(name) => Some(PathPart::Name(Arc::clone(name))),
        StepKind::Index(key) => instance_key(key).map(PathPart::Key),
        StepKind::AttributeSplat(_) | StepKind::FullSplat(_) => None,
    }
}

fn instance_key(expr: &Expr) -> Option<InstanceKey> {
    let key = Evaluator::new(&Constants, &Budget::new()).evaluate(expr).ok()?;
    match (key.as_str(), key.as_number()) {
        (Some(name), _) => Some(InstanceKey::Name(name.into())),
        (None, Some(index)) => index.as_usize().map(InstanceKey::Index),
        (None, None) => None,
    }
}
