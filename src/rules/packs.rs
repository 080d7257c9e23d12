//! The rules of a repository's own: the pages in the directories that `packs` of trysquare.hcl names.

use std::sync::Arc;

use super::load::{Loaded, LoadedRule, PageText, load};
use super::rule::Rule;
use crate::eval::did_you_mean;
use crate::source::{Reader, Span, normalize_path};
use crate::standard::{ConfigError, Standard};

/// Reads the configuration's packs and puts their rules after the embedded ones. Gives what is wrong with them.
pub fn add(reader: &Reader<'_>, standard: &Standard, loaded: &mut Loaded) -> Vec<ConfigError> {
    let mut errors = Vec::new();
    for (dir, span) in &standard.packs {
        match pages(reader, dir, *span) {
            Ok(pages) => {
                let own = load(pages);
                if own.rules.is_empty() {
                    let message = format!("there is no rule in any Markdown page of `{dir}`");
                    let help = "a rule is a page with a fenced block that begins with ```hcl rule".to_owned();
                    errors.push(ConfigError::new(*span, message).with_help(Some(help)));
                }
                loaded.queries.extend(own.queries);
                for rule in own.rules {
                    errors.extend(place(rule, &mut loaded.rules));
                }
            }
            Err(error) => errors.push(error),
        }
    }
    errors
}

/// The pages below a directory of the repository.
fn pages(reader: &Reader<'_>, dir: &str, span: Span) -> Result<Vec<PageText>, ConfigError> {
    let Some(inside) = normalize_path(dir) else {
        return Err(ConfigError::new(span, format!("the pack `{dir}` lies outside the repository")));
    };
    let beside = |name: &str| if inside.is_empty() { name.to_owned() } else { format!("{inside}/{name}") };
    let paths: Vec<String> = reader.files_under(&inside).map(beside).collect();
    if paths.is_empty() {
        let dirs = reader.files().iter().filter_map(|path| Some(path.rsplit_once('/')?.0));
        let help = did_you_mean(dir, dirs).unwrap_or_else(|| "paths count from the directory of the repository".into());
        return Err(ConfigError::new(span, format!("there is no directory `{dir}` with rules")).with_help(Some(help)));
    }
    let read = |path: &String| {
        let file = reader
            .read(path)
            .map_err(|error| ConfigError::new(span, format!("the page {path} of this pack cannot be read: {error}")))?;
        Ok(PageText { path: path.clone(), file, text: reader.text(file), url: path.clone(), embedded: false })
    };
    paths.iter().filter(|path| path.ends_with(".md")).map(read).collect()
}

/// Puts a rule among the others: it may take the place of an embedded one if it says so, and of no other.
fn place(own: Arc<LoadedRule>, rules: &mut Vec<Arc<LoadedRule>>) -> Option<ConfigError> {
    let Ok(rule) = &own.rule else {
        rules.push(own);
        return None;
    };
    let namesake = rules.iter().position(|other| other.rule.as_ref().is_ok_and(|other| other.id == rule.id));
    let Some(other) = namesake.and_then(|at| rules.get_mut(at)) else {
        let error = rule.overrides.then(|| nothing_to_override(rule, rules));
        rules.push(own);
        return error;
    };
    if !other.page.embedded {
        return Some(conflict(rule, &other.page.path, "give one of them another id"));
    }
    if !rule.overrides {
        return Some(conflict(
            rule,
            &other.page.path,
            "write `override = true` to take its place, or choose another id",
        ));
    }
    *other = own;
    None
}

fn conflict(rule: &Rule, other: &str, help: &str) -> ConfigError {
    let message = format!("the rule `{}` is here and in {other}", rule.id);
    ConfigError::new(rule.span, message).with_help(Some(help.to_owned()))
}

fn nothing_to_override(rule: &Rule, rules: &[Arc<LoadedRule>]) -> ConfigError {
    let embedded = rules.iter().filter(|other| other.page.embedded).filter_map(|other| other.rule.as_ref().ok());
    let help = did_you_mean(&rule.id, embedded.map(|rule| rule.id.as_str()));
    let message = format!("there is no rule `{}` among those of trysquare that this could override", rule.id);
    ConfigError::new(rule.span, message).with_help(help.or_else(|| Some("take `override` out".to_owned())))
}
