//! `--format text`: code and page, each with its lines, by miette.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::ops::Range;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use trysquare::check::Checked;
use trysquare::report::{Failure, Finding, Label, Report, Severity, Summary, Suppressed};
use trysquare::source::Sources;

use super::{Style, count, plain};

/// Lines of code above and below what is marked.
const CONTEXT: usize = 1;
/// Places closer than this many lines are shown as one piece of code.
const NEAR: u32 = 4;

/// Writes failures and findings, then the summary.
pub fn render(report: &Report, sources: &Sources, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let handler = handler(style.color);
    for failure in &report.failures {
        show(&handler, &Shown::failure(failure, sources), out)?;
    }
    for group in report.findings.chunk_by(alike) {
        show(&handler, &Shown::findings(group, sources, style), out)?;
    }
    if style.show_undetermined {
        undetermined(report, out)?;
    }
    if style.show_suppressed {
        suppressed(report, out)?;
    }
    if !style.quiet {
        resolved(report, out)?;
        summary(report, style, out)?;
    }
    Ok(())
}

/// Writes what kept trysquare from doing what was asked, and nothing else.
pub fn failures(checked: &Checked, out: &mut dyn Write) -> io::Result<()> {
    let handler = handler(false);
    checked
        .report
        .failures
        .iter()
        .try_for_each(|failure| show(&handler, &Shown::failure(failure, &checked.sources), out))
}

fn handler(color: bool) -> GraphicalReportHandler {
    let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false).with_context_lines(CONTEXT)
}

/// Whether two findings show the same code: one line of a `for_each` is wrong for each of its instances.
fn alike(a: &Finding, b: &Finding) -> bool {
    let places = |finding: &Finding| -> Vec<(String, u32, u32)> {
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        labels.map(|label| (label.file.clone(), label.start.offset, label.end.offset)).collect()
    };
    a.rule == b.rule && a.severity == b.severity && a.help == b.help && places(a) == places(b)
}

fn show(handler: &GraphicalReportHandler, shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    handler.render_report(&mut text, shown).map_err(io::Error::other)?;
    // miette leaves blanks at line ends; they make diffs of logs noisy.
    for line in text.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out)
}

/// Text that a terminal opens an address for.
fn hyperlink(text: &str, url: &str) -> String {
    format!("\x1b]8;;{}\x1b\\{text}\x1b]8;;\x1b\\", plain(url))
}

/// One diagnostic over several files.
struct Shown {
    message: String,
    severity: miette::Severity,
    code: Option<String>,
    help: Option<String>,
    source: Pages,
    labels: Vec<LabeledSpan>,
}

impl Shown {
    fn findings(group: &[Finding], sources: &Sources, style: Style) -> Self {
        let messages: Vec<String> = group.iter().map(|finding| plain(&finding.message)).collect();
        let mut shown = Self {
            message: messages.join("\n"),
            severity: miette::Severity::Error,
            code: None,
            help: None,
            source: Pages::default(),
            labels: Vec::new(),
        };
        if let Some(first) = group.first() {
            shown.severity = match first.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Note => miette::Severity::Advice,
            };
            let url = first.url.as_deref().filter(|url| style.hyperlinks && url.starts_with("https://"));
            shown.code = Some(url.map_or_else(|| first.rule.clone(), |url| hyperlink(&first.rule, url)));
            shown.help = first.help.as_deref().map(plain);
            shown.mark(std::iter::once(&first.primary).chain(&first.related), sources);
        }
        shown
    }

    fn failure(failure: &Failure, sources: &Sources) -> Self {
        let mut shown = Self {
            message: plain(&failure.message),
            severity: miette::Severity::Error,
            code: None,
            help: failure.help.as_deref().map(plain),
            source: Pages::default(),
            labels: Vec::new(),
        };
        shown.mark(failure.place.iter(), sources);
        shown
    }

    /// Marks places, the first as the one that matters most.
    fn mark<'l>(&mut self, labels: impl Iterator<Item = &'l Label>, sources: &Sources) {
        for label in labels {
            let Some(start) = self.source.place(label, sources) else {
                continue;
            };
            let text = (!label.text.is_empty()).then(|| plain(&label.text));
            let span = (start, (label.end.offset - label.start.offset) as usize);
            self.labels.push(if self.labels.is_empty() {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            });
        }
    }
}

/// Files laid one after the other in a space of offsets, in the order they are to be shown. miette shows
/// one source; this one answers for whichever file an offset falls into.
#[derive(Default)]
struct Pages {
    pages: Vec<Page>,
}

struct Page {
    name: String,
    text: String,
    /// Where it lies in the space of offsets.
    range: Range<usize>,
    /// The lines that are marked in it so far.
    lines: Range<u32>,
}

impl Pages {
    /// The offset at which a label's start lies; its file is added unless what is shown of it already is near.
    fn place(&mut self, label: &Label, sources: &Sources) -> Option<usize> {
        let name = plain(&label.file);
        let offset = label.start.offset as usize;
        let (first, last) = (label.start.line, label.end.line);
        let near =
            |page: &&mut Page| page.name == name && first < page.lines.end + NEAR && last + NEAR > page.lines.start;
        if let Some(page) = self.pages.iter_mut().find(near) {
            page.lines = page.lines.start.min(first)..page.lines.end.max(last);
            return Some(page.range.start + offset);
        }
        let mut text = visible(sources.text(sources.find(&label.file)?));
        if text.is_empty() {
            // miette shows no label of a file without lines.
            text.push(' ');
        }
        // A gap between files, so that no span touches two.
        let start = self.pages.last().map_or(0, |page| page.range.end + 1);
        self.pages.push(Page { name, range: start..start + text.len() + 1, text, lines: first..last });
        Some(start + offset)
    }
}

