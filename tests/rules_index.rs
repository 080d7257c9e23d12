//! `rules/README.md` lists every rule of the pack; `UPDATE=1 cargo test --test rules_index` writes it anew.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use trysquare::rules::{self, Rule, pack};
use trysquare::source::Sources;

/// Directories of the pack, in the order of the index, and what is in each.
const GROUPS: &[(&str, &str)] = &[
    ("core", "What everything else rests on"),
    ("lambda", "Functions"),
    ("alarm", "Alarms"),
    ("log", "Log groups"),
    ("iam", "Permissions"),
    ("ecr", "Repositories of images"),
    ("module", "Variables and outputs"),
    ("workflow", "GitHub workflows"),
];

const HEAD: &str = "\
# The rules

Each rule is a page: why it matters, the rule itself, and examples that are run as tests. A rule speaks only
where the standard has what it needs; one without needs speaks of every repository.

What rules can ask for is in [docs/model.md](../docs/model.md). This index is written by
`UPDATE=1 cargo test --test rules_index`.
";

fn rules() -> Vec<Rule> {
    let mut sources = Sources::new();
    let read = |(path, text): &(&str, &str)| {
        let file = sources.add(path, *text);
        rules::read(file, path, text).unwrap_or_else(|errors| panic!("{path}: {errors:?}"))
    };
    pack::PAGES.iter().filter_map(read).collect()
}

fn group(rule: &Rule) -> &str {
    rule.path.split('/').nth(1).unwrap_or("")
}

fn index(rules: &[Rule]) -> String {
    let mut text = HEAD.to_owned();
    for (dir, title) in GROUPS {
        let members: Vec<&Rule> = rules.iter().filter(|rule| group(rule) == *dir).collect();
        if members.is_empty() {
            continue;
        }
        let _ = write!(
            text,
            "\n## {title}\n\n| Rule | Severity | What holds | Needs |\n|------|----------|------------|-------|\n"
        );
        for rule in members {
            let needs: Vec<String> = rule.needs.iter().map(|need| format!("`{need}`")).collect();
            let (id, severity) = (&rule.id, rule.severity.name());
            let _ = writeln!(text, "| [{id}]({dir}/{id}.md) | {severity} | {} | {} |", rule.summary, needs.join(", "));
        }
    }
    text
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/README.md")
}

#[test]
fn the_index_lists_every_rule() {
    let rules = rules();
    let expected = index(&rules);
    for rule in &rules {
        assert!(expected.contains(&format!("[{}]", rule.id)), "{} is in no group of the index", rule.path);
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path(), &expected).unwrap();
    }
    assert_eq!(fs::read_to_string(path()).unwrap_or_default(), expected, "rules/README.md is not current");
}

#[test]
fn pages_are_named_after_their_rules() {
    for rule in rules() {
        assert!(rule.path.ends_with(&format!("/{}.md", rule.id)), "{} holds the rule {}", rule.path, rule.id);
        assert!(rule.since.is_some(), "{} does not say since when it is there", rule.path);
        assert!(rule.summary.ends_with('.') && !rule.summary.contains('|'), "{}: {}", rule.path, rule.summary);
    }
}
