//! The whole way from files to a report.

mod plans;
mod watch;

use std::collections::HashSet;
use std::sync::Arc;

use crate::eval::Budget;
use crate::model::{Facts, Model, Sections};
use crate::report::{Failure, Places, Report, arrange, sorted};
use crate::rules::choose::{self, Choice};
use crate::rules::list::{Listed, list};
use crate::rules::load::{Loaded, PageText, Queries, load, load_beside};
use crate::rules::rule::{Select, SelectFrom};
use crate::rules::run::Active;
use crate::rules::{Rule, RuleError, Runner, pack, packs};
use crate::source::{Reader, SourceProvider, Sources};
use crate::standard::{self, ConfigError, FILE_NAME, Root, Standard};
use crate::suppression::{RuleNames, Suppressions};
use crate::terraform::{Configuration, Inputs, Override, PlanText, Problem, World};
use crate::value::Value;
use crate::workflow::{self, Workflow};

pub use watch::{Phase, Watch};

/// What rules about suppressions select from.
const SUPPRESSIONS: &str = "$.suppressions";

/// What to check, and with what.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Path of the configuration; by default `trysquare.hcl` in the root, if it is there.
    pub config: Option<String>,
    /// Variables set on the command line.
    pub variables: Vec<Override>,
    /// Files of variables, relative to the workspace root.
    pub var_files: Vec<String>,
    /// What Terraform plans.
    pub plan: Option<PlanText>,
    /// Path and text of the only rule page to run, instead of the embedded pack.
    pub only: Option<(String, String)>,
    /// The date, as `YYYY-MM-DD`, by which suppressions expire; without one, none does.
    pub today: Option<String>,
    /// Whether comments and `ignore` blocks silence nothing.
    pub no_ignore: bool,
    /// Whether to report how the code stands to each documented standard, and not only where they part.
    pub compliance: bool,
    /// Who is told how far the check has come.
    pub watch: Watch,
}

/// A report and the files that it speaks of.
pub struct Checked {
    /// What was found.
    pub report: Report,
    /// The files that were read.
    pub sources: Sources,
    /// The rules there are, whether they ran or not.
    pub rules: Arc<Loaded>,
}

/// Checks a workspace.
#[must_use]
pub fn check(provider: &dyn SourceProvider, options: &Options) -> Checked {
    let mut sources = Sources::new();
    let pages = pages(&mut sources, options);
    let reader = Reader::new(provider, sources);
    // A check is as long as its longest thread, and reading the rules depends on nothing else.
    let (loaded, workspace) = load_beside(pages, || Workspace::read(&reader, options));
    finish(reader, options, Arc::new(loaded), workspace)
}

/// The embedded pack, read, and the files that its rules speak of: what [`check_again`] begins with.
#[must_use]
pub fn prepare() -> (Arc<Loaded>, Sources) {
    let mut sources = Sources::new();
    let pages = pages(&mut sources, &Options::default());
    (Arc::new(load(pages)), sources)
}

/// Checks a workspace that may have been checked before: `sources` are those of the last check, or of [`prepare`] as
/// `loaded` is. What was made of files that have not changed since is used again.
#[must_use]
pub fn check_again(
    provider: &dyn SourceProvider,
    options: &Options,
    loaded: &Arc<Loaded>,
    sources: Sources,
) -> Checked {
    let reader = Reader::new(provider, sources);
    let workspace = Workspace::read(&reader, options);
    finish(reader, options, Arc::clone(loaded), workspace)
}

