//! The names and functions of a rule.

use std::sync::Arc;

use crate::document;
use crate::eval::functions::Signature;
use crate::eval::{EvalError, Evaluated, Files, Found, NoFiles, PathStep, Scope};
use crate::model::{expand, types};
use crate::source::Span;
use crate::value::{Answer, Data, Number, Piece, Type, Unknown, Value, equals, render};

/// The functions beside Terraform's: name, how it is called, and what it gives.
pub const FUNCTIONS: &[(&str, &str, &str)] = &[
    (
        "arn",
        "arn(text)",
        "The parts of an ARN: `partition`, `service`, `region`, `account` and `resource`; null for a text that is none.",
    ),
    ("duration", "duration(text)", "Seconds: 300 for `5min`; a number stays as it is."),
    (
        "iam_actions",
        "iam_actions(pattern)",
        "The known IAM actions that a pattern such as `s3:Get*` stands for, each with its `name`, its `access` (`list`, \
         `read`, `write`, `tagging` or `permissions`) and the types of its `resources`.",
    ),
    (
        "matches_glob",
        "matches_glob(text, pattern)",
        "Whether a text matches a pattern in which `*` stands for any text and `?` for one character. A text of which \
         parts are known is decided by them, where they decide.",
    ),
    ("megabytes", "megabytes(text)", "Megabytes: 1024 for `1 GB`; a number stays as it is."),
    (
        "statements",
        "statements(role)",
        "The statements of `$.statements` that are attached to a role, which is given by its name or as an object with one.",
    ),
];

/// What one of them takes and gives; `None` when there is none of that name.
#[must_use]
pub fn signature(name: &str) -> Option<Signature> {
    let object = |names: &[&str]| Type::object(names.iter().map(|name| (Arc::from(*name), Type::String)));
    let (least, returns) = match name {
        "arn" => (1, object(ARN_PARTS)),
        "duration" | "megabytes" => (1, Type::Number),
        "iam_actions" => (1, Type::list(object(&["name", "access", "resources"]))),
        "matches_glob" => (2, Type::Bool),
        "statements" => (1, types::model().attribute("statements")),
        _ => return None,
    };
    Some(Signature { least, more: false, returns })
}

/// `standard`, `parameter` and the functions; what is selected is bound by the evaluator.
#[derive(Default, Clone)]
pub struct RuleScope {
    standard: Value,
    parameters: Value,
    statements: Value,
}

impl RuleScope {
    /// A scope with this standard and with the statements of the model.
    #[must_use]
    pub fn new(standard: Value, statements: Value) -> Self {
        Self { standard, statements, parameters: Value::default() }
    }

    /// The same scope with these parameters, an object.
    #[must_use]
    pub fn with_parameters(mut self, parameters: Value) -> Self {
        self.parameters = parameters;
        self
    }
}

impl Scope for RuleScope {
    fn lookup(&self, root: &str, _: &[PathStep], at: Span) -> Result<Found, EvalError> {
        match root {
            "standard" => Ok(Found::root(self.standard.clone())),
            "parameter" => Ok(Found::root(self.parameters.clone())),
            _ => Err(EvalError::new(at, format!("`{root}` stands for nothing in this rule"))
                .with_help("names are those of `select` and `let`, `standard` and `parameter`")),
        }
    }

    fn records_references(&self) -> bool {
        false
    }

    fn function(&self, name: &str, arguments: &[Value], at: Span) -> Option<Evaluated> {
        if let Some(refusal) = signature(name)?.refuses(arguments.len()) {
            return Some(Err(EvalError::new(at, format!("`{name}` {refusal}"))));
        }
        Some(match (name, arguments) {
            ("arn", [text]) => Ok(arn(text)),
            ("duration", [text]) => quantity(name, text, at, document::seconds),
            ("megabytes", [text]) => quantity(name, text, at, document::megabytes),
            ("iam_actions", [pattern]) => Ok(iam_actions(pattern)),
            ("matches_glob", [text, pattern]) => Ok(matches_glob(text, pattern)),
            ("statements", [role]) => Ok(statements_of(role, &self.statements)),
            _ => return None,
        })
    }

