//! The kinds of expression.

use std::sync::Arc;

use super::{Budget, EvalError, Evaluated, Evaluator, Found, PathStep, access, operators};
use crate::source::Span;
use crate::syntax::hcl::ast::{BinaryOp, Expr, ExprKind, ForExpr, ObjectItem, Step, StepKind, TemplatePart, UnaryOp};
use crate::value::{Answer, Data, Fields, Number, Origin, Type, Unknown, Value, convert, equals, unify};

impl Evaluator<'_> {
    /// The value of an expression.
    ///
    /// # Errors
    /// Where Terraform would stop with an error, or a bound is hit.
    pub fn evaluate(&self, expr: &Expr) -> Evaluated {
        self.budget.spend(1, expr.span)?;
        self.budget.deeper(expr.span, || self.kind(expr))
    }

    fn kind(&self, expr: &Expr) -> Evaluated {
        let span = expr.span;
        Ok(match &expr.kind {
            ExprKind::Null => Value::null().written_at(span),
            ExprKind::Bool(truth) => Value::from(*truth).written_at(span),
            ExprKind::Number(number) => Value::from(number.clone()).written_at(span),
            ExprKind::Text(text) => Value::string(Arc::clone(text)).written_at(span),
            ExprKind::Template(parts) => match parts.as_slice() {
                // A template of one interpolation is that value, whatever its type.
                [TemplatePart::Interpolation(only)] => self.evaluate(only)?,
                parts => self.template(parts, span)?,
            },
            ExprKind::Tuple(items) => {
                let items = items.iter().map(|item| self.evaluate(item)).collect::<Result<Vec<_>, _>>()?;
                Value::tuple(items).written_at(span)
            }
            ExprKind::Object(items) => self.object(items, span)?,
            ExprKind::Variable(root) => self.reference(root, &[], span)?,
            ExprKind::Access { base, steps } => self.access(base, steps, span)?,
            ExprKind::Call { name, arguments, expand } => self.call(name, arguments, *expand, span)?,
            ExprKind::For(expr) => self.for_expression(expr, span)?,
            ExprKind::Conditional(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                self.conditional(condition, then, otherwise, span)?
            }
            ExprKind::Unary(operator, operand) => {
                operators::unary(*operator, &self.evaluate(operand)?, span, operand.span)?
            }
            ExprKind::Binary(..) => self.binary(expr)?,
            ExprKind::Parens(inner) => self.evaluate(inner)?,
            ExprKind::HugeNumber => {
                let unknown = Unknown::new(Type::Number, Number::BEYOND, Some(span));
                Value::unknown(Unknown { not_null: true, ..unknown })
            }
            ExprKind::Invalid => Value::unknown(Unknown::new(Type::Any, "it could not be read", Some(span))),
        })
    }

    /// Chains such as `a + b + c + …` lean left; they are walked without recursion.
    fn binary(&self, expr: &Expr) -> Evaluated {
        let mut spine: Vec<(BinaryOp, &Expr, Span)> = Vec::new();
        let mut left = expr;
        while let ExprKind::Binary(operator, operands) = &left.kind {
            let [first, second] = operands.as_ref();
            spine.push((*operator, second, left.span));
            left = first;
        }
        let mut value = self.evaluate(left);
        let mut left_span = left.span;
        for (operator, right, span) in spine.into_iter().rev() {
            let right_value = self.evaluate(right);
            value = if matches!(operator, BinaryOp::And | BinaryOp::Or) {
                operators::logical(operator, (value, left_span), (right_value, right.span), span)
            } else {
                let (left_value, right_value) = (value?, right_value?);
                if matches!(operator, BinaryOp::Equal | BinaryOp::NotEqual) {
                    self.budget.spend(size(&left_value).min(size(&right_value)), span)?;
                }
                operators::binary(operator, (&left_value, left_span), (&right_value, right.span), span)
            };
            left_span = span;
        }
        value
    }

    fn object(&self, items: &[ObjectItem], span: Span) -> Evaluated {
        let mut fields = Fields::new();
        let mut unknown_key = None;
        let mut sensitive = false;
        for item in items {
            let key = match (item.bare_key(), &item.key.kind) {
                (Some(name), _) => Value::string(Arc::clone(name)),
                // A keyword is a key like any other name.
                (None, ExprKind::Null) => "null".into(),
                (None, _) => self.evaluate(&item.key)?,
            };
            let value = self.evaluate(&item.value)?;
            sensitive |= key.sensitive;
            match key_text(&key, item.key.span)? {
                Ok(key) => {
                    fields.insert(key, value);
                }
                Err(unknown) => unknown_key = Some(unknown),
            }
        }
        Ok(match unknown_key {
            Some(unknown) => Value::unknown(unknown.derived(Type::Any)).written_at(span),
            None => Value::object(fields).written_at(span),
        }
        .marked(sensitive))
    }

    // ── References ──────────────────────────────────────────────────────────────────────

    fn access(&self, base: &Expr, steps: &[Step], span: Span) -> Evaluated {
        let ExprKind::Variable(root) = &base.kind else {
            return self.steps(self.evaluate(base)?, steps);
        };
        let mut path = Vec::new();
        for step in steps {
            match &step.kind {
                StepKind::Attribute(name) => path.push(PathStep::Attribute(Arc::clone(name), step.span)),
                StepKind::Index(key) => path.push(PathStep::Index(self.evaluate(key)?, step.span)),
                StepKind::AttributeSplat(_) | StepKind::FullSplat(_) => break,
            }
        }
        let value = self.reference(root, &path, path.last().map_or(base.span, |last| base.span.to(last.span())))?;
        match steps.get(path.len()..) {
            None | Some([]) => Ok(value),
            Some(rest) => {
                let value = self.steps(value, rest)?;
                Ok(if self.scope.records_references() { value.via(span) } else { value })
            }
        }
    }

    fn reference(&self, root: &Arc<str>, path: &[PathStep], span: Span) -> Evaluated {
        let found = match self.bound(root) {
            Some(value) => Found::root(value.clone()),
            None => self.scope.lookup(root, path, span)?,
        };
        let mut value = found.value;
        for step in path.iter().skip(found.used) {
            value = match step {
                PathStep::Attribute(name, at) => access::attribute(&value, name, *at)?,
                PathStep::Index(key, at) => access::index(&value, key, *at)?,
            };
        }
        Ok(if self.scope.records_references() { value.via(span) } else { value })
    }

    fn steps(&self, mut value: Value, steps: &[Step]) -> Evaluated {
        for step in steps {
            value = match &step.kind {
                StepKind::Attribute(name) => access::attribute(&value, name, step.span)?,
                StepKind::Index(key) => access::index(&value, &self.evaluate(key)?, step.span)?,
                StepKind::AttributeSplat(inner) | StepKind::FullSplat(inner) => self.splat(&value, inner, step.span)?,
            };
        }
        Ok(value)
    }

    fn splat(&self, value: &Value, steps: &[Step], span: Span) -> Evaluated {
        let each =
            |items: &[Value]| items.iter().map(|item| self.steps(item.clone(), steps)).collect::<Result<Vec<_>, _>>();
        let result = match &value.data {
            Data::Null(_) => Value::tuple(Vec::new()),
            // What is no list and not null is the one element of a list.
            Data::Unknown(unknown) if unknown.ty.is_primitive() && unknown.not_null => {
                Value::tuple(each(std::slice::from_ref(value))?)
            }
            Data::Unknown(unknown) => Value::unknown(Unknown { span: Some(span), ..unknown.derived(Type::Any) }),
            Data::Tuple(items) => Value::tuple(each(items)?),
            // Of no elements at all there still is a type, and something that no element could have.
            Data::List(element, items) | Data::Set(element, items) if items.is_empty() => {
                let element = Value::unknown(Unknown::new(element.clone(), "it stands for any element", Some(span)));
                Value::list(self.steps(element, steps)?.ty(), Vec::new())
            }
            Data::List(_, items) | Data::Set(_, items) => {
                let items = each(items)?;
                match unify(items.iter().map(Value::ty)) {
                    Some(element) => Value::list(element, items),
                    None => Value::tuple(items),
                }
            }
            _ => Value::tuple(each(std::slice::from_ref(value))?),
        };
        Ok(result.at(value.origin.clone()).marked(value.sensitive))
    }

    // ── Calls, conditions, loops ────────────────────────────────────────────────────────

    fn call(&self, name: &crate::syntax::hcl::ast::Name, arguments: &[Expr], expand: bool, span: Span) -> Evaluated {
        let called = name.value.strip_prefix("core::").unwrap_or(&name.value);
        if let Some(result) = self.special_call(called, arguments, span) {
            return result;
        }
        let mut values = arguments.iter().map(|argument| self.evaluate(argument)).collect::<Result<Vec<_>, _>>()?;
        let mut spans: Vec<Span> = arguments.iter().map(|argument| argument.span).collect();
        if expand && let (Some(last), Some(last_span)) = (values.pop(), spans.pop()) {
            match &last.data {
                Data::Unknown(unknown) => return Ok(Value::unknown(unknown.derived(Type::Any)).written_at(span)),
                Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => {
                    values.extend(items.iter().cloned().map(|item| item.marked(last.sensitive)));
                    spans.resize(values.len(), last_span);
                }
                _ => {
                    return Err(EvalError::new(
                        last_span,
                        "`...` expands a list, a set or a tuple, and this is none of them",
                    ));
                }
            }
        }
        super::functions::call(self, name, &values, &spans, span)
    }

    /// Functions that see their arguments before they are evaluated.
    fn special_call(&self, name: &str, arguments: &[Expr], span: Span) -> Option<Evaluated> {
        match name {
            "try" => Some(self.try_each(arguments, span)),
            "can" => match arguments {
                [only] => Some(match self.evaluate(only) {
                    Err(error) if error.bound => Err(error),
                    Err(_) => Ok(Value::from(false).written_at(span)),
                    Ok(value) => Ok(match value.first_unknown() {
                        Some(unknown) => Value::unknown(unknown.derived(Type::Bool)).written_at(span),
                        None => Value::from(true).written_at(span),
                    }),
                }),
                _ => Some(Err(EvalError::new(span, "`can` takes one expression"))),
            },
            "templatestring" => match arguments.first() {
                Some(template) if !is_reference(template) => Some(Err(EvalError::new(
                    template.span,
                    "`templatestring` renders a template from elsewhere, so it takes a reference to one",
                )
                .with_help("write a template that stands right here as a string"))),
                _ => None,
            },
            _ => None,
        }
    }

    fn try_each(&self, arguments: &[Expr], span: Span) -> Evaluated {
        let mut last = EvalError::new(span, "`try` needs at least one expression");
        for argument in arguments {
            match self.evaluate(argument) {
                Ok(value) => return Ok(value),
                Err(error) if error.bound => return Err(error),
                Err(error) => last = error,
            }
        }
        if arguments.is_empty() {
            return Err(last);
        }
        Err(EvalError::new(span, format!("no expression of this `try` evaluates; the last says: {}", last.message)))
    }

    fn conditional(&self, condition: &Expr, then: &Expr, otherwise: &Expr, span: Span) -> Evaluated {
        let test = self.evaluate(condition)?;
        let (yes, no) = (self.evaluate(then), self.evaluate(otherwise));
        // Terraform checks both branches, but an error in the one not taken stops nothing we want to know.
        let truth = operators::truth(&test, condition.span)?;
        let (yes, no) = match (truth.as_ref().ok(), yes, no) {
            (Some(true), Ok(yes), Err(_)) => {
                return beside_failed(yes, otherwise, span).map(|yes| yes.marked(test.sensitive));
            }
            (Some(false), Err(_), Ok(no)) => return beside_failed(no, then, span).map(|no| no.marked(test.sensitive)),
            (_, yes, no) => (yes?, no?),
        };
        let shared = common_type(&yes, &no).ok_or_else(|| {
            EvalError::new(
                span,
                format!("the two results have different types, {} and {}", yes.ty().friendly(), no.ty().friendly()),
            )
        })?;
        let to = |value: &Value, at: Span| {
            convert(value, &shared)
                .map_err(|error| EvalError::new(at, format!("the two results must have one type: {error}")))
        };
        // Both results' marks count, so that whether the value is shown does not tell the condition.
        let sensitive = test.sensitive || yes.sensitive || no.sensitive;
        // Only the result that is taken has to fit.
        let (yes, no) = match truth {
            Ok(true) => (to(&yes, then.span)?, no),
            Ok(false) => (yes, to(&no, otherwise.span)?),
            Err(_) => (to(&yes, then.span)?, to(&no, otherwise.span)?),
        };
        Ok(match truth {
            Ok(true) => yes,
            Ok(false) => no,
            Err(unknown) => match equals(&yes, &no) {
                Answer::Yes => yes,
                _ => {
                    let origins = [yes.origin.clone(), no.origin.clone()];
                    Value::unknown(unknown.derived(shared)).at(Origin::derived(span, origins))
                }
            },
        }
        .marked(sensitive))
    }

    /// Terraform tries a condition once without any element, which finds what is wrong with it
    /// even where there are none.
    fn check_condition(&self, expr: &ForExpr, span: Span) -> Result<(), EvalError> {
        let Some(condition) = &expr.condition else {
            return Ok(());
        };
        let element = || Value::unknown(Unknown::new(Type::Any, "it stands for any element", Some(span)));
        let key_name = expr.key_name.as_ref().map(|name| (&*name.value, element()));
        let names = key_name.into_iter().chain([(&*expr.value_name.value, element())]);
        self.with_names(names, |inner| operators::truth(&inner.evaluate(condition)?, condition.span).map(|_| ()))
    }

    fn for_expression(&self, expr: &ForExpr, span: Span) -> Evaluated {
        let collection = self.evaluate(&expr.collection)?;
        let pairs = match pairs(&collection, expr.collection.span)? {
            Ok(pairs) => pairs,
            Err(unknown) => return Ok(Value::unknown(unknown.derived(Type::Any)).written_at(span)),
        };
        self.check_condition(expr, span)?;
        let mut items: Vec<Value> = Vec::new();
        let mut groups: std::collections::BTreeMap<Arc<str>, Vec<Value>> = std::collections::BTreeMap::new();
        let mut sensitive = collection.sensitive;
        let mut blocked: Option<Arc<Unknown>> = None;
        for (key, value) in pairs {
            self.budget.spend(1, span)?;
            let key_name = expr.key_name.as_ref().map(|name| (&*name.value, key));
            let names = key_name.into_iter().chain([(&*expr.value_name.value, value)]);
            self.with_names(names, |inner| -> Result<(), EvalError> {
                if let Some(condition) = &expr.condition {
                    let wanted = inner.evaluate(condition)?;
                    sensitive |= wanted.sensitive;
                    match operators::truth(&wanted, condition.span)? {
                        Ok(true) => {}
                        Ok(false) => return Ok(()),
                        Err(unknown) => {
                            blocked = Some(unknown);
                            return Ok(());
                        }
                    }
                }
                let value = inner.evaluate(&expr.value)?;
                let Some(key) = &expr.key else {
                    items.push(value);
                    return Ok(());
                };
                let key_value = inner.evaluate(key)?;
                sensitive |= key_value.sensitive;
                match key_text(&key_value, key.span)? {
                    Err(unknown) => blocked = Some(unknown),
                    Ok(text) => {
                        let group = groups.entry(Arc::clone(&text)).or_default();
                        if !group.is_empty() && !expr.group {
                            return Err(EvalError::new(key.span, format!("two items have the key {text:?}"))
                                .with_help("write `...` after the value to group the values of equal keys"));
                        }
                        group.push(value);
                    }
                }
                Ok(())
            })?;
        }
        if items.len().max(groups.len()) > Budget::MAX_ELEMENTS {
            return Err(EvalError::bound(span, "it builds a larger collection than trysquare allows"));
        }
        let result = match blocked {
            Some(unknown) => Value::unknown(unknown.derived(Type::Any)),
            None if expr.key.is_none() => Value::tuple(items),
            None => Value::object(
                groups
                    .into_iter()
                    .map(|(key, mut group)| {
                        let value = if expr.group {
                            Value::tuple(group).written_at(span)
                        } else {
                            group.pop().unwrap_or_default()
                        };
                        (key, value)
                    })
                    .collect(),
            ),
        };
        Ok(result.written_at(span).marked(sensitive))
    }
}

