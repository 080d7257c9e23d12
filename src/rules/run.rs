//! Decides rules: for everything a rule selects, whether its condition holds.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::jsonpath::{self, Selection};
use super::load::Queries;
use super::notation::rewrite;
use super::rule::{Let, Rule, RuleError, SelectFrom};
use super::scope::RuleScope;
use crate::eval::{Budget, Evaluator};
use crate::report::{Answer, Applicability, Edit, Finding, Fix, Label, Places, Severity, Undetermined, Verdict};
use crate::source::Span;
use crate::syntax::hcl::ast::Expr;
use crate::value::{Data, Type, Unknown, Value, render};

/// Combinations that one rule may look at.
const MAX_COMBINATIONS: usize = 100_000;
/// Places of one value that a finding shows.
const MAX_LINKS: usize = 4;

/// Runs rules over one model.
pub struct Runner<'r> {
    model: &'r Value,
    scope: RuleScope,
    budget: &'r Budget,
    pub(super) places: Places<'r>,
    queries: &'r Queries,
    records: bool,
    selections: RefCell<HashMap<String, Rc<Selection>>>,
}

/// A rule as it runs here.
pub struct Active<'l> {
    /// What it says.
    pub rule: &'l Rule,
    /// How much a finding weighs here.
    pub severity: Severity,
    /// Where its page is.
    pub url: &'l str,
    /// Its parameters, as one object.
    pub parameters: Value,
}

/// What one rule has to say.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Where its condition does not hold.
    pub findings: Vec<Finding>,
    /// Where it cannot be decided.
    pub undetermined: Vec<Undetermined>,
    /// What it says of each thing, when that is recorded.
    pub verdicts: Vec<Verdict>,
    /// Where the rule itself fails.
    pub errors: Vec<RuleError>,
}

impl Outcome {
    /// Notes that the rule fails. What is wrong with it is wrong for much of what it selects, and said once.
    fn fail(&mut self, error: RuleError) {
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }
}

/// Names bound so far.
pub(super) type Bound = Vec<(String, Value)>;

impl<'r> Runner<'r> {
    /// A runner over a model with this standard.
    #[must_use]
    pub fn new(
        model: &'r Value,
        standard: Value,
        budget: &'r Budget,
        places: Places<'r>,
        queries: &'r Queries,
    ) -> Self {
        let scope = RuleScope::new(standard, model.field("statements").cloned().unwrap_or_default());
        Self { model, scope, budget, places, queries, records: false, selections: RefCell::default() }
    }

    /// Whether to record what rules about the standard say of each thing, right or wrong.
    #[must_use]
    pub fn recording(self, records: bool) -> Self {
        Self { records, ..self }
    }

    /// Runs a rule.
    #[must_use]
    pub fn run(&self, active: &Active<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut combinations = 0;
        let mut bound = Bound::new();
        let scope = self.scope.clone().with_parameters(active.parameters.clone());
        let case = Case { runner: self, scope, rule: active.rule, active, constants: RefCell::default() };
        case.join(0, &mut bound, &mut combinations, &mut outcome);
        outcome
    }

    /// What a path selects. Rules share paths, so each is read and walked once.
    fn selection(&self, path: &str, span: Span) -> Result<Rc<Selection>, RuleError> {
        if let Some(known) = self.selections.borrow().get(path) {
            return Ok(Rc::clone(known));
        }
        let refused = |message: &str| RuleError::new(span, format!("this is not a JSONPath: {message}"));
        let query = self.queries.get(path).ok_or_else(|| refused("it was not read"))?;
        let query = query.as_ref().map_err(|error| refused(&error.message))?;
        let selection = Rc::new(jsonpath::select(query, self.model));
        self.selections.borrow_mut().insert(path.to_owned(), Rc::clone(&selection));
        Ok(selection)
    }
}

/// One rule on its way through everything it selects.
pub(super) struct Case<'c, 'r> {
    pub(super) runner: &'c Runner<'r>,
    scope: RuleScope,
    pub(super) rule: &'c Rule,
    active: &'c Active<'c>,
    /// The `let`s that are the same whatever is selected, as far as they were asked for.
    constants: RefCell<HashMap<&'c str, Value>>,
}

