//! What an editor offers to do about a finding.

use std::ops;

use serde::{Deserialize, Serialize};

use super::{Point, Range, point};
use crate::report::{Applicability, Edit, Finding, Fix, Label, Report};
use crate::source::Sources;

/// One thing that can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Action {
    /// What it does, for a menu.
    pub title: String,
    /// Which kind of thing.
    pub kind: ActionKind,
    /// The rule whose finding it is about.
    pub rule: String,
    /// The finding that it is about.
    pub fingerprint: String,
    /// Whether it can be done unseen.
    pub safe: bool,
    /// The edits; none for what only shows something.
    pub edits: Vec<TextEdit>,
    /// What to open.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
}

/// Kinds of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    /// Makes the code say what the page says.
    FixCode,
    /// Makes the page say what the code says.
    FixPage,
    /// Silences the finding by a comment, for which a reason is still to be given.
    Ignore,
    /// Shows the rule's page.
    OpenRule,
}

/// A replacement of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct TextEdit {
    /// Path relative to the workspace root.
    pub file: String,
    /// What is replaced.
    pub range: Range,
    /// What stands there instead.
    pub text: String,
}

/// The reason that a new comment gives, to be written over.
const REASON: &str = "reason";

/// What can be done about the findings that touch a range of bytes.
pub(super) fn within(report: &Report, sources: &Sources, path: &str, range: &ops::Range<u32>) -> Vec<Action> {
    let touches =
        |label: &Label| label.file == path && label.start.offset <= range.end && range.start <= label.end.offset;
    let labels = |finding: &Finding| std::iter::once(&finding.primary).chain(&finding.related).any(touches);
    report.findings.iter().filter(|finding| labels(finding)).flat_map(|finding| about(finding, sources)).collect()
}

fn about(finding: &Finding, sources: &Sources) -> Vec<Action> {
    let action = |kind, title: String| Action {
        title,
        kind,
        rule: finding.rule.clone(),
        fingerprint: finding.fingerprint.clone(),
        safe: true,
        edits: Vec::new(),
        url: None,
    };
    let fixed = |kind, fix: &Option<Fix>, what: &str| {
        let fix = fix.as_ref()?;
        let edits: Vec<TextEdit> = fix.edits.iter().filter_map(|edit| text_edit(edit, sources)).collect();
        let safe = fix.applicability == Applicability::Safe;
        Some(Action { edits, safe, ..action(kind, format!("Change the {what}: {}", summary(fix, sources))) })
    };
    let code = fixed(ActionKind::FixCode, &finding.fix, "code");
    let page = fixed(ActionKind::FixPage, &finding.document_fix, "page");
    let ignore = comment(finding, sources).map(|edit| Action {
        edits: vec![edit],
        safe: false,
        ..action(ActionKind::Ignore, format!("Ignore {} here, with a reason", finding.rule))
    });
    let open = finding
        .url
        .clone()
        .map(|url| Action { url: Some(url), ..action(ActionKind::OpenRule, format!("Read why: {}", finding.rule)) });
    [code, page, ignore, open].into_iter().flatten().collect()
}

/// Such as `512 → 256`.
fn summary(fix: &Fix, sources: &Sources) -> String {
    let change = |edit: &Edit| {
        let text = sources.find(&edit.file).map_or("", |file| sources.text(file));
        format!("{} → {}", text.get(edit.start as usize..edit.end as usize).unwrap_or(""), edit.text)
    };
    fix.edits.iter().map(change).collect::<Vec<_>>().join(", ")
}

fn text_edit(edit: &Edit, sources: &Sources) -> Option<TextEdit> {
    let file = sources.find(&edit.file)?;
    let range = Range { start: point(sources, file, edit.start), end: point(sources, file, edit.end) };
    Some(TextEdit { file: edit.file.clone(), range, text: edit.text.clone() })
}

/// A comment that silences a finding: above its line, in a page at the end of it, for a line between two rows would end
/// a table. JSON has no comments.
fn comment(finding: &Finding, sources: &Sources) -> Option<TextEdit> {
    let at = &finding.primary;
    let file = sources.find(&at.file)?;
    let line = sources.text(file).split('\n').nth(at.start.line.saturating_sub(1) as usize)?;
    let say = format!("trysquare:ignore {} {REASON}", finding.rule);
    let (character, text) = match at.file.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "json" => return None,
        "md" => (line.trim_end().encode_utf16().count(), format!(" <!-- {say} -->")),
        _ => {
            let indent: String = line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
            let end = if line.ends_with('\r') { "\r\n" } else { "\n" };
            (0, format!("{indent}# {say}{end}"))
        }
    };
    let point = Point { line: at.start.line, character: u32::try_from(character).ok()? };
    Some(TextEdit { file: at.file.clone(), range: Range { start: point, end: point }, text })
}
