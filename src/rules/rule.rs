//! The `rule` block of a page.

use crate::eval::{Budget, Evaluator, did_you_mean};
use crate::report::Severity;
use crate::source::{FileId, Span};
use crate::standard::{SECTIONS, Shape};
use crate::syntax::SyntaxProblem;
use crate::syntax::hcl::ast::{Block, Body, Expr, Name};
use crate::syntax::hcl::parse_block;

use super::page;
use super::scope::RuleScope;

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
}

impl RuleError {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span, help: None }
    }

    fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<SyntaxProblem> for RuleError {
    fn from(problem: SyntaxProblem) -> Self {
        Self { message: problem.message, span: problem.span, help: problem.help }
    }
}

impl From<crate::eval::EvalError> for RuleError {
    fn from(error: crate::eval::EvalError) -> Self {
        Self { message: error.message, span: error.span, help: error.help }
    }
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
    /// Parts of the standard without which it does not run.
    pub needs: Vec<String>,
    /// What it is about; several make a join.
    pub selects: Vec<Select>,
    /// Names for parts of the condition, in order.
    pub lets: Vec<(Name, Expr)>,
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

const ATTRIBUTES: &[&str] =
    &["severity", "security_severity", "since", "needs", "when", "condition", "error_message", "help", "at"];
const BLOCKS: &[&str] = &["select", "let", "label", "fix"];

/// Reads the rule of a page. A page without a rule block gives `None`.
///
/// # Errors
/// With everything that is wrong with the block.
pub fn read(file: FileId, path: &str, text: &str) -> Result<Option<Rule>, Vec<RuleError>> {
    let page = page::head(text);
    let Some(range) = page.rule.clone() else {
        return Ok(None);
    };
    let whole = Span::new(file, range.start, range.end);
    let (body, problems) = parse_block(file, text, range);
    if !problems.is_empty() {
        return Err(problems.into_iter().map(RuleError::from).collect());
    }
    let [block] = body.blocks.as_slice() else {
        return Err(vec![RuleError::new(whole, "this block holds one `rule \"…\" { … }` and nothing else")]);
    };
    let mut reader = BlockReader { errors: Vec::new() };
    let rule = reader.rule(block, &page, path, file);
    match rule {
        Some(rule) if reader.errors.is_empty() => Ok(Some(rule)),
        _ => Err(reader.errors),
    }
}

struct BlockReader {
    errors: Vec<RuleError>,
}

impl BlockReader {
    fn rule(&mut self, block: &Block, page: &page::Page, path: &str, file: FileId) -> Option<Rule> {
        if &*block.kind.value != "rule" {
            self.errors.push(RuleError::new(block.kind.span, "this block holds a `rule`"));
        }
        let id = block.labels.first().map(|label| label.value.to_string()).unwrap_or_default();
        if id.is_empty() {
            self.errors
                .push(RuleError::new(block.header, "a rule has a name").with_help("write `rule \"team-name\" { … }`"));
        } else if page.title != id {
            let message = format!("the page's title is `{}`, and its rule is `{id}`", page.title);
            self.errors.push(RuleError::new(block.header, message).with_help("make them the same"));
        }
        self.known(&block.body, ATTRIBUTES, BLOCKS);
        let severity = match self.text(&block.body, "severity") {
            None => Severity::Error,
            Some((text, span)) => Severity::parse(&text).unwrap_or_else(|| {
                self.errors.push(
                    RuleError::new(span, format!("`{text}` is not a severity"))
                        .with_help("use \"error\", \"warning\" or \"note\""),
                );
                Severity::Error
            }),
        };
        let needs = self.needs(&block.body);
        let condition = self.required(block, "condition");
        let message = self.required(block, "error_message");
        let body = &block.body;
        let mut rule = Rule {
            id,
            summary: page.summary.clone(),
            path: path.to_owned(),
            file,
            severity,
            security_severity: self.security_severity(body),
            since: self.text(body, "since").map(|(text, _)| text),
            needs,
            selects: Vec::new(),
            lets: Vec::new(),
            when: expr(body, "when"),
            condition: condition?,
            message: message?,
            help: expr(body, "help"),
            at: expr(body, "at"),
            labels: Vec::new(),
            fixes: Vec::new(),
            span: block.header,
        };
        for inner in &body.blocks {
            self.nested(inner, &mut rule);
        }
        Some(rule)
    }

