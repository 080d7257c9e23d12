//! `test`

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use trysquare::rules::examples::{self, ExampleResult, Outcome, Problem};
use trysquare::rules::pack;

use super::{CommandError, workspace};
use crate::args::{TestArgs, WorkspaceArgs};
use crate::render::{self, count, plain};

/// A page of a rule.
struct Page {
    /// As it is shown.
    name: String,
    text: String,
    /// Where it can be written; `None` for one that comes with trysquare.
    path: Option<PathBuf>,
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    warnings: usize,
}

/// `trysquare test [DIR]`
pub fn test(args: &TestArgs) -> Result<ExitCode, CommandError> {
    let pages = pages(args)?;
    let mut out = io::stdout().lock();
    let mut counts = Counts::default();
    for page in &pages {
        let mut outcome = examples::run(&page.name, &page.text);
        if args.update && outcome.updated != page.text {
            let Some(path) = &page.path else {
                let hint = "--update writes into pages; say in which directory they are";
                return Err(CommandError::Usage(hint.to_owned()));
            };
            std::fs::write(path, &outcome.updated)
                .map_err(|error| CommandError::File { path: page.name.clone(), error })?;
            writeln!(out, "{}: updated", page.name)?;
            outcome = examples::run(&page.name, &outcome.updated);
        }
        show(page, &outcome, args.quiet, &mut out)?;
        counts.add(&outcome);
    }
    let Counts { passed, failed, warnings } = counts;
    let (rules, passed) = (count(pages.len(), "rule", "rules"), count(passed, "example", "examples"));
    let warnings = if warnings > 0 { format!("; {}", count(warnings, "warning", "warnings")) } else { String::new() };
    writeln!(out, "{rules}: {passed} passed, {failed} failed{warnings}")?;
    Ok(if failed > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        let failed = outcome.results.iter().filter(|result| result.problem.is_some()).count();
        self.passed += outcome.results.len() - failed;
        // A rule that cannot be read fails as a whole.
        self.failed += failed + usize::from(outcome.broken.is_some());
        self.warnings += outcome.warnings.len();
    }
}

fn show(page: &Page, outcome: &Outcome, quiet: bool, out: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<&ExampleResult> =
        outcome.results.iter().filter(|result| !quiet || result.problem.is_some()).collect();
    if shown.is_empty() && outcome.warnings.is_empty() && outcome.broken.is_none() {
        return Ok(());
    }
    writeln!(out, "{}", plain(&page.name))?;
    if let Some(broken) = &outcome.broken {
        render::text::failures(broken, out)?;
    }
    for result in shown {
        let kind = if result.bad { "bad " } else { "good" };
        let verdict = if result.problem.is_some() { "FAILED" } else { "ok    " };
        writeln!(out, "  {verdict}  {kind}  {}", plain(&result.name))?;
        if let Some(problem) = &result.problem {
            explain(problem, out)?;
        }
    }
    for warning in &outcome.warnings {
        writeln!(out, "  warning: {}", plain(warning))?;
    }
    writeln!(out)
}

/// What is wrong with an example: lines that it lacks and lines that it has too many.
fn explain(problem: &Problem, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "          {}", plain(&problem.message))?;
    let lacks = problem.expected.lines().filter(|line| !problem.printed.lines().any(|other| other == *line));
    let extra = problem.printed.lines().filter(|line| !problem.expected.lines().any(|other| other == *line));
    for (sign, line) in lacks.map(|line| ('-', line)).chain(extra.map(|line| ('+', line))) {
        writeln!(out, "          {sign} {}", plain(line))?;
    }
    Ok(())
}

/// The pages to run: those of a directory, else of the workspace's packs, else those that come with trysquare.
fn pages(args: &TestArgs) -> Result<Vec<Page>, CommandError> {
    if let Some(dir) = &args.dir {
        return below(dir);
    }
    let (disk, options) = workspace(Path::new("."), &WorkspaceArgs::default())?;
    let listing = trysquare::check::rules(&disk, &options);
    let pages = listing.checked.rules.rules.iter().map(|rule| &rule.page);
    let own: Vec<Page> = pages
        .filter(|page| !page.embedded)
        .map(|page| Page {
            name: page.path.clone(),
            text: page.text.to_string(),
            path: Some(disk.root().join(&page.path)),
        })
        .collect();
    if !own.is_empty() {
        return Ok(own);
    }
    let embedded =
        |(path, text): &(&str, &str)| Page { name: (*path).to_owned(), text: (*text).to_owned(), path: None };
    Ok(pack::PAGES.iter().map(embedded).collect())
}

/// The Markdown pages below a directory that hold a rule.
fn below(dir: &Path) -> Result<Vec<Page>, CommandError> {
    let mut pages = Vec::new();
    for entry in ignore::WalkBuilder::new(dir).sort_by_file_path(std::cmp::Ord::cmp).build().filter_map(Result::ok) {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "md") && path.is_file() {
            let name = path.display().to_string();
            let text =
                std::fs::read_to_string(path).map_err(|error| CommandError::File { path: name.clone(), error })?;
            if trysquare::rules::page::head(&text).rule.is_some() {
                pages.push(Page { name, text, path: Some(path.to_owned()) });
            }
        }
    }
    if pages.is_empty() {
        return Err(CommandError::Usage(format!("there are no rule pages in {}", dir.display())));
    }
    Ok(pages)
}
