//! `check`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use trysquare::report::{Finding, Report, Severity, Verdict};

use super::{CommandError, workspace};
use crate::args::{CheckArgs, FailOn, Format};
use crate::disk::{Disk, configured_root};
use crate::output;
use crate::progress::Progress;
use crate::render::{Repository, Style};

/// `trysquare check`
pub fn check(args: &CheckArgs) -> Result<ExitCode, CommandError> {
    let (disk, mut options) = workspace(leading(&args.paths), &args.workspace)?;
    options.compliance = args.show_compliance || output::formats(args).any(|format| format == Format::Markdown);
    let wanted = wanted(&disk, args)?;
    let mut progress = Progress::start(args.quiet);
    options.watch = progress.watch();
    let mut checked = trysquare::check::check(&disk, &options);
    progress.writes();
    if let Some(wanted) = &wanted {
        restrict(&mut checked.report, wanted);
    }
    let style = Style {
        show_undetermined: args.show_undetermined,
        show_suppressed: args.show_suppressed,
        quiet: args.quiet,
        has_config: options.config.is_some() || disk.root().join(trysquare::standard::FILE_NAME).exists(),
        ..Style::default()
    };
    let repository = Repository::around(disk.root(), link_base(args).as_deref());
    output::write(args, style, &checked, &repository)?;
    if args.verbose {
        eprint!("{}", progress.timings());
    }
    Ok(status(&checked.report, args.fail_on))
}

/// The path whose workspace is checked: the first that has a configuration, else the first. Hooks are handed whatever
/// changed, and much of that lies outside of what is checked.
fn leading(paths: &[PathBuf]) -> &Path {
    let configured = paths.iter().find(|path| configured_root(path).is_some());
    configured.or(paths.first()).map_or_else(|| Path::new("."), PathBuf::as_path)
}

/// The paths whose findings are shown; `None` means all.
fn wanted(disk: &Disk, args: &CheckArgs) -> Result<Option<Vec<String>>, CommandError> {
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

/// Leaves the findings that touch one of the paths, be it where they show, where the value was set or where the page speaks.
fn restrict(report: &mut Report, wanted: &[String]) {
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
