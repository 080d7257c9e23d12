//! Findings that were there before: a list in the repository, so that only new ones are reported.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Finding, Report, Suppressed, SuppressedBy};

/// The version of the format that is written and read.
const VERSION: u32 = 1;

/// The list. It says of each finding what is needed to know it again and what a reviewer wants to read, and not where
/// in the file it is, so that it changes only when findings come and go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    findings: Vec<KnownFinding>,
}

/// A finding of a baseline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KnownFinding {
    /// The file in which it showed.
    pub file: String,
    /// The rule's id.
    pub rule: String,
    /// The resource or job it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
    /// What was wrong.
    pub message: String,
    /// By this it is known again.
    pub fingerprint: String,
}

/// Why a text is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It has another form.
    #[error("this is not a baseline: {0}; `--write-baseline` writes it anew")]
    Malformed(#[from] serde_json::Error),
    /// It is from another version of trysquare.
    #[error("this baseline has version {0}, and {VERSION} is read here; `--write-baseline` writes it anew")]
    Version(u32),
}

impl Baseline {
    /// The findings of a report, in an order of their own.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let known = |finding: &Finding| KnownFinding {
            file: finding.primary.file.clone(),
            rule: finding.rule.clone(),
            address: finding.address.clone(),
            message: finding.message.clone(),
            fingerprint: finding.fingerprint.clone(),
        };
        let mut findings: Vec<KnownFinding> = report.findings.iter().map(known).collect();
        findings.sort();
        Self { version: VERSION, findings }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// When the text is none, or one of another version.
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        let baseline: Self = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
        if baseline.version == VERSION { Ok(baseline) } else { Err(BaselineError::Version(baseline.version)) }
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// How many findings it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Takes the known out of a report's findings, and tells which of them are not found any more.
    pub fn apply(&self, report: &mut Report) {
        let mut known: HashMap<&str, Vec<&KnownFinding>> = HashMap::new();
        for finding in &self.findings {
            known.entry(kind(&finding.fingerprint)).or_default().push(finding);
        }
        let is_old: Vec<bool> = {
            let mut take = |finding: &Finding, anywhere: bool| {
                let alike = known.get_mut(kind(&finding.fingerprint))?;
                let at = alike.iter().position(|known| anywhere || known.file == finding.primary.file)?;
                Some(alike.remove(at))
            };
            // Of findings that say the same, those in a file of the list are the known; then those that moved.
            let stayed: Vec<bool> = report.findings.iter().map(|finding| take(finding, false).is_some()).collect();
            let all = report.findings.iter().zip(stayed);
            all.map(|(finding, stayed)| stayed || take(finding, true).is_some()).collect()
        };
        for (finding, is_old) in std::mem::take(&mut report.findings).into_iter().zip(is_old) {
            if is_old {
                let by = SuppressedBy::Baseline;
                report.suppressed.push(Suppressed { finding, by, reason: None, until: None, place: None });
            } else {
                report.findings.push(finding);
            }
        }
        report.resolved =
            known.into_values().flatten().filter(|finding| is_decided(finding, report)).cloned().collect();
        report.resolved.sort();
        report.count();
    }
}

/// What findings that say the same have in common.
fn kind(fingerprint: &str) -> &str {
    fingerprint.split_once('-').map_or(fingerprint, |(kind, _)| kind)
}

/// Whether a finding that was not found again would have been: what is undetermined or skipped may still be there.
fn is_decided(known: &KnownFinding, report: &Report) -> bool {
    let open = report.undetermined.iter().any(|open| open.rule == known.rule && open.address == known.address);
    !open && !report.skipped.iter().any(|skipped| skipped.rule == known.rule)
}
