//! `regex`, `regexall` and `replace`.
//!
//! Terraform's patterns are RE2; what the `regex` crate means otherwise is translated.

use std::sync::Arc;

use regex::{Captures, Regex, RegexBuilder};

use super::{Call, Function, Kind, Outcome, Parameter, Refusal, hangs_on, partial, re2};
use crate::value::{Data, Fields, Origin, Type, Value};

/// Bytes that a compiled pattern may take.
const MAX_PROGRAM: usize = 1 << 20;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "regex",
        parameters: &[Parameter::new("pattern", Kind::String), Parameter::new("string", Kind::String).or_unknown()],
        rest: None,
        returns: Kind::Any,
        run: first_match,
    },
    Function {
        name: "regexall",
        parameters: &[Parameter::new("pattern", Kind::String), Parameter::new("string", Kind::String).or_unknown()],
        rest: None,
        returns: Kind::List,
        run: all_matches,
    },
    Function {
        name: "replace",
        parameters: &[
            Parameter::new("str", Kind::String).or_unknown(),
            Parameter::new("substr", Kind::String),
            Parameter::new("replace", Kind::String),
        ],
        rest: None,
        returns: Kind::String,
        run: replace,
    },
];

/// What a match gives: the whole of it, its groups in order, or its groups by name.
enum Shape {
    Whole,
    Groups(usize),
    Named(Vec<Arc<str>>),
}

impl Shape {
    fn of(pattern: &Regex) -> Result<Self, Refusal> {
        let groups: Vec<Option<&str>> = pattern.capture_names().skip(1).collect();
        let named: Vec<Arc<str>> = groups.iter().flatten().map(|name| (*name).into()).collect();
        match (groups.len(), named.len()) {
            (0, _) => Ok(Self::Whole),
            (all, 0) => Ok(Self::Groups(all)),
            (all, named_count) if all == named_count => Ok(Self::Named(named)),
            _ => Err(Refusal::argument(0, "the pattern mixes named and unnamed groups")),
        }
    }

    fn ty(&self) -> Type {
        match self {
            Self::Whole => Type::String,
            Self::Groups(count) => Type::Tuple(vec![Type::String; *count].into()),
            Self::Named(names) => Type::object(names.iter().map(|name| (Arc::clone(name), Type::String))),
        }
    }

    fn value(&self, captures: &Captures<'_>, origin: &Origin) -> Value {
        let group = |found: Option<regex::Match<'_>>| match found {
            Some(found) => Value::string(found.as_str()).at(origin.slice(found.start(), found.end())),
            None => Value::new(Data::Null(Type::String)),
        };
        match self {
            Self::Whole => group(captures.get(0)),
            Self::Groups(count) => Value::tuple((1..=*count).map(|at| group(captures.get(at))).collect()),
            Self::Named(names) => Value::object(
                names.iter().map(|name| (Arc::clone(name), group(captures.name(name)))).collect::<Fields>(),
            ),
        }
    }
}

fn compile(call: &Call<'_>, argument: usize, pattern: &str) -> Result<Regex, Refusal> {
    call.evaluator.budget().pattern(pattern, || {
        let pattern = re2::translate(pattern).map_err(|problem| Refusal::argument(argument, problem))?;
        RegexBuilder::new(&pattern)
            .size_limit(MAX_PROGRAM)
            .build()
            .map_err(|error| Refusal::argument(argument, one_line(&error)))
    })
}

fn one_line(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "the pattern is larger than trysquare allows".to_owned(),
        other => {
            let text = other.to_string();
            let reason = text.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
            format!("this is not a pattern: {reason}")
        }
    }
}

fn first_match(call: &Call<'_>) -> Outcome {
    let pattern = compile(call, 0, call.text(0))?;
    let shape = Shape::of(&pattern)?;
    if let Some(unknown) = call.argument(1).first_unknown() {
        return Ok(hangs_on(unknown, shape.ty()));
    }
    let text = call.text(1);
    call.spend(text.len() / 64)?;
    match pattern.captures(text) {
        Some(captures) => Ok(shape.value(&captures, &call.argument(1).origin)),
        None => Err(Refusal::argument(1, "the pattern does not match any part of the string")),
    }
}

fn all_matches(call: &Call<'_>) -> Outcome {
    let pattern = compile(call, 0, call.text(0))?;
    let shape = Shape::of(&pattern)?;
    if let Some(unknown) = call.argument(1).first_unknown() {
        return Ok(hangs_on(unknown, Type::list(shape.ty())));
    }
    let text = call.text(1);
    call.spend(text.len() / 64)?;
    let mut items = Vec::new();
    for captures in pattern.captures_iter(text) {
        items.push(shape.value(&captures, &call.argument(1).origin));
        call.allow_elements(items.len())?;
    }
    Ok(Value::list(shape.ty(), items))
}

fn replace(call: &Call<'_>) -> Outcome {
    let (value, from, to) = (call.argument(0), call.text(1), call.text(2));
    let inner = from.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let Some(inner) = inner else {
        let length = partial::pieces(value).len().saturating_add(value.as_str().map_or(0, str::len));
        call.allow_string(length.saturating_mul(1 + to.len() / from.len().max(1)))?;
        return Ok(partial::replace(value, from, to).at(Origin::NONE));
    };
    let pattern = compile(call, 1, inner)?;
    if let Some(unknown) = value.first_unknown() {
        return Ok(hangs_on(unknown, Type::String));
    }
    let text = call.text(0);
    let mut out = String::new();
    let mut after = 0;
    for captures in pattern.captures_iter(text) {
        let Some(found) = captures.get(0) else { continue };
        out.push_str(text.get(after..found.start()).unwrap_or(""));
        expand(&pattern, &captures, to, &mut out);
        after = found.end();
        call.allow_string(out.len())?;
    }
    out.push_str(text.get(after..).unwrap_or(""));
    Ok(Value::string(out))
}

/// `$1`, `$name` and `${name}` in a replacement, as Go expands them: a bare name is as long as it can be.
fn expand(pattern: &Regex, captures: &Captures<'_>, template: &str, out: &mut String) {
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at + 1..).unwrap_or("");
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let (braced, body) = match rest.strip_prefix('{') {
            Some(body) => (true, body),
            None => (false, rest),
        };
        let length = body.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(body.len());
        let name = body.get(..length).unwrap_or("");
        let after = body.get(length..).unwrap_or("");
        let closed = if braced { after.strip_prefix('}') } else { Some(after) };
        match closed {
            Some(after) if !name.is_empty() => {
                let found = match name.parse::<usize>() {
                    Ok(number) => captures.get(number),
                    Err(_) if pattern.capture_names().flatten().any(|known| known == name) => captures.name(name),
                    Err(_) => None,
                };
                out.push_str(found.map_or("", |found| found.as_str()));
                rest = after;
            }
            _ => out.push('$'),
        }
    }
    out.push_str(rest);
}
