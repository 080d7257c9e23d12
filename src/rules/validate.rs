//! What is wrong with a rule before it is run: whatever would go wrong for every repository. The rule is looked at
//! twice. First its names, attributes and functions are held against the types of the model; then it is evaluated
//! over a model of which nothing is known but the types, as `terraform validate` does.

use std::sync::Arc;

use super::infer::Inference;
use super::infer_path::PathInference;
use super::load::Queries;
use super::rule::{Rule, RuleError, Select, SelectFrom};
use super::scope::RuleScope;
use crate::eval::{Budget, Evaluator};
use crate::model::types;
use crate::source::Span;
use crate::syntax::hcl::ast::{Expr, ExprKind, StepKind};
use crate::value::{Data, Type, Unknown, Value};

/// Everything that is wrong with a rule that could be read.
pub(super) fn validate(rule: &Rule, queries: &Queries) -> Vec<RuleError> {
    let parameters: Vec<(Arc<str>, Type)> =
        rule.parameters.iter().map(|parameter| (Arc::clone(&parameter.name.value), parameter.ty.clone())).collect();
    let values = parameters.iter().map(|(name, ty)| (Arc::clone(name), open(ty.clone())));
    let scope = RuleScope::new(open(types::standard().clone()), open(types::model().attribute("statements")));
    let mut validation = Validation {
        rule,
        queries,
        scope: scope.with_parameters(Value::record(values)),
        parameters: Type::object(parameters),
        budget: Budget::new(),
        bound: Vec::new(),
        errors: Vec::new(),
    };
    validation.join(&rule.selects);
    validation.parameters();
    let mut errors: Vec<RuleError> = Vec::new();
    for error in validation.errors {
        if !errors.contains(&error) {
            errors.push(error);
        }
    }
    errors
}

/// A value of which only the type is known.
fn open(ty: Type) -> Value {
    Value::unknown(Unknown::new(ty, "it is not known before the rule runs", None))
}

struct Validation<'v> {
    rule: &'v Rule,
    queries: &'v Queries,
    scope: RuleScope,
    parameters: Type,
    budget: Budget,
    bound: Vec<(Arc<str>, Value)>,
    errors: Vec<RuleError>,
}

