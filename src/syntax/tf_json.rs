//! `*.tf.json`: Terraform's JSON configuration syntax, read to the same tree as its native one.
//!
//! JSON does not tell blocks from attributes. What Terraform itself defines is known, and is read
//! as blocks here; what a provider defines is not, and stays an attribute whose value is an object
//! or a list of objects. A type or label that several blocks share is written once, so the spans
//! of a block's type and first labels may lie before the block's own.

use std::ops::Range;
use std::sync::Arc;

use super::SyntaxProblem;
use super::hcl::ast::{Attribute, Block, Body, Expr, ExprKind, Name, ObjectItem, TemplatePart};
use super::hcl::{expression_at, template_at};
use super::json::{Json, JsonKind, JsonString, Member, recover_json};
use crate::source::{FileId, Span, Spanned};

/// Problems beyond this are dropped.
const MAX_PROBLEMS: usize = 50;

/// How the strings in an argument are read.
#[derive(Clone, Copy, PartialEq)]
enum Strings {
    /// As templates.
    Templates,
    /// As they are.
    Literal,
    /// As expressions, where Terraform wants a reference or a type.
    Expressions,
}

/// What Terraform defines in a body.
struct Schema {
    /// Types of blocks, with how many labels they take.
    blocks: &'static [(&'static str, usize, &'static Schema)],
    /// Arguments that are not read as templates.
    arguments: &'static [(&'static str, Strings)],
    /// Whether there may be other arguments, and how they are read.
    others: Option<Strings>,
}

use Strings::{Expressions, Literal, Templates};

static ROOT: Schema = Schema {
    blocks: &[
        ("resource", 2, &RESOURCE),
        ("data", 2, &RESOURCE),
        ("ephemeral", 2, &RESOURCE),
        ("action", 2, &ACTION),
        ("module", 1, &MODULE),
        ("variable", 1, &VARIABLE),
        ("output", 1, &OUTPUT),
        ("provider", 1, &PROVIDER),
        ("locals", 0, &OPEN),
        ("terraform", 0, &TERRAFORM),
        ("moved", 0, &MOVED),
        ("import", 0, &IMPORT),
        ("removed", 0, &REMOVED),
        ("check", 1, &CHECK),
    ],
    arguments: &[],
    others: None,
};
static OPEN: Schema = Schema { blocks: &[], arguments: &[], others: Some(Templates) };
static LITERALS: Schema = Schema { blocks: &[], arguments: &[], others: Some(Literal) };
static RESOURCE: Schema = Schema {
    blocks: &[
        ("lifecycle", 0, &LIFECYCLE),
        ("connection", 0, &OPEN),
        ("provisioner", 1, &PROVISIONER),
        ("dynamic", 1, &DYNAMIC),
    ],
    arguments: &[("depends_on", Expressions), ("provider", Expressions)],
    others: Some(Templates),
};
static LIFECYCLE: Schema = Schema {
    blocks: &[("precondition", 0, &OPEN), ("postcondition", 0, &OPEN), ("action_trigger", 0, &ACTION_TRIGGER)],
    arguments: &[("ignore_changes", Expressions), ("replace_triggered_by", Expressions)],
    others: Some(Templates),
};
static ACTION_TRIGGER: Schema =
    Schema { blocks: &[], arguments: &[("events", Expressions), ("actions", Expressions)], others: Some(Templates) };
static PROVISIONER: Schema = Schema {
    blocks: &[("connection", 0, &OPEN)],
    arguments: &[("when", Expressions), ("on_failure", Expressions)],
    others: Some(Templates),
};
static DYNAMIC: Schema =
    Schema { blocks: &[("content", 0, &CONTENT)], arguments: &[("iterator", Expressions)], others: Some(Templates) };
static CONTENT: Schema = Schema { blocks: &[("dynamic", 1, &DYNAMIC)], arguments: &[], others: Some(Templates) };
static ACTION: Schema =
    Schema { blocks: &[("config", 0, &CONTENT)], arguments: &[("provider", Expressions)], others: Some(Templates) };
static MODULE: Schema = Schema {
    blocks: &[],
    arguments: &[("source", Literal), ("version", Literal), ("providers", Expressions), ("depends_on", Expressions)],
    others: Some(Templates),
};
static VARIABLE: Schema =
    Schema { blocks: &[("validation", 0, &OPEN)], arguments: &[("type", Expressions)], others: Some(Literal) };
