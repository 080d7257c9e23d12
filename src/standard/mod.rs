//! `trysquare.hcl`: what a team's pages ask for, as values bound to the pages.

mod schema;
mod scope;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::eval::{Budget, EvalError, Evaluator, did_you_mean};
use crate::report::{Severity, SeverityOrOff};
use crate::source::{ReadError, Reader, Span, Spanned, join_path, normalize_path};
use crate::syntax::SyntaxProblem;
use crate::syntax::hcl::ast::{Block, Body, Expr};
use crate::terraform::HclFile;
use crate::value::{Fields, Value, render};

pub use schema::{Attribute, BLOCKS, BlockKind, SECTIONS, SETTINGS, Shape};
pub use scope::StandardScope;

/// The file's name.
pub const FILE_NAME: &str = "trysquare.hcl";

/// Something in the configuration that keeps us from checking.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ConfigError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// How to mend it.
    pub help: Option<String>,
}

impl ConfigError {
    /// An error at a place.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span: Some(span), help: None }
    }

    /// Adds advice.
    #[must_use]
    pub fn with_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }
}

impl From<EvalError> for ConfigError {
    fn from(error: EvalError) -> Self {
        Self { message: error.message, span: Some(error.span), help: error.help }
    }
}

impl From<SyntaxProblem> for ConfigError {
    fn from(problem: SyntaxProblem) -> Self {
        Self { message: problem.message, span: Some(problem.span), help: problem.help }
    }
}

/// A root module to check, and what its variables are set to.
#[derive(Debug, Clone, Default)]
pub struct Root {
    /// Directory, relative to the workspace root.
    pub dir: String,
    /// `.tfvars` files, relative to the workspace root.
    pub var_files: Vec<String>,
    /// The plan, relative to the workspace root.
    pub plan: Option<String>,
    /// Variables set here.
    pub variables: Vec<(Arc<str>, Value)>,
}

/// A `rule "id" { … }` of the configuration.
#[derive(Debug, Clone)]
pub struct RuleSetting {
    /// The rule's severity here.
    pub severity: Option<SeverityOrOff>,
    /// Its parameters that are set here.
    pub parameters: Fields,
    /// Whether no comment can silence it.
    pub locked: bool,
    /// Where the setting is.
    pub span: Span,
}

/// An `ignore { … }` of the configuration.
#[derive(Debug, Clone)]
pub struct IgnoreSetting {
    /// The rule.
    pub rule: Spanned<String>,
    /// The address of a resource, a module or a job, with `*` for any text; all when there is none.
    pub address: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day it holds, as `YYYY-MM-DD`.
    pub until: Option<String>,
    /// Where it is.
    pub span: Span,
}

/// The configuration, read.
#[derive(Debug, Default)]
pub struct Standard {
    /// Path of the configuration file.
    pub path: String,
    /// The evaluated `standard { … }`; null when there is none.
    pub value: Value,
    /// Root modules, when they are named.
    pub roots: Option<Vec<Root>>,
    /// Settings by rule.
    pub rules: BTreeMap<String, RuleSetting>,
    /// Exceptions.
    pub ignores: Vec<IgnoreSetting>,
    /// Directories of further rules.
    pub packs: Vec<(String, Span)>,
}

