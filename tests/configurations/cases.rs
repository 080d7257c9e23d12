//! The record: text files of configurations and what comes out of them.
//!
//! `=== NAME [ARGUMENT…]` starts a configuration; arguments are those of `terraform plan`, and
//! `alone` says that it has to be a root module. `--- PATH` starts a file. `=> …` is what terraform
//! makes of it, a line an output or resource instance, or `=> error`; where trysquare differs on
//! purpose, `!> …` is what it makes of it instead. Lines before the first file that start with
//! `##` are comments.

use std::path::PathBuf;

use super::terraform::record_files;

/// One configuration and what comes out of it.
pub struct Case {
    /// The heading: a name and arguments.
    pub heading: String,
    /// Comment lines.
    pub comments: Vec<String>,
    /// Paths and texts.
    pub files: Vec<(String, String)>,
    /// What terraform makes of it.
    pub expected: Vec<String>,
    /// What trysquare makes of it, where that differs on purpose.
    pub on_purpose: Vec<String>,
}

impl Case {
    /// Arguments of `terraform plan`.
    pub fn arguments(&self) -> Vec<&str> {
        self.heading.split_whitespace().skip(1).filter(|word| *word != "alone").collect()
    }

    /// Whether it has to be planned as a root module of its own.
    pub fn is_alone(&self) -> bool {
        self.heading.split_whitespace().count() > 1
    }
}

/// One file of the record.
pub struct File {
    /// Its name.
    pub name: String,
    path: PathBuf,
    /// What is in it.
    pub cases: Vec<Case>,
}

/// Reads the whole record, in the order of the files' names.
pub fn load() -> Vec<File> {
    record_files("tests/configurations/cases")
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
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("=== ") {
            cases.push(Case {
                heading: heading.to_owned(),
                comments: Vec::new(),
                files: Vec::new(),
                expected: Vec::new(),
                on_purpose: Vec::new(),
            });
            continue;
        }
        let Some(case) = cases.last_mut() else {
            assert!(line.is_empty(), "a line before the first configuration: {line}");
            continue;
        };
        if let Some(path) = line.strip_prefix("--- ") {
            case.files.push((path.to_owned(), String::new()));
        } else if let Some(expected) = line.strip_prefix("=> ") {
            case.expected.push(expected.to_owned());
        } else if let Some(ours) = line.strip_prefix("!> ") {
            case.on_purpose.push(ours.to_owned());
        } else if let Some((_, text)) = case.files.last_mut() {
            if case.expected.is_empty() {
                text.push_str(line);
                text.push('\n');
            }
        } else if !line.is_empty() {
            case.comments.push(line.to_owned());
        }
    }
    for (_, text) in cases.iter_mut().flat_map(|case| &mut case.files) {
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    cases
}

/// Writes a file back.
pub fn save(file: &File) {
    let mut text = String::new();
    for case in &file.cases {
        text.push_str(&format!("=== {}\n", case.heading));
        case.comments.iter().for_each(|comment| text.push_str(&format!("{comment}\n")));
        case.files.iter().for_each(|(path, content)| text.push_str(&format!("--- {path}\n{content}")));
        case.expected.iter().for_each(|line| text.push_str(&format!("=> {line}\n")));
        case.on_purpose.iter().for_each(|line| text.push_str(&format!("!> {line}\n")));
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    std::fs::write(&file.path, text).unwrap();
}
