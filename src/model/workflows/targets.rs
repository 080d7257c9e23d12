//! Which functions a deployment is of.

use std::collections::HashSet;

use super::Subjects;
use super::applications::choices;
use super::values::{others, reached, text, truth, untold};
use crate::source::Span;
use crate::value::{Answer, Value, equals};
use crate::workflow::{Argument, Deployment, Text, Workflow, function_name};

/// Whether a workflow's name for a function is the name of a known one.
pub(super) enum Naming {
    /// It is, on every run or on one that is offered.
    Is,
    /// It may turn out to be.
    MayBe,
    /// It is not.
    IsNot,
}

/// A workflow's names for functions, and what is known to stand in for their unknown pieces.
pub(super) struct Namer<'n> {
    subjects: &'n Subjects<'n>,
    /// What somebody can choose, or a matrix lists.
    choices: HashSet<String>,
    /// Whether the workflow is the documented one, which deploys every documented function.
    is_deploy: bool,
    /// The start of the workflow.
    head: Span,
}

impl<'n> Namer<'n> {
    pub(super) fn new(workflow: &Workflow, subjects: &'n Subjects<'n>, is_deploy: bool) -> Self {
        Self { subjects, choices: choices(workflow), is_deploy, head: Span::new(workflow.file, 0, 0) }
    }

    /// How a name written in the workflow stands to that of a function.
    pub(super) fn naming(&self, written: &Text, name: &Value) -> Naming {
        let Some(name) = name.as_str() else {
            return match equals(&text(written, self.head), name) {
                Answer::Yes => Naming::Is,
                Answer::No => Naming::IsNot,
                Answer::Unknown(_) => Naming::MayBe,
            };
        };
        if !written.can_be(name) {
            return Naming::IsNot;
        }
        if written.as_known().is_some() || written.solve(name).is_some_and(|(_, value)| self.choices.contains(&value)) {
            return Naming::Is;
        }
        match self.subjects.is_documented(name) {
            true if self.is_deploy && written.as_unknown().is_none() => Naming::Is,
            // Where a page says which functions there are, a pattern is not meant to reach further ones.
            false if !self.subjects.documented.is_empty() => Naming::IsNot,
            _ => Naming::MayBe,
        }
    }
}

/// The names of functions in an argument, each once, with where each is written; empty ones are left out.
pub(super) fn names(argument: &Argument) -> Vec<(Text, Option<Span>)> {
    let mut all: Vec<(Text, Option<Span>)> = Vec::new();
    for one in &argument.value.known {
        let name = function_name(&one.text);
        if !name.pieces().is_empty() && !all.iter().any(|(known, _)| *known == name) {
            all.push((name, one.origin));
        }
    }
    all
}

/// The functions that a deployment names: each with whether there is one of that name.
pub(super) fn functions(deployment: &Deployment, subjects: &Subjects<'_>) -> Value {
    let Some(argument) = &deployment.function else {
        return Value::tuple(Vec::new()).written_at(deployment.span);
    };
    let named = names(argument).into_iter().map(|(name, origin)| {
        let value = reached(&name, origin, argument.span);
        let exists = exists(&name, subjects, argument.span);
        entry(value, truth(exists))
    });
    let more = others(&argument.value, argument.span).map(|unknown| entry(unknown.clone(), unknown));
    Value::tuple(named.chain(more).collect()).written_at(argument.span)
}

fn entry(name: Value, exists: Value) -> Value {
    let origin = name.origin.clone();
    Value::record([("name", name), ("exists", exists)]).at(origin)
}

/// Whether Terraform or the page has a function of this name.
fn exists(name: &Text, subjects: &Subjects<'_>, span: Span) -> Answer {
    if let Some(symbol) = name.as_unknown() {
        return untold(format!("`{symbol}` is known when the workflow runs"), span);
    }
    let mut open = None;
    for known in subjects.function_names() {
        match known.as_str() {
            Some(known) if name.can_be(known) => return Answer::Yes,
            Some(_) => {}
            None => match equals(&text(name, span), &known) {
                Answer::Yes => return Answer::Yes,
                Answer::No => {}
                Answer::Unknown(_) => open = open.or_else(|| known.first_unknown().cloned()),
            },
        }
    }
    open.map_or(Answer::No, Answer::Unknown)
}
