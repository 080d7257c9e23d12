//! What workflows do to Terraform's functions: which deployments are of each, and whether they put another image in
//! the place of Terraform's.

use std::sync::Arc;

use super::Subjects;
use super::images::{Tag, tag};
use super::targets::{Namer, Naming, names};
use super::values::{truth, untold};
use crate::source::Span;
use crate::value::{Answer, Piece, Type, Unknown, Value};
use crate::workflow::{DeployFacts, Deployment, Given, Text, Workflow, function_name};

/// Beginnings of the names of what differs from run to run. Of what is set once, in a variable of the repository, it
/// cannot be told whether it is what Terraform says.
const CHANGING: [&str; 5] = ["github.", "inputs.", "steps.", "needs.", "$("];

/// For every Terraform function its deployments in one workflow.
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
            let other = other_image(deployment, &name, function);
            let record = Value::record([
                ("workflow", Value::string(workflow.path.as_str())),
                ("job", super::job_id(workflow, deployment.place)),
                ("certain", truth(certain)),
                ("other_image", truth(other)),
            ]);
            into.push(record.written_at(deployment.span));
        }
    }
}

/// Whether a deployment can give a function another image than Terraform's: one with another tag.
fn other_image(deployment: &Deployment, name: &Value, function: &Value) -> Answer {
    let Some(image) = &deployment.image else {
        return Answer::No;
    };
    let own = function.field("image_tag").and_then(Value::as_str);
    let pairs = deployment.pairs.iter().filter_map(|(function, image)| {
        let function = function_name(&function.text);
        let Some(name) = name.as_str() else {
            return Some(image.text.clone());
        };
        let solved = function.solve(name).map(|(symbol, value)| Given::that(&symbol, &value));
        function.can_be(name).then(|| image.text.under(&solved.unwrap_or_default()))
    });
    let answers = pairs.map(|image_text| match (own, tag(&image_text)) {
        (Some(own), Tag::Is(tag)) => differs(&tag, own, image.span),
        // A digest names one image of all that have had the tag.
        (_, Tag::Digest) => Answer::Yes,
        (_, Tag::Unknown) => untold("the image is known when the workflow runs", image.span),
        (None, Tag::Is(_)) => untold("Terraform's image is not known", image.span),
    });
    let mut all = if image.value.complete { Answer::No } else { untold("the image is not known", image.span) };
    for answer in answers {
        match answer {
            Answer::Yes => return Answer::Yes,
            Answer::Unknown(_) => all = answer,
            Answer::No => {}
        }
    }
    all
}

fn differs(tag: &Text, own: &str, span: Span) -> Answer {
    if !tag.can_be(own) {
        return Answer::Yes;
    }
    let mut unknowns = tag.unknowns().peekable();
    if unknowns.peek().is_none() {
        return Answer::No;
    }
    if unknowns.any(|symbol| CHANGING.iter().any(|start| symbol.starts_with(start))) {
        return Answer::Yes;
    }
    untold("whether the tag is another than Terraform's is known when the workflow runs", span)
}

/// The place where a workflow tells Terraform by a variable which image to use, going by the variable's name.
pub(super) fn image_variable(facts: &DeployFacts) -> Option<Span> {
    let names_one = |name: &str| ["image", "tag", "version"].iter().any(|part| name.to_lowercase().contains(part));
    let options = facts.terraform_variables.iter().map(|variable| (variable.name.as_str(), variable.span));
    let environment = facts.terraform_environment.iter().map(|variable| (variable.by.as_str(), variable.span));
    options.chain(environment).find(|(name, _)| names_one(name)).map(|(_, span)| span)
}

/// A function with its deployments, whether one of them puts another image in the place of Terraform's, and whether
/// Terraform is told from outside which image to use.
pub(super) fn with_deployments(function: &Value, deployments: Vec<Value>, image_variable: Option<Span>) -> Value {
    let mut other = Answer::No;
    for deployment in &deployments {
        let fields = ["certain", "other_image"].map(|name| deployment.field(name).cloned().unwrap_or_default());
        let denied = fields.iter().any(|field| field.as_bool() == Some(false));
        let open = fields.iter().find_map(|field| field.as_unknown().cloned());
        match (denied, open) {
            (true, _) => {}
            (false, None) => other = Answer::Yes,
            (false, Some(unknown)) if matches!(other, Answer::No) => other = Answer::Unknown(unknown),
            (false, Some(_)) => {}
        }
    }
    let image = function.field("image_uri").cloned().unwrap_or_default();
    let from_outside = match (image.as_pieces().unwrap_or_default().last(), image_variable) {
        (Some(Piece::Unknown(unknown)), _) => Answer::Unknown(Arc::clone(unknown)),
        (_, Some(span)) => {
            let reason = "a workflow tells Terraform by a variable which image to use";
            Answer::Unknown(Arc::new(Unknown::new(Type::Bool, reason, Some(span))))
        }
        _ => Answer::No,
    };
    let mut fields = function.as_fields().cloned().unwrap_or_default();
    fields.insert("deployments".into(), Value::tuple(deployments).at(function.origin.clone()));
    fields.insert("other_image".into(), truth(other));
    fields.insert("image_from_outside".into(), truth(from_outside));
    Value::object(fields).at(function.origin.clone())
}