/// The result of a conditional whose other result fails. Where that tells its type all the same,
/// as an operator does, both must still have one type.
fn beside_failed(value: Value, failed: &Expr, span: Span) -> Evaluated {
    let mut failed = failed;
    while let ExprKind::Parens(inner) = &failed.kind {
        failed = inner;
    }
    let ty = match &failed.kind {
        ExprKind::Unary(UnaryOp::Negate, _) => Type::Number,
        ExprKind::Unary(UnaryOp::Not, _) => Type::Bool,
        ExprKind::Binary(operator, _) if operators::gives_number(*operator) => Type::Number,
        ExprKind::Binary(..) => Type::Bool,
        _ => return Ok(value),
    };
    let shared = if value.ty() == Type::Any { Some(ty) } else { unify([value.ty(), ty]) };
    let shared = shared.ok_or_else(|| EvalError::new(span, "the two results have different types"))?;
    convert(&value, &shared).map_err(|error| EvalError::new(span, error.0))
}

/// How many values there are in a value, at any depth: what comparing it costs.
fn size(value: &Value) -> usize {
    match &value.data {
        Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => {
            items.iter().map(|item| 1 + size(item)).sum()
        }
        Data::Map(_, fields) => fields.values().map(|item| 1 + size(item)).sum(),
        Data::Object(object) => object.fields.values().map(|item| 1 + size(item)).sum(),
        _ => 0,
    }
}

