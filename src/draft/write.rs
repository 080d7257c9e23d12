//! Lays a draft out as a file.

use super::{Leaf, RootDraft, quote};
use crate::standard::SECTIONS;

/// Where lines of comments end.
const WIDTH: usize = 100;

/// A local value for the text of a section.
pub(super) struct Local {
    name: String,
    section: String,
}

/// The name of the local value for a section, made when there is none yet.
pub(super) fn local_for(locals: &mut Vec<Local>, section: &str) -> String {
    if let Some(known) = locals.iter().find(|local| local.section == section) {
        return known.name.clone();
    }
    let title = section.rsplit(" > ").next().unwrap_or(section).to_lowercase();
    let title = title.split('(').next().unwrap_or(&title);
    let words: Vec<&str> = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let slug = words.join("_");
    let slug =
        if slug.is_empty() || slug.starts_with(|c: char| c.is_ascii_digit()) { format!("s_{slug}") } else { slug };
    let mut name = format!("{slug}_text");
    let mut number = 2;
    while locals.iter().any(|local| local.name == name) {
        name = format!("{slug}_text_{number}");
        number += 1;
    }
    locals.push(Local { name: name.clone(), section: section.to_owned() });
    name
}

/// The whole file.
pub(super) fn file(page: &str, roots: &[RootDraft], locals: &[Local], leaves: &[Leaf]) -> String {
    let mut out = format!(
        "# What this repository is held to, as {} says.\n#\n\
         # Nothing is copied: every value is read out of the page, so that code and page cannot part unseen. Should the\n\
         # page no longer say what a pattern here looks for, `trysquare check` stops with an error at that pattern.\n\n",
        one_line(page)
    );
    out.push_str(&locals_block(page, locals, leaves));
    for root in roots {
        out.push_str(&root_block(root));
    }
    out.push_str("standard {\n");
    let mut tree = Tree::default();
    for leaf in leaves {
        tree.insert(&leaf.path, leaf);
    }
    tree.write("  ", true, &mut out);
    out.push_str("}\n\n");
    out.push_str(
        "# A rule can be softened or switched off, and a known exception is written down with its reason:\n#\n\
         # rule \"lambda-memory\" {\n#   severity = \"warning\" # error, warning, note or off\n# }\n#\n\
         # ignore {\n#   rule    = \"lambda-timeout\"\n#   address = \"aws_lambda_function.legacy\"\n\
         #   reason  = \"Goes away with the old importer\"\n#   until   = \"2030-12-31\"\n# }\n",
    );
    out
}

/// A name as a comment can hold it: one with a line break in it would end the comment.
fn one_line(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn locals_block(page: &str, locals: &[Local], leaves: &[Leaf]) -> String {
    let is_used = |local: &&Local| {
        let reference = format!("local.{}", local.name);
        let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        leaves.iter().any(|leaf| {
            leaf.expression
                .match_indices(&reference)
                .any(|(at, _)| !goes_on(leaf.expression.get(at + reference.len()..).unwrap_or("")))
        })
    };
    let used: Vec<&Local> = locals.iter().filter(is_used).collect();
    let mut out = format!("locals {{\n  page = document({})\n", quote(page));
    if !used.is_empty() {
        out.push('\n');
        let width = used.iter().map(|local| local.name.len()).max().unwrap_or(0);
        for Local { name, section } in used {
            out.push_str(&format!("  {name:width$} = local.page.sections[{}].text\n", quote(section)));
        }
    }
    out.push_str("}\n\n");
    out
}

fn root_block(root: &RootDraft) -> String {
    let dir = if root.dir.is_empty() { "." } else { &root.dir };
    match root.var_files.as_slice() {
        [] => format!("terraform {} {{}}\n\n", quote(dir)),
        [only] => format!("terraform {} {{\n  var_files = [{}]\n}}\n\n", quote(dir), quote(only)),
        several => format!(
            "# Which of these belongs here? {}\nterraform {} {{\n  var_files = []\n}}\n\n",
            one_line(&several.join(", ")),
            quote(dir)
        ),
    }
}

/// Attributes by their names, in the order in which they came.
#[derive(Default)]
struct Tree<'l> {
    fields: Vec<(&'l str, Entry<'l>)>,
}

enum Entry<'l> {
    Leaf(&'l Leaf),
    Tree(Tree<'l>),
}

impl<'l> Tree<'l> {
    fn insert(&mut self, path: &'l [String], leaf: &'l Leaf) {
        let Some((name, rest)) = path.split_first() else { return };
        if rest.is_empty() {
            self.fields.push((name, Entry::Leaf(leaf)));
            return;
        }
        let is_known = |(known, entry): &(&str, Entry<'_>)| known == name && matches!(entry, Entry::Tree(_));
        let at = self.fields.iter().position(is_known).unwrap_or(self.fields.len());
        if at == self.fields.len() {
            self.fields.push((name, Entry::Tree(Tree::default())));
        }
        if let Some((_, Entry::Tree(tree))) = self.fields.get_mut(at) {
            tree.insert(rest, leaf);
        }
    }

    /// Writes the fields; those of the standard itself stand apart.
    fn write(&self, indent: &str, apart: bool, out: &mut String) {
        let mut width = 0;
        for (at, (name, entry)) in self.fields.iter().enumerate() {
            if apart {
                out.push_str(if at > 0 { "\n" } else { "" });
                let meaning = SECTIONS.iter().find(|(section, ..)| section == name).map(|(_, _, meaning)| *meaning);
                meaning.into_iter().for_each(|meaning| comment(meaning, indent, out));
            }
            if apart
                || at == 0
                || !is_line(entry)
                || !self.fields.get(at - 1).is_some_and(|(_, before)| is_line(before))
            {
                let run = self.fields.iter().skip(at).take_while(|(_, entry)| is_line(entry));
                width = if apart { name.len() } else { run.map(|(name, _)| key(name).len()).max().unwrap_or(0) };
            }
            match entry {
                Entry::Leaf(leaf) => {
                    let name = key(name);
                    if let Some(comment) = &leaf.comment {
                        self::comment(comment, indent, out);
                    }
                    out.push_str(&format!("{indent}{name:width$} = {}\n", leaf.expression));
                }
                Entry::Tree(tree) => {
                    out.push_str(&format!("{indent}{} = {{\n", key(name)));
                    tree.write(&format!("{indent}  "), false, out);
                    out.push_str(&format!("{indent}}}\n"));
                }
            }
        }
    }
}

/// Whether an attribute is one line, which is aligned with those beside it.
fn is_line(entry: &Entry<'_>) -> bool {
    matches!(entry, Entry::Leaf(leaf) if leaf.comment.is_none() && !leaf.expression.contains('\n'))
}

/// Writes a comment, in lines of a length that can be read.
fn comment(text: &str, indent: &str, out: &mut String) {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.chars().count() > WIDTH {
            out.push_str(&format!("{indent}#{line}\n"));
            line.clear();
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&format!("{indent}#{line}\n"));
}

fn key(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if is_plain { name.to_owned() } else { quote(name) }
}
