//! What a workflow file says, typed and spanned, before anything is followed or evaluated.
//!
//! The shape is that of <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax> and of
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax>.

use std::sync::Arc;

use crate::source::{FileId, Span, Spanned};
use crate::syntax::SyntaxProblem;
use crate::syntax::shell::Script;
use crate::syntax::yaml::{Node, Scalar};

/// A scalar in which `${{ … }}` may stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Where.
    pub span: Span,
    /// The text as written, expressions included, and the way back to the file.
    pub scalar: Scalar,
}

impl Template {
    /// The text as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.scalar.text
    }

    /// Whether an expression stands in it.
    #[must_use]
    pub fn has_expression(&self) -> bool {
        self.text().contains("${{")
    }
}

/// A name with a value: an environment variable, an argument of `with:`, an output.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The name.
    pub name: Spanned<String>,
    /// The value.
    pub value: Template,
}

/// Something that could not be read or followed, and is therefore not judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where.
    pub span: Span,
    /// Why.
    pub message: String,
    /// Whether commands may run there that are not seen.
    pub hides: bool,
}

/// One file under `.github/workflows`.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedWorkflow {
    /// The file.
    pub file: FileId,
    /// `name:`
    pub name: Option<Template>,
    /// `on:`, each event with its filters and inputs.
    pub triggers: Vec<Trigger>,
    /// `permissions:`; `None` when absent, which leaves the repository's default.
    pub permissions: Option<Permissions>,
    /// `env:`
    pub env: Vec<Pair>,
    /// `defaults.run`
    pub defaults: Defaults,
    /// `concurrency:`
    pub concurrency: Option<Concurrency>,
    /// `jobs:`, in the order of the file.
    pub jobs: Vec<Arc<Job>>,
    /// What is no YAML, or no workflow.
    pub problems: Vec<SyntaxProblem>,
    /// What was passed over.
    pub notes: Vec<Note>,
}

impl ParsedWorkflow {
    /// The trigger with this name.
    #[must_use]
    pub fn trigger(&self, name: &str) -> Option<&Trigger> {
        self.triggers.iter().find(|trigger| trigger.name.value == name)
    }
}

/// An event under `on:`.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// The event, such as `push` or `workflow_dispatch`.
    pub name: Spanned<String>,
    /// `branches`, `paths`, `tags`, `types`, `workflows`, `cron` …, each with its items.
    pub filters: Vec<(Spanned<String>, Vec<Spanned<String>>)>,
    /// Inputs of `workflow_dispatch` and `workflow_call`.
    pub inputs: Vec<Input>,
    /// Outputs of `workflow_call`.
    pub outputs: Vec<Pair>,
}

impl Trigger {
    /// Whether it has an input of this name; GitHub does not tell cases apart.
    #[must_use]
    pub fn declares(&self, input: &str) -> bool {
        self.inputs.iter().any(|own| own.name.value.eq_ignore_ascii_case(input))
    }
}

/// An input of a workflow or of a composite action.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: Spanned<String>,
    /// `type:`: `string`, `choice`, `boolean`, `number`, `environment`.
    pub kind: Option<Spanned<String>>,
    /// `options:` of a choice.
    pub options: Vec<Spanned<String>>,
    /// `default:`
    pub default: Option<Template>,
    /// `required:`
    pub required: Option<Spanned<bool>>,
    /// `description:`
    pub description: Option<Spanned<String>>,
}

/// A `permissions:` value.
#[derive(Debug, Clone, PartialEq)]
pub struct Permissions {
    /// Where.
    pub span: Span,
    /// `read-all` or `write-all`.
    pub all: Option<Spanned<String>>,
    /// Each scope with its level; a scope that is not named has none.
    pub scopes: Vec<(Spanned<String>, Spanned<String>)>,
}

/// What a job's token may do in one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// `write`, and where that is said.
    Write(Span),
    /// `read`, and where that is said.
    Read(Span),
    /// Nothing: said so, or not named where others are.
    None(Span),
    /// No `permissions:` anywhere: the repository's default, which never includes `id-token`.
    Default,
}

