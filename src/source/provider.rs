//! How the engine is handed files: a trait, and the in-memory one that tests and WASM use.

use std::collections::{BTreeMap, BTreeSet};

/// Why a file could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is no such file.
    #[error("no such file")]
    NotFound,
    /// The bytes are not UTF-8; the offset is that of the first bad byte.
    #[error("not UTF-8 text (first bad byte at offset {0})")]
    NotUtf8(usize),
    /// The path leads out of the workspace root.
    #[error("outside the workspace root")]
    OutsideRoot,
    /// The file is larger than the engine reads.
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    /// The system would not let us.
    #[error("{0}")]
    Io(String),
}

/// The only way from files to the engine. Paths are relative to the workspace root, with `/`,
/// and already normalised (see [`normalize_path`]).
pub trait SourceProvider {
    /// The text of a file.
    ///
    /// # Errors
    /// When it is absent, unreadable, too large, outside the root or not UTF-8.
    fn read(&self, path: &str) -> Result<String, ReadError>;

    /// The raw bytes of a file, for functions such as `filebase64`.
    ///
    /// # Errors
    /// As [`SourceProvider::read`], except that any bytes will do.
    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.read(path).map(String::into_bytes)
    }

    /// Every file under the root that is not ignored, sorted.
    fn list(&self) -> Vec<String>;

    /// The names of the files directly in a directory, sorted; also in one that [`SourceProvider::list`] leaves out.
    fn list_dir(&self, dir: &str) -> Vec<String> {
        let names = self.list().into_iter().filter_map(|path| {
            let name = if dir.is_empty() { &*path } else { path.strip_prefix(dir)?.strip_prefix('/')? };
            (!name.contains('/')).then(|| name.to_owned())
        });
        names.collect()
    }

    /// Whether a file (not a directory) is there.
    fn exists(&self, path: &str) -> bool;
}

/// Files held in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryProvider {
    files: BTreeMap<String, String>,
}

impl MemoryProvider {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file. A path that leads out of the root is left out.
    pub fn set(&mut self, path: &str, text: impl Into<String>) {
        if let Some(path) = normalize_path(path) {
            self.files.insert(path, text.into());
        }
    }

    /// Takes a file away.
    pub fn remove(&mut self, path: &str) {
        if let Some(path) = normalize_path(path) {
            self.files.remove(&path);
        }
    }
}

impl<P: Into<String>, T: Into<String>> FromIterator<(P, T)> for MemoryProvider {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Self {
        let mut provider = Self::new();
        for (path, text) in files {
            provider.set(&path.into(), text);
        }
        provider
    }
}

impl SourceProvider for MemoryProvider {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        self.files.get(path).cloned().ok_or(ReadError::NotFound)
    }

    fn list(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    fn exists(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }
}

/// Files of which some have another text than what is beneath says, or are not there.
pub struct Overlay<'p> {
    beneath: &'p dyn SourceProvider,
    texts: MemoryProvider,
    gone: BTreeSet<String>,
}

impl<'p> Overlay<'p> {
    /// These texts over the files of another provider.
    #[must_use]
    pub fn new(beneath: &'p dyn SourceProvider, texts: MemoryProvider) -> Self {
        Self { beneath, texts, gone: BTreeSet::new() }
    }

    /// Lets files be gone.
    #[must_use]
    pub fn without(self, paths: impl IntoIterator<Item = String>) -> Self {
        Self { gone: paths.into_iter().collect(), ..self }
    }

    fn merged(&self, beneath: Vec<String>, texts: Vec<String>, dir: &str) -> Vec<String> {
        if texts.is_empty() && self.gone.is_empty() {
            return beneath;
        }
        let path = |name: &String| if dir.is_empty() { name.clone() } else { format!("{dir}/{name}") };
        let names: BTreeSet<String> = beneath.into_iter().chain(texts).collect();
        names.into_iter().filter(|name| !self.gone.contains(&path(name))).collect()
    }
}

impl SourceProvider for Overlay<'_> {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        if self.gone.contains(path) {
            return Err(ReadError::NotFound);
        }
        self.texts.read(path).or_else(|_| self.beneath.read(path))
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if self.gone.contains(path) {
            return Err(ReadError::NotFound);
        }
        self.texts.read_bytes(path).or_else(|_| self.beneath.read_bytes(path))
    }

    fn list(&self) -> Vec<String> {
        self.merged(self.beneath.list(), self.texts.list(), "")
    }

    fn list_dir(&self, dir: &str) -> Vec<String> {
        self.merged(self.beneath.list_dir(dir), self.texts.list_dir(dir), dir)
    }

    fn exists(&self, path: &str) -> bool {
        !self.gone.contains(path) && (self.texts.exists(path) || self.beneath.exists(path))
    }
}

/// Resolves `.` and `..` in a `/`-separated path, without asking any file system.
///
/// `None` when the path is absolute or leads out of the root. The root itself is `""`.
#[must_use]
pub fn normalize_path(path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A name in a directory, as a path; `""` is the workspace root.
#[must_use]
pub fn join_path(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_root() {
        assert_eq!(normalize_path("a/./b/../c").as_deref(), Some("a/c"));
        assert_eq!(normalize_path("./").as_deref(), Some(""));
        assert_eq!(normalize_path("a/../../b"), None);
        assert_eq!(normalize_path("/etc/passwd"), None);
    }
}
