//! What Terraform would stop at: every error of a configuration, each once.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::blocks::Dynamic;
use super::builtin;
use super::conditions;
use super::config::{Module, local_source};
use super::cycles;
use super::expand::{Expansion, Repetition, expansion_error};
use super::instance::{Instance, World};
use super::references::undeclared;
use super::resource::ResourceInstance;
use crate::eval::{EvalError, Evaluator};
use crate::source::{Span, is_fetched};
use crate::syntax::hcl::ast::{Block, Body};

/// Errors beyond this are dropped.
const MAX_ERRORS: usize = 200;

/// Arguments of a module call that are not the module's variables.
pub(super) const CALL_ARGUMENTS: &[&str] = &["source", "version", "providers", "count", "for_each", "depends_on"];

/// Names that no variable may have.
const RESERVED: &[&str] = &["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"];

impl World<'_> {
    /// Every error that Terraform would stop with, each once, in the order of their places. Everything there is gets
    /// evaluated for it; what is beyond our bounds, or hangs on something unknown, is no error.
    #[must_use]
    pub fn errors(&self) -> Vec<EvalError> {
        let mut errors = Errors { world: self, seen: BTreeSet::new(), found: Vec::new() };
        let mut modules: BTreeSet<&str> = BTreeSet::new();
        cycles::errors(self).into_iter().chain(self.inputs.errors.iter().cloned()).for_each(|error| errors.add(error));
        let instances = self.instances();
        for instance in instances.iter().filter(|instance| !instance.module.is_planned) {
            if modules.insert(&instance.module.dir) {
                errors.module(&instance.module);
            }
            errors.instance(instance);
        }
        errors.found.sort_by_key(|error| (error.span.file, error.span.start, error.span.end));
        errors.found
    }
}

struct Errors<'e, 'w> {
    world: &'e World<'w>,
    seen: BTreeSet<(Span, String)>,
    found: Vec<EvalError>,
}

impl Errors<'_, '_> {
    fn add(&mut self, error: EvalError) {
        if !error.bound && self.found.len() < MAX_ERRORS && self.seen.insert((error.span, error.message.clone())) {
            self.found.push(error);
        }
    }

    fn check<T>(&mut self, result: Result<T, EvalError>) {
        if let Err(error) = result {
            self.add(error);
        }
    }

    fn module(&mut self, module: &Module) {
        let errors = module.errors.iter().cloned().chain(undeclared(module)).chain(conditions::idle(module));
        errors.for_each(|error| self.add(error));
    }

    fn instance(&mut self, instance: &Rc<Instance>) {
        let module = &instance.module;
        for (name, block) in &module.variables {
            if RESERVED.contains(&&**name) {
                self.add(EvalError::new(
                    block.header,
                    format!("`{name}` is no name for a variable: module calls use it"),
                ));
            }
            if let Some(result) = self.world.variable(instance, name, block.header) {
                self.check(result);
            }
            self.check(self.world.check_default(block));
        }
        for (name, attribute) in &module.locals {
            if let Some(result) = self.world.local(instance, name, attribute.span) {
                self.check(result);
            }
        }
        for (name, block) in &module.outputs {
            if let Some(result) = self.world.output(instance, name, block.header) {
                let shown = instance.caller.is_none() && block.body.attribute("sensitive").is_none();
                if let Ok(value) = &result
                    && shown
                    && value.holds_sensitive()
                {
                    let error = EvalError::new(block.header, format!("output `{name}` shows a sensitive value"));
                    self.add(error.with_help("set `sensitive = true`, or `nonsensitive(…)` if it is no secret"));
                }
                self.check(result);
            }
            let scope = self.world.scope(instance, &Repetition::None);
            self.conditions(&Evaluator::new(&scope, self.world.budget), &block.body, "precondition");
        }
        for (name, block) in &module.calls {
            self.source(&module.dir, block);
            match self.world.children(instance, name) {
                Ok(children) => {
                    self.expansion(&children);
                    let first = children.items().first().filter(|(_, child)| !child.module.is_planned);
                    first.into_iter().for_each(|(_, child)| self.arguments(block, child));
                }
                Err(_) => expansion_error(self.world, instance, block).into_iter().for_each(|error| self.add(error)),
            }
        }
        for (mode, ty, name) in module.resources.keys() {
            match self.world.resource(instance, *mode, ty, name) {
                Err(error) => self.add(error),
                Ok(None) => {}
                Ok(Some(resource)) => {
                    self.expansion(&resource.instances);
                    resource.instances.items().iter().for_each(|(_, instance)| self.resource(instance));
                }
            }
        }
    }

