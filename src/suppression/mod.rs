//! What a team decided to live with: comments `trysquare:ignore` in files, and `ignore` blocks of the configuration.
//!
//! A suppression names its rule and its reason. It silences a finding when the place where the finding shows, or one
//! of the places that it refers to (where the value was set, where the page speaks), is one that it speaks of.
//! `docs/suppression.md` tells it to users.

mod directive;
mod reach;

use std::collections::HashSet;
use std::ops::Range;

use crate::eval::did_you_mean;
use crate::report::{Finding, Label, Places, Suppressed, SuppressedBy};
use crate::rules::glob;
use crate::source::{FileId, Span};
use crate::standard::{FILE_NAME, Standard};
use crate::value::{Type, Unknown, Value};

/// Rules that speak of suppressions, and so cannot be silenced by one, have these ids.
const ABOUT_SUPPRESSIONS: &str = "suppression-";

/// What is known of the rules when suppressions are read.
pub struct RuleNames<'n> {
    /// All that there are.
    pub known: &'n [String],
    /// Those that run here.
    pub running: &'n HashSet<&'n str>,
}

/// One rule, silenced somewhere.
#[derive(Debug)]
struct Suppression {
    /// Empty when none is named.
    rule: String,
    by: SuppressedBy,
    reason: String,
    until: Option<String>,
    reach: Reach,
    /// The comment, or the head of the block.
    whole: Span,
    /// The rule's name in it.
    name: Span,
    /// Why it can silence nothing as it is written, and how to mend it.
    problem: Option<(String, Option<String>)>,
    runs: bool,
    expired: bool,
    used: bool,
}

/// What a suppression speaks of.
#[derive(Debug)]
enum Reach {
    Bytes(String, Range<usize>),
    /// Addresses that match; `None` is all.
    Address(Option<String>),
}

impl Reach {
    fn covers(&self, finding: &Finding) -> bool {
        match self {
            Self::Bytes(file, bytes) => {
                let within = |label: &Label| label.file == *file && bytes.contains(&(label.start.offset as usize));
                within(&finding.primary) || finding.related.iter().any(within)
            }
            Self::Address(None) => true,
            Self::Address(Some(pattern)) => {
                finding.address.as_ref().is_some_and(|address| matches_address(address, pattern))
            }
        }
    }
}

/// Whether a pattern names an address, or the resource or module that it is an instance or a part of.
fn matches_address(address: &str, pattern: &str) -> bool {
    ["", "[*", ".*"].iter().any(|rest| glob(address, &format!("{pattern}{rest}")))
}

/// Everything that silences something here.
#[derive(Debug, Default)]
pub struct Suppressions(Vec<Suppression>);

