//! Reads the rule of a page.

use std::collections::HashSet;
use std::sync::Arc;

use crate::eval::{Budget, EvalError, Evaluator, did_you_mean, type_constraint};
use crate::report::Severity;
use crate::source::{FileId, Span};
use crate::standard::{SECTIONS, Shape};
use crate::syntax::hcl::ast::{Block, Body, Expr, ExprKind};
use crate::syntax::hcl::parse_block;
use crate::terraform::free_names;
use crate::value::{Type, Value, convert};

use super::grammar::{BlockKind, RULE, Takes};
use super::page;
use super::rule::{FixSpec, LabelSpec, Let, Parameter, Rule, RuleError, Select, SelectFrom, Validation};
use super::scope::RuleScope;

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
    let mut reader = BlockReader::default();
    let rule = reader.rule(block, &page, path, file);
    match rule {
        Some(rule) if reader.errors.is_empty() => Ok(Some(rule)),
        _ => Err(reader.errors),
    }
}

#[derive(Default)]
struct BlockReader {
    errors: Vec<RuleError>,
}

impl BlockReader {
    fn rule(&mut self, block: &Block, page: &page::Page, path: &str, file: FileId) -> Option<Rule> {
        if &*block.kind.value != RULE.name {
            self.errors.push(RuleError::new(block.kind.span, "this block holds a `rule`"));
            return None;
        }
        self.conforms(block, &RULE);
        let id = label(block);
        if !id.is_empty() && page.title != id {
            let message = format!("the page's title is `{}`, and its rule is `{id}`", page.title);
            self.errors.push(RuleError::new(block.header, message).with_help("make them the same"));
        }
        let body = &block.body;
        let severity = self.text(body, "severity").and_then(|text| Severity::parse(&text));
        let mut rule = Rule {
            id,
            summary: page.summary.clone(),
            path: path.to_owned(),
            file,
            severity: severity.unwrap_or(Severity::Error),
            security_severity: self.security_severity(body),
            since: self.text(body, "since"),
            overrides: truth(body, "override"),
            parameters: Vec::new(),
            needs: self.needs(body),
            selects: Vec::new(),
            lets: Vec::new(),
            when: expr(body, "when"),
            condition: expr(body, "condition")?,
            message: expr(body, "error_message")?,
            help: expr(body, "help"),
            at: expr(body, "at"),
            labels: Vec::new(),
            fixes: Vec::new(),
            span: block.header,
        };
        for inner in &body.blocks {
            self.nested(inner, &mut rule);
        }
        self.names_differ(&rule);
        find_constants(&mut rule);
        Some(rule)
    }

    fn nested(&mut self, block: &Block, rule: &mut Rule) {
        let body = &block.body;
        match &*block.kind.value {
            "select" => rule.selects.extend(self.select(block)),
            "let" => {
                let bindings = body.attributes.iter();
                rule.lets.extend(bindings.map(|attribute| Let {
                    name: attribute.name.clone(),
                    expr: attribute.value.clone(),
                    constant: false,
                }));
            }
            "parameter" => rule.parameters.extend(self.parameter(block)),
            "label" => {
                if let (Some(at), Some(text)) = (expr(body, "at"), expr(body, "text")) {
                    rule.labels.push(LabelSpec { at, text });
                }
            }
            "fix" => {
                if let (Some(replace), Some(with)) = (expr(body, "replace"), expr(body, "with")) {
                    rule.fixes.push(FixSpec { replace, with, unsafe_: truth(body, "unsafe") });
                }
            }
            _ => {}
        }
    }

    fn select(&mut self, block: &Block) -> Option<Select> {
        let name = block.labels.first()?.clone();
        let path = self.text(&block.body, "path").zip(block.body.attribute("path"));
        let from = match (path, expr(&block.body, "from")) {
            (Some((path, attribute)), None) => SelectFrom::Path(path, attribute.value.span),
            (None, Some(from)) => SelectFrom::Expression(from),
            _ => {
                self.errors.push(
                    RuleError::new(block.header, "`select` has either a `path` or a `from`")
                        .with_help("a path is a JSONPath such as \"$.functions[*]\", `from` an expression"),
                );
                return None;
            }
        };
        Some(Select { name, from })
    }

