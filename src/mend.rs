//! Mends what was found: the edits of many findings put together, tried, and kept where they break nothing.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::check::{Checked, Options, check};
use crate::report::{Applicability, Edit, Finding, Fix, Label, Report};
use crate::source::{MemoryProvider, Overlay, SourceProvider, is_fetched};

/// Rules that say where Terraform would stop.
const STOPS: [&str; 3] = ["syntax", "evaluation-error", "variable-validation"];

/// Each round makes a check. More are not made for fixes that break one another.
const MAX_ROUNDS: usize = 8;

/// What is to be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mend {
    /// The code, by what is safe.
    SafeCode,
    /// The code, by whatever is known.
    Code,
    /// The page, so that it says what the code does.
    Document,
}

impl Mend {
    fn fix(self, finding: &Finding) -> Option<&Fix> {
        match self {
            Self::SafeCode => finding.fix.as_ref().filter(|fix| fix.applicability == Applicability::Safe),
            Self::Code => finding.fix.as_ref(),
            Self::Document => finding.document_fix.as_ref(),
        }
    }
}

/// A file and its text before and after.
#[derive(Debug, PartialEq, Eq)]
pub struct Changed {
    /// Path relative to the workspace root.
    pub path: String,
    /// What it said.
    pub before: String,
    /// What it says.
    pub after: String,
}

/// A finding that has a fix which is not made.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// The finding.
    pub finding: Finding,
    /// Why its fix is not made.
    pub why: String,
}

/// What became of it.
pub struct Mended {
    /// What there was to say before.
    pub before: Checked,
    /// What there is to say after.
    pub after: Checked,
    /// The files that changed.
    pub changed: Vec<Changed>,
    /// How many findings are mended.
    pub fixed: usize,
    /// What is not mended.
    pub refused: Vec<Refused>,
}

/// Checks a workspace, mends it in memory and checks it again. `narrow` leaves of a report what is asked for.
///
/// A fix is not made where another wants something else at the same place, and where it would break what is right:
/// two functions may take their timeout from one variable, of which the page wants two things.
#[must_use]
pub fn mend(provider: &dyn SourceProvider, options: &Options, how: Mend, narrow: &dyn Fn(&mut Report)) -> Mended {
    let before = check(provider, options);
    let mut asked = before.report.clone();
    narrow(&mut asked);
    let mut refused = Vec::new();
    let mut candidates: Vec<Finding> =
        asked.findings.into_iter().filter(|finding| how.fix(finding).is_some()).collect();
    let mut rounds = 0;
    loop {
        rounds += 1;
        refuse(&mut candidates, &mut refused, |finding| unreachable_edit(how, finding));
        let conflicts = conflicts(&edits(how, &candidates));
        refuse(&mut candidates, &mut refused, |finding| conflict(how, finding, &conflicts));
        let edits = edits(how, &candidates);
        let changed = apply(provider, &edits);
        let texts = changed.iter().map(|changed| (changed.path.clone(), changed.after.clone()));
        let after = check(&Overlay::new(provider, texts.collect::<MemoryProvider>()), options);
        let count = candidates.len();
        let attempt = Attempt::new(how, &edits, &before.report, &after.report);
        let too_many = || (rounds == MAX_ROUNDS).then(|| "too many fixes hang on each other".to_owned());
        refuse(&mut candidates, &mut refused, |finding| attempt.objection(finding).or_else(too_many));
        if candidates.len() == count {
            return Mended { before, after, changed, fixed: count, refused };
        }
    }
}

/// Takes the candidates that there is a reason against out of the others.
fn refuse(candidates: &mut Vec<Finding>, refused: &mut Vec<Refused>, reason: impl Fn(&Finding) -> Option<String>) {
    for finding in std::mem::take(candidates) {
        match reason(&finding) {
            Some(why) => refused.push(Refused { finding, why }),
            None => candidates.push(finding),
        }
    }
}

/// The edits of findings, sorted, each once.
fn edits(how: Mend, findings: &[Finding]) -> Vec<Edit> {
    let mut edits: Vec<Edit> =
        findings.iter().filter_map(|finding| how.fix(finding)).flat_map(|fix| fix.edits.clone()).collect();
    edits.sort_by(|a, b| (&a.file, a.start, a.end, &a.text).cmp(&(&b.file, b.start, b.end, &b.text)));
    edits.dedup();
    edits
}

fn unreachable_edit(how: Mend, finding: &Finding) -> Option<String> {
    let fetched = how.fix(finding)?.edits.iter().find(|edit| is_fetched(&edit.file))?;
    Some(format!("{} is fetched by `terraform init`, which would undo it", fetched.file))
}

