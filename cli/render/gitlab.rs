//! `--format gitlab`: a Code Quality report, which GitLab shows in merge requests.

use std::io::{self, Write};

use serde::Serialize;
use trysquare::report::{Report, Severity};

use super::{Repository, plain};

/// One entry, with the properties that GitLab asks for.
#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    /// GitLab keeps one entry of each fingerprint.
    fingerprint: &'a str,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes the findings. A failed check has no place in this format; it shows in the exit status.
pub fn render(report: &Report, repository: &Repository, out: &mut dyn Write) -> io::Result<()> {
    let issues: Vec<Issue<'_>> = report
        .findings
        .iter()
        .map(|finding| Issue {
            description: plain(&finding.message),
            check_name: &finding.rule,
            fingerprint: &finding.fingerprint,
            severity: match finding.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Note => "info",
            },
            location: Location {
                path: repository.path(&finding.primary.file),
                lines: Lines { begin: finding.primary.start.line, end: finding.primary.end.line },
            },
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}
