//! Follows what a workflow calls and evaluates it, job by job and step by step.

mod inputs;
mod steps;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use inputs::{passed, started};
use steps::Surroundings;

use super::commands::{Condition, ConditionKind};
use super::expression::{Names, Scope};
use super::files::{ParsedFiles, local_path};
use super::linked::{EnvValue, LinkedJob, Workflow};
use super::matrix;
use super::possible::Given;
use super::script::{self};
use super::types::{Job, Note, Pair, ParsedWorkflow, Permissions, Template};
use crate::source::Span;
use crate::syntax::SyntaxProblem;

/// How deep workflows may call each other, and actions use each other
/// (<https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#limitations-of-reusable-workflows>).
const MAX_DEPTH: usize = 10;
/// How many jobs, steps and events one workflow may come to.
const MAX_JOBS: usize = 500;
const MAX_STEPS: usize = 5_000;
const MAX_EVENTS: usize = 50_000;

/// Follows and evaluates one workflow; `None` when it is not among the files.
#[must_use]
pub fn link(path: &str, files: &ParsedFiles) -> Option<Workflow> {
    let parsed = files.workflows.get(path)?;
    let mut linker = Linker {
        files,
        jobs: Vec::new(),
        notes: parsed.notes.clone(),
        problems: parsed.problems.clone(),
        open: vec![path.to_owned()],
        steps: 0,
        events: 0,
    };
    let (inputs, github) = started(parsed);
    let caller = Caller {
        prefix: String::new(),
        span: None,
        needs: Vec::new(),
        permissions: Vec::new(),
        conditions: Vec::new(),
        cases: vec![Given::default()],
    };
    let scope = Scope { inputs: Arc::new(inputs), github: Arc::new(github), ..Scope::default() };
    let env = pairs(&parsed.env, &scope);
    linker.workflow(parsed, scope, &caller);
    Some(Workflow {
        path: path.to_owned(),
        file: parsed.file,
        parsed: Arc::clone(parsed),
        env,
        jobs: linker.jobs,
        problems: linker.problems,
        notes: linker.notes,
    })
}

/// What a called workflow gets from where it is called.
struct Caller {
    prefix: String,
    span: Option<Span>,
    needs: Vec<usize>,
    permissions: Vec<Option<Permissions>>,
    conditions: Vec<Condition>,
    cases: Vec<Given>,
}

struct Linker<'a> {
    files: &'a ParsedFiles,
    jobs: Vec<LinkedJob>,
    notes: Vec<Note>,
    problems: Vec<SyntaxProblem>,
    /// The workflows and actions being followed, to notice when one calls itself.
    open: Vec<String>,
    steps: usize,
    events: usize,
}

