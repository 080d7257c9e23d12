//! The whole way from files to a report.

use std::sync::Arc;

use crate::eval::Budget;
use crate::model::{Facts, Model, Sections};
use crate::report::{Failure, Places, Report, Severity, SeverityOrOff, Skipped, sorted};
use crate::rules::load::{Loaded, PageText, load_beside};
use crate::rules::{Rule, RuleError, Runner, pack};
use crate::source::{Reader, SourceProvider, Sources};
use crate::standard::{self, ConfigError, FILE_NAME, Root, Standard};
use crate::terraform::{Configuration, Inputs, Override, Problem, World};
use crate::value::Value;
use crate::workflow::{self, Workflow};

/// What to check, and with what.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Path of the configuration; by default `trysquare.hcl` in the root, if it is there.
    pub config: Option<String>,
    /// Variables set on the command line.
    pub variables: Vec<Override>,
    /// Files of variables, relative to the workspace root.
    pub var_files: Vec<String>,
    /// Path and text of the only rule page to run, instead of the embedded pack.
    pub only: Option<(String, String)>,
}

/// A report and the files that it speaks of.
pub struct Checked {
    /// What was found.
    pub report: Report,
    /// The files that were read.
    pub sources: Sources,
}

/// Checks a workspace.
#[must_use]
pub fn check(provider: &dyn SourceProvider, options: &Options) -> Checked {
    let mut report = Report::default();
    let reader = Reader::new(provider);
    let pages = pages(&reader, options);
    let own = pages.len();
    // A check is as long as its longest thread, and reading the rules depends on nothing else.
    let texts: Vec<(String, Arc<str>)> = pages.iter().map(|page| (page.path.clone(), Arc::clone(&page.text))).collect();
    let (loaded, built) = load_beside(pages, || build(&reader, options, |standard| mentioned(&texts, standard)));
    let result = built.map(|built| {
        let run = Run { reader: &reader, options, built: &built };
        run.rules(&loaded, &mut report);
        Counts { files: reader.sources().len() - own, ..built.counts }
    });
    match result {
        Ok(counts) => {
            report.summary.resources = counts.resources;
            report.summary.workflows = counts.workflows;
            report.summary.files = counts.files;
        }
        Err(errors) => {
            let sources = reader.sources();
            report.failures.extend(errors.iter().map(|error| config_failure(error, Places::new(&sources))));
        }
    }
    Checked { report: sorted(report), sources: reader.into_sources() }
}

