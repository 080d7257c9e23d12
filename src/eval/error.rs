//! What goes wrong while evaluating.

use crate::source::Span;

/// An expression that Terraform would refuse, or that is beyond our bounds.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct EvalError {
    /// The part of the expression that is wrong.
    pub span: Span,
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// How to mend it, when that can be told.
    pub help: Option<String>,
    /// Whether a bound was hit, so that nothing is known to be wrong.
    pub bound: bool,
}

impl EvalError {
    /// An error without advice.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None, bound: false }
    }

    /// A bound that was hit.
    pub fn bound(span: Span, message: impl Into<String>) -> Self {
        Self { bound: true, ..Self::new(span, message) }
    }

    /// Adds advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds "did you mean …?", when one of the names is close to the one that was not found.
    #[must_use]
    pub fn suggesting<'n>(mut self, wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.help = did_you_mean(wanted, names).or(self.help);
        self
    }

    /// The error as the reason of an unknown.
    #[must_use]
    pub fn reason(&self) -> String {
        if self.bound { self.message.clone() } else { format!("it does not evaluate: {}", self.message) }
    }
}

/// "did you mean `x`?", when one of the names is close to the one that was not found, or the only one of which that
/// is a word: `memory` of `memory_size`.
#[must_use]
pub fn did_you_mean<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let names: Vec<&str> = names.into_iter().collect();
    let distance = |name: &&&str| strsim::damerau_levenshtein(wanted, name);
    let close = |name: &&&str| distance(name) <= (name.chars().count() / 3).max(1);
    let near = names.iter().filter(close).min_by_key(distance).or_else(|| {
        let mut longer = names.iter().filter(|name| name.split(['_', '-', '.']).any(|word| word == wanted));
        longer.next().filter(|_| longer.next().is_none())
    })?;
    Some(format!("did you mean `{near}`?"))
}
