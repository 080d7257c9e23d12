//! Reads rules from their pages, beside the reading of everything else where there is a second thread.

use std::collections::HashMap;
use std::sync::Arc;

use jsonpath_rust::parser::model::JpQuery;

use super::jsonpath::{self, PathError};
use super::page;
use super::read::read;
use super::rule::{Rule, RuleError, SelectFrom};
use super::validate::validate;
use crate::source::FileId;

/// A rule's page.
#[derive(Debug, Clone)]
pub struct PageText {
    /// Where it is.
    pub path: String,
    /// Its file among the sources.
    pub file: FileId,
    /// What it says.
    pub text: Arc<str>,
    /// Where it can be read by people: an address, or its path in the repository.
    pub url: String,
    /// Whether it came with trysquare.
    pub embedded: bool,
}

/// A page with a rule.
#[derive(Debug)]
pub struct LoadedRule {
    /// The page.
    pub page: PageText,
    /// Its rule, or everything that is wrong with it.
    pub rule: Result<Rule, Vec<RuleError>>,
}

impl LoadedRule {
    /// The rule's id; of a rule that cannot be read, the title of its page.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.rule {
            Ok(rule) => rule.id.clone(),
            Err(_) => page::head(&self.page.text).title,
        }
    }
}

/// JSONPaths that were read, by their text; one that is none has the reason.
pub type Queries = HashMap<String, Result<JpQuery, PathError>>;

/// Rules, each with its page, and the paths they select by. A page without a rule is not among them.
#[derive(Debug, Default, Clone)]
pub struct Loaded {
    /// In the order of the pages.
    pub rules: Vec<Arc<LoadedRule>>,
    /// Every path, read once.
    pub queries: Queries,
}

impl Loaded {
    /// The ids of all rules, of those that cannot be read too.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.rules.iter().map(|rule| rule.id()).collect()
    }

    /// The rules that can be read, each with its page.
    pub fn pages(&self) -> impl Iterator<Item = (&PageText, &Rule)> {
        self.rules.iter().filter_map(|loaded| Some((&loaded.page, loaded.rule.as_ref().ok()?)))
    }
}

/// Reads the rules of pages.
#[must_use]
pub fn load(pages: Vec<PageText>) -> Loaded {
    let mut loaded = Loaded::default();
    for page in pages {
        let Some(rule) = read(page.file, &page.path, &page.text).transpose() else {
            continue;
        };
        for select in rule.iter().flat_map(|rule| &rule.selects) {
            if let SelectFrom::Path(path, _) = &select.from
                && !loaded.queries.contains_key(path)
            {
                loaded.queries.insert(path.clone(), jsonpath::parse(path));
            }
        }
        let rule = rule.and_then(|rule| {
            // Those that come with trysquare have passed; `trysquare test` holds them against it.
            let errors = if page.embedded { Vec::new() } else { validate(&rule, &loaded.queries) };
            if errors.is_empty() { Ok(rule) } else { Err(errors) }
        });
        loaded.rules.push(Arc::new(LoadedRule { page, rule }));
    }
    loaded
}

/// Loads the rules while `other` runs.
pub fn load_beside<T>(pages: Vec<PageText>, other: impl FnOnce() -> T) -> (Loaded, T) {
    #[cfg(target_family = "wasm")]
    {
        (load(pages), other())
    }
    #[cfg(not(target_family = "wasm"))]
    std::thread::scope(|scope| {
        let loading = scope.spawn(|| load(pages));
        let result = other();
        match loading.join() {
            Ok(loaded) => (loaded, result),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