impl Linker<'_> {
    fn note(&mut self, span: Span, message: impl Into<String>) {
        self.notes.push(Note { span, message: message.into(), hides: false });
    }

    /// Notes a place where commands may run that are not seen.
    fn hidden(&mut self, span: Span, message: impl Into<String>) {
        self.notes.push(Note { span, message: message.into(), hides: true });
    }

    /// Adds the jobs of a workflow; gives what its `outputs` are for a caller.
    fn workflow(&mut self, parsed: &Arc<ParsedWorkflow>, mut scope: Scope, caller: &Caller) -> Names {
        scope.env = names(&pairs(&parsed.env, &scope));
        let mut done: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut outputs: HashMap<String, Names> = HashMap::new();
        for job in self.in_order(parsed) {
            if self.jobs.len() >= MAX_JOBS {
                self.hidden(job.id.span, format!("more than {MAX_JOBS} jobs: the rest is not followed"));
                break;
            }
            let mut needs = caller.needs.clone();
            let mut visible = HashMap::new();
            for need in &job.needs {
                match done.get(need.value.as_str()) {
                    Some(indices) => needs.extend(indices),
                    None => self.note(need.span, format!("there is no job `{}` before this one", need.value)),
                }
                let key = need.value.to_ascii_lowercase();
                if let Some(names) = outputs.get(&key) {
                    visible.insert(key, names.clone());
                }
            }
            needs.sort_unstable();
            needs.dedup();
            scope.needs = Arc::new(visible);
            let before = self.jobs.len();
            let named = self.job(parsed, job, &scope, caller, needs);
            outputs.insert(job.id.value.to_ascii_lowercase(), named);
            done.insert(&job.id.value, (before..self.jobs.len()).collect());
        }
        scope.needs = Arc::new(outputs);
        let call = parsed.trigger("workflow_call");
        let declared = call.map_or(&[][..], |trigger| &trigger.outputs);
        lower_names(&pairs(declared, &scope))
    }

    /// The jobs, each after those it needs; what goes round in a circle keeps the order of the file.
    fn in_order<'w>(&mut self, parsed: &'w ParsedWorkflow) -> Vec<&'w Arc<Job>> {
        let ids: HashSet<&str> = parsed.jobs.iter().map(|job| job.id.value.as_str()).collect();
        let mut done: HashSet<&str> = HashSet::new();
        let mut ordered = Vec::new();
        let mut left: Vec<&Arc<Job>> = parsed.jobs.iter().take(MAX_JOBS + 1).collect();
        while !left.is_empty() {
            let waits = |job: &&Arc<Job>| {
                let mut needs = job.needs.iter().map(|need| need.value.as_str());
                needs.any(|need| ids.contains(need) && !done.contains(need))
            };
            let (later, ready): (Vec<_>, Vec<_>) = left.into_iter().partition(waits);
            if ready.is_empty() {
                if let Some(first) = later.first() {
                    self.note(first.id.span, "these jobs need each other in a circle");
                }
                ordered.extend(later);
                break;
            }
            done.extend(ready.iter().map(|job| job.id.value.as_str()));
            ordered.extend(ready);
            left = later;
        }
        ordered
    }

    fn job(
        &mut self,
        parsed: &Arc<ParsedWorkflow>,
        job: &Arc<Job>,
        scope: &Scope,
        caller: &Caller,
        needs: Vec<usize>,
    ) -> Names {
        let mut scope = scope.clone();
        if let Some(matrix) = &job.matrix {
            scope.matrix = Arc::new(matrix::values(matrix, &scope));
        }
        let env = pairs(&job.env, &scope);
        scope.env.extend(names(&env));
        let mut conditions = caller.conditions.clone();
        let mut cases = caller.cases.clone();
        if let Some(condition) = &job.condition {
            conditions.push(Condition { kind: ConditionKind::JobIf, span: condition.span });
            cases = script::both(&cases, &scope.condition(condition.text()));
        }
        let mut permissions = caller.permissions.clone();
        permissions.push(job.permissions.clone().or_else(|| parsed.permissions.clone()));
        let id = format!("{}{}", caller.prefix, job.id.value);
        if let Some(uses) = &job.uses
            && let Some((path, called)) = self.called_workflow(uses)
        {
            let inner = Caller {
                prefix: format!("{id} / "),
                span: caller.span.or(Some(uses.span)),
                needs,
                permissions,
                conditions,
                cases,
            };
            return self.call(path, &called, job, &scope, &inner);
        }
        let mut linked = LinkedJob {
            id,
            file: parsed.file,
            job: Arc::clone(job),
            called_from: caller.span,
            needs,
            permissions,
            env,
            steps: Vec::new(),
            events: Vec::new(),
            assigned: Vec::new(),
            scope: Scope::default(),
            cases: cases.clone(),
        };
        let directory = job.defaults.working_directory.as_ref();
        let directory = directory.or(parsed.defaults.working_directory.as_ref());
        let surroundings = Surroundings {
            file: parsed.file,
            directory: directory.map_or("", Template::text),
            action: None,
            within: None,
            conditions,
            cases,
            depth: 0,
        };
        self.run_steps(&job.steps, &mut scope, &surroundings, &mut linked);
        let outputs = lower_names(&pairs(&job.outputs, &scope));
        linked.scope = scope;
        self.jobs.push(linked);
        outputs
    }

    /// The local workflow that a job calls. A note says why there is none.
    fn called_workflow(&mut self, uses: &Template) -> Option<(String, Arc<ParsedWorkflow>)> {
        let Some(path) = local_path(uses.text()) else {
            self.hidden(uses.span, "a workflow of another repository is not followed");
            return None;
        };
        let Some(called) = self.files.workflows.get(&path).cloned() else {
            let why = self.files.unreadable.get(&path).map_or_else(|| "no such file".to_owned(), ToString::to_string);
            self.hidden(uses.span, format!("the workflow `{path}` could not be read: {why}"));
            return None;
        };
        if self.open.contains(&path) || self.open.len() > MAX_DEPTH {
            self.hidden(uses.span, format!("the call of `{path}` goes round in a circle or too deep"));
            return None;
        }
        Some((path, called))
    }

    fn call(&mut self, path: String, called: &Arc<ParsedWorkflow>, job: &Job, scope: &Scope, caller: &Caller) -> Names {
        let declared = called.trigger("workflow_call").map_or(&[][..], |trigger| &trigger.inputs);
        let inner = Scope {
            inputs: Arc::new(passed(declared, &job.with, scope, &caller.cases)),
            github: Arc::clone(&scope.github),
            ..scope.called()
        };
        if let (Some(problem), Some(uses)) = (called.problems.first(), &job.uses) {
            self.hidden(uses.span, format!("`{path}` could not be read whole: {}", problem.message));
        }
        self.notes.extend(called.notes.iter().cloned());
        self.open.push(path);
        let outputs = self.workflow(called, inner, caller);
        self.open.pop();
        outputs
    }
}

fn pairs(pairs: &[Pair], scope: &Scope) -> Vec<EnvValue> {
    let each = pairs.iter().map(|pair| EnvValue {
        name: pair.name.clone(),
        value: scope.template(&pair.value).written_at(pair.value.span),
        span: pair.value.span,
    });
    each.collect()
}

fn names(values: &[EnvValue]) -> Names {
    let each = values.iter().map(|value| (value.name.value.clone(), value.value.clone()));
    each.collect()
}

fn lower_names(values: &[EnvValue]) -> Names {
    let each = values.iter().map(|value| (value.name.value.to_ascii_lowercase(), value.value.clone()));
    each.collect()
}
