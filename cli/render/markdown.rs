//! `--format markdown`: a page for people who review, such as a job's summary on GitHub: first how every function
//! stands to every documented standard, then what to mend.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use trysquare::check::Checked;
use trysquare::report::{Answer, Finding, Label, Report, Suppressed, Undetermined, Verdict};

use super::{Repository, Style, count, plain};

/// A job's summary has at most 1 MiB; what we say of what was left out has to fit as well.
const MAX_BYTES: usize = (1 << 20) - 1024;
/// Functions beside each other in one table.
const COLUMNS: usize = 4;

/// Writes the page.
pub fn render(checked: &Checked, repository: &Repository, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let report = &checked.report;
    let rules = checked.rules.pages().map(|(page, rule)| (&*rule.id, repository.page(page)));
    let links = Links { repository, rules: rules.collect() };
    let mut page = Page::default();
    page.add(&headline(report));
    for failure in &report.failures {
        let at = failure.place.as_ref().map(|label| format!(" ({})", links.place(label))).unwrap_or_default();
        let help = failure.help.as_ref().map(|help| format!(" _{}_", escaped(help))).unwrap_or_default();
        page.add(&format!("- **failure** {}{at}{help}\n", escaped(&failure.message)));
    }
    matrix(report, &links, &mut page);
    others(report, &links, &mut page);
    page.list("### Findings\n", report.findings.iter().map(|finding| found(finding, &links)));
    if style.show_suppressed {
        page.list("### Silenced\n", report.suppressed.iter().map(|suppressed| quiet(suppressed, &links)));
    }
    if style.show_undetermined {
        page.list("### Undetermined\n", report.undetermined.iter().map(|open| undetermined(open, &links)));
    }
    out.write_all(page.finished().as_bytes())
}

/// Where things that the page names can be read.
struct Links<'a> {
    repository: &'a Repository,
    /// Addresses of the rules' pages.
    rules: BTreeMap<&'a str, String>,
}

impl Links<'_> {
    fn place(&self, label: &Label) -> String {
        let name = format!("{}:{}", self.repository.path(&label.file), label.start.line);
        format!("[{}]({})", code(&name), self.repository.link_to(label))
    }

    /// A link to the place of something that is shown; nothing without a place.
    fn to(&self, shown: String, at: Option<&Label>) -> Option<String> {
        at.map(|label| format!("[{shown}]({})", self.repository.link_to(label)))
    }

    fn rule(&self, rule: &str) -> String {
        self.rules.get(rule).map_or_else(|| code(rule), |url| format!("[{rule}]({url})"))
    }
}

/// A page that does not grow beyond what GitHub takes.
#[derive(Default)]
struct Page {
    text: String,
    left_out: usize,
}

impl Page {
    fn add(&mut self, part: &str) {
        if self.left_out == 0 && self.text.len() + part.len() <= MAX_BYTES {
            self.text.push_str(part);
        } else {
            self.left_out += 1;
        }
    }

    /// A heading and its items; nothing without items.
    fn list(&mut self, heading: &str, items: impl Iterator<Item = String>) {
        let mut items = items.peekable();
        if items.peek().is_some() {
            self.add(&format!("\n{heading}\n"));
        }
        items.for_each(|item| self.add(&item));
    }

    fn finished(self) -> String {
        match self.left_out {
            0 => self.text,
            left_out => format!("{}\n\n{left_out} more do not fit on this page.\n", self.text),
        }
    }
}

fn headline(report: &Report) -> String {
    let summary = &report.summary;
    let counts = [
        (summary.errors, "error", "errors"),
        (summary.warnings, "warning", "warnings"),
        (summary.notes, "note", "notes"),
        (summary.undetermined, "undetermined", "undetermined"),
    ];
    let counts = counts.into_iter().filter(|(number, ..)| *number > 0);
    let counts: Vec<String> = counts.map(|(number, one, many)| count(number, one, many)).collect();
    let found = match counts.as_slice() {
        _ if !report.failures.is_empty() => "nothing can be said before this is mended".to_owned(),
        [] => "nothing to mend".to_owned(),
        counts => counts.join(", "),
    };
    format!("## trysquare: {found}\n\n")
}

/// Tables of functions by standards, a few functions each.
fn matrix(report: &Report, links: &Links<'_>, page: &mut Page) {
    let mut cells: BTreeMap<(&str, &str), Vec<&Verdict>> = BTreeMap::new();
    let (mut functions, mut rules): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for verdict in &report.compliance {
        let Some(function) = &verdict.function else {
            continue;
        };
        cells.entry((&verdict.rule, function)).or_default().push(verdict);
        remember(&mut functions, function);
        remember(&mut rules, &verdict.rule);
    }
    if functions.is_empty() {
        return;
    }
    let silenced = silenced(report);
    page.add("### Functions and what is documented\n\n");
    page.add(
        "✓ as documented, ✗ not, (✗) not and silenced, ? undetermined: what the code says / what the page says.\n",
    );
    for functions in functions.chunks(COLUMNS) {
        let heads: Vec<String> = functions.iter().map(|function| code(function)).collect();
        page.add(&format!("\n| | {} |\n|---|{}\n", heads.join(" | "), "---|".repeat(functions.len())));
        for rule in &rules {
            let row = functions.iter().map(|function| match cells.get(&(*rule, *function)) {
                Some(verdicts) => cell(verdicts, &silenced, links),
                None => String::new(),
            });
            page.add(&format!("| {} | {} |\n", links.rule(rule), row.collect::<Vec<_>>().join(" | ")));
        }
    }
}

