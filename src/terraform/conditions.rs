//! The `precondition`s and `postcondition`s of resources and outputs.

use super::config::Module;
use super::references::{Reference, in_expr};
use crate::eval::{EvalError, Evaluator};
use crate::syntax::hcl::ast::{Block, Body};
use crate::value::{Type, convert, render};

/// The conditions of a module that refer to nothing, or not to the variable they are about: they test nothing, and
/// Terraform takes none such.
pub(super) fn idle(module: &Module) -> Vec<EvalError> {
    let lifecycles = module.resources.values().flat_map(|block| block.body.blocks_of("lifecycle"));
    let holders = lifecycles.chain(module.outputs.values().chain(&module.checks).map(AsRef::as_ref));
    let blocks = holders.flat_map(|holder| &holder.body.blocks);
    let blocks = blocks.filter(|block| matches!(&*block.kind.value, "precondition" | "postcondition" | "assert"));
    let mut errors: Vec<EvalError> = blocks.filter_map(|block| untested(block, |_| true)).collect();
    for (name, variable) in &module.variables {
        let own = |reference: &Reference<'_>| reference.root == "var" && reference.name(0) == Some(name);
        errors.extend(variable.body.blocks_of("validation").filter_map(|block| untested(block, own)));
    }
    errors
}

fn untested(block: &Block, wanted: impl Fn(&Reference<'_>) -> bool) -> Option<EvalError> {
    let condition = &block.body.attribute("condition")?.value;
    let mut found = false;
    in_expr(condition, &mut |reference| found |= wanted(reference));
    (!found).then(|| {
        EvalError::new(condition.span, "this condition does not refer to what it is about, so it tests nothing")
    })
}

/// The error that Terraform stops with at each condition of a kind that is known not to hold, or does not evaluate.
pub(super) fn errors(evaluator: &Evaluator<'_>, body: &Body, kind: &str) -> Vec<EvalError> {
    body.blocks_of(kind).filter_map(|block| error(evaluator, block, kind)).collect()
}

fn error(evaluator: &Evaluator<'_>, block: &Block, kind: &str) -> Option<EvalError> {
    let condition = &block.body.attribute("condition")?.value;
    let unfit = |error: crate::value::ConvertError| EvalError::new(condition.span, error.to_string());
    let holds = evaluator.evaluate(condition).and_then(|value| convert(&value, &Type::Bool).map_err(unfit));
    let refused = |what: String| Some(EvalError::new(condition.span, format!("this {kind} {what}")));
    match holds {
        Err(error) => Some(error),
        Ok(holds) if holds.is_null() => refused("is null".to_owned()),
        Ok(holds) if holds.as_bool() == Some(false) => refused(format!("does not hold{}", why(evaluator, block))),
        Ok(_) => None,
    }
}

/// What the block says when its condition does not hold, unless that is secret.
fn why(evaluator: &Evaluator<'_>, block: &Block) -> String {
    let message = block.body.attribute("error_message").and_then(|message| evaluator.evaluate(&message.value).ok());
    let message = message.filter(|message| !message.holds_sensitive() && !message.is_null());
    message.map_or_else(String::new, |message| format!(": {}", render(&message).trim()))
}
