//! GitHub's expressions, evaluated to everything that they can be.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions> and
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/contexts>.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use github_actions_expressions::call::Function;
use github_actions_expressions::literal::Literal;
use github_actions_expressions::op::{BinExpr, BinOp};
use github_actions_expressions::{Expr, SpannedExpr};

use super::possible::{Alternative, Given, Possible, ValueKind};
use super::text::Text;
use super::types::Template;
use crate::syntax::shell::expression_len;

/// GitHub evaluates no longer expression.
const MAX_LENGTH: usize = 21_000;
/// How many operators an expression may have; it is a tree as deep as that.
const MAX_OPERATORS: usize = 200;
/// How many possibilities are compared with how many.
const MAX_PAIRS: usize = 4_096;

/// How many pairs of possibilities are put together in one workflow before the rest is given up.
const MAX_WORK: usize = 5_000_000;

/// What is left of the work that one workflow may cost; shared by all that is evaluated for it.
#[derive(Debug, Clone)]
pub struct Budget(Arc<AtomicUsize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(AtomicUsize::new(MAX_WORK)))
    }
}

/// The name of what was given up.
pub(super) const TOO_MUCH: &str = "more than can be followed";

/// Named values.
pub type Names = HashMap<String, Possible>;

/// What expressions can refer to.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// What is known of `github`: `event_name`.
    pub github: Arc<Names>,
    /// `inputs`, by lower-case name.
    pub inputs: Arc<Names>,
    /// `matrix`, by lower-case name.
    pub matrix: Arc<Names>,
    /// `env`, by name.
    pub env: Names,
    /// `steps.ID.outputs`, both in lower case.
    pub steps: HashMap<String, Names>,
    /// `needs.ID.outputs` and `jobs.ID.outputs`, both in lower case.
    pub needs: Arc<HashMap<String, Names>>,
    /// What is left of the work allowed.
    pub budget: Budget,
}

impl Scope {
    /// A scope for something that is called: it shares what is left of the work, and nothing else.
    #[must_use]
    pub fn called(&self) -> Self {
        Self { budget: self.budget.clone(), ..Self::default() }
    }

    /// One value after the other, as long as the work allowed for the workflow lasts.
    #[must_use]
    pub fn concat(&self, left: &Possible, right: &Possible) -> Possible {
        if self.spend(left.known.len() * right.known.len()) { left.concat(right) } else { Possible::unknown(TOO_MUCH) }
    }

    /// What remains of a value in these cases, as long as the work allowed lasts.
    #[must_use]
    pub fn within(&self, value: Possible, cases: &[Given]) -> Possible {
        if self.spend(value.known.len() * cases.len()) { value.within(cases) } else { Possible::unknown(TOO_MUCH) }
    }

    /// Takes from the budget; false when it is used up.
    pub(super) fn spend(&self, work: usize) -> bool {
        let left = self.budget.0.load(Ordering::Relaxed);
        self.budget.0.store(left.saturating_sub(work), Ordering::Relaxed);
        left > work
    }

    /// Everything that a template can be.
    #[must_use]
    pub fn template(&self, template: &Template) -> Possible {
        self.text(template.text())
    }

    /// Everything that a text with `${{ … }}` in it can be.
    #[must_use]
    pub fn text(&self, text: &str) -> Possible {
        let mut all: Option<Possible> = None;
        let mut join = |more: Possible| {
            all = Some(match all.take() {
                // An expression that stands alone keeps its kind.
                None => more,
                Some(before) => self.concat(&before, &more),
            });
        };
        let mut rest = text;
        while let Some(open) = rest.find("${{") {
            let after = rest.get(open + 3..).unwrap_or("");
            let Some(len) = expression_len(after) else {
                break;
            };
            if open > 0 {
                join(Possible::known(rest.get(..open).unwrap_or("")));
            }
            join(self.expression(after.get(..len).unwrap_or("")));
            rest = after.get(len + 2..).unwrap_or("");
        }
        if !rest.is_empty() {
            join(Possible::known(rest));
        }
        all.unwrap_or_else(|| Possible::known(""))
    }

    /// Everything that an expression can be.
    #[must_use]
    pub fn expression(&self, text: &str) -> Possible {
        let text = text.trim();
        let operators = text.bytes().filter(|byte| b"|&=<>!".contains(byte)).count();
        if text.len() > MAX_LENGTH || operators > MAX_OPERATORS {
            return Possible::unknown("an expression too long to follow");
        }
        match Expr::parse(text) {
            Ok(expression) => self.evaluate(&expression),
            Err(_) => Possible::unknown(text),
        }
    }

