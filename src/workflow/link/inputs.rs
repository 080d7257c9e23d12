//! What inputs can be: as they are passed by a caller, or as somebody can put them in.

use crate::source::Span;
use crate::syntax::yaml::Resolved;
use crate::workflow::expression::{Names, Scope};
use crate::workflow::possible::{Alternative, Given, Possible, ValueKind};
use crate::workflow::text::Text;
use crate::workflow::types::{Input, Pair, ParsedWorkflow};

/// The name of the event that started a workflow.
const EVENT_NAME: &str = "github.event_name";

/// The inputs of what is called: what is passed, else the default.
pub(super) fn passed(declared: &[Input], with: &[Pair], scope: &Scope, cases: &[Given]) -> Names {
    let each = declared.iter().map(|input| {
        let name = input.name.value.to_ascii_lowercase();
        let given = with.iter().find(|pair| pair.name.value.eq_ignore_ascii_case(&name));
        let value = match (given, &input.default) {
            (Some(pair), _) => scope.template(&pair.value).under(cases).written_at(pair.value.span),
            (None, Some(default)) => scope.template(default).written_at(default.span),
            (None, None) => Possible::one(Alternative::new(Text::default(), ValueKind::Null)),
        };
        let boolean = input.kind.as_ref().is_some_and(|kind| kind.value == "boolean");
        (name, if boolean { as_boolean(value) } else { value })
    });
    each.collect()
}

fn as_boolean(mut value: Possible) -> Possible {
    for one in &mut value.known {
        if matches!(one.text.as_known(), Some("true" | "false")) {
            one.kind = ValueKind::Bool;
        }
    }
    value
}

/// What `inputs` and `github` can be when the workflow starts by itself, by each of its events.
pub(super) fn started(parsed: &ParsedWorkflow) -> (Names, Names) {
    let events: Vec<&str> = parsed.triggers.iter().map(|trigger| trigger.name.value.as_str()).collect();
    // A called workflow sees the event of its caller.
    let called = events.contains(&"workflow_call");
    let mut github = Names::new();
    if !called && !events.is_empty() {
        let each = parsed.triggers.iter().map(|trigger| Alternative {
            given: Given::that(EVENT_NAME, &trigger.name.value),
            origin: Some(trigger.name.span),
            ..Alternative::new(Text::known(&trigger.name.value), ValueKind::Text)
        });
        github.insert("event_name".to_owned(), Possible::any(each.collect()));
    }
    let mut inputs = Names::new();
    for trigger in &parsed.triggers {
        for input in &trigger.inputs {
            let name = input.name.value.to_ascii_lowercase();
            let mut all = offered(input);
            // When it is called, the event is the caller's.
            let under = |event: &str| if called { Given::default() } else { Given::that(EVENT_NAME, event) };
            if events.len() > 1 {
                for one in &mut all {
                    one.given = one.given.and(&under(&trigger.name.value)).unwrap_or_default();
                }
            }
            // Another event has no such input.
            let others = parsed.triggers.iter().filter(|other| !other.declares(&name));
            all.extend(others.map(|other| Alternative {
                given: under(&other.name.value),
                ..Alternative::new(Text::default(), ValueKind::Null)
            }));
            let possible = Possible::any(all);
            let merged = match inputs.remove(&name) {
                Some(before) => possible.or(&before),
                None => possible,
            };
            inputs.insert(name, merged);
        }
    }
    (inputs, github)
}

/// Everything that somebody can put in for an input.
fn offered(input: &Input) -> Vec<Alternative> {
    let symbol = format!("inputs.{}", input.name.value.to_ascii_lowercase());
    let one = |text: &str, kind: ValueKind, origin: Span| Alternative {
        given: Given::that(&symbol, text),
        origin: Some(origin),
        ..Alternative::new(Text::known(text), kind)
    };
    let kind = input.kind.as_ref().map_or("string", |kind| kind.value.as_str());
    if !input.options.is_empty() {
        let options = input.options.iter();
        return options.map(|option| one(&option.value, ValueKind::Text, option.span)).collect();
    }
    if kind == "boolean" {
        return ["true", "false"].map(|text| one(text, ValueKind::Bool, input.name.span)).to_vec();
    }
    let mut all = vec![Alternative::new(Text::unknown(&symbol), ValueKind::Text)];
    if let Some(default) = &input.default
        && !default.has_expression()
    {
        let kind = match default.scalar.resolve() {
            Resolved::Number(_) if kind == "number" => ValueKind::Number,
            Resolved::Null => return all,
            _ => ValueKind::Text,
        };
        all.push(one(default.text(), kind, default.span));
    }
    all
}
