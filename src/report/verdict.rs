//! How the code stands to the documented standards, one by one: what holds is said as well as what does not.

use serde::{Deserialize, Serialize};

use super::Label;

/// The three answers of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It is as documented.
    Pass,
    /// It cannot be decided.
    Undetermined,
    /// It is not as documented.
    Fail,
}

/// What one rule says of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Verdict {
    /// The rule's id.
    pub rule: String,
    /// Whether it holds.
    pub answer: Answer,
    /// Name of the function it is about, for the rules that are about functions.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub function: Option<String>,
    /// The resource or job it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
    /// Which of several alike, such as the name of an environment variable.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub about: Option<String>,
    /// What the code says, when that is one short known value.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evaluated: Option<String>,
    /// What the page says, when that is one short value.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub documented: Option<String>,
    /// The finding's message, or why it cannot be decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<String>,
    /// Where the code says it, or what the verdict hangs on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<Label>,
    /// Where that value came from, nearest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub origins: Vec<Label>,
    /// Where it is documented.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<Label>,
}
