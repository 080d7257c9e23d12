//! Modules that only a plan tells of: those whose files are not here.

use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value as Json;

use super::Plan;
use super::document::{ModuleConfiguration, ResourceConfiguration};
use crate::source::{Span, Spanned};
use crate::syntax::hcl::ast::{Attribute, Block, Body, Expr, ExprKind, Name, Step, StepKind};
use crate::terraform::config::{Configuration, Mode, Module};

impl Plan {
    /// What the plan tells of the module that these calls lead to; everything in it has its place at `place`.
    pub(in crate::terraform) fn module(&self, calls: &[&str], place: Span) -> Option<Rc<Module>> {
        let mut configuration = &self.configuration;
        for call in calls {
            configuration = &configuration.module_calls.get(*call)?.module;
        }
        Some(Rc::new(module(configuration, place)))
    }
}

impl Configuration {
    /// Adds the root module that a plan tells of, where there are no sources.
    pub fn add_planned(&mut self, plan: &Plan) {
        self.modules.insert(String::new(), Rc::new(module(&plan.configuration, plan.place)));
    }
}

fn module(configuration: &ModuleConfiguration, place: Span) -> Module {
    let block = |kind: &str, labels: &[&str], body: Body| {
        let labels = labels.iter().map(|label| name(label, place)).collect();
        Arc::new(Block { kind: name(kind, place), labels, body, header: place, span: place })
    };
    let mut module = Module { is_planned: true, ..Module::default() };
    for resource in &configuration.resources {
        let kind = if resource.mode() == Mode::Data { "data" } else { "resource" };
        module.add(&block(kind, &[&resource.ty, &resource.name], resource_body(resource, place)));
    }
    for label in configuration.module_calls.keys() {
        module.add(&block("module", &[label], body([], place)));
    }
    for label in configuration.outputs.keys() {
        module.add(&block("output", &[label], body([], place)));
    }
    for label in configuration.variables.keys() {
        module.add(&block("variable", &[label], body([], place)));
    }
    module
}

/// A body with a resource's arguments: which there are is known, seldom how they are written. `count` and `for_each` are
/// left out, for the plan has the instances.
fn resource_body(resource: &ResourceConfiguration, place: Span) -> Body {
    let arguments = resource.expressions.iter().map(|(label, json)| (label.as_str(), expression(json, place)));
    body(arguments, place)
}

/// What hangs on a variable alone is taken for that variable; where the module makes something else of it, the plan says
/// what.
fn expression(json: &Json, place: Span) -> ExprKind {
    let references = json.get("references").and_then(Json::as_array).map(Vec::as_slice);
    let variable = match references {
        Some([only]) => only.as_str().and_then(|reference| reference.strip_prefix("var.")),
        _ => None,
    };
    let Some(variable) = variable else {
        return ExprKind::Invalid;
    };
    let base = Box::new(Expr { kind: ExprKind::Variable("var".into()), span: place });
    ExprKind::Access { base, steps: vec![Step { kind: StepKind::Attribute(variable.into()), span: place }] }
}

fn body<'n>(arguments: impl IntoIterator<Item = (&'n str, ExprKind)>, place: Span) -> Body {
    let attribute =
        |(label, kind)| Attribute { name: name(label, place), value: Expr { kind, span: place }, span: place };
    Body { attributes: arguments.into_iter().map(attribute).collect(), blocks: Vec::new(), span: place }
}

fn name(text: &str, place: Span) -> Name {
    Spanned::new(text.into(), place)
}
