//! Workflows as rules see them: jobs, credentials, what is deployed, and which documented steps there are.

use std::sync::Arc;

use super::as_type;
use crate::source::Span;
use crate::standard::Standard;
use crate::value::{Fields, Number, Piece, Type, Unknown, Value, render};
use crate::workflow::{
    Access, Credentials, DeployFacts, Deployment, EnvValue, LinkedJob, NamedValue, Note, Place, Possible, Run,
    StaticCredential, StepKind, Template, TerraformVariable, Text, Workflow, deploy_facts,
};

/// Owners whose actions are known not to deploy behind a workflow's back.
const FAMILIAR: &[&str] =
    &["actions/", "aws-actions/", "docker/", "github/", "hashicorp/", "dorny/", "tj-actions/", "astral-sh/"];

/// `$.workflows` and `$.deployments`.
pub(crate) struct Workflows {
    pub(crate) workflows: Value,
    pub(crate) deployments: Value,
}

/// Builds both.
pub(crate) fn build(workflows: &[Workflow], standard: &Standard) -> Workflows {
    let mut all = Vec::new();
    let mut deployments = Vec::new();
    for workflow in workflows {
        let facts = deploy_facts(workflow);
        let own: Vec<Value> =
            facts.deployments.iter().map(|deployment| read_deployment(workflow, deployment)).collect();
        deployments.extend(own.iter().cloned());
        all.push(read_workflow(workflow, &facts, own, standard));
    }
    Workflows { workflows: Value::tuple(all), deployments: Value::tuple(deployments) }
}

fn read_workflow(workflow: &Workflow, facts: &DeployFacts, deployments: Vec<Value>, standard: &Standard) -> Value {
    let parsed = &workflow.parsed;
    let top = workflow_head(workflow);
    let documented = standard.section("deploy.workflow");
    let is_deploy =
        documented.is_some_and(|path| path.as_str().is_some_and(|path| path.trim_start_matches("./") == workflow.path));
    let triggers = parsed.triggers.iter().map(|trigger| written(&trigger.name.value, trigger.name.span));
    let inputs = parsed.trigger("workflow_dispatch").into_iter().flat_map(|trigger| &trigger.inputs).map(|input| {
        let options = input.options.iter().map(|option| written(&option.value, option.span));
        Value::record([
            ("name", written(&input.name.value, input.name.span)),
            ("type", input.kind.as_ref().map_or_else(|| Value::from("string"), |kind| written(&kind.value, kind.span))),
            ("options", Value::tuple(options.collect())),
            (
                "default",
                input.default.as_ref().map_or_else(Value::null, |default| written(default.text(), default.span)),
            ),
        ])
        .written_at(input.name.span)
    });
    let kinds = facts.steps.iter().map(|step| written(step.kind.name(), step.span)).chain(hidden(workflow));
    let steps = facts.steps.iter().map(|step| {
        Value::record([("kind", Value::from(step.kind.name())), ("job", job_id(workflow, step.place))])
            .written_at(step.span)
    });
    Value::record([
        ("address", Value::string(workflow.path.as_str()).written_at(top)),
        ("file", Value::string(workflow.path.as_str()).written_at(top)),
        ("name", parsed.name.as_ref().map_or_else(Value::null, |name| written(name.text(), name.span))),
        ("on", Value::tuple(triggers.collect())),
        ("inputs", Value::tuple(inputs.collect())),
        ("is_deploy", Value::from(is_deploy)),
        ("jobs", Value::tuple(workflow.jobs.iter().map(job).collect())),
        ("step_kinds", Value::tuple(kinds.collect())),
        ("steps", Value::tuple(steps.collect())),
        ("sequence", sequence(workflow, facts, standard)),
        (
            "credentials",
            Value::tuple(facts.credentials.iter().map(|credentials| read_credentials(workflow, credentials)).collect()),
        ),
        (
            "static_credentials",
            Value::tuple(facts.static_credentials.iter().map(|key| static_credential(workflow, key)).collect()),
        ),
        ("deployments", Value::tuple(deployments)),
        ("terraform_variables", Value::tuple(facts.terraform_variables.iter().map(terraform_variable).collect())),
        ("regions", Value::tuple(facts.regions.iter().map(named_value).collect())),
        ("images", Value::tuple(facts.images.iter().map(named_value).collect())),
        ("image_queries", image_queries(facts)),
    ])
    .written_at(top)
}

/// What stands for a workflow as a whole: its name, else its first job's id, else the start of its file.
fn workflow_head(workflow: &Workflow) -> Span {
    let name = workflow.parsed.name.as_ref().map(|name| name.span);
    let job = workflow.parsed.jobs.first().map(|job| job.id.span);
    name.or(job).unwrap_or_else(|| Span::new(workflow.file, 0, 0))
}

fn written(text: &str, span: Span) -> Value {
    Value::string(text).written_at(span)
}

fn job_id(workflow: &Workflow, place: Place) -> Value {
    workflow.jobs.get(place.job).map_or_else(Value::null, |job| Value::string(job.id.as_str()))
}

