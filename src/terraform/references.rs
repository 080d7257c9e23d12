//! What the expressions of a module refer to, and whether it is declared.
//!
//! Evaluation finds what is undeclared only where it gets to; Terraform looks everywhere, in a
//! resource of `count = 0` as well as in the body of a `for` that walks over nothing.

use std::sync::Arc;

use super::config::{Mode, Module};
use crate::eval::{EvalError, did_you_mean};
use crate::source::Span;
use crate::syntax::hcl::ast::{Block, Body, Expr, ExprKind, ForExpr, Step, StepKind, TemplatePart};

/// Arguments that name things of Terraform's own language and are no expressions.
const NO_EXPRESSIONS: &[&str] = &["provider", "providers", "ignore_changes", "replace_triggered_by", "type"];

/// Every reference in a module to what it does not declare.
pub(super) fn undeclared(module: &Module) -> Vec<EvalError> {
    let mut walk = Walk { module, bound: Vec::new(), repeated: Repeated::default(), errors: Vec::new() };
    for attribute in module.locals.values() {
        walk.expr(&attribute.value);
    }
    for block in module.outputs.values().chain(module.calls.values()).chain(module.resources.values()) {
        walk.repeated = Repeated {
            each: block.body.attribute("for_each").is_some(),
            count: block.body.attribute("count").is_some(),
            own: false,
        };
        walk.body(&block.body);
    }
    walk.repeated = Repeated::default();
    for block in &module.providers {
        walk.body(&block.body);
    }
    walk.errors
}

/// Which of the names that only some blocks have are there.
#[derive(Default, Clone, Copy)]
struct Repeated {
    each: bool,
    count: bool,
    own: bool,
}

struct Walk<'m> {
    module: &'m Module,
    /// Names that enclosing `for` expressions and `dynamic` blocks bind.
    bound: Vec<Arc<str>>,
    repeated: Repeated,
    errors: Vec<EvalError>,
}

impl Walk<'_> {
    fn body(&mut self, body: &Body) {
        for attribute in &body.attributes {
            if !NO_EXPRESSIONS.contains(&&*attribute.name.value) {
                self.expr(&attribute.value);
            }
        }
        for block in &body.blocks {
            match &*block.kind.value {
                "dynamic" => self.dynamic(block),
                "provisioner" | "connection" | "postcondition" => {
                    let before = std::mem::replace(&mut self.repeated.own, true);
                    self.body(&block.body);
                    self.repeated.own = before;
                }
                _ => self.body(&block.body),
            }
        }
    }

    fn dynamic(&mut self, block: &Block) {
        let named = block.body.attribute("iterator").and_then(|attribute| match &attribute.value.kind {
            ExprKind::Variable(name) | ExprKind::Text(name) => Some(Arc::clone(name)),
            _ => None,
        });
        if let Some(attribute) = block.body.attribute("for_each") {
            self.expr(&attribute.value);
        }
        let depth = self.bound.len();
        self.bound.extend(named.or_else(|| block.label(0).cloned()));
        if let Some(attribute) = block.body.attribute("labels") {
            self.expr(&attribute.value);
        }
        for content in block.body.blocks_of("content") {
            self.body(&content.body);
        }
        self.bound.truncate(depth);
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Invalid => {}
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::Tuple(items) => items.iter().for_each(|item| self.expr(item)),
            ExprKind::Object(items) => {
                for item in items {
                    if item.bare_key().is_none() {
                        self.expr(&item.key);
                    }
                    self.expr(&item.value);
                }
            }
            ExprKind::Variable(root) => self.reference(root, &[], expr.span),
            ExprKind::Access { base, steps } => {
                match &base.kind {
                    ExprKind::Variable(root) => self.reference(root, steps, base.span),
                    _ => self.expr(base),
                }
                self.steps(steps);
            }
            ExprKind::Call { arguments, .. } => arguments.iter().for_each(|argument| self.expr(argument)),
            ExprKind::For(parts) => self.for_expr(parts),
            ExprKind::Conditional(parts) => parts.iter().for_each(|part| self.expr(part)),
            ExprKind::Unary(_, inner) | ExprKind::Parens(inner) => self.expr(inner),
            ExprKind::Binary(..) => {
                // Chains lean left as far as they are long.
                let mut left = expr;
                while let ExprKind::Binary(_, operands) = &left.kind {
                    let [first, second] = operands.as_ref();
                    self.expr(second);
                    left = first;
                }
                self.expr(left);
            }
        }
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match &step.kind {
                StepKind::Attribute(_) => {}
                StepKind::Index(key) => self.expr(key),
                StepKind::AttributeSplat(inner) | StepKind::FullSplat(inner) => self.steps(inner),
            }
        }
    }

    fn for_expr(&mut self, parts: &ForExpr) {
        self.expr(&parts.collection);
        let depth = self.bound.len();
        self.bound.extend(parts.key_name.iter().chain([&parts.value_name]).map(|name| Arc::clone(&name.value)));
        for inner in parts.key.iter().chain([&parts.value]).chain(&parts.condition) {
            self.expr(inner);
        }
        self.bound.truncate(depth);
    }

    fn template(&mut self, parts: &[TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(_) => {}
                TemplatePart::Interpolation(inner) => self.expr(inner),
                TemplatePart::If { condition, then, otherwise, .. } => {
                    self.expr(condition);
                    self.template(then);
                    self.template(otherwise);
                }
                TemplatePart::For { key_name, value_name, collection, body, .. } => {
                    self.expr(collection);
                    let depth = self.bound.len();
                    self.bound.extend(key_name.iter().chain([value_name]).map(|name| Arc::clone(&name.value)));
                    self.template(body);
                    self.bound.truncate(depth);
                }
            }
        }
    }

    fn reference(&mut self, root: &Arc<str>, steps: &[Step], base: Span) {
        if self.bound.contains(root) {
            return;
        }
        let plain =
            steps.iter().take_while(|step| matches!(step.kind, StepKind::Attribute(_) | StepKind::Index(_))).count();
        let at = steps.get(..plain).and_then(<[Step]>::last).map_or(base, |last| base.to(last.span));
        let name = |index: usize| match &steps.get(index)?.kind {
            StepKind::Attribute(name) => Some(&**name),
            StepKind::Index(key) => match &key.kind {
                ExprKind::Text(text) => Some(&**text),
                _ => None,
            },
            _ => None,
        };
        let error = match &**root {
            "each" if self.repeated.each => None,
            "count" if self.repeated.count => None,
            "self" if self.repeated.own => None,
            "each" => Some(EvalError::new(at, NO_EACH)),
            "count" => Some(EvalError::new(at, NO_COUNT)),
            "self" => Some(EvalError::new(at, NO_SELF)),
            "path" | "terraform" => None,
            "data" | "ephemeral" | "var" | "local" | "module" => self.module.undeclared(root, name(0), name(1), at),
            ty => self.module.undeclared(root, Some(ty), name(0), at),
        };
        self.errors.extend(error);
    }
}

