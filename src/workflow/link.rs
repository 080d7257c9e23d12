//! Follows what a workflow calls and evaluates it, job by job and step by step.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::commands::{Condition, ConditionKind};
use super::expression::{Names, Scope};
use super::files::{ParsedFiles, directory_of, local_path, working_directory};
use super::linked::{ActionUse, EnvValue, Event, LinkedJob, LinkedStep, Run, Workflow};
use super::matrix;
use super::possible::{Alternative, Given, Possible, Text, ValueKind};
use super::script::{self, Directories};
use super::types::{Access, Input, Job, Note, Pair, ParsedWorkflow, Permissions, Step, Template};
use crate::source::{FileId, Span, Spanned};
use crate::syntax::yaml::Resolved;

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
    let scope = Scope {
        inputs: Arc::new(inputs),
        github: Arc::new(github),
        ..Scope::default()
    };
    let env = pairs(&parsed.env, &scope);
    linker.workflow(parsed, scope, &caller);
    Some(Workflow {
        path: path.to_owned(),
        file: parsed.file,
        parsed: Arc::clone(parsed),
        env,
        jobs: linker.jobs,
        problems: parsed.problems.clone(),
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

/// What a list of steps is run with.
struct Surroundings<'a> {
    file: FileId,
    /// Where scripts run unless their step says so.
    directory: &'a str,
    action: Option<String>,
    within: Option<usize>,
    conditions: Vec<Condition>,
    cases: Vec<Given>,
    depth: usize,
}

/// One step, and what it is run with.
struct Here<'s> {
    step: &'s Step,
    index: usize,
    scope: &'s Scope,
    around: &'s Surroundings<'s>,
    conditions: Vec<Condition>,
    cases: Vec<Given>,
}

struct Linker<'a> {
    files: &'a ParsedFiles,
    jobs: Vec<LinkedJob>,
    notes: Vec<Note>,
    /// The workflows and actions being followed, to notice when one calls itself.
    open: Vec<String>,
    steps: usize,
    events: usize,
}

