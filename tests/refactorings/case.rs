//! Reads the cases from the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Paths and texts.
pub type Files = BTreeMap<String, String>;

/// The file that names the case which a case starts from.
const LIKE: &str = "like";

/// The base and every case, by name.
pub fn all() -> BTreeMap<String, Files> {
    let names = std::fs::read_dir(directory("cases")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut cases: BTreeMap<String, Files> = names.map(|name| (name.clone(), files(&name))).collect();
    cases.insert("base".to_owned(), read(&directory("base")));
    cases
}

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/refactorings").join(name)
}

/// The files of a case, with those of what it starts from.
fn files(name: &str) -> Files {
    let mut own = read(&directory("cases").join(name));
    let mut files = match own.remove(LIKE) {
        Some(like) => files(like.trim()),
        None => read(&directory("base")),
    };
    files.extend(own);
    files.retain(|_, text| !text.is_empty());
    files
}

fn read(root: &Path) -> Files {
    let mut files = Files::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// Whether a file is part of what is checked, and not of what it is checked against.
pub fn is_terraform(path: &str) -> bool {
    path != "trysquare.hcl" && !path.starts_with("docs/")
}

/// The type in the address of a resource: `module.a["b"].aws_x.y[0]` gives `aws_x`.
pub fn resource_type(address: &str) -> &str {
    let mut rest = address;
    while let Some(after) = rest.strip_prefix("module.") {
        let mut in_key = false;
        let dot = after.find(|c: char| {
            in_key ^= matches!(c, '[' | ']');
            c == '.' && !in_key
        });
        rest = dot.map_or("", |dot| &after[dot + 1..]);
    }
    rest.split('.').next().unwrap_or("")
}