    /// The suppositions under which an `if:` lets its step or job run.
    ///
    /// One empty supposition when nothing can be said, none when it never runs.
    #[must_use]
    pub fn condition(&self, text: &str) -> Vec<Given> {
        let inner = text.trim();
        let inner = inner
            .strip_prefix("${{")
            .and_then(|rest| rest.strip_suffix("}}"))
            .filter(|inner| !inner.contains("}}"))
            .unwrap_or(inner);
        if inner.contains("${{") {
            return vec![Given::default()];
        }
        let possible = self.expression(inner);
        if !possible.complete {
            return vec![Given::default()];
        }
        let holds = possible.known.into_iter().filter(|one| one.truthy() != Some(false));
        let mut cases: Vec<Given> = holds.map(|one| one.given).collect();
        cases.sort();
        cases.dedup();
        // A case that supposes nothing makes the others say nothing.
        if cases.iter().any(Given::is_empty) {
            return vec![Given::default()];
        }
        cases
    }

    fn evaluate(&self, expression: &SpannedExpr<'_>) -> Possible {
        let name = || Possible::unknown(expression.origin.raw);
        match &expression.inner {
            Expr::Literal(literal) => Possible::one(literal_value(literal)),
            Expr::Call(call) => self.call(call.func, &call.args).unwrap_or_else(name),
            Expr::Context(context) => self.context(&context.parts).unwrap_or_else(name),
            Expr::BinExpr(binary) => self.binary(binary),
            Expr::UnExpr { expr, .. } => {
                let inner = self.evaluate(expr);
                let flip = |one: &Alternative| match one.truthy() {
                    Some(truth) => vec![bool_value(!truth, one.given.clone())],
                    None => either(one.given.clone()),
                };
                all_of(&inner, flip)
            }
            Expr::Star | Expr::Identifier(_) | Expr::Index(_) => name(),
        }
    }

