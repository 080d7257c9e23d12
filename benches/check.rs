//! How long the way from files to a report takes, beside a bare parse of the same bytes.

#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods)]

use std::fs;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use trysquare::check::{Options, check, model};
use trysquare::model::Sections;
use trysquare::source::{MemoryProvider, Sources};
use trysquare::syntax::{hcl, yaml};

fn files(root: &Path, dir: &Path, into: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(root, &path, into);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            into.push((name, text));
        }
    }
}

fn hoopstat() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hoopstat");
    let mut found = Vec::new();
    files(&root, &root, &mut found);
    found
}

fn benches(criterion: &mut Criterion) {
    let files = hoopstat();
    let provider: MemoryProvider = files.iter().cloned().collect();
    let is_hcl = |path: &str| path.ends_with(".tf") || path.ends_with(".hcl");
    let mut group = criterion.benchmark_group("hoopstat");
    group.bench_function("parse", |bencher| {
        bencher.iter(|| {
            let mut sources = Sources::new();
            for (path, text) in &files {
                let file = sources.add(path, text.as_str());
                if is_hcl(path) {
                    std::hint::black_box(hcl::parse_body(file, text));
                } else if path.ends_with(".yml") {
                    std::hint::black_box(yaml::parse(file, text));
                }
            }
        });
    });
    group.bench_function("bare hcl-edit and YAML parse", |bencher| {
        bencher.iter(|| {
            for (path, text) in &files {
                if is_hcl(path) {
                    std::hint::black_box(hcl_edit::parser::parse_body(text).unwrap());
                } else if path.ends_with(".yml") {
                    std::hint::black_box(granit_parser::Parser::new_from_str(text).count());
                }
            }
        });
    });
    group
        .bench_function("evaluate", |bencher| bencher.iter(|| model(&provider, &Options::default(), &Sections::all())));
    group.bench_function("check", |bencher| bencher.iter(|| check(&provider, &Options::default())));
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
