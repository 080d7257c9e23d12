//! A first `trysquare.hcl` for a repository: from the page that its people keep, bound to that page.
//!
//! Whatever is recognised in the page becomes an expression that reads it from there; nothing is copied. Each
//! expression is evaluated against the page before it is written down, so that a draft always works.

mod alarms;
mod deploy;
mod functions;
mod page;
mod prose;
mod write;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use regex::Regex;

use crate::eval::Budget;
use crate::source::{MemoryProvider, ReadError, Reader, SourceProvider, Sources};
use crate::standard::{self, FILE_NAME};
use crate::syntax::hcl;
use crate::terraform::Configuration;
use crate::value::Value;

use page::{Page, Sentence};
use write::Local;

/// Pages that are looked at, and the size of one.
const MAX_PAGES: usize = 300;
const MAX_BYTES: usize = 1 << 20;
/// Without a table of functions, a page has to say at least this many things.
const ENOUGH: usize = 3;

/// What stands for any value.
const ANY: &str = "null";

/// A first configuration.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The page that it is bound to.
    pub page: String,
    /// Other pages that could have been meant.
    pub others: Vec<String>,
    /// What was found in the page: attributes of the standard, such as `alarms.errors.threshold`.
    pub found: Vec<String>,
    /// Root modules.
    pub roots: Vec<RootDraft>,
    /// The text of `trysquare.hcl`.
    pub text: String,
}

/// A root module that a draft names.
#[derive(Debug, Clone)]
pub struct RootDraft {
    /// Its directory.
    pub dir: String,
    /// Files of variables in it that Terraform does not read by itself.
    pub var_files: Vec<String>,
}

/// Why there is no draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// The page cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, ReadError),
    /// The page says nothing that we understand.
    #[error("{0} says nothing of functions that can be read by a program")]
    NothingIn(String),
    /// No page does.
    #[error("none of the Markdown pages here ({0}) says anything of functions that can be read by a program")]
    NoPage(usize),
}

/// Drafts a configuration for a repository, bound to the page at `from` or else to the one that says most.
///
/// # Errors
/// When there is no page to bind it to.
pub fn draft(provider: &dyn SourceProvider, from: Option<&str>) -> Result<Draft, DraftError> {
    let (path, text, others) = match from {
        Some(path) => {
            let text = provider.read(path).map_err(|error| DraftError::Unreadable(path.to_owned(), error))?;
            (path.to_owned(), text, Vec::new())
        }
        None => choose(provider)?,
    };
    let page = Page::read(&text);
    let mut writer = Writer { page: &page, locals: Vec::new() };
    let leaves = leaves(&page, &mut writer);
    let checker = Checker { path: &path, text: &text };
    let holds = |leaf: &Leaf| checker.holds(leaf, &writer.locals);
    let leaves: Vec<Leaf> = leaves.into_iter().filter(holds).collect();
    if leaves.is_empty() {
        return Err(DraftError::NothingIn(path));
    }
    let roots = roots(provider);
    let text = write::file(&path, &roots, &writer.locals, &leaves);
    let found = leaves.iter().map(|leaf| leaf.path.join(".")).collect();
    Ok(Draft { page: path, others, found, roots, text })
}

/// The page that says most, its text, and the others that say something.
fn choose(provider: &dyn SourceProvider) -> Result<(String, String, Vec<String>), DraftError> {
    let files = provider.list();
    let pages: Vec<&String> = files.iter().filter(|path| path.ends_with(".md")).take(MAX_PAGES).collect();
    let mut fitting: Vec<(usize, String, String)> = Vec::new();
    for path in &pages {
        let Ok(text) = provider.read(path) else { continue };
        if text.len() > MAX_BYTES {
            continue;
        }
        let page = Page::read(&text);
        let has_functions = functions::find(&page).is_some();
        let count = leaves(&page, &mut Writer { page: &page, locals: Vec::new() }).len();
        if has_functions || count >= ENOUGH {
            let weight = if has_functions { 1000 + count } else { count };
            fitting.push((weight, (*path).clone(), text));
        }
    }
    // Of two that say as much, the one that stands first.
    let best = fitting.iter().enumerate().max_by_key(|(at, (weight, ..))| (*weight, std::cmp::Reverse(*at)));
    let Some(best) = best.map(|(at, _)| at) else {
        return Err(DraftError::NoPage(pages.len()));
    };
    let (_, path, text) = fitting.remove(best);
    Ok((path, text, fitting.into_iter().map(|(_, path, _)| path).collect()))
}

