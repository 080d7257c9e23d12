//! `init`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;

use trysquare::check::{Options, check};
use trysquare::draft::{Draft, DraftError, draft};
use trysquare::report::Report;
use trysquare::standard::FILE_NAME;

use super::CommandError;
use crate::args::InitArgs;
use crate::disk::{Disk, workspace_root};
use crate::render::plain;

/// What a page has to look like.
const LOOKED_FOR: &str = "looked for a table such as

  | Function | Timeout | Memory | Log group       |
  |----------|---------|--------|-----------------|
  | `orders` | 30s     | 256 MB | `/shop/orders`  |

and for sentences about alarms (\"`errors-{app}`: triggers on any error\"), environment variables,
logs, images, the role and the deploy workflow. `--from PAGE.md` names the page to read.";

/// `trysquare init`
pub fn init(args: &InitArgs) -> Result<ExitCode, CommandError> {
    if !args.path.exists() {
        return Err(CommandError::Usage(format!("there is no {}", args.path.display())));
    }
    let root = workspace_root(&args.path);
    let disk = Disk::new(&root).map_err(|error| CommandError::File { path: root.display().to_string(), error })?;
    let target = disk.root().join(FILE_NAME);
    if target.exists() && !args.force && !args.print {
        return Err(CommandError::Usage(format!("there is a {} already; --force writes over it", target.display())));
    }
    let from = match &args.from {
        None => None,
        Some(page) => Some(disk.relative(page).ok_or_else(|| {
            CommandError::Usage(format!("{} is not a file inside {}", page.display(), disk.root().display()))
        })?),
    };
    let draft = draft(&disk, from.as_deref()).map_err(|error| {
        CommandError::Usage(match error {
            DraftError::Unreadable(..) => error.to_string(),
            DraftError::NoPage(_) | DraftError::NothingIn(_) => format!("{error}; {LOOKED_FOR}"),
        })
    })?;
    let mut out = io::stdout().lock();
    if args.print {
        out.write_all(draft.text.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    fs::write(&target, &draft.text)
        .map_err(|error| CommandError::File { path: target.display().to_string(), error })?;
    told(&draft, &mut out)?;
    let report = check(&disk, &Options::default()).report;
    checked(&report, &mut out)?;
    Ok(ExitCode::SUCCESS)
}

/// What was written, and from where.
fn told(draft: &Draft, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "Wrote {FILE_NAME}, bound to {}. It reads from there:", plain(&draft.page))?;
    let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for found in &draft.found {
        let (section, rest) = found.split_once('.').unwrap_or((found, ""));
        sections.entry(section).or_default().extend((!rest.is_empty()).then_some(rest));
    }
    for (section, parts) in sections {
        writeln!(out, "{}", format!("  {section:11} {}", plain(&parts.join(", "))).trim_end())?;
    }
    for other in &draft.others {
        writeln!(out, "{} says something as well; --from {} reads that.", plain(other), plain(other))?;
    }
    match draft.roots.as_slice() {
        [] => writeln!(out, "There is no Terraform yet.")?,
        [_] => {}
        several => {
            let dirs: Vec<&str> = several.iter().map(|root| root.dir.as_str()).collect();
            writeln!(out, "Root modules: {}.", plain(&dirs.join(", ")))?;
        }
    }
    Ok(())
}

/// What a first check found, and what to do next.
fn checked(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *rules.entry(&finding.rule).or_default() += 1;
    }
    writeln!(out)?;
    if rules.is_empty() {
        writeln!(out, "A first check found nothing to mend.")?;
    } else {
        writeln!(out, "A first check found, by rule:")?;
        for (rule, count) in rules {
            writeln!(out, "  {count:4}  {rule}")?;
        }
    }
    writeln!(out)?;
    writeln!(out, "Next: read {FILE_NAME} and take out what the page does not mean; then")?;
    writeln!(out, "  trysquare check          shows each place, and the page beside it")?;
    writeln!(out, "  trysquare explain RULE   says why a rule is there, and how to mend what it finds")
}
