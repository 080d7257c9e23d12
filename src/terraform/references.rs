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
const NO_EXPRESSIONS: &[&str] =
    &["provider", "providers", "ignore_changes", "replace_triggered_by", "when", "on_failure"];

/// A name that nothing around it binds, with the steps after it.
pub(super) struct Reference<'r> {
    pub(super) root: &'r str,
    steps: &'r [Step],
    /// The name and its plain steps.
    pub(super) at: Span,
    names: Names,
}

/// Which of the names that only some blocks have are there.
#[derive(Default, Clone, Copy)]
struct Names {
    each: bool,
    count: bool,
    own: bool,
}

impl Reference<'_> {
    /// The name that a step gives, when it is written plainly.
    pub(super) fn name(&self, index: usize) -> Option<&str> {
        match &self.steps.get(index)?.kind {
            StepKind::Attribute(name) => Some(name),
            StepKind::Index(key) => match &key.kind {
                ExprKind::Text(text) => Some(text),
                _ => None,
            },
            StepKind::AttributeSplat(_) | StepKind::FullSplat(_) => None,
        }
    }

    /// Whether this is the data source that a `check` block has for itself.
    fn is_data_of(&self, check: &Block) -> bool {
        let named = |data: &Block, index: usize| data.label(index).map(|label| &**label) == self.name(index);
        self.root == "data" && check.body.blocks_of("data").any(|data| named(data, 0) && named(data, 1))
    }

    /// The first name after the first step, whatever keys or splats stand before it.
    pub(super) fn member(&self) -> Option<&str> {
        let mut steps = self.steps.get(1..)?;
        loop {
            match &steps.first()?.kind {
                StepKind::Attribute(name) => return Some(name),
                StepKind::Index(_) => steps = steps.get(1..)?,
                StepKind::AttributeSplat(inner) | StepKind::FullSplat(inner) => steps = inner,
            }
        }
    }
}

/// Every reference in a module to what it does not declare.
pub(super) fn undeclared(module: &Module) -> Vec<EvalError> {
    let mut errors = Vec::new();
    let mut visit = |reference: &Reference<'_>| errors.extend(module.refuses(reference));
    for attribute in module.locals.values() {
        in_expr(&attribute.value, &mut visit);
    }
    let blocks = module.outputs.values().chain(module.calls.values()).chain(module.resources.values());
    for block in blocks.chain(&module.providers) {
        in_block(block, &mut visit);
    }
    for check in &module.checks {
        in_block(check, &mut |reference| {
            errors.extend(module.refuses(reference).filter(|_| !reference.is_data_of(check)))
        });
    }
    errors
}

/// Visits every reference in an expression.
pub(super) fn in_expr(expr: &Expr, visit: &mut dyn FnMut(&Reference<'_>)) {
    Walk { bound: Vec::new(), names: Names::default(), visit }.expr(expr);
}

/// Visits every reference in a top-level block.
pub(super) fn in_block(block: &Block, visit: &mut dyn FnMut(&Reference<'_>)) {
    let names = Names {
        each: block.body.attribute("for_each").is_some(),
        count: block.body.attribute("count").is_some(),
        own: false,
    };
    Walk { bound: Vec::new(), names, visit }.body(&block.body);
}

struct Walk<'v> {
    /// Names that enclosing `for` expressions and `dynamic` blocks bind.
    bound: Vec<Arc<str>>,
    names: Names,
    visit: &'v mut dyn FnMut(&Reference<'_>),
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
                    let before = std::mem::replace(&mut self.names.own, true);
                    self.body(&block.body);
                    self.names.own = before;
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
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::HugeNumber
            | ExprKind::Text(_)
            | ExprKind::Invalid => {}
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
        (self.visit)(&Reference { root, steps, at, names: self.names });
    }
}

pub(super) const NO_EACH: &str = "`each` is there only in a block with `for_each`";
pub(super) const NO_COUNT: &str = "`count.index` is there only in a block with `count`";
pub(super) const NO_SELF: &str = "`self` is there only in provisioners and conditions";

impl Module {
    /// The error that a reference is, when what it refers to is not there.
    fn refuses(&self, reference: &Reference<'_>) -> Option<EvalError> {
        let at = reference.at;
        match reference.root {
            "each" => (!reference.names.each).then(|| EvalError::new(at, NO_EACH)),
            "count" => (!reference.names.count).then(|| EvalError::new(at, NO_COUNT)),
            "self" => (!reference.names.own).then(|| EvalError::new(at, NO_SELF)),
            "path" | "terraform" => None,
            root @ ("data" | "ephemeral" | "var" | "local" | "module") => {
                self.undeclared(root, reference.name(0), reference.name(1), at)
            }
            ty => self.undeclared(ty, Some(ty), reference.name(0), at),
        }
    }

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
            if self.wrapped {
                return Some(EvalError::bound(at, format!("{message}, and Terragrunt may add it")));
            }
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
        let ty = name;
        let mut of_type = self.of_type(mode, ty).peekable();
        if mode == Mode::Managed && of_type.peek().is_none() && !ty.contains('_') {
            return error(format!("`{ty}` stands for nothing here"), Some(NAMES.to_owned()));
        }
        let name = second?;
        let known: Vec<&str> = of_type.collect();
        if known.contains(&name) {
            return None;
        }
        let help = did_you_mean(name, known);
        error(format!("there is no `{}` in this module", mode.address(ty, name)), help)
    }

    /// The names of the resources of a type.
    fn of_type<'m>(&'m self, mode: Mode, ty: &'m str) -> impl Iterator<Item = &'m str> {
        let empty: Arc<str> = "".into();
        self.resources
            .range((mode, Arc::from(ty), empty)..)
            .map(|(key, _)| key)
            .take_while(move |(known, of, _)| *known == mode && &**of == ty)
            .map(|(_, _, name)| &**name)
    }
}

const NAMES: &str = "names are `var.…`, `local.…`, `module.…`, `data.…`, `each.…`, `count.…`, `path.…` or a resource \
                     such as `aws_lambda_function.api`; quote text";
