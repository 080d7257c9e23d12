//! Which functions a deployment is of, and what images they get.

use std::collections::HashSet;
use std::sync::Arc;

use super::Subjects;
use super::applications::choices;
use super::values::{others, reached, text, truth, untold};
use crate::rules::matches_glob;
use crate::source::Span;
use crate::value::{Answer, Fields, Piece, Type, Unknown, Value, equals};
use crate::workflow::{
    Alternative, Argument, DeployFacts, Deployment, Given, Text, Workflow, function_name, split_image,
};

/// Whether a workflow's name for a function is the name of a known one.
pub(super) enum Naming {
    /// It is, on every run or on one that is offered.
    Is,
    /// It may turn out to be.
    MayBe,
    /// It is not.
    IsNot,
}

/// A workflow's names for functions, and what is known to stand in for their unknown pieces.
pub(super) struct Namer<'n> {
    subjects: &'n Subjects<'n>,
    /// What somebody can choose, or a matrix lists.
    choices: HashSet<String>,
    /// Whether the workflow is the documented one, which deploys every documented function.
    is_deploy: bool,
    /// The start of the workflow.
    head: Span,
}

impl<'n> Namer<'n> {
    pub(super) fn new(workflow: &Workflow, subjects: &'n Subjects<'n>, is_deploy: bool) -> Self {
        Self { subjects, choices: choices(workflow), is_deploy, head: Span::new(workflow.file, 0, 0) }
    }

    /// How a name written in the workflow stands to that of a function.
    pub(super) fn naming(&self, written: &Text, name: &Value) -> Naming {
        let Some(name) = name.as_str() else {
            return match equals(&text(written, self.head), name) {
                Answer::Yes => Naming::Is,
                Answer::No => Naming::IsNot,
                Answer::Unknown(_) => Naming::MayBe,
            };
        };
        if !written.can_be(name) {
            return Naming::IsNot;
        }
        let partly = written.as_known().is_none();
        let offered = || written.solve(name).is_some_and(|(_, value)| self.choices.contains(&value));
        let documented = || self.is_deploy && written.as_unknown().is_none() && self.subjects.is_documented(name);
        if !partly || offered() || documented() { Naming::Is } else { Naming::MayBe }
    }
}

/// The names of functions in an argument, each once, with where each is written; empty ones are left out.
pub(super) fn names(argument: &Argument) -> Vec<(Text, Option<Span>)> {
    let mut all: Vec<(Text, Option<Span>)> = Vec::new();
    for one in &argument.value.known {
        let name = function_name(&one.text);
        if !name.pieces().is_empty() && !all.iter().any(|(known, _)| *known == name) {
            all.push((name, one.origin));
        }
    }
    all
}

/// The functions that a deployment names: each with whether there is one of that name.
pub(super) fn functions(deployment: &Deployment, subjects: &Subjects<'_>) -> Value {
    let Some(argument) = &deployment.function else {
        return Value::tuple(Vec::new()).written_at(deployment.span);
    };
    let named = names(argument).into_iter().map(|(name, origin)| {
        let value = reached(&name, origin, argument.span);
        let exists = exists(&name, subjects, argument.span);
        entry(value, truth(exists))
    });
    let more = others(&argument.value, argument.span).map(|unknown| entry(unknown.clone(), unknown));
    Value::tuple(named.chain(more).collect()).written_at(argument.span)
}

fn entry(name: Value, exists: Value) -> Value {
    let origin = name.origin.clone();
    Value::record([("name", name), ("exists", exists)]).at(origin)
}

/// Whether Terraform or the page has a function of this name.
fn exists(name: &Text, subjects: &Subjects<'_>, span: Span) -> Answer {
    if let Some(symbol) = name.as_unknown() {
        return untold(format!("`{symbol}` is known when the workflow runs"), span);
    }
    let mut open = None;
    for known in subjects.function_names() {
        match known.as_str() {
            Some(known) if name.can_be(known) => return Answer::Yes,
            Some(_) => {}
            None => match equals(&text(name, span), &known) {
                Answer::Yes => return Answer::Yes,
                Answer::No => {}
                Answer::Unknown(_) => open = open.or_else(|| known.first_unknown().cloned()),
            },
        }
    }
    open.map_or(Answer::No, Answer::Unknown)
}

/// Each function that a deployment names together with an image that it can get, and whether the image's tag is as
/// documented for it.
pub(super) fn pairs(deployment: &Deployment, subjects: &Subjects<'_>) -> Value {
    let place = deployment.image.as_ref().map_or(deployment.span, |image| image.span);
    let pairs = deployment.pairs.iter().filter_map(|(function, image)| {
        let name = function_name(&function.text);
        if name.pieces().is_empty() || image.text.pieces().is_empty() {
            return None;
        }
        Some(pair(&name, function.origin, image, place, subjects))
    });
    Value::tuple(pairs.collect()).written_at(deployment.span)
}

