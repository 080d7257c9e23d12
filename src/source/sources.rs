//! The files that were read, each with its text and, once asked for, its line index.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::{FileId, LineColumn, LineIndex, Span};

/// One file that was read.
#[derive(Debug)]
pub struct SourceFile {
    path: Arc<str>,
    text: Arc<str>,
    lines: OnceCell<LineIndex>,
}

impl SourceFile {
    /// Path relative to the workspace root, with `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text, as read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole text, to keep.
    #[must_use]
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// The line starts, found on first use.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }
}

/// All files that were read. Files are added and never taken away, so a [`FileId`] stays good.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    by_path: HashMap<Arc<str>, FileId>,
}

impl Sources {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. A path added twice gets a new id; [`Sources::find`] then gives the newest.
    pub fn add(&mut self, path: &str, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let path: Arc<str> = path.into();
        self.files.push(SourceFile { path: Arc::clone(&path), text: text.into(), lines: OnceCell::new() });
        self.by_path.insert(path, id);
        id
    }

    /// The file with this path, if it was added.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The file behind an id; `None` for an id of other `Sources`.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// Path of a file, or `""` for an id of other `Sources`.
    #[must_use]
    pub fn path(&self, id: FileId) -> &str {
        self.get(id).map_or("", SourceFile::path)
    }

    /// The whole text of a file.
    #[must_use]
    pub fn text(&self, id: FileId) -> &str {
        self.get(id).map_or("", SourceFile::text)
    }

    /// The text a span covers; empty when it does not fit its file.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.range()).unwrap_or("")
    }

    /// Line and column of a byte offset, from 1.
    #[must_use]
    pub fn line_column(&self, file: FileId, offset: u32) -> LineColumn {
        self.get(file).map_or(LineColumn { line: 1, column: 1 }, |source| {
            source.lines().line_column(source.text(), offset as usize)
        })
    }

    /// The newest file of each path, in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + '_ {
        let ids = (0..).map(FileId);
        ids.zip(&self.files).filter(|(id, file)| self.find(&file.path) == Some(*id)).map(|(id, _)| id)
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}