pub(super) const NO_EACH: &str = "`each` is there only in a block with `for_each`";
pub(super) const NO_COUNT: &str = "`count.index` is there only in a block with `count`";
pub(super) const NO_SELF: &str = "`self` is there only in provisioners and conditions";

impl Module {
    /// The error when something is not declared: `root` as it is written, then the first two names that say what it
    /// is. What cannot be told without evaluating, such as an index, is taken to be declared.
    pub(super) fn undeclared(
        &self,
        root: &str,
        first: Option<&str>,
        second: Option<&str>,
        at: Span,
    ) -> Option<EvalError> {
        let error = |message: String, help: Option<String>| {
            let error = EvalError::new(at, message);
            Some(match help {
                Some(help) => error.with_help(help),
                None => error,
            })
        };
        let name = first?;
        let mode = match root {
            "var" if !self.variables.contains_key(name) => {
                let help = did_you_mean(name, self.variables.keys().map(|name| &**name));
                return error(format!("there is no variable `{name}` in this module"), help);
            }
            "local" if !self.locals.contains_key(name) => {
                let help = did_you_mean(name, self.locals.keys().map(|name| &**name));
                return error(format!("there is no local value `{name}` in this module"), help);
            }
            "module" if !self.calls.contains_key(name) => {
                let help = did_you_mean(name, self.calls.keys().map(|name| &**name));
                return error(format!("there is no `module \"{name}\"` block in this module"), help);
            }
            "var" | "local" | "module" => return None,
            "data" => Mode::Data,
            "ephemeral" => Mode::Ephemeral,
            _ => Mode::Managed,
        };
        let known_type = self.resources.keys().any(|(_, known, _)| &**known == name);
        if mode == Mode::Managed && !known_type && !name.contains('_') {
            return error(format!("`{name}` stands for nothing here"), Some(NAMES.to_owned()));
        }
        let (ty, name) = (name, second?);
        let declared =
            |(known, of, named): &&(Mode, Arc<str>, Arc<str>)| *known == mode && &**of == ty && &**named == name;
        if self.resources.keys().any(|key| declared(&key)) {
            return None;
        }
        let near = self.resources.keys().filter(|(known, of, _)| *known == mode && &**of == ty);
        let help = did_you_mean(name, near.map(|(_, _, name)| &**name));
        error(format!("there is no `{}` in this module", mode.address(ty, name)), help)
    }
}

const NAMES: &str = "names are `var.…`, `local.…`, `module.…`, `data.…`, `each.…`, `count.…`, `path.…` or a resource \
                     such as `aws_lambda_function.api`; quote text";