fn finish(
    reader: Reader<'_>,
    options: &Options,
    mut loaded: Arc<Loaded>,
    workspace: Result<Workspace, Vec<ConfigError>>,
) -> Checked {
    let mut report = Report::default();
    let checked = workspace.and_then(|workspace| {
        let mut problems = add_packs(&reader, options, &workspace.standard, &mut loaded);
        let mut choice = Choice::new(&loaded, &workspace.standard, &workspace.budget);
        problems.append(&mut choice.settings);
        report.failures = config_failures(&problems, &reader);
        options.watch.begins(Phase::Evaluate);
        let model = workspace.model(&reader, &choice.sections())?;
        options.watch.begins(Phase::Decide);
        report.summary.resources = model.resources;
        report.summary.workflows = workspace.workflows.len();
        let run = Run { reader: &reader, options, workspace: &workspace, queries: &loaded.queries };
        run.rules(&model.value, &choice, &loaded.ids(), &mut report);
        report.summary.files = reader.count();
        Ok(())
    });
    if let Err(errors) = checked {
        report.failures.extend(config_failures(&errors, &reader));
    }
    Checked { report: sorted(report), sources: reader.into_sources(), rules: loaded }
}

/// The rules of a workspace, and what is wrong with them or with the configuration.
pub struct Listing {
    /// Those that can be read.
    pub rules: Vec<Listed>,
    /// What is wrong, as the failures of a report, and the files that it speaks of.
    pub checked: Checked,
}

/// Lists the rules of a workspace. Where the configuration is wrong, they are listed as if there were none.
#[must_use]
pub fn rules(provider: &dyn SourceProvider, options: &Options) -> Listing {
    let (mut loaded, sources) = prepare();
    let reader = Reader::new(provider, sources);
    let budget = Budget::new();
    let (standard, mut problems) = match read_standard(&reader, options, &budget) {
        Ok(standard) => (standard, Vec::new()),
        Err(errors) => (Standard::default(), errors),
    };
    problems.extend(add_packs(&reader, options, &standard, &mut loaded));
    let mut choice = Choice::new(&loaded, &standard, &budget);
    problems.append(&mut choice.settings);
    let mut failures = config_failures(&problems, &reader);
    let sources = reader.sources();
    failures.extend(choice.errors.iter().map(|error| rule_failure(error, Places::new(&sources))));
    drop(sources);
    let rules = list(&loaded, &standard, &budget);
    let report = Report { failures, ..Report::default() };
    Listing { rules, checked: Checked { report, sources: reader.into_sources(), rules: loaded } }
}

/// What rules see, as one value, as far as these sections of it are asked for.
///
/// # Errors
/// When the configuration is wrong.
pub fn model(
    provider: &dyn SourceProvider,
    options: &Options,
    sections: &Sections,
) -> Result<(Value, Sources), Box<Checked>> {
    let mut sources = Sources::new();
    let pages = pages(&mut sources, options);
    let reader = Reader::new(provider, sources);
    let model = Workspace::read(&reader, options).and_then(|workspace| {
        let mut model = workspace.model(&reader, sections)?.value;
        if sections.wants("suppressions") {
            let mut loaded = Arc::new(load(pages));
            add_packs(&reader, options, &workspace.standard, &mut loaded);
            let choice = Choice::new(&loaded, &workspace.standard, &workspace.budget);
            let run = Run { reader: &reader, options, workspace: &workspace, queries: &loaded.queries };
            let suppressions = run.suppressions(&choice, &loaded.ids()).facts(|_| Some("no rules have run".to_owned()));
            let mut fields = model.as_fields().cloned().unwrap_or_default();
            fields.insert("suppressions".into(), suppressions);
            model = Value::object(fields);
        }
        Ok(model)
    });
    match model {
        Ok(model) => Ok((model, reader.into_sources())),
        Err(errors) => {
            let report = Report { failures: config_failures(&errors, &reader), ..Report::default() };
            Err(Box::new(Checked { report, sources: reader.into_sources(), rules: Arc::default() }))
        }
    }
}

/// What was read, before anything of it is evaluated.
pub(crate) struct Workspace {
    budget: Budget,
    standard: Standard,
    configuration: Configuration,
    /// Root modules, each with what its variables are set to.
    roots: Vec<(Root, Inputs)>,
    workflows: Vec<Workflow>,
}

