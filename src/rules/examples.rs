//! The examples in rules' pages, run as `trysquare check` would run them.

use super::page::{self, Example, Page};
use super::read::read;
use crate::check::{Checked, Options, check};
use crate::report::{Finding, Report};
use crate::source::{MemoryProvider, Sources};

/// The day on which the examples are checked: one that always is the same.
const TODAY: &str = "2026-01-01";

/// What became of a page's examples.
#[derive(Default)]
pub struct Outcome {
    /// What is wrong with the rule itself; no example can be run then.
    pub broken: Option<Checked>,
    /// One for each example.
    pub results: Vec<ExampleResult>,
    /// What the page lacks.
    pub warnings: Vec<String>,
    /// The page with the expectations as they are.
    pub updated: String,
}

/// What became of one example.
#[derive(Debug)]
pub struct ExampleResult {
    /// Its name.
    pub name: String,
    /// Whether it must have a finding.
    pub bad: bool,
    /// What is wrong with it; `None` when it passed.
    pub problem: Option<Problem>,
}

/// Why an example failed.
#[derive(Debug, Default)]
pub struct Problem {
    /// In a sentence of which the example is the subject.
    pub message: String,
    /// What it should print, where the page says so.
    pub expected: String,
    /// What it prints.
    pub printed: String,
}

/// Runs the examples of a page: a bad one must have exactly one finding of the rule, a good one none.
#[must_use]
pub fn run(path: &str, text: &str) -> Outcome {
    let page = page::read(text);
    let mut outcome = Outcome { updated: text.to_owned(), warnings: page.strays.clone(), ..Outcome::default() };
    if read(Sources::new().add(path, text), path, text).is_err() {
        outcome.broken = Some(check_alone(path, text, MemoryProvider::default()));
        return outcome;
    }
    for (bad, what) in [(true, "bad"), (false, "good")] {
        if !page.examples.iter().any(|example| example.bad == bad) {
            outcome.warnings.push(format!("there is no {what} example"));
        }
    }
    let mut edits = Vec::new();
    for example in &page.examples {
        let files = page.shared.iter().chain(&example.files);
        let files = files.map(|file| (file.path.clone(), file.text.clone())).collect();
        let report = check_alone(path, text, files).report;
        let printed = printed(&report, &page.title);
        let problem = problem(example, &report, &page, &printed);
        outcome.results.push(ExampleResult { name: example.name.clone(), bad: example.bad, problem });
        if example.bad && printed.lines().count() == 1 {
            edits.push(match &example.expect_range {
                Some(range) => (range.clone(), printed),
                None => (example.end..example.end, format!("\n```text expect {}\n{printed}```\n", example.name)),
            });
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    for (range, replacement) in edits.into_iter().rev() {
        outcome.updated.replace_range(range, &replacement);
    }
    outcome
}

/// Checks files with the rule of one page.
fn check_alone(path: &str, text: &str, files: MemoryProvider) -> Checked {
    let only = Some((path.to_owned(), text.to_owned()));
    let options = Options { only, today: Some(TODAY.to_owned()), ..Options::default() };
    check(&files, &options)
}

/// The findings of the rule as `--format concise` prints them, without the rule's name.
fn printed(report: &Report, rule: &str) -> String {
    let line = |finding: &Finding| {
        let at = &finding.primary;
        format!("{}:{}:{} {}: {}\n", at.file, at.start.line, at.start.column, finding.severity.name(), finding.message)
    };
    report.findings.iter().filter(|finding| finding.rule == rule).map(line).collect()
}

fn problem(example: &Example, report: &Report, page: &Page, printed: &str) -> Option<Problem> {
    let rule = &page.title;
    let said = |message: String| Some(Problem { message, printed: printed.to_owned(), ..Problem::default() });
    if let Some(failure) = report.failures.first() {
        let place = failure.place.as_ref().map(|place| format!("{}:{}: ", place.file, place.start.line));
        return said(format!("cannot be checked: {}{}", place.unwrap_or_default(), failure.message));
    }
    if let Some(open) = report.undetermined.iter().find(|open| open.rule == *rule) {
        return said(format!("is undetermined: {}", open.message));
    }
    if let Some(skipped) = report.skipped.iter().find(|skipped| skipped.rule == *rule) {
        return said(format!("does not run the rule: {}", skipped.reason));
    }
    match (example.bad, printed.lines().count()) {
        (true, 1) => match &example.expect {
            Some(expected) if expected != printed => Some(Problem {
                message: "prints something else than the page says".to_owned(),
                expected: expected.clone(),
                printed: printed.to_owned(),
            }),
            _ => None,
        },
        (true, 0) => said("has no finding, and is marked bad".to_owned()),
        (true, count) => said(format!("has {count} findings, and a bad example has exactly one")),
        (false, 0) => None,
        (false, _) => said("has a finding, and is marked good".to_owned()),
    }
}
