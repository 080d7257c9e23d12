//! What there is to know of a place: what it evaluates to, where that came from, and what the page says.

use serde::{Deserialize, Serialize};

use super::{Places, Range, point};
use crate::check::{Options, Workspace as Read};
use crate::eval::{Evaluated, Evaluator};
use crate::report::{Label, Verdict};
use crate::source::{Reader, Span};
use crate::standard::{FILE_NAME, StandardScope};
use crate::syntax::hcl::ast::Expr;
use crate::syntax::hcl::{Around, around};
use crate::terraform::HclFile;
use crate::value::{Data, Value, render};

/// Instances whose values are shown.
const MAX_VALUES: usize = 8;
/// Places shown of the way that a value came.
const MAX_LINKS: usize = 8;
/// Characters shown of a value.
const MAX_SHOWN: usize = 400;

/// What there is to know of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Hover {
    /// The expression, or what a verdict speaks of.
    pub range: Range,
    /// What the expression evaluates to, each value once; nothing where there is no expression.
    pub values: Vec<Evaluation>,
    /// How what is here stands to the documented standards.
    pub verdicts: Vec<Verdict>,
}

/// What an expression evaluates to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Evaluation {
    /// The instances of the block or module in which it does; empty where there is only one.
    pub addresses: Vec<String>,
    /// As HCL writes it; a sensitive value is not shown.
    pub value: String,
    /// Why it is not known, or what is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unknown: Option<String>,
    /// The places it came by, nearest first.
    pub origins: Vec<Label>,
}

/// What there is to know of an offset of a file.
pub(super) fn at(
    reader: &Reader<'_>,
    options: &Options,
    verdicts: &[Verdict],
    path: &str,
    offset: u32,
) -> Option<Hover> {
    let file = reader.read(path).ok()?;
    let found = evaluated(reader, options, path, offset);
    let span = found.as_ref().map(|(span, _)| *span);
    let concerns = |label: &Label| {
        let is_around = match span {
            Some(span) => label.start.offset < span.end && span.start < label.end.offset,
            None => label.start.offset <= offset && offset <= label.end.offset,
        };
        // What is said of a whole block is not said of everything in it.
        label.file == path && is_around && label.start.line == label.end.line
    };
    let of_verdict = |verdict: &Verdict| {
        let labels = verdict.code.iter().chain(&verdict.origins).chain(&verdict.page);
        labels.into_iter().find(|label| concerns(label)).cloned()
    };
    let concerned: Vec<(Label, &Verdict)> =
        verdicts.iter().filter_map(|verdict| Some((of_verdict(verdict)?, verdict))).collect();
    let span = span.or_else(|| {
        let (label, _) = concerned.first()?;
        Some(Span { file, start: label.start.offset, end: label.end.offset })
    })?;
    let sources = reader.sources();
    let range = Range { start: point(&sources, file, span.start), end: point(&sources, file, span.end) };
    let values = found.map(|(_, values)| values).unwrap_or_default();
    Some(Hover { range, values, verdicts: concerned.into_iter().map(|(_, verdict)| verdict.clone()).collect() })
}

/// The innermost expression at an offset that has a value, and its values. A part of a `for` has none of its own.
fn evaluated(reader: &Reader<'_>, options: &Options, path: &str, offset: u32) -> Option<(Span, Vec<Evaluation>)> {
    let is_hcl = [".tf", ".tofu", ".json", ".tfvars", ".hcl"].iter().any(|ending| path.ends_with(ending));
    if !is_hcl {
        return None;
    }
    let file = HclFile::read(reader, path).ok()?;
    let around = around(&file.attributes, &file.blocks, offset)?;
    let values = |expr: &Expr| -> Vec<(String, Evaluated)> {
        if path.ends_with(FILE_NAME) {
            in_standard(reader, path, &file, expr)
        } else {
            in_terraform(reader, options, path, &around, expr)
        }
    };
    let mut all = around.expressions.iter().map(|expr| (expr.span, values(expr)));
    let (span, values) = all.find(|(_, values)| values.iter().any(|(_, value)| value.is_ok()))?;
    Some((span, distinct(&values, &Places::new(&reader.sources()))))
}

fn in_standard(reader: &Reader<'_>, path: &str, file: &HclFile, expr: &Expr) -> Vec<(String, Evaluated)> {
    let budget = crate::eval::Budget::new();
    let scope = StandardScope::new(reader, &budget, path, &file.blocks);
    vec![(String::new(), Evaluator::new(&scope, &budget).evaluate(expr))]
}

fn in_terraform(
    reader: &Reader<'_>,
    options: &Options,
    path: &str,
    around: &Around<'_>,
    expr: &Expr,
) -> Vec<(String, Evaluated)> {
    let (Some(block), Ok(read)) = (around.block, Read::read(reader, options)) else {
        return Vec::new();
    };
    let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
    let worlds = read.worlds(reader);
    let values = worlds.iter().flat_map(|world| world.values_of(dir, block, expr, MAX_VALUES));
    values.map(|(address, value)| (address.to_string(), value)).take(MAX_VALUES).collect()
}

/// Each value once, with the addresses that have it.
fn distinct(values: &[(String, Evaluated)], places: &Places<'_>) -> Vec<Evaluation> {
    let mut all: Vec<Evaluation> = Vec::new();
    for (address, value) in values {
        let evaluation = evaluation(value, places);
        match all.iter_mut().find(|known| known.value == evaluation.value && known.origins == evaluation.origins) {
            Some(known) => known.addresses.push(address.clone()),
            None => all.push(Evaluation { addresses: vec![address.clone()], ..evaluation }),
        }
    }
    if let [only] = all.as_mut_slice() {
        only.addresses.clear();
    }
    all
}

fn evaluation(value: &Evaluated, places: &Places<'_>) -> Evaluation {
    let value = match value {
        Ok(value) => value,
        Err(error) => {
            let unknown = Some(error.reason());
            return Evaluation { addresses: Vec::new(), value: String::new(), unknown, origins: Vec::new() };
        }
    };
    let links = value.origin.chain(MAX_LINKS);
    let origins = links.iter().map(|link| places.label(link.span, link.note())).collect();
    let unknown = value.first_unknown().filter(|_| !value.sensitive).map(|unknown| unknown.reason.to_string());
    Evaluation { addresses: Vec::new(), value: shown(value), unknown, origins }
}

fn shown(value: &Value) -> String {
    let text = match &value.data {
        Data::String(text) if !value.sensitive => format!("{text:?}"),
        Data::Partial(_) if !value.sensitive => format!("\"{}\"", render(value)),
        _ => render(value),
    };
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text,
    }
}
