//! What starts a workflow.

use super::values::written;
use crate::source::{Span, Spanned};
use crate::value::{Type, Unknown, Value};
use crate::workflow::{Trigger, Workflow};

/// Each event with its filters.
///
/// Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#on>.
pub(super) fn triggers(workflow: &Workflow) -> Value {
    let each = workflow.parsed.triggers.iter().map(|trigger| {
        let place = trigger.name.span;
        let of_tags = filter(trigger, "tags").or(filter(trigger, "tags-ignore"));
        // A push that is filtered by tags alone is none to a branch.
        let no_branch = of_tags.is_some() && filter(trigger, "branches-ignore").is_none();
        let branches = match filter(trigger, "branches") {
            None if no_branch => Value::tuple(Vec::new()).written_at(place),
            items => filtered(workflow, items, place, &["github."]),
        };
        Value::record([
            ("event", written(&trigger.name.value, place)),
            ("branches", branches),
            ("tags", filtered(workflow, filter(trigger, "tags"), place, &["github."])),
            ("paths", filtered(workflow, filter(trigger, "paths"), place, &["github.", "needs."])),
        ])
        .written_at(place)
    });
    Value::tuple(each.collect())
}

fn filter<'t>(trigger: &'t Trigger, name: &str) -> Option<&'t [Spanned<String>]> {
    trigger.filters.iter().find(|(key, _)| key.value == name).map(|(_, items)| items.as_slice())
}

/// The patterns of a filter; null when there is none, and unknown when the condition of a job may do as well, as it
/// looks at something like `deciding`.
fn filtered(workflow: &Workflow, items: Option<&[Spanned<String>]>, place: Span, deciding: &[&str]) -> Value {
    if let Some(items) = items {
        let patterns = items.iter().map(|item| written(&item.value, item.span));
        return Value::tuple(patterns.collect()).written_at(items.first().map_or(place, |first| first.span));
    }
    let mut conditions = workflow.parsed.jobs.iter().filter_map(|job| job.condition.as_ref());
    match conditions.find(|condition| deciding.iter().any(|what| condition.text().contains(what))) {
        Some(condition) => {
            let reason = "there is no filter, and the condition of a job may do the same";
            Value::unknown(Unknown::new(Type::Any, reason, Some(condition.span)))
        }
        None => Value::null().written_at(place),
    }
}