impl Workspace {
    pub(crate) fn read(reader: &Reader<'_>, options: &Options) -> Result<Self, Vec<ConfigError>> {
        options.watch.begins(Phase::Read);
        let budget = Budget::new();
        let standard = read_standard(reader, options, &budget)?;
        let dirs: Option<Vec<String>> =
            standard.roots.as_ref().map(|roots| roots.iter().map(|root| root.dir.clone()).collect());
        if let Some(missing) = dirs.iter().flatten().find(|dir| reader.names_in(dir).is_empty()) {
            let message =
                format!("{FILE_NAME} names the root module `{missing}`, and there are no files in that directory");
            let help = Some("paths count from the directory of the repository".to_owned());
            return Err(vec![ConfigError { message, span: None, help }]);
        }
        let mut configuration = Configuration::load(reader, dirs.as_deref());
        let found = || configuration.roots.iter().map(|dir| Root { dir: dir.clone(), ..Root::default() }).collect();
        let roots: Vec<Root> = standard.roots.clone().unwrap_or_else(found);
        let with_inputs = |root: Root| {
            let inputs = inputs(reader, &root, options, &budget);
            (root, inputs)
        };
        let mut roots: Vec<(Root, Inputs)> = roots.into_iter().map(with_inputs).collect();
        plans::add(reader, options, &mut configuration, &mut roots).map_err(|error| vec![error])?;
        let workflows = read_workflows(reader);
        Ok(Self { budget, standard, configuration, roots, workflows })
    }

    /// The root modules, ready to be evaluated.
    pub(crate) fn worlds<'w>(&'w self, reader: &'w Reader<'w>) -> Vec<World<'w>> {
        let Self { budget, configuration, roots, .. } = self;
        let world = |(root, inputs): &'w (Root, Inputs)| World::new(reader, configuration, &root.dir, inputs, budget);
        roots.iter().filter_map(world).collect()
    }

    /// Evaluates what these sections of the model need.
    fn model(&self, reader: &Reader<'_>, sections: &Sections) -> Result<Model, Vec<ConfigError>> {
        let Self { standard, configuration, roots, workflows, .. } = self;
        let worlds = self.worlds(reader);
        worlds.iter().try_for_each(|world| plans::check(world, reader)).map_err(|error| vec![error])?;
        let problems = configuration.problems.iter().chain(roots.iter().flat_map(|(_, inputs)| &inputs.problems));
        let of_workflows = workflows.iter().flat_map(|workflow| workflow.problems.iter().cloned().map(Problem::Syntax));
        let problems: Vec<Problem> = problems.cloned().chain(of_workflows).collect();
        Ok(Model::build(&Facts { worlds: &worlds, standard, workflows, problems: &problems, reader }, sections))
    }
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
    workflow::read_all(reader, &paths)
}

fn inputs(reader: &Reader<'_>, root: &Root, options: &Options, budget: &Budget) -> Inputs {
    let var_files: Vec<String> = root.var_files.iter().chain(&options.var_files).cloned().collect();
    let mut inputs = Inputs::read(reader, &root.dir, &var_files, budget);
    inputs.values.extend(root.variables.iter().cloned());
    inputs.overrides.clone_from(&options.variables);
    inputs
}

/// Adds the repository's own rules. Gives what is wrong with them, or with settings of rules that there are not.
fn add_packs(
    reader: &Reader<'_>,
    options: &Options,
    standard: &Standard,
    loaded: &mut Arc<Loaded>,
) -> Vec<ConfigError> {
    if options.only.is_some() {
        return Vec::new();
    }
    let mut problems = Vec::new();
    if !standard.packs.is_empty() {
        problems = packs::add(reader, standard, Arc::make_mut(loaded));
    }
    problems.extend(choose::unknown_rules(loaded, standard));
    problems
}