impl Suppressions {
    /// Reads the comments of files and takes the exceptions of the configuration. Whoever knows the date, as
    /// `YYYY-MM-DD`, gives it; without one, nothing expires.
    pub fn read(
        files: impl IntoIterator<Item = FileId>,
        places: Places<'_>,
        standard: &Standard,
        names: &RuleNames<'_>,
        today: Option<&str>,
    ) -> Self {
        let mut all = Vec::new();
        for file in files {
            let (path, text) = places.file(file);
            if memchr::memmem::find(text.as_bytes(), directive::MARKER.as_bytes()).is_none() {
                continue;
            }
            for comment in reach::comments(file, path, text) {
                all.extend(from_comment(file, path, text, &comment));
            }
        }
        all.extend(standard.ignores.iter().map(|ignore| Suppression {
            rule: ignore.rule.value.clone(),
            by: SuppressedBy::Configuration,
            reason: ignore.reason.clone(),
            until: ignore.until.clone(),
            reach: Reach::Address(ignore.address.clone()),
            whole: ignore.span,
            name: ignore.span,
            problem: None,
            runs: false,
            expired: false,
            used: false,
        }));
        for suppression in &mut all {
            suppression.problem = suppression.problem.take().or_else(|| problem(suppression, standard, names));
            suppression.runs = names.running.contains(suppression.rule.as_str());
            let until = suppression.until.as_deref();
            suppression.expired = until.zip(today).is_some_and(|(until, today)| until < today);
        }
        Self(all)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the silenced out of the findings.
    pub fn apply(&mut self, findings: &mut Vec<Finding>, places: Places<'_>) -> Vec<Suppressed> {
        let mut silenced = Vec::new();
        let heard = std::mem::take(findings).into_iter().filter_map(|finding| {
            let mut first: Option<&Suppression> = None;
            for suppression in &mut self.0 {
                let holds = suppression.problem.is_none() && !suppression.expired;
                if holds && suppression.rule == finding.rule && suppression.reach.covers(&finding) {
                    suppression.used = true;
                    first = first.or(Some(suppression));
                }
            }
            let Some(first) = first else {
                return Some(finding);
            };
            silenced.push(Suppressed {
                finding,
                by: first.by,
                reason: Some(first.reason.clone()),
                until: first.until.clone(),
                place: Some(places.label(first.whole, "")),
            });
            None
        });
        *findings = heard.collect();
        silenced
    }

    /// `$.suppressions`: the suppressions as facts for rules. `open` says why it cannot be told whether a rule has
    /// nothing to say; `None` when it can.
    #[must_use]
    pub fn facts(&self, open: impl Fn(&str) -> Option<String>) -> Value {
        let text = |text: &str| if text.is_empty() { Value::null() } else { Value::string(text) };
        let fact = |suppression: &Suppression| {
            let rule = suppression.rule.as_str();
            let used = match open(rule).filter(|_| !suppression.used) {
                Some(reason) => Value::unknown(Unknown::new(Type::Bool, reason, Some(suppression.name))),
                None => Value::from(suppression.used),
            };
            let (problem, help) = match &suppression.problem {
                Some((problem, help)) => (problem.as_str(), help.as_deref().unwrap_or("")),
                None => ("", ""),
            };
            Value::record([
                ("rule", text(rule)),
                ("by", text(suppression.by.name())),
                ("reason", text(&suppression.reason)),
                ("until", text(suppression.until.as_deref().unwrap_or(""))),
                ("expired", Value::from(suppression.expired)),
                ("problem", text(problem)),
                ("help", text(help)),
                ("runs", Value::from(suppression.runs)),
                ("used", used),
            ])
            .written_at(suppression.name)
        };
        Value::tuple(self.0.iter().map(fact).collect())
    }
}

/// One suppression for each rule that a comment names.
fn from_comment(file: FileId, path: &str, text: &str, comment: &reach::Comment) -> Vec<Suppression> {
    let written = text.get(comment.range.clone()).unwrap_or("");
    let Some(directive) = directive::read(written) else {
        return Vec::new();
    };
    let span =
        |range: &Range<usize>| Span::new(file, comment.range.start + range.start, comment.range.start + range.end);
    let whole = span(&(0..written.trim_end().len()));
    let suppression = |rule: &str, name: Span| Suppression {
        rule: rule.to_owned(),
        by: SuppressedBy::Comment,
        reason: directive.reason.clone(),
        until: directive.until.clone(),
        reach: Reach::Bytes(path.to_owned(), comment.reach.clone()),
        whole,
        name,
        problem: directive.problem.clone().map(|problem| (problem, Some(how_to_write("RULE")))),
        runs: false,
        expired: false,
        used: false,
    };
    if directive.rules.is_empty() {
        return vec![suppression("", whole)];
    }
    let named = directive.rules.iter();
    named.map(|name| suppression(written.get(name.clone()).unwrap_or(""), span(name))).collect()
}

fn how_to_write(rule: &str) -> String {
    format!("write `{} {rule} reason`, or `{} {rule} until=2027-01-31 reason`", directive::MARKER, directive::MARKER)
}

/// What keeps a suppression from silencing anything.
fn problem(suppression: &Suppression, standard: &Standard, names: &RuleNames<'_>) -> Option<(String, Option<String>)> {
    let rule = suppression.rule.as_str();
    let is_comment = suppression.by == SuppressedBy::Comment;
    if rule.is_empty() {
        return Some(("this suppression names no rule".to_owned(), Some(how_to_write("RULE"))));
    }
    if !names.known.iter().any(|known| known == rule) {
        let help = did_you_mean(rule, names.known.iter().map(String::as_str));
        let help = help.unwrap_or_else(|| "`trysquare rules` lists them".to_owned());
        return Some((format!("there is no rule `{rule}` to silence"), Some(help)));
    }
    if rule.starts_with(ABOUT_SUPPRESSIONS) {
        let help = format!("to do without it, write `rule \"{rule}\" {{ severity = \"off\" }}` in {FILE_NAME}");
        return Some((format!("`{rule}` cannot be silenced where it speaks"), Some(help)));
    }
    if is_comment && standard.is_locked(rule) {
        let help = format!("an `ignore` block in {FILE_NAME} can silence it");
        return Some((format!("`{rule}` is locked in {FILE_NAME}: no comment silences it"), Some(help)));
    }
    if suppression.reason.is_empty() {
        return Some((format!("this says no reason to silence `{rule}`, so it does not"), Some(how_to_write(rule))));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::matches_address;

    #[test]
    fn addresses() {
        let address = "module.api[\"a\"].aws_iam_role_policy.legacy[0]";
        for pattern in [
            address,
            "module.*.aws_iam_role_policy.legacy[*]",
            "module.api[\"a\"].aws_iam_role_policy.legacy",
            "module.api",
            "*",
        ] {
            assert!(matches_address(address, pattern), "{pattern}");
        }
        for pattern in ["aws_iam_role_policy.legacy", "module.ap", "module.api[\"a\"].aws_iam_role_policy.leg"] {
            assert!(!matches_address(address, pattern), "{pattern}");
        }
    }
}
