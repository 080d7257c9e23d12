//! What of a report is asked for. Everything is read and judged all the same.

use std::collections::{BTreeMap, HashSet};

use trysquare::check::{Options, check};
use trysquare::report::{Baseline, Finding, Report, Verdict};
use trysquare::source::{MemoryProvider, Overlay, SourceProvider};

use crate::args::CheckArgs;
use crate::commands::CommandError;
use crate::disk::{Disk, configured_root};
use crate::git;

/// Which findings are shown.
#[derive(Default)]
pub struct Scope {
    /// Files and directories; `None` means all.
    paths: Option<Vec<String>>,
    changes: Option<Changes>,
    baseline: Option<Baseline>,
}

/// Files that changed, and what they said before.
struct Changes {
    files: Vec<String>,
    before: BTreeMap<String, String>,
}

impl Scope {
    /// What the arguments ask for; `piped` is the file whose text comes from standard input.
    pub fn new(disk: &Disk, args: &CheckArgs, piped: Option<&str>) -> Result<Self, CommandError> {
        let paths = match piped {
            Some(path) => Some(vec![path.to_owned()]),
            None => paths(disk, args)?,
        };
        let baseline = args.baseline.as_deref().map(read_baseline).transpose()?;
        let changes = if args.changed_only {
            let changes = git::changes(disk.root(), args.base.as_deref())?;
            Some(Changes { before: changes.texts_before(disk.root())?, files: changes.files })
        } else {
            None
        };
        Ok(Self { paths, changes, baseline })
    }

    /// Leaves of a report what is asked for.
    pub fn narrow(&self, report: &mut Report, provider: &dyn SourceProvider, options: &Options) {
        if let Some(baseline) = &self.baseline {
            baseline.apply(report);
        }
        if let Some(paths) = &self.paths {
            restrict(report, &|file| is_within(file, paths), &HashSet::new());
        }
        if let Some(changes) = &self.changes {
            let is_changed = |file: &str| changes.files.iter().any(|changed| changed == file);
            // A finding may come from a change that it does not point at, such as a resource that is gone.
            let others = report.findings.iter().any(|finding| !touches(finding, &is_changed));
            let new = if others { changes.newly_found(report, provider, options) } else { HashSet::new() };
            restrict(report, &is_changed, &new);
        }
    }
}

impl Changes {
    /// Fingerprints of what was not found before the changes.
    fn newly_found(&self, report: &Report, provider: &dyn SourceProvider, options: &Options) -> HashSet<String> {
        let texts: MemoryProvider = self.before.iter().map(|(path, text)| (path.clone(), text.clone())).collect();
        let added = self.files.iter().filter(|file| !self.before.contains_key(*file)).cloned();
        let before = check(&Overlay::new(provider, texts).without(added), options).report;
        let mut new = report.clone();
        Baseline::of(&before).apply(&mut new);
        new.findings.into_iter().map(|finding| finding.fingerprint).collect()
    }
}

fn read_baseline(path: &std::path::Path) -> Result<Baseline, CommandError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| CommandError::File { path: name.clone(), error })?;
    Baseline::read(&text).map_err(|error| CommandError::Usage(format!("{name}: {error}")))
}

/// The paths whose findings are shown; `None` means all.
fn paths(disk: &Disk, args: &CheckArgs) -> Result<Option<Vec<String>>, CommandError> {
    let mut wanted = Vec::new();
    for path in &args.paths {
        match disk.relative(path) {
            Some(relative) if relative.is_empty() => return Ok(None),
            Some(relative) => wanted.push(relative),
            None if !path.exists() => return Err(CommandError::Usage(format!("there is no {}", path.display()))),
            None if args.workspace.config.is_none() && configured_root(path).is_some() => {
                return Err(CommandError::Usage(format!(
                    "{} is in another workspace than {}; check one workspace at a time",
                    path.display(),
                    disk.root().display()
                )));
            }
            None if args.quiet => {}
            None => eprintln!("trysquare: {} is outside the workspace, {}", path.display(), disk.root().display()),
        }
    }
    Ok((!args.paths.is_empty()).then_some(wanted))
}

fn is_within(file: &str, paths: &[String]) -> bool {
    let mut paths = paths.iter();
    paths.any(|path| file == path || file.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/')))
}

/// Whether a finding points at a file, be it where it shows, where the value was set or where the page speaks.
fn touches(finding: &Finding, within: &dyn Fn(&str) -> bool) -> bool {
    within(&finding.primary.file) || finding.related.iter().any(|label| within(&label.file))
}

/// Leaves what points at one of the files, and findings with one of the fingerprints.
fn restrict(report: &mut Report, within: &dyn Fn(&str) -> bool, also: &HashSet<String>) {
    report.findings.retain(|finding| touches(finding, within) || also.contains(&finding.fingerprint));
    report.suppressed.retain(|suppressed| touches(&suppressed.finding, within));
    report
        .undetermined
        .retain(|undetermined| undetermined.blocking.as_ref().is_none_or(|blocking| within(&blocking.file)));
    let is_about =
        |verdict: &Verdict| [&verdict.code, &verdict.page].into_iter().flatten().any(|label| within(&label.file));
    report.compliance.retain(is_about);
    report.count();
}
