//! What a workflow deploys and with which credentials: the facts that rules compare with the standard.

mod calls;
mod facts;
mod naming;

use std::collections::HashSet;

pub use calls::{ApiCall, CallTarget};
pub use facts::{Credentials, DeployFacts, Deployment, ImageQuery, NamedValue, StaticCredential, TerraformVariable};
pub use naming::{function_name, split_image};

use calls::api_call;
use naming::{split_list, tag_of};

use super::commands::{Argument, Command, aws_call};
use super::linked::{ActionUse, EnvValue, Event, Place, Run, Workflow};
use super::possible::{Alternative, Possible};
use super::step_kinds::occurrences;
use super::text::Text;
use crate::source::Span;

/// Names that hold keys.
const KEY_NAMES: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
/// Variables that set the region
/// (<https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html>).
const REGION_NAMES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
/// Actions that update a function, with their inputs for its name and its image.
const DEPLOY_ACTIONS: [(&str, &str, &str); 2] = [
    ("aws-actions/aws-lambda-deploy", "function-name", "image-uri"),
    ("appleboy/lambda-action", "function_name", "image_uri"),
];

/// Finds the facts of one workflow.
#[must_use]
pub fn deploy_facts(workflow: &Workflow) -> DeployFacts {
    let mut facts = DeployFacts { steps: occurrences(workflow), ..DeployFacts::default() };
    facts.environment(&workflow.env, None);
    for (index, job) in workflow.jobs.iter().enumerate() {
        facts.environment(&job.env, Some(index));
        for step in &job.steps {
            facts.environment(&step.env, Some(index));
        }
        for (_, assigned) in &job.assigned {
            facts.variable(&assigned.name, assigned.span, &assigned.value, Some(index), None);
        }
    }
    for (place, event) in workflow.events() {
        match &event.run {
            Run::Command(command) => facts.command(place, command),
            Run::Action(action) => facts.action(place, event, action),
        }
    }
    facts
}

impl DeployFacts {
    fn environment(&mut self, env: &[EnvValue], job: Option<usize>) {
        for value in env {
            self.variable(&value.name.value, value.span, &value.value, job, None);
        }
    }

    fn variable(&mut self, name: &str, span: Span, value: &Possible, job: Option<usize>, place: Option<Place>) {
        if KEY_NAMES.contains(&name) {
            self.key(name, span, value, job);
        }
        let named = |by: &str| NamedValue { by: by.to_owned(), span, value: value.clone(), job, place };
        if REGION_NAMES.contains(&name) {
            self.regions.push(named(name));
        }
        self.terraform_environment.extend(name.strip_prefix("TF_VAR_").map(named));
    }

    fn key(&mut self, name: &str, span: Span, value: &Possible, job: Option<usize>) {
        if value.known.iter().any(|one| is_lasting(&one.text)) {
            self.static_credentials.push(StaticCredential { name: name.to_owned(), span, value: value.clone(), job });
        }
    }

    fn command(&mut self, place: Place, command: &Command) {
        let job = Some(place.job);
        for assigned in &command.assignments {
            self.variable(&assigned.name, assigned.span, &assigned.value, job, Some(place));
        }
        match command.program() {
            Some("aws") => self.aws(place, command),
            Some("terraform" | "tofu") => self.terraform(place, command),
            Some("docker" | "podman" | "skopeo" | "crane") => self.docker(place, command),
            _ => {}
        }
    }

    fn aws(&mut self, place: Place, command: &Command) {
        let Some(call) = aws_call(command) else {
            return;
        };
        let region = call.option("--region").cloned();
        if let Some(region) = &region {
            self.named("--region", region, place);
        }
        self.calls.extend(api_call(place, command, &call));
        if call.is(&["lambda", "update-function-code"]) {
            let function = call.option("--function-name").cloned();
            let image = call.option("--image-uri").cloned();
            if let Some(image) = &image {
                self.image("--image-uri", image, place);
            }
            self.deployments.push(Deployment {
                place,
                span: command.span,
                pairs: together(function.as_ref(), image.as_ref()),
                function,
                image,
                region,
                unconditional: command.is_unconditional(),
            });
        } else if call.is(&["ecr"]) && call.option("--repository-name").is_some() {
            let ids = call.options.iter().filter(|option| option.name == "--image-ids");
            let tags = ids.flat_map(|option| &option.values).filter_map(tag_of);
            self.image_queries.push(ImageQuery {
                place,
                span: command.span,
                repository: call.option("--repository-name").cloned(),
                tags: tags.collect(),
            });
        } else if call.words.first().is_some_and(|word| word == "configure")
            && let Some(at) = command.words.iter().position(|word| word.is("set"))
            && let (Some(name), Some(value)) = (command.words.get(at + 1), command.words.get(at + 2))
            && let Some(key) = name.value.single().map(str::to_ascii_uppercase)
        {
            self.variable(&key, value.span, &value.value, Some(place.job), Some(place));
        }
    }

    fn named(&mut self, by: &str, argument: &Argument, place: Place) {
        self.regions.push(NamedValue {
            by: by.to_owned(),
            span: argument.span,
            value: argument.value.clone(),
            job: Some(place.job),
            place: Some(place),
        });
    }

    fn image(&mut self, by: &str, argument: &Argument, place: Place) {
        self.images.push(NamedValue {
            by: by.to_owned(),
            span: argument.span,
            value: argument.value.clone(),
            job: Some(place.job),
            place: Some(place),
        });
    }

