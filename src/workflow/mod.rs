//! GitHub Actions workflows: what they say, what they run, and what they deploy.
//!
//! ```text
//! text ─ read ─▶ ParsedWorkflow ─ files ─▶ ParsedFiles ─ link ─▶ Workflow ─ deploy ─▶ DeployFacts
//! ```
//!
//! * `read` and `types`: one file to spanned structs. Nothing is evaluated, so a parse can be kept.
//! * `files`: every reusable workflow, composite action and shell script that is led to.
//! * `link`: puts in what is called and walks the scripts; `expression`, `matrix` and `script` evaluate to
//!   [`Possible`], a set of texts whose unknown pieces keep their names and whose members know what they presuppose.
//! * `deploy` and `step_kinds`: the facts about deployments.
//!
//! What cannot be read or followed is a [`Note`], never left out in silence.

mod commands;
mod deploy;
mod expression;
mod files;
mod link;
mod linked;
mod matrix;
mod possible;
mod read;
mod script;
mod step_kinds;
mod text;
mod types;

#[cfg(test)]
mod tests;

pub use commands::{Argument, Assigned, AwsCall, Command, Condition, ConditionKind, OptionValue, aws_call};
pub use deploy::{
    Credentials, DeployFacts, Deployment, ImageQuery, NamedValue, StaticCredential, TerraformVariable, deploy_facts,
    function_name, split_image,
};
pub use expression::{Budget, Names, Scope};
pub use files::ParsedFiles;
pub use link::link;
pub use linked::{ActionUse, EnvValue, Event, LinkedJob, LinkedStep, Place, Run, Workflow};
pub use possible::{Alternative, Given, Possible, ValueKind};
pub use read::{parse_action, parse_workflow};
pub use script::ScriptFiles;
pub use step_kinds::{Occurrence, StepKind, occurrences};
pub use text::{Piece, Text};
pub use types::{
    Access, Concurrency, Defaults, Environment, Input, Job, Matrix, Note, Pair, ParsedAction, ParsedWorkflow,
    Permissions, Step, Template, Trigger,
};

use crate::source::{SourceProvider, Sources};

/// Reads these workflows and what they lead to. A path that cannot be read gives no workflow:
/// [`ParsedFiles::load`] and [`link()`] say why.
#[must_use]
pub fn read_all(provider: &dyn SourceProvider, sources: &mut Sources, paths: &[String]) -> Vec<Workflow> {
    let mut files = ParsedFiles::default();
    files.load(provider, sources, paths);
    paths.iter().filter_map(|path| link(path, &files)).collect()
}
