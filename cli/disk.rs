//! Files from the disk, and never from outside the workspace root.

use std::fs;
use std::path::{Path, PathBuf};

use trysquare::source::{ReadError, SourceProvider};

/// Larger files are not read: no configuration is that large.
const MAX_BYTES: u64 = 16 << 20;

/// A directory on the disk.
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// Files under `root`, which is made absolute and free of links.
    pub fn new(root: &Path) -> std::io::Result<Self> {
        Ok(Self { root: fs::canonicalize(root)? })
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path given by a person, relative to the root; `None` when it lies outside.
    pub fn relative(&self, path: &Path) -> Option<String> {
        let absolute = fs::canonicalize(path).ok()?;
        let relative = absolute.strip_prefix(&self.root).ok()?;
        Some(relative.to_string_lossy().replace('\\', "/"))
    }

    /// As [`Disk::relative`], also of a file that is not there yet in a directory that is.
    pub fn relative_new(&self, path: &Path) -> Option<String> {
        self.relative(path).or_else(|| {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let (dir, name) = (self.relative(parent)?, path.file_name()?.to_string_lossy());
            Some(if dir.is_empty() { name.into_owned() } else { format!("{dir}/{name}") })
        })
    }

    /// The file a path leads to, links followed, as long as that is inside the root.
    fn resolve(&self, path: &str) -> Result<PathBuf, ReadError> {
        let full = self.root.join(path);
        let target = fs::canonicalize(&full).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => ReadError::NotFound,
            _ => ReadError::Io(error.to_string()),
        })?;
        if target.starts_with(&self.root) { Ok(target) } else { Err(ReadError::OutsideRoot) }
    }
}

impl SourceProvider for Disk {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        String::from_utf8(self.read_bytes(path)?).map_err(|error| ReadError::NotUtf8(error.utf8_error().valid_up_to()))
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        read_bounded(&self.resolve(path)?, MAX_BYTES)
    }

    fn list(&self) -> Vec<String> {
        // Hidden directories count, for .github; what git ignores does not.
        let walk = ignore::WalkBuilder::new(&self.root)
            .hidden(false)
            .require_git(false)
            // What one person's git ignores everywhere must not make a difference between machines.
            .git_global(false)
            .filter_entry(|entry| !matches!(entry.file_name().to_str(), Some(".git" | ".terraform" | "node_modules")))
            .build();
        let mut files: Vec<String> = walk
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_some_and(|kind| !kind.is_dir()))
            .filter_map(|entry| Some(entry.path().strip_prefix(&self.root).ok()?.to_string_lossy().replace('\\', "/")))
            .collect();
        files.sort();
        files
    }

    fn list_dir(&self, dir: &str) -> Vec<String> {
        let Some(entries) = self.resolve(dir).ok().and_then(|target| fs::read_dir(target).ok()) else {
            return Vec::new();
        };
        let files = entries.filter_map(Result::ok).filter(|entry| !entry.path().is_dir());
        let mut names: Vec<String> = files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn exists(&self, path: &str) -> bool {
        self.resolve(path).is_ok_and(|target| target.is_file())
    }
}

/// Reads a file, unless it is larger than `limit`.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ReadError::NotFound,
        _ => ReadError::Io(error.to_string()),
    })?;
    if metadata.is_dir() {
        return Err(ReadError::NotFound);
    }
    if metadata.len() > limit || !metadata.is_file() {
        return Err(ReadError::TooLarge(limit));
    }
    fs::read(path).map_err(|error| ReadError::Io(error.to_string()))
}

/// The nearest directory at or above `path` that holds a trysquare.hcl, else one with a .git, else `path` itself.
pub fn workspace_root(path: &Path) -> PathBuf {
    configured_root(path).or_else(|| holder(path, ".git")).unwrap_or_else(|| directory(path))
}

/// The nearest directory at or above `path` that holds a trysquare.hcl.
pub fn configured_root(path: &Path) -> Option<PathBuf> {
    holder(path, trysquare::standard::FILE_NAME)
}

fn holder(path: &Path, name: &str) -> Option<PathBuf> {
    directory(path).ancestors().find(|dir| dir.join(name).exists()).map(Path::to_owned)
}

fn directory(path: &Path) -> PathBuf {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if path.is_file() { path.parent().map(Path::to_owned).unwrap_or_default() } else { path }
}
