//! A workspace as an editor holds it: files that change, and are checked again after each change.
//!
//! What was made of files that have not changed is kept. Lines count from 1, as in reports, and characters from 0 in
//! UTF-16 code units, as editors count.

mod actions;
mod hover;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use actions::{Action, ActionKind, TextEdit};
pub use hover::{Evaluation, Hover};

use crate::check::{self, Checked, Options};
use crate::draft::{DraftError, draft};
use crate::report::{Places, Report, Verdict};
use crate::rules::load::Loaded;
use crate::source::{FileId, MemoryProvider, Reader, Sources};

/// A place in a file, as editors count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Point {
    /// From 1.
    pub line: u32,
    /// In UTF-16 code units, from 0.
    pub character: u32,
}

/// A stretch of a file, as editors count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Range {
    /// First character.
    pub start: Point,
    /// Just past the last.
    pub end: Point,
}

/// Files, and what the last check made of them.
pub struct Workspace {
    files: MemoryProvider,
    options: Options,
    loaded: Arc<Loaded>,
    sources: Sources,
    /// What the last check found; nothing when a file has changed since.
    report: Option<Report>,
    /// How the code stands to each documented standard; nothing when nobody asked since a file changed.
    verdicts: Option<Vec<Verdict>>,
}

impl Workspace {
    /// A workspace without files.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let (loaded, sources) = check::prepare();
        Self { files: MemoryProvider::new(), options, loaded, sources, report: None, verdicts: None }
    }

    /// Adds a file, or gives it another text.
    pub fn set_file(&mut self, path: &str, text: impl Into<String>) {
        self.files.set(path, text);
        self.forget();
    }

    /// Takes a file away.
    pub fn remove_file(&mut self, path: &str) {
        self.files.remove(path);
        self.forget();
    }

    fn forget(&mut self) {
        (self.report, self.verdicts) = (None, None);
    }

    /// Checks the workspace, unless nothing changed since that was done.
    pub fn check(&mut self) -> &Report {
        if self.report.is_none() {
            self.report = Some(self.run(false));
        }
        self.report.get_or_insert_default()
    }

    /// How the code stands to each documented standard. It takes a check of its own, and so is not part of each.
    pub fn compliance(&mut self) -> &[Verdict] {
        if self.verdicts.is_none() {
            self.verdicts = Some(self.run(true).compliance);
        }
        self.verdicts.get_or_insert_default()
    }

    fn run(&mut self, compliance: bool) -> Report {
        let options = Options { compliance, ..self.options.clone() };
        let sources = std::mem::take(&mut self.sources);
        let Checked { report, sources, .. } = check::check_again(&self.files, &options, &self.loaded, sources);
        self.sources = sources;
        report
    }

    /// What is known of the place in a file: see [`Hover`].
    pub fn hover(&mut self, path: &str, at: Point) -> Option<Hover> {
        self.compliance();
        let offset = self.offset(self.sources.find(path)?, at);
        let reader = Reader::new(&self.files, std::mem::take(&mut self.sources));
        let hover = hover::at(&reader, &self.options, self.verdicts.as_deref().unwrap_or_default(), path, offset);
        self.sources = reader.into_sources();
        hover
    }

    /// What can be done about the findings that touch a range.
    pub fn actions(&mut self, path: &str, range: Range) -> Vec<Action> {
        self.check();
        let (Some(file), Some(report)) = (self.sources.find(path), &self.report) else {
            return Vec::new();
        };
        let range = self.offset(file, range.start)..self.offset(file, range.end);
        actions::within(report, &self.sources, path, &range)
    }

    /// The text of a `trysquare.hcl` bound to a page, or else to the page that says most.
    ///
    /// # Errors
    /// When there is no page to bind it to.
    pub fn draft(&self, page: Option<&str>) -> Result<String, DraftError> {
        draft(&self.files, page).map(|draft| draft.text)
    }

    fn offset(&self, file: FileId, at: Point) -> u32 {
        let Some(source) = self.sources.get(file) else {
            return 0;
        };
        u32::try_from(source.lines().offset(source.text(), at.line, at.character)).unwrap_or(u32::MAX)
    }
}

/// The point of a byte offset.
fn point(sources: &Sources, file: FileId, offset: u32) -> Point {
    let at = sources.line_column(file, offset);
    Point { line: at.line, character: at.character }
}
