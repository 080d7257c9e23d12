//! What a check found, as values: the shape of `--format json`.

mod baseline;
mod build;
mod verdict;

use serde::{Deserialize, Serialize};

pub use baseline::{Baseline, BaselineError, KnownFinding};
pub use build::{Places, arrange, sorted};
pub use verdict::{Answer, Verdict};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be mended.
    Warning,
    /// Must be mended.
    Error,
}

impl Severity {
    /// Reads `error`, `warning` or `note`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "note" => Some(Self::Note),
            "warning" => Some(Self::Warning),
            "error" => Some(Self::Error),
            _ => None,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A severity, or a rule switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeverityOrOff {
    /// The rule runs.
    On(Severity),
    /// The rule does not run.
    Off,
}

impl SeverityOrOff {
    /// Reads a severity or `off`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "off" { Some(Self::Off) } else { Severity::parse(text).map(Self::On) }
    }
}

/// A place in a file: lines and columns from 1, columns in Unicode scalar values, offsets in bytes. Editors count
/// otherwise: from 0, in UTF-16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// In bytes, from 0.
    pub offset: u32,
    /// UTF-16 code units before it on its line.
    pub character: u32,
}

/// A stretch of a file and what there is to say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Label {
    /// Path relative to the workspace root, with `/`.
    pub file: String,
    /// First character.
    pub start: Position,
    /// Just past the last.
    pub end: Position,
    /// What it is: "set here", "documented here".
    pub text: String,
}

/// One replacement of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Edit {
    /// Path relative to the workspace root.
    pub file: String,
    /// First byte.
    pub start: u32,
    /// Just past the last byte.
    pub end: u32,
    /// What stands there instead.
    pub text: String,
}

/// Whether a fix can be applied unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// It does what the page says and nothing else.
    Safe,
    /// Somebody should look at it.
    Unsafe,
}

/// Edits that mend a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Fix {
    /// Whether it can be applied unseen.
    pub applicability: Applicability,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// Code and page part here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How much it weighs here.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub help: Option<String>,
    /// The rule's page: an address, or for a rule of the repository's own the path in the workspace.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
    /// The resource or job it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
    /// Where it shows.
    pub primary: Label,
    /// Where it came from, and where the page says otherwise.
    pub related: Vec<Label>,
    /// How to mend the code by edits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fix: Option<Fix>,
    /// How to mend the page instead, so that it says what the code does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document_fix: Option<Fix>,
    /// The same for the same finding when lines move.
    pub fingerprint: String,
}

/// What silenced a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SuppressedBy {
    /// A comment `trysquare:ignore` in the file.
    Comment,
    /// An `ignore` block of the configuration.
    Configuration,
    /// A list of findings that were there before.
    Baseline,
}

impl SuppressedBy {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Configuration => "configuration",
            Self::Baseline => "baseline",
        }
    }
}

/// A finding that somebody decided to live with. It is not among the findings, weighs nothing, and is
/// counted in [`Summary::suppressed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Suppressed {
    /// What is silenced.
    pub finding: Finding,
    /// By what.
    pub by: SuppressedBy,
    /// Why; a baseline gives no reasons.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The last day on which it is silenced, as `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<String>,
    /// The comment, or the head of the `ignore` block; a baseline has no place.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<Label>,
}

/// The expression that a verdict hangs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Blocking {
    /// Path relative to the workspace root.
    pub file: String,
    /// First character.
    pub start: Position,
    /// Just past the last.
    pub end: Position,
    /// The expression as written, on one line.
    pub expression: String,
}

/// A rule that could not be decided for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Undetermined {
    /// The rule's id.
    pub rule: String,
    /// The resource or job it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
    /// Why it could not be decided.
    pub message: String,
    /// What it hangs on, when that is written somewhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub blocking: Option<Blocking>,
}

/// A rule that did not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Skipped {
    /// The rule's id.
    pub rule: String,
    /// Why.
    pub reason: String,
}

/// A rule or the configuration that is wrong itself: the check could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Failure {
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub help: Option<String>,
    /// Where, when it is somewhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<Label>,
}

/// Counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity note.
    pub notes: usize,
    /// Verdicts that could not be reached.
    pub undetermined: usize,
    /// Findings that a comment, the configuration or a baseline silences.
    pub suppressed: usize,
    /// Files that were read.
    pub files: usize,
    /// Resource instances that were evaluated.
    pub resources: usize,
    /// Workflows that were read.
    pub workflows: usize,
}

/// Who made the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Tool {
    /// `trysquare`
    pub name: String,
    /// Such as `0.1.0`.
    pub version: String,
}

/// Everything a check has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Report {
    /// Of this format; grows when its meaning changes.
    pub version: u32,
    /// Who made it.
    pub tool: Tool,
    /// What is wrong, by file and place.
    pub findings: Vec<Finding>,
    /// What is wrong and silenced, in the same order.
    #[serde(default)]
    pub suppressed: Vec<Suppressed>,
    /// What the baseline lists and is not found any more: it can be taken out there.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub resolved: Vec<KnownFinding>,
    /// What could not be decided.
    pub undetermined: Vec<Undetermined>,
    /// Rules that did not run.
    pub skipped: Vec<Skipped>,
    /// What kept the check from doing what was asked; exit status 2.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub failures: Vec<Failure>,
    /// How the code stands to each documented standard; only when that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub compliance: Vec<Verdict>,
    /// Counts.
    pub summary: Summary,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            version: 1,
            tool: Tool { name: "trysquare".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            findings: Vec::new(),
            suppressed: Vec::new(),
            resolved: Vec::new(),
            undetermined: Vec::new(),
            skipped: Vec::new(),
            failures: Vec::new(),
            compliance: Vec::new(),
            summary: Summary::default(),
        }
    }
}