/// Reads and evaluates a configuration.
///
/// # Errors
/// With everything that is wrong with it.
pub fn read(reader: &Reader<'_>, path: &str, budget: &Budget) -> Result<Standard, Vec<ConfigError>> {
    let file = match HclFile::read(reader, path) {
        Ok(file) => file,
        Err(error) => return Err(vec![unreadable(path, &error)]),
    };
    let mut errors: Vec<ConfigError> = file.problems.iter().cloned().map(ConfigError::from).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let scope = StandardScope::new(reader, budget, path, &file.blocks);
    let evaluator = Evaluator::new(&scope, budget);
    let mut standard = Standard { path: path.to_owned(), ..Standard::default() };
    for attribute in &file.attributes {
        match &*attribute.name.value {
            "packs" => match strings(&evaluator, &attribute.value) {
                Ok(packs) => standard.packs = packs,
                Err(error) => errors.push(error),
            },
            name => errors.push(unknown_name(name, attribute.name.span, "setting", &names(SETTINGS))),
        }
    }
    for block in &file.blocks {
        let result = match &*block.kind.value {
            "locals" => Ok(()),
            "terraform" => read_root(&evaluator, block).map(|root| standard.roots.get_or_insert_default().push(root)),
            "standard" => {
                read_standard(&evaluator, &block.body).map(|value| standard.value = value.written_at(block.header))
            }
            "rule" => read_rule(&evaluator, block).map(|(id, setting)| {
                standard.rules.insert(id, setting);
            }),
            "ignore" => read_ignore(&evaluator, block).map(|ignore| standard.ignores.push(ignore)),
            name => {
                let known: Vec<&str> = BLOCKS.iter().map(|kind| kind.name).collect();
                Err(vec![unknown_name(name, block.kind.span, "block", &known)])
            }
        };
        errors.extend(result.err().into_iter().flatten());
    }
    // A local that nothing uses may still be wrong, and its author wants to know.
    errors.extend(scope.check_locals());
    let mut seen: Vec<ConfigError> = Vec::new();
    for error in errors {
        if !seen.contains(&error) {
            seen.push(error);
        }
    }
    if seen.is_empty() { Ok(standard) } else { Err(seen) }
}

/// A file that cannot be read, as a configuration error.
#[must_use]
pub fn unreadable(path: &str, error: &ReadError) -> ConfigError {
    ConfigError { message: format!("{path} cannot be read: {error}"), span: None, help: None }
}

fn unknown_name(name: &str, span: Span, what: &str, known: &[&str]) -> ConfigError {
    let help = did_you_mean(name, known.iter().copied()).unwrap_or_else(|| format!("there are: {}", known.join(", ")));
    ConfigError::new(span, format!("`{name}` is not a {what} of {FILE_NAME}")).with_help(Some(help))
}

/// What a block holds that its kind does not.
fn unknown_attributes(block: &Block) -> Vec<ConfigError> {
    let kind = BLOCKS.iter().find(|kind| kind.name == &*block.kind.value);
    let known = names(kind.and_then(|kind| kind.attributes).unwrap_or_default());
    let attributes = block.body.attributes.iter().map(|attribute| &attribute.name);
    let blocks = block.body.blocks.iter().map(|inner| &inner.kind);
    attributes
        .chain(blocks)
        .filter(|name| !known.contains(&&*name.value))
        .map(|name| unknown_name(&name.value, name.span, "setting", &known))
        .collect()
}

fn names(attributes: &[Attribute]) -> Vec<&'static str> {
    attributes.iter().map(|(name, ..)| *name).collect()
}

fn string(evaluator: &Evaluator<'_>, expr: &Expr) -> Result<String, ConfigError> {
    let value = evaluator.evaluate(expr)?;
    match value.as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(ConfigError::new(expr.span, format!("a string is needed here, and this is {}", render(&value)))),
    }
}

fn strings(evaluator: &Evaluator<'_>, expr: &Expr) -> Result<Vec<(String, Span)>, ConfigError> {
    let value = evaluator.evaluate(expr)?;
    let items = value.as_items().ok_or_else(|| ConfigError::new(expr.span, "a list of strings is needed here"))?;
    items
        .iter()
        .map(|item| {
            let text = item.as_str().ok_or_else(|| ConfigError::new(expr.span, "a list of strings is needed here"))?;
            Ok((text.to_owned(), item.origin.span().unwrap_or(expr.span)))
        })
        .collect()
}

