//! `--format json`: the report as it is.

use std::io::{self, Write};

use trysquare::report::Report;

/// Writes the report.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