fn job(linked: &LinkedJob) -> Value {
    let job = &linked.job;
    let timeout = match &job.timeout_minutes {
        Some(template) => number(linked, template),
        None => Value::null().written_at(job.id.span),
    };
    let id_token = linked.access("id-token");
    let (level, span) = match &id_token {
        Access::Write(span) => ("write", Some(*span)),
        Access::Read(span) => ("read", Some(*span)),
        Access::None(span) => ("none", Some(*span)),
        Access::Default => ("none", None),
    };
    let calls = job.uses.as_ref().map_or_else(Value::null, |uses| written(uses.text(), uses.span));
    Value::record([
        ("address", written(&linked.id, job.id.span)),
        ("id", written(&linked.id, job.id.span)),
        ("timeout_minutes", timeout),
        ("id_token", written(level, span.unwrap_or(job.id.span))),
        ("uses", calls),
        (
            "environment",
            job.environment
                .as_ref()
                .and_then(|environment| environment.name.as_ref())
                .map_or_else(Value::null, |name| scalar(&linked.scope.template(name), name.span)),
        ),
        ("commands", commands(linked)),
    ])
    .written_at(job.id.span)
}

fn number(linked: &LinkedJob, template: &Template) -> Value {
    let value = scalar(&linked.scope.template(template), template.span);
    match value.as_str().and_then(Number::parse) {
        Some(number) => Value::from(number).written_at(template.span),
        None => as_type(value, &Type::Number),
    }
}

/// Every command of the job's scripts: its words as far as they are known.
fn commands(linked: &LinkedJob) -> Value {
    let commands = linked.events.iter().filter_map(|event| match &event.run {
        Run::Command(command) => Some(command),
        Run::Action(_) => None,
    });
    let values = commands.map(|command| {
        let words = command.words.iter().map(|word| scalar(&word.value, word.span));
        Value::record([("argv", Value::tuple(words.collect()))]).written_at(command.span)
    });
    Value::tuple(values.collect())
}

/// One value: the only one it can be, else an unknown that says what it can be.
fn scalar(possible: &Possible, span: Span) -> Value {
    let mut values = distinct(possible, span);
    let only = values.pop().filter(|_| values.is_empty() && possible.complete);
    only.unwrap_or_else(|| {
        let shown: Vec<String> = distinct(possible, span).iter().map(render).collect();
        let reason = match &possible.why_incomplete {
            Some(why) => why.clone(),
            None if shown.is_empty() => "it never has a value".to_owned(),
            None => format!("it can be {}", shown.join(" or ")),
        };
        Value::unknown(Unknown::new(Type::String, reason, Some(span)))
    })
}

/// Everything a value can be; an unknown at the end when there may be more.
fn list(possible: &Possible, span: Span) -> Value {
    let mut items = distinct(possible, span);
    if !possible.complete {
        let why = possible.why_incomplete.clone().unwrap_or_else(|| "there may be other values".to_owned());
        items.push(Value::unknown(Unknown::new(Type::String, why, Some(span))));
    }
    Value::tuple(items).written_at(span)
}

/// The texts that a value can be, each once, whatever each presupposes.
fn distinct(possible: &Possible, span: Span) -> Vec<Value> {
    let mut seen: Vec<&Text> = Vec::new();
    let mut values = Vec::new();
    for one in &possible.known {
        if seen.contains(&&one.text) {
            continue;
        }
        seen.push(&one.text);
        let value = text(&one.text, one.origin.unwrap_or(span));
        values.push(if one.origin.is_some_and(|origin| origin != span) { value.via(span) } else { value });
    }
    values
}

fn text(text: &Text, span: Span) -> Value {
    let pieces = text.pieces().iter().map(|piece| match piece {
        crate::workflow::Piece::Known(known) => Piece::Text(known.as_str().into()),
        crate::workflow::Piece::Unknown(name) => {
            let reason = format!("`{name}` is known when the workflow runs");
            Piece::Unknown(Arc::new(Unknown::new(Type::String, reason, Some(span)).named(Arc::clone(name))))
        }
    });
    Value::from_pieces(pieces.collect()).written_at(span)
}

fn env(value: Option<&EnvValue>, absent: Span) -> Value {
    value.map_or_else(|| Value::null().written_at(absent), |value| scalar(&value.value, value.span))
}

fn read_credentials(workflow: &Workflow, credentials: &Credentials) -> Value {
    let linked = workflow.jobs.get(credentials.place.job);
    Value::record([
        ("address", job_id(workflow, credentials.place).written_at(credentials.span)),
        ("job", linked.map_or_else(Value::null, job)),
        ("oidc", Value::from(credentials.is_oidc())),
        ("role", env(credentials.role.as_ref(), credentials.span)),
        ("region", env(credentials.region.as_ref(), credentials.span)),
    ])
    .written_at(credentials.span)
}

fn static_credential(workflow: &Workflow, key: &StaticCredential) -> Value {
    let job = key.job.and_then(|at| workflow.jobs.get(at));
    Value::record([
        ("address", job.map_or_else(|| Value::string(workflow.path.as_str()), |job| Value::string(job.id.as_str()))),
        ("name", written(&key.name, key.span)),
        ("value", scalar(&key.value, key.span)),
    ])
    .written_at(key.span)
}