fn read_root(evaluator: &Evaluator<'_>, block: &Block) -> Result<Root, Vec<ConfigError>> {
    let mut errors = unknown_attributes(block);
    let label = block.labels.first();
    let dir = label.map_or(Some(String::new()), |label| normalize_path(&label.value));
    let Some(dir) = dir else {
        errors.push(ConfigError::new(block.header, "the directory lies outside the repository"));
        return Err(errors);
    };
    let mut root = Root { dir, ..Root::default() };
    if let Some(attribute) = block.body.attribute("var_files") {
        match strings(evaluator, &attribute.value) {
            Ok(files) => {
                for (file, span) in files {
                    match normalize_path(&join_path(&root.dir, &file)) {
                        Some(path) => root.var_files.push(path),
                        None => errors.push(ConfigError::new(span, "the file lies outside the repository")),
                    }
                }
            }
            Err(error) => errors.push(error),
        }
    }
    if let Some(attribute) = block.body.attribute("plan") {
        match string(evaluator, &attribute.value) {
            Ok(file) => match normalize_path(format!("{}/{file}", root.dir).trim_start_matches('/')) {
                Some(path) => root.plan = Some(path),
                None => errors.push(ConfigError::new(attribute.value.span, "the file lies outside the repository")),
            },
            Err(error) => errors.push(error),
        }
    }
    if let Some(attribute) = block.body.attribute("variables") {
        match evaluator.evaluate(&attribute.value) {
            Ok(value) => match value.as_fields() {
                Some(fields) => {
                    root.variables = fields.iter().map(|(key, value)| (Arc::clone(key), value.clone())).collect()
                }
                None => errors
                    .push(ConfigError::new(attribute.value.span, "an object is needed here: variable names to values")),
            },
            Err(error) => errors.push(error.into()),
        }
    }
    if errors.is_empty() { Ok(root) } else { Err(errors) }
}

