//! The engine as WebAssembly says what the native one says, byte for byte, of everything there is to say something of.
//!
//! It needs Node and the npm package in `target/npm`, so `cargo xtask test` runs it, once the package is made:
//! `cargo xtask npm && cargo test --test parity -- --ignored`.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[allow(dead_code, reason = "the cases of another test, of which only the files are of use here")]
#[path = "mutations/cases.rs"]
mod cases;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use trysquare::check::{Options, check};
use trysquare::rules::{pack, page};
use trysquare::source::MemoryProvider;

type Files = BTreeMap<String, String>;

fn collect(root: &Path, dir: &Path, files: &mut Files) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.insert(path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"), text);
        }
    }
}

/// Every example, every example of a rule's page, and every case of the mutations.
fn workspaces() -> Vec<(String, Files)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).unwrap() {
        let dir = entry.unwrap().path();
        if !dir.is_dir() {
            continue;
        }
        let mut files = Files::new();
        collect(&dir, &dir, &mut files);
        all.push((dir.display().to_string(), files));
    }
    for (path, text) in pack::PAGES {
        let page = page::read(text);
        for example in &page.examples {
            let files = page.shared.iter().chain(&example.files);
            let files = files.map(|file| (file.path.clone(), file.text.clone())).collect();
            all.push((format!("{path}: {}", example.name), files));
        }
    }
    let example = cases::Example::read();
    for case in cases::breaks().iter().chain(&cases::harmless()) {
        all.push((format!("{}: {}", case.place, case.name), example.changed(case).unwrap()));
    }
    all
}

#[test]
#[ignore = "needs Node and the npm package: `cargo xtask test` runs it"]
fn native_and_wasm_say_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = root.join("target/npm");
    assert!(package.is_dir(), "there is no {}; run `cargo xtask npm`", package.display());
    let path = root.join("target/parity.jsonl");
    let mut out = std::io::BufWriter::new(fs::File::create(&path).unwrap());
    let all = workspaces();
    assert!(all.len() > 500, "{} workspaces", all.len());
    let options = Options { today: Some("2026-01-01".to_owned()), compliance: true, ..Options::default() };
    for (name, files) in all {
        let provider: MemoryProvider = files.clone().into_iter().collect();
        let report = serde_json::to_string(&check(&provider, &options).report).unwrap();
        writeln!(out, "{}", json!({ "name": name, "files": files, "report": report })).unwrap();
    }
    drop(out);
    let status = Command::new("node").arg(root.join("wasm/npm/test/parity.mjs")).args([&package, &path]).status();
    assert!(status.expect("Node is needed").success(), "see above");
}
