//! Where the workspace lies in its repository, for readers that know files by the repository's paths.

use std::path::Path;

use trysquare::report::{Label, Position};
use trysquare::rules::load::PageText;

/// A repository around the workspace.
#[derive(Debug, Default)]
pub struct Repository {
    /// Path of the workspace in the repository, ending with `/`; empty when it is the repository.
    prefix: String,
    /// What a path is put behind to make a link.
    link_base: String,
}

impl Repository {
    /// The repository that a workspace lies in: the nearest directory at or above it that holds a `.git`.
    pub fn around(workspace: &Path, link_base: Option<&str>) -> Self {
        let root = workspace.ancestors().find(|dir| dir.join(".git").exists()).unwrap_or(workspace);
        let inside = workspace.strip_prefix(root).unwrap_or(Path::new(""));
        let prefix = inside.iter().map(|part| format!("{}/", part.to_string_lossy())).collect();
        let link_base = link_base.map(|base| format!("{}/", base.trim_end_matches('/'))).unwrap_or_default();
        Self { prefix, link_base }
    }

    /// A file of the workspace by its path in the repository.
    pub fn path(&self, file: &str) -> String {
        format!("{}{file}", self.prefix)
    }

    /// The same as a relative reference: percent-encoded.
    pub fn uri(&self, file: &str) -> String {
        let keeps = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        let encode = |byte: u8| if keeps(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        self.path(file).bytes().map(encode).collect()
    }

    /// A link to lines of a file, as GitHub and GitLab write them.
    pub fn link(&self, file: &str, start: Position, end: Position) -> String {
        let lines = if end.line > start.line { format!("-L{}", end.line) } else { String::new() };
        format!("{}{}#L{}{lines}", self.link_base, self.uri(file), start.line)
    }

    /// Where a rule's page can be read: a page of the workspace is a file like any other.
    pub fn page(&self, page: &PageText) -> String {
        if page.embedded { page.url.clone() } else { format!("{}{}", self.link_base, self.uri(&page.path)) }
    }

    /// A link to a label's lines.
    pub fn link_to(&self, label: &Label) -> String {
        self.link(&label.file, label.start, label.end)
    }
}

#[cfg(test)]
mod tests {
    use super::Repository;

    #[test]
    fn paths_with_blanks_and_signs_are_encoded() {
        let repository = Repository { prefix: "a b/".to_owned(), link_base: String::new() };
        assert_eq!(repository.path("c#.tf"), "a b/c#.tf");
        assert_eq!(repository.uri("c#é.tf"), "a%20b/c%23%C3%A9.tf");
    }
}
