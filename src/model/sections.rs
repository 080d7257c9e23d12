//! Which parts of the model somebody asks for: those that cost much and serve few are made only then.

use std::collections::BTreeSet;

/// Names of the model's top-level fields.
#[derive(Debug, Clone)]
pub struct Sections(Option<BTreeSet<String>>);

impl Sections {
    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        Self(None)
    }

    /// Those that JSONPaths in these texts begin with. A path that does not begin with a plain name may mean any.
    #[must_use]
    pub fn mentioned_in<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut names = BTreeSet::new();
        for text in texts {
            for (at, quote) in text.match_indices("\"$") {
                let (before, path) = text.split_at(at);
                let assigned = before.trim_end().strip_suffix('=').map(str::trim_end);
                if !assigned.is_some_and(|before| before.ends_with("path")) {
                    continue;
                }
                let path = path.strip_prefix(quote).unwrap_or(path);
                let name = path.strip_prefix('.').map_or("", |rest| {
                    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                    rest.get(..end).unwrap_or("")
                });
                if name.is_empty() {
                    return Self::all();
                }
                if !names.contains(name) {
                    names.insert(name.to_owned());
                }
            }
        }
        Self(Some(names))
    }

    /// Whether a field is asked for.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::Sections;

    #[test]
    fn paths_name_sections() {
        let page =
            "path = \"$.functions[?@.app]\"\nrun: echo \"$1\"\nerror_message = \"${x}\"\npath = \"$.outputs[*]\"";
        let sections = Sections::mentioned_in([page]);
        assert!(sections.wants("functions") && sections.wants("outputs") && !sections.wants("variables"));
        assert!(Sections::mentioned_in(["path = \"$..name\""]).wants("variables"));
        assert!(Sections::all().wants("variables"));
        assert!(!Sections::mentioned_in([]).wants("variables"));
    }
}
