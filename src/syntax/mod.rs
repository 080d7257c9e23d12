//! Text to trees that remember where everything was written.
//!
//! A parser here never fails as a whole: it gives the tree it could read and the
//! [`SyntaxProblem`]s it met, so that one bad line hides nothing else in its file.

pub mod hcl;
pub mod json;
pub mod offsets;
pub mod shell;
pub mod tf_json;
pub mod yaml;

use crate::source::Span;

/// A place where a text is not what its language asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntaxProblem {
    /// Where the reader stumbled.
    pub span: Span,
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// How to mend it, when that can be told.
    pub help: Option<String>,
}

impl SyntaxProblem {
    /// A problem without advice.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }

    /// Adds advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
