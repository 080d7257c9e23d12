//! The examples in rules' pages, run as `trysquare check` would run them.

use super::page::{self, Example, Page};
use crate::check::{Checked, Options, check};
use crate::report::{Finding, Report};
use crate::source::MemoryProvider;

/// The day on which the examples are checked: one that always is the same.
const TODAY: &str = "2026-01-01";

/// What became of a page's examples.
#[derive(Debug, Default)]
pub struct Outcome {
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
    /// What is wrong with it; `None` when it passed.
    pub problem: Option<String>,
}

/// Runs the examples of a page: a bad one must have exactly one finding of the rule, a good one none.
#[must_use]
pub fn run(path: &str, text: &str) -> Outcome {
    let page = page::read(text);
    let mut outcome = Outcome { updated: text.to_owned(), ..Outcome::default() };
    let lacks = |bad: bool| !page.examples.iter().any(|example| example.bad == bad);
    for (bad, what) in [(true, "bad"), (false, "good")] {
        if lacks(bad) {
            outcome.warnings.push(format!("there is no {what} example"));
        }
    }
    let mut edits = Vec::new();
    for example in &page.examples {
        let checked = check_example(path, text, &page, example);
        let printed = printed(&checked.report, &page.title);
        let problem = problem(example, &checked.report, &page.title, &printed);
        outcome.results.push(ExampleResult { name: example.name.clone(), problem });
        if example.bad {
            match &example.expect_range {
                Some(range) => edits.push((range.clone(), printed)),
                None => {
                    edits.push((example.end..example.end, format!("\n```text expect {}\n{printed}```\n", example.name)))
                }
            }
        }
    }
    for (range, replacement) in edits.into_iter().rev() {
        outcome.updated.replace_range(range, &replacement);
    }
    outcome
}

fn check_example(path: &str, text: &str, page: &Page, example: &Example) -> Checked {
    let files = page.shared.iter().chain(&example.files);
    let provider: MemoryProvider = files.map(|file| (file.path.clone(), file.text.clone())).collect();
    let only = Some((path.to_owned(), text.to_owned()));
    let options = Options { only, today: Some(TODAY.to_owned()), ..Options::default() };
    check(&provider, &options)
}

/// The findings of the rule as `--format concise` prints them, without the rule's name.
fn printed(report: &Report, rule: &str) -> String {
    let line = |finding: &Finding| {
        let at = &finding.primary;
        format!("{}:{}:{} {}: {}\n", at.file, at.start.line, at.start.column, finding.severity.name(), finding.message)
    };
    report.findings.iter().filter(|finding| finding.rule == rule).map(line).collect()
}

fn problem(example: &Example, report: &Report, rule: &str, printed: &str) -> Option<String> {
    if let Some(failure) = report.failures.first() {
        let place =
            failure.place.as_ref().map(|place| format!("{}:{}: ", place.file, place.start.line)).unwrap_or_default();
        return Some(format!("cannot be checked: {place}{}", failure.message));
    }
    if let Some(open) = report.undetermined.iter().find(|open| open.rule == rule) {
        return Some(format!("is undetermined: {}", open.message));
    }
    if let Some(skipped) = report.skipped.iter().find(|skipped| skipped.rule == rule) {
        return Some(format!("does not run the rule: {}", skipped.reason));
    }
    let count = report.findings.iter().filter(|finding| finding.rule == rule).count();
    match (example.bad, count) {
        (true, 1) => match &example.expect {
            Some(expected) if expected != printed => {
                Some(format!("prints something else\n  expected: {}  printed:  {}", indent(expected), indent(printed)))
            }
            _ => None,
        },
        (true, 0) => Some("has no finding, and is marked bad".to_owned()),
        (true, _) => Some(format!("has {count} findings, and a bad example has exactly one\n  {}", indent(printed))),
        (false, 0) => None,
        (false, _) => Some(format!("has a finding, and is marked good\n  {}", indent(printed))),
    }
}

fn indent(text: &str) -> String {
    text.replace('\n', "\n  ").trim_end_matches(' ').to_owned()
}
