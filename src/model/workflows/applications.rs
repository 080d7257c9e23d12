//! The lists of applications in a workflow, held against the functions that there are.

use std::collections::HashSet;

use super::Subjects;
use super::values::{truth, written};
use crate::source::Span;
use crate::value::{Answer, Value};
use crate::workflow::{Input, LinkedJob, Matrix, Workflow};

/// Inputs and matrix dimensions that by their name list applications.
const NAMES: [&str; 10] = [
    "application",
    "applications",
    "app",
    "apps",
    "app_name",
    "service",
    "services",
    "function",
    "function_name",
    "lambda",
];
/// Choices that stand for several applications or for none.
const NOT_ONE: [&str; 8] = ["", "all", "*", "any", "none", "auto", "both", "changed"];

/// A list of applications: what names it, where, and its items.
struct List {
    by: String,
    span: Span,
    items: Vec<(String, Span)>,
    /// Whether it ought to hold every application.
    whole: bool,
}

/// Every choice in the lists of applications, and every documented application that a list lacks.
pub(super) fn applications(
    workflow: &Workflow,
    deploying: &[usize],
    is_deploy: bool,
    subjects: &Subjects<'_>,
) -> Value {
    if subjects.documented.is_empty() {
        return Value::tuple(Vec::new());
    }
    let inputs = workflow.parsed.trigger("workflow_dispatch").into_iter().flat_map(|trigger| &trigger.inputs);
    let mut lists: Vec<List> =
        inputs.filter(|input| !input.options.is_empty()).map(|input| options(input, is_deploy)).collect();
    for job in deploying.iter().filter_map(|at| workflow.jobs.get(*at)) {
        lists.extend(dimensions(job));
    }
    let mut all = Vec::new();
    for list in lists.iter().filter(|list| lists_applications(list, subjects)) {
        for (item, span) in list.items.iter().filter(|(item, _)| !NOT_ONE.contains(&item.as_str())) {
            all.push(entry(list, written(item, *span), true, subjects.is_application(item), *span));
        }
        let lacking =
            subjects.documented.iter().filter(|row| list.whole && !list.items.iter().any(|(item, _)| is(row, item)));
        for row in lacking {
            let app = row.field("app").cloned().unwrap_or_default();
            all.push(entry(list, app, false, Answer::Yes, list.span));
        }
    }
    Value::tuple(all)
}

fn entry(list: &List, app: Value, listed: bool, known: Answer, span: Span) -> Value {
    Value::record([
        ("list", Value::string(list.by.as_str())),
        ("app", app),
        ("listed", Value::from(listed)),
        ("known", truth(known)),
    ])
    .written_at(span)
}

fn options(input: &Input, whole: bool) -> List {
    let items = input.options.iter().map(|option| (option.value.clone(), option.span)).collect();
    List { by: format!("input `{}`", input.name.value), span: input.name.span, items, whole }
}

/// The written dimensions of a job's matrix. Another job may take care of the applications that one lacks.
fn dimensions(job: &LinkedJob) -> Vec<List> {
    let Some(Matrix::Written { dimensions, .. }) = &job.job.matrix else {
        return Vec::new();
    };
    let each = dimensions.iter().map(|(name, node)| List {
        by: format!("matrix `{}`", name.value),
        span: name.span,
        items: node
            .items()
            .iter()
            .filter_map(|item| Some((item.text().filter(|text| !text.contains("${{"))?.to_owned(), item.span)))
            .collect(),
        whole: false,
    });
    each.filter(|list| !list.items.is_empty()).collect()
}

/// Whether a list is one of applications: by its name, or because an application is on it.
fn lists_applications(list: &List, subjects: &Subjects<'_>) -> bool {
    let name = list.by.split('`').nth(1).unwrap_or("").to_ascii_lowercase().replace('-', "_");
    NAMES.contains(&name.as_str())
        || list.items.iter().any(|(item, _)| subjects.documented.iter().any(|row| is(row, item)))
}

/// Whether an item stands for a documented function: by its app, or by its name.
pub(super) fn is(row: &Value, item: &str) -> bool {
    ["app", "name"].iter().any(|field| row.field(field).and_then(Value::as_str) == Some(item))
}

/// Everything that somebody can choose for an input, or that a matrix lists.
pub(super) fn choices(workflow: &Workflow) -> HashSet<String> {
    let inputs = workflow.parsed.triggers.iter().flat_map(|trigger| &trigger.inputs);
    let options = inputs.flat_map(|input| &input.options).map(|option| option.value.clone());
    let listed = workflow.jobs.iter().flat_map(dimensions).flat_map(|list| list.items).map(|(item, _)| item);
    options.chain(listed).collect()
}
