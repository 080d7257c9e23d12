//! `check`.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use trysquare::mend::mend;
use trysquare::report::{Baseline, Report, Severity};
use trysquare::source::{MemoryProvider, Overlay};

use super::{CommandError, workspace};
use crate::args::{CheckArgs, FailOn, Format};
use crate::disk::{Disk, configured_root};
use crate::progress::Progress;
use crate::render::{Repository, Style};
use crate::scope::Scope;
use crate::{fix, output};

/// `trysquare check`
pub fn check(args: &CheckArgs) -> Result<ExitCode, CommandError> {
    let piped = piped(args)?;
    let first = match piped {
        Some(file) => file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")),
        None => leading(&args.paths),
    };
    let (disk, mut options) = workspace(first, &args.workspace)?;
    options.compliance = args.show_compliance || output::formats(args).any(|format| format == Format::Markdown);
    options.today = Some(today());
    options.no_ignore = args.no_ignore;
    let piped = piped.map(|file| inside(&disk, file)).transpose()?;
    let provider = Overlay::new(&disk, standard_input(piped.as_deref())?);
    let scope = Scope::new(&disk, args, piped.as_deref())?;
    let mut progress = Progress::start(args.quiet);
    options.watch = progress.watch();
    let narrow = |report: &mut Report| scope.narrow(report, &provider, &options);
    let mut checked = match fix::wanted(args) {
        None => trysquare::check::check(&provider, &options),
        Some(how) => {
            let mut mended = mend(&provider, &options, how, &narrow);
            if args.diff {
                fix::show(&mended)?;
                fix::tell(&mended, how, args);
                narrow(&mut mended.before.report);
                return Ok(status(&mended.before.report, args.fail_on));
            }
            fix::write(&disk, &mended.changed)?;
            fix::tell(&mended, how, args);
            mended.after
        }
    };
    if let (Some(path), true) = (&args.write_baseline, checked.report.failures.is_empty()) {
        return write_baseline(path, &checked.report, args.quiet);
    }
    narrow(&mut checked.report);
    progress.writes();
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
    let status = status(&checked.report, args.fail_on);
    // The process ends here, and the system takes its memory back faster than piece by piece.
    std::mem::forget(checked);
    Ok(status)
}

/// The file that standard input stands for, if it is read.
fn piped(args: &CheckArgs) -> Result<Option<&Path>, CommandError> {
    let usage = |message: &str| Err(CommandError::Usage(message.to_owned()));
    match (args.paths.iter().any(|path| path.as_os_str() == "-"), &args.stdin_filename) {
        (false, None) => Ok(None),
        (false, Some(_)) => usage("--stdin-filename needs - as the path"),
        (true, None) => usage("- needs --stdin-filename: which file of the workspace it stands for"),
        (true, Some(_)) if args.paths.len() > 1 => usage("- stands alone"),
        (true, Some(_)) if fix::wanted(args).is_some() && !args.diff => {
            usage("--fix cannot write to standard input; --diff shows what it would change")
        }
        (true, Some(file)) => Ok(Some(file)),
    }
}

/// A file of the workspace, there or not, relative to its root.
fn inside(disk: &Disk, file: &Path) -> Result<String, CommandError> {
    let outside = || {
        let (file, root) = (file.display(), disk.root().display());
        CommandError::Usage(format!("{file} is not a file inside the workspace {root}"))
    };
    disk.relative_new(file).ok_or_else(outside)
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

/// The text on standard input, as that of the file that it stands for.
fn standard_input(piped: Option<&str>) -> Result<MemoryProvider, CommandError> {
    let mut texts = MemoryProvider::new();
    if let Some(path) = piped {
        let failed = |error| CommandError::File { path: "standard input".to_owned(), error };
        texts.set(path, io::read_to_string(io::stdin()).map_err(failed)?);
    }
    Ok(texts)
}

/// The path whose workspace is checked: the first that has a configuration, else the first. Hooks are handed whatever
/// changed, and much of that lies outside of what is checked.
fn leading(paths: &[PathBuf]) -> &Path {
    let configured = paths.iter().find(|path| configured_root(path).is_some());
    configured.or(paths.first()).map_or_else(|| Path::new("."), PathBuf::as_path)
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
