//! `check`.

use std::path::Path;
use std::process::ExitCode;

use trysquare::report::{Finding, Report, Severity, Verdict};

use super::{CommandError, workspace};
use crate::args::{CheckArgs, FailOn, Format};
use crate::disk::Disk;
use crate::output;
use crate::render::{Repository, Style};

/// `trysquare check`
pub fn check(args: &CheckArgs) -> Result<ExitCode, CommandError> {
    let first = args.paths.first().map_or_else(|| Path::new("."), |path| path.as_path());
    let (disk, mut options) = workspace(first, &args.workspace)?;
    options.compliance = args.show_compliance || output::formats(args).any(|format| format == Format::Markdown);
    let wanted = wanted(&disk, args)?;
    let mut checked = trysquare::check::check(&disk, &options);
    restrict(&mut checked.report, &wanted);
    let style = Style {
        color: false,
        show_undetermined: args.show_undetermined,
        quiet: args.quiet,
        has_config: options.config.is_some() || disk.root().join(trysquare::standard::FILE_NAME).exists(),
    };
    let repository = Repository::around(disk.root(), link_base(args).as_deref());
    output::write(args, style, &checked, &repository)?;
    Ok(status(&checked.report, args.fail_on))
}

/// The paths whose findings are shown; empty means all.
fn wanted(disk: &Disk, args: &CheckArgs) -> Result<Vec<String>, CommandError> {
    let mut wanted = Vec::new();
    for path in &args.paths {
        match disk.relative(path) {
            Some(relative) => wanted.push(relative),
            None if path.exists() => {
                return Err(CommandError::Usage(format!(
                    "{} lies outside the workspace {}",
                    path.display(),
                    disk.root().display()
                )));
            }
            None => return Err(CommandError::Usage(format!("there is no {}", path.display()))),
        }
    }
    if wanted.iter().any(String::is_empty) {
        wanted.clear();
    }
    Ok(wanted)
}

/// Leaves the findings that touch one of the paths, be it where they show, where the value was set or where the page speaks.
fn restrict(report: &mut Report, wanted: &[String]) {
    if wanted.is_empty() {
        return;
    }
    let within = |file: &str| {
        wanted
            .iter()
            .any(|path| file == path || file.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/')))
    };
    let touches =
        |finding: &Finding| within(&finding.primary.file) || finding.related.iter().any(|label| within(&label.file));
    report.findings.retain(touches);
    report
        .undetermined
        .retain(|undetermined| undetermined.blocking.as_ref().is_none_or(|blocking| within(&blocking.file)));
    let is_about =
        |verdict: &Verdict| [&verdict.code, &verdict.page].into_iter().flatten().any(|label| within(&label.file));
    report.compliance.retain(is_about);
    report.count();
}

/// What links to files start with: as asked for, else where GitHub shows the commit that a workflow runs for.
fn link_base(args: &CheckArgs) -> Option<String> {
    let of_workflow = || {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/blob/{}", variable("GITHUB_SHA")?))
    };
    args.link_base.clone().or_else(of_workflow)
}

fn status(report: &Report, fail_on: FailOn) -> ExitCode {
    if !report.failures.is_empty() {
        return ExitCode::from(2);
    }
    let least = match fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Note => Severity::Note,
        FailOn::Never => return ExitCode::SUCCESS,
    };
    if report.findings.iter().any(|finding| finding.severity >= least) { ExitCode::from(1) } else { ExitCode::SUCCESS }
}