static OUTPUT: Schema = Schema {
    blocks: &[("precondition", 0, &OPEN)],
    arguments: &[("depends_on", Expressions), ("description", Literal)],
    others: Some(Templates),
};
static PROVIDER: Schema = Schema {
    blocks: &[("dynamic", 1, &DYNAMIC)],
    arguments: &[("alias", Literal), ("version", Literal)],
    others: Some(Templates),
};
static TERRAFORM: Schema = Schema {
    blocks: &[
        ("backend", 1, &OPEN),
        ("cloud", 0, &CLOUD),
        ("required_providers", 0, &LITERALS),
        ("provider_meta", 1, &OPEN),
    ],
    arguments: &[("experiments", Expressions), ("language", Expressions)],
    others: Some(Literal),
};
static CLOUD: Schema = Schema { blocks: &[("workspaces", 0, &OPEN)], arguments: &[], others: Some(Templates) };
static MOVED: Schema =
    Schema { blocks: &[], arguments: &[("from", Expressions), ("to", Expressions)], others: Some(Templates) };
static IMPORT: Schema =
    Schema { blocks: &[], arguments: &[("to", Expressions), ("provider", Expressions)], others: Some(Templates) };
static REMOVED: Schema = Schema {
    blocks: &[("lifecycle", 0, &OPEN), ("connection", 0, &OPEN), ("provisioner", 1, &PROVISIONER)],
    arguments: &[("from", Expressions)],
    others: Some(Templates),
};
static CHECK: Schema =
    Schema { blocks: &[("data", 2, &RESOURCE), ("assert", 0, &OPEN)], arguments: &[], others: Some(Templates) };

/// Reads a file, as far as it is JSON. What is none at all gives an empty body and one problem.
#[must_use]
pub fn parse_tf_json(file: FileId, text: &str) -> (Body, Vec<SyntaxProblem>) {
    let mut lowering = Lowering { file, problems: Vec::new() };
    let mut body = Body { attributes: Vec::new(), blocks: Vec::new(), span: Span::new(file, 0, text.len()) };
    let (json, errors) = recover_json(text);
    errors.into_iter().for_each(|error| lowering.problem(error.in_file(file)));
    lowering.body(&json, &ROOT, &mut body);
    (body, lowering.problems)
}

struct Lowering {
    file: FileId,
    problems: Vec<SyntaxProblem>,
}

impl Lowering {
    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn name(&self, key: &JsonString) -> Name {
        Spanned::new(Arc::clone(&key.text), self.span(&key.range))
    }

