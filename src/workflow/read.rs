//! YAML to typed workflows and composite actions. One file at a time: nothing is followed here.

use std::sync::Arc;

use super::types::{
    Concurrency, Defaults, Environment, Input, Job, Matrix, Note, Pair, ParsedAction, ParsedWorkflow, Permissions,
    Step, Template, Trigger,
};
use crate::source::{FileId, Span, Spanned};
use crate::syntax::yaml::{self, Kind, Node, Resolved};
use crate::syntax::{SyntaxProblem, shell};

/// Reads one workflow file.
#[must_use]
pub fn parse_workflow(file: FileId, text: &str) -> ParsedWorkflow {
    let (node, problems) = yaml::parse(file, text);
    let mut reader = Reader::new(problems);
    let mut workflow = ParsedWorkflow {
        file,
        name: None,
        triggers: Vec::new(),
        permissions: None,
        env: Vec::new(),
        defaults: Defaults::default(),
        concurrency: None,
        jobs: Vec::new(),
        problems: Vec::new(),
        notes: Vec::new(),
    };
    match &node {
        Some(root) if matches!(root.kind, Kind::Mapping(_)) => reader.workflow(root, &mut workflow),
        Some(root) => reader.problem(root.span, "a workflow is a mapping with `on` and `jobs`"),
        None if reader.problems.is_empty() => {
            reader.problem(Span::new(file, 0, 0), "the workflow is empty");
        }
        None => {}
    }
    workflow.problems = reader.problems;
    workflow.notes = reader.notes;
    workflow
}

/// Reads one `action.yml`.
#[must_use]
pub fn parse_action(file: FileId, text: &str) -> ParsedAction {
    let (node, problems) = yaml::parse(file, text);
    let mut reader = Reader::new(problems);
    let mut action = ParsedAction {
        file,
        name: None,
        inputs: Vec::new(),
        outputs: Vec::new(),
        using: None,
        steps: Vec::new(),
        problems: Vec::new(),
        notes: Vec::new(),
    };
    if let Some(root) = &node {
        action.name = reader.template_at(root, "name");
        action.inputs = reader.inputs(root.get("inputs"));
        action.outputs = reader.valued_outputs(root.get("outputs"));
        match root.get("runs") {
            Some(runs) => {
                action.using = reader.text_at(runs, "using");
                // The steps of a composite action must say their shell.
                let steps = runs.get("steps").map_or(&[][..], Node::items);
                action.steps = steps.iter().map(|node| Arc::new(reader.step(node, None))).collect();
            }
            None => reader.problem(root.span.head(), "an action says what it `runs`"),
        }
    }
    action.problems = reader.problems;
    action.notes = reader.notes;
    action
}

struct Reader {
    problems: Vec<SyntaxProblem>,
    notes: Vec<Note>,
}

impl Reader {
    fn new(problems: Vec<SyntaxProblem>) -> Self {
        Self { problems, notes: Vec::new() }
    }

    fn problem(&mut self, span: Span, message: &str) {
        self.problems.push(SyntaxProblem { span, message: message.to_owned(), help: None });
    }

    fn note(&mut self, span: Span, message: impl Into<String>) {
        self.notes.push(Note { span, message: message.into(), hides: false });
    }

    /// Notes a place where commands may run that are not seen.
    fn hidden(&mut self, span: Span, message: impl Into<String>) {
        self.notes.push(Note { span, message: message.into(), hides: true });
    }

    fn workflow(&mut self, root: &Node, workflow: &mut ParsedWorkflow) {
        for entry in root.entries() {
            let value = &entry.value;
            match entry.key.text() {
                Some("name") => workflow.name = self.template(value),
                Some("on") => workflow.triggers = self.triggers(value),
                Some("permissions") => workflow.permissions = self.permissions(value),
                Some("env") => workflow.env = self.pairs(value),
                Some("defaults") => workflow.defaults = self.defaults(value),
                Some("concurrency") => workflow.concurrency = self.concurrency(value),
                Some("jobs" | "run-name") => {}
                _ => self.unknown_key(&entry.key, "a workflow"),
            }
        }
        match root.get("jobs") {
            Some(jobs) if matches!(jobs.kind, Kind::Mapping(_)) => {
                workflow.jobs = jobs
                    .entries()
                    .iter()
                    .filter_map(|entry| self.job(entry, &workflow.defaults).map(Arc::new))
                    .collect();
            }
            Some(jobs) => self.problem(jobs.span, "`jobs` is a mapping of job ids to jobs"),
            None => self.problem(root.span.head(), "a workflow has `jobs`"),
        }
        if root.get("on").is_none() {
            self.problem(root.span.head(), "a workflow says `on` which events it runs");
        }
    }

