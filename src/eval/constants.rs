//! Where there are only literal values.

use super::{EvalError, Files, Found, NoFiles, PathStep, Scope};
use crate::source::Span;

/// A scope without names and functions: that of variables files, and of what Terraform reads before it evaluates.
#[derive(Debug, Clone, Copy, Default)]
pub struct Constants;

impl Scope for Constants {
    fn lookup(&self, root: &str, _: &[PathStep], at: Span) -> Result<Found, EvalError> {
        Err(EvalError::new(at, format!("only literal values may stand here, and `{root}` is none"))
            .with_help("if it is meant as text, quote it"))
    }

    fn records_references(&self) -> bool {
        false
    }

    fn forbids(&self, _: &str) -> Option<&'static str> {
        Some("only literal values may stand here, and no functions")
    }

    fn files(&self) -> &dyn Files {
        &NoFiles
    }
}
