//! A page as a draft looks at it: tables, and sentences with the section that each is in.

use std::ops::Range;

use crate::document;
use crate::source::{FileId, Sources};
use crate::value::Value;

/// Words on either side of a passage by which it may be found again.
const MAX_ANCHOR: usize = 5;

/// A page taken apart.
#[derive(Default)]
pub(super) struct Page {
    pub(super) text: String,
    pub(super) sections: Vec<Section>,
    pub(super) tables: Vec<Table>,
    pub(super) sentences: Vec<Sentence>,
    /// What stands in code blocks.
    pub(super) code: Vec<Range<usize>>,
}

/// A section, by the name that `document(…).sections` has for it.
pub(super) struct Section {
    pub(super) name: String,
    /// Its text, sections below it included.
    pub(super) range: Range<usize>,
}

/// A table, by the name that `document(…).tables` has for it.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// The cells of each row, by column.
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// The cells of a column.
    pub(super) fn column(&self, at: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |row| row.get(at)).map(String::as_str)
    }
}

/// A sentence of prose or of a list item.
#[derive(Clone)]
pub(super) struct Sentence {
    pub(super) range: Range<usize>,
    /// Whether it begins an item of a numbered list.
    pub(super) numbered: bool,
}

impl Page {
    pub(super) fn read(text: &str) -> Self {
        let mut sources = Sources::new();
        let file = sources.add("page.md", text);
        let page = document::read(file, text);
        let (sentences, code) = prose(text);
        Self { text: text.to_owned(), sections: sections(&page), tables: tables(&page, file), sentences, code }
    }

    pub(super) fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or("")
    }

    pub(super) fn of(&self, sentence: &Sentence) -> &str {
        self.slice(&sentence.range)
    }

    /// The innermost section that an offset is in.
    pub(super) fn section_at(&self, offset: usize) -> Option<&Section> {
        self.sections.iter().filter(|section| section.range.contains(&offset)).max_by_key(|section| section.range.start)
    }

    /// A pattern that finds a passage in the text of its section by the words around it, and captures it by
    /// `group`. `None` when no few words tell it apart.
    pub(super) fn anchored(&self, passage: &Range<usize>, group: &str) -> Option<(&Section, String)> {
        let section = self.section_at(passage.start)?;
        let text = self.slice(&section.range);
        let target = passage.start - section.range.start..passage.end - section.range.start;
        let before = words_before(text.get(..target.start)?);
        let after = words_after(text.get(target.end..)?);
        // Two words are told apart from others that may be written one day better than one is.
        let totals = (2..=MAX_ANCHOR).chain([1]);
        let counts = totals.flat_map(|all| (0..=all).rev().map(move |before| (before, all - before)));
        let mut fallback = None;
        for (of_before, of_after) in counts {
            let (Some(before), Some(after)) = (before.get(of_before), after.get(of_after)) else { continue };
            let pattern = format!("{before}{group}{after}");
            let found = regex::Regex::new(&pattern).ok()?.captures(text).and_then(|found| found.get(1));
            if found.is_none_or(|found| found.range() != target) {
                continue;
            }
            // Names and figures change more easily than words do.
            if !format!("{before}{after}").contains(|c: char| c.is_ascii_digit() || "{<".contains(c)) {
                return Some((section, pattern));
            }
            fallback = fallback.or(Some((section, pattern)));
        }
        fallback
    }
}

fn sections(page: &Value) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for (name, section) in page.field("sections").and_then(Value::as_fields).into_iter().flatten() {
        let Some(span) = section.field("text").and_then(|text| text.origin.span()) else { continue };
        match sections.iter_mut().find(|known| known.range == span.range()) {
            // A section is known by its heading and, longer, by the headings above it too.
            Some(known) if name.len() < known.name.len() => known.name = name.to_string(),
            Some(_) => {}
            None => sections.push(Section { name: name.to_string(), range: span.range() }),
        }
    }
    sections.sort_by_key(|section| section.range.start);
    sections
}

fn tables(page: &Value, file: FileId) -> Vec<Table> {
    let mut tables: Vec<(usize, Table)> = Vec::new();
    for (name, rows) in page.field("tables").and_then(Value::as_fields).into_iter().flatten() {
        let Some(span) = rows.origin.span().filter(|span| span.file == file) else { continue };
        let start = span.range().start;
        match tables.iter_mut().find(|(known, _)| *known == start) {
            Some((_, known)) if name.len() < known.name.len() => known.name = name.to_string(),
            Some(_) => {}
            None => tables.extend(table(name, rows).map(|table| (start, table))),
        }
    }
    tables.sort_by_key(|(start, _)| *start);
    tables.into_iter().map(|(_, table)| table).collect()
}

fn table(name: &str, rows: &Value) -> Option<Table> {
    let rows = rows.as_items()?;
    let mut columns: Vec<(usize, String)> = Vec::new();
    for (column, cell) in rows.first()?.as_fields()? {
        columns.push((cell.origin.span()?.range().start, column.to_string()));
    }
    // Fields are in the order of their names, and cells in that of the page.
    columns.sort();
    let columns: Vec<String> = columns.into_iter().map(|(_, column)| column).collect();
    let cell = |row: &Value, column: &String| row.field(column).and_then(Value::as_str).unwrap_or("").to_owned();
    let rows = rows.iter().map(|row| columns.iter().map(|column| cell(row, column)).collect()).collect();
    Some(Table { name: name.to_owned(), columns, rows })
}