    fn unknown_key(&mut self, key: &Node, of: &str) {
        let name = key.text().unwrap_or("?");
        self.note(key.span, format!("`{name}` is no key of {of} that is known here"));
    }

    /// A scalar; anything else is noted and left out.
    fn template(&mut self, node: &Node) -> Option<Template> {
        match node.scalar() {
            Some(scalar) => Some(Template { span: node.span, scalar: scalar.clone() }),
            None => {
                self.note(node.span, "a text, number or boolean belongs here");
                None
            }
        }
    }

    fn template_at(&mut self, node: &Node, key: &str) -> Option<Template> {
        node.get(key).and_then(|value| self.template(value))
    }

    fn text(&mut self, node: &Node) -> Option<Spanned<String>> {
        self.template(node).map(|template| Spanned::new(template.text().to_owned(), template.span))
    }

    fn text_at(&mut self, node: &Node, key: &str) -> Option<Spanned<String>> {
        node.get(key).and_then(|value| self.text(value))
    }

    /// A list of texts, or one text alone.
    fn texts(&mut self, node: &Node) -> Vec<Spanned<String>> {
        match &node.kind {
            Kind::Sequence(items) => items.iter().filter_map(|item| self.text(item)).collect(),
            Kind::Scalar(_) if node.is_null() => Vec::new(),
            Kind::Scalar(_) => self.text(node).into_iter().collect(),
            Kind::Mapping(_) => {
                self.note(node.span, "a text or a list of texts belongs here");
                Vec::new()
            }
        }
    }

    fn pairs(&mut self, node: &Node) -> Vec<Pair> {
        if node.scalar().is_some() && !node.is_null() {
            self.note(node.span, "a computed mapping is not followed");
        }
        let entries = node.entries().iter();
        entries
            .filter_map(|entry| Some(Pair { name: self.text(&entry.key)?, value: self.template(&entry.value)? }))
            .collect()
    }

    fn pairs_at(&mut self, node: &Node, key: &str) -> Vec<Pair> {
        node.get(key).map_or_else(Vec::new, |value| self.pairs(value))
    }

    fn triggers(&mut self, node: &Node) -> Vec<Trigger> {
        match &node.kind {
            Kind::Mapping(entries) => entries
                .iter()
                .filter_map(|entry| {
                    let name = self.text(&entry.key)?;
                    Some(self.trigger(name, &entry.value))
                })
                .collect(),
            _ => {
                let names = self.texts(node).into_iter();
                names
                    .map(|name| Trigger { name, filters: Vec::new(), inputs: Vec::new(), outputs: Vec::new() })
                    .collect()
            }
        }
    }

    fn trigger(&mut self, name: Spanned<String>, body: &Node) -> Trigger {
        let mut filters = Vec::new();
        for entry in body.entries() {
            let Some(key) = self.text(&entry.key) else {
                continue;
            };
            if !matches!(key.value.as_str(), "inputs" | "outputs" | "secrets") {
                filters.push((key, self.texts(&entry.value)));
            }
        }
        // `schedule:` is a list of `- cron: …`.
        for item in body.items() {
            for entry in item.entries() {
                if let Some(key) = self.text(&entry.key) {
                    filters.push((key, self.texts(&entry.value)));
                }
            }
        }
        Trigger {
            name,
            filters,
            inputs: self.inputs(body.get("inputs")),
            outputs: self.valued_outputs(body.get("outputs")),
        }
    }

    fn inputs(&mut self, node: Option<&Node>) -> Vec<Input> {
        let entries = node.map_or(&[][..], Node::entries).iter();
        entries
            .filter_map(|entry| {
                let body = &entry.value;
                Some(Input {
                    name: self.text(&entry.key)?,
                    kind: self.text_at(body, "type"),
                    options: body.get("options").map_or_else(Vec::new, |list| self.texts(list)),
                    default: self.template_at(body, "default"),
                    required: body.get("required").and_then(|node| self.boolean(node)),
                    description: self.text_at(body, "description"),
                })
            })
            .collect()
    }

