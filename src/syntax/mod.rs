//! Text to spanned trees. Each parser crate is used in one file here and nowhere else.

pub mod offsets;
pub mod shell;
pub mod yaml;

use crate::source::Span;

/// Something in a file that is not as its language wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntaxProblem {
    /// Where.
    pub span: Span,
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// How to mend it, where that can be said.
    pub help: Option<String>,
}