    fn function_names(&self) -> Vec<&'static str> {
        FUNCTIONS.iter().map(|(name, ..)| *name).collect()
    }

    fn files(&self) -> &dyn Files {
        &NoFiles
    }
}

/// A number as it is, or what a text such as `5min` or `1 GB` stands for.
fn quantity(name: &str, argument: &Value, at: Span, read: fn(&str) -> Option<f64>) -> Evaluated {
    if let Some(unknown) = argument.first_unknown() {
        return Ok(Value::unknown(unknown.derived(Type::Number)).at(argument.origin.clone()));
    }
    let number = argument.as_number().cloned().or_else(|| read(argument.as_str()?).and_then(Number::from_f64));
    match number {
        Some(number) => Ok(Value::from(number).at(argument.origin.clone())),
        None => Err(EvalError::new(at, format!("`{name}` cannot read {}", render(argument)))),
    }
}

/// The known IAM actions that a pattern such as `s3:Get*` stands for, each with what it lets one do and on what.
fn iam_actions(pattern: &Value) -> Value {
    let list = |items| Value::tuple(items).at(pattern.origin.clone());
    match (pattern.as_str(), pattern.first_unknown()) {
        (Some(pattern), _) => list(
            expand(pattern)
                .into_iter()
                .map(|action| {
                    let parts = [("name", action.name), ("access", action.access), ("resources", action.resources)];
                    Value::record(parts.map(|(name, text)| (name, Value::from(text))))
                })
                .collect(),
        ),
        (None, Some(unknown)) => Value::unknown(unknown.derived(Type::Any)),
        (None, None) => list(Vec::new()),
    }
}

/// The statements attached to a role, which is given by its name or as an object that has one. Where it cannot be told
/// whether a statement is among them, nor can what they are.
fn statements_of(role: &Value, all: &Value) -> Value {
    let name = role.field("name").unwrap_or(role);
    let mut own = Vec::new();
    for statement in all.as_items().unwrap_or_default() {
        let roles = statement.field("roles").and_then(Value::as_items).unwrap_or_default();
        let among = roles.iter().fold(Answer::No, |so_far, role| match so_far {
            Answer::Yes => Answer::Yes,
            Answer::No => equals(role, name),
            open @ Answer::Unknown(_) => match equals(role, name) {
                Answer::Yes => Answer::Yes,
                _ => open,
            },
        });
        match among {
            Answer::Yes => own.push(statement.clone()),
            Answer::No => {}
            Answer::Unknown(unknown) => return Value::unknown(unknown.derived(Type::Any)),
        }
    }
    Value::tuple(own).at(role.origin.clone())
}

/// The parts that an ARN has after `arn`.
const ARN_PARTS: &[&str] = &["partition", "service", "region", "account", "resource"];

/// The parts of an ARN, each known as far as the text is; null for a text that is none.
#[must_use]
pub fn arn(text: &Value) -> Value {
    let Some(pieces) = text.as_pieces() else {
        return Value::null();
    };
    let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pieces {
        match piece {
            Piece::Unknown(_) => parts.last_mut().into_iter().for_each(|part| part.push(piece.clone())),
            Piece::Text(known) => {
                let mut rest: &str = &known;
                // The resource, the sixth part, keeps its colons.
                while parts.len() < 6
                    && let Some((before, after)) = rest.split_once(':')
                {
                    push(parts.last_mut(), before);
                    parts.push(Vec::new());
                    rest = after;
                }
                push(parts.last_mut(), rest);
            }
        }
    }
    if parts.len() < 6 {
        return match text.first_unknown() {
            Some(unknown) => Value::unknown(unknown.derived(Type::Any)),
            None => Value::null(),
        };
    }
    let fields = ARN_PARTS.iter().zip(parts.into_iter().skip(1)).map(|(name, part)| {
        let value = Value::from_pieces(part).at(text.origin.clone());
        (Arc::from(*name), value)
    });
    Value::object(fields.collect()).at(text.origin.clone())
}

fn push(part: Option<&mut Vec<Piece>>, text: &str) {
    if let Some(part) = part
        && !text.is_empty()
    {
        part.push(Piece::Text(text.into()));
    }
}

