//! Whether a plan was made of these sources.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::document::ModuleConfiguration;
use super::overlay::agrees;
use super::{Plan, planned};
use crate::eval::{Budget, Constants, Evaluator};
use crate::source::Span;
use crate::syntax::hcl::ast::{Attribute, Block, Expr};
use crate::terraform::World;
use crate::terraform::config::{Configuration, Mode, Module, local_source};
use crate::terraform::errors::CALL_ARGUMENTS;
use crate::terraform::expand::{Expansion, InstanceKey};
use crate::terraform::instance::with_key;
use crate::terraform::references::in_expr;
use crate::terraform::resource::ResourceInstance;
use crate::value::{Value, to_json};

/// Something in which the sources are not those that a plan was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What, as a sentence without a full stop.
    pub message: String,
    /// Where; `None` for what is no longer there.
    pub span: Option<Span>,
}

impl Difference {
    fn at(span: Span, message: String) -> Self {
        Self { message, span: Some(span) }
    }
}

impl Plan {
    /// The first difference between the root module in `dir`, with the modules it calls from this repository, and what
    /// the plan was made of. What is computed from several places is not compared, so that none may be found where there
    /// is one.
    #[must_use]
    pub fn difference(&self, configuration: &Configuration, dir: &str) -> Option<Difference> {
        let budget = Budget::new();
        let comparison = Comparison { configuration, budget: &budget };
        let module = configuration.modules.get(dir).filter(|module| !module.is_planned)?;
        comparison.modules(&self.configuration, module, "")
    }
}

impl World<'_> {
    /// The first resource instance that only the sources or only the plan have, where both are known to be complete.
    #[must_use]
    pub fn plan_difference(&self) -> Option<Difference> {
        let plan = self.plan()?;
        let written = self.instances().iter().filter(|owner| !owner.module.is_planned);
        written.into_iter().find_map(|owner| {
            owner.module.resources.iter().filter(|((mode, ..), _)| *mode == Mode::Managed).find_map(
                |((mode, ty, name), block)| {
                    let address = owner.qualify(&mode.address(ty, name));
                    let resource = self.resource(owner, *mode, ty, name).ok()??;
                    let planned: BTreeSet<InstanceKey> = plan.keys(&address, false)?.into_iter().collect();
                    let expected: BTreeSet<InstanceKey> = match &resource.instances {
                        Expansion::Unknown(..) => return None,
                        known => known.items().iter().map(|(key, _)| key.clone()).collect(),
                    };
                    let only = planned.symmetric_difference(&expected).next()?;
                    let address = with_key(&address, only);
                    let message = match planned.contains(only) {
                        true => format!("the plan was made with `{address}`"),
                        false if plan.deletes(&address) => format!("the plan deletes `{address}`"),
                        false => format!("the plan was made without `{address}`"),
                    };
                    Some(Difference::at(block.header, message))
                },
            )
        })
    }
}

struct Comparison<'c> {
    configuration: &'c Configuration,
    budget: &'c Budget,
}

