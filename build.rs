//! Makes Rust tables out of files: the pages of the embedded pack, so that adding a rule is adding a file; the
//! IAM actions, sorted, so that nothing has to be read and sorted at run time; the fields of the model, so that the
//! page about them is what rules are held against.

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
    fs::write(out.join("pages.rs"), list)?;
    fs::write(out.join("model_fields.rs"), model_fields(&root.join("docs/model.md"))?)?;
    fs::write(out.join("iam_actions.rs"), iam_actions(&root.join("src/model/data/iam_actions.tsv"))?)
}

/// The lines of the table of IAM actions as Rust values, sorted by their names in lower case.
fn iam_actions(path: &Path) -> io::Result<String> {
    println!("cargo::rerun-if-changed={}", path.display());
    let text = fs::read_to_string(path)?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut rows: Vec<[String; 4]> = lines
        .map(|line| {
            let mut columns = line.split('\t').map(str::to_owned);
            let mut next = || columns.next().unwrap_or_default();
            let name = next();
            [name.to_ascii_lowercase(), name, next(), next()]
        })
        .collect();
    rows.sort();
    let mut list = String::from("&[\n");
    for [key, name, access, resources] in rows {
        let _ =
            writeln!(list, "    ({key:?}, Action {{ name: {name:?}, access: {access:?}, resources: {resources:?} }}),");
    }
    list.push(']');
    Ok(list)
}

/// The tables of the page about the model: for each heading the fields, each with its type.
fn model_fields(path: &Path) -> io::Result<String> {
    println!("cargo::rerun-if-changed={}", path.display());
    let text = fs::read_to_string(path)?;
    let mut sections: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            sections.push((heading.trim_matches('`'), Vec::new()));
        } else if line.starts_with("| `")
            && let Some((_, fields)) = sections.last_mut()
        {
            let mut cells = line.split('|').map(str::trim).skip(1);
            let mut next = || cells.next().unwrap_or_default();
            fields.push((next().trim_matches('`'), next()));
        }
    }
    Ok(format!("&{sections:?}").replace("[(", "&[(").replace(", [])", ", &[])").replace("&&", "&"))
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