impl Validation<'_> {
    fn inference(&self) -> Inference {
        let mut inference = Inference::default();
        inference.bind("standard".into(), types::standard().clone());
        inference.bind("parameter".into(), self.parameters.clone());
        for (name, value) in &self.bound {
            inference.bind(Arc::clone(name), value.ty());
        }
        inference
    }

    /// The value of an expression, as far as it is known before the rule runs.
    fn evaluate(&mut self, expr: &Expr) -> Option<Value> {
        let names = self.bound.iter().map(|(name, value)| (&**name, value.clone()));
        let evaluator = Evaluator::new(&self.scope, &self.budget);
        let value = evaluator.with_names(names, |evaluator| evaluator.evaluate(expr));
        value.map_err(|error| self.errors.push(error.into())).ok()
    }

    /// Binds what is selected, one after the other, and looks at the rest when all are bound.
    fn join(&mut self, selects: &[Select]) {
        let Some((select, rest)) = selects.split_first() else {
            self.body();
            return;
        };
        for value in self.selected(select) {
            self.bound.push((Arc::clone(&select.name.value), value));
            self.join(rest);
            self.bound.pop();
        }
    }

    fn selected(&mut self, select: &Select) -> Vec<Value> {
        match &select.from {
            SelectFrom::Path(path, span) => self.of_path(path, *span).into_iter().map(open).collect(),
            SelectFrom::Expression(expr) => self.of_expression(expr),
        }
    }

    fn of_path(&mut self, path: &str, span: Span) -> Option<Type> {
        let mut inference = PathInference::new(types::model(), path, span);
        let ty = match self.queries.get(path)?.as_ref() {
            Ok(query) => inference.selected(query),
            Err(error) => {
                self.errors.push(inference.refused(error));
                return None;
            }
        };
        let is_right = inference.errors.is_empty();
        self.errors.append(&mut inference.errors);
        is_right.then_some(ty)
    }

    fn of_expression(&mut self, expr: &Expr) -> Vec<Value> {
        let mut inference = self.inference();
        let ty = inference.ty(expr);
        if !inference.errors.is_empty() {
            self.errors.append(&mut inference.errors);
            return Vec::new();
        }
        let Some(value) = self.evaluate(expr) else {
            return Vec::new();
        };
        match (&value.data, value.as_items()) {
            (_, Some(items)) => kinds(items).into_iter().map(open).collect(),
            (Data::Unknown(unknown), _)
                if is_or(&unknown.ty, |ty| matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_))) =>
            {
                vec![open(if unknown.ty == Type::Any { ty.element() } else { unknown.ty.element() })]
            }
            (Data::Null(_), _) => Vec::new(),
            _ => {
                let message = format!("`from` must give a list, and this is a {}", value.ty().friendly());
                self.errors.push(RuleError::new(expr.span, message));
                Vec::new()
            }
        }
    }

    // ── With everything bound ───────────────────────────────────────────────────────────

    fn body(&mut self) {
        let mut inference = self.inference();
        for (name, expr) in &self.rule.lets {
            let ty = inference.ty(expr);
            inference.bind(Arc::clone(&name.value), ty);
        }
        for expr in expressions(self.rule) {
            inference.ty(expr);
        }
        self.unneeded(&inference);
        if !inference.errors.is_empty() {
            self.errors.append(&mut inference.errors);
            return;
        }
        let depth = self.bound.len();
        for (name, expr) in &self.rule.lets {
            let value = self.evaluate(expr).unwrap_or_else(|| open(Type::Any));
            self.bound.push((Arc::clone(&name.value), value));
        }
        for expr in self.rule.when.iter().chain([&self.rule.condition]) {
            self.truth(expr);
        }
        for expr in expressions(self.rule) {
            self.evaluate(expr);
        }
        self.places();
        self.bound.truncate(depth);
    }

    fn truth(&mut self, expr: &Expr) {
        let Some(value) = self.evaluate(expr) else {
            return;
        };
        let ty = value.ty();
        if value.is_null() || !is_or(&ty, |ty| *ty == Type::Bool) {
            let found = if value.is_null() { "null".to_owned() } else { format!("a {}", ty.friendly()) };
            self.errors.push(RuleError::new(expr.span, format!("this must be true or false, and is {found}")));
        }
    }

    /// Notes sections of the standard that the rule counts on without needing them.
    fn unneeded(&mut self, inference: &Inference) {
        for (section, place) in &inference.sections {
            let need = format!("standard.{section}");
            let needed = |known: &&String| **known == need || known.starts_with(&format!("{need}."));
            let guarded = inference.sections.iter().any(|(other, place)| other == section && place.is_none());
            if let Some(place) = place.filter(|_| !guarded && self.rule.needs.iter().find(needed).is_none()) {
                let message = format!("this fails where the standard has no `{section}`");
                let help = format!("add \"{need}\" to `needs`, or ask with `try({need}, null)`");
                self.errors.push(RuleError::new(place, message).with_help(help));
            }
        }
    }

    /// Notes values that are in no file, where a place in one is needed.
    fn places(&mut self) {
        let at = self.rule.at.iter().chain(self.rule.labels.iter().map(|label| &label.at));
        let placeless = at
            .filter(|at| is_literal(at))
            .map(|at| RuleError::new(at.span, "this is written in the rule, and has no place in what is checked"));
        let computed = self.rule.fixes.iter().filter(|fix| !hands_on(&fix.replace)).map(|fix| {
            RuleError::new(fix.replace.span, "this is computed, and is written nowhere that could be replaced")
                .with_help("name the value itself, such as `function.timeout`")
        });
        let found: Vec<RuleError> = placeless.chain(computed).collect();
        self.errors.extend(found);
    }

    /// Looks at the validations of parameters, which see nothing but parameters.
    fn parameters(&mut self) {
        for validation in self.rule.parameters.iter().flat_map(|parameter| &parameter.validations) {
            let mut inference = Inference::default();
            inference.bind("parameter".into(), self.parameters.clone());
            inference.ty(&validation.condition);
            inference.ty(&validation.message);
            if inference.errors.is_empty() {
                self.truth(&validation.condition);
                self.evaluate(&validation.message);
            }
            self.errors.append(&mut inference.errors);
        }
    }
}

/// Every expression that is evaluated for what is bound, but for the `let`s.
fn expressions(rule: &Rule) -> Vec<&Expr> {
    let Rule { when, condition, message, help, at, labels, fixes, .. } = rule;
    let labels = labels.iter().flat_map(|label| [&label.at, &label.text]);
    let fixes = fixes.iter().flat_map(|fix| [&fix.replace, &fix.with]);
    when.iter().chain([condition, message]).chain(help).chain(at).chain(labels).chain(fixes).collect()
}

/// The types among elements, each once. What one of them is must not decide of the rule what another one would.
fn kinds(items: &[Value]) -> Vec<Type> {
    let mut types: Vec<Type> = Vec::new();
    for ty in items.iter().map(Value::ty) {
        if !types.contains(&ty) {
            types.push(ty);
        }
    }
    types
}

/// Whether a type is one of these, or may turn out to be.
fn is_or(ty: &Type, one: impl Fn(&Type) -> bool) -> bool {
    *ty == Type::Any || one(ty)
}

fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Bool(_) => true,
        ExprKind::Parens(inner) => is_literal(inner),
        _ => false,
    }
}

/// Whether an expression may give a value as it was written somewhere, and not one that is made here.
fn hands_on(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Access { base, steps } => {
            hands_on(base) && steps.iter().all(|step| matches!(step.kind, StepKind::Attribute(_) | StepKind::Index(_)))
        }
        ExprKind::Parens(inner) => hands_on(inner),
        ExprKind::Conditional(parts) => parts.iter().skip(1).any(hands_on),
        ExprKind::Call { name, arguments, .. } => {
            matches!(&*name.value, "try" | "coalesce" | "one" | "element" | "lookup") && arguments.iter().any(hands_on)
        }
        _ => false,
    }
}