fn pair(name: &Text, origin: Option<Span>, image: &Alternative, place: Span, subjects: &Subjects<'_>) -> Value {
    let mut answer: Option<Answer> = None;
    let mut shown = (tag(&image.text), Value::null());
    for row in subjects.documented {
        let documented = row.field("name").cloned().unwrap_or_default();
        let pattern = row.field("image").and_then(|image| image.field("tag")).cloned().unwrap_or_default();
        let Some(known) = documented.as_str().filter(|known| name.can_be(known) && pattern.as_str().is_some()) else {
            continue;
        };
        let solved = name.solve(known);
        let given = solved.as_ref().map(|(symbol, value)| Given::that(symbol, value)).unwrap_or_default();
        let image_of = image.text.under(&given);
        let tag = tag(&image_of);
        let follows = follows(&tag, &pattern, place);
        // Which of several functions gets an image is only certain where the image's name says it.
        let tied = name.as_known().is_some() || image_of != image.text;
        let follows = match follows {
            Answer::No if !tied => untold("the workflow decides which function gets this image", place),
            other => other,
        };
        if answer.is_none() || matches!((&answer, &follows), (Some(Answer::Yes), Answer::No)) {
            shown = (tag, pattern);
        }
        answer = Some(match (answer, follows) {
            (None, follows) => follows,
            (Some(Answer::Yes), Answer::Yes) => Answer::Yes,
            (Some(Answer::No), Answer::No) => Answer::No,
            (Some(Answer::Unknown(unknown)), _) | (_, Answer::Unknown(unknown)) => Answer::Unknown(unknown),
            _ => untold("the tag is as documented for some of the functions that this can be", place),
        });
    }
    let (tag, pattern) = shown;
    let tag = match &tag {
        Tag::Is(tag) => text(tag, image.origin.unwrap_or(place)),
        Tag::Digest | Tag::Unknown => Value::null(),
    };
    Value::record([
        ("function", reached(name, origin, place)),
        ("image", reached(&image.text, image.origin, place)),
        ("tag", tag),
        ("pattern", pattern),
        ("documented", Value::from(answer.is_some())),
        ("follows", truth(answer.unwrap_or(Answer::Yes))),
    ])
    .written_at(place)
}

/// The tag in an image's name.
enum Tag {
    Is(Text),
    /// A digest stands in its place.
    Digest,
    /// It may be in a part that is not known.
    Unknown,
}

fn tag(image: &Text) -> Tag {
    if image.contains("@sha256:") {
        return Tag::Digest;
    }
    match split_image(image) {
        (_, Some(tag)) => Tag::Is(tag),
        // Without a tag, `latest` is meant.
        (name, None) if name.as_known().is_some() || name.suffix().contains('/') => Tag::Is(Text::known("latest")),
        (_, None) => Tag::Unknown,
    }
}

fn follows(tag: &Tag, pattern: &Value, place: Span) -> Answer {
    let tag = match tag {
        Tag::Is(tag) => tag,
        Tag::Digest => return untold("the image is named by its digest, and its tag is not known", place),
        Tag::Unknown => return untold("the image's tag is known when the workflow runs", place),
    };
    let follows = matches_glob(&text(tag, place), pattern);
    match (follows.as_bool(), follows.first_unknown()) {
        (Some(truth), _) => Answer::of(truth),
        (None, Some(unknown)) => Answer::Unknown(unknown.clone()),
        (None, None) => untold("the tag cannot be compared", place),
    }
}

/// For every Terraform function the deployments of it in one workflow, and whether each certainly is of it.
pub(super) fn by_function(
    workflow: &Workflow,
    facts: &DeployFacts,
    namer: &Namer<'_>,
    subjects: &Subjects<'_>,
    found: &mut [Vec<Value>],
) {
    for deployment in &facts.deployments {
        let Some(argument) = &deployment.function else {
            continue;
        };
        for (function, into) in subjects.functions.iter().zip(found.iter_mut()) {
            let name = function.field("function_name").cloned().unwrap_or_default();
            let each: Vec<Naming> = names(argument).iter().map(|(written, _)| namer.naming(written, &name)).collect();
            let certain = if each.iter().any(|naming| matches!(naming, Naming::Is)) {
                Answer::Yes
            } else if each.iter().any(|naming| matches!(naming, Naming::MayBe)) || !argument.value.complete {
                untold("which function this deploys is known when the workflow runs", argument.span)
            } else {
                continue;
            };
            let fields: Fields = [
                ("workflow", Value::string(workflow.path.as_str())),
                ("job", super::job_id(workflow, deployment.place)),
                ("image", Value::from(deployment.image.is_some())),
                ("certain", truth(certain)),
            ]
            .into_iter()
            .map(|(name, value)| (name.into(), value))
            .collect();
            into.push(Value::object(fields).written_at(deployment.span));
        }
    }
}

/// A function with its deployments, whether one of them gives it an image, and whether Terraform is told which.
pub(super) fn with_deployments(function: &Value, deployments: Vec<Value>, image_variable: Option<&Value>) -> Value {
    let with_image = deployments.iter().filter(|one| one.field("image").and_then(Value::as_bool) == Some(true));
    let mut open = None;
    let mut deployed = Answer::No;
    for certain in with_image.filter_map(|one| one.field("certain")) {
        match certain.as_unknown() {
            Some(unknown) => open = open.or_else(|| Some(unknown.clone())),
            None => deployed = Answer::Yes,
        }
    }
    if let (Answer::No, Some(unknown)) = (&deployed, open) {
        deployed = Answer::Unknown(unknown);
    }
    let image = function.field("image_uri").cloned().unwrap_or_default();
    let from_outside = match (image.as_pieces().unwrap_or_default().last(), image_variable) {
        (Some(Piece::Unknown(unknown)), _) => Answer::Unknown(unknown.clone()),
        (_, Some(variable)) => {
            let reason = "a workflow tells Terraform by a variable which image to use";
            Answer::Unknown(Arc::new(Unknown::new(Type::Bool, reason, variable.origin.span())))
        }
        _ => Answer::No,
    };
    let mut fields = function.as_fields().cloned().unwrap_or_default();
    fields.insert("deployments".into(), Value::tuple(deployments).at(function.origin.clone()));
    fields.insert("deployed_image".into(), truth(deployed));
    fields.insert("image_from_outside".into(), truth(from_outside));
    Value::object(fields).at(function.origin.clone())
}