    fn nested(&mut self, block: &Block, rule: &mut Rule) {
        match &*block.kind.value {
            "select" => {
                self.known(&block.body, &["path", "from"], &[]);
                let Some(name) = block.labels.first() else {
                    self.errors.push(
                        RuleError::new(block.header, "`select` names what it selects")
                            .with_help("write `select \"function\" { … }`"),
                    );
                    return;
                };
                let path = self.text(&block.body, "path");
                let from = match (path, expr(&block.body, "from")) {
                    (Some((path, span)), None) => SelectFrom::Path(path, span),
                    (None, Some(from)) => SelectFrom::Expression(from),
                    _ => {
                        self.errors.push(RuleError::new(block.header, "`select` has either a `path` or a `from`"));
                        return;
                    }
                };
                rule.selects.push(Select { name: name.clone(), from });
            }
            "let" => {
                for attribute in &block.body.attributes {
                    rule.lets.push((attribute.name.clone(), attribute.value.clone()));
                }
            }
            "label" => {
                self.known(&block.body, &["at", "text"], &[]);
                if let (Some(at), Some(text)) = (self.required(block, "at"), self.required(block, "text")) {
                    rule.labels.push(LabelSpec { at, text });
                }
            }
            "fix" => {
                self.known(&block.body, &["replace", "with", "unsafe"], &[]);
                let unsafe_ = block.body.attribute("unsafe").is_some_and(|attribute| {
                    matches!(attribute.value.kind, crate::syntax::hcl::ast::ExprKind::Bool(true))
                });
                if let (Some(replace), Some(with)) = (self.required(block, "replace"), self.required(block, "with")) {
                    rule.fixes.push(FixSpec { replace, with, unsafe_ });
                }
            }
            _ => {}
        }
    }

    fn known(&mut self, body: &Body, attributes: &[&str], blocks: &[&str]) {
        let names = body.attributes.iter().map(|attribute| (&attribute.name, "attribute", attributes));
        let kinds = body.blocks.iter().map(|block| (&block.kind, "block", blocks));
        for (name, what, known) in names.chain(kinds) {
            if known.contains(&&*name.value) {
                continue;
            }
            let error = RuleError::new(name.span, format!("`{}` is not a known {what} here", name.value));
            let all = attributes.iter().chain(blocks).copied();
            self.errors.push(match did_you_mean(&name.value, all) {
                Some(help) => error.with_help(help),
                None => error.with_help(format!(
                    "there are: {}",
                    attributes.iter().chain(blocks).copied().collect::<Vec<_>>().join(", ")
                )),
            });
        }
    }

    fn text(&mut self, body: &Body, name: &str) -> Option<(String, Span)> {
        let attribute = body.attribute(name)?;
        let budget = Budget::new();
        let value = Evaluator::new(&RuleScope::empty(), &budget).evaluate(&attribute.value).ok();
        match value.as_ref().and_then(|value| value.as_str()) {
            Some(text) => Some((text.to_owned(), attribute.value.span)),
            None => {
                self.errors.push(RuleError::new(attribute.value.span, format!("`{name}` is a plain text")));
                None
            }
        }
    }

    fn security_severity(&mut self, body: &Body) -> Option<f64> {
        let attribute = body.attribute("security_severity")?;
        let budget = Budget::new();
        let value = Evaluator::new(&RuleScope::empty(), &budget).evaluate(&attribute.value).unwrap_or_default();
        let number = value.as_number().map(|number| number.to_f64()).filter(|number| (0.1..=10.0).contains(number));
        if number.is_none() {
            let message = "`security_severity` is a number from 0.1 to 10";
            self.errors.push(RuleError::new(attribute.value.span, message));
        }
        number
    }

    fn required(&mut self, block: &Block, name: &str) -> Option<Expr> {
        let found = expr(&block.body, name);
        if found.is_none() {
            self.errors.push(RuleError::new(block.header, format!("this `{}` has no `{name}`", block.kind.value)));
        }
        found
    }

    fn needs(&mut self, body: &Body) -> Vec<String> {
        let Some(attribute) = body.attribute("needs") else {
            return Vec::new();
        };
        let budget = Budget::new();
        let value = Evaluator::new(&RuleScope::empty(), &budget).evaluate(&attribute.value).unwrap_or_default();
        let mut needs = Vec::new();
        for item in value.as_items().unwrap_or(&[]) {
            let text = item.as_str().unwrap_or("");
            if is_part_of_standard(text) {
                needs.push(text.to_owned());
            } else {
                let span = item.origin.span().unwrap_or(attribute.value.span);
                self.errors.push(
                    RuleError::new(span, format!("`{text}` is not a part of the standard"))
                        .with_help("parts are written such as \"standard.functions\" or \"standard.deploy.auth\""),
                );
            }
        }
        needs
    }
}

fn expr(body: &Body, name: &str) -> Option<Expr> {
    body.attribute(name).map(|attribute| attribute.value.clone())
}

/// Whether `standard.a.b` can be there.
fn is_part_of_standard(path: &str) -> bool {
    let mut parts = path.split('.');
    if parts.next() != Some("standard") {
        return false;
    }
    let Some(section) = parts.next() else {
        return true;
    };
    let mut shape = SECTIONS.iter().find(|(name, ..)| *name == section).map(|(_, shape, _)| shape);
    for part in parts {
        shape = match shape {
            Some(Shape::Object(attributes)) => {
                attributes.iter().find(|(name, ..)| *name == part).map(|(_, shape, _)| shape)
            }
            Some(Shape::Map(inner)) => Some(*inner),
            other => other.filter(|shape| matches!(shape, Shape::Any)),
        };
    }
    shape.is_some()
}