impl<'c> Case<'c, '_> {
    pub(super) fn with<T>(&self, bound: &Bound, run: impl FnOnce(&Evaluator<'_>) -> T) -> T {
        let names = bound.iter().map(|(name, value)| (name.as_str(), value.clone()));
        Evaluator::new(&self.scope, self.runner.budget).with_names(names, run)
    }

    /// Binds the selects from `at` on, one after the other, and decides when all are bound.
    fn join(&self, at: usize, bound: &mut Bound, combinations: &mut usize, outcome: &mut Outcome) {
        if *combinations > MAX_COMBINATIONS {
            return;
        }
        let Some(select) = self.rule.selects.get(at) else {
            *combinations += 1;
            if *combinations <= MAX_COMBINATIONS {
                if let Err(error) = self.decide(bound, outcome) {
                    self.give_up(error, bound, combinations, outcome);
                }
            } else {
                let reason = format!("it is about more than {MAX_COMBINATIONS} combinations, and looks at no more");
                self.undetermined(bound, &Arc::new(Unknown::new(Type::Bool, reason, None)), None, outcome);
            }
            return;
        };
        let selection = match &select.from {
            SelectFrom::Path(path, span) => match self.runner.selection(path, *span) {
                Ok(selection) => selection,
                Err(error) => {
                    outcome.fail(error);
                    return;
                }
            },
            SelectFrom::Expression(expr) => match self.with(bound, |evaluator| evaluator.evaluate(expr)) {
                Err(error) => {
                    self.give_up(error.into(), bound, combinations, outcome);
                    return;
                }
                Ok(value) => match (&value.data, value.as_items()) {
                    (_, Some(items)) => Rc::new(Selection { nodes: items.to_vec(), maybe: Vec::new() }),
                    (Data::Unknown(unknown), _) => {
                        self.undetermined(bound, unknown, value.origin.span(), outcome);
                        return;
                    }
                    (Data::Null(_), _) => return,
                    _ => {
                        outcome.fail(RuleError::new(expr.span, "`from` must give a list"));
                        return;
                    }
                },
            },
        };
        for node in &selection.nodes {
            bound.push((select.name.value.to_string(), node.clone()));
            self.join(at + 1, bound, combinations, outcome);
            bound.pop();
        }
        for (node, unknown) in &selection.maybe {
            bound.push((select.name.value.to_string(), node.clone()));
            self.undetermined(bound, unknown, node.origin.span(), outcome);
            bound.pop();
        }
    }

    fn decide(&self, bound: &mut Bound, outcome: &mut Outcome) -> Result<(), RuleError> {
        let depth = bound.len();
        let result = self.verdict(bound, outcome);
        bound.truncate(depth);
        result
    }

    /// Notes that the rule fails, or that it takes more work than there may be, and then looks at nothing more.
    fn give_up(&self, error: RuleError, bound: &Bound, combinations: &mut usize, outcome: &mut Outcome) {
        if error.bound {
            *combinations = MAX_COMBINATIONS + 1;
            self.undetermined(bound, &Arc::new(Unknown::new(Type::Bool, error.message, None)), None, outcome);
        } else {
            outcome.fail(error);
        }
    }

    fn verdict(&self, bound: &mut Bound, outcome: &mut Outcome) -> Result<(), RuleError> {
        for binding in &self.rule.lets {
            let value = self.bound_to(binding, bound)?;
            bound.push((binding.name.value.to_string(), value));
        }
        for (expr, is_condition) in
            self.rule.when.iter().map(|when| (when, false)).chain([(&self.rule.condition, true)])
        {
            let value = self.with(bound, |evaluator| evaluator.evaluate(expr))?;
            match value.as_bool() {
                Some(true) => {}
                Some(false) if is_condition => {
                    let finding = self.finding(bound)?;
                    self.record(bound, Answer::Fail, Some(&finding.message), outcome);
                    outcome.findings.push(finding);
                    return Ok(());
                }
                Some(false) => return Ok(()),
                None => {
                    let Some(unknown) = value.first_unknown() else {
                        return Err(RuleError::new(
                            expr.span,
                            format!("this must be true or false, and is {}", render(&value)),
                        ));
                    };
                    self.undetermined(bound, unknown, None, outcome);
                    return Ok(());
                }
            }
        }
        self.record(bound, Answer::Pass, None, outcome);
        Ok(())
    }

    fn bound_to(&self, binding: &'c Let, bound: &Bound) -> Result<Value, RuleError> {
        let known = self.constants.borrow().get(&*binding.name.value).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let value = self.with(bound, |evaluator| evaluator.evaluate(&binding.expr))?;
        if binding.constant {
            self.constants.borrow_mut().insert(&binding.name.value, value.clone());
        }
        Ok(value)
    }

    /// Records an answer, if that was asked for and the rule is about something documented.
    fn record(&self, bound: &Bound, answer: Answer, message: Option<&str>, outcome: &mut Outcome) {
        if self.runner.records && !self.rule.needs.is_empty() {
            outcome.verdicts.push(self.recorded(bound, answer, message.map(str::to_owned)));
        }
    }

    fn finding(&self, bound: &Bound) -> Result<Finding, RuleError> {
        let message = self.text(&self.rule.message, bound)?;
        let help = self.rule.help.as_ref().map(|help| self.with(bound, |evaluator| evaluator.evaluate(help)));
        let help = help.transpose()?.filter(|help| !help.is_null()).map(|help| render(&help));
        let at = match &self.rule.at {
            Some(at) => self.with(bound, |evaluator| evaluator.evaluate(at))?,
            None => bound.first().map(|(_, value)| value.clone()).unwrap_or_default(),
        };
        let mut related = Vec::new();
        let links: Vec<_> = self.links(&at);
        let primary = match links.first() {
            Some(first) => {
                let text = self.value_note(&at, first.span);
                related.extend(links.iter().skip(1).map(|link| self.runner.places.label(link.span, link.note())));
                self.runner.places.label(first.span, text)
            }
            None => match bound.first().and_then(|(_, value)| self.links(value).first().copied()) {
                Some(first) => self.runner.places.label(first.span, ""),
                None => return Err(RuleError::new(self.rule.span, "`at` has no place in any file")),
            },
        };
        for label in &self.rule.labels {
            let value = self.with(bound, |evaluator| evaluator.evaluate(&label.at))?;
            if let Some(span) = self.source(&value) {
                let text = self.text(&label.text, bound)?;
                let label = self.runner.places.label(span, text);
                if !related.iter().any(|known: &Label| known.file == label.file && known.start == label.start) {
                    related.push(label);
                }
            }
        }
        let (fix, document_fix) = self.fixes(bound)?;
        Ok(Finding {
            rule: self.rule.id.clone(),
            severity: self.active.severity,
            message,
            help,
            url: Some(self.active.url.to_owned()),
            address: self.address(bound),
            primary,
            related,
            fix,
            document_fix,
            fingerprint: String::new(),
        })
    }

    /// The places of a value, without those in the rule's own page.
    pub(super) fn links(&self, value: &Value) -> Vec<crate::value::Link> {
        let mut links = value.origin.chain(2 * MAX_LINKS);
        links.retain(|link| self.is_outside(&link.span));
        // What the configuration reads from a page is shown in the page.
        links.sort_by_key(|link| self.is_configuration(&link.span));
        links.truncate(MAX_LINKS);
        links
    }

    /// The place that a label means: where the value was written, in the page rather than on the way from it.
    pub(super) fn source(&self, value: &Value) -> Option<Span> {
        let deepest = value.origin.deepest().filter(|span| self.is_outside(span));
        // Of what the configuration computes, say by a list of its own and a word of the page, the page's part is meant.
        let in_page = || self.links(value).iter().map(|link| link.span).find(|span| !self.is_configuration(span));
        match deepest {
            Some(span) if self.is_configuration(&span) => in_page().or(deepest),
            Some(_) => deepest,
            None => self.links(value).last().map(|link| link.span),
        }
    }

    fn is_configuration(&self, span: &Span) -> bool {
        self.runner.places.path(*span).ends_with(crate::standard::FILE_NAME)
    }

    /// What a value is, where its expression does not show it.
    fn value_note(&self, value: &Value, span: Span) -> String {
        let shown = match &value.data {
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Partial(_) if !value.sensitive => render(value),
            _ => return String::new(),
        };
        let written = self.runner.places.text(span);
        if written.trim_matches('"') == shown || shown.len() > 80 {
            String::new()
        } else {
            format!("evaluates to {shown}")
        }
    }

    fn text(&self, expr: &Expr, bound: &Bound) -> Result<String, RuleError> {
        let value = self.with(bound, |evaluator| evaluator.evaluate(expr))?;
        Ok(render(&value))
    }

    /// What the finding is about: the address of the innermost selected thing that has one.
    pub(super) fn address(&self, bound: &Bound) -> Option<String> {
        bound.iter().rev().find_map(|(_, value)| value.field("address").and_then(Value::as_str).map(str::to_owned))
    }

    /// How to mend the code, and how to mend the page instead.
    fn fixes(&self, bound: &Bound) -> Result<(Option<Fix>, Option<Fix>), RuleError> {
        let (mut of_code, mut of_page) = (Some(Vec::new()), Some(Vec::new()));
        for spec in &self.rule.fixes {
            let value = self.with(bound, |evaluator| evaluator.evaluate(&spec.replace))?;
            let documented = self.with(bound, |evaluator| evaluator.evaluate(&spec.with))?;
            let written = value.origin.written().filter(|span| self.is_outside(span));
            let edit = written.and_then(|span| self.edit(span, &value, &documented));
            of_code = of_code.zip(edit).map(|(edits, edit)| with_edit(edits, edit));
            let edit = self.source(&documented).and_then(|span| self.edit(span, &documented, &value));
            of_page = of_page.zip(edit).map(|(edits, edit)| with_edit(edits, edit));
        }
        let is_unsafe = self.rule.fixes.iter().any(|spec| spec.unsafe_);
        let applicability = if is_unsafe { Applicability::Unsafe } else { Applicability::Safe };
        let fix = |edits: Option<Vec<Edit>>, applicability| {
            edits.filter(|edits| !edits.is_empty()).map(|edits| Fix { applicability, edits })
        };
        // Another standard is never what nobody has to look at.
        Ok((fix(of_code, applicability), fix(of_page, Applicability::Unsafe)))
    }

    /// The edit that makes what is written at a place mean another value.
    fn edit(&self, span: Span, old: &Value, new: &Value) -> Option<Edit> {
        // Nothing is written at an empty place: a plan's.
        if span.is_empty() {
            return None;
        }
        let file = self.runner.places.path(span);
        let text = rewrite(file, self.runner.places.text(span), old, new)?;
        Some(Edit { file: file.to_owned(), start: span.start, end: span.end, text })
    }

    fn undetermined(&self, bound: &Bound, unknown: &Arc<Unknown>, fallback: Option<Span>, outcome: &mut Outcome) {
        let outside = |span: &Span| self.is_outside(span);
        let span = unknown.span.filter(outside).or(fallback.filter(outside));
        self.record(bound, Answer::Undetermined, Some(&unknown.reason), outcome);
        outcome.undetermined.push(Undetermined {
            rule: self.rule.id.clone(),
            address: self.address(bound),
            message: unknown.reason.to_string(),
            blocking: span.map(|span| self.runner.places.blocking(span)),
        });
    }

    /// Whether a place is not in the rule's own page.
    fn is_outside(&self, span: &Span) -> bool {
        span.file != self.rule.file
    }
}

/// Adds an edit that is not there yet.
fn with_edit(mut edits: Vec<Edit>, edit: Edit) -> Vec<Edit> {
    if !edits.contains(&edit) {
        edits.push(edit);
    }
    edits
}
