//! What a value can be: a set of texts, each with the parts of it that are not known and what it presupposes.

use std::sync::Arc;

use super::text::{Piece, Text};
use crate::source::Span;

/// How many suppositions are kept of one value; to forget one only makes it meet more.
const MAX_GIVEN: usize = 12;
/// How many texts a value may have before the rest is given up.
const MAX_VALUES: usize = 256;

/// What a value presupposes: these names have these values, as `inputs.application` has in one arm of a `case`.
///
/// Two values that presuppose different things of one name never meet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Given(Vec<(Arc<str>, Arc<str>)>);

impl Given {
    /// One supposition.
    #[must_use]
    pub fn that(symbol: &str, value: &str) -> Self {
        Self(vec![(symbol.into(), value.into())])
    }

    /// Whether nothing is presupposed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is supposed of a name.
    #[must_use]
    pub fn get(&self, symbol: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| &**name == symbol).map(|(_, value)| &**value)
    }

    /// Every supposition, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Both together; `None` when they contradict each other.
    #[must_use]
    pub fn and(&self, other: &Self) -> Option<Self> {
        if other.is_empty() {
            return Some(self.clone());
        }
        let mut all = self.0.clone();
        for (name, value) in &other.0 {
            match all.binary_search_by(|(known, _)| known.cmp(name)) {
                Ok(at) if all.get(at).is_some_and(|(_, known)| known != value) => return None,
                Ok(_) => {}
                Err(_) if all.len() >= MAX_GIVEN => {}
                Err(at) => all.insert(at, (Arc::clone(name), Arc::clone(value))),
            }
        }
        Some(Self(all))
    }
}

/// What kind of value a text came from: `false` the boolean is not `'false'` the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ValueKind {
    /// Text.
    #[default]
    Text,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// Null, or a property that is not there; as text it is empty.
    Null,
    /// A list or mapping, as JSON.
    Json,
}

/// One thing that a value can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The text.
    pub text: Text,
    /// What kind of value it is the text of.
    pub kind: ValueKind,
    /// What it presupposes.
    pub given: Given,
    /// Where it was written, when that is elsewhere than where it is used.
    pub origin: Option<Span>,
}

impl Alternative {
    /// A text that presupposes nothing.
    #[must_use]
    pub fn new(text: Text, kind: ValueKind) -> Self {
        Self { text, kind, given: Given::default(), origin: None }
    }

    /// Whether `if:`, `&&` and `||` take it for true; `None` when that depends on what is unknown.
    #[must_use]
    pub fn truthy(&self) -> Option<bool> {
        match (self.kind, self.text.as_known()) {
            (ValueKind::Null, _) => Some(false),
            (ValueKind::Json, _) => Some(true),
            (ValueKind::Bool, text) => text.map(|text| text == "true"),
            (ValueKind::Number, text) => {
                text.map(|text| text.parse::<f64>().is_ok_and(|number| number != 0.0 && !number.is_nan()))
            }
            (ValueKind::Text, Some(text)) => Some(!text.is_empty()),
            (ValueKind::Text, None) => {
                let some = self.text.pieces().iter().any(|piece| matches!(piece, Piece::Known(_)));
                some.then_some(true)
            }
        }
    }
}

/// Everything that a value can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Possible {
    /// The possibilities, sorted, without repetition.
    pub known: Vec<Alternative>,
    /// Whether there are no others.
    pub complete: bool,
    /// Why there may be others.
    pub why_incomplete: Option<String>,
}

impl Possible {
    /// No value at all: what only a branch that is never taken can have.
    #[must_use]
    pub fn none() -> Self {
        Self { known: Vec::new(), complete: true, why_incomplete: None }
    }

    /// Just this.
    #[must_use]
    pub fn one(alternative: Alternative) -> Self {
        Self { known: vec![alternative], ..Self::none() }
    }

    /// Just this text.
    #[must_use]
    pub fn known(text: &str) -> Self {
        Self::one(Alternative::new(Text::known(text), ValueKind::Text))
    }

