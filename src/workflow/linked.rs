//! Workflows with what they call put in: jobs with their steps, and everything that the steps run, in order.

use std::sync::Arc;

use super::commands::{Assigned, Command, Condition};
use super::expression::Scope;
use super::possible::{Given, Possible};
use super::types::{Access, Job, Note, ParsedWorkflow, Permissions, Step};
use crate::source::{FileId, Span, Spanned};
use crate::syntax::SyntaxProblem;

/// One workflow, followed and evaluated.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// Path of its file.
    pub path: String,
    /// Its file.
    pub file: FileId,
    /// What the file says.
    pub parsed: Arc<ParsedWorkflow>,
    /// Its `env:`.
    pub env: Vec<EnvValue>,
    /// Its jobs, and in place of a job that calls a local workflow, the jobs of that. A job comes after those it needs.
    pub jobs: Vec<LinkedJob>,
    /// What is wrong with its own file and those of the actions it uses.
    pub problems: Vec<SyntaxProblem>,
    /// What was passed over or could not be followed, here and in what it calls.
    pub notes: Vec<Note>,
}

/// An environment variable with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvValue {
    /// The variable.
    pub name: Spanned<String>,
    /// Everything that it can be.
    pub value: Possible,
    /// Where the value is written.
    pub span: Span,
}

/// One job.
#[derive(Debug, Clone)]
pub struct LinkedJob {
    /// Its id; `caller / id` for a job of a called workflow.
    pub id: String,
    /// The file that it is written in.
    pub file: FileId,
    /// What that says.
    pub job: Arc<Job>,
    /// Where the workflow is called that it belongs to; `None` for a job of the workflow itself.
    pub called_from: Option<Span>,
    /// Indices of the jobs that it needs.
    pub needs: Vec<usize>,
    /// `permissions` of the callers from the outermost in, then its own or its workflow's.
    pub permissions: Vec<Option<Permissions>>,
    /// Its `env:`.
    pub env: Vec<EnvValue>,
    /// Its steps; those of a composite action come right after the step that uses it.
    pub steps: Vec<LinkedStep>,
    /// Everything that its steps run, in order.
    pub events: Vec<Event>,
    /// Variables that its scripts set: the step's index and what is set.
    pub assigned: Vec<(usize, Assigned)>,
    /// What expressions in it can refer to, as at its end.
    pub scope: Scope,
    /// What its `if:` presupposes; nothing if one of these is empty.
    pub cases: Vec<Given>,
}

/// One step.
#[derive(Debug, Clone)]
pub struct LinkedStep {
    /// What is written.
    pub step: Arc<Step>,
    /// The file that it is written in.
    pub file: FileId,
    /// `name:`, evaluated.
    pub name: Option<Possible>,
    /// Its `env:`.
    pub env: Vec<EnvValue>,
    /// What its `if:` and its job's presuppose; empty when it never runs.
    pub cases: Vec<Given>,
    /// Index of the step whose composite action it belongs to.
    pub within: Option<usize>,
}

/// Something that a step runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Index of the step in [`LinkedJob::steps`].
    pub step: usize,
    /// What is run.
    pub run: Run,
}

/// The two kinds of thing that a step runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Run {
    /// A command of a script.
    Command(Command),
    /// An action that is not followed.
    Action(ActionUse),
}

impl Event {
    /// Where it is written.
    #[must_use]
    pub fn span(&self) -> Span {
        match &self.run {
            Run::Command(command) => command.span,
            Run::Action(action) => action.uses.span,
        }
    }

    /// The command, if it is one.
    #[must_use]
    pub fn command(&self) -> Option<&Command> {
        match &self.run {
            Run::Command(command) => Some(command),
            Run::Action(_) => None,
        }
    }

    /// The action, if it is one.
    #[must_use]
    pub fn action(&self) -> Option<&ActionUse> {
        match &self.run {
            Run::Command(_) => None,
            Run::Action(action) => Some(action),
        }
    }
}

/// A remote action, or a local one that is no composite.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionUse {
    /// `uses:` as written.
    pub uses: Spanned<String>,
    /// What stands before the `@`.
    pub name: String,
    /// What stands after it.
    pub version: Option<String>,
    /// `with:`
    pub with: Vec<EnvValue>,
    /// What must hold for it to run.
    pub conditions: Vec<Condition>,
    /// What its running presupposes.
    pub cases: Vec<Given>,
}

impl ActionUse {
    /// An argument of `with:`; names of inputs ignore case.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<&EnvValue> {
        self.with.iter().find(|value| value.name.value.eq_ignore_ascii_case(name))
    }
}

/// Something that runs at a known place in a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index in [`Workflow::jobs`].
    pub job: usize,
    /// Index in [`LinkedJob::events`].
    pub event: usize,
}

impl Workflow {
    /// Whether `a` always runs before `b`, where both run; `None` when their jobs may run side by side.
    #[must_use]
    pub fn precedes(&self, a: Place, b: Place) -> Option<bool> {
        if a.job == b.job {
            return Some(a.event < b.event);
        }
        if self.depends(b.job, a.job) {
            Some(true)
        } else if self.depends(a.job, b.job) {
            Some(false)
        } else {
            None
        }
    }

    /// Whether a job waits for another, be it through others.
    #[must_use]
    pub fn depends(&self, job: usize, on: usize) -> bool {
        let mut seen = vec![false; self.jobs.len()];
        let mut open = vec![job];
        while let Some(next) = open.pop() {
            for &need in self.jobs.get(next).map_or(&[][..], |job| &job.needs) {
                if need == on {
                    return true;
                }
                if let Some(seen @ false) = seen.get_mut(need) {
                    *seen = true;
                    open.push(need);
                }
            }
        }
        false
    }

    /// The event at a place.
    #[must_use]
    pub fn event(&self, place: Place) -> Option<&Event> {
        self.jobs.get(place.job)?.events.get(place.event)
    }

    /// Every event with its place.
    pub fn events(&self) -> impl Iterator<Item = (Place, &Event)> {
        self.jobs.iter().enumerate().flat_map(|(job, linked)| {
            let events = linked.events.iter().enumerate();
            events.map(move |(event, what)| (Place { job, event }, what))
        })
    }
}

impl LinkedJob {
    /// Whether its token can be exchanged for credentials: `id-token: write`.
    #[must_use]
    pub fn has_id_token(&self) -> bool {
        matches!(self.access("id-token"), Access::Write(_))
    }

    /// What its token may do in a scope. A called workflow can only have less than its caller
    /// (<https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations>).
    #[must_use]
    pub fn access(&self, scope: &str) -> Access {
        let mut access: Option<Access> = None;
        for (depth, permissions) in self.permissions.iter().enumerate() {
            let Some(own) = permissions.as_ref().map(|permissions| permissions.access(scope)) else {
                continue;
            };
            access = Some(match access {
                Some(ceiling) if rank(&ceiling) < rank(&own) => ceiling,
                // A caller that says nothing has no `id-token` to pass on.
                None if depth > 0 && scope == "id-token" => Access::Default,
                _ => own,
            });
        }
        access.unwrap_or(Access::Default)
    }
}

fn rank(access: &Access) -> u8 {
    match access {
        Access::Write(_) => 2,
        Access::Read(_) => 1,
        Access::None(_) | Access::Default => 0,
    }
}
