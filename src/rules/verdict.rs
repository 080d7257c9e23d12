//! Records what a rule says of each thing, be it right or wrong, for those who ask how code and page compare.

use super::run::{Bound, Case};
use crate::report::{Answer, Label, Verdict};
use crate::standard::FILE_NAME;
use crate::value::{Data, Value, render};

/// Longer values are not shown.
const MAX_SHOWN: usize = 80;

impl Case<'_, '_> {
    /// What is recorded when the condition gives `answer` for what is bound.
    pub(super) fn recorded(&self, bound: &Bound, answer: Answer, message: Option<String>) -> Verdict {
        let at = self.rule.at.as_ref().and_then(|at| self.with(bound, |evaluator| evaluator.evaluate(at)).ok());
        let links = at.as_ref().map(|at| self.links(at)).unwrap_or_default();
        let places = links.iter().map(|link| self.runner.places.label(link.span, link.note()));
        let mut places = places.filter(|label| !is_page(label));
        let code = places.next().map(|label| Label { text: String::new(), ..label });
        let (documented, page) =
            self.documented(bound).map_or((None, None), |(value, page)| (shown(&value), Some(page)));
        Verdict {
            rule: self.rule.id.clone(),
            answer,
            function: bound.iter().find_map(|(_, value)| function(value)),
            address: self.address(bound),
            about: self.about(bound),
            // A value says something only beside another one that it is held against.
            evaluated: at.as_ref().filter(|_| code.is_some() && documented.is_some()).and_then(shown),
            documented,
            message,
            code,
            origins: places.collect(),
            page,
        }
    }

    /// The documented value and its place: of what the rule points at, what is written in a page or the configuration.
    fn documented(&self, bound: &Bound) -> Option<(Value, Label)> {
        let expressions = self.rule.labels.iter().map(|label| &label.at).chain(&self.rule.at);
        expressions.filter_map(|expr| self.with(bound, |evaluator| evaluator.evaluate(expr)).ok()).find_map(|value| {
            let label = self.runner.places.label(self.source(&value)?, "");
            is_page(&label).then_some((value, label))
        })
    }

    /// The innermost selected thing, when it is a text: a name among several.
    fn about(&self, bound: &Bound) -> Option<String> {
        let (_, innermost) = bound.get(self.rule.selects.len().checked_sub(1)?)?;
        innermost.as_str().filter(|_| !innermost.sensitive).map(str::to_owned)
    }
}

/// Name of the function that a selected thing is, documents, or is about.
fn function(value: &Value) -> Option<String> {
    let is = |fields: [&str; 2]| fields.iter().all(|field| value.field(field).is_some());
    let name = if is(["function_name", "standard"]) {
        value.field("function_name")
    } else if is(["name", "app"]) {
        value.field("name")
    } else {
        let other = value.field("function")?;
        return other.as_str().map(str::to_owned).or_else(|| function(other));
    };
    let name = name.filter(|name| matches!(name.data, Data::String(_) | Data::Partial(_)));
    name.map(render).or_else(|| value.field("address").and_then(Value::as_str).map(str::to_owned))
}

fn is_page(label: &Label) -> bool {
    label.file.ends_with(".md") || label.file.ends_with(FILE_NAME)
}

/// A single short value that may be shown.
fn shown(value: &Value) -> Option<String> {
    let is_single = matches!(value.data, Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Partial(_));
    (is_single && !value.sensitive).then(|| render(value)).filter(|text| text.chars().count() <= MAX_SHOWN)
}
