//! No rule fails on odd input: it passes, finds something, or says what it cannot decide.

#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::path::Path;

use trysquare::check::{Options, check};
use trysquare::source::MemoryProvider;

fn checked(files: &[&str]) -> Vec<String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/odd_input");
    let read = |name: &&str| ((*name).to_owned(), std::fs::read_to_string(dir.join(name)).unwrap());
    let provider: MemoryProvider = files.iter().map(read).collect();
    let report = check(&provider, &Options::default()).report;
    report.failures.iter().map(|failure| format!("{}: {:?}", failure.message, failure.place)).collect()
}

#[test]
fn no_rule_fails_with_a_standard() {
    assert_eq!(checked(&["main.tf", "trysquare.hcl"]), Vec::<String>::new());
}

#[test]
fn no_rule_fails_without_one() {
    assert_eq!(checked(&["main.tf"]), Vec::<String>::new());
}
