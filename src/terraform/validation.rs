//! What variables demand of their values.

use std::rc::Rc;
use std::sync::Arc;

use super::expand::Repetition;
use super::instance::{Instance, World};
use crate::eval::{EvalError, Evaluated, Evaluator};
use crate::source::Span;
use crate::syntax::hcl::ast::{Block, Expr};
use crate::value::{Type, Unknown, Value, convert};

/// One `validation` block, applied to the value that a variable has in one instance of its module.
pub struct Validation {
    /// Such as `module.api.var.timeout`.
    pub address: String,
    /// The address of the module instance.
    pub module: Arc<str>,
    /// The variable's name.
    pub variable: Arc<str>,
    /// Whether the value is as it has to be: true, false or unknown.
    pub condition: Value,
    /// What to say when it is not.
    pub message: Value,
    /// The variable's value.
    pub value: Value,
    /// The variable's block.
    pub header: Span,
}

impl World<'_> {
    /// Every validation of every variable.
    #[must_use]
    pub fn validations(&self) -> Vec<Validation> {
        let mut found = Vec::new();
        for instance in self.instances() {
            for (name, block) in &instance.module.variables {
                let rules = block.body.blocks_of("validation");
                found.extend(rules.filter_map(|rule| self.validation(instance, name, block, rule)));
            }
        }
        found
    }

    fn validation(
        &self,
        instance: &Rc<Instance>,
        name: &Arc<str>,
        variable: &Block,
        rule: &Block,
    ) -> Option<Validation> {
        let condition = rule.body.attribute("condition")?;
        let value = or_unknown(self.variable(instance, name, variable.header)?, variable.header);
        let message = rule.body.attribute("error_message");
        let holds = self.in_module(instance, &condition.value).and_then(|value| {
            convert(&value, &Type::Bool).map_err(|error| EvalError::new(condition.value.span, error.to_string()))
        });
        Some(Validation {
            address: instance.qualify(&format!("var.{name}")),
            module: Arc::clone(&instance.address),
            variable: Arc::clone(name),
            condition: or_unknown(holds, condition.value.span),
            message: message.map_or_else(Value::null, |message| {
                or_unknown(self.in_module(instance, &message.value), message.value.span)
            }),
            value,
            header: variable.header,
        })
    }

    fn in_module(&self, instance: &Rc<Instance>, expr: &Expr) -> Evaluated {
        let scope = self.scope(instance, &Repetition::None);
        Evaluator::new(&scope, self.budget).evaluate(expr)
    }
}

/// What does not evaluate is unknown, at its place.
fn or_unknown(value: Evaluated, span: Span) -> Value {
    match value {
        Ok(value) if value.origin.is_empty() => value.written_at(span),
        Ok(value) => value,
        Err(error) => Value::unknown(Unknown::new(Type::Any, error.reason(), Some(error.span))).written_at(span),
    }
}
