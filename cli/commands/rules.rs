//! `rules`, `explain` and `test`.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use trysquare::eval::did_you_mean;
use trysquare::rules::{self, examples, pack};
use trysquare::source::Sources;

use super::CommandError;

/// Name of a page: its file's, without the ending.
fn id(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".md").unwrap_or(name)
}

/// `trysquare rules`
pub fn list() -> Result<ExitCode, CommandError> {
    let mut out = io::stdout().lock();
    let mut sources = Sources::new();
    let rules: Vec<_> = pack::PAGES
        .iter()
        .filter_map(|(path, text)| {
            let file = sources.add(path, *text);
            rules::read(file, path, text).ok().flatten()
        })
        .collect();
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in &rules {
        writeln!(out, "{:width$}  {:7}  {}", rule.id, rule.severity.name(), rule.summary)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `trysquare explain RULE`
pub fn explain(rule: &str) -> Result<ExitCode, CommandError> {
    match pack::PAGES.iter().find(|(path, _)| id(path) == rule) {
        Some((_, text)) => {
            io::stdout().lock().write_all(text.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        None => {
            let near = did_you_mean(rule, pack::PAGES.iter().map(|(path, _)| id(path)));
            let hint = near.unwrap_or_else(|| "`trysquare rules` lists them".to_owned());
            Err(CommandError::Usage(format!("there is no rule `{rule}`; {hint}")))
        }
    }
}

/// `trysquare test [DIR]`
pub fn test(dir: Option<&Path>, update: bool) -> Result<ExitCode, CommandError> {
    let pages: Vec<(String, String)> = match dir {
        None => pack::PAGES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
        Some(dir) => read_pages(dir)?,
    };
    let mut out = io::stdout().lock();
    if update && dir.is_none() {
        return Err(CommandError::Usage("--update writes into pages; say in which directory they are".to_owned()));
    }
    let (mut passed, mut failed) = (0, 0);
    for (path, text) in &pages {
        let mut outcome = examples::run(path, text);
        if update && dir.is_some() && outcome.updated != *text {
            std::fs::write(path, &outcome.updated).map_err(|error| CommandError::File { path: path.clone(), error })?;
            writeln!(out, "{path}: updated")?;
            outcome = examples::run(path, &outcome.updated);
        }
        for warning in &outcome.warnings {
            writeln!(out, "{path}: {warning}")?;
        }
        for result in &outcome.results {
            match &result.problem {
                None => passed += 1,
                Some(problem) => {
                    failed += 1;
                    writeln!(out, "{path}: example `{}` {problem}", result.name)?;
                }
            }
        }
    }
    writeln!(out, "{} pages, {passed} examples passed, {failed} failed", pages.len())?;
    Ok(if failed > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// The Markdown pages below a directory that hold a rule.
fn read_pages(dir: &Path) -> Result<Vec<(String, String)>, CommandError> {
    let mut pages = Vec::new();
    for entry in ignore::WalkBuilder::new(dir).sort_by_file_path(std::cmp::Ord::cmp).build().filter_map(Result::ok) {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "md") && path.is_file() {
            let name = path.display().to_string();
            let text =
                std::fs::read_to_string(path).map_err(|error| CommandError::File { path: name.clone(), error })?;
            if text.contains("hcl rule") {
                pages.push((name, text));
            }
        }
    }
    if pages.is_empty() {
        return Err(CommandError::Usage(format!("there are no rule pages in {}", dir.display())));
    }
    Ok(pages)
}
