//! What a workflow deploys and with which credentials: the facts that rules compare with the standard.

use std::collections::HashSet;

use super::commands::{Argument, Command, aws_call};
use super::linked::{ActionUse, EnvValue, Event, Place, Run, Workflow};
use super::possible::{Alternative, Possible};
use super::step_kinds::{Occurrence, occurrences};
use super::text::{Piece, Text};
use crate::source::Span;

/// Everything about deployments in one workflow.
#[derive(Debug, Clone, Default)]
pub struct DeployFacts {
    /// Uses of `aws-actions/configure-aws-credentials`.
    pub credentials: Vec<Credentials>,
    /// Long-lived keys, wherever they are handed over.
    pub static_credentials: Vec<StaticCredential>,
    /// Updates of a function's code.
    pub deployments: Vec<Deployment>,
    /// The documented steps that were recognised.
    pub steps: Vec<Occurrence>,
    /// Variables on the command line of Terraform.
    pub terraform_variables: Vec<TerraformVariable>,
    /// Regions that are named.
    pub regions: Vec<NamedValue>,
    /// Container images that are named.
    pub images: Vec<NamedValue>,
    /// Questions to the registry by repository and tag.
    pub image_queries: Vec<ImageQuery>,
}

/// A use of `aws-actions/configure-aws-credentials`
/// (<https://github.com/aws-actions/configure-aws-credentials#options>).
#[derive(Debug, Clone, PartialEq)]
pub struct Credentials {
    /// Where it is in the order of things.
    pub place: Place,
    /// Where it is written.
    pub span: Span,
    /// `role-to-assume`
    pub role: Option<EnvValue>,
    /// `aws-region`
    pub region: Option<EnvValue>,
    /// `aws-access-key-id`
    pub access_key_id: Option<EnvValue>,
    /// `aws-secret-access-key`
    pub secret_access_key: Option<EnvValue>,
}

impl Credentials {
    /// Whether it exchanges the job's token for credentials: a role, and no keys.
    #[must_use]
    pub fn is_oidc(&self) -> bool {
        self.role.is_some() && self.access_key_id.is_none() && self.secret_access_key.is_none()
    }
}

/// A key that does not expire by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct StaticCredential {
    /// The input or variable that holds it.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// What it can be; a secret is a text such as `${secrets.KEY}`.
    pub value: Possible,
    /// The job; `None` for the `env` of the workflow.
    pub job: Option<usize>,
}

/// One update of a function's code.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployment {
    /// Where it is in the order of things.
    pub place: Place,
    /// Where it is written.
    pub span: Span,
    /// The functions it can be of.
    pub function: Option<Argument>,
    /// The images it can deploy; `None` for a zip file.
    pub image: Option<Argument>,
    /// `--region`
    pub region: Option<Argument>,
    /// Each function with the images that it can get: only what can be so at the same time.
    pub pairs: Vec<(Alternative, Alternative)>,
    /// Whether it runs whenever its step does.
    pub unconditional: bool,
}

/// A variable given to Terraform on its command line.
#[derive(Debug, Clone, PartialEq)]
pub struct TerraformVariable {
    /// Where it is in the order of things.
    pub place: Place,
    /// Where the option is written.
    pub span: Span,
    /// `plan`, `apply` …
    pub command: String,
    /// What stands before the `=`.
    pub name: String,
    /// What stands after it.
    pub value: Text,
    /// Whether the name has a dot, which Terraform refuses
    /// (<https://developer.hashicorp.com/terraform/language/values/variables#variables-on-the-command-line>).
    pub dotted: bool,
}

/// A value that is named somewhere in a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedValue {
    /// What names it: an input, a variable, an option, a command.
    pub by: String,
    /// Where.
    pub span: Span,
    /// Everything it can be.
    pub value: Possible,
    /// The job; `None` for the `env` of the workflow.
    pub job: Option<usize>,
    /// The event that names it; `None` for an `env`.
    pub place: Option<Place>,
}

/// A question to the registry: `aws ecr describe-images --repository-name R --image-ids imageTag=T`.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageQuery {
    /// Where it is in the order of things.
    pub place: Place,
    /// Where it is written.
    pub span: Span,
    /// `--repository-name`
    pub repository: Option<Argument>,
    /// The tags that are asked for.
    pub tags: Vec<Argument>,
}

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
        if REGION_NAMES.contains(&name) {
            self.regions.push(NamedValue { by: name.to_owned(), span, value: value.clone(), job, place });
        }
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
            if one.given.and(&other.given).is_some() && seen.insert((&one.text, &other.text)) {
                pairs.push((one.clone(), other.clone()));
            }
        }
    }
    pairs
}

/// The tag of `imageTag=T`, as one of `--image-ids`.
fn tag_of(word: &Argument) -> Option<Argument> {
    let each = word.value.known.iter().map(|one| {
        let (name, tag) = one.text.split_once('=')?;
        (name.as_known() == Some("imageTag")).then(|| Alternative { text: tag, ..one.clone() })
    });
    let mut value = Possible::any(each.collect::<Option<Vec<_>>>()?);
    value.complete = word.value.complete;
    value.why_incomplete.clone_from(&word.value.why_incomplete);
    Some(Argument { span: word.span, value })
}

/// The lines of a list such as `tags:`, each with everything it can be.
fn split_list(list: &Possible) -> Vec<Possible> {
    let mut columns: Vec<Vec<Alternative>> = Vec::new();
    for one in &list.known {
        let mut rest = Some(one.text.clone());
        let mut number = 0;
        while let Some(text) = rest {
            let (line, more) = match text.split_once('\n') {
                Some((line, more)) => (line, Some(more)),
                None => (text, None),
            };
            rest = more;
            if line.pieces().is_empty() {
                continue;
            }
            if columns.len() == number {
                columns.push(Vec::new());
            }
            if let Some(column) = columns.get_mut(number) {
                column.push(Alternative { text: line, ..one.clone() });
            }
            number += 1;
        }
    }
    columns.into_iter().map(Possible::any).collect()
}

/// The repository and the tag of an image, `registry/repository:tag`; a digest is no tag.
#[must_use]
pub fn split_image(image: &Text) -> (Text, Option<Text>) {
    let named = image.split_once('@').map_or_else(|| image.clone(), |(name, _)| name);
    match named.rsplit_once(':') {
        // The colon of `localhost:5000/x` is that of a port.
        Some((repository, tag)) if !tag.contains("/") => (repository, Some(tag)),
        _ => (named, None),
    }
}

/// The name in what `--function-name` takes: a name, or an ARN, either with a version or alias
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html>).
#[must_use]
pub fn function_name(text: &Text) -> Text {
    let mut name = text.clone();
    if name.prefix().starts_with("arn:") || text.contains(":function:") {
        // Piece by piece up to `:function:`, which is in a known one.
        let mut after = None;
        let mut pieces = text.pieces().iter();
        for piece in pieces.by_ref() {
            if let Piece::Known(known) = piece
                && let Some((_, rest)) = known.split_once(":function:")
            {
                after = Some(Text::known(rest));
                break;
            }
        }
        if let Some(mut after) = after {
            for piece in pieces {
                after.append(&match piece {
                    Piece::Known(known) => Text::known(known),
                    Piece::Unknown(symbol) => Text::unknown(symbol),
                });
            }
            name = after;
        }
    }
    match name.split_once(':') {
        Some((bare, _)) => bare,
        None => name,
    }
}
