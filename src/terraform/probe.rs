//! What an expression is, asked by its place: for editors.

use std::rc::Rc;
use std::sync::Arc;

use super::config::Mode;
use super::expand::Repetition;
use super::instance::{Instance, World};
use crate::eval::{Evaluated, Evaluator};
use crate::syntax::hcl::ast::{Block, Expr};

impl World<'_> {
    /// What an expression in a top-level block of a directory is, in each instance of that block, with the instance's
    /// address. At most `limit`.
    #[must_use]
    pub fn values_of(&self, dir: &str, block: &Block, expr: &Expr, limit: usize) -> Vec<(Arc<str>, Evaluated)> {
        let instances = self.instances().iter().filter(|instance| instance.module.dir == dir);
        let places = instances.flat_map(|instance| self.places(instance, block));
        let values = places.take(limit).map(|(address, instance, repetition)| {
            let scope = self.scope(&instance, &repetition);
            (address, Evaluator::new(&scope, self.budget).evaluate(expr))
        });
        values.collect()
    }

    /// The instances of a block of a module instance: address, the module instance that its expressions are evaluated
    /// in, and what `each` and `count` are.
    fn places(&self, instance: &Rc<Instance>, block: &Block) -> Vec<(Arc<str>, Rc<Instance>, Repetition)> {
        let mode = match &*block.kind.value {
            "resource" => Some(Mode::Managed),
            "data" => Some(Mode::Data),
            "ephemeral" => Some(Mode::Ephemeral),
            _ => None,
        };
        match (mode, block.label(0), block.label(1)) {
            (Some(mode), Some(ty), Some(name)) => {
                let Ok(Some(resource)) = self.resource(instance, mode, ty, name) else {
                    return Vec::new();
                };
                let items = resource.instances.items().iter();
                items
                    .map(|(_, item)| (Arc::clone(&item.address), Rc::clone(instance), item.repetition.clone()))
                    .collect()
            }
            (None, Some(name), None) if &*block.kind.value == "module" => {
                let Ok(children) = self.children(instance, name) else {
                    return vec![(
                        instance.qualify(&format!("module.{name}")).into(),
                        Rc::clone(instance),
                        Repetition::None,
                    )];
                };
                let called = children.items().iter().filter_map(|(_, child)| {
                    let caller = child.caller.as_ref()?;
                    Some((Arc::clone(&child.address), Rc::clone(instance), caller.repetition.clone()))
                });
                called.collect()
            }
            _ => vec![(Arc::clone(&instance.address), Rc::clone(instance), Repetition::None)],
        }
    }
}
