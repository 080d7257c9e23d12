//! `--format concise`: one line a finding.

use std::io::{self, Write};

use trysquare::report::Report;

use super::{Style, plain};

/// Writes the findings.
pub fn render(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for failure in &report.failures {
        match &failure.place {
            Some(place) => writeln!(
                out,
                "{}:{}:{} failure: {}",
                place.file,
                place.start.line,
                place.start.column,
                plain(&failure.message)
            )?,
            None => writeln!(out, "failure: {}", plain(&failure.message))?,
        }
    }
    for finding in &report.findings {
        let at = &finding.primary;
        let (line, column) = (at.start.line, at.start.column);
        writeln!(
            out,
            "{}:{line}:{column} {}: {} [{}]",
            plain(&at.file),
            finding.severity.name(),
            plain(&finding.message),
            finding.rule
        )?;
    }
    if style.show_undetermined {
        for open in &report.undetermined {
            let place = open
                .blocking
                .as_ref()
                .map(|at| format!("{}:{}:{} ", at.file, at.start.line, at.start.column))
                .unwrap_or_default();
            let address = open.address.as_ref().map(|address| format!("{address}: ")).unwrap_or_default();
            writeln!(
                out,
                "{}undetermined: {}{} [{}]",
                plain(&place),
                plain(&address),
                plain(&open.message),
                open.rule
            )?;
        }
    }
    Ok(())
}
