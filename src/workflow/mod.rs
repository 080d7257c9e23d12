//! GitHub Actions workflows: what they say, what they run, and what they deploy.

mod read;
mod types;

pub use read::{parse_action, parse_workflow};
pub use types::{
    Access, Concurrency, Defaults, Environment, Input, Job, Matrix, Note, Pair, ParsedAction,
    ParsedWorkflow, Permissions, Step, Template, Trigger,
};