fn remember<'v>(seen: &mut Vec<&'v str>, name: &'v str) {
    if !seen.contains(&name) {
        seen.push(name);
    }
}

/// What one rule says of one function.
fn cell(verdicts: &[&Verdict], silenced: &Silenced<'_>, links: &Links<'_>) -> String {
    let mut entries: Vec<String> = Vec::new();
    for verdict in verdicts {
        let about = verdict.about.as_deref().map(code);
        let (name, value) = match verdict.evaluated.as_deref().map(code) {
            Some(value) => (about.map(|about| format!("{about} ")).unwrap_or_default(), value),
            None => (String::new(), about.unwrap_or_else(|| "code".to_owned())),
        };
        let documented = verdict.documented.as_deref().map_or_else(|| "page".to_owned(), code);
        let sides = [links.to(value, verdict.code.as_ref()), links.to(documented, verdict.page.as_ref())];
        let sides: Vec<String> = sides.into_iter().flatten().collect();
        let entry = format!("{} {name}{}", sign(verdict, silenced), sides.join(" / "));
        // Several instances may have the same name and say the same.
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    entries.join("<br>")
}

/// What tells a silenced finding from others: its rule, what it is about, and what it says.
type Silenced<'a> = BTreeSet<(&'a str, Option<&'a str>, Option<&'a str>)>;

fn silenced(report: &Report) -> Silenced<'_> {
    let findings = report.suppressed.iter().map(|suppressed| &suppressed.finding);
    findings.map(|finding| (&*finding.rule, finding.address.as_deref(), Some(&*finding.message))).collect()
}

fn sign(verdict: &Verdict, silenced: &Silenced<'_>) -> &'static str {
    match verdict.answer {
        Answer::Pass => "✓",
        Answer::Undetermined => "?",
        Answer::Fail
            if silenced.contains(&(&*verdict.rule, verdict.address.as_deref(), verdict.message.as_deref())) =>
        {
            "(✗)"
        }
        Answer::Fail => "✗",
    }
}

/// The standards that are not about one function, with how often each holds.
fn others(report: &Report, links: &Links<'_>, page: &mut Page) {
    let mut rules: Vec<(&str, BTreeMap<Answer, usize>)> = Vec::new();
    for verdict in report.compliance.iter().filter(|verdict| verdict.function.is_none()) {
        let known = rules.iter().position(|(rule, _)| *rule == verdict.rule);
        let at = known.unwrap_or_else(|| {
            rules.push((&verdict.rule, BTreeMap::new()));
            rules.len() - 1
        });
        if let Some((_, answers)) = rules.get_mut(at) {
            *answers.entry(verdict.answer).or_default() += 1;
        }
    }
    let order = [Answer::Pass, Answer::Fail, Answer::Undetermined];
    let rows = rules.iter().map(|(rule, answers)| {
        let number = |answer: &Answer| answers.get(answer).map(usize::to_string).unwrap_or_default();
        format!("| {} | {} |\n", links.rule(rule), order.iter().map(number).collect::<Vec<_>>().join(" | "))
    });
    page.list("### What else is documented\n\n| | ✓ | ✗ | ? |\n|---|---|---|---|", rows);
}

fn found(finding: &Finding, links: &Links<'_>) -> String {
    let (severity, message) = (finding.severity.name(), escaped(&finding.message));
    let rule = links.rule(&finding.rule);
    let related: String =
        finding.related.iter().map(|label| format!("; {} {}", escaped(&label.text), links.place(label))).collect();
    let at = links.place(&finding.primary);
    let help = finding.help.as_ref().map(|help| format!("<br>{}", escaped(help))).unwrap_or_default();
    format!("- **{severity}** {rule}: {message} ({at}{related}){help}\n")
}

fn quiet(suppressed: &Suppressed, links: &Links<'_>) -> String {
    let finding = &suppressed.finding;
    let by = match &suppressed.place {
        Some(place) => format!("silenced {}", links.place(place)),
        None => "in the baseline".to_owned(),
    };
    let until = suppressed.until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default();
    let reason = suppressed.reason.as_ref().map(|reason| format!(": {}", escaped(reason))).unwrap_or_default();
    let at = links.place(&finding.primary);
    format!("- {}: {} ({at}; {by}{until}{reason})\n", links.rule(&finding.rule), escaped(&finding.message))
}

fn undetermined(open: &Undetermined, links: &Links<'_>) -> String {
    let rule = links.rule(&open.rule);
    let address = open.address.as_ref().map(|address| format!(" {}", code(address))).unwrap_or_default();
    let at = open.blocking.as_ref().map(|at| {
        let name = format!("{}:{}", links.repository.path(&at.file), at.start.line);
        format!(" ([{}]({}))", code(&name), links.repository.link(&at.file, at.start, at.end))
    });
    format!("- {rule}{address}: {}{}\n", escaped(&open.message), at.unwrap_or_default())
}

/// Text from a file, as HTML code: nothing in it is Markdown, a mention or the end of a table's cell.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Text in which nothing is Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in plain(text).replace('\n', " ").chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' | '!' => escaped.extend(['\\', c]),
            // A mention would call people who have nothing to do with it.
            '@' => escaped.push_str("&#64;"),
            _ => escaped.push(c),
        }
    }
    escaped
}
