//! What `[ … ]`, `[[ … ]]` and `test` suppose of the values they look at.

use super::state::State;
use super::{Interpreter, always, both};
use crate::syntax::shell::{AssignedValue, Assignment, CommandKind, Connector, List, Part, Pipeline, Word};
use crate::workflow::possible::{Given, Possible};

/// The cases in which a condition holds, and those in which it fails.
type Cases = (Vec<Given>, Vec<Given>);

impl Interpreter<'_> {
    /// The cases of a list that is one chain of tests.
    pub(super) fn list_cases(&mut self, list: &List, state: &State) -> Cases {
        let [item] = list.items.as_slice() else {
            return (always(), always());
        };
        let (mut holds, fails) = self.pipeline_cases(&item.first, state);
        if item.rest.is_empty() {
            return (holds, fails);
        }
        for (connector, pipeline) in &item.rest {
            if *connector == Connector::Or {
                return (always(), always());
            }
            holds = both(&holds, &self.pipeline_cases(pipeline, state).0);
        }
        (holds, always())
    }

    pub(super) fn pipeline_cases(&mut self, pipeline: &Pipeline, state: &State) -> Cases {
        let [command] = pipeline.commands.as_slice() else {
            return (always(), always());
        };
        let words = match &command.kind {
            CommandKind::Test(words) => words.as_slice(),
            // Setting a variable to a text, or saying something, does not fail.
            CommandKind::Simple { words, assignments } if words.is_empty() && assignments.iter().all(is_plain) => {
                return if pipeline.negated { (Vec::new(), always()) } else { (always(), Vec::new()) };
            }
            CommandKind::Simple { words, .. } if words.first().is_some_and(never_fails) => {
                return if pipeline.negated { (Vec::new(), always()) } else { (always(), Vec::new()) };
            }
            CommandKind::Simple { words, .. } => match words.split_first() {
                Some((first, rest)) if first.literal().as_deref() == Some("[") => {
                    rest.split_last().map_or(rest, |(_, inner)| inner)
                }
                Some((first, rest)) if first.literal().as_deref() == Some("test") => rest,
                _ => return (always(), always()),
            },
            _ => return (always(), always()),
        };
        let (holds, fails) = self.test_cases(words, state);
        if pipeline.negated { (fails, holds) } else { (holds, fails) }
    }

    fn test_cases(&mut self, words: &[Word], state: &State) -> Cases {
        let literal = |at: usize| words.get(at).and_then(Word::literal);
        match words {
            [_, rest @ ..] if literal(0).as_deref() == Some("!") => {
                let (holds, fails) = self.test_cases(rest, state);
                (fails, holds)
            }
            [_, subject] if matches!(literal(0).as_deref(), Some("-z" | "-n")) => {
                let Some(value) = self.pure(subject, state) else {
                    return (always(), always());
                };
                let (empty, full) = split(&value, |text| Some(text.is_empty()), None);
                if literal(0).as_deref() == Some("-z") { (empty, full) } else { (full, empty) }
            }
            [subject, _, wanted] => {
                let equal = match literal(1).as_deref() {
                    Some("=" | "==") => true,
                    Some("!=") => false,
                    _ => return (always(), always()),
                };
                let wanted_text = wanted.literal();
                let pattern = super::Pattern::of(wanted);
                let (Some(value), Some(pattern), Some(_)) = (self.pure(subject, state), pattern, wanted_text) else {
                    return (always(), always());
                };
                let literal = pattern.literal();
                let (same, other) = split(&value, |text| Some(pattern.matches(text)), literal.as_deref());
                if equal { (same, other) } else { (other, same) }
            }
            _ => (always(), always()),
        }
    }

    /// The value of a word that runs no command.
    fn pure(&mut self, word: &Word, state: &State) -> Option<Possible> {
        let runs = word.parts.iter().any(runs_command);
        (!runs).then(|| {
            let mut state = state.clone();
            self.word(word, &mut state).within(&self.cases)
        })
    }
}

/// Whether evaluating a part would run a command, and so must not be done twice.
fn runs_command(part: &Part) -> bool {
    match part {
        Part::Substitution(_) | Part::Process(_) => true,
        Part::Parameter(parameter) => {
            let argument = parameter.argument.as_ref();
            argument.is_some_and(|word| word.parts.iter().any(|part| !matches!(part, Part::Text { .. })))
        }
        Part::Text { .. } | Part::Arithmetic | Part::Expression { .. } => false,
    }
}

/// Whether a program says something or nothing, and succeeds in it.
fn never_fails(program: &Word) -> bool {
    matches!(program.literal().as_deref(), Some(":" | "echo" | "printf" | "true"))
}

/// Whether an assignment runs no command.
fn is_plain(assignment: &Assignment) -> bool {
    let parts = match &assignment.value {
        AssignedValue::Word(word) => word.parts.as_slice(),
        AssignedValue::Array(_) => return false,
    };
    !parts.iter().any(runs_command)
}

/// Splits possibilities by a test; an unknown name that passes is supposed to be `wanted`.
fn split(value: &Possible, test: impl Fn(&str) -> Option<bool>, wanted: Option<&str>) -> Cases {
    if !value.complete {
        return (always(), always());
    }
    let (mut holds, mut fails) = (Vec::new(), Vec::new());
    for one in &value.known {
        match one.text.as_known().map(&test) {
            Some(Some(true)) => holds.push(one.given.clone()),
            Some(Some(false)) => fails.push(one.given.clone()),
            _ => {
                fails.push(one.given.clone());
                let supposed = match (one.text.as_unknown(), wanted) {
                    (Some(symbol), Some(wanted)) => one.given.and(&Given::that(symbol, wanted)),
                    _ => Some(one.given.clone()),
                };
                holds.extend(supposed);
            }
        }
    }
    for cases in [&mut holds, &mut fails] {
        cases.sort();
        cases.dedup();
    }
    (holds, fails)
}
