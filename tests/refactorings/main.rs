//! Every refactoring keeps the verdict.
//!
//! `base/` holds a page, a `trysquare.hcl` bound to it and Terraform that breaks the page in eight places, each by a
//! literal. Every directory of `cases/` says the same in another way: its files take the place of the base's, an empty
//! file takes one away, and the file `like` names another case that it starts from. Each must
//!
//! - give the same findings as the base, for resources of the same types, and leave nothing undetermined;
//! - show first where the argument is set that the finding is about;
//! - show the text that one would edit, wherever that stands: in a default, a `.tfvars`, a YAML file;
//! - be clean once that text, and nothing else, is what the page says.
//!
//! `TRYSQUARE_CASE=NAME cargo test --test refactorings -- --nocapture` prints what a case finds.

// Tests read files and the environment; what goes wrong there should end them.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod case;

use std::collections::BTreeMap;

use case::Files;
use trysquare::check::{Checked, Options, check};
use trysquare::report::{Finding, Label};
use trysquare::source::MemoryProvider;

/// A place where the Terraform breaks the page.
struct Drift {
    rule: &'static str,
    message: &'static str,
    /// The types of resource that the finding may be about.
    resources: &'static [&'static str],
    /// One of these stands in the line that the finding shows first.
    shown: &'static [&'static str],
    /// What stands in the Terraform; exactly once in all of a case's files.
    written: &'static str,
    /// Whether that is what the finding is about, and not what is missing.
    is_there: bool,
    /// What should stand there.
    documented: &'static str,
}

const DRIFTS: &[Drift] = &[
    Drift {
        rule: "lambda-timeout",
        message: "orders-api times out after 75 s; documented: 30 s",
        resources: &["aws_lambda_function"],
        shown: &["timeout"],
        written: "75",
        is_there: true,
        documented: "30",
    },
    Drift {
        rule: "lambda-memory",
        message: "orders-api has 512 MB of memory; documented: 256 MB",
        resources: &["aws_lambda_function"],
        shown: &["memory_size"],
        written: "512",
        is_there: true,
        documented: "256",
    },
    Drift {
        rule: "lambda-env-required",
        message: "orders-api has LOG_LEVEL = \"DEBUG\"; documented: \"INFO\"",
        resources: &["aws_lambda_function"],
        shown: &["LOG_LEVEL", "variables ="],
        written: "DEBUG",
        is_there: true,
        documented: "INFO",
    },
    Drift {
        rule: "lambda-env-required",
        message: "orders-api lacks APP_NAME; documented: it is set",
        resources: &["aws_lambda_function"],
        shown: &["variables"],
        written: "APP_NAMES",
        is_there: false,
        documented: "APP_NAME",
    },
    Drift {
        rule: "alarm-errors-threshold",
        message: "orders-api-errors triggers at 8 errors; documented: at 1",
        resources: &["aws_cloudwatch_metric_alarm"],
        shown: &["threshold"],
        written: "7",
        is_there: true,
        documented: "0",
    },
    Drift {
        rule: "log-group-retention",
        message: "log group /orders/apps keeps logs for 14 days; documented: 90 days",
        resources: &["aws_cloudwatch_log_group"],
        shown: &["retention_in_days"],
        written: "14",
        is_there: true,
        documented: "90",
    },
    Drift {
        rule: "iam-s3-undocumented-bucket",
        message: "the role may reach bucket orders-ledger, which is not documented",
        resources: &["aws_iam_role_policy", "aws_iam_policy", "aws_iam_role"],
        shown: &["arn:aws:s3:::", "orders-ledger", "Resource", "resources"],
        written: "orders-ledger",
        is_there: true,
        documented: "orders-data",
    },
    Drift {
        rule: "iam-undocumented-action",
        message: "the role is granted s3:DeleteObject, which is not documented",
        resources: &["aws_iam_role_policy", "aws_iam_policy", "aws_iam_role"],
        shown: &["DeleteObject"],
        written: "DeleteObject",
        is_there: true,
        documented: "GetObject",
    },
];

