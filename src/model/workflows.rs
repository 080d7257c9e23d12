//! Workflows as rules see them: jobs, credentials, what is deployed, and which documented steps there are.

mod applications;
mod images;
mod named;
mod order;
mod permissions;
mod replaced;
mod targets;
mod triggers;
mod values;

use crate::source::Span;
use crate::standard::Standard;
use crate::value::{Answer, Type, Unknown, Value};
use crate::workflow::{
    Access, Credentials, DeployFacts, Deployment, LinkedJob, Place, Run, StaticCredential, TerraformVariable, Unseen,
    Workflow, deploy_facts, unseen,
};
use targets::Namer;
use values::{env, list, named, numbers, scalar, text, written};

/// What workflows are held against.
pub(crate) struct Subjects<'s> {
    /// Terraform's functions.
    pub(crate) functions: &'s [Value],
    /// The page's functions.
    pub(crate) documented: &'s [Value],
    /// An unknown for each place where Terraform may have more than was read.
    pub(crate) gaps: &'s [Value],
    /// Terraform's ECR repositories.
    pub(crate) repositories: &'s [Value],
    /// Terraform's roles.
    pub(crate) roles: &'s [Value],
    /// The regions that Terraform's providers are set to.
    pub(crate) regions: &'s [Value],
    /// Terraform's outputs.
    pub(crate) outputs: &'s [Value],
}

impl Subjects<'_> {
    fn is_documented(&self, name: &str) -> bool {
        self.documented.iter().any(|row| row.field("name").and_then(Value::as_str) == Some(name))
    }

    /// The names of all functions that Terraform or the page has, and the unknowns for those that may be missing.
    fn function_names(&self) -> Vec<Value> {
        let documented = self.documented.iter().filter_map(|row| row.field("name"));
        let own = self.functions.iter().filter_map(|function| function.field("function_name"));
        documented.chain(own).chain(self.gaps).cloned().collect()
    }

    /// Terraform's functions with their ARNs.
    fn functions_with_arns(&self) -> Vec<(Value, Value)> {
        with_arns(self.functions, "function_name")
    }

    /// What a command prints, going by its name: `terraform output -raw NAME` the root module's output.
    fn printed(&self, command: &str) -> Option<String> {
        let command = command.strip_prefix("$(terraform ")?.strip_suffix(')')?;
        let (options, name) = command.rsplit_once(' ')?;
        let mut words = options.split(' ');
        if !words.any(|word| word == "output") || !words.any(|word| matches!(word, "-raw" | "--raw")) {
            return None;
        }
        let is =
            |output: &&Value, field: &str, wanted: &str| output.field(field).and_then(Value::as_str) == Some(wanted);
        let mut found = self.outputs.iter().filter(|output| is(output, "name", name) && is(output, "module", ""));
        // Which root module the command looks at is only clear when one alone has such an output.
        let only = found.next().filter(|_| found.next().is_none())?;
        only.field("value").filter(|value| !value.sensitive)?.as_str().map(str::to_owned)
    }

    /// Terraform's repositories with their ARNs.
    fn repositories_with_arns(&self) -> Vec<(Value, Value)> {
        with_arns(self.repositories, "name")
    }

    /// Whether a word stands for a function: the page's by its app or its name, Terraform's by the end of its name.
    fn is_application(&self, word: &str) -> Answer {
        if self.documented.iter().any(|row| applications::is(row, word)) {
            return Answer::Yes;
        }
        let mut open = self.gaps.iter().find_map(Value::first_unknown).cloned();
        for name in self.functions.iter().filter_map(|function| function.field("function_name")) {
            match name.as_str() {
                Some(name)
                    if name.strip_suffix(word).is_some_and(|start| start.is_empty() || start.ends_with(['-', '_'])) =>
                {
                    return Answer::Yes;
                }
                Some(_) => {}
                None => open = open.or_else(|| name.first_unknown().cloned()),
            }
        }
        open.map_or(Answer::No, Answer::Unknown)
    }
}

fn with_arns(resources: &[Value], name: &str) -> Vec<(Value, Value)> {
    let field = |resource: &Value, name: &str| resource.field(name).cloned().unwrap_or_default();
    resources.iter().map(|resource| (field(resource, name), field(resource, "arn"))).collect()
}

