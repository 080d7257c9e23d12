//! What a rule says.

use crate::report::Severity;
use crate::source::{FileId, Span};
use crate::syntax::SyntaxProblem;
use crate::syntax::hcl::ast::{Expr, Name};
use crate::value::{Type, Value};

/// Something wrong with a rule itself.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct RuleError {
    /// What is wrong.
    pub message: String,
    /// Where in the rule's page.
    pub span: Span,
    /// How to mend it.
    pub help: Option<String>,
    /// Whether a bound was hit, so that nothing is known to be wrong.
    pub bound: bool,
}

impl RuleError {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span, help: None, bound: false }
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<SyntaxProblem> for RuleError {
    fn from(problem: SyntaxProblem) -> Self {
        Self { message: problem.message, span: problem.span, help: problem.help, bound: false }
    }
}

impl From<crate::eval::EvalError> for RuleError {
    fn from(error: crate::eval::EvalError) -> Self {
        Self { message: error.message, span: error.span, help: error.help, bound: error.bound }
    }
}

/// A name for a part of the condition.
#[derive(Debug, Clone)]
pub struct Let {
    /// The name.
    pub name: Name,
    /// What it stands for.
    pub expr: Expr,
    /// Whether that is the same whatever is selected.
    pub constant: bool,
}

/// What a rule says.
#[derive(Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// The first paragraph of its page.
    pub summary: String,
    /// Path of its page.
    pub path: String,
    /// The page.
    pub file: FileId,
    /// How much a finding weighs.
    pub severity: Severity,
    /// For rules about security: how grave what a finding lets happen can be, from 0.1 to 10 as in CVSS.
    pub security_severity: Option<f64>,
    /// The version it came with.
    pub since: Option<String>,
    /// Whether it takes the place of the embedded rule of its id.
    pub overrides: bool,
    /// What a team may choose.
    pub parameters: Vec<Parameter>,
    /// Parts of the standard without which it does not run.
    pub needs: Vec<String>,
    /// What it is about; several make a join.
    pub selects: Vec<Select>,
    /// Names for parts of the condition, in order.
    pub lets: Vec<Let>,
    /// Which of the selected it speaks of.
    pub when: Option<Expr>,
    /// What must hold.
    pub condition: Expr,
    /// What is wrong when it does not.
    pub message: Expr,
    /// How to mend it.
    pub help: Option<Expr>,
    /// The value whose place is shown.
    pub at: Option<Expr>,
    /// Further places.
    pub labels: Vec<LabelSpec>,
    /// How to mend it by edits.
    pub fixes: Vec<FixSpec>,
    /// The block.
    pub span: Span,
}

/// One `select`.
#[derive(Debug)]
pub struct Select {
    /// The name of what is selected.
    pub name: Name,
    /// From where.
    pub from: SelectFrom,
}

/// Where a `select` takes its things from.
#[derive(Debug)]
pub enum SelectFrom {
    /// A JSONPath over the model.
    Path(String, Span),
    /// An expression that gives a list.
    Expression(Expr),
}

/// One `label`.
#[derive(Debug)]
pub struct LabelSpec {
    /// The value whose source is shown.
    pub at: Expr,
    /// What it is.
    pub text: Expr,
}

/// One `fix`.
#[derive(Debug)]
pub struct FixSpec {
    /// The value that is replaced where it was written.
    pub replace: Expr,
    /// What it is replaced with.
    pub with: Expr,
    /// Whether somebody should look at it.
    pub unsafe_: bool,
}

/// One `parameter`.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Its value where the configuration sets none; `None` when it has to.
    pub default: Option<Value>,
    /// What it means.
    pub description: Option<String>,
    /// What a value must be like.
    pub validations: Vec<Validation>,
}

/// One `validation` of a parameter.
#[derive(Debug)]
pub struct Validation {
    /// What must hold.
    pub condition: Expr,
    /// What is wrong when it does not.
    pub message: Expr,
}