/// Control characters as blanks of the same width, so that offsets stay right and nothing steers the terminal.
fn visible(text: &str) -> String {
    let hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r') && c.len_utf8() == 1;
    text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect()
}

impl SourceCode for Pages {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        let page = self.pages.iter().find(|page| page.range.start <= span.offset() && end <= page.range.end);
        let page = page.ok_or(MietteError::OutOfBounds)?;
        let local = SourceSpan::new((span.offset() - page.range.start).into(), span.len());
        let found = page.text.read_span(&local, before, after)?;
        let shifted = SourceSpan::new((found.span().offset() + page.range.start).into(), found.span().len());
        Ok(Box::new(MietteSpanContents::new_named(
            page.name.clone(),
            found.data(),
            shifted,
            found.line(),
            found.column(),
            found.line_count(),
        )))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.labels.is_empty()).then_some(&self.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

fn undetermined(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.undetermined.is_empty() {
        return Ok(());
    }
    writeln!(out, "Undetermined:")?;
    for open in &report.undetermined {
        let address = open.address.as_ref().map(|address| format!(" {address}")).unwrap_or_default();
        writeln!(out, "  {}{}: {}", open.rule, plain(&address), plain(&open.message))?;
        if let Some(at) = &open.blocking {
            let (line, column) = (at.start.line, at.start.column);
            writeln!(out, "    {}:{line}:{column}  {}", plain(&at.file), plain(&at.expression))?;
        }
    }
    writeln!(out)
}

fn suppressed(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.suppressed.is_empty() {
        return Ok(());
    }
    writeln!(out, "Suppressed:")?;
    for Suppressed { finding, by, reason, until, place } in &report.suppressed {
        let at = &finding.primary;
        let (line, column) = (at.start.line, at.start.column);
        writeln!(out, "  {}:{line}:{column}  {}: {}", plain(&at.file), finding.rule, plain(&finding.message))?;
        let why = reason.as_deref().map(|reason| format!(": {}", plain(reason))).unwrap_or_default();
        let until = until.as_deref().map(|until| format!(" until {until}")).unwrap_or_default();
        let place = place.as_ref().map(|at| format!(" {}:{}", plain(&at.file), at.start.line)).unwrap_or_default();
        writeln!(out, "    by {}{place}{until}{why}", by.name())?;
    }
    writeln!(out)
}

fn resolved(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.resolved.is_empty() {
        return Ok(());
    }
    writeln!(out, "In the baseline and not found any more; --write-baseline writes it without them:")?;
    for known in &report.resolved {
        writeln!(out, "  {}: {} [{}]", plain(&known.file), plain(&known.message), known.rule)?;
    }
    writeln!(out)
}

fn summary(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let Summary { errors, warnings, notes, undetermined, suppressed, files, resources, workflows } = report.summary;
    if !report.failures.is_empty() {
        let these = if report.failures.len() == 1 { "this is" } else { "these are" };
        if files == 0 {
            return writeln!(out, "Nothing can be said before {these} mended.");
        }
        writeln!(out, "Not everything can be said before {these} mended.")?;
    }
    writeln!(
        out,
        "Read {}: {}, {}.",
        count(files, "file", "files"),
        count(resources, "resource", "resources"),
        count(workflows, "workflow", "workflows")
    )?;
    let mut found = Vec::new();
    for (number, one, many) in
        [(errors, "error", "errors"), (warnings, "warning", "warnings"), (notes, "note", "notes")]
    {
        if number > 0 {
            found.push(count(number, one, many));
        }
    }
    let mut line =
        if found.is_empty() { "Found nothing to mend".to_owned() } else { format!("Found {}", found.join(", ")) };
    if suppressed > 0 {
        let hint = if style.show_suppressed { "" } else { " (--show-suppressed lists them)" };
        line.push_str(&format!("; {suppressed} suppressed{hint}"));
    }
    if undetermined > 0 {
        let hint = if style.show_undetermined { "" } else { " (--show-undetermined lists them)" };
        line.push_str(&format!("; {undetermined} undetermined{hint}"));
    }
    writeln!(out, "{line}.")?;
    if !style.has_config && !report.skipped.is_empty() {
        let rules = count(report.skipped.len(), "rule", "rules");
        return writeln!(
            out,
            "{rules} did not run: there is no {} that says what your page asks for; `trysquare init` writes one.",
            trysquare::standard::FILE_NAME
        );
    }
    // Rules that wait for something of the standard share one line.
    let mut missing: Vec<&str> = Vec::new();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for skipped in &report.skipped {
        match skipped.reason.strip_prefix("the standard has no ") {
            Some(part) => {
                *reasons.entry("the standard has no ").or_default() += 1;
                missing.push(part);
            }
            None => *reasons.entry(&skipped.reason).or_default() += 1,
        }
    }
    missing.sort_unstable();
    missing.dedup();
    for (reason, number) in reasons {
        let parts = if reason.ends_with(' ') { missing.join(", ") } else { String::new() };
        writeln!(out, "Skipped {}: {reason}{parts}.", count(number, "rule", "rules"))?;
    }
    Ok(())
}
