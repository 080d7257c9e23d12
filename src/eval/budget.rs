//! Bounds on work: the files under check are not to be trusted with our time and memory.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use regex::Regex;

use super::EvalError;
use crate::source::Span;

/// How much work an evaluation may do, and the costliest of its work, kept. One budget is shared by everything
/// evaluated for a workspace.
#[derive(Debug)]
pub struct Budget {
    steps: Cell<u64>,
    depth: Cell<u32>,
    max_depth: u32,
    /// Compiled patterns: compiling one costs more than a hundred matches.
    patterns: RefCell<HashMap<String, Regex>>,
}

impl Budget {
    /// Expression nodes visited for a whole workspace.
    const STEPS: u64 = 50_000_000;
    /// Evaluations inside evaluations, references included. JavaScript engines have a stack of a megabyte.
    const DEPTH: u32 = if cfg!(target_family = "wasm") { 150 } else { 400 };
    /// Bytes that one string may have.
    pub const MAX_STRING: usize = 16 << 20;
    /// Patterns that are kept.
    const MAX_PATTERNS: usize = 256;
    /// Bytes of new text that cost as much as a step, which bounds all the text there can be.
    pub const BYTES_A_STEP: usize = 16;
    /// Elements that one collection may have.
    pub const MAX_ELEMENTS: usize = 100_000;

    /// A fresh budget.
    #[must_use]
    pub fn new() -> Self {
        Self {
            steps: Cell::new(Self::STEPS),
            depth: Cell::new(0),
            max_depth: Self::DEPTH,
            patterns: RefCell::default(),
        }
    }

    /// Spends `steps` on work that is under way.
    ///
    /// # Errors
    /// When there is not that much left; then nothing is, since the work is done in part.
    pub fn spend(&self, steps: usize, at: Span) -> Result<(), EvalError> {
        self.spend_whole(steps, at).inspect_err(|_| self.steps.set(0))
    }

    /// Spends `steps` on work that is not begun unless all of it can be done.
    ///
    /// # Errors
    /// When there is not that much left, which then stays.
    pub fn spend_whole(&self, steps: usize, at: Span) -> Result<(), EvalError> {
        let left = u64::try_from(steps).ok().and_then(|steps| self.steps.get().checked_sub(steps));
        let left = left.ok_or_else(|| EvalError::bound(at, "evaluating it takes more work than trysquare allows"))?;
        self.steps.set(left);
        Ok(())
    }

    /// The pattern as `compile` makes it, made once.
    ///
    /// # Errors
    /// As `compile`.
    pub(super) fn pattern<E>(&self, text: &str, compile: impl FnOnce() -> Result<Regex, E>) -> Result<Regex, E> {
        if let Some(known) = self.patterns.borrow().get(text) {
            return Ok(known.clone());
        }
        let pattern = compile()?;
        let mut kept = self.patterns.borrow_mut();
        if kept.len() < Self::MAX_PATTERNS {
            kept.insert(text.to_owned(), pattern.clone());
        }
        Ok(pattern)
    }

    /// Runs `run` one level deeper.
    ///
    /// # Errors
    /// When that is too deep, or `run` fails.
    pub fn deeper<T>(&self, at: Span, run: impl FnOnce() -> Result<T, EvalError>) -> Result<T, EvalError> {
        let depth = self.depth.get();
        if depth >= self.max_depth {
            return Err(EvalError::bound(at, "evaluating it nests too deeply"));
        }
        self.depth.set(depth + 1);
        let result = run();
        self.depth.set(depth);
        result
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}
