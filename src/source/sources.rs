//! The files that were read, each with its text and, once asked for, its line index and what was made of it.

use std::any::Any;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use super::{FileId, LineColumn, LineIndex, Span};

/// One file that was read.
#[derive(Debug)]
pub struct SourceFile {
    path: Arc<str>,
    text: Arc<str>,
    lines: OnceCell<LineIndex>,
    /// What readers of its language made of the text, at most one of a type.
    made: RefCell<Vec<Arc<dyn Any + Send + Sync>>>,
}

impl SourceFile {
    fn new(path: &str, text: Arc<str>) -> Self {
        Self { path: path.into(), text, lines: OnceCell::new(), made: RefCell::default() }
    }

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

    /// What was made of the text before, if anything of this type was.
    fn made<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.made.borrow().iter().find_map(|made| Arc::clone(made).downcast().ok())
    }
}

/// All files that were read. Files are added and never taken away, so a [`FileId`] stays good; what was made of a text
/// is kept as long as the text is, so whoever checks again hands the files of the last check on.
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

    /// Adds a file of the workspace. A path that was added before keeps its id, and gets the new text.
    pub fn add(&mut self, path: &str, text: impl Into<Arc<str>>) -> FileId {
        let text = text.into();
        let Some(&id) = self.by_path.get(path) else {
            let id = self.add_apart(path, text);
            self.by_path.insert(path.into(), id);
            return id;
        };
        if let Some(file) = self.files.get_mut(id.0 as usize).filter(|file| file.text != text) {
            *file = SourceFile::new(path, text);
        }
        id
    }

    /// Adds a file that is not the workspace's, such as a page of the embedded pack: the workspace may have one of
    /// the same path.
    pub fn add_apart(&mut self, path: &str, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile::new(path, text.into()));
        id
    }

    /// What was made of a file's text, if something of this type was.
    pub(super) fn made<T: Send + Sync + 'static>(&self, id: FileId) -> Option<Arc<T>> {
        self.get(id)?.made()
    }

    /// Keeps what was made of a file's text.
    pub(super) fn keep<T: Send + Sync + 'static>(&self, id: FileId, made: &Arc<T>) {
        if let Some(file) = self.get(id) {
            file.made.borrow_mut().push(Arc::clone(made) as Arc<dyn Any + Send + Sync>);
        }
    }

    /// The file with this path, if it was added; one of the workspace before one that was added apart.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<FileId> {
        let apart = || self.files.iter().position(|file| file.path() == path);
        let apart = || apart().and_then(|at| u32::try_from(at).ok()).map(FileId);
        self.by_path.get(path).copied().or_else(apart)
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
        self.get(file).map_or(LineColumn { line: 1, column: 1, character: 0 }, |source| {
            source.lines().line_column(source.text(), offset as usize)
        })
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
