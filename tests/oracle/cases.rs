//! The record: text files of expressions and results.
//!
//! A case is an expression, on as many lines as it needs, and a line `=> RESULT`. Where trysquare
//! differs on purpose, a line `!> RESULT` says what it gives. Lines that start with `##` are comments.

use std::path::{Path, PathBuf};

use super::support::record_files;

/// One expression and its result.
pub struct Case {
    /// Comment lines before it.
    pub comments: Vec<String>,
    /// The expression.
    pub expression: String,
    /// What terraform makes of it.
    pub expected: String,
    /// What trysquare makes of it, where that differs on purpose.
    pub on_purpose: Option<String>,
}

/// One file of the record.
pub struct File {
    /// Its name.
    pub name: String,
    path: PathBuf,
    /// What is in it.
    pub cases: Vec<Case>,
}

/// The directory of the suite.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle")
}

/// Reads the whole record, in the order of the files' names.
pub fn load() -> Vec<File> {
    record_files("tests/oracle/cases")
        .into_iter()
        .map(|path| File {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            cases: read(&std::fs::read_to_string(&path).unwrap()),
            path,
        })
        .collect()
}

fn read(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut comments = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        if let Some(expected) = line.strip_prefix("=> ") {
            cases.push(Case {
                comments: std::mem::take(&mut comments),
                expression: lines.join("\n"),
                expected: expected.to_owned(),
                on_purpose: None,
            });
            lines.clear();
        } else if let (Some(ours), Some(last)) = (line.strip_prefix("!> "), cases.last_mut()) {
            last.on_purpose = Some(ours.to_owned());
        } else if line.starts_with("##") {
            comments.push(line.to_owned());
        } else if !(line.is_empty() && lines.is_empty()) {
            lines.push(line);
        }
    }
    assert!(lines.is_empty(), "the last expression has no result: {lines:?}");
    cases
}

/// Writes a file back.
pub fn save(file: &File) {
    let mut text = String::new();
    for case in &file.cases {
        for comment in &case.comments {
            text.push_str(&format!("{comment}\n"));
        }
        text.push_str(&format!("{}\n=> {}\n", case.expression, case.expected));
        if let Some(ours) = &case.on_purpose {
            text.push_str(&format!("!> {ours}\n"));
        }
    }
    std::fs::write(&file.path, text).unwrap();
}