/// `$.workflows`, `$.deployments`, `$.deploy`, and `$.functions` with what workflows do to them.
pub(crate) struct Workflows {
    pub(crate) workflows: Value,
    pub(crate) deployments: Value,
    pub(crate) deploy: Value,
    pub(crate) functions: Vec<Value>,
}

/// Builds all of them.
pub(crate) fn build(workflows: &[Workflow], standard: &Standard, subjects: &Subjects<'_>) -> Workflows {
    let mut all = Vec::new();
    let mut deployments = Vec::new();
    let mut image_variable = None;
    let mut by_function: Vec<Vec<Value>> = vec![Vec::new(); subjects.functions.len()];
    for workflow in workflows {
        let mut facts = deploy_facts(workflow);
        facts.fill(&|symbol| subjects.printed(symbol));
        image_variable = image_variable.or_else(|| replaced::image_variable(&facts));
        let is_deploy = is_documented(workflow, standard);
        let reader =
            Reader { workflow, facts: &facts, standard, subjects, is_deploy, called: is_called(workflow, workflows) };
        let namer = Namer::new(workflow, subjects, is_deploy);
        let own = reader.deployments();
        deployments.extend(own.iter().cloned());
        if reader.speaks() {
            replaced::by_function(workflow, &facts, &namer, subjects, &mut by_function);
        }
        all.push(reader.read(own, &namer));
    }
    let functions = subjects.functions.iter().zip(by_function);
    let functions =
        functions.map(|(function, own)| replaced::with_deployments(function, own, image_variable)).collect();
    Workflows {
        deploy: deploy(workflows, standard),
        workflows: Value::tuple(all),
        deployments: Value::tuple(deployments),
        functions,
    }
}

/// Whether a workflow is the one that the page says deploys.
fn is_documented(workflow: &Workflow, standard: &Standard) -> bool {
    let path = standard.section("deploy.workflow");
    path.is_some_and(|path| path.as_str().is_some_and(|path| path.trim_start_matches("./") == workflow.path))
}

/// `$.deploy`: the documented workflow, and whether it is there.
fn deploy(workflows: &[Workflow], standard: &Standard) -> Value {
    let path = standard.section("deploy.workflow").unwrap_or_default();
    let exists = workflows.iter().any(|workflow| is_documented(workflow, standard));
    Value::record([("workflow", path.clone()), ("exists", Value::from(exists))]).at(path.origin)
}

/// Whether a workflow only runs when others call it, and one here does: what it does is then told where it is called,
/// with the inputs that it gets.
fn is_called(workflow: &Workflow, all: &[Workflow]) -> bool {
    let only = workflow.parsed.triggers.iter().all(|trigger| trigger.name.value == "workflow_call");
    let calls = |uses: &str| uses.trim_start_matches("./") == workflow.path;
    only && all.iter().any(|other| {
        let mut jobs = other.parsed.jobs.iter();
        other.path != workflow.path && jobs.any(|job| job.uses.as_ref().is_some_and(|uses| calls(uses.text())))
    })
}

/// One workflow with what it is read by.
struct Reader<'r> {
    workflow: &'r Workflow,
    facts: &'r DeployFacts,
    standard: &'r Standard,
    subjects: &'r Subjects<'r>,
    is_deploy: bool,
    called: bool,
}