    /// Some text of this name.
    #[must_use]
    pub fn unknown(symbol: &str) -> Self {
        Self::one(Alternative::new(Text::unknown(symbol), ValueKind::Text))
    }

    /// Any of these.
    #[must_use]
    pub fn any(alternatives: Vec<Alternative>) -> Self {
        let mut possible = Self { known: alternatives, ..Self::none() };
        possible.normalize();
        possible
    }

    /// Sorted, each once, and not too many.
    fn normalize(&mut self) {
        fn key(alternative: &Alternative) -> (&Text, ValueKind, &Given) {
            (&alternative.text, alternative.kind, &alternative.given)
        }
        if self.known.len() > 1 {
            self.known.sort_by(|a, b| key(a).cmp(&key(b)));
            self.known.dedup_by(|a, b| key(a) == key(b));
        }
        if self.known.len() > MAX_VALUES {
            self.known.truncate(MAX_VALUES);
            self.give_up(&format!("there are more than {MAX_VALUES} possible values"));
        }
    }

    /// Says that there may be others; the first reason stays.
    pub fn give_up(&mut self, why: &str) {
        self.complete = false;
        self.why_incomplete.get_or_insert_with(|| why.to_owned());
    }

    fn inherit(&mut self, other: &Self) {
        if !other.complete {
            self.give_up(other.why_incomplete.as_deref().unwrap_or("unknown"));
        }
    }

