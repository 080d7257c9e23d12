//! The steps of a job, and of the composite actions they use.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::inputs::passed;
use super::{Linker, lower_names, pairs};
use crate::source::{FileId, Spanned};
use crate::workflow::commands::{Condition, ConditionKind};
use crate::workflow::expression::{Names, Scope};
use crate::workflow::files::{directory_of, local_path, working_directory};
use crate::workflow::linked::{ActionUse, Event, LinkedJob, LinkedStep, Run};
use crate::workflow::possible::{Given, Possible};
use crate::workflow::script::{self, Directories};
use crate::workflow::types::{Step, Template};

use super::{MAX_DEPTH, MAX_EVENTS, MAX_STEPS};

/// What a list of steps is run with.
pub(super) struct Surroundings<'a> {
    pub(super) file: FileId,
    /// Where scripts run unless their step says so.
    pub(super) directory: &'a str,
    pub(super) action: Option<String>,
    pub(super) within: Option<usize>,
    pub(super) conditions: Vec<Condition>,
    pub(super) cases: Vec<Given>,
    pub(super) depth: usize,
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

/// What a step leaves behind.
#[derive(Default)]
struct Ran {
    outputs: Names,
    env: BTreeMap<String, Possible>,
}

impl Linker<'_> {
    /// Runs steps; gives what they wrote to `$GITHUB_ENV`.
    pub(super) fn run_steps(
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
                self.hidden(step.span, "too many steps: the rest is not followed");
                break;
            }
            let env = pairs(&step.env, scope);
            // Only what the step sets itself is put back after it.
            let outer: Vec<_> = env
                .iter()
                .map(|own| (own.name.value.clone(), scope.env.insert(own.name.value.clone(), own.value.clone())))
                .collect();
            let mut conditions = around.conditions.clone();
            let mut cases = around.cases.clone();
            let mut own_cases = vec![Given::default()];
            if let Some(condition) = &step.condition {
                conditions.push(Condition { kind: ConditionKind::StepIf, span: condition.span });
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
                let here = Here { step, index, scope, around, conditions, cases };
                self.run_step(here, job)
            };
            for (name, value) in outer.into_iter().rev() {
                match value {
                    Some(value) => scope.env.insert(name, value),
                    None => scope.env.remove(&name),
                };
            }
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
                let outputs = outputs.map(|(name, value)| (name, value.under(&own_cases))).collect();
                scope.steps.insert(id.value.to_ascii_lowercase(), outputs);
            }
        }
        written
    }

    fn run_step(&mut self, here: Here<'_>, job: &mut LinkedJob) -> Ran {
        let (step, index) = (here.step, here.index);
        if let Some(script) = &step.script {
            let directory = step.working_directory.as_ref().map_or(here.around.directory, Template::text);
            let directories = Directories { working: working_directory(directory), action: here.around.action.clone() };
            let walked =
                script::walk(script, here.scope, &self.files.scripts, &directories, here.cases, here.conditions);
            self.events += walked.commands.len();
            job.events
                .extend(walked.commands.into_iter().map(|command| Event { step: index, run: Run::Command(command) }));
            job.assigned.extend(walked.assigned.into_iter().map(|assigned| (index, assigned)));
            self.notes.extend(walked.notes);
            return Ran {
                outputs: walked.outputs.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(),
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
            self.hidden(uses.span, format!("there is no `action.yml` in `{}` that can be read", uses.text()));
            return None;
        };
        let action = Arc::clone(action);
        if action.using.as_ref().map(|using| using.value.as_str()) != Some("composite") {
            self.hidden(uses.span, format!("`{}` is no composite action, and is not followed", uses.text()));
            return None;
        }
        if self.open.contains(&path) || around.depth >= MAX_DEPTH {
            self.hidden(uses.span, format!("`{}` goes round in a circle or too deep", uses.text()));
            return None;
        }
        self.notes.extend(action.notes.iter().cloned());
        for problem in &action.problems {
            if !self.problems.contains(problem) {
                self.problems.push(problem.clone());
            }
        }
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
        Some(Ran { outputs: lower_names(&pairs(&action.outputs, &inner)), env })
    }
}