impl Linker<'_> {
    fn note(&mut self, span: Span, message: impl Into<String>) {
        self.notes.push(Note {
            span,
            message: message.into(),
        });
    }

    /// Adds the jobs of a workflow; gives what its `outputs` are for a caller.
    fn workflow(
        &mut self,
        parsed: &Arc<ParsedWorkflow>,
        mut scope: Scope,
        caller: &Caller,
    ) -> Names {
        scope.env = names(&pairs(&parsed.env, &scope));
        let mut done: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut outputs: HashMap<String, Names> = HashMap::new();
        for job in self.in_order(parsed) {
            if self.jobs.len() >= MAX_JOBS {
                self.note(
                    job.id.span,
                    format!("more than {MAX_JOBS} jobs: the rest is not followed"),
                );
                break;
            }
            let mut needs = caller.needs.clone();
            let mut visible = HashMap::new();
            for need in &job.needs {
                match done.get(need.value.as_str()) {
                    Some(indices) => needs.extend(indices),
                    None => self.note(
                        need.span,
                        format!("there is no job `{}` before this one", need.value),
                    ),
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
        let ids: HashSet<&str> = parsed
            .jobs
            .iter()
            .map(|job| job.id.value.as_str())
            .collect();
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
            conditions.push(Condition {
                kind: ConditionKind::JobIf,
                span: condition.span,
            });
            cases = script::both(&cases, &scope.condition(condition.text()));
        }
        let mut permissions = caller.permissions.clone();
        permissions.push(
            job.permissions
                .clone()
                .or_else(|| parsed.permissions.clone()),
        );
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
            self.note(
                uses.span,
                "a workflow of another repository is not followed",
            );
            return None;
        };
        let Some(called) = self.files.workflows.get(&path).cloned() else {
            let why = self
                .files
                .unreadable
                .get(&path)
                .map_or_else(|| "no such file".to_owned(), ToString::to_string);
            self.note(
                uses.span,
                format!("the workflow `{path}` could not be read: {why}"),
            );
            return None;
        };
        if self.open.contains(&path) || self.open.len() > MAX_DEPTH {
            self.note(
                uses.span,
                format!("the call of `{path}` goes round in a circle or too deep"),
            );
            return None;
        }
        Some((path, called))
    }

    fn call(
        &mut self,
        path: String,
        called: &Arc<ParsedWorkflow>,
        job: &Job,
        scope: &Scope,
        caller: &Caller,
    ) -> Names {
        let declared = called
            .trigger("workflow_call")
            .map_or(&[][..], |trigger| &trigger.inputs);
        let inner = Scope {
            inputs: Arc::new(passed(declared, &job.with, scope, &caller.cases)),
            github: Arc::clone(&scope.github),
            ..scope.called()
        };
        self.notes.extend(called.notes.iter().cloned());
        self.open.push(path);
        let outputs = self.workflow(called, inner, caller);
        self.open.pop();
        outputs
    }

    /// Runs steps; gives what they wrote to `$GITHUB_ENV`.
    fn run_steps(
        &mut self,
        steps: &[Arc<Step>],
        scope: &mut Scope,
        around: &Surroundings<'_>,
        job: &mut LinkedJob,
    ) -> BTreeMap<String, Possible> {
        let mut written = BTreeMap::new();
        for step in steps {
            self.steps += 1;
            if self.steps > MAX_STEPS || self.events > MAX_EVENTS {
                self.note(step.span, "too many steps: the rest is not followed");
                break;
            }
            let env = pairs(&step.env, scope);
            let outer_env = scope.env.clone();
            scope.env.extend(names(&env));
            let mut conditions = around.conditions.clone();
            let mut cases = around.cases.clone();
            let mut own_cases = vec![Given::default()];
            if let Some(condition) = &step.condition {
                conditions.push(Condition {
                    kind: ConditionKind::StepIf,
                    span: condition.span,
                });
                own_cases = scope.condition(condition.text());
                cases = script::both(&cases, &own_cases);
            }
            let index = job.steps.len();
            job.steps.push(LinkedStep {
                step: Arc::clone(step),
                file: around.file,
                name: step.name.as_ref().map(|name| scope.template(name)),
                env,
                cases: cases.clone(),
                within: around.within,
            });
            let ran = if cases.is_empty() {
                self.note(step.span, "this step never runs");
                Ran::default()
            } else {
                let here = Here {
                    step,
                    index,
                    scope,
                    around,
                    conditions,
                    cases,
                };
                self.run_step(here, job)
            };
            scope.env = outer_env;
            for (name, value) in ran.env {
                let value = value.under(&own_cases);
                // Where the step is left out, the variable stays as it was.
                let before = step.condition.as_ref().and_then(|_| scope.env.get(&name));
                let value = before.map_or_else(|| value.clone(), |before| before.or(&value));
                scope.env.insert(name.clone(), value.clone());
                written.insert(name, value);
            }
            if let Some(id) = &step.id {
                let outputs = ran.outputs.into_iter();
                let outputs = outputs
                    .map(|(name, value)| (name, value.under(&own_cases)))
                    .collect();
                scope.steps.insert(id.value.to_ascii_lowercase(), outputs);
            }
        }
        written
    }

    fn run_step(&mut self, here: Here<'_>, job: &mut LinkedJob) -> Ran {
        let (step, index) = (here.step, here.index);
        if let Some(script) = &step.script {
            let directory = step
                .working_directory
                .as_ref()
                .map_or(here.around.directory, Template::text);
            let directories = Directories {
                working: working_directory(directory),
                action: here.around.action.clone(),
            };
            let walked = script::walk(
                script,
                here.scope,
                &self.files.scripts,
                &directories,
                here.cases,
                here.conditions,
            );
            self.events += walked.commands.len();
            job.events
                .extend(walked.commands.into_iter().map(|command| Event {
                    step: index,
                    run: Run::Command(command),
                }));
            job.assigned.extend(
                walked
                    .assigned
                    .into_iter()
                    .map(|assigned| (index, assigned)),
            );
            self.notes.extend(walked.notes);
            return Ran {
                outputs: walked
                    .outputs
                    .into_iter()
                    .map(|(name, value)| (name.to_ascii_lowercase(), value))
                    .collect(),
                env: walked.env,
            };
        }
        let Some(uses) = &step.uses else {
            return Ran::default();
        };
        if local_path(uses.text()).is_some()
            && let Some(ran) = self.composite(uses, &here, job)
        {
            return ran;
        }
        let (name, version) = match uses.text().split_once('@') {
            Some((name, version)) => (name, Some(version.to_owned())),
            None => (uses.text(), None),
        };
        self.events += 1;
        job.events.push(Event {
            step: index,
            run: Run::Action(ActionUse {
                uses: Spanned::new(uses.text().to_owned(), uses.span),
                name: name.to_owned(),
                version,
                with: pairs(&step.with, here.scope),
                conditions: here.conditions,
                cases: here.cases,
            }),
        });
        Ran::default()
    }

    /// Runs the steps of a local composite action; a note says why there are none.
    fn composite(&mut self, uses: &Template, here: &Here<'_>, job: &mut LinkedJob) -> Option<Ran> {
        let (scope, around) = (here.scope, here.around);
        let Some((path, action)) = self.files.action(uses.text()) else {
            self.note(
                uses.span,
                format!("there is no `action.yml` in `{}`", uses.text()),
            );
            return None;
        };
        let action = Arc::clone(action);
        if action.using.as_ref().map(|using| using.value.as_str()) != Some("composite") {
            self.note(
                uses.span,
                format!(
                    "`{}` is no composite action, and is not followed",
                    uses.text()
                ),
            );
            return None;
        }
        if self.open.contains(&path) || around.depth >= MAX_DEPTH {
            self.note(
                uses.span,
                format!("`{}` goes round in a circle or too deep", uses.text()),
            );
            return None;
        }
        self.notes.extend(action.notes.iter().cloned());
        let mut inner = Scope {
            github: Arc::clone(&scope.github),
            inputs: Arc::new(passed(&action.inputs, &here.step.with, scope, &here.cases)),
            matrix: Arc::clone(&scope.matrix),
            env: scope.env.clone(),
            needs: Arc::clone(&scope.needs),
            ..scope.called()
        };
        let surroundings = Surroundings {
            file: action.file,
            directory: "",
            action: Some(directory_of(&path).to_owned()),
            within: Some(here.index),
            conditions: here.conditions.clone(),
            cases: here.cases.clone(),
            depth: around.depth + 1,
        };
        self.open.push(path);
        let env = self.run_steps(&action.steps, &mut inner, &surroundings, job);
        self.open.pop();
        Some(Ran {
            outputs: lower_names(&pairs(&action.outputs, &inner)),
            env,
        })
    }
}

