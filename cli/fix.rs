//! `check --fix`: what the library mends, written to the disk or shown as a diff.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use similar::TextDiff;
use trysquare::mend::{Changed, Mend, Mended};

use crate::args::{CheckArgs, Fix};
use crate::commands::CommandError;
use crate::disk::Disk;
use crate::render::{count, plain};

/// What the arguments want mended.
pub fn wanted(args: &CheckArgs) -> Option<Mend> {
    match args.fix {
        Some(Fix::Document) => Some(Mend::Document),
        Some(Fix::Code) | None if args.fix_unsafe => Some(Mend::Code),
        Some(Fix::Code) => Some(Mend::SafeCode),
        None if args.diff => Some(Mend::SafeCode),
        None => None,
    }
}

/// Prints what would change.
pub fn show(mended: &Mended) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for Changed { path, before, after } in &mended.changed {
        let diff = TextDiff::from_lines(before.as_str(), after.as_str());
        write!(out, "{}", diff.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")))?;
    }
    Ok(())
}

/// Says on standard error what is mended and what is not.
pub fn tell(mended: &Mended, how: Mend, args: &CheckArgs) {
    for refused in &mended.refused {
        let at = &refused.finding.primary;
        eprintln!(
            "Not fixed: {}:{}: {}: {}",
            plain(&at.file),
            at.start.line,
            plain(&refused.finding.message),
            plain(&refused.why)
        );
    }
    if args.quiet {
        return;
    }
    let findings = count(mended.fixed, "finding", "findings");
    let files = count(mended.changed.len(), "file", "files");
    match (mended.fixed, args.diff) {
        (0, _) => eprintln!("There is nothing here that can be fixed this way."),
        (_, true) => eprintln!("Would fix {findings} in {files}."),
        (_, false) => eprintln!("Fixed {findings} in {files}."),
    }
    let rest = &mended.after.report.findings;
    let more = if how == Mend::SafeCode { rest.iter().filter(|finding| finding.fix.is_some()).count() } else { 0 };
    let more = more.saturating_sub(mended.refused.len());
    if more > 0 {
        eprintln!("{} more can be fixed in a way that somebody should look at: --unsafe.", more);
    }
}

/// Writes the files, after making sure that each can be written as it is meant.
pub fn write(disk: &Disk, changed: &[Changed]) -> Result<(), CommandError> {
    let paths = changed.iter().map(|changed| writable(disk, changed)).collect::<Result<Vec<PathBuf>, _>>()?;
    for (path, changed) in paths.iter().zip(changed) {
        replace(path, &changed.after).map_err(|error| CommandError::File { path: changed.path.clone(), error })?;
    }
    Ok(())
}

/// The file to write; an error where that would write elsewhere, or over what was not checked.
fn writable(disk: &Disk, changed: &Changed) -> Result<PathBuf, CommandError> {
    let refused = |why: &str| CommandError::Usage(format!("nothing is written: {} {why}", changed.path));
    let failed = |error| CommandError::File { path: changed.path.clone(), error };
    let path = disk.root().join(&changed.path);
    if fs::canonicalize(&path).map_err(failed)? != path {
        return Err(refused("is, or lies behind, a link; fix what it leads to"));
    }
    if fs::metadata(&path).map_err(failed)?.permissions().readonly() {
        return Err(refused("may not be written to"));
    }
    if fs::read(&path).map_err(failed)? != changed.before.as_bytes() {
        return Err(refused("has changed since it was checked"));
    }
    Ok(path)
}

/// Puts a file in the place of another, so that there is always one of them whole.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.trysquare", std::process::id()));
    let write = || {
        let mut file = File::create_new(&beside)?;
        file.write_all(text.as_bytes())?;
        file.set_permissions(fs::metadata(path)?.permissions())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}