    fn boolean(&mut self, node: &Node) -> Option<Spanned<bool>> {
        let value = match node.scalar()?.resolve() {
            Resolved::Bool(value) => value,
            // `required: 'true'` is written as often, and works.
            Resolved::Text if node.text() == Some("true") => true,
            Resolved::Text if node.text() == Some("false") => false,
            _ => {
                self.note(node.span, "`true` or `false` belongs here");
                return None;
            }
        };
        Some(Spanned::new(value, node.span))
    }

    /// Outputs that are written as `name: { value: … }`.
    fn valued_outputs(&mut self, node: Option<&Node>) -> Vec<Pair> {
        let entries = node.map_or(&[][..], Node::entries).iter();
        entries
            .filter_map(|entry| {
                Some(Pair { name: self.text(&entry.key)?, value: self.template_at(&entry.value, "value")? })
            })
            .collect()
    }

    fn permissions(&mut self, node: &Node) -> Option<Permissions> {
        let mut permissions = Permissions { span: node.span, all: None, scopes: Vec::new() };
        match &node.kind {
            Kind::Scalar(_) if node.is_null() => {}
            Kind::Scalar(_) => permissions.all = self.text(node),
            Kind::Mapping(entries) => {
                for entry in entries {
                    if let (Some(scope), Some(level)) = (self.text(&entry.key), self.text(&entry.value)) {
                        permissions.scopes.push((scope, level));
                    }
                }
            }
            Kind::Sequence(_) => {
                self.note(node.span, "`permissions` is a word or a mapping");
                return None;
            }
        }
        Some(permissions)
    }

    fn defaults(&mut self, node: &Node) -> Defaults {
        let Some(run) = node.get("run") else {
            return Defaults::default();
        };
        Defaults {
            shell: self.template_at(run, "shell"),
            working_directory: self.template_at(run, "working-directory"),
        }
    }

    fn concurrency(&mut self, node: &Node) -> Option<Concurrency> {
        let mapped = matches!(node.kind, Kind::Mapping(_));
        Some(Concurrency {
            span: node.span,
            group: if mapped { self.template_at(node, "group") } else { Some(self.template(node)?) },
            cancel_in_progress: self.template_at(node, "cancel-in-progress"),
        })
    }

    fn environment(&mut self, node: &Node) -> Option<Environment> {
        let mapped = matches!(node.kind, Kind::Mapping(_));
        Some(Environment {
            span: node.span,
            name: if mapped { self.template_at(node, "name") } else { Some(self.template(node)?) },
            url: self.template_at(node, "url"),
        })
    }

    fn runs_on(&mut self, node: &Node) -> Vec<Template> {
        match &node.kind {
            Kind::Scalar(_) => self.template(node).into_iter().collect(),
            Kind::Sequence(items) => items.iter().filter_map(|item| self.template(item)).collect(),
            Kind::Mapping(_) => node.get("labels").map_or_else(Vec::new, |labels| self.runs_on_labels(labels)),
        }
    }

    fn runs_on_labels(&mut self, labels: &Node) -> Vec<Template> {
        match &labels.kind {
            Kind::Mapping(_) => Vec::new(),
            Kind::Sequence(items) => items.iter().filter_map(|item| self.template(item)).collect(),
            Kind::Scalar(_) => self.template(labels).into_iter().collect(),
        }
    }

    fn matrix(&mut self, node: &Node) -> Option<Matrix> {
        if node.scalar().is_some() {
            return Some(Matrix::Computed(self.template(node)?));
        }
        let mut dimensions = Vec::new();
        for entry in node.entries() {
            let Some(name) = self.text(&entry.key) else {
                continue;
            };
            if !matches!(name.value.as_str(), "include" | "exclude") {
                dimensions.push((name, entry.value.clone()));
            }
        }
        Some(Matrix::Written {
            span: node.span,
            dimensions,
            include: node.get("include").cloned(),
            exclude: node.get("exclude").cloned(),
        })
    }

