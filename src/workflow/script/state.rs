//! What the interpreter knows at one point of a script.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use crate::workflow::expression::TOO_MUCH;
use crate::workflow::possible::{Given, Possible};

/// Which of the things that a script sets a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Space {
    /// A shell variable or positional argument.
    Variable,
    /// A line for `$GITHUB_OUTPUT`.
    Output,
    /// A line for `$GITHUB_ENV`.
    Env,
}

type Names = HashMap<Rc<str>, Rc<Possible>>;

/// Variables, what was written, and whether this point is reached at all.
#[derive(Debug, Clone)]
pub(super) struct State {
    variables: Names,
    outputs: Names,
    env: Names,
    /// What was printed since capturing began.
    pub(super) printed: Rc<Possible>,
    /// After `exit` or `return`.
    pub(super) dead: bool,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            variables: Names::new(),
            outputs: Names::new(),
            env: Names::new(),
            printed: Rc::new(Possible::known("")),
            dead: false,
        }
    }

    fn names(&self, space: Space) -> &Names {
        match space {
            Space::Variable => &self.variables,
            Space::Output => &self.outputs,
            Space::Env => &self.env,
        }
    }

    fn names_mut(&mut self, space: Space) -> &mut Names {
        match space {
            Space::Variable => &mut self.variables,
            Space::Output => &mut self.outputs,
            Space::Env => &mut self.env,
        }
    }

    pub(super) fn get(&self, space: Space, name: &str) -> Option<&Rc<Possible>> {
        self.names(space).get(name)
    }

    pub(super) fn set(&mut self, space: Space, name: &str, value: Possible) {
        self.names_mut(space).insert(Rc::from(name), Rc::new(value));
    }

    /// Takes over what another state wrote to files.
    pub(super) fn keep_written(&mut self, inner: &Self) {
        self.outputs.clone_from(&inner.outputs);
        self.env.clone_from(&inner.env);
    }

    /// How many names it holds: what copying it costs.
    pub(super) fn size(&self) -> usize {
        self.variables.len() + self.outputs.len() + self.env.len()
    }

    pub(super) fn print(&mut self, text: &Possible) {
        self.printed = Rc::new(self.printed.concat(text));
    }

    /// Replaces the positional arguments and hands back those that were there.
    pub(super) fn set_positional(&mut self, values: Vec<Possible>) -> Vec<Possible> {
        let before = (1..=9)
            .map_while(|number| self.variables.remove(number.to_string().as_str()))
            .map(|value| (*value).clone())
            .collect();
        for (number, value) in values.into_iter().take(9).enumerate() {
            self.set(Space::Variable, &(number + 1).to_string(), value);
        }
        before
    }

    /// Everything of one space, sorted by name.
    pub(super) fn all(&self, space: Space) -> BTreeMap<String, Possible> {
        let own = self.names(space).iter();
        own.map(|(name, value)| (name.to_string(), (**value).clone())).collect()
    }

    /// Joins the states at the ends of branches; each holds under its own cases.
    ///
    /// `fallback` is the value of what one branch sets and another does not.
    pub(super) fn join(
        branches: Vec<(Self, Vec<Given>)>,
        fallback: impl Fn(Space, &str) -> Possible,
        spend: impl Fn(usize) -> bool,
    ) -> Option<Self> {
        let mut alive: Vec<_> = branches.into_iter().filter(|(state, _)| !state.dead).collect();
        let (mut joined, first_cases) = alive.pop()?;
        if alive.is_empty() {
            return Some(joined);
        }
        for space in [Space::Variable, Space::Output, Space::Env] {
            joined.join_names(space, &alive, &first_cases, &fallback, &spend);
        }
        for (state, cases) in &alive {
            if !Rc::ptr_eq(&state.printed, &joined.printed) {
                let own = joined.printed.under(&first_cases);
                joined.printed = Rc::new(own.or(&state.printed.under(cases)));
            }
        }
        Some(joined)
    }

    fn join_names(
        &mut self,
        space: Space,
        others: &[(Self, Vec<Given>)],
        cases: &[Given],
        fallback: impl Fn(Space, &str) -> Possible,
        spend: impl Fn(usize) -> bool,
    ) {
        let mut changed: BTreeSet<Rc<str>> = BTreeSet::new();
        for (other, _) in others {
            let (own, other) = (self.names(space), other.names(space));
            let differs = |value: &Rc<Possible>, there: Option<&Rc<Possible>>| {
                there.is_none_or(|there| !Rc::ptr_eq(value, there) && value != there)
            };
            let there = other.iter().filter(|(name, value)| differs(value, own.get(*name)));
            changed.extend(there.map(|(name, _)| Rc::clone(name)));
            let gone = own.keys().filter(|name| !other.contains_key(*name));
            changed.extend(gone.cloned());
        }
        for key in changed {
            let first = self.names(space).get(&key);
            let mut work = first.map_or(1, |value| value.known.len()) * cases.len();
            for (state, cases) in others {
                work += state.names(space).get(&key).map_or(1, |value| value.known.len()) * cases.len();
            }
            if !spend(work) {
                self.names_mut(space).insert(key, Rc::new(Possible::unknown(TOO_MUCH)));
                continue;
            }
            let value = |value: Option<&Rc<Possible>>, cases: &[Given]| {
                value.map_or_else(|| fallback(space, &key), |value| (**value).clone()).under(cases)
            };
            let mut either = value(first, cases);
            for (state, cases) in others {
                either = either.or(&value(state.names(space).get(&key), cases));
            }
            self.names_mut(space).insert(key, Rc::new(either));
        }
    }
}
