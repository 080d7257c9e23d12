//! From spans to what is shown.

use super::{Blocking, Finding, Label, Position, Report, Severity};
use crate::source::{FileId, Sources, Span};

/// Turns spans into lines and columns.
#[derive(Clone, Copy)]
pub struct Places<'s> {
    sources: &'s Sources,
}

impl<'s> Places<'s> {
    /// Places in these files.
    #[must_use]
    pub fn new(sources: &'s Sources) -> Self {
        Self { sources }
    }

    fn position(&self, file: FileId, offset: u32) -> Position {
        let at = self.sources.line_column(file, offset);
        Position { line: at.line, column: at.column, offset, character: at.character }
    }

    /// The file of a span.
    #[must_use]
    pub fn path(&self, span: Span) -> &'s str {
        self.sources.path(span.file)
    }

    /// Path and text of a file.
    #[must_use]
    pub fn file(&self, file: FileId) -> (&'s str, &'s str) {
        (self.sources.path(file), self.sources.text(file))
    }

    /// A span with something to say.
    pub fn label(&self, span: Span, text: impl Into<String>) -> Label {
        Label {
            file: self.path(span).to_owned(),
            start: self.position(span.file, span.start),
            end: self.position(span.file, span.end),
            text: text.into(),
        }
    }

    /// The expression at a span, as written, on one line.
    #[must_use]
    pub fn blocking(&self, span: Span) -> Blocking {
        let label = self.label(span, "");
        let text = self.sources.slice(span);
        let expression: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect();
        Blocking { file: label.file, start: label.start, end: label.end, expression }
    }

    /// The text a span covers.
    #[must_use]
    pub fn text(&self, span: Span) -> &'s str {
        self.sources.slice(span)
    }
}

/// A hash that is the same on every machine and in every version (FNV-1a, 64 bits).
#[must_use]
pub fn hash(parts: &[&str]) -> String {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{state:016x}")
}

/// Puts findings in the order of their places, and drops what was found twice.
pub fn arrange(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| place(a).cmp(&place(b)));
    findings.dedup_by(|b, a| place(a) == place(b));
}

/// Puts everything in a stable order, drops what was found twice, gives fingerprints, and counts.
#[must_use]
pub fn sorted(mut report: Report) -> Report {
    arrange(&mut report.findings);
    report.suppressed.sort_by(|a, b| place(&a.finding).cmp(&place(&b.finding)));
    let silenced = report.suppressed.iter_mut().map(|suppressed| &mut suppressed.finding);
    fingerprint(report.findings.iter_mut().chain(silenced).collect());
    report.undetermined.sort_by(|a, b| (&a.rule, &a.address, &a.message).cmp(&(&b.rule, &b.address, &b.message)));
    report.undetermined.dedup();
    report.skipped.sort_by(|a, b| a.rule.cmp(&b.rule));
    report.count();
    report
}

/// Gives each finding a name that stays when lines move, files are renamed or reformatted, and others are silenced:
/// made from what it says of what, not from where. Equal ones are numbered in the order of their places.
fn fingerprint(mut findings: Vec<&mut Finding>) {
    findings.sort_by(|a, b| place(a).cmp(&place(b)));
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for finding in findings {
        let address = finding.address.as_deref().unwrap_or("");
        let base = hash(&[&finding.rule, address, &without_paths(finding)]);
        let count = seen.entry(base.clone()).or_default();
        finding.fingerprint = if *count == 0 { base } else { format!("{base}-{count}") };
        *count += 1;
    }
}

/// What a finding says, without the names of the files that it points at.
fn without_paths(finding: &Finding) -> String {
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    labels.fold(finding.message.clone(), |message, label| message.replace(&label.file, ""))
}

impl Report {
    /// Counts anew what is in the report; for whoever takes something out of it.
    pub fn count(&mut self) {
        let of = |severity| self.findings.iter().filter(|finding| finding.severity == severity).count();
        (self.summary.errors, self.summary.warnings, self.summary.notes) =
            (of(Severity::Error), of(Severity::Warning), of(Severity::Note));
        self.summary.undetermined = self.undetermined.len();
        self.summary.suppressed = self.suppressed.len();
    }
}

fn place(finding: &Finding) -> (&str, u32, u32, &str, &str, Option<&str>) {
    (
        &finding.primary.file,
        finding.primary.start.offset,
        finding.primary.end.offset,
        &finding.rule,
        &finding.message,
        finding.address.as_deref(),
    )
}
