//! What a rule's parameters are worth here: as the configuration sets them, else as the rule does.

use std::sync::Arc;

use super::rule::{Parameter, Rule};
use super::scope::RuleScope;
use crate::eval::{Budget, Evaluator, did_you_mean};
use crate::source::Span;
use crate::standard::{ConfigError, RuleSetting};
use crate::value::{Fields, Value, convert, render};

/// The parameters of a rule as one object.
///
/// # Errors
/// With everything that is wrong with the setting.
pub fn values(rule: &Rule, setting: Option<&RuleSetting>, budget: &Budget) -> Result<Value, Vec<ConfigError>> {
    let none = Fields::new();
    let set = setting.map_or(&none, |setting| &setting.parameters);
    let fallback = setting.map_or(rule.span, |setting| setting.span);
    let mut errors: Vec<ConfigError> = set
        .iter()
        .filter(|(name, _)| !rule.parameters.iter().any(|parameter| parameter.name.value == **name))
        .map(|(name, value)| unknown(rule, name, value.origin.span().unwrap_or(fallback)))
        .collect();
    let mut fields = Fields::new();
    for parameter in &rule.parameters {
        match value(parameter, set.get(&parameter.name.value), fallback) {
            Ok(value) => {
                fields.insert(Arc::clone(&parameter.name.value), value);
            }
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        let values = Value::object(fields);
        errors = broken(rule, &values, fallback, budget);
        if errors.is_empty() {
            return Ok(values);
        }
    }
    Err(errors)
}

/// The first parameter that has no default and is not set, without which the rule cannot run.
#[must_use]
pub fn missing<'r>(rule: &'r Rule, setting: Option<&RuleSetting>) -> Option<&'r Parameter> {
    let is_set = |name: &str| setting.is_some_and(|setting| setting.parameters.contains_key(name));
    rule.parameters.iter().find(|parameter| parameter.default.is_none() && !is_set(&parameter.name.value))
}

/// The value of one parameter. Setting it to null is leaving it out.
fn value(parameter: &Parameter, set: Option<&Value>, fallback: Span) -> Result<Value, ConfigError> {
    let Some(set) = set.filter(|value| !value.is_null()) else {
        return Ok(parameter.default.clone().unwrap_or_default());
    };
    let name = &parameter.name.value;
    let span = set.origin.span().unwrap_or(fallback);
    if let Some(unknown) = set.first_unknown() {
        return Err(ConfigError::new(span, format!("the parameter `{name}` is unknown: {}", unknown.reason)));
    }
    convert(set, &parameter.ty).map_err(|error| {
        ConfigError::new(span, format!("the parameter `{name}` does not fit its type: {error}"))
            .with_help(parameter.description.clone())
    })
}

/// The validations that do not hold.
fn broken(rule: &Rule, values: &Value, fallback: Span, budget: &Budget) -> Vec<ConfigError> {
    let scope = RuleScope::default().with_parameters(values.clone());
    let evaluator = Evaluator::new(&scope, budget);
    let mut errors = Vec::new();
    for parameter in &rule.parameters {
        let span = values.field(&parameter.name.value).and_then(|value| value.origin.span());
        let span = span.filter(|span| span.file == fallback.file).unwrap_or(fallback);
        for validation in &parameter.validations {
            match evaluator.evaluate(&validation.condition).map(|truth| truth.as_bool()) {
                Ok(Some(true)) => {}
                Ok(_) => {
                    let message = evaluator
                        .evaluate(&validation.message)
                        .map_or_else(|error| error.message, |text| render(&text));
                    errors.push(ConfigError::new(span, format!("the parameter `{}`: {message}", parameter.name.value)));
                }
                Err(error) => errors.push(error.into()),
            }
        }
    }
    errors
}

fn unknown(rule: &Rule, name: &str, span: Span) -> ConfigError {
    let names: Vec<&str> = rule.parameters.iter().map(|parameter| &*parameter.name.value).collect();
    let help = match names.as_slice() {
        [] => "it has none".to_owned(),
        names => did_you_mean(name, names.iter().copied()).unwrap_or_else(|| format!("it has: {}", names.join(", "))),
    };
    ConfigError::new(span, format!("the rule `{}` has no parameter `{name}`", rule.id)).with_help(Some(help))
}
