//! `rules` and `explain`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use trysquare::check::Listing;
use trysquare::eval::did_you_mean;
use trysquare::rules::list::Listed;

use super::{CommandError, json, workspace};
use crate::args::{ExplainArgs, ExplainFormat, RulesArgs, RulesFormat, WorkspaceArgs};
use crate::render::layout::{Layout, Words};
use crate::render::{self, page, terminal};

/// The rules of the workspace that a path is in.
fn listing(path: &Path, config: Option<&PathBuf>) -> Result<Listing, CommandError> {
    let args = WorkspaceArgs { config: config.cloned(), ..WorkspaceArgs::default() };
    let (disk, options) = workspace(path, &args)?;
    Ok(trysquare::check::rules(&disk, &options))
}

/// `trysquare rules`
pub fn list(args: &RulesArgs) -> Result<ExitCode, CommandError> {
    let listing = listing(&args.path, args.config.as_ref())?;
    let mut out = io::stdout().lock();
    match args.format {
        RulesFormat::Json => json(&serde_json::json!({ "version": 1, "rules": listing.rules }))?,
        RulesFormat::Text => {
            let heads = ["RULE", "SEVERITY", "RUNS", "NEEDS", "WHAT HOLDS"].map(Words::of).to_vec();
            let rows: Vec<Vec<Words>> = std::iter::once(heads).chain(listing.rules.iter().map(row)).collect();
            // Where the output is read by a program, a rule is a line.
            let width = terminal::width().unwrap_or(usize::MAX);
            out.write_all(Layout { width, color: false }.table(&rows, "").as_bytes())?;
        }
    }
    render::text::failures(&listing.checked, &mut io::stderr().lock())?;
    Ok(if listing.checked.report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// A rule that does not run says why instead of what it needs.
fn row(rule: &Listed) -> Vec<Words> {
    let (runs, needs) = match &rule.skipped {
        None => ("yes", rule.needs.join(", ")),
        Some(reason) => ("no", reason.clone()),
    };
    [&rule.id, rule.severity.name(), runs, &needs, &rule.summary].map(Words::of).to_vec()
}

/// `trysquare explain RULE`
pub fn explain(args: &ExplainArgs) -> Result<ExitCode, CommandError> {
    let listing = listing(Path::new("."), args.config.as_ref())?;
    let Some(rule) = listing.rules.iter().find(|rule| rule.id == args.rule) else {
        // The rule that is asked for may be one that cannot be read.
        render::text::failures(&listing.checked, &mut io::stderr().lock())?;
        let near = did_you_mean(&args.rule, listing.rules.iter().map(|rule| rule.id.as_str()));
        let hint = near.unwrap_or_else(|| "`trysquare rules` lists them".to_owned());
        return Err(CommandError::Usage(format!("there is no rule `{}`; {hint}", args.rule)));
    };
    match args.format {
        ExplainFormat::Json => {
            let mut value = serde_json::to_value(rule).map_err(io::Error::from)?;
            if let Some(fields) = value.as_object_mut() {
                fields.insert("version".to_owned(), 1.into());
                fields.insert("markdown".to_owned(), (*rule.text).into());
            }
            json(&value)?;
        }
        ExplainFormat::Markdown => io::stdout().lock().write_all(rule.text.as_bytes())?,
        ExplainFormat::Text => {
            let color = terminal::color(args.color);
            let layout =
                Layout { width: terminal::width().unwrap_or(terminal::READABLE).min(terminal::READABLE), color };
            let text = format!("{}{}", page::render(&rule.text, layout), state(rule, layout));
            io::stdout().lock().write_all(text.as_bytes())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What becomes of the rule here, below its page.
fn state(rule: &Listed, layout: Layout) -> String {
    let mut lines = vec![format!("Severity here: {}.", rule.severity.name())];
    lines.extend(rule.parameters.iter().map(|parameter| {
        let description = parameter.description.as_deref().unwrap_or("");
        format!("Parameter {} ({}) = {}. {description}", parameter.name, parameter.ty, parameter.value)
    }));
    lines.extend(rule.skipped.as_ref().map(|reason| format!("Does not run here: {reason}.")));
    lines.push(format!("Page: {}", rule.url));
    lines.iter().map(|line| layout.paragraph(&Words::of(line), "", "  ")).collect()
}
