//! `--format sarif`: SARIF 2.1.0, for code scanning.

mod model;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde_json::{Value, json};
use trysquare::check::Checked;
use trysquare::report::{
    self, Applicability, Edit, Finding, Label, Position, Report, Severity, Suppressed, SuppressedBy, Undetermined,
};
use trysquare::rules::Rule;
use trysquare::rules::load::PageText;
use trysquare::source::Sources;

use super::{Repository, Style, plain};
use model::{
    ArtifactChange, ArtifactLocation, BaseId, Configuration, Driver, Fix, Invocation, Location, Log, LogicalLocation,
    Message, Notification, PhysicalLocation, Region, Replacement, ReportingDescriptor, RuleReference, Run, SarifResult,
    Suppression, Tool,
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The name under which code scanning knows the root of the repository.
const ROOT: &str = "%SRCROOT%";
/// Name of our fingerprint; grows when what it is made of changes.
const FINGERPRINT: &str = "trysquare/v1";

/// Writes findings as results that fail. What is undetermined (open results) and what is silenced (suppressed ones)
/// are there only when asked for: code scanning makes an alert of every result, whatever else it says.
pub fn render(checked: &Checked, repository: &Repository, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let report = &checked.report;
    let open: &[Undetermined] = if style.show_undetermined { &report.undetermined } else { &[] };
    let suppressed: &[Suppressed] = if style.show_suppressed { &report.suppressed } else { &[] };
    let names = report.findings.iter().chain(suppressed.iter().map(|suppressed| &suppressed.finding));
    let names: BTreeSet<&str> =
        names.map(|finding| &*finding.rule).chain(open.iter().map(|open| &*open.rule)).collect();
    let rules = checked.rules.pages().filter(|(_, rule)| names.contains(&*rule.id)).collect();
    let writer = Writer { repository, sources: &checked.sources, rules };
    let results = report.findings.iter().map(|finding| writer.finding(finding));
    let suppressed = suppressed.iter().map(|suppressed| writer.suppressed(suppressed));
    let open = open.iter().map(|open| writer.undetermined(open));
    let description = Message { text: "The root of the repository.".to_owned(), markdown: None };
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: &report.tool.name,
                    version: &report.tool.version,
                    semantic_version: &report.tool.version,
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: writer.rules.iter().map(|(page, rule)| descriptor(page, rule, writer.repository)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: report.failures.is_empty(),
                tool_configuration_notifications: writer.notifications(report),
            }],
            original_uri_base_ids: BTreeMap::from([(ROOT, BaseId { description })]),
            column_kind: "unicodeCodePoints",
            results: results.chain(suppressed).chain(open).collect(),
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn descriptor(page: &PageText, rule: &Rule, repository: &Repository) -> ReportingDescriptor {
    let url = repository.page(page);
    let group = page.path.rsplit('/').nth(1).unwrap_or_default();
    let mut tags = vec![group];
    let mut properties = BTreeMap::from([("precision", Value::from("very-high"))]);
    if let Some(severity) = rule.security_severity {
        tags.push("security");
        properties.insert("security-severity", format!("{severity:.1}").into());
    }
    properties.insert("tags", json!(tags));
    // What follows are the rule itself and its examples, for those who write rules.
    let prose = page.text.split("```hcl rule").next().unwrap_or_default().trim_end();
    ReportingDescriptor {
        id: rule.id.clone(),
        short_description: text(&rule.summary),
        full_description: text(&rule.summary),
        help: Message {
            text: rule.summary.clone(),
            markdown: Some(format!("{prose}\n\n[The rule and its examples]({url})\n")),
        },
        // SARIF wants an address here, which the page of a rule of one's own may not have.
        help_uri: url.starts_with("https://").then_some(url),
        default_configuration: Configuration { level: rule.severity.name() },
        properties,
    }
}

fn text(text: &str) -> Message {
    Message { text: plain(text), markdown: None }
}

struct Writer<'a> {
    repository: &'a Repository,
    sources: &'a Sources,
    rules: Vec<(&'a PageText, &'a Rule)>,
}

