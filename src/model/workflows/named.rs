//! Repositories and regions that a workflow names, held against those of Terraform.

use super::Subjects;
use super::values::{reached, truth, untold};
use crate::source::Span;
use crate::value::{Answer, Value, equals};
use crate::workflow::{Alternative, DeployFacts, Text, split_image};

/// The regions that a workflow names, each once: with whether a provider of Terraform's is set to it.
pub(super) fn regions(facts: &DeployFacts, subjects: &Subjects<'_>) -> Value {
    // Where no provider is configured, Terraform is not what builds here.
    if subjects.regions.is_empty() {
        return Value::tuple(Vec::new());
    }
    let mut seen: Vec<&Text> = Vec::new();
    let mut entries = Vec::new();
    for named in &facts.regions {
        for one in &named.value.known {
            if one.text.pieces().is_empty() || seen.contains(&&one.text) {
                continue;
            }
            seen.push(&one.text);
            let value = reached(&one.text, one.origin, named.span);
            let used = among(&one.text, subjects.regions, named.span, &value);
            let place = value.origin.clone();
            entries.push(Value::record([("region", value), ("in_terraform", truth(used))]).at(place));
        }
    }
    Value::tuple(entries)
}

/// A repository as a workflow names it.
struct Named {
    /// What it can be.
    text: Text,
    /// What is shown of it.
    shown: Text,
}

/// The ECR repositories that a workflow names, each once: with whether Terraform has one of that name.
pub(super) fn repositories(facts: &DeployFacts, subjects: &Subjects<'_>) -> Value {
    // Without a repository of its own, Terraform leaves them to others.
    if subjects.repositories.is_empty() {
        return Value::tuple(Vec::new());
    }
    let mut all: Vec<(Named, Option<Span>, Span)> = Vec::new();
    let mut add = |named: Named, one: &Alternative, span: Span| {
        if !named.text.pieces().is_empty() && !all.iter().any(|(known, ..)| known.text == named.text) {
            all.push((named, one.origin, span));
        }
    };
    for argument in facts.image_queries.iter().filter_map(|query| query.repository.as_ref()) {
        for one in &argument.value.known {
            add(Named { text: one.text.clone(), shown: one.text.clone() }, one, argument.span);
        }
    }
    let deployed = facts.deployments.iter().filter_map(|deployment| deployment.image.as_ref());
    let deployed = deployed.map(|image| (&image.value, image.span, true));
    let named = facts.images.iter().map(|image| (&image.value, image.span, false));
    for (value, span, certainly) in deployed.chain(named) {
        for one in &value.known {
            if let Some(named) = repository_of(&one.text, certainly) {
                add(named, one, span);
            }
        }
    }
    let names = subjects.repositories.iter().filter_map(|known| known.field("name").cloned());
    let names: Vec<Value> = names.chain(subjects.gaps.iter().cloned()).collect();
    let entries = all.iter().map(|(named, origin, span)| {
        let shown = reached(&named.shown, *origin, *span);
        let known = among(&named.text, &names, *span, &reached(&named.text, *origin, *span));
        let place = shown.origin.clone();
        Value::record([("name", shown), ("in_terraform", truth(known))]).at(place)
    });
    Value::tuple(entries.collect())
}

/// Whether a name is one of these.
fn among(name: &Text, known: &[Value], span: Span, value: &Value) -> Answer {
    if let Some(symbol) = name.as_unknown() {
        return untold(format!("`{symbol}` is known when the workflow runs"), span);
    }
    let mut open = None;
    for one in known {
        match one.as_str() {
            Some(one) if name.can_be(one) => return Answer::Yes,
            Some(_) => {}
            None => match equals(value, one) {
                Answer::Yes => return Answer::Yes,
                Answer::No => {}
                Answer::Unknown(_) => open = open.or_else(|| one.first_unknown().cloned()),
            },
        }
    }
    open.map_or(Answer::No, Answer::Unknown)
}

/// The repository in an image's name. Only one of ECR's counts, which Lambda takes its images from; `certainly` says
/// that this is one.
fn repository_of(image: &Text, certainly: bool) -> Option<Named> {
    let (name, _) = split_image(image);
    let registry = name.unknowns().next().is_some_and(|symbol| symbol.to_ascii_lowercase().contains("registry"));
    let hosted = name.contains(".dkr.ecr.");
    if !certainly && !hosted && !registry {
        return None;
    }
    // What comes before `://` says how the image is asked for, as in `docker://`.
    let name = match name.prefix().split_once("://") {
        Some(_) => name.split_once('/').and_then(|(_, rest)| rest.split_once('/')).map_or(name, |(_, rest)| rest),
        None => name,
    };
    let whole = |text: Text| Some(Named { shown: text.clone(), text });
    let Some((host, rest)) = name.split_once('/') else {
        return whole(name);
    };
    match host.as_known() {
        _ if hosted || registry => whole(rest),
        Some(host) if host.contains(['.', ':']) => whole(rest),
        Some(_) => whole(name),
        // A variable before the slash is a registry, or one with the first part of the repository's name.
        None => {
            let mut text = Text::unknown("registry");
            text.append(&rest);
            Some(Named { text, shown: rest })
        }
    }
}