fn pages(sources: &mut Sources, options: &Options) -> Vec<PageText> {
    let page = |path: &str, text: Arc<str>, file, embedded| PageText {
        path: path.to_owned(),
        file,
        text,
        url: pack::url(path),
        embedded,
    };
    let only = options.only.as_ref().map(|(path, text)| {
        let text: Arc<str> = text.as_str().into();
        let file = sources.add(path, Arc::clone(&text));
        page(path, text, file, false)
    });
    let mut pages: Vec<PageText> = only.into_iter().collect();
    // A rule about suppressions has something to say only where others would.
    if pages.iter().all(|only| only.text.contains(SUPPRESSIONS)) {
        let others = pack::PAGES.iter().filter(|(path, _)| options.only.as_ref().is_none_or(|(only, _)| only != path));
        pages.extend(others.map(|(path, text)| {
            let text: Arc<str> = (*text).into();
            let file = sources.add_apart(path, Arc::clone(&text));
            page(path, text, file, true)
        }));
    }
    pages
}

/// One run of rules over one workspace.
struct Run<'r> {
    reader: &'r Reader<'r>,
    options: &'r Options,
    workspace: &'r Workspace,
    queries: &'r Queries,
}

impl Run<'_> {
    fn rules(&self, model: &Value, choice: &Choice<'_>, known: &[String], report: &mut Report) {
        let sources = self.reader.sources();
        let places = Places::new(&sources);
        report.skipped.extend(choice.skipped.iter().cloned());
        report.failures.extend(choice.errors.iter().map(|error| rule_failure(error, places)));
        let (last, first): (Vec<&Active<'_>>, Vec<&Active<'_>>) =
            choice.active.iter().partition(|active| is_about_suppressions(active.rule));
        self.run(model, &first, places, report);
        arrange(&mut report.findings);
        if self.options.no_ignore {
            return;
        }
        let mut suppressions = self.suppressions(choice, known);
        report.suppressed = suppressions.apply(&mut report.findings, places);
        if !suppressions.is_empty() {
            let open: HashSet<&str> = report.undetermined.iter().map(|open| open.rule.as_str()).collect();
            let why = |rule: &str| open.contains(rule).then(|| format!("`{rule}` is undetermined for something"));
            let facts = Value::record([("suppressions", suppressions.facts(why))]);
            self.run(&facts, &last, places, report);
        }
    }

    fn run(&self, model: &Value, rules: &[&Active<'_>], places: Places<'_>, report: &mut Report) {
        let Workspace { standard, budget, .. } = self.workspace;
        let runner =
            Runner::new(model, standard.value.clone(), budget, places, self.queries).recording(self.options.compliance);
        for active in rules {
            let outcome = runner.run(active);
            report.findings.extend(outcome.findings);
            report.undetermined.extend(outcome.undetermined);
            report.compliance.extend(outcome.verdicts);
            report.failures.extend(outcome.errors.iter().map(|error| rule_failure(error, places)));
        }
    }

    fn suppressions(&self, choice: &Choice<'_>, known: &[String]) -> Suppressions {
        let sources = self.reader.sources();
        let running = choice.active.iter().map(|active| active.rule.id.as_str()).collect();
        let names = RuleNames { known, running: &running };
        let today = self.options.today.as_deref();
        let files = self.reader.files_read();
        Suppressions::read(files, Places::new(&sources), &self.workspace.standard, &names, today)
    }
}

/// Whether a rule speaks of suppressions, and so runs after all that they may silence.
fn is_about_suppressions(rule: &Rule) -> bool {
    let is_path = |select: &Select| matches!(&select.from, SelectFrom::Path(path, _) if path.starts_with(SUPPRESSIONS));
    rule.selects.iter().any(is_path)
}

fn config_failures(errors: &[ConfigError], reader: &Reader<'_>) -> Vec<Failure> {
    let sources = reader.sources();
    errors.iter().map(|error| config_failure(error, Places::new(&sources))).collect()
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