    fn parameter(&mut self, block: &Block) -> Option<Parameter> {
        let body = &block.body;
        let ty = match body.attribute("type") {
            Some(attribute) => self.noting(type_constraint::read(&attribute.value, &constant))?,
            None => Type::Any,
        };
        let default = match body.attribute("default") {
            Some(attribute) => {
                let value = self.noting(constant(&attribute.value))?;
                let fitting = convert(&value, &ty).map_err(|error| {
                    let message = format!("the default does not fit the parameter's type: {error}");
                    EvalError::new(attribute.value.span, message)
                });
                Some(self.noting(fitting)?)
            }
            None => None,
        };
        let validations = body.blocks.iter().filter_map(|inner| {
            Some(Validation {
                condition: expr(&inner.body, "condition")?,
                message: expr(&inner.body, "error_message")?,
            })
        });
        Some(Parameter {
            name: block.labels.first()?.clone(),
            ty,
            default,
            description: self.text(body, "description"),
            validations: validations.collect(),
        })
    }

    fn security_severity(&mut self, body: &Body) -> Option<f64> {
        let attribute = body.attribute("security_severity")?;
        let value = self.noting(constant(&attribute.value))?;
        let number = value.as_number().map(|number| number.to_f64()).filter(|number| (0.1..=10.0).contains(number));
        if number.is_none() {
            let message = "`security_severity` is a number from 0.1 to 10";
            self.errors.push(RuleError::new(attribute.value.span, message));
        }
        number
    }

    /// A result, or a note of what is wrong.
    fn noting<T>(&mut self, result: Result<T, EvalError>) -> Option<T> {
        result.map_err(|error| self.errors.push(error.into())).ok()
    }

    /// Notes names that are given twice.
    fn names_differ(&mut self, rule: &Rule) {
        let mut seen = HashSet::from(["standard", "parameter"]);
        let selects = rule.selects.iter().map(|select| &select.name);
        for name in selects.chain(rule.lets.iter().map(|binding| &binding.name)) {
            if !seen.insert(&name.value) {
                let message = format!("`{}` has a meaning already", name.value);
                self.errors.push(RuleError::new(name.span, message).with_help("choose another name"));
            }
        }
        let mut seen = HashSet::new();
        for parameter in &rule.parameters {
            if !seen.insert(&parameter.name.value) {
                let message = format!("there is a parameter `{}` already", parameter.name.value);
                self.errors.push(RuleError::new(parameter.name.span, message));
            }
        }
    }

    // ── The grammar ─────────────────────────────────────────────────────────────────────

    /// Notes where a block is not as its kind asks for.
    fn conforms(&mut self, block: &Block, kind: &BlockKind) {
        match (kind.label, block.labels.as_slice()) {
            (Some(_), [label]) if !label.value.is_empty() => {}
            (None, []) => {}
            (None, [label, ..]) => {
                let message = format!("`{}` is followed by its braces, and by no label", kind.name);
                self.errors.push(RuleError::new(label.span, message));
            }
            (Some(meaning), _) => self.errors.push(
                RuleError::new(block.header, format!("`{}` has one label: {meaning}", kind.name))
                    .with_help(format!("write `{} \"name\" {{ … }}`", kind.name)),
            ),
        }
        for attribute in kind.attributes {
            match block.body.attribute(attribute.name) {
                Some(found) => self.takes(attribute.name, attribute.takes, &found.value),
                None if attribute.required && !is_misspelt(attribute.name, &block.body) => self
                    .errors
                    .push(RuleError::new(block.header, format!("this `{}` has no `{}`", kind.name, attribute.name))),
                None => {}
            }
        }
        if !kind.open {
            self.unknown_attributes(&block.body, kind);
        }
        for inner in &block.body.blocks {
            match kind.blocks.iter().find(|known| known.name == &*inner.kind.value) {
                Some(known) => self.conforms(inner, known),
                None => self.unknown_name(&inner.kind.value, inner.kind.span, "block", kind),
            }
        }
    }

    fn unknown_attributes(&mut self, body: &Body, kind: &BlockKind) {
        for attribute in &body.attributes {
            if !kind.attributes.iter().any(|known| known.name == &*attribute.name.value) {
                self.unknown_name(&attribute.name.value, attribute.name.span, "attribute", kind);
            }
        }
    }

    fn unknown_name(&mut self, name: &str, span: Span, what: &str, kind: &BlockKind) {
        let attributes = kind.attributes.iter().map(|attribute| attribute.name);
        let known: Vec<&str> = attributes.chain(kind.blocks.iter().map(|block| block.name)).collect();
        let help = did_you_mean(name, known.iter().copied())
            .unwrap_or_else(|| format!("`{}` has: {}", kind.name, known.join(", ")));
        let message = format!("`{name}` is not a known {what} here");
        self.errors.push(RuleError::new(span, message).with_help(help));
    }

