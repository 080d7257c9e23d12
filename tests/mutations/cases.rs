//! The cases: text files of changes to the example, and what must come of each.
//!
//! ```text
//! === a name, unique in the suite
//! rule: lambda-timeout
//! at: infrastructure/variables.tf: 60
//! page: 5min
//! --- replace infrastructure/variables.tf
//! timeout     = 300
//! --- with
//! timeout     = 60
//! ```
//!
//! Before the changes stand the expectations, one a line:
//!
//! - `rule: ID` (or `ID, ID` where several speak truthfully of the same mistake): the rules that find something. Without
//!   it the case is harmless: no finding, nothing undetermined.
//! - `at: FILE: TEXT`: a finding's primary place covers this text; of a text of several lines the first is given.
//! - `page: TEXT`: a finding points at this text of the page as well, whether first or second.
//! - `says: TEXT`: a finding's message holds this.
//! - `stops: TEXT`: the check cannot be done, and says so in a message that holds this.
//!
//! The changes are made in their order; each names a file:
//!
//! - `--- replace FILE`, text, `--- with`, text: the text occurs exactly once. `--- replace-all FILE` changes every
//!   occurrence.
//! - `--- file FILE`, text: the file as a whole, new or old.
//! - `--- append FILE`, text: at the file's end.
//! - `--- remove FILE`; `--- crlf FILE`: lines end in CRLF; `--- bom FILE`: the file starts with a byte order mark.
//!
//! Lines that start with `;;` are comments. A text keeps its line breaks but for the last one; `--- with` and nothing
//! below it takes the text out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One change of the example and what must come of it.
pub struct Case {
    /// Unique in the suite.
    pub name: String,
    /// File and line, for whoever looks for it.
    pub place: String,
    /// Rules that must find something, and no others may; none for a harmless rewrite.
    pub rules: Vec<String>,
    /// Places that findings must show first: file and text.
    pub at: Vec<(String, String)>,
    /// Texts of the page that findings must show.
    pub page: Vec<String>,
    /// What messages must hold.
    pub says: Vec<String>,
    /// What the failure must hold, where the check cannot be done at all.
    pub stops: Option<String>,
    changes: Vec<Change>,
}

struct Change {
    kind: String,
    file: String,
    text: String,
    with: Option<String>,
}

/// The files of the mended example, by path.
pub struct Example(BTreeMap<String, String>);

impl Example {
    /// Reads the example from the disk.
    pub fn read() -> Self {
        let root = repository().join("examples/hoopstat-fixed");
        let mut files = BTreeMap::new();
        let mut directories = vec![root.clone()];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                } else {
                    let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                    files.insert(name, std::fs::read_to_string(&path).unwrap());
                }
            }
        }
        Self(files)
    }

    /// The files as a case changes them.
    ///
    /// # Errors
    /// When a change does not fit the example.
    pub fn changed(&self, case: &Case) -> Result<BTreeMap<String, String>, String> {
        let mut files = self.0.clone();
        for change in &case.changes {
            change.apply(&mut files)?;
        }
        Ok(files)
    }
}

impl Change {
    fn apply(&self, files: &mut BTreeMap<String, String>) -> Result<(), String> {
        let Self { kind, file, text, with } = self;
        if kind == "file" {
            files.insert(file.clone(), format!("{text}\n"));
            return Ok(());
        }
        let content = files.remove(file).ok_or_else(|| format!("  there is no {file} to {kind}"))?;
        let content = match kind.as_str() {
            "replace" | "replace-all" => {
                let with = with.as_ref().ok_or_else(|| format!("  `--- {kind} {file}` has no `--- with`"))?;
                let count = content.matches(text.as_str()).count();
                if count == 0 || (count > 1 && kind == "replace") {
                    return Err(format!("  {file} holds this {count} times:\n{text}"));
                }
                content.replace(text.as_str(), with)
            }
            "append" => format!("{content}{text}\n"),
            "crlf" => content.replace('\n', "\r\n"),
            "bom" => format!("\u{feff}{content}"),
            "remove" => return Ok(()),
            other => return Err(format!("  there is no change `{other}`")),
        };
        files.insert(file.clone(), content);
        Ok(())
    }
}

/// The cases that must be found.
pub fn breaks() -> Vec<Case> {
    let (breaks, _) = all();
    breaks
}

/// The cases that must stay clean.
pub fn harmless() -> Vec<Case> {
    let (_, harmless) = all();
    harmless
}

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every case, those that must be found first.
pub fn all() -> (Vec<Case>, Vec<Case>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(repository().join("tests/mutations/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    let cases = paths.iter().flat_map(|path| read(path)).collect::<Vec<Case>>();
    let mut names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    assert!(twice.is_none(), "two cases have the name {twice:?}");
    cases.into_iter().partition(|case| !case.rules.is_empty() || case.stops.is_some())
}

fn read(path: &Path) -> Vec<Case> {
    let file = path.file_name().unwrap().to_str().unwrap();
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
        let place = format!("{file}:{}", number + 1);
        if line.starts_with(";;") {
            continue;
        }
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case::new(name, place));
            continue;
        }
        let Some(case) = cases.last_mut() else {
            assert!(line.is_empty(), "{place}: a case starts with `=== NAME`");
            continue;
        };
        if let Some(rest) = line.strip_prefix("--- ") {
            case.change(rest, &place);
        } else if let Some(change) = case.changes.last_mut() {
            let text = change.with.as_mut().unwrap_or(&mut change.text);
            text.push_str(line);
            text.push('\n');
        } else if !line.is_empty() {
            case.expect(line, &place);
        }
    }
    for case in &mut cases {
        assert!(!case.changes.is_empty(), "{}: `{}` changes nothing", case.place, case.name);
        for change in &mut case.changes {
            trim(&mut change.text);
            change.with.as_mut().into_iter().for_each(trim);
        }
    }
    cases
}

/// Takes the line break off, and with it the blank lines that keep cases apart.
fn trim(text: &mut String) {
    text.truncate(text.trim_end_matches('\n').len());
}

impl Case {
    fn new(name: &str, place: String) -> Self {
        Self {
            name: name.to_owned(),
            place,
            rules: Vec::new(),
            at: Vec::new(),
            page: Vec::new(),
            says: Vec::new(),
            stops: None,
            changes: Vec::new(),
        }
    }

    fn change(&mut self, line: &str, place: &str) {
        if line == "with" {
            let last = self.changes.last_mut().filter(|change| change.kind.starts_with("replace"));
            last.unwrap_or_else(|| panic!("{place}: `--- with` follows `--- replace`")).with = Some(String::new());
            return;
        }
        let (kind, file) = line.split_once(' ').unwrap_or_else(|| panic!("{place}: which file?"));
        let change = Change { kind: kind.to_owned(), file: file.to_owned(), text: String::new(), with: None };
        self.changes.push(change);
    }

    fn expect(&mut self, line: &str, place: &str) {
        let (what, value) = line.split_once(": ").unwrap_or_else(|| panic!("{place}: not an expectation: {line}"));
        match what {
            "rule" => self.rules = value.split(", ").map(str::to_owned).collect(),
            "at" => {
                let (file, text) = value.split_once(": ").unwrap_or_else(|| panic!("{place}: `at: FILE: TEXT`"));
                self.at.push((file.to_owned(), text.to_owned()));
            }
            "page" => self.page.push(value.to_owned()),
            "says" => self.says.push(value.to_owned()),
            "stops" => self.stops = Some(value.to_owned()),
            other => panic!("{place}: there is no expectation `{other}`"),
        }
    }
}
