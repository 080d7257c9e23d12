//! Expressions to values, as Terraform evaluates them.
//!
//! One evaluator serves the Terraform under check, the standard and the rules; they differ in
//! their [`Scope`]: which names there are, which functions beside Terraform's, and whether a
//! reference becomes part of a value's origin.

mod access;
mod budget;
mod constants;
mod error;
mod expression;
pub mod functions;
mod operators;
mod template;
pub mod type_constraint;

use crate::source::{ReadError, Span};
use crate::value::{Unknown, Value};

pub use access::{attribute, index};
pub use budget::Budget;
pub use constants::Constants;
pub use error::{EvalError, did_you_mean};

/// What an evaluation gives: a value (which may be unknown), or the error Terraform would stop with.
pub type Evaluated = Result<Value, EvalError>;

/// One step after a root name, with its index already evaluated.
#[derive(Debug, Clone)]
pub enum PathStep {
    /// `.name`
    Attribute(std::sync::Arc<str>, Span),
    /// `[key]`
    Index(Value, Span),
}

impl PathStep {
    /// The name, when the step is an attribute or an index by a known string.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Attribute(name, _) => Some(name),
            Self::Index(value, _) => value.as_str(),
        }
    }

    /// Where the step is written.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Attribute(_, span) | Self::Index(_, span) => *span,
        }
    }
}

/// What a scope found behind a name.
#[derive(Debug)]
pub struct Found {
    /// The value.
    pub value: Value,
    /// How many of the steps led to it; the evaluator takes the others itself.
    pub used: usize,
}

impl Found {
    /// A value that the root name alone stands for.
    #[must_use]
    pub fn root(value: Value) -> Self {
        Self { value, used: 0 }
    }
}

/// The surroundings of an expression.
pub trait Scope {
    /// What a name followed by steps stands for.
    ///
    /// # Errors
    /// When there is no such name, or evaluating what it stands for fails.
    fn lookup(&self, root: &str, path: &[PathStep], at: Span) -> Result<Found, EvalError>;

    /// Whether a reference is worth a place in the origins of values. Rules refer to values without having made them.
    fn records_references(&self) -> bool {
        true
    }

    /// A function beside Terraform's own; `None` when there is no such function here.
    fn function(&self, name: &str, arguments: &[Value], at: Span) -> Option<Evaluated> {
        let _ = (name, arguments, at);
        None
    }

    /// Names of the functions that [`Scope::function`] knows, for suggestions.
    fn function_names(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Why a function of Terraform's may not be called here; `None` when it may.
    fn forbids(&self, function: &str) -> Option<&'static str> {
        let _ = function;
        None
    }

    /// The files that `file()` and its like may read.
    fn files(&self) -> &dyn Files;
}

/// Files as Terraform's functions name them: relative to the root module's directory.
pub trait Files {
    /// The text of a file.
    ///
    /// # Errors
    /// When it cannot be had.
    fn text(&self, path: &str) -> Result<FileText, ReadError>;

    /// The bytes of a file.
    ///
    /// # Errors
    /// When it cannot be had.
    fn bytes(&self, path: &str) -> Result<Vec<u8>, ReadError>;

    /// Whether it is there.
    ///
    /// # Errors
    /// When the path leads out of the workspace root.
    fn exists(&self, path: &str) -> Result<bool, ReadError>;

    /// The files under a directory, relative to it, sorted.
    ///
    /// # Errors
    /// When the path leads out of the workspace root.
    fn under(&self, path: &str) -> Result<Vec<String>, ReadError>;
}

/// A file's text and its id, so that values read from it have an origin.
#[derive(Debug, Clone)]
pub struct FileText {
    /// The file.
    pub file: crate::source::FileId,
    /// Its text.
    pub text: std::sync::Arc<str>,
}

/// No files at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn text(&self, _: &str) -> Result<FileText, ReadError> {
        Err(ReadError::NotFound)
    }

    fn bytes(&self, _: &str) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::NotFound)
    }

    fn exists(&self, _: &str) -> Result<bool, ReadError> {
        Ok(false)
    }

    fn under(&self, _: &str) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }
}