/// Everything that is recognised in a page, section by section.
fn leaves(page: &Page, writer: &mut Writer<'_>) -> Vec<Leaf> {
    let functions = functions::find(page);
    let prefix = functions.as_ref().map_or("", |functions| functions.prefix());
    let mut leaves: Vec<Leaf> = functions.iter().map(|functions| functions.leaf(writer)).collect();
    leaves.extend(alarms::leaves(page, writer));
    leaves.extend(prose::leaves(page, writer, prefix));
    leaves.extend(deploy::leaves(page, writer));
    leaves
}

/// The root modules of a repository, each with the files of variables that somebody has to name.
fn roots(provider: &dyn SourceProvider) -> Vec<RootDraft> {
    let reader = Reader::new(provider, Sources::new());
    let configuration = Configuration::load(&reader, None);
    let var_files = |dir: &str| {
        let is_read_anyway = |name: &str| name.starts_with("terraform.tfvars") || name.contains(".auto.tfvars");
        let names = reader.names_in(dir).into_iter();
        names.filter(|name| name.ends_with(".tfvars") && !is_read_anyway(name)).collect()
    };
    configuration.roots.iter().map(|dir| RootDraft { dir: dir.clone(), var_files: var_files(dir) }).collect()
}

/// One attribute of the standard.
struct Leaf {
    path: Vec<String>,
    expression: String,
    comment: Option<String>,
}

impl Leaf {
    fn new(path: &[&str], expression: String) -> Self {
        Self { path: path.iter().map(|name| (*name).to_owned()).collect(), expression, comment: None }
    }

    fn commented(mut self, comment: &str) -> Self {
        self.comment = Some(comment.to_owned());
        self
    }
}

/// Writes expressions that read passages of a page.
struct Writer<'p> {
    page: &'p Page,
    locals: Vec<Local>,
}

impl Writer<'_> {
    /// `regex("…(…)…", local.section_text)[0]` for a passage of a sentence, by its range in there.
    fn found(&mut self, sentence: &Sentence, passage: &Range<usize>, group: &str) -> Option<String> {
        let start = sentence.range.start;
        self.passage(&(start + passage.start..start + passage.end), group)
    }

    /// The same for a passage by its range in the page.
    fn passage(&mut self, passage: &Range<usize>, group: &str) -> Option<String> {
        let (section, pattern) = self.page.anchored(passage, group)?;
        let local = write::local_for(&mut self.locals, &section.name);
        Some(format!("regex({}, local.{local})[0]", quote(&pattern)))
    }

    /// The same for inline code in a sentence.
    fn code(&mut self, sentence: &Sentence, code: &str) -> Option<String> {
        let at = self.page.of(sentence).find(&format!("`{code}`"))? + 1;
        self.found(sentence, &(at..at + code.len()), "([^`]+)")
    }

    /// `local.section_text` for the section that an offset is in.
    fn text_at(&mut self, offset: usize) -> Option<String> {
        let section = self.page.section_at(offset)?;
        Some(format!("local.{}", write::local_for(&mut self.locals, &section.name)))
    }
}

/// Evaluates what is to be written.
struct Checker<'p> {
    path: &'p str,
    text: &'p str,
}

impl Checker<'_> {
    /// Whether a configuration with this attribute alone is right, and the attribute has a value.
    fn holds(&self, leaf: &Leaf, locals: &[Local]) -> bool {
        let file = write::file(self.path, &[], locals, std::slice::from_ref(leaf));
        let provider = MemoryProvider::from_iter([(self.path, self.text), (FILE_NAME, &file)]);
        let reader = Reader::new(&provider, Sources::new());
        let Ok(standard) = standard::read(&reader, FILE_NAME, &Budget::new()) else { return false };
        let value = leaf.path.iter().try_fold(&standard.value, |value, name| value.field(name));
        value.is_some_and(|value| leaf.expression == ANY || says_something(value))
    }
}

fn says_something(value: &Value) -> bool {
    let is_empty =
        value.as_items().is_some_and(<[Value]>::is_empty) || value.as_fields().is_some_and(|fields| fields.is_empty());
    !is_empty && (!value.is_null())
}

/// A text as HCL writes it.
fn quote(text: &str) -> String {
    hcl::literal(&Value::from(text)).unwrap_or_default()
}

/// Where in a text the first group of a pattern of ours is.
fn find(text: &str, pattern: &'static str) -> Option<Range<usize>> {
    thread_local! {
        /// Each pattern is asked of every sentence of every page, and to read it takes longer than to ask.
        static READ: RefCell<HashMap<&'static str, Option<Regex>>> = RefCell::default();
    }
    READ.with_borrow_mut(|read| {
        let regex = read.entry(pattern).or_insert_with(|| Regex::new(pattern).ok());
        Some(regex.as_ref()?.captures(text)?.get(1)?.range())
    })
}