fn read_deployment(workflow: &Workflow, deployment: &Deployment) -> Value {
    let names = deployment.function.as_ref().map_or_else(
        || Value::tuple(Vec::new()).written_at(deployment.span),
        |function| list(&function.value, function.span),
    );
    let images = deployment
        .image
        .as_ref()
        .map_or_else(|| Value::null().written_at(deployment.span), |image| list(&image.value, image.span));
    let pairs = deployment.pairs.iter().map(|(function, image)| {
        Value::record([
            ("function", text(&function.text, function.origin.unwrap_or(deployment.span))),
            ("image", text(&image.text, image.origin.unwrap_or(deployment.span))),
        ])
        .written_at(deployment.span)
    });
    Value::record([
        ("address", job_id(workflow, deployment.place).written_at(deployment.span)),
        ("workflow", Value::string(workflow.path.as_str())),
        ("job", job_id(workflow, deployment.place)),
        ("functions", names),
        ("images", images),
        ("pairs", Value::tuple(pairs.collect())),
        ("region", deployment.region.as_ref().map_or_else(Value::null, |region| scalar(&region.value, region.span))),
    ])
    .written_at(deployment.span)
}

fn terraform_variable(variable: &TerraformVariable) -> Value {
    Value::record([
        ("command", Value::string(variable.command.as_str())),
        ("name", written(&variable.name, variable.span)),
        ("value", text(&variable.value, variable.span)),
        ("dotted", Value::from(variable.dotted)),
    ])
    .written_at(variable.span)
}

fn named_value(named: &NamedValue) -> Value {
    Value::record([("by", Value::string(named.by.as_str())), ("values", list(&named.value, named.span))])
        .written_at(named.span)
}

fn image_queries(facts: &DeployFacts) -> Value {
    let queries = facts.image_queries.iter().map(|query| {
        let repository =
            query.repository.as_ref().map_or_else(Value::null, |repository| list(&repository.value, repository.span));
        let tags = query.tags.iter().map(|tag| list(&tag.value, tag.span));
        Value::record([("repositories", repository), ("tags", Value::tuple(tags.collect()))]).written_at(query.span)
    });
    Value::tuple(queries.collect())
}

/// One unknown for everything that may do a documented step without our seeing it.
fn hidden(workflow: &Workflow) -> Vec<Value> {
    let unknown = |reason: String, span: Span| Value::unknown(Unknown::new(Type::String, reason, Some(span)));
    let notes = workflow.notes.iter().map(|Note { span, message }| unknown(message.clone(), *span));
    let actions = workflow.events().filter_map(|(_, event)| event.action());
    let strangers = actions.filter(|action| !FAMILIAR.iter().any(|owner| action.name.starts_with(owner)));
    let strangers = strangers
        .map(|action| unknown(format!("what `{}` does is not in this repository", action.name), action.uses.span));
    notes.chain(strangers).collect()
}

/// For each two documented steps that follow each other: whether the workflow has them in that order.
fn sequence(workflow: &Workflow, facts: &DeployFacts, standard: &Standard) -> Value {
    let documented = standard.section("deploy.steps");
    let names: Vec<&Value> = documented.iter().flat_map(|steps| steps.as_items().unwrap_or(&[])).collect();
    let pairs = names.windows(2).filter_map(|pair| match pair {
        [first, second] => in_order(workflow, facts, first, second),
        _ => None,
    });
    Value::tuple(pairs.collect())
}

fn in_order(workflow: &Workflow, facts: &DeployFacts, first: &Value, second: &Value) -> Option<Value> {
    let of = |name: &Value| -> Vec<_> {
        facts.steps.iter().filter(|step| name.as_str() == Some(step.kind.name())).collect()
    };
    let (before, after) = (of(first), of(second));
    let place = after.first()?.span;
    before.first()?;
    let precedes = |place: Place| {
        let orders: Vec<Option<bool>> = before.iter().map(|step| workflow.precedes(step.place, place)).collect();
        if orders.contains(&Some(true)) {
            Some(true)
        } else if orders.contains(&None) {
            None
        } else {
            Some(false)
        }
    };
    let answers: Vec<Option<bool>> = after.iter().map(|step| precedes(step.place)).collect();
    // Every update has to come after what checks it; of other steps, one in the right place is enough.
    let holds = if second.as_str() == Some(StepKind::UpdateFunction.name()) {
        if answers.contains(&Some(false)) {
            Some(false)
        } else if answers.contains(&None) {
            None
        } else {
            Some(true)
        }
    } else if answers.contains(&Some(true)) {
        Some(true)
    } else if answers.contains(&None) {
        None
    } else {
        Some(false)
    };
    let holds = holds.map_or_else(
        || Value::unknown(Unknown::new(Type::Bool, "their jobs may run side by side", Some(place))),
        Value::from,
    );
    let fields: Fields = [("first", first.clone()), ("second", second.clone()), ("holds", holds)]
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect();
    Some(Value::object(fields).written_at(place))
}