/// Everything that rules see, as one value.
///
/// # Errors
/// When the configuration is wrong.
pub fn model(provider: &dyn SourceProvider, options: &Options) -> Result<(Value, Sources), Box<Checked>> {
    let reader = Reader::new(provider);
    match build(&reader, options, |_| Sections::all()) {
        Ok(built) => Ok((built.model.value, reader.into_sources())),
        Err(errors) => {
            let mut report = Report::default();
            {
                let sources = reader.sources();
                report.failures = errors.iter().map(|error| config_failure(error, Places::new(&sources))).collect();
            }
            Err(Box::new(Checked { report, sources: reader.into_sources() }))
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    resources: usize,
    workflows: usize,
    files: usize,
}

/// What a check decides on.
struct Built {
    standard: Standard,
    model: Model,
    budget: Budget,
    counts: Counts,
}

/// Reads and evaluates everything but the rules.
fn build(
    reader: &Reader<'_>,
    options: &Options,
    sections: impl FnOnce(&Standard) -> Sections,
) -> Result<Built, Vec<ConfigError>> {
    let budget = Budget::new();
    let standard = read_standard(reader, options, &budget)?;
    let roots: Option<Vec<String>> =
        standard.roots.as_ref().map(|roots| roots.iter().map(|root| root.dir.clone()).collect());
    if let Some(missing) = roots.iter().flatten().find(|dir| reader.names_in(dir).is_empty()) {
        let message =
            format!("{FILE_NAME} names the root module `{missing}`, and there are no files in that directory");
        return Err(vec![ConfigError {
            message,
            span: None,
            help: Some("paths count from the directory of the repository".to_owned()),
        }]);
    }
    let configuration = Configuration::load(reader, roots.as_deref());
    let plain_roots: Vec<Root> =
        configuration.roots.iter().map(|dir| Root { dir: dir.clone(), ..Root::default() }).collect();
    let roots: &[Root] = standard.roots.as_deref().unwrap_or(&plain_roots);
    let inputs: Vec<Inputs> = roots.iter().map(|root| inputs(reader, root, options, &budget)).collect();
    let worlds: Vec<World<'_>> = roots
        .iter()
        .zip(&inputs)
        .filter_map(|(root, inputs)| World::new(reader, &configuration, &root.dir, inputs, &budget))
        .collect();
    let workflows = read_workflows(reader);
    let facts = Facts { worlds: &worlds, standard: &standard, workflows: &workflows, reader, budget: &budget };
    let mut model = Model::build(&facts, &sections(&standard));
    let problems = configuration.problems.iter().chain(inputs.iter().flat_map(|inputs| &inputs.problems));
    let workflow_problems =
        workflows.iter().flat_map(|workflow| workflow.problems.iter().cloned().map(Problem::Syntax));
    let problems: Vec<Problem> = problems.cloned().chain(workflow_problems).collect();
    model.add_problems(&problems, reader);
    let counts = Counts { resources: model.resources, workflows: workflows.len(), files: reader.sources().len() };
    drop(worlds);
    Ok(Built { standard, model, budget, counts })
}

fn read_standard(reader: &Reader<'_>, options: &Options, budget: &Budget) -> Result<Standard, Vec<ConfigError>> {
    match &options.config {
        Some(path) => standard::read(reader, path, budget),
        None if reader.provider().exists(FILE_NAME) => standard::read(reader, FILE_NAME, budget),
        None => Ok(Standard::default()),
    }
}

/// The workflows of the repository. A file that cannot be read counts as read, with that as its problem.
fn read_workflows(reader: &Reader<'_>) -> Vec<Workflow> {
    let is_workflow = |path: &&String| path.ends_with(".yml") || path.ends_with(".yaml");
    let paths: Vec<String> = reader
        .files()
        .iter()
        .filter(|path| path.strip_prefix(".github/workflows/").is_some_and(|name| !name.contains('/')))
        .filter(is_workflow)
        .cloned()
        .collect();
    reader.with_sources(|provider, sources| workflow::read_all(provider, sources, &paths))
}

fn inputs(reader: &Reader<'_>, root: &Root, options: &Options, budget: &Budget) -> Inputs {
    let var_files: Vec<String> = root.var_files.iter().chain(&options.var_files).cloned().collect();
    let mut inputs = Inputs::read(reader, &root.dir, &var_files, budget);
    inputs.values.extend(root.variables.iter().cloned());
    inputs.overrides.clone_from(&options.variables);
    inputs
}

fn pages(reader: &Reader<'_>, options: &Options) -> Vec<PageText> {
    let page = |path: &str, text: &str| {
        let file = reader.add(path, text);
        PageText { path: path.to_owned(), file, text: reader.text(file), url: pack::url(path) }
    };
    match &options.only {
        Some((path, text)) => vec![page(path, text)],
        None => pack::PAGES.iter().map(|(path, text)| page(path, text)).collect(),
    }
}

/// The parts of the model that rules select from, by the text of their pages: the rules themselves are being read
/// meanwhile. A rule that is off asks for nothing.
fn mentioned(pages: &[(String, Arc<str>)], standard: &Standard) -> Sections {
    let is_off = |path: &str| {
        let id = path.rsplit('/').next().and_then(|name| name.strip_suffix(".md")).unwrap_or(path);
        standard.severity(id, Severity::Error) == SeverityOrOff::Off
    };
    Sections::mentioned_in(pages.iter().filter(|(path, _)| !is_off(path)).map(|(_, text)| &**text))
}

/// One run of rules over what was built.
struct Run<'r> {
    reader: &'r Reader<'r>,
    options: &'r Options,
    built: &'r Built,
}

impl Run<'_> {
    fn rules(&self, loaded: &Loaded, report: &mut Report) {
        let sources = self.reader.sources();
        let places = Places::new(&sources);
        let Built { standard, model, budget, .. } = self.built;
        let runner = Runner::new(&model.value, standard.value.clone(), budget, places, &loaded.queries);
        let mut known = Vec::new();
        for (page, rule) in &loaded.rules {
            let rule = match rule {
                Ok(rule) => rule,
                Err(errors) => {
                    report.failures.extend(errors.iter().map(|error| rule_failure(error, places)));
                    continue;
                }
            };
            known.push(rule.id.clone());
            if let Some(reason) = skipped(rule, standard) {
                report.skipped.push(Skipped { rule: rule.id.clone(), reason });
                continue;
            }
            let SeverityOrOff::On(severity) = standard.severity(&rule.id, rule.severity) else {
                continue;
            };
            let outcome = runner.run(rule, severity, &page.url);
            report.findings.extend(outcome.findings);
            report.undetermined.extend(outcome.undetermined);
            report.failures.extend(outcome.errors.iter().map(|error| rule_failure(error, places)));
        }
        for (id, setting) in &standard.rules {
            if self.options.only.is_none() && !known.contains(id) {
                let help = crate::eval::did_you_mean(id, known.iter().map(String::as_str));
                let error = ConfigError::new(setting.span, format!("there is no rule `{id}`")).with_help(help);
                report.failures.push(config_failure(&error, places));
            }
        }
    }
}