    /// A path such as `inputs.app`, `matrix['x']`, `fromJSON('…').a`.
    fn context(&self, parts: &[SpannedExpr<'_>]) -> Option<Possible> {
        let (head, rest) = parts.split_first()?;
        let mut keys = Vec::with_capacity(rest.len());
        for part in rest {
            keys.push(match &part.inner {
                Expr::Identifier(name) => Possible::known(name.as_str()),
                Expr::Index(index) => self.evaluate(index),
                _ => return None,
            });
        }
        let (mut value, used) = match &head.inner {
            Expr::Identifier(root) => self.lookup(&root.as_str().to_ascii_lowercase(), &keys)?,
            _ => (self.evaluate(head), 0),
        };
        for key in keys.get(used..)? {
            value = index(&value, key)?;
        }
        Some(value)
    }

    /// The value at the start of a path, and how many keys lead to it.
    fn lookup(&self, root: &str, keys: &[Possible]) -> Option<(Possible, usize)> {
        let key = |at: usize| keys.get(at).and_then(Possible::single);
        let lower = |at: usize| key(at).map(str::to_ascii_lowercase);
        let found = match root {
            "inputs" => (self.inputs.get(&lower(0)?).cloned(), 1),
            "matrix" => (self.matrix.get(&lower(0)?).cloned(), 1),
            "env" => (self.env.get(key(0)?).cloned(), 1),
            "github" if key(0) == Some("event") && key(1) == Some("inputs") => {
                // Here every input is text.
                let input = self.inputs.get(&lower(2)?);
                (input.map(|input| input.concat(&Possible::known(""))), 3)
            }
            "github" => (self.github.get(&lower(0)?).cloned(), 1),
            "steps" | "needs" | "jobs" => {
                let all = if root == "steps" { &self.steps } else { &*self.needs };
                let outputs = all.get(&lower(0)?);
                let named = (key(1) == Some("outputs")).then_some(()).and(outputs);
                (named.and_then(|names| names.get(&lower(2)?)).cloned(), 3)
            }
            _ => (None, 0),
        };
        match found {
            (Some(value), used) => Some((value, used)),
            (None, _) => {
                let mut symbol = root.to_owned();
                for at in 0..keys.len() {
                    symbol.push('.');
                    symbol.push_str(key(at)?);
                }
                Some((Possible::unknown(&symbol), keys.len()))
            }
        }
    }

    fn binary(&self, binary: &BinExpr<'_>) -> Possible {
        let left = self.evaluate(&binary.lhs);
        let right = self.evaluate(&binary.rhs);
        if !self.spend(left.known.len() * right.known.len()) {
            return Possible::unknown(TOO_MUCH);
        }
        match binary.op {
            BinOp::And => all_of(&left, |one| match one.truthy() {
                Some(false) => vec![one.clone()],
                Some(true) => with_given(&right, &one.given),
                None => {
                    let mut both = with_given(&right, &one.given);
                    both.push(Alternative {
                        given: one.given.clone(),
                        ..Alternative::new(Text::default(), ValueKind::Null)
                    });
                    both
                }
            })
            .inheriting(&right),
            BinOp::Or => all_of(&left, |one| match one.truthy() {
                Some(true) => vec![one.clone()],
                Some(false) => with_given(&right, &one.given),
                None => {
                    let mut both = with_given(&right, &one.given);
                    both.push(one.clone());
                    both
                }
            })
            .inheriting(&right),
            BinOp::Eq => compare(&left, &right, |equal| equal),
            BinOp::Neq => compare(&left, &right, |equal| !equal),
            BinOp::Gt | BinOp::Ge | BinOp::Lt | BinOp::Le => Possible::any(either(Given::default())),
        }
    }

    fn call(&self, function: Function, args: &[SpannedExpr<'_>]) -> Option<Possible> {
        let arg = |at: usize| args.get(at).map(|arg| self.evaluate(arg));
        match function {
            Function::Format => {
                let pattern = arg(0)?;
                let values: Vec<_> = args.iter().skip(1).map(|arg| self.evaluate(arg)).collect();
                self.format(pattern.single()?, &values)
            }
            Function::FromJSON => {
                let each = |one: &Alternative| {
                    let json = one.text.as_known().and_then(|text| serde_json::from_str(text).ok());
                    let value = match json {
                        Some(json) => json_value(&json),
                        None => Alternative::new(Text::unknown("fromJSON(…)"), ValueKind::Text),
                    };
                    vec![Alternative { given: one.given.clone(), origin: one.origin, ..value }]
                };
                Some(all_of(&arg(0)?, each))
            }
            Function::Contains | Function::StartsWith | Function::EndsWith => {
                let (hay, needle) = (arg(0)?, arg(1)?);
                let test = |hay: &Alternative, needle: &Alternative| {
                    if hay.kind == ValueKind::Json {
                        let list: Vec<serde_json::Value> = serde_json::from_str(hay.text.as_known()?).ok()?;
                        let needle = needle.text.as_known()?;
                        return Some(
                            list.iter().any(|item| item.as_str().is_some_and(|item| item.eq_ignore_ascii_case(needle))),
                        );
                    }
                    let hay = hay.text.as_known()?.to_ascii_lowercase();
                    let needle = needle.text.as_known()?.to_ascii_lowercase();
                    Some(match function {
                        Function::StartsWith => hay.starts_with(&needle),
                        Function::EndsWith => hay.ends_with(&needle),
                        _ => hay.contains(&needle),
                    })
                };
                Some(pairs(&hay, &needle, test))
            }
            Function::Case => {
                let mut all = self.evaluate(args.last()?);
                for at in (1..args.len().saturating_sub(1)).step_by(2) {
                    all = all.or(&arg(at)?);
                }
                Some(all)
            }
            Function::Always => Some(Possible::one(bool_value(true, Given::default()))),
            Function::Success | Function::Failure | Function::Cancelled => {
                Some(Possible::any(either(Given::default())))
            }
            Function::Join | Function::ToJSON | Function::HashFiles => None,
        }
    }

    /// `format('a {0} b', x)`; `{{` and `}}` are braces.
    fn format(&self, pattern: &str, values: &[Possible]) -> Option<Possible> {
        let mut all = Possible::known("");
        let mut rest = pattern;
        while let Some(at) = rest.find(['{', '}']) {
            all = self.concat(&all, &Possible::known(rest.get(..at)?));
            let tail = rest.get(at..)?;
            if tail.starts_with("{{") || tail.starts_with("}}") {
                all = self.concat(&all, &Possible::known(tail.get(..1)?));
                rest = tail.get(2..)?;
                continue;
            }
            let close = tail.find('}')?;
            let number: usize = tail.get(1..close)?.parse().ok()?;
            all = self.concat(&all, values.get(number)?);
            rest = tail.get(close + 1..)?;
        }
        Some(self.concat(&all, &Possible::known(rest)))
    }
}

impl Possible {
    fn inheriting(mut self, other: &Self) -> Self {
        if !other.complete {
            self.give_up(other.why_incomplete.as_deref().unwrap_or("unknown"));
        }
        self
    }
}

fn all_of(possible: &Possible, change: impl Fn(&Alternative) -> Vec<Alternative>) -> Possible {
    Possible::any(possible.known.iter().flat_map(change).collect()).inheriting(possible)
}

fn with_given(possible: &Possible, given: &Given) -> Vec<Alternative> {
    possible.under(std::slice::from_ref(given)).known
}

fn bool_value(value: bool, given: Given) -> Alternative {
    Alternative { given, ..Alternative::new(Text::known(if value { "true" } else { "false" }), ValueKind::Bool) }
}

fn either(given: Given) -> Vec<Alternative> {
    vec![bool_value(false, given.clone()), bool_value(true, given)]
}

fn literal_value(literal: &Literal<'_>) -> Alternative {
    let kind = match literal {
        Literal::String(_) => ValueKind::Text,
        Literal::Number(_) => ValueKind::Number,
        Literal::Boolean(_) => ValueKind::Bool,
        Literal::Null => return Alternative::new(Text::default(), ValueKind::Null),
    };
    Alternative::new(Text::known(&literal.as_str()), kind)
}

/// A JSON value as an alternative; lists and mappings stay JSON.
pub(super) fn json_value(json: &serde_json::Value) -> Alternative {
    let (text, kind) = match json {
        serde_json::Value::Null => (String::new(), ValueKind::Null),
        serde_json::Value::Bool(value) => (value.to_string(), ValueKind::Bool),
        serde_json::Value::Number(value) => (value.to_string(), ValueKind::Number),
        serde_json::Value::String(text) => (text.clone(), ValueKind::Text),
        other => (other.to_string(), ValueKind::Json),
    };
    Alternative::new(Text::known(&text), kind)
}

/// `value[key]`; an unknown key may be any.
fn index(value: &Possible, key: &Possible) -> Option<Possible> {
    let mut all = Vec::new();
    for one in &value.known {
        if one.kind != ValueKind::Json {
            return None;
        }
        let json: serde_json::Value = serde_json::from_str(one.text.as_known()?).ok()?;
        for key in &key.known {
            let Some(given) = one.given.and(&key.given) else {
                continue;
            };
            let found: Vec<&serde_json::Value> = match (key.text.as_known(), &json) {
                (Some(name), serde_json::Value::Object(map)) => {
                    vec![map.get(name).unwrap_or(&serde_json::Value::Null)]
                }
                (Some(at), serde_json::Value::Array(list)) => {
                    vec![at.parse().ok().and_then(|at: usize| list.get(at)).unwrap_or(&serde_json::Value::Null)]
                }
                (None, serde_json::Value::Object(map)) => map.values().collect(),
                (None, serde_json::Value::Array(list)) => list.iter().collect(),
                _ => return None,
            };
            all.extend(found.into_iter().map(|json| Alternative {
                given: given.clone(),
                origin: one.origin,
                ..json_value(json)
            }));
        }
    }
    Some(Possible::any(all).inheriting(value).inheriting(key))
}

/// Every pair of possibilities put to a test whose outcome may be unknown.
fn pairs(left: &Possible, right: &Possible, test: impl Fn(&Alternative, &Alternative) -> Option<bool>) -> Possible {
    let mut all = Vec::new();
    for one in &left.known {
        for other in &right.known {
            let Some(given) = one.given.and(&other.given) else {
                continue;
            };
            match test(one, other) {
                Some(truth) => all.push(bool_value(truth, given)),
                None => all.extend(either(given)),
            }
            if all.len() > MAX_PAIRS {
                return Possible::any(either(Given::default()));
            }
        }
    }
    Possible::any(all).inheriting(left).inheriting(right)
}

/// `==` and `!=`: an unknown name that equals a known text is supposed to be that text.
fn compare(left: &Possible, right: &Possible, outcome: impl Fn(bool) -> bool) -> Possible {
    let mut all = Vec::new();
    for one in &left.known {
        for other in &right.known {
            let Some(given) = one.given.and(&other.given) else {
                continue;
            };
            match (one.text.as_known(), other.text.as_known()) {
                // Comparing texts ignores case.
                (Some(a), Some(b)) => all.push(bool_value(outcome(a.eq_ignore_ascii_case(b)), given)),
                (known, also) => {
                    let supposed = match (known, also, one.text.as_unknown(), other.text.as_unknown()) {
                        (None, Some(text), Some(symbol), _) | (Some(text), None, _, Some(symbol)) => {
                            given.and(&Given::that(symbol, text))
                        }
                        _ => Some(given.clone()),
                    };
                    if let Some(supposed) = supposed {
                        all.push(bool_value(outcome(true), supposed));
                    }
                    all.push(bool_value(outcome(false), given));
                }
            }
            if all.len() > MAX_PAIRS {
                return Possible::any(either(Given::default()));
            }
        }
    }
    Possible::any(all).inheriting(left).inheriting(right)
}

#[cfg(test)]
mod tests;
