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
mod unseen;

#[cfg(test)]
mod tests;

pub use commands::{Argument, Assigned, AwsCall, Command, Condition, ConditionKind, OptionValue, aws_call};
pub use deploy::{
    ApiCall, CallTarget, Credentials, DeployFacts, Deployment, ImageQuery, NamedValue, StaticCredential,
    TerraformVariable, deploy_facts, function_name, split_image,
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
pub use unseen::{Unseen, unseen};

use std::sync::Arc;

use crate::source::{Reader, Span};
use crate::syntax::SyntaxProblem;

/// Reads these workflows and what they lead to. One that cannot be read is there too, with the reason as its problem.
#[must_use]
pub fn read_all(reader: &Reader<'_>, paths: &[String]) -> Vec<Workflow> {
    let mut files = ParsedFiles::default();
    files.load(reader, paths);
    for path in paths {
        if let (Some(error), false) = (files.unreadable.get(path), files.workflows.contains_key(path)) {
            let file = reader.add(path, "");
            let mut parsed = parse_workflow(file, "");
            let message = format!("the file cannot be read: {error}");
            parsed.problems = vec![SyntaxProblem::new(Span::new(file, 0, 0), message)];
            files.workflows.insert(path.clone(), Arc::new(parsed));
        }
    }
    paths.iter().filter_map(|path| link(path, &files)).collect()
}