/// Whether an expression refers to a value and does not compute one.
fn is_reference(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Access { base, .. } => is_reference(base),
        _ => false,
    }
}

/// The type both results of a conditional take. A bare `null` takes the other's.
fn common_type(yes: &Value, no: &Value) -> Option<Type> {
    match (&yes.data, &no.data) {
        (Data::Null(Type::Any), _) => Some(no.ty()),
        (_, Data::Null(Type::Any)) => Some(yes.ty()),
        _ if yes.ty() == Type::Any || no.ty() == Type::Any => Some(Type::Any),
        _ => unify([yes.ty(), no.ty()]),
    }
}

/// The text of an object key: known, or the unknown it hangs on.
pub(super) fn key_text(key: &Value, span: Span) -> Result<Result<Arc<str>, Arc<Unknown>>, EvalError> {
    if key.is_null() {
        return Err(EvalError::new(span, "a key cannot be null"));
    }
    let text = convert(key, &Type::String)
        .map_err(|_| EvalError::new(span, format!("a key must be a string, and this is {}", key.ty().friendly())))?;
    Ok(match &text.data {
        Data::String(text) => Ok(Arc::clone(text)),
        _ => Err(text
            .first_unknown()
            .cloned()
            .unwrap_or_else(|| Arc::new(Unknown::new(Type::String, "unknown key", Some(span))))),
    })
}