impl Permissions {
    /// The access that this gives to a scope.
    #[must_use]
    pub fn access(&self, scope: &str) -> Access {
        let named = self.scopes.iter().find(|(name, _)| name.value == scope);
        let level = named.map(|(_, level)| level).or(self.all.as_ref());
        match level {
            Some(level) if level.value.starts_with("write") => Access::Write(level.span),
            Some(level) if level.value.starts_with("read") => Access::Read(level.span),
            Some(level) => Access::None(level.span),
            None => Access::None(self.span),
        }
    }
}

/// `defaults.run`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Defaults {
    /// `shell:`
    pub shell: Option<Template>,
    /// `working-directory:`
    pub working_directory: Option<Template>,
}

/// `concurrency:`
#[derive(Debug, Clone, PartialEq)]
pub struct Concurrency {
    /// Where.
    pub span: Span,
    /// `group:`
    pub group: Option<Template>,
    /// `cancel-in-progress:`
    pub cancel_in_progress: Option<Template>,
}

/// `environment:` of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// Where.
    pub span: Span,
    /// `name:`
    pub name: Option<Template>,
    /// `url:`
    pub url: Option<Template>,
}

/// `strategy.matrix`
#[derive(Debug, Clone, PartialEq)]
pub enum Matrix {
    /// Computed: `${{ fromJSON(…) }}`.
    Computed(Template),
    /// Written out.
    Written {
        /// Where.
        span: Span,
        /// Each dimension with its values.
        dimensions: Vec<(Spanned<String>, Node)>,
        /// `include:`
        include: Option<Node>,
        /// `exclude:`
        exclude: Option<Node>,
    },
}

/// One job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its key under `jobs:`.
    pub id: Spanned<String>,
    /// Where its body is.
    pub span: Span,
    /// `name:`
    pub name: Option<Template>,
    /// `runs-on:`, labels one by one.
    pub runs_on: Vec<Template>,
    /// `needs:`
    pub needs: Vec<Spanned<String>>,
    /// `if:`
    pub condition: Option<Template>,
    /// `environment:`
    pub environment: Option<Environment>,
    /// `timeout-minutes:`; GitHub stops a job without it after 360 minutes.
    pub timeout_minutes: Option<Template>,
    /// `strategy.matrix`
    pub matrix: Option<Matrix>,
    /// `permissions:`; replaces the workflow's altogether.
    pub permissions: Option<Permissions>,
    /// `outputs:`
    pub outputs: Vec<Pair>,
    /// `env:`
    pub env: Vec<Pair>,
    /// `defaults.run`
    pub defaults: Defaults,
    /// `concurrency:`
    pub concurrency: Option<Concurrency>,
    /// `continue-on-error:`
    pub continue_on_error: Option<Template>,
    /// `uses:`, the reusable workflow that is the whole of this job.
    pub uses: Option<Template>,
    /// `with:` for that.
    pub with: Vec<Pair>,
    /// `steps:`
    pub steps: Vec<Arc<Step>>,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Where.
    pub span: Span,
    /// `id:`
    pub id: Option<Spanned<String>>,
    /// `name:`
    pub name: Option<Template>,
    /// `if:`
    pub condition: Option<Template>,
    /// `uses:`
    pub uses: Option<Template>,
    /// `with:`
    pub with: Vec<Pair>,
    /// `run:`
    pub run: Option<Template>,
    /// The script of `run:`, when it is written for bash or sh.
    pub script: Option<Arc<Script>>,
    /// `shell:`
    pub shell: Option<Template>,
    /// `env:`
    pub env: Vec<Pair>,
    /// `working-directory:`
    pub working_directory: Option<Template>,
    /// `timeout-minutes:`
    pub timeout_minutes: Option<Template>,
    /// `continue-on-error:`
    pub continue_on_error: Option<Template>,
}

/// An `action.yml`.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedAction {
    /// The file.
    pub file: FileId,
    /// `name:`
    pub name: Option<Template>,
    /// `inputs:`
    pub inputs: Vec<Input>,
    /// `outputs:` with their `value:`.
    pub outputs: Vec<Pair>,
    /// `runs.using`; only `composite` has steps.
    pub using: Option<Spanned<String>>,
    /// `runs.steps`
    pub steps: Vec<Arc<Step>>,
    /// What is no YAML, or no action.
    pub problems: Vec<SyntaxProblem>,
    /// What was passed over.
    pub notes: Vec<Note>,
}