impl Writer<'_> {
    fn rule_index(&self, id: &str) -> Option<usize> {
        self.rules.iter().position(|(_, rule)| rule.id == id)
    }

    fn finding(&self, finding: &Finding) -> SarifResult {
        let mut primary = self.location(&finding.primary, None);
        primary.logical_locations.extend(finding.address.clone().map(named_thing));
        SarifResult {
            rule_id: finding.rule.clone(),
            rule_index: self.rule_index(&finding.rule),
            kind: "fail",
            level: finding.severity.name(),
            message: message(finding),
            locations: vec![primary],
            related_locations: (1..).zip(&finding.related).map(|(id, label)| self.location(label, Some(id))).collect(),
            partial_fingerprints: BTreeMap::from([(FINGERPRINT, finding.fingerprint.clone())]),
            fixes: self.fixes(finding),
            suppressions: Vec::new(),
        }
    }

    fn suppressed(&self, suppressed: &Suppressed) -> SarifResult {
        let suppression = Suppression {
            kind: match suppressed.by {
                SuppressedBy::Comment => "inSource",
                SuppressedBy::Configuration | SuppressedBy::Baseline => "external",
            },
            status: "accepted",
            justification: suppressed.reason.as_deref().map(plain),
            location: suppressed.place.as_ref().map(|label| self.location(label, None)),
        };
        SarifResult { suppressions: vec![suppression], ..self.finding(&suppressed.finding) }
    }

    fn undetermined(&self, open: &Undetermined) -> SarifResult {
        let blocking = open.blocking.as_ref().map(|at| Location {
            id: None,
            physical_location: self.physical(&at.file, at.start, at.end),
            logical_locations: open.address.clone().map(named_thing).into_iter().collect(),
            message: None,
        });
        SarifResult {
            rule_id: open.rule.clone(),
            rule_index: self.rule_index(&open.rule),
            kind: "open",
            level: "none",
            message: text(&format!("undetermined: {}", open.message)),
            locations: blocking.into_iter().collect(),
            related_locations: Vec::new(),
            partial_fingerprints: BTreeMap::new(),
            fixes: Vec::new(),
            suppressions: Vec::new(),
        }
    }

    fn notifications(&self, report: &Report) -> Vec<Notification> {
        let failures = report.failures.iter().map(|failure| {
            let help = failure.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
            Notification {
                level: Severity::Error.name(),
                message: text(&format!("{}{help}", failure.message)),
                locations: failure.place.iter().map(|label| self.location(label, None)).collect(),
                associated_rule: None,
            }
        });
        let skipped = report.skipped.iter().map(|skipped| Notification {
            level: Severity::Note.name(),
            message: text(&format!("not run: {}", skipped.reason)),
            locations: Vec::new(),
            associated_rule: Some(RuleReference { id: skipped.rule.clone() }),
        });
        let mut notifications: Vec<Notification> = failures.chain(skipped).collect();
        if report.summary.undetermined > 0 {
            notifications.push(Notification {
                level: Severity::Note.name(),
                message: text(&format!("{} undetermined; --show-undetermined adds them", report.summary.undetermined)),
                locations: Vec::new(),
                associated_rule: None,
            });
        }
        notifications
    }

    fn location(&self, label: &Label, id: Option<usize>) -> Location {
        Location {
            id,
            physical_location: self.physical(&label.file, label.start, label.end),
            logical_locations: Vec::new(),
            message: (!label.text.is_empty()).then(|| text(&label.text)),
        }
    }

    fn physical(&self, file: &str, start: Position, end: Position) -> PhysicalLocation {
        let region =
            Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column };
        PhysicalLocation { artifact_location: self.artifact(file), region }
    }

    fn artifact(&self, file: &str) -> ArtifactLocation {
        ArtifactLocation { uri: self.repository.uri(file), uri_base_id: ROOT }
    }

    /// The ways to mend a finding: the code, or else the page.
    fn fixes(&self, finding: &Finding) -> Vec<Fix> {
        let code = finding.fix.iter().map(|fix| self.fix(fix, "Change the code to what is documented"));
        let page = finding.document_fix.iter().map(|fix| self.fix(fix, "Change the page to what the code says"));
        code.chain(page).collect()
    }

    fn fix(&self, fix: &report::Fix, what: &str) -> Fix {
        let caution = match fix.applicability {
            Applicability::Safe => "",
            Applicability::Unsafe => "; look at it first",
        };
        let change = |edit: &Edit| ArtifactChange {
            artifact_location: self.artifact(&edit.file),
            replacements: vec![Replacement {
                deleted_region: self.region(edit),
                inserted_content: Message { text: edit.text.clone(), markdown: None },
            }],
        };
        Fix { description: text(&format!("{what}{caution}")), artifact_changes: fix.edits.iter().map(change).collect() }
    }

    /// The lines and columns of an edit.
    fn region(&self, edit: &Edit) -> Region {
        let at = |offset| {
            self.sources.find(&edit.file).map_or((1, 1), |file| {
                let at = self.sources.line_column(file, offset);
                (at.line, at.column)
            })
        };
        let ((start_line, start_column), (end_line, end_column)) = (at(edit.start), at(edit.end));
        Region { start_line, start_column, end_line, end_column }
    }
}

fn named_thing(address: String) -> LogicalLocation {
    LogicalLocation { fully_qualified_name: address }
}

/// The message, with a link to each related place: code scanning shows only those that the message links to.
fn message(finding: &Finding) -> Message {
    // Our own words must not look like a link.
    let unlinked = |text: &str| plain(text).replace("](", "] (");
    let mut whole = unlinked(&finding.message);
    let links: Vec<String> = (1..)
        .zip(&finding.related)
        .map(|(id, label)| {
            let shown = if label.text.is_empty() { "see here" } else { &label.text };
            format!("[{}]({id})", plain(shown).replace(['[', ']'], ""))
        })
        .collect();
    if !links.is_empty() {
        whole.push_str(&format!("\n{}", links.join(", ")));
    }
    if let Some(help) = &finding.help {
        whole.push_str(&format!("\n{}", unlinked(help)));
    }
    Message { text: whole, markdown: None }
}
