//! Control structure: every branch is walked under what its condition supposes, and the ends are joined.

use std::rc::Rc;

use super::pattern::Pattern;
use super::state::{Space, State};
use super::{Interpreter, always, both};
use crate::source::Span;
use crate::syntax::shell::{AndOr, CaseArm, Connector, List, Pipeline, Word};
use crate::workflow::commands::{Condition, ConditionKind};
use crate::workflow::possible::{Alternative, Given, Possible};

impl Interpreter<'_> {
    pub(super) fn and_or(&mut self, item: &AndOr, state: &mut State) {
        if item.rest.is_empty() {
            return self.pipeline(&item.first, state);
        }
        let (mut holds, mut fails) = self.pipeline_cases(&item.first, state);
        self.pipeline(&item.first, state);
        for (connector, pipeline) in &item.rest {
            if state.dead {
                return;
            }
            let (kind, cases) = match connector {
                Connector::And => (ConditionKind::And, holds.clone()),
                Connector::Or => (ConditionKind::Or, fails.clone()),
            };
            let (next_holds, next_fails) = self.pipeline_cases(pipeline, state);
            let span = pipeline.commands.first().map(|command| command.span);
            let mut taken = state.clone();
            if let Some(span) = span
                && !cases.is_empty()
            {
                let condition = Condition { kind, span };
                self.branch(Some(condition), &cases, &mut taken, |this, state| {
                    this.pipeline(pipeline, state);
                });
            }
            // Past `a || exit` only the cases in which `a` held are left, but nothing else follows from them here.
            let skipped = match connector {
                Connector::And => fails.clone(),
                Connector::Or => holds.clone(),
            };
            let mut past = state.clone();
            past.dead |= skipped.is_empty();
            let dead = taken.dead;
            self.join_into(state, vec![(taken, cases), (past, skipped)]);
            match connector {
                Connector::And => {
                    fails = any_of(fails, both(&holds, &next_fails));
                    holds = both(&holds, &next_holds);
                }
                Connector::Or if dead => {}
                Connector::Or => {
                    holds = any_of(holds, both(&fails, &next_holds));
                    fails = both(&fails, &next_fails);
                }
            }
        }
    }

    /// Walks something that only runs under `cases`.
    pub(super) fn branch(
        &mut self,
        condition: Option<Condition>,
        cases: &[Given],
        state: &mut State,
        run: impl FnOnce(&mut Self, &mut State),
    ) {
        let outer = Rc::clone(&self.cases);
        self.cases = Rc::from(both(&outer, cases));
        let depth = self.conditions.len();
        self.conditions.extend(condition);
        if self.cases.is_empty() {
            state.dead = true;
        } else {
            run(self, state);
        }
        self.conditions.truncate(depth);
        self.cases = outer;
    }

    pub(super) fn join_into(&self, state: &mut State, branches: Vec<(State, Vec<Given>)>) {
        match State::join(branches, |space, name| self.fallback(space, name), |work| self.scope.spend(work)) {
            Some(joined) => *state = joined,
            None => state.dead = true,
        }
    }

    pub(super) fn pipeline(&mut self, pipeline: &Pipeline, state: &mut State) {
        let Some((last, before)) = pipeline.commands.split_last() else {
            return;
        };
        if before.is_empty() {
            return self.command(last, state, None, false);
        }
        // Every command of a pipeline runs in a shell of its own: what it sets is lost, what it writes is not.
        let mut input: Option<Possible> = None;
        self.capturing += 1;
        for command in before {
            let mut inner = state.clone();
            inner.printed = Rc::new(Possible::known(""));
            self.command(command, &mut inner, input.take(), true);
            input = Some((*inner.printed).clone());
            state.keep_written(&inner);
        }
        self.capturing -= 1;
        let mut inner = state.clone();
        self.command(last, &mut inner, input, false);
        state.keep_written(&inner);
        state.printed = inner.printed;
    }

    pub(super) fn if_command(
        &mut self,
        span: Span,
        arms: &[(List, List)],
        otherwise: Option<&List>,
        state: &mut State,
    ) {
        let mut ends = Vec::new();
        let mut remaining = always();
        for (condition, body) in arms {
            let (holds, fails) = self.list_cases(condition, state);
            self.list(condition, state);
            if state.dead {
                break;
            }
            let cases = both(&remaining, &holds);
            let mut inner = state.clone();
            let reason = Condition { kind: ConditionKind::If, span };
            self.branch(Some(reason), &cases, &mut inner, |this, state| this.list(body, state));
            ends.push((inner, cases));
            remaining = both(&remaining, &fails);
        }
        let mut rest = state.clone();
        if let Some(otherwise) = otherwise {
            let reason = Condition { kind: ConditionKind::Else, span };
            self.branch(Some(reason), &remaining, &mut rest, |this, state| this.list(otherwise, state));
        } else if remaining.is_empty() {
            rest.dead = true;
        }
        ends.push((rest, remaining));
        self.join_into(state, ends);
    }

    /// Walks a loop once; `break` and `continue` lead to its end.
    pub(super) fn looped(&mut self, state: &mut State, run: impl FnOnce(&mut Self, &mut State)) {
        self.loops.push(self.next_loop);
        self.left.push(Vec::new());
        self.next_loop += 1;
        run(self, state);
        self.loops.pop();
        let left = self.left.pop().unwrap_or_default();
        if !left.is_empty() {
            let ends = std::iter::once(state.clone()).chain(left).map(|end| (end, always()));
            self.join_into(state, ends.collect());
        }
    }

    pub(super) fn for_command(
        &mut self,
        span: Span,
        variable: &str,
        words: Option<&[Word]>,
        body: &List,
        state: &mut State,
    ) {
        let mut values = Possible::none();
        let mut certain = false;
        for word in words.into_iter().flatten() {
            certain |= word.literal().is_some();
            values = values.or(&self.items(word, state));
        }
        if words.is_none() {
            values = Possible::unknown(&format!("${variable}"));
        }
        if values.known.len() > 1 {
            // What is made from one value in one turn does not meet what another turn makes.
            let turn = format!("{variable}@{}", span.start);
            for one in &mut values.known {
                if let Some(given) = one.given.and(&Given::that(&turn, &one.text.to_string())) {
                    one.given = given;
                }
            }
        }
        let before = state.clone();
        let turns: Vec<Given> = always();
        state.set(Space::Variable, variable, values);
        let condition = (!certain).then_some(Condition { kind: ConditionKind::Loop, span });
        self.looped(state, |this, state| {
            this.branch(condition, &turns, state, |this, state| this.list(body, state));
        });
        if !certain {
            let after = state.clone();
            self.join_into(state, vec![(after, always()), (before, always())]);
        } else if state.dead {
            *state = before;
        }
    }

    pub(super) fn case_command(&mut self, span: Span, subject: &Word, arms: &[CaseArm], state: &mut State) {
        let subject = self.word(subject, state).within(&self.cases);
        let incomplete = !subject.complete;
        let mut remaining = subject.known;
        let mut carried: Vec<Given> = Vec::new();
        let mut ends = Vec::new();
        for arm in arms {
            let mut cases = std::mem::take(&mut carried);
            for word in &arm.patterns {
                let pattern = Pattern::of(word);
                remaining.retain(|one| {
                    let (supposed, done) = matched(pattern.as_ref(), one);
                    cases.extend(supposed.and_then(|given| one.given.and(&given)));
                    !done
                });
            }
            if incomplete {
                cases = always();
            }
            cases.sort();
            cases.dedup();
            let mut inner = state.clone();
            let reason = Condition { kind: ConditionKind::Case, span };
            self.branch(Some(reason), &cases, &mut inner, |this, state| this.list(&arm.body, state));
            if arm.falls_through {
                carried.clone_from(&cases);
            }
            ends.push((inner, cases));
        }
        let rest: Vec<Given> = remaining.into_iter().map(|one| one.given).collect();
        let mut none = state.clone();
        none.dead = rest.is_empty() && !incomplete;
        ends.push((none, if incomplete { always() } else { rest }));
        self.join_into(state, ends);
    }
}

/// The cases of either; one that supposes nothing makes the others say nothing.
fn any_of(mut cases: Vec<Given>, more: Vec<Given>) -> Vec<Given> {
    cases.extend(more);
    if cases.iter().any(Given::is_empty) {
        return always();
    }
    cases.sort();
    cases.dedup();
    cases
}

/// What a pattern that matches supposes, and whether nothing of this value is left for later patterns.
fn matched(pattern: Option<&Pattern>, one: &Alternative) -> (Option<Given>, bool) {
    let Some(pattern) = pattern else {
        return (Some(Given::default()), false);
    };
    if pattern.matches_all() {
        return (Some(Given::default()), true);
    }
    match (one.text.as_known(), one.text.as_unknown(), pattern.literal()) {
        (Some(text), _, _) if pattern.matches(text) => (Some(Given::default()), true),
        (Some(_), _, _) => (None, false),
        (None, Some(symbol), Some(literal)) => (Some(Given::that(symbol, &literal)), false),
        _ => (Some(Given::default()), false),
    }
}
