//! GitHub Actions workflows: what they say, what they run, and what they deploy.

mod commands;
mod expression;
mod files;
mod link;
mod linked;
mod matrix;
mod possible;
mod read;
mod script;
mod types;

pub use commands::{
    Argument, Assigned, AwsCall, Command, Condition, ConditionKind, OptionValue, aws_call,
};
pub use expression::{Names, Scope};
pub use files::ParsedFiles;
pub use link::link;
pub use linked::{ActionUse, EnvValue, Event, LinkedJob, LinkedStep, Place, Run, Workflow};
pub use possible::{Alternative, Given, Piece, Possible, Text, ValueKind};
pub use read::{parse_action, parse_workflow};
pub use types::{
    Access, Concurrency, Defaults, Environment, Input, Job, Matrix, Note, Pair, ParsedAction,
    ParsedWorkflow, Permissions, Step, Template, Trigger,
};
