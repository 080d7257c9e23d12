//! What is being evaluated, each because of the one before it: where a cycle shows.

use std::cell::RefCell;

use crate::eval::EvalError;
use crate::source::Span;

/// Addresses on the way from what was asked for to what is being evaluated.
#[derive(Default)]
pub(super) struct Trail(RefCell<Vec<String>>);

impl Trail {
    /// Evaluates something with its address on the trail.
    pub(super) fn walk<T>(&self, label: String, evaluate: impl FnOnce() -> T) -> T {
        self.0.borrow_mut().push(label);
        let result = evaluate();
        self.0.borrow_mut().pop();
        result
    }

    /// Expands the `count` or `for_each` of something, unless that is under way already.
    pub(super) fn expand<T>(&self, address: &str, at: Span, expand: impl FnOnce() -> T) -> Result<T, EvalError> {
        let label = format!("{address} (how many)");
        if self.0.borrow().contains(&label) {
            return Err(self.cycle(&label, at));
        }
        Ok(self.walk(label, expand))
    }

    /// The error that `label`, which is on the trail, was reached again.
    pub(super) fn cycle(&self, label: &str, at: Span) -> EvalError {
        let trail = self.0.borrow();
        let start = trail.iter().position(|known| known == label).unwrap_or(0);
        let way = trail.iter().skip(start).map(String::as_str).chain([label]).collect::<Vec<_>>().join(" → ");
        EvalError::bound(at, format!("this refers to itself: {way}"))
    }

    /// The error that a resource refers to itself, when one of its attributes is being evaluated.
    pub(super) fn refers_back(&self, address: &str, at: Span) -> Option<EvalError> {
        let of_resource = |label: &String| {
            label.strip_prefix(address).is_some_and(|rest| rest.starts_with('.') || rest.starts_with('['))
        };
        let trail = self.0.borrow();
        let start = trail.iter().position(of_resource)?;
        let way = trail.iter().skip(start).map(String::as_str).chain([address]).collect::<Vec<_>>().join(" → ");
        Some(EvalError::bound(at, format!("this refers to itself: {way}")))
    }
}