    fn job(&mut self, entry: &yaml::Entry, workflow: &Defaults) -> Option<Job> {
        let id = self.text(&entry.key)?;
        let body = &entry.value;
        if !matches!(body.kind, Kind::Mapping(_)) {
            self.problem(body.span, "a job is a mapping");
            return None;
        }
        let mut job = Job {
            id,
            span: body.span,
            name: None,
            runs_on: Vec::new(),
            needs: Vec::new(),
            condition: None,
            environment: None,
            timeout_minutes: None,
            matrix: None,
            permissions: None,
            outputs: Vec::new(),
            env: Vec::new(),
            defaults: Defaults::default(),
            concurrency: None,
            continue_on_error: None,
            uses: None,
            with: Vec::new(),
            steps: Vec::new(),
        };
        for entry in body.entries() {
            let value = &entry.value;
            match entry.key.text() {
                Some("name") => job.name = self.template(value),
                Some("runs-on") => job.runs_on = self.runs_on(value),
                Some("needs") => job.needs = self.texts(value),
                Some("if") => job.condition = self.template(value),
                Some("environment") => job.environment = self.environment(value),
                Some("timeout-minutes") => job.timeout_minutes = self.template(value),
                Some("strategy") => {
                    job.matrix = value.get("matrix").and_then(|matrix| self.matrix(matrix));
                }
                Some("permissions") => job.permissions = self.permissions(value),
                Some("outputs") => job.outputs = self.pairs(value),
                Some("env") => job.env = self.pairs(value),
                Some("defaults") => job.defaults = self.defaults(value),
                Some("concurrency") => job.concurrency = self.concurrency(value),
                Some("continue-on-error") => job.continue_on_error = self.template(value),
                Some("uses") => job.uses = self.template(value),
                Some("with") => job.with = self.pairs(value),
                Some("steps" | "secrets" | "container" | "services" | "snapshot") => {}
                _ => self.unknown_key(&entry.key, "a job"),
            }
        }
        let shell = job.defaults.shell.as_ref().or(workflow.shell.as_ref());
        let shell = shell.map_or_else(|| default_shell(&job.runs_on), |shell| Some(shell.text()));
        if let Some(steps) = body.get("steps") {
            if !matches!(steps.kind, Kind::Sequence(_)) {
                self.problem(steps.span, "`steps` is a list");
            }
            job.steps = steps.items().iter().map(|node| Arc::new(self.step(node, shell))).collect();
        }
        Some(job)
    }

    /// A step; `shell` is what runs its script unless it says so itself.
    fn step(&mut self, node: &Node, shell: Option<&str>) -> Step {
        if !matches!(node.kind, Kind::Mapping(_)) {
            self.problem(node.span, "a step is a mapping");
        }
        let mut step = Step {
            span: node.span,
            id: self.text_at(node, "id"),
            name: self.template_at(node, "name"),
            condition: self.template_at(node, "if"),
            uses: self.template_at(node, "uses"),
            with: self.pairs_at(node, "with"),
            run: self.template_at(node, "run"),
            script: None,
            shell: self.template_at(node, "shell"),
            env: self.pairs_at(node, "env"),
            working_directory: self.template_at(node, "working-directory"),
            timeout_minutes: self.template_at(node, "timeout-minutes"),
            continue_on_error: self.template_at(node, "continue-on-error"),
        };
        if let Some(run) = &step.run {
            let shell = step.shell.as_ref().map(Template::text).or(shell).unwrap_or("bash");
            if is_posix_shell(shell) {
                let script = shell::parse(run.text(), &run.scalar.offsets);
                for problem in &script.problems {
                    let message = format!("could not read script: {}", problem.message);
                    self.hidden(problem.span, message);
                }
                step.script = Some(Arc::new(script));
            } else {
                let program = shell.split_whitespace().next().unwrap_or(shell);
                self.hidden(run.span, format!("a script for `{program}` is not read"));
            }
        }
        step
    }
}

/// Windows runners run scripts in PowerShell unless told otherwise
/// (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#defaultsrunshell>).
fn default_shell(runs_on: &[Template]) -> Option<&'static str> {
    runs_on.iter().any(|label| label.text().to_ascii_lowercase().contains("windows")).then_some("pwsh")
}

/// Whether `shell:` names bash or sh, with or without a path and options; a computed one may.
fn is_posix_shell(shell: &str) -> bool {
    let program = shell.split_whitespace().next().unwrap_or("");
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    matches!(name, "bash" | "sh" | "bash.exe" | "") || program.starts_with("${{")
}
