//! Reads each file once, and remembers what could not be read.

use std::cell::{OnceCell, Ref, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{FileId, ReadError, SourceProvider, Sources};
use crate::eval::{FileText, Files};

/// Files on demand, over a [`SourceProvider`].
pub struct Reader<'p> {
    provider: &'p dyn SourceProvider,
    files: Vec<String>,
    /// The names of the files in each directory; made when first asked for.
    directories: OnceCell<HashMap<String, Vec<String>>>,
    sources: RefCell<Sources>,
    read: RefCell<HashMap<String, Result<FileId, ReadError>>>,
    /// The files of the workspace that were read or added.
    files_read: RefCell<BTreeSet<FileId>>,
}

impl<'p> Reader<'p> {
    /// A reader over these files. What was made of those among `sources` that have not changed is used again.
    #[must_use]
    pub fn new(provider: &'p dyn SourceProvider, sources: Sources) -> Self {
        Self {
            provider,
            files: provider.list(),
            directories: OnceCell::new(),
            sources: RefCell::new(sources),
            read: RefCell::default(),
            files_read: RefCell::default(),
        }
    }

    /// Every file under the root that is not ignored, sorted.
    #[must_use]
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// The names of the files directly in a directory, sorted. Where `terraform init` puts what it fetches, the
    /// provider is asked, for such directories are left out of [`Reader::files`].
    #[must_use]
    pub fn names_in(&self, dir: &str) -> Vec<String> {
        if is_fetched(dir) {
            return self.provider.list_dir(dir);
        }
        let directories = self.directories.get_or_init(|| {
            let mut directories: HashMap<String, Vec<String>> = HashMap::new();
            for path in &self.files {
                let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
                match directories.get_mut(dir) {
                    Some(names) => names.push(name.to_owned()),
                    None => {
                        directories.insert(dir.to_owned(), vec![name.to_owned()]);
                    }
                }
            }
            directories
        });
        directories.get(dir).cloned().unwrap_or_default()
    }

    /// The paths of all files in a directory and below it, relative to it.
    pub fn files_under<'d>(&'d self, dir: &str) -> impl Iterator<Item = &'d str> + use<'d> {
        let prefix = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        // The list is sorted, so what begins alike stands together.
        let start = self.files.partition_point(|path| **path < *prefix);
        let length = prefix.len();
        let below = self.files.iter().skip(start).take_while(move |path| path.starts_with(&prefix));
        below.filter_map(move |path| path.get(length..))
    }

    /// The files, each with its text, that were read so far.
    pub fn sources(&self) -> Ref<'_, Sources> {
        self.sources.borrow()
    }

    /// The files that were read, when nothing more will be.
    #[must_use]
    pub fn into_sources(self) -> Sources {
        self.sources.into_inner()
    }

    /// The provider itself.
    #[must_use]
    pub fn provider(&self) -> &'p dyn SourceProvider {
        self.provider
    }

    /// Reads a file, once.
    ///
    /// # Errors
    /// When it cannot be read; asking again gives the same error.
    pub fn read(&self, path: &str) -> Result<FileId, ReadError> {
        if let Some(known) = self.read.borrow().get(path) {
            return known.clone();
        }
        let result = self.provider.read(path).map(|text| self.add(path, &text));
        self.read.borrow_mut().insert(path.to_owned(), result.clone());
        result
    }

    /// Adds a file of the workspace that cannot be read as text.
    pub fn add(&self, path: &str, text: &str) -> FileId {
        let file = self.sources.borrow_mut().add(path, text);
        self.files_read.borrow_mut().insert(file);
        file
    }

    /// Adds a file that is not the workspace's, though it may have the path of one that is.
    pub fn add_apart(&self, path: &str, text: &str) -> FileId {
        let file = self.sources.borrow_mut().add_apart(path, text);
        self.files_read.borrow_mut().insert(file);
        file
    }

    /// How many files were read or added.
    #[must_use]
    pub fn count(&self) -> usize {
        self.files_read.borrow().len()
    }

    /// The files that were read or added, in the order in which they were first.
    #[must_use]
    pub fn files_read(&self) -> Vec<FileId> {
        self.files_read.borrow().iter().copied().collect()
    }

    /// What `make` makes of the text of a file that was read. It is made once, until the text changes, so it must hang
    /// on nothing but the file.
    pub fn made<T: Send + Sync + 'static>(&self, file: FileId, make: impl FnOnce(&str) -> T) -> Arc<T> {
        if let Some(made) = self.sources.borrow().made(file) {
            return made;
        }
        let made = Arc::new(make(&self.text(file)));
        self.sources.borrow().keep(file, &made);
        made
    }

    /// The text of a file that was read.
    #[must_use]
    pub fn text(&self, file: FileId) -> Arc<str> {
        self.sources.borrow().get(file).map_or_else(|| "".into(), super::SourceFile::shared_text)
    }
}

/// Whether a directory is one that `terraform init` fills.
#[must_use]
pub fn is_fetched(path: &str) -> bool {
    path.split('/').any(|part| part == ".terraform")
}

/// The files that Terraform's functions see: paths relative to a root module's directory.
pub struct FilesUnder<'r> {
    reader: &'r Reader<'r>,
    dir: Arc<str>,
}

impl<'r> FilesUnder<'r> {
    /// Files with paths relative to `dir`.
    #[must_use]
    pub fn new(reader: &'r Reader<'r>, dir: Arc<str>) -> Self {
        Self { reader, dir }
    }

    fn resolve(&self, path: &str) -> Result<String, ReadError> {
        if path.starts_with('/') || path.starts_with('~') {
            return Err(ReadError::OutsideRoot);
        }
        super::normalize_path(format!("{}/{path}", self.dir).trim_start_matches('/')).ok_or(ReadError::OutsideRoot)
    }
}

impl Files for FilesUnder<'_> {
    fn text(&self, path: &str) -> Result<FileText, ReadError> {
        let file = self.reader.read(&self.resolve(path)?)?;
        Ok(FileText { file, text: self.reader.text(file) })
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.reader.provider.read_bytes(&self.resolve(path)?)
    }

    fn exists(&self, path: &str) -> Result<bool, ReadError> {
        Ok(self.reader.provider.exists(&self.resolve(path)?))
    }

    fn under(&self, path: &str) -> Result<Vec<String>, ReadError> {
        let dir = self.resolve(path)?;
        Ok(self.reader.files_under(&dir).map(str::to_owned).collect())
    }
}
