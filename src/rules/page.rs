//! A rule's page, taken apart: title, summary and the fenced blocks whose info strings we know.
//!
//! ````text
//! ```hcl rule                    the rule
//! ```LANG shared FILE            a file in every example
//! ```LANG bad NAME FILE          a file of an example that has exactly one finding
//! ```LANG good NAME FILE         a file of an example that has none
//! ```text expect NAME            what a bad example prints
//! ````

use std::ops::Range;

/// A page and its parts.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The title, without the `#`.
    pub title: String,
    /// The first paragraph after the title.
    pub summary: String,
    /// Byte range of the rule's HCL.
    pub rule: Option<Range<usize>>,
    /// Files that every example has.
    pub shared: Vec<File>,
    /// The examples, in the order of their first file.
    pub examples: Vec<Example>,
    /// What is wrong with blocks that look like ours and are not.
    pub strays: Vec<String>,
}

/// A file of an example.
#[derive(Debug, Clone)]
pub struct File {
    /// Its path.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// One example.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its name, unique in the page.
    pub name: String,
    /// Whether it must have a finding.
    pub bad: bool,
    /// Its files, besides the shared ones.
    pub files: Vec<File>,
    /// What it must print, when the page says so.
    pub expect: Option<String>,
    /// Byte range of the text of `expect` in the page.
    pub expect_range: Option<Range<usize>>,
    /// Byte offset in the page just past its last block.
    pub end: usize,
}

/// A fenced block: its info string, the range of its text, and where it ends.
struct Fence {
    info: String,
    text: Range<usize>,
    end: usize,
}

/// The title, the summary and where the rule is: what a check needs of a page. The examples are left out.
#[must_use]
pub fn head(text: &str) -> Page {
    let is_rule = |fence: &Fence| fence.info.split_whitespace().nth(1) == Some("rule");
    let (fences, prose) = fences(text, is_rule);
    let mut page = opening(&prose);
    page.rule = fences.into_iter().find(is_rule).map(|fence| fence.text);
    page
}

/// Takes a page apart. Whatever is not a block we know is prose.
#[must_use]
pub fn read(text: &str) -> Page {
    let (fences, prose) = fences(text, |_| false);
    let mut page = opening(&prose);
    blocks(fences, text, &mut page);
    page
}

/// Title and summary.
fn opening(prose: &str) -> Page {
    let mut page = Page::default();
    let mut paragraph = Vec::new();
    for line in prose.lines() {
        if page.title.is_empty() {
            if let Some(title) = line.strip_prefix("# ") {
                page.title = title.trim().to_owned();
            }
        } else if line.trim().is_empty() || line.starts_with('#') {
            if !paragraph.is_empty() {
                break;
            }
        } else {
            paragraph.push(line.trim());
        }
    }
    page.summary = paragraph.join(" ");
    page
}

fn blocks(fences: Vec<Fence>, text: &str, page: &mut Page) {
    for fence in fences {
        let content = text.get(fence.text.clone()).unwrap_or("");
        let words: Vec<&str> = fence.info.split_whitespace().collect();
        match words.as_slice() {
            [_, "rule"] => page.rule = page.rule.take().or(Some(fence.text)),
            [_, "shared", path] => page.shared.push(File { path: (*path).to_owned(), text: content.to_owned() }),
            [_, kind @ ("bad" | "good"), name, path] => {
                let file = File { path: (*path).to_owned(), text: content.to_owned() };
                match page.examples.iter_mut().find(|example| example.name == *name) {
                    Some(example) => {
                        example.files.push(file);
                        example.end = fence.end;
                    }
                    None => page.examples.push(Example {
                        name: (*name).to_owned(),
                        bad: *kind == "bad",
                        files: vec![file],
                        expect: None,
                        expect_range: None,
                        end: fence.end,
                    }),
                }
            }
            [_, "expect", name] => {
                match page.examples.iter_mut().find(|example| example.name == *name && example.bad) {
                    Some(example) => {
                        example.expect = Some(content.to_owned());
                        example.expect_range = Some(fence.text);
                        example.end = fence.end;
                    }
                    None => page.strays.push(format!("`{}` follows no bad example of that name", fence.info)),
                }
            }
            [_, kind @ ("rule" | "shared" | "bad" | "good" | "expect"), ..] => {
                page.strays.push(format!("`{}` is not run: {}", fence.info, usage(kind)));
            }
            _ => {}
        }
    }
}

/// How the info string of a kind of block is written.
fn usage(kind: &str) -> String {
    let rest = match kind {
        "rule" => "",
        "shared" => " FILE",
        "expect" => " NAME",
        _ => " NAME FILE",
    };
    format!("write it as `LANGUAGE {kind}{rest}`")
}

/// The fenced blocks up to the first that is `last`, and the prose around them.
fn fences(text: &str, last: impl Fn(&Fence) -> bool) -> (Vec<Fence>, String) {
    let mut found = Vec::new();
    let mut prose = String::new();
    let mut open: Option<(usize, char, String, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let bare = line.trim_end();
        let marker = bare.chars().next().filter(|c| matches!(c, '`' | '~'));
        let length = marker.map_or(0, |marker| bare.chars().take_while(|c| *c == marker).count());
        match &open {
            None if length >= 3 => {
                let info = bare.get(length..).unwrap_or("").trim().to_owned();
                open = Some((length, marker.unwrap_or('`'), info, at));
            }
            None => prose.push_str(line),
            Some((opened, with, info, text_start)) => {
                if length >= *opened && marker == Some(*with) && bare.len() == length {
                    let fence = Fence { info: info.clone(), text: *text_start..start, end: at };
                    let is_last = last(&fence);
                    found.push(fence);
                    if is_last {
                        break;
                    }
                    open = None;
                }
            }
        }
    }
    (found, prose)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_page_has_its_parts() {
        let page = read(
            "# lambda-x\n\nThe first\nparagraph.\n\nMore.\n\n```hcl rule\nrule \"lambda-x\" {}\n```\n\n````md\n```hcl rule\nno\n```\n````\n\n```hcl shared trysquare.hcl\ns\n```\n```hcl bad one main.tf\nb\n```\n```text expect one\ne\n```\n```hcl good two main.tf\ng\n```\n",
        );
        assert_eq!(page.title, "lambda-x");
        assert_eq!(page.summary, "The first paragraph.");
        assert_eq!(page.shared.len(), 1);
        assert_eq!(page.examples.len(), 2);
        assert_eq!(page.examples[0].expect.as_deref(), Some("e\n"));
        assert!(page.examples[0].bad && !page.examples[1].bad);
    }
}
