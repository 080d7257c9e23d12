//! What `terraform show -json` writes of a plan, as far as it is of use here.
//!
//! Source: Terraform's "JSON Output Format", and `internal/command/jsonplan`, `jsonstate` and `jsonconfig` in its code.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::super::config::Mode;

/// The whole of it.
#[derive(Deserialize)]
pub(super) struct Document {
    pub(super) format_version: Option<String>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, Variable>,
    pub(super) planned_values: Option<PlannedValues>,
    #[serde(default)]
    pub(super) resource_changes: Vec<ResourceChange>,
    pub(super) prior_state: Option<State>,
    pub(super) configuration: Option<Configuration>,
    /// Whether applying it makes everything as it is configured; not told by versions before 1.8.
    pub(super) complete: Option<bool>,
    #[serde(default)]
    pub(super) errored: bool,
    /// What a state has in the place of `planned_values`.
    pub(super) values: Option<Json>,
    /// What the file of a state has in the place of `format_version`.
    pub(super) serial: Option<Json>,
}

#[derive(Deserialize)]
pub(super) struct Variable {
    #[serde(default)]
    pub(super) value: Json,
}

#[derive(Deserialize)]
pub(super) struct PlannedValues {
    #[serde(default)]
    pub(super) outputs: BTreeMap<String, Output>,
}

/// A root module's output; one without a type is not known yet.
#[derive(Deserialize)]
pub(super) struct Output {
    #[serde(default)]
    pub(super) sensitive: bool,
    pub(super) r#type: Option<Json>,
    #[serde(default)]
    pub(super) value: Json,
}

/// Which instance of which resource.
#[derive(Deserialize)]
pub(super) struct Identity {
    mode: ModeName,
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) index: Json,
}

impl Identity {
    pub(super) fn mode(&self) -> Mode {
        self.mode.mode()
    }
}

#[derive(Debug, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum ModeName {
    Managed,
    Data,
    Ephemeral,
}

impl ModeName {
    fn mode(self) -> Mode {
        match self {
            Self::Managed => Mode::Managed,
            Self::Data => Mode::Data,
            Self::Ephemeral => Mode::Ephemeral,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct ResourceChange {
    #[serde(default)]
    pub(super) address: String,
    #[serde(flatten)]
    pub(super) identity: Identity,
    #[serde(default)]
    pub(super) module_address: String,
    /// Set for an object that a replacement left over and that is to be deleted.
    pub(super) deposed: Option<String>,
    pub(super) change: Change,
}

#[derive(Deserialize)]
pub(super) struct Change {
    /// Null when there will be none.
    #[serde(default)]
    pub(super) after: Json,
    #[serde(default)]
    pub(super) after_unknown: Json,
    #[serde(default)]
    pub(super) after_sensitive: Json,
}

#[derive(Deserialize)]
pub(super) struct State {
    pub(super) values: Option<StateValues>,
}

#[derive(Deserialize)]
pub(super) struct StateValues {
    pub(super) root_module: Option<StateModule>,
}

#[derive(Deserialize)]
pub(super) struct StateModule {
    #[serde(default)]
    pub(super) address: String,
    #[serde(default)]
    pub(super) resources: Vec<StateResource>,
    #[serde(default)]
    pub(super) child_modules: Vec<StateModule>,
}

impl StateModule {
    /// Whether there are managed resources in it.
    pub(super) fn has_managed(&self) -> bool {
        self.resources.iter().any(|resource| resource.identity.mode() == Mode::Managed)
            || self.child_modules.iter().any(Self::has_managed)
    }
}

#[derive(Deserialize)]
pub(super) struct StateResource {
    #[serde(flatten)]
    pub(super) identity: Identity,
    #[serde(default)]
    pub(super) values: Json,
    #[serde(default)]
    pub(super) sensitive_values: Json,
}

#[derive(Deserialize)]
pub(super) struct Configuration {
    #[serde(default)]
    pub(super) root_module: ModuleConfiguration,
}

/// What a module declares, without how its expressions are written.
#[derive(Debug, Deserialize, Default)]
pub(super) struct ModuleConfiguration {
    #[serde(default)]
    pub(super) resources: Vec<ResourceConfiguration>,
    #[serde(default)]
    pub(super) module_calls: BTreeMap<String, ModuleCall>,
    #[serde(default)]
    pub(super) outputs: BTreeMap<String, serde::de::IgnoredAny>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, VariableConfiguration>,
}

#[derive(Debug, Deserialize)]
pub(super) struct VariableConfiguration {
    /// Of the variable's type; null when there is none.
    #[serde(default)]
    pub(super) default: Json,
}

#[derive(Debug, Deserialize)]
pub(super) struct ResourceConfiguration {
    mode: ModeName,
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) name: String,
    /// By argument or nested block. A constant has its value with it.
    #[serde(default)]
    pub(super) expressions: Map<String, Json>,
}

impl ResourceConfiguration {
    pub(super) fn mode(&self) -> Mode {
        self.mode.mode()
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ModuleCall {
    #[serde(default)]
    pub(super) expressions: Map<String, Json>,
    #[serde(default)]
    pub(super) module: ModuleConfiguration,
}