impl Reader<'_> {
    /// Whether what hangs on the workflow's inputs is told of it, rather than of those that call it.
    fn speaks(&self) -> bool {
        self.is_deploy || !self.called
    }

    fn deployments(&self) -> Vec<Value> {
        if !self.speaks() {
            return Vec::new();
        }
        let deployments = self.facts.deployments.iter();
        deployments.map(|deployment| read_deployment(self.workflow, deployment, self.subjects)).collect()
    }

    /// Facts that are told only where the workflow speaks for itself.
    fn spoken(&self, make: impl FnOnce() -> Value) -> Value {
        if self.speaks() { make() } else { Value::tuple(Vec::new()) }
    }

    fn read(&self, deployments: Vec<Value>, namer: &Namer<'_>) -> Value {
        let (workflow, facts, subjects) = (self.workflow, self.facts, self.subjects);
        let parsed = &workflow.parsed;
        let top = workflow_head(workflow);
        let events = parsed.triggers.iter().map(|trigger| written(&trigger.name.value, trigger.name.span));
        let dispatch = parsed.trigger("workflow_dispatch");
        let unseen: Vec<Value> = unseen(workflow).into_iter().map(unknown).collect();
        let kinds = facts.steps.iter().map(|step| written(step.kind.name(), step.span)).chain(unseen);
        let steps = facts.steps.iter().map(|step| {
            Value::record([("kind", Value::from(step.kind.name())), ("job", job_id(workflow, step.place))])
                .written_at(step.span)
        });
        let deploying: Vec<usize> = facts.deployments.iter().map(|deployment| deployment.place.job).collect();
        let deploys = self.is_deploy || !deployments.is_empty();
        let credentials = facts.credentials.iter().map(|credentials| self.credentials(credentials, subjects));
        let keys = facts.static_credentials.iter().map(|key| static_credential(workflow, key));
        Value::record([
            ("address", Value::string(workflow.path.as_str()).written_at(top)),
            ("file", Value::string(workflow.path.as_str()).written_at(top)),
            ("name", parsed.name.as_ref().map_or_else(Value::null, |name| written(name.text(), name.span))),
            ("on", Value::tuple(events.collect())),
            ("triggers", triggers::triggers(workflow)),
            ("dispatch", dispatch.map_or_else(Value::null, |trigger| written(&trigger.name.value, trigger.name.span))),
            ("inputs", inputs(workflow)),
            ("is_deploy", Value::from(self.is_deploy)),
            ("jobs", Value::tuple(workflow.jobs.iter().map(|linked| self.job(linked)).collect())),
            ("step_kinds", Value::tuple(kinds.collect())),
            ("steps", Value::tuple(steps.collect())),
            ("sequence", order::sequence(workflow, facts, self.standard)),
            ("credentials", Value::tuple(credentials.collect())),
            ("static_credentials", Value::tuple(keys.collect())),
            (
                "applications",
                self.spoken(|| {
                    if deploys {
                        applications::applications(workflow, &deploying, self.is_deploy, subjects)
                    } else {
                        Value::tuple(Vec::new())
                    }
                }),
            ),
            ("permissions", self.spoken(|| permissions::permissions(workflow, facts, namer, subjects))),
            ("repositories", self.spoken(|| named::repositories(facts, subjects))),
            ("regions", self.spoken(|| named::regions(facts, subjects))),
            ("deployments", Value::tuple(deployments)),
            ("terraform_variables", Value::tuple(facts.terraform_variables.iter().map(terraform_variable).collect())),
            ("images", Value::tuple(facts.images.iter().map(named).collect())),
            ("image_queries", image_queries(facts)),
        ])
        .written_at(top)
    }

    fn job(&self, linked: &LinkedJob) -> Value {
        let job = &linked.job;
        let id_token = linked.access("id-token");
        let (level, span) = match &id_token {
            Access::Write(span) => ("write", Some(*span)),
            Access::Read(span) => ("read", Some(*span)),
            Access::None(span) => ("none", Some(*span)),
            Access::Default => ("none", None),
        };
        let calls = job.uses.as_ref().map_or_else(Value::null, |uses| written(uses.text(), uses.span));
        // A timeout that hangs on an input is judged where the job is called, any other in the job's own file.
        let varies = job.timeout_minutes.as_ref().is_some_and(|timeout| timeout.text().contains("inputs."));
        let judged = if linked.called_from.is_some() { varies } else { !(varies && self.called) };
        Value::record([
            ("address", written(&job.id.value, job.id.span)),
            ("id", written(&job.id.value, job.id.span)),
            ("runs_steps", Value::from(!job.steps.is_empty())),
            ("judged_here", Value::from(judged)),
            ("timeouts", numbers(linked, job.timeout_minutes.as_ref())),
            ("id_token", written(level, span.unwrap_or(job.id.span))),
            ("uses", calls),
            ("environment", environment(linked)),
            ("commands", commands(linked)),
        ])
        .written_at(job.id.span)
    }

    fn credentials(&self, credentials: &Credentials, subjects: &Subjects<'_>) -> Value {
        let linked = self.workflow.jobs.get(credentials.place.job);
        let is_settled = |linked: &LinkedJob| environment(linked).as_unknown().is_none();
        let admitted = linked.filter(|linked| is_settled(linked)).map(|_| permissions::admitted(credentials, subjects));
        Value::record([
            ("address", job_id(self.workflow, credentials.place).written_at(credentials.span)),
            ("job", linked.map_or_else(Value::null, |linked| self.job(linked))),
            ("oidc", Value::from(credentials.is_oidc())),
            ("role", env(credentials.role.as_ref(), credentials.span)),
            ("admitted", admitted.unwrap_or_default()),
            ("region", env(credentials.region.as_ref(), credentials.span)),
        ])
        .written_at(credentials.span)
    }
}

