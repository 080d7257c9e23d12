//! Lists the pages of the embedded pack, so that adding a rule is adding a file.

#![allow(missing_docs, clippy::disallowed_methods)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let rules = root.join("rules");
    println!("cargo::rerun-if-changed={}", rules.display());
    let mut pages = Vec::new();
    collect(&rules, &mut pages)?;
    pages.sort();
    let mut list = String::from("&[\n");
    for page in pages {
        let path = page.strip_prefix(&root).unwrap_or(&page).to_string_lossy().replace('\\', "/");
        println!("cargo::rerun-if-changed={}", page.display());
        let _ = writeln!(list, "    ({path:?}, include_str!({:?})),", page.display().to_string());
    }
    list.push(']');
    fs::write(out.join("pages.rs"), list)
}

/// Markdown pages below a directory of the pack; its index is not a rule.
fn collect(dir: &Path, pages: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, pages)?;
        } else if path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("README.md") {
            pages.push(path);
        }
    }
    Ok(())
}
