//! The types of a rule's expressions, and what is wrong with them whatever the model turns out to hold: names and
//! functions that there are not, attributes that nothing of the model has, comparisons that never hold.

use std::sync::Arc;

use super::rule::RuleError;
use super::scope;
use crate::eval::did_you_mean;
use crate::eval::functions;
use crate::source::Span;
use crate::syntax::hcl::ast::{BinaryOp, Expr, ExprKind, ForExpr, Name, Step, StepKind, TemplatePart, UnaryOp};
use crate::value::Type;

/// Infers types, with the names bound so far.
#[derive(Default)]
pub(super) struct Inference {
    names: Vec<(Arc<str>, Type)>,
    /// How many calls of `try` and `can` are around what is looked at.
    guards: usize,
    /// Sections of the standard that are used, each with its first place outside of `try` and `can`.
    pub(super) sections: Vec<(Arc<str>, Option<Span>)>,
    /// What is wrong.
    pub(super) errors: Vec<RuleError>,
}

impl Inference {
    /// Binds a name from here on.
    pub(super) fn bind(&mut self, name: Arc<str>, ty: Type) {
        self.names.push((name, ty));
    }

    /// The type of an expression; any, where that cannot be told.
    pub(super) fn ty(&mut self, expr: &Expr) -> Type {
        match &expr.kind {
            ExprKind::Null | ExprKind::Invalid => Type::Any,
            ExprKind::Bool(_) => Type::Bool,
            ExprKind::Number(_) | ExprKind::HugeNumber => Type::Number,
            ExprKind::Text(_) => Type::String,
            ExprKind::Template(parts) => match parts.as_slice() {
                [TemplatePart::Interpolation(only)] => self.ty(only),
                parts => {
                    self.template(parts);
                    Type::String
                }
            },
            ExprKind::Tuple(items) => Type::Tuple(items.iter().map(|item| self.ty(item)).collect()),
            ExprKind::Object(items) => {
                let mut keys_known = true;
                let mut fields = Vec::new();
                for item in items {
                    let ty = self.ty(&item.value);
                    match (item.bare_key(), &item.key.kind) {
                        (Some(name), _) | (None, ExprKind::Text(name)) => fields.push((Arc::clone(name), ty)),
                        _ => {
                            self.ty(&item.key);
                            keys_known = false;
                        }
                    }
                }
                if keys_known { Type::object(fields) } else { Type::map(Type::Any) }
            }
            ExprKind::Variable(name) => self.name(name, expr.span),
            ExprKind::Access { base, steps } => {
                self.section(base, steps);
                let base = self.ty(base);
                self.steps(base, steps)
            }
            ExprKind::Call { name, arguments, expand } => self.call(name, arguments, *expand, expr.span),
            ExprKind::For(parts) => self.for_expression(parts),
            ExprKind::Conditional(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                self.ty(condition);
                common(self.ty(then), self.ty(otherwise))
            }
            ExprKind::Unary(operator, operand) => {
                self.ty(operand);
                if *operator == UnaryOp::Not { Type::Bool } else { Type::Number }
            }
            ExprKind::Binary(operator, operands) => {
                let [left, right] = operands.as_ref();
                self.binary(*operator, left, right, expr.span)
            }
            ExprKind::Parens(inner) => self.ty(inner),
        }
    }

