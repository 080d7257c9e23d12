//! `--format github`: workflow commands, which GitHub shows as annotations at the lines they are about.

use std::io::{self, Write};

use trysquare::report::{Failure, Finding, Label, Report, Severity};

use super::{Repository, Style, count, details, place, plain};

/// Annotations of one kind that GitHub shows for a step; it drops the others without a word.
const SHOWN: usize = 10;

/// Writes the commands, then, for people, what GitHub would have dropped.
pub fn render(report: &Report, repository: &Repository, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for failure in &report.failures {
        command("error", failure.place.as_ref(), "trysquare", &failed(failure), repository, out)?;
    }
    let mut dropped: Vec<&Finding> = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let these = report.findings.iter().filter(|finding| finding.severity == severity);
        for (at, finding) in these.enumerate() {
            if at < SHOWN {
                let text = format!("{}\n{}", plain(&finding.message), details(finding, repository));
                command(name(severity), Some(&finding.primary), &finding.rule, text.trim_end(), repository, out)?;
            } else {
                dropped.push(finding);
            }
        }
    }
    if !dropped.is_empty() {
        group(&format!("{} more than GitHub shows", count(dropped.len(), "finding", "findings")), out)?;
        for finding in dropped {
            let severity = finding.severity.name();
            log(
                &format!("{} {severity}: {} [{}]", place(&finding.primary, repository), finding.message, finding.rule),
                out,
            )?;
        }
        writeln!(out, "::endgroup::")?;
    }
    if style.show_undetermined && !report.undetermined.is_empty() {
        group(&format!("{} undetermined", report.undetermined.len()), out)?;
        for open in &report.undetermined {
            let at = open.blocking.as_ref().map(|at| format!("{}:{}: ", repository.path(&at.file), at.start.line));
            let address = open.address.as_ref().map(|address| format!("{address}: "));
            let (at, address) = (at.unwrap_or_default(), address.unwrap_or_default());
            log(&format!("{at}{address}{} [{}]", open.message, open.rule), out)?;
        }
        writeln!(out, "::endgroup::")?;
    }
    if style.quiet {
        return Ok(());
    }
    let summary = &report.summary;
    let counts = [
        count(summary.errors, "error", "errors"),
        count(summary.warnings, "warning", "warnings"),
        count(summary.notes, "note", "notes"),
        format!("{} undetermined", summary.undetermined),
    ];
    writeln!(out, "trysquare: {}", counts.join(", "))
}

fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

fn failed(failure: &Failure) -> String {
    let help = failure.help.as_ref().map(|help| format!("\nhelp: {}", plain(help))).unwrap_or_default();
    format!("{}{help}", plain(&failure.message))
}

fn command(
    name: &str,
    at: Option<&Label>,
    title: &str,
    message: &str,
    repository: &Repository,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "::{name} ")?;
    if let Some(Label { file, start, end, .. }) = at {
        write!(out, "file={},line={},endLine={},", property(&repository.path(file)), start.line, end.line)?;
        // Columns count only within one line.
        if start.line == end.line {
            write!(out, "col={},endColumn={},", start.column, end.column)?;
        }
    }
    writeln!(out, "title={}::{}", property(title), data(message))
}

/// Text of a command's message: line ends are the runner's.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The same for a property, which ends at a comma or colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn group(title: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "::group::{}", data(title))
}

/// A line of the log that is no command, whatever it says: the runner knows commands by `::` at the start and, in an
/// older form, by `##[` anywhere.
fn log(line: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "- {}", plain(line).replace('\n', " ").replace("##[", "# #["))
}