/// Keys and values of what is walked over, or the unknown that keeps them from being known.
pub(super) type Pairs = Result<Vec<(Value, Value)>, Arc<Unknown>>;

/// Keys and values of what a `for` walks over.
pub(super) fn pairs(collection: &Value, span: Span) -> Result<Pairs, EvalError> {
    let mark = collection.sensitive;
    Ok(Ok(match &collection.data {
        Data::Unknown(unknown) if !unknown.ty.is_primitive() => return Ok(Err(Arc::clone(unknown))),
        Data::Tuple(items) | Data::List(_, items) => {
            items.iter().enumerate().map(|(at, item)| (Value::from(at), item.clone().marked(mark))).collect()
        }
        Data::Set(_, items) => {
            items.iter().map(|item| (item.clone().marked(mark), item.clone().marked(mark))).collect()
        }
        Data::Map(_, fields) => field_pairs(fields, collection, mark),
        Data::Object(object) => match &object.rest {
            // Which attributes there are besides is not known.
            Some(rest) => return Ok(Err(Arc::clone(rest))),
            None => field_pairs(&object.fields, collection, mark),
        },
        Data::Null(_) => return Err(EvalError::new(span, "a null value cannot be walked over")),
        _ => {
            return Err(EvalError::new(span, format!("a {} cannot be walked over", collection.ty().friendly()))
                .with_help("`for` takes a list, set, map, tuple or object"));
        }
    }))
}

fn field_pairs(fields: &Fields, collection: &Value, mark: bool) -> Vec<(Value, Value)> {
    fields
        .iter()
        .map(|(key, value)| {
            // A key has no place of its own; where its value was written is the nearest one.
            let origin = if value.origin.is_empty() { collection.origin.clone() } else { value.origin.clone() };
            (Value::string(Arc::clone(key)).at(origin), value.clone().marked(mark))
        })
        .collect()
}