fn read_standard(evaluator: &Evaluator<'_>, body: &Body) -> Result<Value, Vec<ConfigError>> {
    let mut errors = Vec::new();
    let mut fields = Fields::new();
    for block in &body.blocks {
        errors.push(
            ConfigError::new(block.header, format!("`{}` is written as an attribute here", block.kind.value))
                .with_help(Some(format!("write `{} = {{ … }}`", block.kind.value))),
        );
    }
    for attribute in &body.attributes {
        match evaluator.evaluate(&attribute.value) {
            Ok(value) => {
                fields.insert(Arc::clone(&attribute.name.value), value);
                if schema::section(&attribute.name.value).is_none() {
                    errors.push(unknown_name(&attribute.name.value, attribute.name.span, "section", &names(SECTIONS)));
                }
            }
            Err(error) => errors.push(error.into()),
        }
    }
    for (name, value) in &fields {
        if let Some(shape) = schema::section(name) {
            let span = body.attribute(name).map_or(body.span, |attribute| attribute.value.span);
            schema::validate(value, shape, name, span, &mut errors);
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    for (name, value) in &mut fields {
        if let Some(shape) = schema::section(name) {
            *value = schema::complete(value, shape);
        }
    }
    Ok(Value::object(fields))
}

fn read_rule(evaluator: &Evaluator<'_>, block: &Block) -> Result<(String, RuleSetting), Vec<ConfigError>> {
    let mut errors = unknown_attributes(block);
    let Some(id) = block.labels.first() else {
        errors.push(
            ConfigError::new(block.header, "`rule` names a rule")
                .with_help(Some("write `rule \"lambda-timeout\" { … }`".to_owned())),
        );
        return Err(errors);
    };
    let mut setting = RuleSetting { severity: None, parameters: Fields::new(), locked: false, span: id.span };
    if let Some(attribute) = block.body.attribute("severity") {
        match string(evaluator, &attribute.value) {
            Ok(text) => match SeverityOrOff::parse(&text) {
                Some(severity) => setting.severity = Some(severity),
                None => errors.push(
                    ConfigError::new(attribute.value.span, format!("`{text}` is not a severity"))
                        .with_help(Some("use \"error\", \"warning\", \"note\" or \"off\"".to_owned())),
                ),
            },
            Err(error) => errors.push(error),
        }
    }
    if let Some(attribute) = block.body.attribute("parameters") {
        let needed = || ConfigError::new(attribute.value.span, "an object is needed here: parameter names to values");
        let value = evaluator.evaluate(&attribute.value).map_err(ConfigError::from);
        match value.and_then(|value| value.as_fields().cloned().ok_or_else(needed)) {
            Ok(fields) => setting.parameters = fields,
            Err(error) => errors.push(error),
        }
    }
    if let Some(attribute) = block.body.attribute("locked") {
        match evaluator.evaluate(&attribute.value).map(|value| value.as_bool()) {
            Ok(Some(locked)) => setting.locked = locked,
            Ok(None) => errors.push(ConfigError::new(attribute.value.span, "`locked` is true or false")),
            Err(error) => errors.push(error.into()),
        }
    }
    if errors.is_empty() { Ok((id.value.to_string(), setting)) } else { Err(errors) }
}

fn read_ignore(evaluator: &Evaluator<'_>, block: &Block) -> Result<IgnoreSetting, Vec<ConfigError>> {
    let mut errors = unknown_attributes(block);
    let mut text = |name: &str| match block.body.attribute(name).map(|attribute| string(evaluator, &attribute.value)) {
        Some(Ok(text)) => Some(text),
        Some(Err(error)) => {
            errors.push(error);
            None
        }
        None => None,
    };
    let (rule, address, reason, until) = (text("rule"), text("address"), text("reason"), text("until"));
    if let Some(until) = &until
        && !is_date(until)
    {
        let span = block.body.attribute("until").map_or(block.header, |attribute| attribute.value.span);
        errors.push(
            ConfigError::new(span, format!("`{until}` is not a date"))
                .with_help(Some("write it as \"2027-01-31\"".to_owned())),
        );
    }
    match (rule, reason.filter(|reason| !reason.trim().is_empty())) {
        (Some(rule), Some(reason)) if errors.is_empty() => {
            let span = block.body.attribute("rule").map_or(block.header, |attribute| attribute.value.span);
            Ok(IgnoreSetting { rule: Spanned::new(rule, span), address, reason, until, span: block.header })
        }
        (rule, reason) => {
            if rule.is_none() {
                errors.push(ConfigError::new(block.header, "`ignore` needs the `rule` that it silences"));
            }
            if reason.is_none() {
                errors.push(ConfigError::new(block.header, "`ignore` needs a `reason`, for whoever reads it next"));
            }
            Err(errors)
        }
    }
}

/// Whether a text is a date such as `2027-01-31`.
#[must_use]
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [year, month, day] => {
            let number = |part: &str, digits: usize| (part.len() == digits).then(|| part.parse::<u32>().ok()).flatten();
            matches!((number(year, 4), number(month, 2), number(day, 2)), (Some(_), Some(1..=12), Some(1..=31)))
        }
        _ => false,
    }
}

impl Standard {
    /// A section such as `functions`; `None` when the standard does not have it, or has it as null.
    #[must_use]
    pub fn section(&self, path: &str) -> Option<Value> {
        let mut value = self.value.clone();
        for name in path.split('.') {
            value = value.field(name)?.clone();
        }
        (!value.is_null()).then_some(value)
    }

    /// Whether no comment can silence a rule.
    #[must_use]
    pub fn is_locked(&self, rule: &str) -> bool {
        self.rules.get(rule).is_some_and(|setting| setting.locked)
    }

    /// The severity of a rule, given its own.
    #[must_use]
    pub fn severity(&self, rule: &str, own: Severity) -> SeverityOrOff {
        self.rules.get(rule).and_then(|setting| setting.severity).unwrap_or(SeverityOrOff::On(own))
    }
}
