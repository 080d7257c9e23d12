//! `override.tf` and `*_override.tf`: blocks that change others.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::config::{Mode, Module};
use crate::eval::EvalError;
use crate::syntax::hcl::ast::Block;

impl Module {
    /// An override file's block: its attributes and nested blocks replace those of the block they override.
    pub(super) fn override_with(&mut self, block: &Arc<Block>) {
        let conditions = block.body.blocks_of("lifecycle").flat_map(|lifecycle| &lifecycle.body.blocks);
        let fixed = conditions.filter(|inner| matches!(&*inner.kind.value, "precondition" | "postcondition"));
        let refused =
            |inner: &Block| EvalError::new(inner.header, format!("a `{}` cannot be overridden", inner.kind.value));
        self.errors.extend(fixed.map(refused));
        let label = |index: usize| block.label(index).cloned().unwrap_or_else(|| "".into());
        let resource = |mode| (mode, label(0), label(1));
        let slot = match &*block.kind.value {
            "locals" => return self.override_locals(block),
            "terraform" | "provider" => return self.add(block),
            "variable" => self.variables.get_mut(&label(0)),
            "output" => self.outputs.get_mut(&label(0)),
            "module" => self.calls.get_mut(&label(0)),
            "resource" => self.resources.get_mut(&resource(Mode::Managed)),
            "data" => self.resources.get_mut(&resource(Mode::Data)),
            "ephemeral" => self.resources.get_mut(&resource(Mode::Ephemeral)),
            _ => None,
        };
        match slot {
            Some(slot) => *slot = Arc::new(merge(slot, block)),
            None => {
                let message = format!("there is no `{}` that this overrides", block.kind.value);
                self.errors.push(EvalError::new(block.header, message));
            }
        }
    }

    fn override_locals(&mut self, block: &Block) {
        for attribute in &block.body.attributes {
            let name = &attribute.name;
            if self.locals.insert(Arc::clone(&name.value), Arc::new(attribute.clone())).is_none() {
                let message = format!("there is no local value `{}` that this overrides", name.value);
                self.errors.push(EvalError::new(name.span, message));
            }
        }
    }
}

fn merge(base: &Block, over: &Block) -> Block {
    let mut merged = base.clone();
    for attribute in &over.body.attributes {
        match merged.body.attributes.iter_mut().find(|known| known.name.value == attribute.name.value) {
            Some(known) => *known = attribute.clone(),
            None => merged.body.attributes.push(attribute.clone()),
        }
    }
    // Of `count` and `for_each` in the two blocks, Terraform looks at `count` first.
    let has = |block: &Block, name: &str| block.body.attribute(name).is_some();
    if (has(base, "count") && has(over, "for_each")) || (has(base, "for_each") && has(over, "count")) {
        merged.body.attributes.retain(|attribute| &*attribute.name.value != "for_each");
    }
    let replaced: BTreeSet<&str> = over.body.blocks.iter().map(|block| &*block.kind.value).collect();
    merged.body.blocks.retain(|block| &*block.kind.value == "lifecycle" || !replaced.contains(&*block.kind.value));
    for block in &over.body.blocks {
        match merged
            .body
            .blocks
            .iter_mut()
            .find(|known| &*known.kind.value == "lifecycle" && known.kind.value == block.kind.value)
        {
            Some(known) => *known = merge(known, block),
            None => merged.body.blocks.push(block.clone()),
        }
    }
    merged
}
