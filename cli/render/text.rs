//! `--format text`: code and page, each with its lines, by miette.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};
use trysquare::report::{Failure, Finding, Label, Report, Severity, Summary};
use trysquare::source::Sources;

use super::{Style, plain};

/// Writes findings, failures, then the summary.
pub fn render(report: &Report, sources: &Sources, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false).with_context_lines(1);
    for failure in &report.failures {
        show(&handler, &Shown::failure(failure, sources), out)?;
    }
    for finding in &report.findings {
        show(&handler, &Shown::finding(finding, sources), out)?;
    }
    if style.show_undetermined {
        undetermined(report, out)?;
    }
    if !style.quiet {
        summary(report, style, out)?;
    }
    Ok(())
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

/// One diagnostic: a file with its labels. A finding that speaks of several files has one for each.
struct Shown {
    message: String,
    severity: miette::Severity,
    code: Option<String>,
    help: Option<String>,
    source: Option<NamedSource<String>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Shown>,
}

impl Shown {
    fn finding(finding: &Finding, sources: &Sources) -> Self {
        let severity = match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        };
        let primary_file = &finding.primary.file;
        let mut others: BTreeMap<&str, Vec<&Label>> = BTreeMap::new();
        let mut order = Vec::new();
        let mut labels = vec![labeled(&finding.primary, true)];
        for label in &finding.related {
            if label.file == *primary_file {
                labels.push(labeled(label, false));
            } else {
                if !others.contains_key(label.file.as_str()) {
                    order.push(label.file.as_str());
                }
                others.entry(&label.file).or_default().push(label);
            }
        }
        let related = order
            .into_iter()
            .map(|file| {
                let labels = others.remove(file).unwrap_or_default();
                Self {
                    message: labels.first().map(|label| plain(&label.text)).unwrap_or_default(),
                    severity: miette::Severity::Advice,
                    code: None,
                    help: None,
                    source: source(file, sources),
                    labels: labels.into_iter().map(|label| labeled(label, false)).collect(),
                    related: Vec::new(),
                }
            })
            .collect();
        Self {
            message: plain(&finding.message),
            severity,
            code: Some(finding.rule.clone()),
            help: finding.help.as_deref().map(plain),
            source: source(primary_file, sources),
            labels,
            related,
        }
    }

    fn failure(failure: &Failure, sources: &Sources) -> Self {
        Self {
            message: plain(&failure.message),
            severity: miette::Severity::Error,
            code: None,
            help: failure.help.as_deref().map(plain),
            source: failure.place.as_ref().and_then(|place| source(&place.file, sources)),
            labels: failure.place.iter().map(|place| labeled(place, true)).collect(),
            related: Vec::new(),
        }
    }
}

fn labeled(label: &Label, primary: bool) -> LabeledSpan {
    let text = (!label.text.is_empty()).then(|| plain(&label.text)).or_else(|| primary.then(|| "here".to_owned()));
    let (start, end) = (label.start.offset as usize, label.end.offset as usize);
    let span = (start, end.saturating_sub(start));
    if primary { LabeledSpan::new_primary_with_span(text, span) } else { LabeledSpan::new_with_span(text, span) }
}

fn source(path: &str, sources: &Sources) -> Option<NamedSource<String>> {
    let file = sources.find(path)?;
    // Tabs and other control characters keep their width of one byte, so that offsets stay right.
    let text: String = sources
        .text(file)
        .chars()
        .map(|c| if c.is_control() && !matches!(c, '\n' | '\t' | '\r') && c.len_utf8() == 1 { ' ' } else { c })
        .collect();
    Some(NamedSource::new(plain(path), text))
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
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.related.iter().map(|related| related as &dyn Diagnostic)))
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
            writeln!(out, "    {}:{}:{}  {}", plain(&at.file), at.start.line, at.start.column, plain(&at.expression))?;
        }
    }
    writeln!(out)
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn summary(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let Summary { errors, warnings, notes, undetermined, suppressed, files, resources, workflows } = report.summary;
    if !report.failures.is_empty() {
        return writeln!(
            out,
            "Nothing can be said before {} mended.",
            if report.failures.len() == 1 { "this is" } else { "these are" }
        );
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
        line.push_str(&format!("; {suppressed} suppressed"));
    }
    if undetermined > 0 {
        let hint = if style.show_undetermined { "" } else { " (--show-undetermined lists them)" };
        line.push_str(&format!("; {undetermined} undetermined{hint}"));
    }
    writeln!(out, "{line}.")?;
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for skipped in &report.skipped {
        *reasons.entry(&skipped.reason).or_default() += 1;
    }
    if !style.has_config && !report.skipped.is_empty() {
        let rules = count(report.skipped.len(), "rule", "rules");
        return writeln!(
            out,
            "{rules} did not run: there is no {} that says what your page asks for.",
            trysquare::standard::FILE_NAME
        );
    }
    for (reason, number) in reasons {
        writeln!(out, "Skipped {}: {reason}.", count(number, "rule", "rules"))?;
    }
    Ok(())
}