/// Whether a text matches a pattern in which `*` stands for any text and `?` for one character.
/// A partly known text is decided by its known head and tail, as far as they go.
#[must_use]
pub fn matches_glob(text: &Value, pattern: &Value) -> Value {
    let Some(pattern) = pattern.as_str() else {
        return unknown_truth(pattern);
    };
    let pieces = match &text.data {
        Data::Null(_) => return Value::from(false),
        _ => text.as_pieces().unwrap_or_default(),
    };
    if let Some(known) = text.as_str() {
        return Value::from(glob(known, pattern));
    }
    let head = match pieces.first() {
        Some(Piece::Text(text)) => text.to_string(),
        _ => String::new(),
    };
    let tail = match pieces.last() {
        Some(Piece::Text(text)) => text.to_string(),
        _ => String::new(),
    };
    let fixed_head = pattern.split(['*', '?']).next().unwrap_or("");
    let fixed_tail = pattern.rsplit(['*', '?']).next().unwrap_or("");
    let shared_head = head.starts_with(fixed_head) || fixed_head.starts_with(&head);
    let shared_tail = tail.ends_with(fixed_tail) || fixed_tail.ends_with(&tail);
    if !shared_head || !shared_tail {
        return Value::from(false);
    }
    // `prefix*` and `*suffix` are decided when the known end covers what is fixed.
    let stars = pattern.matches('*').count();
    let decided = stars == 1
        && !pattern.contains('?')
        && head.starts_with(fixed_head)
        && tail.ends_with(fixed_tail)
        && (fixed_head.is_empty() || fixed_tail.is_empty() || pieces.len() > 1);
    if decided { Value::from(true) } else { unknown_truth(text) }
}

fn unknown_truth(value: &Value) -> Value {
    match value.first_unknown() {
        Some(unknown) => Value::unknown(unknown.derived(Type::Bool)),
        None => Value::unknown(Unknown::new(Type::Bool, "the pattern is not a text", value.origin.span())),
    }
}

/// Whether a known text matches; linear in both, however many stars there are.
#[must_use]
pub fn glob(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut in_pattern) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some('*') => {
                star = Some((in_pattern, at));
                in_pattern += 1;
            }
            Some(c) if *c == '?' || text.get(at) == Some(c) => {
                at += 1;
                in_pattern += 1;
            }
            _ => match star {
                Some((star_at, matched)) => {
                    in_pattern = star_at + 1;
                    at = matched + 1;
                    star = Some((star_at, matched + 1));
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(in_pattern).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::{arn, glob, matches_glob};
    use crate::value::{Piece, Type, Unknown, Value, render};
    use std::sync::Arc;

    #[test]
    fn globs() {
        assert!(glob("hoopstat-bronze", "hoopstat-*"));
        assert!(glob("abc", "a?c") && !glob("abc", "a?"));
        assert!(glob("", "*") && !glob("x", ""));
        let unknown = Arc::new(Unknown::new(Type::String, "why", None));
        let partial = Value::from_pieces(vec![Piece::Unknown(unknown), Piece::Text(":api-latest".into())]);
        assert_eq!(matches_glob(&partial, &Value::from("*:api-latest")).as_bool(), Some(true));
        assert_eq!(matches_glob(&partial, &Value::from("*:mcp-*")).as_bool(), None);
        assert_eq!(matches_glob(&partial, &Value::from("*-stable")).as_bool(), Some(false));
    }

    #[test]
    fn arns_have_parts() {
        let parts = arn(&Value::from("arn:aws:s3:::bucket/a:b"));
        assert_eq!(parts.field("service").and_then(Value::as_str), Some("s3"));
        assert_eq!(parts.field("resource").and_then(Value::as_str), Some("bucket/a:b"));
        assert!(arn(&Value::from("*")).is_null());
        let unknown = Arc::new(Unknown::new(Type::String, "why", None).named("partition"));
        let partial = Value::from_pieces(vec![
            Piece::Text("arn:".into()),
            Piece::Unknown(unknown),
            Piece::Text(":s3:::b".into()),
        ]);
        assert_eq!(render(arn(&partial).field("resource").unwrap()), "b");
    }
}