    /// Whether every possibility is here and known throughout.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.complete && self.known.iter().all(|one| one.text.as_known().is_some())
    }

    /// The text, if it is the only one possible and known.
    #[must_use]
    pub fn single(&self) -> Option<&str> {
        let (first, others) = self.known.split_first()?;
        let same = others.iter().all(|other| other.text == first.text);
        (self.complete && same).then(|| first.text.as_known())?
    }

    /// Each possible text once, whatever it presupposes.
    pub fn distinct(&self) -> impl Iterator<Item = &Text> {
        // Sorted by text, so that equal ones adjoin.
        let before = std::iter::once(None).chain(self.known.iter().map(Some));
        let changes = self.known.iter().zip(before);
        changes.filter(|(one, before)| before.is_none_or(|before| before.text != one.text)).map(|(one, _)| &one.text)
    }

    /// The possibilities that are known throughout.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.known.iter().filter_map(|one| one.text.as_known())
    }

    /// The same, said to be written at `span` wherever nothing else is said.
    #[must_use]
    pub fn written_at(mut self, span: Span) -> Self {
        for one in &mut self.known {
            one.origin.get_or_insert(span);
        }
        self
    }

    /// The one text after the other.
    #[must_use]
    pub fn concat(&self, other: &Self) -> Self {
        let mut known = Vec::with_capacity(self.known.len() * other.known.len().min(MAX_VALUES));
        'all: for left in &self.known {
            for right in &other.known {
                let Some(given) = left.given.and(&right.given) else {
                    continue;
                };
                let mut text = left.text.clone();
                text.append(&right.text);
                text.resolve(&given);
                // A text that was written in two places has none to show.
                let origin = match (left.origin, right.origin) {
                    (Some(one), Some(other)) if one != other => None,
                    (one, other) => one.or(other),
                };
                known.push(Alternative { text, kind: ValueKind::Text, given, origin });
                if known.len() > 4 * MAX_VALUES {
                    break 'all;
                }
            }
        }
        let mut joined = Self::any(known);
        joined.inherit(self);
        joined.inherit(other);
        joined
    }

    /// This or the other.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let mut known = self.known.clone();
        known.extend_from_slice(&other.known);
        let mut either = Self::any(known);
        either.inherit(self);
        either.inherit(other);
        either
    }

    /// This, tied to `cases`: each possibility presupposes one of them. An empty `cases` holds never.
    #[must_use]
    pub fn under(&self, cases: &[Given]) -> Self {
        self.narrowed(cases, |one, case| {
            let given = one.given.and(case)?;
            let mut text = one.text.clone();
            text.resolve(&given);
            Some(Alternative { text, given, ..one.clone() })
        })
    }

    /// What remains of this where one of `cases` holds, tied to no more than it was.
    #[must_use]
    pub fn within(&self, cases: &[Given]) -> Self {
        self.narrowed(cases, |one, case| {
            let given = one.given.and(case)?;
            let mut text = one.text.clone();
            text.resolve(&given);
            // Only a case that says what an unknown piece is makes a difference to this value.
            let given = if text == one.text { one.given.clone() } else { given };
            Some(Alternative { text, given, ..one.clone() })
        })
    }

    fn narrowed(&self, cases: &[Given], narrow: impl Fn(&Alternative, &Given) -> Option<Alternative>) -> Self {
        if let [only] = cases
            && only.is_empty()
        {
            return self.clone();
        }
        let all = self.known.iter().flat_map(|one| cases.iter().filter_map(|case| narrow(one, case)));
        let mut rest = Self::any(all.collect());
        rest.inherit(self);
        rest
    }

    /// Each known text put through `change`; what is unknown becomes `symbol`.
    #[must_use]
    pub fn map(&self, symbol: &str, change: impl Fn(&str) -> Option<String>) -> Self {
        let each = self.known.iter().map(|one| Alternative {
            text: match one.text.as_known().map(&change) {
                Some(Some(text)) => Text::known(&text),
                _ => Text::unknown(symbol),
            },
            kind: ValueKind::Text,
            ..one.clone()
        });
        let mut mapped = Self::any(each.collect());
        mapped.inherit(self);
        mapped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str, symbol: &str, value: &str) -> Alternative {
        Alternative { given: Given::that(symbol, value), ..Alternative::new(Text::known(text), ValueKind::Text) }
    }

    fn shown(possible: &Possible) -> Vec<String> {
        possible.known.iter().map(|one| one.text.to_string()).collect()
    }

    #[test]
    fn values_that_presuppose_different_things_never_meet() {
        let app = Possible::any(vec![given("a", "inputs.app", "a"), given("b", "inputs.app", "b")]);
        let twice = app.concat(&Possible::known("-")).concat(&app);
        assert_eq!(shown(&twice), ["a-a", "b-b"]);
        assert_eq!(shown(&app.under(&[Given::that("inputs.app", "b")])), ["b"]);
        let other = Possible::any(vec![given("x", "matrix", "0"), given("y", "matrix", "1")]);
        assert_eq!(app.concat(&other).known.len(), 4);
    }

    #[test]
    fn what_is_given_fills_the_unknown_in() {
        let image = Possible::known("repo:").concat(&Possible::unknown("inputs.app"));
        assert_eq!(image.known[0].text.prefix(), "repo:");
        assert_eq!(shown(&image), ["repo:${inputs.app}"]);
        let known = image.under(&[Given::that("inputs.app", "api")]);
        assert_eq!(known.single(), Some("repo:api"));
        let two = [Given::that("x", "1"), Given::that("x", "2")];
        assert_eq!(image.under(&two).known.len(), 2);
        assert_eq!(image.within(&two), image);
        assert_eq!(image.under(&two).distinct().count(), 1);
        assert_eq!(image.within(&[]).known, []);
    }

    #[test]
    fn splitting_keeps_the_unknown_pieces() {
        let image =
            Possible::unknown("vars.ECR").concat(&Possible::known("/x:api-")).concat(&Possible::unknown("github.sha"));
        let (repository, tag) = image.known[0].text.rsplit_once(':').unwrap();
        assert_eq!(repository.to_string(), "${vars.ECR}/x");
        assert_eq!(tag.to_string(), "api-${github.sha}");
        assert!(image.known[0].text.split_once('@').is_none());
    }

    #[test]
    fn sets_are_bounded() {
        let digits =
            Possible::any((0..10).map(|n| Alternative::new(Text::known(&n.to_string()), ValueKind::Text)).collect());
        let many = digits.concat(&digits).concat(&digits);
        assert_eq!(many.known.len(), MAX_VALUES);
        assert!(!many.complete);
        assert!(!many.concat(&Possible::known("x")).complete);
    }
}