/// The sentences of a page, and what is in its code blocks.
fn prose(text: &str) -> (Vec<Sentence>, Vec<Range<usize>>) {
    let mut sentences = Vec::new();
    let mut code = Vec::new();
    let mut block: Option<Sentence> = None;
    let mut fence: Option<usize> = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let trimmed = line.trim();
        let is_fence = trimmed.starts_with("```") || trimmed.starts_with("~~~");
        let numbered = is_numbered(trimmed);
        let is_item = numbered || is_bulleted(trimmed);
        let ends = is_fence || fence.is_some() || trimmed.is_empty() || trimmed.starts_with(['#', '|']);
        if ends || is_item {
            block.take().into_iter().for_each(|block| split(text, &block, &mut sentences));
        }
        match (is_fence, fence) {
            (true, None) => fence = Some(offset),
            (true, Some(opened)) => {
                code.push(opened..start);
                fence = None;
            }
            (false, Some(_)) => {}
            (false, None) if ends => {}
            (false, None) => {
                let from = block.as_ref().map_or(start, |block| block.range.start);
                let numbered = block.as_ref().map_or(numbered, |block| block.numbered);
                block = Some(Sentence { range: from..start + line.trim_end().len(), numbered });
            }
        }
    }
    block.into_iter().for_each(|block| split(text, &block, &mut sentences));
    (sentences, code)
}

/// Splits a paragraph or list item where a sentence ends.
fn split(text: &str, block: &Sentence, sentences: &mut Vec<Sentence>) {
    let body = text.get(block.range.clone()).unwrap_or("");
    let mut start = 0;
    let mut numbered = block.numbered;
    for (at, _) in body.match_indices(". ").chain(body.match_indices(".\n")) {
        // The dot of `1. `, and the one of `e.g. something`, end no sentence.
        let rest = body.get(at + 2..).unwrap_or("").trim_start();
        let before = body.get(start..at).unwrap_or("");
        if at < start || before.len() < 8 || !rest.starts_with(|c: char| c.is_uppercase() || c == '`') {
            continue;
        }
        sentences.push(Sentence { range: block.range.start + start..block.range.start + at + 1, numbered });
        start = at + 2;
        numbered = false;
    }
    sentences.push(Sentence { range: block.range.start + start..block.range.end, numbered });
}

/// Where the paragraph or list item that a text ends in begins.
fn last_block(text: &str) -> usize {
    text.char_indices()
        .filter(|(at, c)| *c == '\n' && begins_block(text, at + 1))
        .map(|(at, _)| at + 1)
        .next_back()
        .unwrap_or(0)
}

/// Where the paragraph or list item that a text begins in ends.
fn first_block(text: &str) -> usize {
    text.char_indices().find(|(at, c)| *c == '\n' && begins_block(text, at + 1)).map_or(text.len(), |(at, _)| at)
}

/// Whether the line at an offset is empty or begins a list item.
fn begins_block(text: &str, at: usize) -> bool {
    let line = text.get(at..).unwrap_or("").split('\n').next().unwrap_or("").trim_start();
    line.is_empty() || is_numbered(line) || is_bulleted(line)
}

fn is_numbered(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < line.len() && rest.starts_with(". ")
}

fn is_bulleted(line: &str) -> bool {
    ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark))
}

/// Patterns for the last 0, 1, 2 … words of a text, each with the blanks and marks up to its end.
fn words_before(text: &str) -> Vec<String> {
    let line = text.get(last_block(text)..).unwrap_or(text);
    let mut patterns = vec![String::new()];
    let tokens: Vec<&str> = line.split_inclusive(char::is_whitespace).collect();
    let mut pattern = String::new();
    for token in tokens.iter().rev() {
        pattern = format!("{}{pattern}", loose(token));
        if token.chars().any(char::is_alphanumeric) {
            patterns.push(pattern.clone());
        }
        if patterns.len() > MAX_ANCHOR {
            break;
        }
    }
    patterns
}

/// Patterns for the first 0, 1, 2 … words of a text.
fn words_after(text: &str) -> Vec<String> {
    let line = text.get(..first_block(text)).unwrap_or(text);
    let mut patterns = vec![String::new()];
    let mut pattern = String::new();
    for token in line.split_inclusive(char::is_whitespace) {
        pattern.push_str(&loose(token));
        if token.chars().any(char::is_alphanumeric) {
            // What follows the word is of no matter.
            patterns.push(pattern.trim_end_matches("\\s+").to_owned());
        }
        if patterns.len() > MAX_ANCHOR {
            break;
        }
    }
    patterns
}

/// A pattern for a token in which blanks may be any.
fn loose(token: &str) -> String {
    let word = token.trim_end();
    let blanks = if word.len() < token.len() { "\\s+" } else { "" };
    // What regex::escape does beyond this, not every dialect of patterns takes.
    let escaped: String = word
        .chars()
        .flat_map(|c| {
            let special = "\\.+*?()|[]{}^$".contains(c);
            special.then_some('\\').into_iter().chain([c])
        })
        .collect();
    format!("{escaped}{blanks}")
}