impl Comparison<'_> {
    fn modules(&self, planned: &ModuleConfiguration, module: &Module, address: &str) -> Option<Difference> {
        let dot = if address.is_empty() { "" } else { "." };
        let name = |local: &str| format!("{address}{dot}{local}");
        names(planned, module, &name).or_else(|| self.blocks(planned, module)).or_else(|| {
            module.calls.iter().find_map(|(call, block)| {
                let called = local_source(&module.dir, block).and_then(|dir| self.configuration.modules.get(&dir))?;
                let planned = planned.module_calls.get(&**call).map(|call| &call.module);
                let planned = planned.filter(|_| !called.is_empty())?;
                self.modules(planned, called, &name(&format!("module.{call}")))
            })
        })
    }

    fn blocks(&self, planned: &ModuleConfiguration, module: &Module) -> Option<Difference> {
        let resources = planned.resources.iter().find_map(|resource| {
            let id = (resource.mode(), Arc::from(resource.ty.as_str()), Arc::from(resource.name.as_str()));
            self.block(&resource.expressions, module.resources.get(&id)?, ResourceInstance::is_own)
        });
        let is_input = |name: &str| !CALL_ARGUMENTS.contains(&name);
        let calls = || {
            let mut calls = planned.module_calls.iter();
            calls.find_map(|(name, call)| self.block(&call.expressions, module.calls.get(&**name)?, is_input))
        };
        let defaults = || {
            let mut variables = planned.variables.iter();
            variables.find_map(|(name, variable)| self.default(&variable.default, module.variables.get(&**name)?))
        };
        resources.or_else(calls).or_else(defaults)
    }

    /// Compares a variable's default, which has its type in the plan: other attributes, and sets in another order.
    fn default(&self, then: &Json, block: &Block) -> Option<Difference> {
        let attribute = block.body.attribute("default")?;
        let now = self.constant(&attribute.value).filter(|now| !now.is_null() && !holds_sequence(now))?;
        let then = planned::value(then, &Json::Null, &Json::Null);
        if !contradicts(&then, &now) || then.first_unknown().is_some() {
            return None;
        }
        let message = format!("the plan was made when this default was {}", shown(&then));
        Some(Difference::at(attribute.value.span, message))
    }

    fn block(
        &self,
        expressions: &Map<String, Json>,
        block: &Block,
        is_compared: impl Fn(&str) -> bool,
    ) -> Option<Difference> {
        let own = || block.body.attributes.iter().filter(|attribute| is_compared(&attribute.name.value));
        let changed = own().find_map(|attribute| self.argument(expressions, attribute));
        changed.or_else(|| {
            let written = |name: &str| {
                let is_block = |inner: &Block| &*inner.kind.value == name;
                block.body.attribute(name).is_some() || block.body.blocks.iter().any(is_block)
            };
            let gone = expressions.keys().find(|name| !written(name))?;
            Some(Difference::at(block.header, format!("the plan was made when `{gone}` was set here")))
        })
    }

    fn argument(&self, expressions: &Map<String, Json>, attribute: &Attribute) -> Option<Difference> {
        let name = &attribute.name.value;
        let Some(expression) = expressions.get(&**name) else {
            return Some(Difference::at(attribute.span, format!("the plan was made when `{name}` was not set here")));
        };
        let now = self.constant(&attribute.value)?;
        let then = match (expression.get("constant_value"), expression.get("references")) {
            (Some(constant), _) => {
                let then = planned::value(constant, &Json::Null, &Json::Null);
                let is_same = agrees(&then, &now, true) && agrees(&now, &then, true);
                if is_same || then.first_unknown().is_some() {
                    return None;
                }
                shown(&then)
            }
            (None, Some(_)) => "computed".to_owned(),
            (None, None) => return None,
        };
        let message = format!("the plan was made when `{name}` was {then}, and this is {}", shown(&now));
        Some(Difference::at(attribute.value.span, message))
    }

    /// The value of an expression that refers to nothing, not even where `try` would catch it.
    fn constant(&self, expr: &Expr) -> Option<Value> {
        let mut refers = false;
        in_expr(expr, &mut |_| refers = true);
        if refers {
            return None;
        }
        let value = Evaluator::new(&Constants, self.budget).evaluate(expr).ok()?;
        value.first_unknown().is_none().then_some(value)
    }
}

/// Whether two values differ in something that both have.
fn contradicts(then: &Value, now: &Value) -> bool {
    match (then.as_fields(), now.as_fields()) {
        (Some(then), Some(now)) => {
            then.iter().any(|(name, value)| now.get(name).is_some_and(|now| contradicts(value, now)))
        }
        // Null stands for what the type has in its place.
        _ => !now.is_null() && !agrees(then, now, true),
    }
}

fn holds_sequence(value: &Value) -> bool {
    value.as_items().is_some() || value.as_fields().into_iter().flatten().any(|(_, field)| holds_sequence(field))
}

/// A value in a sentence.
fn shown(value: &Value) -> String {
    let text = to_json(value).to_string();
    if text.chars().count() > 60 { "something else".to_owned() } else { text }
}

/// What only one of both declares.
fn names(planned: &ModuleConfiguration, module: &Module, name: &dyn Fn(&str) -> String) -> Option<Difference> {
    let then = planned_names(planned);
    let now: Vec<(String, Span)> = declared_names(module);
    if let Some((new, span)) = now.iter().find(|(declared, _)| !then.contains(declared)) {
        return Some(Difference::at(*span, format!("the plan was made without `{}`", name(new))));
    }
    let now: BTreeSet<&str> = now.iter().map(|(name, _)| name.as_str()).collect();
    // A file that could not be read may declare it.
    let gone = then.iter().find(|declared| !now.contains(declared.as_str())).filter(|_| module.gaps.is_empty())?;
    Some(Difference {
        message: format!("the plan was made of sources with `{}`, which is not here", name(gone)),
        span: None,
    })
}

/// Data sources are left out: those in `check` blocks count as the module's in a plan.
fn planned_names(planned: &ModuleConfiguration) -> BTreeSet<String> {
    let resources = planned.resources.iter().filter(|resource| resource.mode() == Mode::Managed);
    let resources = resources.map(|resource| Mode::Managed.address(&resource.ty, &resource.name));
    let calls = planned.module_calls.keys().map(|call| format!("module.{call}"));
    let variables = planned.variables.keys().map(|variable| format!("var.{variable}"));
    let outputs = planned.outputs.keys().map(|output| format!("output.{output}"));
    resources.chain(calls).chain(variables).chain(outputs).collect()
}

fn declared_names(module: &Module) -> Vec<(String, Span)> {
    let managed = module.resources.iter().filter(|((mode, ..), _)| *mode == Mode::Managed);
    let resources = managed.map(|((mode, ty, name), block)| (mode.address(ty, name), block.header));
    let calls = module.calls.iter().map(|(call, block)| (format!("module.{call}"), block.header));
    let variables = module.variables.iter().map(|(variable, block)| (format!("var.{variable}"), block.header));
    let outputs = module.outputs.iter().map(|(output, block)| (format!("output.{output}"), block.header));
    resources.chain(calls).chain(variables).chain(outputs).collect()
}