    fn problem(&mut self, problem: SyntaxProblem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// The members of an object, or of all the objects in an array.
    fn members<'j>(&mut self, json: &'j Json, what: &str) -> Vec<&'j Member> {
        let objects = match &json.kind {
            JsonKind::Array(items) => items.as_slice(),
            JsonKind::Null => &[],
            _ => std::slice::from_ref(json),
        };
        let mut members = Vec::new();
        for object in objects {
            match object.as_object() {
                Some(found) => members.extend(found),
                // That has been told.
                None if object.kind == JsonKind::Invalid => {}
                None => {
                    let span = self.span(&object.range);
                    self.problem(SyntaxProblem::new(span, format!("expected an object that holds {what}")));
                }
            }
        }
        members
    }

    fn body(&mut self, json: &Json, schema: &'static Schema, body: &mut Body) {
        let mut names = std::collections::HashSet::new();
        for member in self.members(json, "arguments and blocks") {
            let name = &*member.key.text;
            if name == "//" {
                continue;
            }
            if let Some((_, labels, inner)) = schema.blocks.iter().find(|(kind, ..)| *kind == name) {
                let kind = self.name(&member.key);
                self.blocks(&kind, *labels, &mut Vec::new(), &member.value, inner, body);
                continue;
            }
            let strings = schema.arguments.iter().find(|(argument, _)| *argument == name);
            let Some(strings) = strings.map(|(_, strings)| *strings).or(schema.others) else {
                self.unknown(&member.key, schema);
                continue;
            };
            if !names.insert(name) {
                let span = self.span(&member.key.range);
                self.problem(
                    SyntaxProblem::new(span, format!("`{name}` is set twice in this block"))
                        .with_help("remove one of the two"),
                );
            }
            let value = self.expression(&member.value, strings);
            let name = self.name(&member.key);
            let span = name.span.to(value.span);
            body.attributes.push(Attribute { name, value, span });
        }
    }

    fn unknown(&mut self, key: &JsonString, schema: &Schema) {
        let problem =
            SyntaxProblem::new(self.span(&key.range), format!("there is no block type called `{}` here", key.text));
        let known = schema.blocks.iter().map(|(kind, ..)| (strsim::osa_distance(kind, &key.text), *kind));
        let near = known.filter(|(distance, _)| *distance <= 2).min();
        self.problem(match near {
            Some((_, kind)) => problem.with_help(format!("did you mean `{kind}`?")),
            None => problem,
        });
    }

    /// Blocks of one type: an object a label deep, then one body or an array of them.
    fn blocks(
        &mut self,
        kind: &Name,
        labels_left: usize,
        labels: &mut Vec<Name>,
        json: &Json,
        schema: &'static Schema,
        into: &mut Body,
    ) {
        if labels_left > 0 {
            for member in self.members(json, &format!("the labels of `{}` blocks", kind.value)) {
                labels.push(self.name(&member.key));
                self.blocks(kind, labels_left - 1, labels, &member.value, schema, into);
                labels.pop();
            }
            return;
        }
        let bodies = match &json.kind {
            JsonKind::Array(items) => items.as_slice(),
            JsonKind::Null | JsonKind::Invalid => &[],
            _ => std::slice::from_ref(json),
        };
        for json in bodies {
            let header = labels.last().map_or(kind.span, |label| label.span);
            let own = self.span(&json.range);
            let span = if bodies.len() == 1 { header.to(own) } else { own };
            let mut body = Body { attributes: Vec::new(), blocks: Vec::new(), span: own };
            self.body(json, schema, &mut body);
            into.blocks.push(Block { kind: kind.clone(), labels: labels.clone(), body, header, span });
        }
    }

    fn expression(&mut self, json: &Json, strings: Strings) -> Expr {
        let span = self.span(&json.range);
        let kind = match &json.kind {
            JsonKind::Null => ExprKind::Null,
            JsonKind::Bool(truth) => ExprKind::Bool(*truth),
            JsonKind::Number(number) => ExprKind::Number(number.clone()),
            JsonKind::HugeNumber => ExprKind::HugeNumber,
            JsonKind::Invalid => ExprKind::Invalid,
            JsonKind::String(string) => return self.string(string, strings),
            JsonKind::Array(items) => {
                ExprKind::Tuple(items.iter().map(|item| self.expression(item, strings)).collect())
            }
            JsonKind::Object(members) => {
                let items = members.iter().map(|member| ObjectItem {
                    key: self.string(&member.key, strings),
                    value: self.expression(&member.value, strings),
                });
                ExprKind::Object(items.collect())
            }
        };
        Expr { kind, span }
    }

    fn string(&mut self, string: &JsonString, strings: Strings) -> Expr {
        let span = self.span(&string.range);
        let text = &string.text;
        let place = |offset| string.place(offset);
        let plain = |text: &Arc<str>| Expr { kind: ExprKind::Text(Arc::clone(text)), span };
        let (mut expr, problems) = match strings {
            Expressions => expression_at(self.file, text, 0..text.len(), Some(&place)),
            Templates if text.contains("${") || text.contains("%{") || holds_a_document(text) => {
                template_at(self.file, text, 0..text.len(), Some(&place))
            }
            Templates | Literal => return plain(text),
        };
        for problem in problems {
            self.problem(problem);
        }
        match &expr.kind {
            ExprKind::Template(parts) => match parts.as_slice() {
                [TemplatePart::Literal(only)] => plain(&only.text),
                _ => {
                    expr.span = span;
                    expr
                }
            },
            _ => expr,
        }
    }
}

/// Whether places in the text will be asked for, as they are in a policy.
fn holds_a_document(text: &str) -> bool {
    text.starts_with(['{', '[']) || text.contains('\n')
}
