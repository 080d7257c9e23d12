//! `docs/writing-rules.md` tells all of the language, and what it shows works.
//!
//! With UPDATE=1 in the environment its tables are written anew.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use trysquare::check::{Options, check};
use trysquare::rules::grammar::{BlockKind, RULE, Takes};
use trysquare::rules::{FUNCTIONS, examples, page};
use trysquare::source::MemoryProvider;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/writing-rules.md")
}

/// Every kind of block, outer ones first.
fn kinds() -> Vec<&'static BlockKind> {
    let mut kinds = vec![&RULE];
    let mut at = 0;
    while at < kinds.len() {
        kinds.extend(kinds[at].blocks);
        at += 1;
    }
    kinds
}

fn takes(takes: Takes) -> String {
    match takes {
        Takes::Text => "text".to_owned(),
        Takes::Texts => "list of texts".to_owned(),
        Takes::Truth => "true or false".to_owned(),
        Takes::OneOf(choices) => choices.iter().map(|choice| format!("`\"{choice}\"`")).collect::<Vec<_>>().join(", "),
        Takes::Type => "type".to_owned(),
        Takes::Constant => "value".to_owned(),
        Takes::Expression => "expression".to_owned(),
    }
}

/// What the page says of a kind of block.
fn block(kind: &BlockKind) -> String {
    let mut text = kind.meaning.to_owned();
    if let Some(label) = kind.label {
        let _ = write!(text, " Its label is {label}.");
    }
    text.push('\n');
    if !kind.attributes.is_empty() {
        text.push_str("\n| Attribute | Takes | Meaning |\n|-----------|-------|---------|\n");
    }
    for attribute in kind.attributes {
        let required = if attribute.required { " Required." } else { "" };
        let _ =
            writeln!(text, "| `{}` | {} | {}{required} |", attribute.name, takes(attribute.takes), attribute.meaning);
    }
    if kind.open {
        text.push_str("\nIts attributes have any names.\n");
    }
    if !kind.blocks.is_empty() {
        let names: Vec<String> = kind.blocks.iter().map(|block| format!("`{}`", block.name)).collect();
        let _ = writeln!(text, "\nBlocks in it, each as often as needed: {}.", names.join(", "));
    }
    text
}

fn functions() -> String {
    let mut text = String::from("| Function | Gives |\n|----------|-------|\n");
    for (_, usage, meaning) in FUNCTIONS {
        let _ = writeln!(text, "| `{usage}` | {meaning} |");
    }
    text
}

/// The page with what stands between its marks written anew.
fn renewed(page: &str) -> String {
    let blocks = kinds().into_iter().map(|kind| (format!("<!-- block: {} -->\n", kind.name), block(kind)));
    let mut text = page.to_owned();
    for (mark, content) in blocks.chain([("<!-- functions -->\n".to_owned(), functions())]) {
        let start = text.find(&mark).unwrap_or_else(|| panic!("docs/writing-rules.md has no {mark}")) + mark.len();
        let end = start + text[start..].find("<!-- end -->").unwrap();
        text.replace_range(start..end, &content);
    }
    text
}

#[test]
fn the_page_tells_every_attribute_and_function() {
    let page = fs::read_to_string(path()).unwrap();
    let expected = renewed(&page);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path(), &expected).unwrap();
    }
    let page = fs::read_to_string(path()).unwrap();
    assert!(page == expected, "docs/writing-rules.md is not current; run `UPDATE=1 cargo test --test writing_rules`");
}

/// The fenced blocks of the page, each with its info string.
fn fences(text: &str) -> Vec<(String, String)> {
    let mut fences = Vec::new();
    let mut open: Option<(String, String, String)> = None;
    for line in text.lines() {
        match &mut open {
            Some((fence, info, content)) if line == fence => {
                fences.push((std::mem::take(info), std::mem::take(content)));
                open = None;
            }
            Some((_, _, content)) => {
                content.push_str(line);
                content.push('\n');
            }
            None if line.starts_with("```") => {
                let info = line.trim_start_matches('`');
                open = Some(("`".repeat(line.len() - info.len()), info.to_owned(), String::new()));
            }
            None => {}
        }
    }
    fences
}

#[test]
fn the_pages_in_it_pass() {
    let text = fs::read_to_string(path()).unwrap();
    let pages: Vec<String> =
        fences(&text).into_iter().filter(|(info, _)| info == "markdown").map(|(_, page)| page).collect();
    assert!(!pages.is_empty());
    for page in pages {
        let outcome = examples::run("page.md", &page);
        let broken = outcome.broken.map(|checked| checked.report.failures);
        assert!(broken.is_none(), "{broken:?}");
        assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
        assert!(outcome.results.len() > 2);
        for result in outcome.results {
            assert!(result.problem.is_none(), "{}: {:?}", result.name, result.problem);
        }
    }
}

#[test]
fn the_rules_in_it_are_right() {
    let text = fs::read_to_string(path()).unwrap();
    let rules: Vec<String> =
        fences(&text).into_iter().filter(|(info, _)| info == "hcl").map(|(_, rule)| rule).collect();
    assert!(rules.len() > 4);
    for rule in rules {
        let id = rule.split('"').nth(1).unwrap();
        let page = format!("# {id}\n\nA rule.\n\n```hcl rule\n{rule}```\n");
        let options = Options { only: Some(("page.md".to_owned(), page)), ..Options::default() };
        let report = check(&MemoryProvider::default(), &options).report;
        assert!(report.failures.is_empty(), "{id}: {:?}", report.failures);
    }
}

#[test]
fn the_configuration_in_it_sets_up_the_page_in_it() {
    let text = fs::read_to_string(path()).unwrap();
    let fences = fences(&text);
    let first = |wanted: &str| fences.iter().find(|(info, _)| info == wanted).map(|(_, text)| text.clone()).unwrap();
    let page = first("markdown");
    let bad = page::read(&page).examples.into_iter().find(|example| example.name == "by-a-variable").unwrap();
    let files = bad.files.into_iter().map(|file| (file.path, file.text));
    let own = [("trysquare.hcl".to_owned(), first("hcl trysquare.hcl")), ("policies/rule.md".to_owned(), page)];
    let provider: MemoryProvider = files.chain(own).collect();
    let report = check(&provider, &Options::default()).report;
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    let messages: Vec<&str> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages, ["orders-api reserves 100; at most 10 are fine"]);
}
