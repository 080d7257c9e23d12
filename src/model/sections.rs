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

    /// These.
    pub fn named<S: Into<String> + Clone>(names: &[S]) -> Self {
        Self(Some(names.iter().cloned().map(Into::into).collect()))
    }

    /// Those that JSONPaths name, filters included. A path that does not begin with a plain name may mean any.
    #[must_use]
    pub fn of<'p>(paths: impl IntoIterator<Item = &'p str>) -> Self {
        let mut names = BTreeSet::new();
        for path in paths {
            if !path.trim_start().starts_with("$.") {
                return Self::all();
            }
            for (at, root) in path.match_indices("$.") {
                let rest = path.get(at + root.len()..).unwrap_or("");
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                match rest.get(..end) {
                    None | Some("") => return Self::all(),
                    Some(name) => names.insert(name.to_owned()),
                };
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
        let sections = Sections::of(["$.functions[?@.app == $.roles[0].name]"]);
        assert!(sections.wants("functions") && sections.wants("roles") && !sections.wants("variables"));
        assert!(Sections::of(["$..name"]).wants("variables"));
        assert!(Sections::all().wants("variables"));
        assert!(!Sections::of([]).wants("variables"));
    }
}