#[test]
fn every_refactoring_keeps_the_verdict() {
    let wanted = std::env::var("TRYSQUARE_CASE").ok();
    let cases = case::all();
    let mut wrong = Vec::new();
    for (name, files) in &cases {
        if wanted.as_ref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        let (drifted, mended) = (run(files.clone()), run(mended(name, files)));
        let mut problems = differences(files, &drifted);
        problems.extend(left_over(&mended));
        if wanted.is_some() {
            println!("{}", show(&drifted));
        }
        if !problems.is_empty() {
            wrong.push(format!("{name}:\n  {}", problems.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn run(files: Files) -> Checked {
    let provider: MemoryProvider = files.into_iter().collect();
    check(&provider, &Options::default())
}

/// The only place of a drift's text: file and offset.
fn place<'f>(name: &str, files: &'f Files, drift: &Drift) -> (&'f str, usize) {
    let whole = |text: &str, at: usize| {
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        !text[..at].ends_with(word) && !text[at + drift.written.len()..].starts_with(word)
    };
    let mut found = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| case::is_terraform(path)) {
        let places = text.match_indices(drift.written).filter(|(at, _)| whole(text, *at));
        found.extend(places.map(|(at, _)| (path.as_str(), at)));
    }
    assert!(found.len() == 1, "{name}: {} stands in {found:?}", drift.written);
    found[0]
}

/// The files with what the page says in every drift's place.
fn mended(name: &str, files: &Files) -> Files {
    let mut mended = files.clone();
    for drift in DRIFTS {
        let (path, at) = place(name, &mended, drift);
        let path = path.to_owned();
        let text = mended.get_mut(&path).unwrap();
        text.replace_range(at..at + drift.written.len(), drift.documented);
    }
    mended
}

fn differences(files: &Files, checked: &Checked) -> Vec<String> {
    let report = &checked.report;
    let mut problems = Vec::new();
    let found: BTreeMap<(&str, &str), &Finding> =
        report.findings.iter().map(|finding| ((finding.rule.as_str(), finding.message.as_str()), finding)).collect();
    for drift in DRIFTS {
        match found.get(&(drift.rule, drift.message)) {
            Some(finding) => problems.extend(misplaced(files, drift, finding)),
            None => problems.push(format!("not found: {}", drift.message)),
        }
    }
    let expected = |finding: &&Finding| DRIFTS.iter().any(|drift| drift.message == finding.message);
    let others = report.findings.iter().filter(|finding| !expected(finding));
    problems.extend(others.map(|finding| format!("found besides: [{}] {}", finding.rule, finding.message)));
    if report.findings.len() > found.len() {
        problems.push("something is found twice".to_owned());
    }
    problems.extend(unsettled(checked));
    problems
}

fn misplaced(files: &Files, drift: &Drift, finding: &Finding) -> Vec<String> {
    let mut problems = Vec::new();
    let address = finding.address.as_deref().unwrap_or("");
    if !drift.resources.contains(&case::resource_type(address)) {
        problems.push(format!("{}: is about {address}", drift.message));
    }
    let primary = &finding.primary;
    let line = files[&primary.file].lines().nth(primary.start.line as usize - 1).unwrap_or("");
    if !drift.shown.iter().any(|shown| line.contains(shown)) {
        problems.push(format!("{}: shows first {}:{}: {line}", drift.message, primary.file, primary.start.line));
    }
    let (path, at) = place("", files, drift);
    let covers = |label: &Label| {
        let (start, end) = (label.start.offset as usize, label.end.offset as usize);
        let one_line = label.start.line == label.end.line;
        one_line && label.file == path && start <= at && at + drift.written.len() <= end
    };
    let mut labels = std::iter::once(primary).chain(&finding.related);
    if drift.is_there && !labels.any(covers) {
        problems.push(format!("{}: does not show {} in {path}", drift.message, drift.written));
    }
    problems
}

fn left_over(checked: &Checked) -> Vec<String> {
    let found = checked.report.findings.iter();
    let mut problems: Vec<String> = found.map(|finding| format!("mended, and yet: {}", finding.message)).collect();
    problems.extend(unsettled(checked).into_iter().map(|problem| format!("mended, and yet {problem}")));
    problems
}

fn unsettled(checked: &Checked) -> Vec<String> {
    let report = &checked.report;
    let undetermined = report.undetermined.iter();
    let undetermined = undetermined.map(|verdict| format!("undetermined: [{}] {}", verdict.rule, verdict.message));
    undetermined.chain(report.failures.iter().map(|failure| format!("failure: {}", failure.message))).collect()
}

fn show(checked: &Checked) -> String {
    let mut lines = Vec::new();
    for finding in &checked.report.findings {
        lines.push(format!("[{}] {} ({})", finding.rule, finding.message, finding.address.as_deref().unwrap_or("")));
        for label in std::iter::once(&finding.primary).chain(&finding.related) {
            let text = checked.sources.text(checked.sources.find(&label.file).unwrap());
            let text = &text[label.start.offset as usize..label.end.offset as usize];
            let text = text.lines().next().unwrap_or("");
            lines.push(format!("    {}:{}: {text}  ({})", label.file, label.start.line, label.text));
        }
    }
    lines.extend(unsettled(checked));
    lines.join("\n")
}
