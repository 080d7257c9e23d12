//! The rules of a workspace and what becomes of each: what `trysquare rules` and `explain` show.

use std::sync::Arc;

use serde::Serialize;

use super::choose::{State, state};
use super::load::{Loaded, PageText};
use super::parameters;
use super::rule::Rule;
use crate::eval::Budget;
use crate::report::{Severity, SeverityOrOff};
use crate::standard::Standard;
use crate::value::to_json;

/// A rule and what becomes of it here.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// How much a finding weighs here.
    pub severity: Severity,
    /// What holds, in one sentence.
    pub summary: String,
    /// Parts of the standard without which it does not run.
    pub needs: Vec<String>,
    /// What a team may choose.
    pub parameters: Vec<ListedParameter>,
    /// The version it came with.
    pub since: Option<String>,
    /// Path of its page: in trysquare's own repository for a rule that comes with it.
    pub page: String,
    /// Where its page can be read: an address, or a path in the repository.
    pub url: String,
    /// Whether it comes with trysquare.
    pub embedded: bool,
    /// Why it does not run here; absent when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// The text of its page.
    #[serde(skip)]
    pub text: Arc<str>,
}

/// A parameter of a rule.
#[derive(Debug, Clone, Serialize)]
pub struct ListedParameter {
    /// Its name.
    pub name: String,
    /// Its type, as a Terraform variable declares it.
    #[serde(rename = "type")]
    pub ty: String,
    /// What it means.
    pub description: Option<String>,
    /// Its value here; null when it has none.
    pub value: serde_json::Value,
}

/// Lists the rules that can be read.
#[must_use]
pub fn list(loaded: &Loaded, standard: &Standard, budget: &Budget) -> Vec<Listed> {
    loaded.pages().map(|(page, rule)| listed(page, rule, standard, budget)).collect()
}

fn listed(page: &PageText, rule: &Rule, standard: &Standard, budget: &Budget) -> Listed {
    let setting = standard.rules.get(&rule.id);
    let values = parameters::values(rule, setting, budget).unwrap_or_default();
    let parameters = rule.parameters.iter().map(|parameter| ListedParameter {
        name: parameter.name.value.to_string(),
        ty: parameter.ty.to_string(),
        description: parameter.description.clone(),
        value: values.field(&parameter.name.value).map_or(serde_json::Value::Null, to_json),
    });
    let severity = match standard.severity(&rule.id, rule.severity) {
        SeverityOrOff::On(severity) => severity,
        SeverityOrOff::Off => rule.severity,
    };
    let skipped = match state(rule, standard, budget) {
        Ok(State::Active(..)) => None,
        Ok(State::Skipped(reason)) => Some(reason),
        Err(errors) => errors.first().map(|error| error.message.clone()),
    };
    Listed {
        id: rule.id.clone(),
        severity,
        summary: rule.summary.clone(),
        needs: rule.needs.clone(),
        parameters: parameters.collect(),
        since: rule.since.clone(),
        page: rule.path.clone(),
        url: page.url.clone(),
        embedded: page.embedded,
        skipped,
        text: Arc::clone(&page.text),
    }
}