    fn terraform(&mut self, place: Place, command: &Command) {
        let words = command.effective().get(1..).unwrap_or(&[]);
        let name = words.iter().find(|word| !word.is_option()).and_then(|word| word.value.single());
        let Some(name @ ("plan" | "apply" | "destroy" | "refresh" | "import" | "console")) = name else {
            return;
        };
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            // `-var a=b`, `-var=a=b`, and both with two dashes.
            let given = if word.is("-var") || word.is("--var") {
                rest.next().map(|next| (next.span, next.value.clone(), false))
            } else {
                let joined = word.value.known.iter().any(|one| {
                    let text = one.text.prefix();
                    text.starts_with("-var=") || text.starts_with("--var=")
                });
                joined.then(|| (word.span, word.value.clone(), true))
            };
            let Some((span, value, joined)) = given else {
                continue;
            };
            for one in &value.known {
                let text = if joined { one.text.split_once('=').map(|(_, rest)| rest) } else { Some(one.text.clone()) };
                let pair = text.and_then(|text| text.split_once('='));
                if let Some((variable, value)) = pair
                    && let Some(variable) = variable.as_known()
                {
                    self.terraform_variables.push(TerraformVariable {
                        place,
                        span,
                        command: name.to_owned(),
                        name: variable.to_owned(),
                        value,
                        dotted: variable.contains('.'),
                    });
                }
            }
        }
    }

    fn docker(&mut self, place: Place, command: &Command) {
        let words = command.effective();
        let by = words.iter().take(2).filter_map(|word| word.value.single()).collect::<Vec<_>>().join(" ");
        let mut rest = words.iter().skip(1).peekable();
        let operation = rest.peek().and_then(|word| word.value.single()).unwrap_or("");
        // What is pushed or asked for stands alone; what is built is tagged by an option.
        let plain = matches!(operation, "push" | "pull" | "tag" | "manifest" | "inspect" | "digest");
        while let Some(word) = rest.next() {
            if word.is("-t") || word.is("--tag") {
                if let Some(image) = rest.next() {
                    self.image(&by, image, place);
                }
            } else if plain && !word.is_option() && word.value.single().is_none_or(|text| text.contains([':', '/'])) {
                self.image(&by, word, place);
            }
        }
    }

    fn action(&mut self, place: Place, event: &Event, action: &ActionUse) {
        let name = action.name.to_ascii_lowercase();
        if name == "aws-actions/configure-aws-credentials" {
            let credentials = Credentials {
                place,
                span: event.span(),
                role: action.input("role-to-assume").cloned(),
                region: action.input("aws-region").cloned(),
                access_key_id: action.input("aws-access-key-id").cloned(),
                secret_access_key: action.input("aws-secret-access-key").cloned(),
            };
            if let Some(region) = &credentials.region {
                self.named("aws-region", &argument(region), place);
            }
            for key in [&credentials.access_key_id, &credentials.secret_access_key].into_iter().flatten() {
                self.key(&key.name.value, key.span, &key.value, Some(place.job));
            }
            self.credentials.push(credentials);
        }
        if let Some((_, function, image)) = DEPLOY_ACTIONS.iter().find(|(known, _, _)| *known == name) {
            let function = action.input(function).map(argument);
            let image = action.input(image).map(argument);
            if let Some(image) = &image {
                self.image(&name, image, place);
            }
            self.calls.extend(function.clone().map(|name| ApiCall {
                place,
                span: event.span(),
                action: "lambda:UpdateFunctionCode".to_owned(),
                target: CallTarget::Function,
                name,
            }));
            self.deployments.push(Deployment {
                place,
                span: event.span(),
                pairs: together(function.as_ref(), image.as_ref()),
                function,
                image,
                region: action.input("aws-region").or(action.input("aws_region")).map(argument),
                unconditional: true,
            });
        }
        if name == "docker/build-push-action"
            && let Some(tags) = action.input("tags")
        {
            for value in split_list(&tags.value) {
                self.images.push(NamedValue {
                    by: name.clone(),
                    span: tags.span,
                    value,
                    job: Some(place.job),
                    place: Some(place),
                });
            }
        }
    }
}

fn argument(value: &EnvValue) -> Argument {
    Argument { span: value.span, value: value.value.clone() }
}

/// Whether a key is written out or kept in a secret; what a step or a program hands over expires.
fn is_lasting(text: &Text) -> bool {
    match text.as_unknown() {
        Some(symbol) => ["secrets.", "vars.", "inputs.", "env."].iter().any(|kept| symbol.starts_with(kept)),
        None => text.as_known().is_some_and(|text| !text.is_empty()),
    }
}

/// The functions and images that can be so at the same time.
fn together(function: Option<&Argument>, image: Option<&Argument>) -> Vec<(Alternative, Alternative)> {
    let (Some(function), Some(image)) = (function, image) else {
        return Vec::new();
    };
    let mut pairs: Vec<(Alternative, Alternative)> = Vec::new();
    let mut seen = HashSet::new();
    for one in &function.value.known {
        for other in &image.value.known {
            let Some(given) = one.given.and(&other.given) else {
                continue;
            };
            // What the one presupposes may fill in the other's unknown pieces.
            let both = |one: &Alternative| Alternative { text: one.text.under(&given), ..one.clone() };
            let (function, image) = (both(one), both(other));
            if seen.insert((function.text.clone(), image.text.clone())) {
                pairs.push((function, image));
            }
        }
    }
    pairs
}
