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
use crate::report::{Places, Report};
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
    report: Report,
    sources: Sources,
    /// Whether a file changed since the last check.
    changed: bool,
}

impl Workspace {
    /// A workspace without files. Its reports always say how the code stands to each documented standard.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let (loaded, sources) = check::prepare();
        let options = Options { compliance: true, ..options };
        Self { files: MemoryProvider::new(), options, loaded, report: Report::default(), sources, changed: true }
    }

    /// Adds a file, or gives it another text.
    pub fn set_file(&mut self, path: &str, text: impl Into<String>) {
        self.files.set(path, text);
        self.changed = true;
    }

    /// Takes a file away.
    pub fn remove_file(&mut self, path: &str) {
        self.files.remove(path);
        self.changed = true;
    }

    /// Checks the workspace, unless nothing changed since that was done.
    pub fn check(&mut self) -> &Report {
        if self.changed {
            let sources = std::mem::take(&mut self.sources);
            let Checked { report, sources, .. } = check::check_again(&self.files, &self.options, &self.loaded, sources);
            (self.report, self.sources, self.changed) = (report, sources, false);
        }
        &self.report
    }

    /// What is known of the place in a file: see [`Hover`].
    pub fn hover(&mut self, path: &str, at: Point) -> Option<Hover> {
        self.check();
        let offset = self.offset(self.sources.find(path)?, at);
        let reader = Reader::new(&self.files, std::mem::take(&mut self.sources));
        let hover = hover::at(&reader, &self.options, &self.report, path, offset);
        self.sources = reader.into_sources();
        hover
    }

    /// What can be done about the findings that touch a range.
    pub fn actions(&mut self, path: &str, range: Range) -> Vec<Action> {
        self.check();
        let Some(file) = self.sources.find(path) else {
            return Vec::new();
        };
        let range = self.offset(file, range.start)..self.offset(file, range.end);
        actions::within(&self.report, &self.sources, path, &range)
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
