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
use crate::disk::Disk;
use crate::render::{Repository, Style};
use crate::scope::Scope;
use crate::{fix, output};

/// `trysquare check`
pub fn check(args: &CheckArgs) -> Result<ExitCode, CommandError> {
    let piped = piped(args)?;
    let first = match piped {
        Some(file) => file.parent().filter(|parent| !parent.as_os_str().is_empty()),
        None => args.paths.first().map(PathBuf::as_path),
    };
    let (disk, mut options) = workspace(first.unwrap_or(Path::new(".")), &args.workspace)?;
    options.compliance = args.show_compliance || output::formats(args).any(|format| format == Format::Markdown);
    options.today = Some(today());
    options.no_ignore = args.no_ignore;
    let piped = piped.map(|file| inside(&disk, file)).transpose()?;
    let mut texts = MemoryProvider::new();
    if let Some(path) = &piped {
        texts.set(
            path,
            io::read_to_string(io::stdin()).map_err(|error| CommandError::File { path: path.clone(), error })?,
        );
    }
    let provider = Overlay::new(&disk, texts);
    let scope = Scope::new(&disk, args, piped.as_deref())?;
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
    let style = Style {
        color: false,
        show_undetermined: args.show_undetermined,
        show_suppressed: args.show_suppressed,
        quiet: args.quiet,
        has_config: options.config.is_some() || disk.root().join(trysquare::standard::FILE_NAME).exists(),
    };
    let repository = Repository::around(disk.root(), link_base(args).as_deref());
    output::write(args, style, &checked, &repository)?;
    Ok(status(&checked.report, args.fail_on))
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