/// Evaluates expressions in one scope.
#[derive(Clone, Copy)]
pub struct Evaluator<'e> {
    scope: &'e dyn Scope,
    budget: &'e Budget,
    names: Option<&'e Names<'e>>,
}

/// Names bound by an enclosing `for`, `dynamic` or template call; the innermost first.
pub struct Names<'e> {
    outer: Option<&'e Names<'e>>,
    bound: Vec<(&'e str, Value)>,
}

impl<'e> Evaluator<'e> {
    /// An evaluator that spends from `budget`.
    #[must_use]
    pub fn new(scope: &'e dyn Scope, budget: &'e Budget) -> Self {
        Self { scope, budget, names: None }
    }

    /// What is left to spend.
    #[must_use]
    pub fn budget(&self) -> &'e Budget {
        self.budget
    }

    /// The surroundings.
    #[must_use]
    pub fn scope(&self) -> &'e dyn Scope {
        self.scope
    }

    /// Evaluates with more names bound.
    pub fn with_names<T>(
        &self,
        bound: impl IntoIterator<Item = (&'e str, Value)>,
        run: impl FnOnce(&Evaluator<'_>) -> T,
    ) -> T {
        let names = Names { outer: self.names, bound: bound.into_iter().collect() };
        run(&Evaluator { scope: self.scope, budget: self.budget, names: Some(&names) })
    }

    fn bound(&self, name: &str) -> Option<&Value> {
        let mut names = self.names;
        while let Some(level) = names {
            if let Some((_, value)) = level.bound.iter().find(|(bound, _)| *bound == name) {
                return Some(value);
            }
            names = level.outer;
        }
        None
    }

    /// Evaluates, turning an error into an unknown that tells it: what fails in one attribute must not hide the others.
    #[must_use]
    pub fn evaluate_or_unknown(&self, expr: &crate::syntax::hcl::ast::Expr) -> Value {
        match self.evaluate(expr) {
            Ok(value) => value,
            Err(error) => Value::unknown(Unknown::new(crate::value::Type::Any, error.reason(), Some(error.span)))
                .at(crate::value::Origin::source(expr.span)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, EvalError, Evaluated, Evaluator, Files, Found, NoFiles, PathStep, Scope};
    use crate::source::{Sources, Span};
    use crate::syntax::hcl::parse_expression;
    use crate::value::render;

    struct Empty;

    impl Scope for Empty {
        fn lookup(&self, root: &str, _: &[PathStep], at: Span) -> Result<Found, EvalError> {
            Err(EvalError::new(at, format!("there is no `{root}`")))
        }

        fn files(&self) -> &dyn Files {
            &NoFiles
        }
    }

    fn evaluate(text: &str) -> Evaluated {
        let mut sources = Sources::new();
        let file = sources.add("test", text);
        let (expr, problems) = parse_expression(file, text, 0..text.len());
        assert!(problems.is_empty(), "{problems:?}");
        let budget = Budget::new();
        Evaluator::new(&Empty, &budget).evaluate(&expr)
    }

    #[test]
    fn expressions() {
        for (text, expected) in [
            ("1 + 2 * 3", "7"),
            ("\"5\" + 1", "6"),
            ("true ? 1 : \"a\"", "1"),
            ("[for k, v in { a = 1, b = 2 } : \"${k}=${v}\" if v > 1][0]", "b=2"),
            ("{ for s in [\"x\", \"y\"] : s => upper }", "error"),
            ("[{ a = 1 }, { a = 2 }][*].a", "[1, 2]"),
            ("null == null", "true"),
            ("1 == \"1\"", "false"),
            ("\"%{ if true }yes%{ else }no%{ endif }\"", "yes"),
            ("jsonencode({ b = [1, true], a = \"<\" })", "{\"a\":\"\\u003c\",\"b\":[1,true]}"),
            ("try([][0], \"none\")", "none"),
            ("<<-EOT\n    a\n      b\n    EOT\n", "a\n  b\n"),
            ("-2 % 3", "-2"),
            ("{ a = 1 }.b", "error"),
        ] {
            let got = evaluate(text).map_or_else(|_| "error".to_owned(), |value| render(&value));
            assert_eq!(got, expected, "{text}");
        }
    }
}