    fn expansion<T>(&mut self, expansion: &Expansion<T>) {
        expansion.error().into_iter().for_each(|error| self.add(error.clone()));
    }

    /// Where a module call's module is to be found.
    fn source(&mut self, dir: &str, call: &Block) {
        let Some(source) = call.body.attribute("source") else {
            return self.add(EvalError::new(call.header, "this module call has no `source`"));
        };
        let called = local_source(dir, call)
            .filter(|dir| !is_fetched(dir))
            .and_then(|dir| self.world.configuration.modules.get(&dir));
        if called.is_some_and(|module| self.world.reader.files_under(&module.dir).next().is_none()) {
            self.add(EvalError::new(source.value.span, "there are no files in this directory"));
        }
    }

    /// The arguments of a module call beside the module's variables.
    fn arguments(&mut self, call: &Block, child: &Instance) {
        let variables = &child.module.variables;
        for attribute in &call.body.attributes {
            let name = &attribute.name;
            if !CALL_ARGUMENTS.contains(&&*name.value) && !variables.contains_key(&name.value) {
                let error = EvalError::new(name.span, format!("the module has no variable `{}`", name.value));
                self.add(error.suggesting(&name.value, variables.keys().map(|name| &**name)));
            }
        }
        for (name, variable) in variables {
            if variable.body.attribute("default").is_none() && call.body.attribute(name).is_none() {
                self.add(EvalError::new(call.header, format!("the module's variable `{name}` has to be set")));
            }
        }
    }

    fn resource(&mut self, instance: &ResourceInstance) {
        if builtin::is_builtin(instance) {
            builtin::errors(instance).into_iter().for_each(|error| self.add(error));
        }
        for attribute in &instance.block.body.attributes {
            let name = &attribute.name;
            if ResourceInstance::is_own(&name.value) {
                self.check(instance.attribute(self.world, &name.value, name.span));
            }
        }
        let scope = self.world.scope(&instance.owner, &instance.repetition);
        let evaluator = Evaluator::new(&scope, self.world.budget);
        for block in &instance.block.body.blocks {
            if ResourceInstance::is_own(&block.kind.value) {
                let address = format!("{}.{}", instance.address, block.kind.value);
                self.world.trail.walk(address, || self.block(&evaluator, block));
            }
        }
        for lifecycle in instance.block.body.blocks_of("lifecycle") {
            self.conditions(&evaluator, &lifecycle.body, "precondition");
            if lifecycle.body.blocks_of("postcondition").next().is_some() {
                let itself = [("self", instance.object(self.world))];
                evaluator.with_names(itself, |inner| self.conditions(inner, &lifecycle.body, "postcondition"));
            }
        }
    }

    fn conditions(&mut self, evaluator: &Evaluator<'_>, body: &Body, kind: &str) {
        conditions::errors(evaluator, body, kind).into_iter().for_each(|error| self.add(error));
    }

    fn block(&mut self, evaluator: &Evaluator<'_>, block: &Block) {
        if &*block.kind.value != "dynamic" {
            return self.body(evaluator, &block.body);
        }
        let dynamic = match Dynamic::read(block) {
            Ok(dynamic) => dynamic,
            Err(error) => return self.add(error),
        };
        match dynamic.elements(evaluator) {
            Err(blocked) => blocked.error.into_iter().for_each(|error| self.add(error)),
            Ok(elements) => {
                for current in elements {
                    let names = [(dynamic.iterator, current)];
                    evaluator.with_names(names, |inner| self.body(inner, &dynamic.content.body));
                }
            }
        }
    }

    fn body(&mut self, evaluator: &Evaluator<'_>, body: &Body) {
        for attribute in &body.attributes {
            self.check(evaluator.evaluate(&attribute.value));
        }
        for block in &body.blocks {
            self.block(evaluator, block);
        }
    }
}
