//! What a release is made of agrees with itself.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// A version's numbers, to compare.
fn numbers(version: &str) -> Vec<u64> {
    let mut numbers: Vec<u64> = version.split('.').map(|number| number.parse().unwrap()).collect();
    numbers.resize(3, 0);
    numbers
}

#[test]
fn the_oldest_rust_is_one_everywhere() {
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    let workflow = read(".github/workflows/ci.yml");
    assert!(workflow.contains(&format!("rustup toolchain install {oldest} ")), "ci.yml installs another than {oldest}");
    assert!(workflow.contains(&format!("cargo +{oldest} check ")), "ci.yml checks with another than {oldest}");
    assert!(read("README.md").contains(&format!("Rust {oldest}")), "the README does not ask for Rust {oldest}");
}

#[test]
fn no_dependency_needs_a_newer_rust() {
    // Those of this platform are here, since this test was built with them.
    let rustc = String::from_utf8(Command::new("rustc").arg("-vV").output().unwrap().stdout).unwrap();
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let oldest = numbers(env!("CARGO_PKG_RUST_VERSION"));
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{} packages", packages.len());
    for package in packages {
        let needed = package["rust_version"].as_str().map(numbers);
        assert!(needed.is_none_or(|needed| needed <= oldest), "{} needs {}", package["name"], package["rust_version"]);
    }
}

#[test]
fn the_action_installs_what_is_released() {
    let targets = |text: &str, before: &str, after: char| -> BTreeSet<String> {
        let found = text.split(before).skip(1).filter_map(|rest| rest.split(after).next());
        found.map(|target| target.trim().to_owned()).collect()
    };
    let released = targets(&read(".github/workflows/release.yml"), ", target: ", '}');
    assert_eq!(released.len(), 5, "{released:?}");
    assert_eq!(targets(&read("action/install.sh"), ") target=", ';'), released);
}

#[test]
fn versions_in_the_documentation_are_current() {
    let version = env!("CARGO_PKG_VERSION");
    for package in ["package.json", "wasm/npm/package.json"] {
        let content: Value = serde_json::from_str(&read(package)).unwrap();
        assert_eq!(content["version"], version, "{package}");
    }
    for (page, before) in
        [("docs/ci.md", "trysquare/trysquare@v"), ("docs/ci.md", "rev: v"), (".pre-commit-hooks.yaml", "[\"trysquare@")]
    {
        let text = read(page);
        let named: Vec<&str> = text.split(before).skip(1).filter_map(|rest| rest.split(['\n', '"']).next()).collect();
        assert!(!named.is_empty(), "{page} does not say `{before}`");
        assert!(named.iter().all(|named| *named == version), "{page} names {named:?}, and this is {version}");
    }
}