    fn template(&mut self, parts: &[TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(_) => {}
                TemplatePart::Interpolation(expr) => {
                    self.ty(expr);
                }
                TemplatePart::If { condition, then, otherwise, .. } => {
                    self.ty(condition);
                    self.template(then);
                    self.template(otherwise);
                }
                TemplatePart::For { key_name, value_name, collection, body, .. } => {
                    let depth = self.names.len();
                    self.bind_elements(key_name.as_ref(), value_name, collection);
                    self.template(body);
                    self.names.truncate(depth);
                }
            }
        }
    }

    // ── References ──────────────────────────────────────────────────────────────────────

    fn name(&mut self, name: &Arc<str>, span: Span) -> Type {
        if let Some((_, ty)) = self.names.iter().rev().find(|(known, _)| known == name) {
            return ty.clone();
        }
        let known: Vec<&str> = self.names.iter().map(|(name, _)| &**name).collect();
        let help =
            did_you_mean(name, known.iter().copied()).unwrap_or_else(|| format!("names are {}", known.join(", ")));
        self.errors.push(RuleError::new(span, format!("`{name}` stands for nothing in this rule")).with_help(help));
        Type::Any
    }

    /// Notes which section of the standard a reference goes into.
    fn section(&mut self, base: &Expr, steps: &[Step]) {
        let (ExprKind::Variable(root), Some(Step { kind: StepKind::Attribute(section), span })) =
            (&base.kind, steps.first())
        else {
            return;
        };
        if &**root == "standard" {
            self.sections.push((Arc::clone(section), (self.guards == 0).then_some(*span)));
        }
    }

    fn steps(&mut self, mut ty: Type, steps: &[Step]) -> Type {
        for step in steps {
            ty = match &step.kind {
                StepKind::Attribute(name) => self.attribute(&ty, name, step.span),
                StepKind::Index(key) => {
                    self.ty(key);
                    match &key.kind {
                        ExprKind::Text(name) => self.attribute(&ty, name, step.span),
                        _ => element(&ty),
                    }
                }
                StepKind::AttributeSplat(inner) | StepKind::FullSplat(inner) => {
                    let each = element(&ty);
                    Type::list(self.steps(each, inner))
                }
            };
        }
        ty
    }

    fn attribute(&mut self, ty: &Type, name: &str, span: Span) -> Type {
        let error = match ty {
            Type::Any | Type::Map(_) => return ty.attribute(name),
            Type::Object(object) => match object.attributes.get(name) {
                Some(found) => return found.clone(),
                None => missing(name, span, object.attributes.keys().map(|name| &**name)),
            },
            Type::Bool | Type::Number | Type::String => {
                RuleError::new(span, format!("a {} has no attributes", ty.friendly()))
            }
            Type::List(_) | Type::Set(_) | Type::Tuple(_) => {
                RuleError::new(span, format!("a list has no attribute `{name}`"))
                    .with_help(format!("to take `{name}` of every element, write `[*].{name}`; of one, `[0].{name}`"))
            }
        };
        self.errors.push(error);
        Type::Any
    }

    // ── Calls, loops, operators ─────────────────────────────────────────────────────────

    fn call(&mut self, name: &Name, arguments: &[Expr], expand: bool, span: Span) -> Type {
        let guards = matches!(&*name.value, "try" | "can");
        self.guards += usize::from(guards);
        let types: Vec<Type> = arguments.iter().map(|argument| self.ty(argument)).collect();
        self.guards -= usize::from(guards);
        let called = name.value.strip_prefix("core::").unwrap_or(&name.value);
        let Some(signature) = functions::signature(called).or_else(|| scope::signature(called)) else {
            let known = functions::names();
            let help = did_you_mean(called, known.into_iter().chain(scope::FUNCTIONS.iter().map(|(name, ..)| *name)));
            let error = RuleError::new(name.span, format!("there is no function `{called}`"));
            self.errors.push(RuleError { help, ..error });
            return Type::Any;
        };
        if !expand && let Some(refusal) = signature.refuses(arguments.len()) {
            self.errors.push(RuleError::new(span, format!("`{called}` {refusal}")));
        }
        match called {
            "try" | "coalesce" => types.into_iter().reduce(common).unwrap_or_default(),
            _ => signature.returns,
        }
    }

    fn for_expression(&mut self, parts: &ForExpr) -> Type {
        let depth = self.names.len();
        self.bind_elements(parts.key_name.as_ref(), &parts.value_name, &parts.collection);
        for expr in parts.key.iter().chain(&parts.condition) {
            self.ty(expr);
        }
        let value = self.ty(&parts.value);
        self.names.truncate(depth);
        match (&parts.key, parts.group) {
            (None, _) => Type::list(value),
            (Some(_), false) => Type::map(value),
            (Some(_), true) => Type::map(Type::list(value)),
        }
    }

    fn bind_elements(&mut self, key_name: Option<&Name>, value_name: &Name, collection: &Expr) {
        let collection = self.ty(collection);
        let key = match collection {
            Type::Map(_) | Type::Object(_) => Type::String,
            Type::List(_) | Type::Tuple(_) => Type::Number,
            _ => Type::Any,
        };
        if let Some(name) = key_name {
            self.bind(Arc::clone(&name.value), key);
        }
        self.bind(Arc::clone(&value_name.value), element(&collection));
    }

    fn binary(&mut self, operator: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Type {
        let (of_left, of_right) = (self.ty(left), self.ty(right));
        let compares = matches!(operator, BinaryOp::Equal | BinaryOp::NotEqual);
        if compares && of_left.is_primitive() && of_right.is_primitive() && of_left != of_right {
            let (left, right) = (of_left.friendly(), of_right.friendly());
            self.errors.push(never_equal(span, &left, &right));
        }
        match operator {
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => {
                Type::Number
            }
            _ => Type::Bool,
        }
    }
}

/// The error of an attribute that an object does not have.
pub(super) fn missing<'n>(name: &str, span: Span, known: impl Iterator<Item = &'n str> + Clone) -> RuleError {
    let help = did_you_mean(name, known.clone())
        .unwrap_or_else(|| format!("there are: {}", known.collect::<Vec<_>>().join(", ")));
    RuleError::new(span, format!("there is no `{name}` here")).with_help(help)
}

/// The error of a comparison of what is never equal.
pub(super) fn never_equal(span: Span, left: &str, right: &str) -> RuleError {
    RuleError::new(span, format!("this compares a {left} with a {right}, which are never equal"))
}

/// The type of the elements of a collection.
fn element(ty: &Type) -> Type {
    match ty {
        Type::Tuple(items) => items.iter().cloned().reduce(common).unwrap_or_default(),
        Type::Object(object) => object.attributes.values().cloned().reduce(common).unwrap_or_default(),
        _ => ty.element(),
    }
}

/// The type of something that is one or the other.
fn common(one: Type, other: Type) -> Type {
    if one == other { one } else { Type::Any }
}
