//! `--format junit`: a test suite for each rule, as CI systems show test results.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Tests, TestCase, TestCaseStatus, TestSuite};
use trysquare::check::Checked;
use trysquare::report::{Failure, Finding, Skipped, Undetermined};

use super::{Repository, details, place, plain};

/// Writes a suite for every rule: a failed test for each finding, a skipped one for what is undetermined or did not
/// run, and a passed one where there is nothing else to say.
pub fn render(checked: &Checked, repository: &Repository, out: &mut dyn Write) -> io::Result<()> {
    let report = &checked.report;
    let mut tests = Tests::new("trysquare");
    if !report.failures.is_empty() {
        let mut suite = TestSuite::new("trysquare");
        suite.add_test_cases(report.failures.iter().map(|failure| failed(failure, repository)));
        tests.add_test_suite(suite);
    }
    for (_, rule) in checked.rules.pages() {
        let mut suite = TestSuite::new(rule.id.clone());
        let findings = report.findings.iter().filter(|finding| finding.rule == rule.id);
        suite.add_test_cases(findings.map(|finding| found(finding, repository)));
        let open = report.undetermined.iter().filter(|open| open.rule == rule.id);
        suite.add_test_cases(open.map(|open| undetermined(open, repository)));
        suite.add_test_cases(report.skipped.iter().filter(|skipped| skipped.rule == rule.id).map(not_run));
        if suite.test_cases.is_empty() && report.failures.is_empty() {
            let mut case = TestCase::new(rule.summary.clone(), TestCaseStatus::success());
            case.set_classname(rule.id.clone());
            suite.add_test_case(case);
        }
        if !suite.test_cases.is_empty() {
            tests.add_test_suite(suite);
        }
    }
    // Written at once: an error of the writer keeps its kind, which tells a reader that stopped reading.
    let text = tests.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn found(finding: &Finding, repository: &Repository) -> TestCase {
    let message = plain(&finding.message);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let at = place(&finding.primary, repository);
    status.set_message(message.clone()).set_type(finding.severity.name());
    status.set_description(format!("{at}: {message}\n{}", details(finding, repository)).trim_end());
    let mut case = TestCase::new(message, status);
    case.set_classname(finding.rule.clone());
    case.extra.insert("file".into(), repository.path(&finding.primary.file).into());
    case.extra.insert("line".into(), finding.primary.start.line.to_string().into());
    case
}

fn undetermined(open: &Undetermined, repository: &Repository) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    let message = plain(&open.message);
    status.set_message(match &open.blocking {
        Some(at) => format!(
            "undetermined: {message} ({}:{}: {})",
            plain(&repository.path(&at.file)),
            at.start.line,
            plain(&at.expression)
        ),
        None => format!("undetermined: {message}"),
    });
    let mut case = TestCase::new(plain(open.address.as_deref().unwrap_or(&open.message)), status);
    case.set_classname(open.rule.clone());
    case
}

fn not_run(skipped: &Skipped) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(plain(&skipped.reason));
    let mut case = TestCase::new("not run", status);
    case.set_classname(skipped.rule.clone());
    case
}

fn failed(failure: &Failure, repository: &Repository) -> TestCase {
    let message = plain(&failure.message);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(message.clone());
    let at = failure.place.as_ref().map(|label| format!("{}: ", place(label, repository))).unwrap_or_default();
    let help = failure.help.as_ref().map(|help| format!("\nhelp: {}", plain(help))).unwrap_or_default();
    status.set_description(format!("{at}{message}{help}"));
    let mut case = TestCase::new(message, status);
    case.set_classname("trysquare");
    case
}
