//! Runs one case and says how what came of it differs from what was expected.

use std::collections::BTreeSet;

use trysquare::check::{Checked, Options, check};
use trysquare::report::{Finding, Label};
use trysquare::source::MemoryProvider;

use super::cases::{Case, Example};

const PAGE: &str = "infrastructure/LAMBDA_DEPLOYMENT.md";

/// What a case found, as text.
///
/// # Errors
/// With the differences to what was expected, and what was found.
pub fn run(example: &Example, case: &Case) -> Result<String, String> {
    let files = example.changed(case)?;
    let provider: MemoryProvider = files.into_iter().collect();
    let checked = check(&provider, &Options { today: Some("2026-01-01".to_owned()), ..Options::default() });
    let differences = differences(&checked, case);
    let found = show(&checked);
    if differences.is_empty() { Ok(found) } else { Err(format!("{}{found}", differences.concat())) }
}

fn differences(checked: &Checked, case: &Case) -> Vec<String> {
    let report = &checked.report;
    let mut differences = Vec::new();
    let mut differ = |what: String| differences.push(format!("  expected {what}\n"));
    let found: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    let wanted: BTreeSet<&str> = case.rules.iter().map(String::as_str).collect();
    if found != wanted {
        differ(if wanted.is_empty() {
            "no findings".to_owned()
        } else {
            format!("findings of {}", case.rules.join(", "))
        });
    }
    if !report.undetermined.is_empty() {
        differ("nothing to be left undetermined".to_owned());
    }
    for (file, text) in &case.at {
        let shows = |label: &Label| label.file == *file && covered(checked, label) == text;
        if !report.findings.iter().any(|finding| shows(&finding.primary)) {
            differ(format!("a finding at {file}: {text}"));
        }
    }
    for text in &case.page {
        let shows = |label: &Label| label.file == PAGE && covered(checked, label) == text;
        if !report.findings.iter().any(|finding| labels(finding).any(shows)) {
            differ(format!("a finding that points at {text} in the page"));
        }
    }
    for text in &case.says {
        if !report.findings.iter().any(|finding| finding.message.contains(text)) {
            differ(format!("a message with: {text}"));
        }
    }
    let stopped = |text: &String| report.failures.iter().any(|failure| failure.message.contains(text));
    match &case.stops {
        Some(text) if !stopped(text) => differ(format!("a failure with: {text}")),
        None if !report.failures.is_empty() => differ("no failure".to_owned()),
        _ => {}
    }
    differences
}

fn labels(finding: &Finding) -> impl Iterator<Item = &Label> {
    std::iter::once(&finding.primary).chain(&finding.related)
}

/// The text that a label covers; of several lines the first.
fn covered<'c>(checked: &'c Checked, label: &Label) -> &'c str {
    let sources = &checked.sources;
    let text = sources.find(&label.file).map_or("", |file| sources.text(file));
    let text = text.get(label.start.offset as usize..label.end.offset as usize).unwrap_or("");
    text.lines().next().unwrap_or("").trim_end()
}

fn show(checked: &Checked) -> String {
    let report = &checked.report;
    let mut lines = Vec::new();
    for finding in &report.findings {
        lines.push(format!("  found [{}] {}", finding.rule, finding.message));
        for label in labels(finding) {
            let place = format!("{}:{}", label.file, label.start.line);
            lines.push(format!("    {place}: {}  ({})", covered(checked, label), label.text));
        }
    }
    let undetermined = report.undetermined.iter().map(|verdict| {
        let expression = verdict.blocking.as_ref().map_or("", |blocking| blocking.expression.as_str());
        format!("  undetermined [{}] {} ({expression})", verdict.rule, verdict.message)
    });
    lines.extend(undetermined);
    lines.extend(report.failures.iter().map(|failure| format!("  failure: {}", failure.message)));
    if lines.is_empty() { "  found nothing\n".to_owned() } else { format!("{}\n", lines.join("\n")) }
}