/// What a step leaves behind.
#[derive(Default)]
struct Ran {
    outputs: Names,
    env: BTreeMap<String, Possible>,
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
    let each = values
        .iter()
        .map(|value| (value.name.value.clone(), value.value.clone()));
    each.collect()
}

fn lower_names(values: &[EnvValue]) -> Names {
    let each = values
        .iter()
        .map(|value| (value.name.value.to_ascii_lowercase(), value.value.clone()));
    each.collect()
}

/// The inputs of what is called: what is passed, else the default.
fn passed(declared: &[Input], with: &[Pair], scope: &Scope, cases: &[Given]) -> Names {
    let each = declared.iter().map(|input| {
        let name = input.name.value.to_ascii_lowercase();
        let given = with
            .iter()
            .find(|pair| pair.name.value.eq_ignore_ascii_case(&name));
        let value = match (given, &input.default) {
            (Some(pair), _) => scope
                .template(&pair.value)
                .under(cases)
                .written_at(pair.value.span),
            (None, Some(default)) => scope.template(default).written_at(default.span),
            (None, None) => Possible::one(Alternative::new(Text::default(), ValueKind::Null)),
        };
        let boolean = input
            .kind
            .as_ref()
            .is_some_and(|kind| kind.value == "boolean");
        (name, if boolean { as_boolean(value) } else { value })
    });
    each.collect()
}

