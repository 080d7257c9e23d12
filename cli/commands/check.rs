//! `check`.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use trysquare::report::{Baseline, Finding, Report, Severity, Verdict};

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
    options.today = Some(today());
    options.no_ignore = args.no_ignore;
    let wanted = wanted(&disk, args)?;
    let baseline = args.baseline.as_deref().map(read_baseline).transpose()?;
    let mut progress = Progress::start(args.quiet);
    options.watch = progress.watch();
    let mut checked = trysquare::check::check(&disk, &options);
    progress.writes();
    if let (Some(path), true) = (&args.write_baseline, checked.report.failures.is_empty()) {
        return write_baseline(path, &checked.report, args.quiet);
    }
    if let Some(baseline) = baseline {
        baseline.apply(&mut checked.report);
    }
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

fn read_baseline(path: &Path) -> Result<Baseline, CommandError> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| CommandError::File { path: name.clone(), error })?;
    Baseline::read(&text).map_err(|error| CommandError::Usage(format!("{name}: {error}")))
}

fn write_baseline(path: &Path, report: &Report, quiet: bool) -> Result<ExitCode, CommandError> {
    let baseline = Baseline::of(report);
    fs::write(path, baseline.text()).map_err(|error| CommandError::File { path: path.display().to_string(), error })?;
    if !quiet {
        let findings = if baseline.len() == 1 { "finding" } else { "findings" };
        writeln!(io::stdout(), "Wrote {} {findings} to {}.", baseline.len(), path.display())?;
    }
    Ok(ExitCode::SUCCESS)
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
    report.suppressed.retain(|suppressed| touches(&suppressed.finding));
    report
        .undetermined
        .retain(|undetermined| undetermined.blocking.as_ref().is_none_or(|blocking| within(&blocking.file)));
    let is_about =
        |verdict: &Verdict| [&verdict.code, &verdict.page].into_iter().flatten().any(|label| within(&label.file));
    report.compliance.retain(is_about);
    report.count();
}

/// The date by the clock of UTC, as `YYYY-MM-DD`.
fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (mut year, mut day) = (1970, seconds / 86_400);
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    for length in [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", day + 1)
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