/// Those among sorted edits that meet another.
fn conflicts(edits: &[Edit]) -> Vec<Edit> {
    let mut found = Vec::new();
    let mut furthest: Option<&Edit> = None;
    for edit in edits {
        match furthest.filter(|earlier| earlier.file == edit.file) {
            Some(earlier) if edit.start < earlier.end || edit.start == earlier.start => {
                found.extend([earlier.clone(), edit.clone()]);
                furthest = Some(if edit.end > earlier.end { edit } else { earlier });
            }
            _ => furthest = Some(edit),
        }
    }
    found
}

fn conflict(how: Mend, finding: &Finding, conflicts: &[Edit]) -> Option<String> {
    let edit = how.fix(finding)?.edits.iter().find(|edit| conflicts.contains(edit))?;
    let wanted: Vec<&str> = conflicts
        .iter()
        .filter(|other| other.file == edit.file && *other != edit)
        .map(|other| other.text.as_str())
        .collect();
    Some(format!(
        "it takes `{}` in {}, where another finding takes `{}`",
        edit.text,
        edit.file,
        wanted.first().unwrap_or(&"")
    ))
}

/// The files with these edits, which are sorted and do not meet, made in them.
fn apply(provider: &dyn SourceProvider, edits: &[Edit]) -> Vec<Changed> {
    let mut changed: BTreeMap<&str, Changed> = BTreeMap::new();
    // From the last to the first, so that offsets stay right.
    for edit in edits.iter().rev() {
        if !changed.contains_key(edit.file.as_str()) {
            let Ok(before) = provider.read(&edit.file) else { continue };
            changed.insert(&edit.file, Changed { path: edit.file.clone(), after: before.clone(), before });
        }
        let range = edit.start as usize..edit.end as usize;
        if let Some(file) = changed.get_mut(edit.file.as_str()).filter(|file| file.after.get(range.clone()).is_some()) {
            file.after.replace_range(range, &edit.text);
        }
    }
    changed.into_values().filter(|file| file.before != file.after).collect()
}

/// How often each thing is found: a rule, and what a finding is about.
type Counts<'r> = HashMap<(&'r str, Option<&'r str>), usize>;

/// Edits that were made, and what is found before and after.
struct Attempt<'a> {
    how: Mend,
    edits: &'a [Edit],
    found: Counts<'a>,
    left: Counts<'a>,
    after: &'a Report,
}

impl<'a> Attempt<'a> {
    fn new(how: Mend, edits: &'a [Edit], before: &'a Report, after: &'a Report) -> Self {
        Self { how, edits, found: counts(before), left: counts(after), after }
    }

    /// What there is to say against the fix of a finding, now that it was tried.
    fn objection(&self, finding: &Finding) -> Option<String> {
        if let Some(failure) = self.after.failures.first() {
            return Some(format!("nothing could be checked afterwards: {}", failure.message));
        }
        if let Some(broken) = self.after.findings.iter().find(|other| self.breaks(finding, other)) {
            return Some(format!("afterwards, {}", broken.message));
        }
        let is_left = self.left.get(&thing(finding)) >= self.found.get(&thing(finding));
        is_left.then(|| "it is found afterwards all the same".to_owned())
    }

    /// Whether the fix of one finding made another: of the same rule or one by which Terraform stops, of a thing that
    /// had none, or fewer, before, and pointing at what the fix wrote.
    fn breaks(&self, finding: &Finding, other: &Finding) -> bool {
        let is_new = self.left.get(&thing(other)) > self.found.get(&thing(other));
        let is_grave = other.rule == finding.rule || STOPS.contains(&other.rule.as_str());
        is_new
            && is_grave
            && std::iter::once(&other.primary).chain(&other.related).any(|label| self.wrote(finding, label))
    }

    /// Whether the fix of a finding wrote what is at a place.
    fn wrote(&self, finding: &Finding, label: &Label) -> bool {
        let edits = self.how.fix(finding).into_iter().flat_map(|fix| &fix.edits);
        let places = edits.filter(|edit| edit.file == label.file).map(|edit| moved(self.edits, edit));
        places.into_iter().any(|place| place.start <= label.end.offset && label.start.offset <= place.end)
    }
}

fn counts(report: &Report) -> Counts<'_> {
    let mut counts = Counts::new();
    for finding in &report.findings {
        *counts.entry(thing(finding)).or_default() += 1;
    }
    counts
}

fn thing(finding: &Finding) -> (&str, Option<&str>) {
    (&finding.rule, finding.address.as_deref())
}

/// Where the text of an edit stands once all of them are made.
fn moved(edits: &[Edit], edit: &Edit) -> Range<u32> {
    let before = edits.iter().filter(|other| other.file == edit.file && other.start < edit.start);
    let (mut added, mut removed) = (0, 0);
    for other in before {
        added += length(&other.text);
        removed += other.end - other.start;
    }
    let start = (edit.start + added).saturating_sub(removed);
    start..start + length(&edit.text)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
