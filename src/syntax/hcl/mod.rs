//! HCL's native syntax: bodies, blocks, expressions and templates, each with its span.
//!
//! This is our own reader and not hcl-edit, which `tests/` still hold it against, for four
//! reasons: it keeps every good attribute of a bad file (an editor shows bad files all the
//! time), it reads the forms that Terraform accepts and hcl-edit refuses, it maps template text
//! back to its source byte for byte, and it is several times faster and smaller in memory.

mod around;
pub mod ast;
mod body;
mod cursor;
mod expression;
mod recover;
mod template;
mod traversal;
mod write;

use std::ops::Range;

pub use around::{Around, around};

use ast::{Body, Expr, ExprKind};
use cursor::{Parser, Place};
pub use write::literal;

use crate::source::FileId;
use crate::syntax::SyntaxProblem;

/// Reads a file. What could not be read is left out, and told in the problems.
#[must_use]
pub fn parse_body(file: FileId, text: &str) -> (Body, Vec<SyntaxProblem>) {
    let (body, parser) = whole(file, text);
    (body, parser.problems)
}

/// Reads a file together with the places of its comments, in order.
#[must_use]
pub fn parse_commented(file: FileId, text: &str) -> (Body, Vec<Range<usize>>) {
    let (body, parser) = whole(file, text);
    let mut comments = parser.comments;
    comments.sort_by_key(|comment| comment.start);
    comments.dedup();
    (body, comments)
}

fn whole(file: FileId, text: &str) -> (Body, Parser<'_>) {
    let mut parser = Parser::new(file, text, 0..text.len(), None);
    let body = parser.file();
    if !parser.unclosed {
        return (body, parser);
    }
    // A missing brace swallows the rest of the file; read again, closing a block where a new top-level one starts.
    let mut parser = Parser::new(file, text, 0..text.len(), None);
    parser.close_at_top_level = true;
    let body = parser.file();
    (body, parser)
}

/// Reads `range` of a text as a body: HCL inside a page of another language.
#[must_use]
pub fn parse_block(file: FileId, text: &str, range: Range<usize>) -> (Body, Vec<SyntaxProblem>) {
    let mut parser = Parser::new(file, text, range, None);
    let body = parser.file();
    (body, parser.problems)
}

/// Reads the whole of `range` as one expression.
#[must_use]
pub fn parse_expression(file: FileId, text: &str, range: Range<usize>) -> (Expr, Vec<SyntaxProblem>) {
    expression_at(file, text, range, None)
}

/// Reads the whole of `range` as a template, as `templatefile` does.
#[must_use]
pub fn parse_template(file: FileId, text: &str, range: Range<usize>) -> (Expr, Vec<SyntaxProblem>) {
    template_at(file, text, range, None)
}

/// [`parse_expression`] of a text that was decoded from a file; `place` gives the file's offsets.
pub(super) fn expression_at(
    file: FileId,
    text: &str,
    range: Range<usize>,
    place: Place<'_>,
) -> (Expr, Vec<SyntaxProblem>) {
    let mut parser = Parser::new(file, text, range, place);
    parser.newlines = false;
    parser.space();
    let expr = parser.expression();
    parser.space();
    if parser.problems.is_empty() && !parser.done() {
        parser.problem(parser.rest_of_line(), "unexpected text after the expression");
    }
    (expr, parser.problems)
}

/// [`parse_template`] of a text that was decoded from a file; `place` gives the file's offsets.
pub(super) fn template_at(
    file: FileId,
    text: &str,
    range: Range<usize>,
    place: Place<'_>,
) -> (Expr, Vec<SyntaxProblem>) {
    let mut parser = Parser::new(file, text, range.clone(), place);
    let span = parser.span(range.start, range.end);
    let kind = match parser.bare_template() {
        Ok(parts) => ExprKind::Template(parts),
        Err(cursor::Stumbled) => ExprKind::Invalid,
    };
    (Expr { kind, span }, parser.problems)
}