/// The name of a job's environment; null when it has none.
fn environment(linked: &LinkedJob) -> Value {
    let name = linked.job.environment.as_ref().and_then(|environment| environment.name.as_ref());
    name.map_or_else(Value::null, |name| scalar(&linked.scope.template(name), name.span))
}

/// What stands for a workflow as a whole: its name, else its first job's id, else the start of its file.
fn workflow_head(workflow: &Workflow) -> Span {
    let name = workflow.parsed.name.as_ref().map(|name| name.span);
    let job = workflow.parsed.jobs.first().map(|job| job.id.span);
    name.or(job).unwrap_or_else(|| Span::new(workflow.file, 0, 0))
}

/// The id of a job in its own file.
fn job_id(workflow: &Workflow, place: Place) -> Value {
    workflow.jobs.get(place.job).map_or_else(Value::null, |linked| Value::string(linked.job.id.value.as_str()))
}

fn unknown(unseen: Unseen) -> Value {
    Value::unknown(Unknown::new(Type::String, unseen.reason, Some(unseen.span)))
}

/// What somebody who starts the workflow by hand can say; an unknown more where the file could not be read whole.
fn inputs(workflow: &Workflow) -> Value {
    let dispatch = workflow.parsed.trigger("workflow_dispatch");
    let inputs = dispatch.into_iter().flat_map(|trigger| &trigger.inputs).map(|input| {
        let options = input.options.iter().map(|option| written(&option.value, option.span));
        let kind = input.kind.as_ref().map_or(("string", input.name.span), |kind| (kind.value.as_str(), kind.span));
        let default = input.default.as_ref();
        let none = || Value::null().written_at(input.name.span);
        Value::record([
            ("name", written(&input.name.value, input.name.span)),
            ("type", written(kind.0, kind.1)),
            ("options", Value::tuple(options.collect())),
            ("default", default.map_or_else(none, |default| written(default.text(), default.span))),
        ])
        .written_at(input.name.span)
    });
    let unread = workflow.parsed.problems.iter().map(|problem| {
        let name = Unknown::new(Type::String, problem.message.as_str(), Some(problem.span));
        Value::record([("name", Value::unknown(name))]).written_at(problem.span)
    });
    Value::tuple(inputs.chain(unread).collect())
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

fn static_credential(workflow: &Workflow, key: &StaticCredential) -> Value {
    let job = key.job.and_then(|at| workflow.jobs.get(at));
    let address = job.map_or(workflow.path.as_str(), |linked| linked.job.id.value.as_str());
    Value::record([
        ("address", Value::string(address)),
        ("name", written(&key.name, key.span)),
        ("value", scalar(&key.value, key.span)),
    ])
    .written_at(key.span)
}

fn read_deployment(workflow: &Workflow, deployment: &Deployment, subjects: &Subjects<'_>) -> Value {
    let images = deployment.image.as_ref();
    Value::record([
        ("address", job_id(workflow, deployment.place).written_at(deployment.span)),
        ("workflow", Value::string(workflow.path.as_str())),
        ("job", job_id(workflow, deployment.place)),
        ("functions", targets::functions(deployment, subjects)),
        (
            "images",
            images.map_or_else(|| Value::null().written_at(deployment.span), |image| list(&image.value, image.span)),
        ),
        ("pairs", images::pairs(deployment, subjects)),
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

fn image_queries(facts: &DeployFacts) -> Value {
    let queries = facts.image_queries.iter().map(|query| {
        let repository =
            query.repository.as_ref().map_or_else(Value::null, |repository| list(&repository.value, repository.span));
        let tags = query.tags.iter().map(|tag| list(&tag.value, tag.span));
        Value::record([("repositories", repository), ("tags", Value::tuple(tags.collect()))]).written_at(query.span)
    });
    Value::tuple(queries.collect())
}