fn as_boolean(mut value: Possible) -> Possible {
    for one in &mut value.known {
        if matches!(one.text.as_known(), Some("true" | "false")) {
            one.kind = ValueKind::Bool;
        }
    }
    value
}

/// What `inputs` and `github` can be when the workflow starts by itself, by each of its events.
fn started(parsed: &ParsedWorkflow) -> (Names, Names) {
    let events: Vec<&str> = parsed
        .triggers
        .iter()
        .map(|trigger| trigger.name.value.as_str())
        .collect();
    // A called workflow sees the event of its caller.
    let called = events.contains(&"workflow_call");
    let mut github = Names::new();
    if !called && !events.is_empty() {
        let each = parsed.triggers.iter().map(|trigger| Alternative {
            given: Given::that(EVENT_NAME, &trigger.name.value),
            origin: Some(trigger.name.span),
            ..Alternative::new(Text::known(&trigger.name.value), ValueKind::Text)
        });
        github.insert("event_name".to_owned(), Possible::any(each.collect()));
    }
    let mut inputs = Names::new();
    for trigger in &parsed.triggers {
        for input in &trigger.inputs {
            let name = input.name.value.to_ascii_lowercase();
            let mut all = offered(input);
            if !called {
                let others = events.iter().filter(|event| **event != trigger.name.value);
                let alone = events.len() == 1;
                if !alone {
                    let dispatched = Given::that(EVENT_NAME, &trigger.name.value);
                    for one in &mut all {
                        one.given = one.given.and(&dispatched).unwrap_or_default();
                    }
                }
                // Another event has no inputs.
                all.extend(others.map(|event| Alternative {
                    given: Given::that(EVENT_NAME, event),
                    ..Alternative::new(Text::default(), ValueKind::Null)
                }));
            }
            let possible = Possible::any(all);
            let merged = match inputs.remove(&name) {
                Some(before) => possible.or(&before),
                None => possible,
            };
            inputs.insert(name, merged);
        }
    }
    (inputs, github)
}

const EVENT_NAME: &str = "github.event_name";

/// Everything that somebody can put in for an input.
fn offered(input: &Input) -> Vec<Alternative> {
    let symbol = format!("inputs.{}", input.name.value.to_ascii_lowercase());
    let one = |text: &str, kind: ValueKind, origin: Span| Alternative {
        given: Given::that(&symbol, text),
        origin: Some(origin),
        ..Alternative::new(Text::known(text), kind)
    };
    let kind = input
        .kind
        .as_ref()
        .map_or("string", |kind| kind.value.as_str());
    if !input.options.is_empty() {
        let options = input.options.iter();
        return options
            .map(|option| one(&option.value, ValueKind::Text, option.span))
            .collect();
    }
    if kind == "boolean" {
        return ["true", "false"]
            .map(|text| one(text, ValueKind::Bool, input.name.span))
            .to_vec();
    }
    let mut all = vec![Alternative::new(Text::unknown(&symbol), ValueKind::Text)];
    if let Some(default) = &input.default
        && !default.has_expression()
    {
        let kind = match default.scalar.resolve() {
            Resolved::Number(_) if kind == "number" => ValueKind::Number,
            Resolved::Null => return all,
            _ => ValueKind::Text,
        };
        all.push(one(default.text(), kind, default.span));
    }
    all
}

impl LinkedJob {
    /// Whether its token can be exchanged for credentials: `id-token: write`.
    #[must_use]
    pub fn has_id_token(&self) -> bool {
        matches!(self.access("id-token"), Access::Write(_))
    }
}