    /// Notes where a plain value is none, or the wrong one.
    fn takes(&mut self, name: &str, takes: Takes, value: &Expr) {
        match takes {
            Takes::Text if plain_text(value).is_none() => {
                self.errors.push(RuleError::new(value.span, format!("`{name}` is a plain text")));
            }
            Takes::Truth if !matches!(value.kind, ExprKind::Bool(_)) => {
                self.errors.push(RuleError::new(value.span, format!("`{name}` is true or false")));
            }
            Takes::OneOf(choices) => {
                let text = plain_text(value).unwrap_or_default();
                if !choices.contains(&text.as_str()) {
                    let message = format!("`{name}` is one of {}", choices.join(", "));
                    let help = did_you_mean(&text, choices.iter().copied());
                    self.errors.push(RuleError { help, ..RuleError::new(value.span, message) });
                }
            }
            Takes::Text | Takes::Truth | Takes::Texts | Takes::Type | Takes::Constant | Takes::Expression => {}
        }
    }

    fn text(&self, body: &Body, name: &str) -> Option<String> {
        plain_text(&body.attribute(name)?.value)
    }

    fn needs(&mut self, body: &Body) -> Vec<String> {
        let Some(attribute) = body.attribute("needs") else {
            return Vec::new();
        };
        let Some(value) = self.noting(constant(&attribute.value)) else {
            return Vec::new();
        };
        let Some(items) = value.as_items() else {
            let message = "`needs` is a list of parts of the standard, such as [\"standard.functions\"]";
            self.errors.push(RuleError::new(attribute.value.span, message));
            return Vec::new();
        };
        let mut needs = Vec::new();
        for item in items {
            match part_of_standard(item.as_str().unwrap_or("")) {
                Ok(part) => needs.push(part),
                Err(help) => {
                    let span = item.origin.span().unwrap_or(attribute.value.span);
                    let message = format!("`{}` is not a part of the standard", item.as_str().unwrap_or(""));
                    self.errors.push(RuleError::new(span, message).with_help(help));
                }
            }
        }
        needs
    }
}

/// Whether a body has an attribute that is nearly called so: saying that is enough.
fn is_misspelt(name: &str, body: &Body) -> bool {
    body.attributes.iter().any(|attribute| did_you_mean(&attribute.name.value, [name]).is_some())
}

/// The label of a block that has one.
fn label(block: &Block) -> String {
    block.labels.first().map(|label| label.value.to_string()).unwrap_or_default()
}

fn expr(body: &Body, name: &str) -> Option<Expr> {
    body.attribute(name).map(|attribute| attribute.value.clone())
}

fn truth(body: &Body, name: &str) -> bool {
    body.attribute(name).is_some_and(|attribute| matches!(attribute.value.kind, ExprKind::Bool(true)))
}

/// The value of an expression that refers to nothing.
pub(super) fn constant(expr: &Expr) -> Result<Value, EvalError> {
    Evaluator::new(&RuleScope::default(), &Budget::new()).evaluate(expr)
}

fn plain_text(expr: &Expr) -> Option<String> {
    constant(expr).ok()?.as_str().map(str::to_owned)
}

/// The path of a part of the standard, when there can be such a part; else advice.
fn part_of_standard(path: &str) -> Result<String, String> {
    let mut parts = path.split('.');
    if parts.next() != Some("standard") {
        return Err("parts are written such as \"standard.functions\" or \"standard.deploy.auth\"".to_owned());
    }
    let mut known: Vec<(&str, &Shape)> = SECTIONS.iter().map(|(name, shape, _)| (*name, shape)).collect();
    for part in parts {
        let Some((_, shape)) = known.iter().find(|(name, _)| *name == part || *name == "*") else {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            return Err(
                did_you_mean(part, names.iter().copied()).unwrap_or_else(|| format!("there are: {}", names.join(", ")))
            );
        };
        known = match shape {
            Shape::Object(attributes) => attributes.iter().map(|(name, shape, _)| (*name, shape)).collect(),
            Shape::Map(inner) => vec![("*", *inner)],
            Shape::Any => vec![("*", *shape)],
            _ => Vec::new(),
        };
    }
    Ok(path.to_owned())
}

/// Notes which `let`s are the same whatever is selected, so that they are evaluated once.
fn find_constants(rule: &mut Rule) {
    let mut varying: HashSet<Arc<str>> = rule.selects.iter().map(|select| Arc::clone(&select.name.value)).collect();
    for binding in &mut rule.lets {
        binding.constant = free_names(&binding.expr).is_disjoint(&varying);
        if !binding.constant {
            varying.insert(Arc::clone(&binding.name.value));
        }
    }
}
