//! Where reports go: the terminal, and files.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use trysquare::check::Checked;

use crate::args::{CheckArgs, Color, Format, Target};
use crate::commands::CommandError;
use crate::render::{self, Repository, Style, terminal};

/// Writes the report in every format that was asked for. Files come first: whoever reads standard output may stop.
pub fn write(args: &CheckArgs, style: Style, checked: &Checked, repository: &Repository) -> Result<(), CommandError> {
    let (printed, files): (Vec<_>, Vec<_>) = targets(args).into_iter().partition(|(_, path)| path.is_none());
    for (format, path) in files.into_iter().chain(printed) {
        let out: Box<dyn Write> = match path {
            Some(path) => {
                Box::new(open(path).map_err(|error| CommandError::File { path: path.display().to_string(), error })?)
            }
            None => Box::new(io::stdout().lock()),
        };
        // Standard output flushes at each line end by itself; one write is enough.
        let mut out = BufWriter::new(out);
        let color = color(args.color, path.is_none());
        let hyperlinks = color && path.is_none() && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
        let style = Style { color, hyperlinks, ..style };
        render::render(format, checked, repository, style, &mut out)?;
        out.flush()?;
    }
    Ok(())
}

/// The formats that are written.
pub fn formats(args: &CheckArgs) -> impl Iterator<Item = Format> {
    targets(args).into_iter().map(|(format, _)| format)
}

/// What to write and where; `None` is standard output, which a file without a format of its own takes the place of.
fn targets(args: &CheckArgs) -> Vec<(Format, Option<&Path>)> {
    let file = |target: &Target| target.path.as_path() != Path::new("-");
    let given = args.output.iter();
    let mut targets: Vec<(Format, Option<&Path>)> = given
        .map(|target| (target.format.unwrap_or(args.format), file(target).then_some(target.path.as_path())))
        .collect();
    let printed = args.output.iter().all(|target| target.format.is_some() && file(target));
    if printed {
        targets.push((args.format, None));
    }
    targets
}

/// A new file. The summary of a GitHub job is shared with whoever else writes to it, and only appended to.
fn open(path: &Path) -> io::Result<File> {
    if std::env::var_os("GITHUB_STEP_SUMMARY").is_some_and(|summary| summary == path.as_os_str()) {
        return File::options().append(true).create(true).open(path);
    }
    File::create(path)
}

fn color(wanted: Color, is_standard_output: bool) -> bool {
    wanted == Color::Always || (is_standard_output && terminal::color(wanted))
}
