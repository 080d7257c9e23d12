//! Words to everything that they can be.

use std::rc::Rc;

use super::pattern::Pattern;
use super::spread::{is_spread, spread};
use super::state::{Space, State};
use super::{Interpreter, MAX_ITEMS};
use crate::syntax::shell::{List, Operation, Parameter, Part, Word};
use crate::workflow::commands::Argument;
use crate::workflow::possible::{Alternative, Possible, ValueKind};
use crate::workflow::text::{Piece, Text};

/// Longer texts are not trimmed by patterns.
const MAX_TRIMMED: usize = 1_024;

impl Interpreter<'_> {
    pub(super) fn argument(&mut self, word: &Word, state: &mut State) -> Argument {
        let value = self.word(word, state);
        Argument { span: word.span, value: self.scope.within(value, &self.cases) }
    }

    pub(super) fn word(&mut self, word: &Word, state: &mut State) -> Possible {
        let mut parts = word.parts.iter();
        let Some(first) = parts.next() else {
            return Possible::known("");
        };
        let mut all = self.part(first, state);
        for part in parts {
            let more = self.part(part, state);
            all = self.scope.concat(&all, &more);
        }
        all
    }

    fn part(&mut self, part: &Part, state: &mut State) -> Possible {
        match part {
            Part::Text { text, .. } => Possible::known(text),
            Part::Parameter(parameter) => self.parameter(parameter, state),
            Part::Substitution(list) => self.capture(list, state),
            Part::Process(list) => {
                self.capture(list, state);
                Possible::unknown("<(…)")
            }
            Part::Arithmetic => Possible::unknown("$((…))"),
            Part::Expression { text, .. } => self.scope.expression(text),
        }
    }

    /// What a list prints, without the line breaks at its end.
    fn capture(&mut self, list: &List, state: &State) -> Possible {
        let mut inner = state.clone();
        inner.printed = Rc::new(Possible::known(""));
        self.capturing += 1;
        self.list(list, &mut inner);
        self.capturing -= 1;
        let each = inner.printed.known.iter().map(|one| Alternative { text: trim_end(&one.text), ..one.clone() });
        let mut trimmed = Possible::any(each.collect());
        trimmed.complete = inner.printed.complete;
        trimmed.why_incomplete.clone_from(&inner.printed.why_incomplete);
        trimmed
    }

    /// The value of a variable: set here, in the environment, or not known.
    pub(super) fn variable(&self, name: &str, state: &State) -> Possible {
        match state.get(Space::Variable, name) {
            Some(value) => (**value).clone(),
            None => self.environment(name),
        }
    }

    pub(super) fn environment(&self, name: &str) -> Possible {
        if let Some(value) = self.scope.env.get(name) {
            return value.clone();
        }
        // GITHUB_REPOSITORY is `github.repository`, and so on.
        let github = name.strip_prefix("GITHUB_").map(str::to_ascii_lowercase);
        if let Some(value) = github.as_ref().and_then(|name| self.scope.github.get(name)) {
            return value.clone();
        }
        let symbol = match github {
            Some(rest) => format!("github.{rest}"),
            None if name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') => {
                format!("env.{name}")
            }
            None => format!("${name}"),
        };
        Possible::unknown(&symbol)
    }

    fn parameter(&mut self, parameter: &Parameter, state: &mut State) -> Possible {
        let name = &parameter.name;
        let value = self.variable(name, state);
        let argument = parameter.argument.as_ref();
        let symbol = format!("${{{name}…}}");
        match parameter.operation {
            Operation::Plain => value,
            Operation::Default => {
                let unset =
                    state.get(Space::Variable, name).is_none() && name.bytes().all(|byte| byte.is_ascii_digit());
                let default = argument.map_or_else(|| Possible::known(""), |word| self.word(word, state));
                if unset {
                    return default;
                }
                let empty = |one: &Alternative| one.text.as_known() == Some("");
                let may_lack = value.known.iter().any(|one| empty(one) || one.text.as_unknown().is_some());
                let mut kept = value.clone();
                kept.known.retain(|one| !empty(one));
                if may_lack || !value.complete { kept.or(&default) } else { kept }
            }
            Operation::Required => {
                let mut kept = value;
                kept.known.retain(|one| one.text.as_known() != Some(""));
                kept
            }
            Operation::Alternate => {
                let other = argument.map_or_else(|| Possible::known(""), |word| self.word(word, state));
                let truth: Vec<_> = value.known.iter().map(|one| one.text.as_known().map(str::is_empty)).collect();
                if truth.iter().all(|empty| *empty == Some(false)) {
                    other
                } else if truth.iter().all(|empty| *empty == Some(true)) {
                    Possible::known("")
                } else {
                    other.or(&Possible::known(""))
                }
            }
            Operation::TrimPrefix { longest } => {
                trimmed(&value, argument, &symbol, |text, pattern| pattern.trim_start(text, longest))
            }
            Operation::TrimSuffix { longest } => {
                trimmed(&value, argument, &symbol, |text, pattern| pattern.trim_end(text, longest))
            }
            Operation::Lower => value.map(&symbol, |text| Some(text.to_lowercase())),
            Operation::Upper => value.map(&symbol, |text| Some(text.to_uppercase())),
            Operation::Other => Possible::unknown(&symbol),
        }
    }

    /// The words that one word becomes: an unquoted expansion is split at blanks.
    pub(super) fn items(&mut self, word: &Word, state: &mut State) -> Possible {
        let spreads = |part: &Part| matches!(part, Part::Text { text, quoted: false } if is_spread(text));
        let value = if word.parts.iter().any(spreads) {
            let mut all = Possible::known("");
            for part in &word.parts {
                let more = match part {
                    Part::Text { text, quoted: false } => spread(text),
                    other => self.part(other, state),
                };
                all = self.scope.concat(&all, &more);
            }
            all
        } else {
            self.word(word, state)
        };
        let value = self.scope.within(value, &self.cases);
        let splits = word.parts.iter().any(|part| match part {
            Part::Text { .. } | Part::Process(_) => false,
            Part::Parameter(parameter) => !parameter.quoted,
            Part::Substitution(_) | Part::Arithmetic | Part::Expression { .. } => true,
        });
        if !splits {
            return value;
        }
        let mut items = Vec::new();
        for one in &value.known {
            match one.text.as_known() {
                Some(text) => items.extend(text.split_whitespace().take(MAX_ITEMS).map(|item| Alternative {
                    text: Text::known(item),
                    kind: ValueKind::Text,
                    ..one.clone()
                })),
                None => items.push(one.clone()),
            }
        }
        let mut split = Possible::any(items);
        if !value.complete {
            split.give_up(value.why_incomplete.as_deref().unwrap_or("unknown"));
        }
        split
    }
}

fn trim_end(text: &Text) -> Text {
    let mut trimmed = Text::default();
    let (last, before) = match text.pieces().split_last() {
        Some(split) => split,
        None => return trimmed,
    };
    for piece in before {
        trimmed.append(&match piece {
            Piece::Known(known) => Text::known(known),
            Piece::Unknown(symbol) => Text::unknown(symbol),
        });
    }
    match last {
        Piece::Known(known) => trimmed.push(known.trim_end_matches('\n')),
        Piece::Unknown(symbol) => trimmed.append(&Text::unknown(symbol)),
    }
    trimmed
}

fn trimmed(
    value: &Possible,
    argument: Option<&Word>,
    symbol: &str,
    trim: impl Fn(&str, &Pattern) -> String,
) -> Possible {
    match argument.and_then(Pattern::of) {
        Some(pattern) => value.map(symbol, |text| (text.len() <= MAX_TRIMMED).then(|| trim(text, &pattern))),
        None => Possible::unknown(symbol),
    }
}
