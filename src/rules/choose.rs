//! Which rules run here, and with what.

use super::load::{Loaded, LoadedRule};
use super::parameters;
use super::rule::{Rule, RuleError, SelectFrom};
use super::run::Active;
use crate::eval::{Budget, did_you_mean};
use crate::model::Sections;
use crate::report::{Severity, SeverityOrOff, Skipped};
use crate::standard::{ConfigError, Standard};

/// The rules, sorted by what becomes of them.
#[derive(Default)]
pub struct Choice<'l> {
    /// Those that run.
    pub active: Vec<Active<'l>>,
    /// Those that do not, each with the reason.
    pub skipped: Vec<Skipped>,
    /// What is wrong with rules.
    pub errors: Vec<&'l RuleError>,
    /// What is wrong with what the configuration says of rules.
    pub settings: Vec<ConfigError>,
}

impl<'l> Choice<'l> {
    /// Chooses by what the standard has and what the configuration says.
    #[must_use]
    pub fn new(loaded: &'l Loaded, standard: &Standard, budget: &Budget) -> Self {
        let mut choice = Self::default();
        for LoadedRule { page, rule } in loaded.rules.iter().map(|loaded| &**loaded) {
            let rule = match rule {
                Ok(rule) => rule,
                Err(errors) => {
                    choice.errors.extend(errors);
                    continue;
                }
            };
            match state(rule, standard, budget) {
                Ok(State::Skipped(reason)) => choice.skipped.push(Skipped { rule: rule.id.clone(), reason }),
                Ok(State::Active(severity, parameters)) => {
                    choice.active.push(Active { rule, severity, url: &page.url, parameters });
                }
                Err(errors) => choice.settings.extend(errors),
            }
        }
        choice
    }

    /// The parts of the model that the rules select from.
    #[must_use]
    pub fn sections(&self) -> Sections {
        let selects = self.active.iter().flat_map(|active| &active.rule.selects);
        Sections::of(selects.filter_map(|select| match &select.from {
            SelectFrom::Path(path, _) => Some(path.as_str()),
            SelectFrom::Expression(_) => None,
        }))
    }
}

/// What becomes of a rule here.
pub enum State {
    /// It runs, with this severity and these parameters.
    Active(Severity, crate::value::Value),
    /// It does not, for this reason.
    Skipped(String),
}

/// What becomes of a rule here.
///
/// # Errors
/// With what is wrong in the configuration's block about the rule.
pub fn state(rule: &Rule, standard: &Standard, budget: &Budget) -> Result<State, Vec<ConfigError>> {
    let setting = standard.rules.get(&rule.id);
    let SeverityOrOff::On(severity) = standard.severity(&rule.id, rule.severity) else {
        return Ok(State::Skipped("switched off in the configuration".to_owned()));
    };
    if let Some(parameter) = parameters::missing(rule, setting) {
        return Ok(State::Skipped(format!("its parameter `{}` is not set", parameter.name.value)));
    }
    let parameters = parameters::values(rule, setting, budget)?;
    Ok(match unmet(rule, standard) {
        Some(reason) => State::Skipped(reason),
        None => State::Active(severity, parameters),
    })
}

/// The part of the standard that a rule needs and does not have.
fn unmet(rule: &Rule, standard: &Standard) -> Option<String> {
    let lacks = |need: &&String| match need.strip_prefix("standard.") {
        Some(path) => standard.section(path).is_none(),
        None => standard.value.is_null(),
    };
    let missing = rule.needs.iter().find(lacks)?;
    Some(match missing.strip_prefix("standard.") {
        Some(path) => format!("the standard has no `{path}`"),
        None => "there is no standard".to_owned(),
    })
}

/// What of the configuration names a rule that there is not.
#[must_use]
pub fn unknown_rules(loaded: &Loaded, standard: &Standard) -> Vec<ConfigError> {
    let known = loaded.ids();
    let settings = standard.rules.iter().map(|(id, setting)| (id, setting.span));
    let ignores = standard.ignores.iter().map(|ignore| (&ignore.rule.value, ignore.rule.span));
    let unknown = settings.chain(ignores).filter(|(id, _)| !known.contains(id));
    unknown
        .map(|(id, span)| {
            let help = did_you_mean(id, known.iter().map(String::as_str));
            ConfigError::new(span, format!("there is no rule `{id}`")).with_help(help)
        })
        .collect()
}
