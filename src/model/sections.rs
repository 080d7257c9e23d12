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

    /// Those that JSONPaths begin with. A path that does not begin with a plain name may mean any.
    #[must_use]
    pub fn of<'p>(paths: impl IntoIterator<Item = &'p str>) -> Self {
        let name = |path: &str| {
            let rest = path.trim_start().strip_prefix("$.")?;
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            rest.get(..end).filter(|name| !name.is_empty()).map(str::to_owned)
        };
        Self(paths.into_iter().map(name).collect())
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
        let sections = Sections::of(["$.functions[?@.app]", "$.outputs"]);
        assert!(sections.wants("functions") && sections.wants("outputs") && !sections.wants("variables"));
        assert!(Sections::of(["$..name"]).wants("variables"));
        assert!(Sections::all().wants("variables"));
        assert!(!Sections::of([]).wants("variables"));
    }
}