/// Why a rule does not run here.
fn skipped(rule: &Rule, standard: &Standard) -> Option<String> {
    if standard.severity(&rule.id, rule.severity) == SeverityOrOff::Off {
        return Some("switched off in the configuration".to_owned());
    }
    let lacks = |need: &&String| match need.strip_prefix("standard.") {
        Some(path) => standard.section(path).is_none(),
        None => standard.value.is_null(),
    };
    let missing = rule.needs.iter().find(lacks)?;
    Some(match missing.strip_prefix("standard.") {
        Some(path) => format!("the standard has no `{path}`"),
        None => "there is no standard".to_owned(),
    })
}

fn config_failure(error: &ConfigError, places: Places<'_>) -> Failure {
    Failure {
        message: error.message.clone(),
        help: error.help.clone(),
        place: error.span.map(|span| places.label(span, "")),
    }
}

fn rule_failure(error: &RuleError, places: Places<'_>) -> Failure {
    Failure {
        message: format!("this rule does not work: {}", error.message),
        help: error.help.clone(),
        place: Some(places.label(error.span, "")),
    }
}

impl Model {
    /// Adds `$.problems`: what could not be read.
    fn add_problems(&mut self, problems: &[Problem], reader: &Reader<'_>) {
        let items = problems.iter().map(|problem| {
            let (message, help, span) = match problem {
                Problem::Syntax(problem) => (problem.message.clone(), problem.help.clone(), problem.span),
                Problem::Unreadable(path, error) => {
                    let file = reader.add(path, "");
                    (format!("the file cannot be read: {error}"), None, crate::source::Span::new(file, 0, 0))
                }
            };
            Value::record([("message", Value::string(message)), ("help", help.map_or_else(Value::null, Value::string))])
                .written_at(span)
        });
        let items = Value::tuple(items.collect());
        if let crate::value::Data::Object(object) = &self.value.data {
            let mut fields = object.fields.clone();
            fields.insert("problems".into(), items);
            self.value = Value::object(fields);
        }
    }
}
