//! Markdown pages as values: their tables and sections, every cell with its place.
//!
//! `document("page.md")` gives an object with
//!
//! - `tables`: by the heading above each, a list of rows; a row is an object from column to cell,
//!   as written in the page, without the blanks around it. A second table under the same heading
//!   is `"Heading (2)"`.
//! - `sections`: by heading, an object whose `text` is everything up to the next heading of the
//!   same or a higher level, as written.
//!
//! A heading that occurs more than once is also found under `"Parent > Heading"`; plain, the name
//! means its first occurrence.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::source::{FileId, Span};
use crate::value::{Fields, Origin, TextPiece, Value};

/// A heading and where its text starts and ends.
struct Heading {
    level: HeadingLevel,
    title: String,
    path: String,
    span: Range<usize>,
}

struct Table {
    /// Index of the heading above it.
    heading: Option<usize>,
    span: Range<usize>,
    columns: Vec<(String, Range<usize>)>,
    rows: Vec<(Range<usize>, Vec<Range<usize>>)>,
}

/// Reads a page. Any text is a page, so there is nothing that can fail.
#[must_use]
pub fn read(file: FileId, text: &str) -> Value {
    let (headings, tables) = scan(text);
    Value::record([
        ("tables", tables_value(file, text, &headings, &tables)),
        ("sections", sections_value(file, text, &headings)),
    ])
    .written_at(Span::new(file, 0, 0))
}

/// The heading that an offset of a page stands under.
#[must_use]
pub fn heading_above(text: &str, offset: usize) -> Option<String> {
    let (headings, _) = scan(text);
    headings.into_iter().take_while(|heading| heading.span.start <= offset).last().map(|heading| heading.title)
}

fn scan(text: &str) -> (Vec<Heading>, Vec<Table>) {
    let mut headings: Vec<Heading> = Vec::new();
    let mut tables: Vec<Table> = Vec::new();
    let mut title: Option<String> = None;
    let mut in_head = false;
    // A byte order mark before the first `#` would keep it from being a heading.
    let page = text.trim_start_matches('\u{feff}');
    let skipped = text.len() - page.len();
    for (event, span) in Parser::new_ext(page, Options::ENABLE_TABLES).into_offset_iter() {
        let span = span.start + skipped..span.end + skipped;
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                title = Some(String::new());
                headings.push(Heading { level, title: String::new(), path: String::new(), span });
            }
            Event::End(TagEnd::Heading(level)) => {
                let title = title.take().unwrap_or_default().trim().to_owned();
                let parent = headings
                    .iter()
                    .rev()
                    .skip(1)
                    .find(|heading| heading.level < level)
                    .map(|heading| heading.path.clone());
                if let Some(heading) = headings.last_mut() {
                    heading.path = parent.map_or_else(|| title.clone(), |parent| format!("{parent} > {title}"));
                    heading.title = title;
                }
            }
            Event::Text(part) | Event::Code(part) => {
                if let Some(title) = &mut title {
                    title.push_str(&part);
                }
            }
            Event::Start(Tag::Table(_)) => {
                let heading = headings.len().checked_sub(1);
                tables.push(Table { heading, span, columns: Vec::new(), rows: Vec::new() });
            }
            Event::Start(Tag::TableHead) => in_head = true,
            Event::End(TagEnd::TableHead) => in_head = false,
            Event::Start(Tag::TableRow) => {
                if let Some(table) = tables.last_mut() {
                    table.rows.push((span, Vec::new()));
                }
            }
            Event::Start(Tag::TableCell) => {
                let Some(table) = tables.last_mut() else { continue };
                let span = trimmed(text, span);
                if in_head {
                    table.columns.push((cell_text(text, &span), span));
                } else if let Some((_, cells)) = table.rows.last_mut() {
                    cells.push(span);
                }
            }
            _ => {}
        }
    }
    (headings, tables)
}

/// A cell without the bars and blanks around it, nor the comments at its ends.
fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let is_edge = |c: char| c.is_whitespace() || c == '|';
    let (mut start, mut end) = (span.start, span.end);
    loop {
        let cell = text.get(start..end).unwrap_or("");
        let inner = cell.trim_end_matches(is_edge);
        end = start + inner.len();
        let inner = inner.trim_start_matches(is_edge);
        start = end - inner.len();
        if let (Some(at), true) = (inner.rfind("<!--"), inner.ends_with("-->")) {
            end = start + at;
        } else if let (true, Some(length)) = (inner.starts_with("<!--"), inner.find("-->")) {
            start += length + "-->".len();
        } else {
            return start..end;
        }
    }
}

/// What a cell says; a bar inside it is written `\|`.
fn cell_text(text: &str, span: &Range<usize>) -> String {
    text.get(span.clone()).unwrap_or("").replace("\\|", "|")
}

fn tables_value(file: FileId, text: &str, headings: &[Heading], tables: &[Table]) -> Value {
    let mut fields = Fields::new();
    for table in tables {
        let rows = table
            .rows
            .iter()
            .map(|(row, cells)| {
                let cells = table.columns.iter().zip(cells).map(|((column, _), cell)| {
                    let value = Value::string(cell_text(text, cell)).at(verbatim(file, cell.clone()));
                    (Arc::from(column.as_str()), value)
                });
                Value::object(cells.collect()).written_at(span(file, row))
            })
            .collect();
        let value = Value::tuple(rows).written_at(span(file, &table.span));
        let (title, path) = match table.heading.and_then(|at| headings.get(at)) {
            Some(heading) => (heading.title.as_str(), heading.path.as_str()),
            None => ("", ""),
        };
        insert_numbered(&mut fields, title, &value);
        if path != title {
            insert_numbered(&mut fields, path, &value);
        }
    }
    Value::object(fields).written_at(Span::new(file, 0, 0))
}

fn insert_numbered(fields: &mut Fields, name: &str, value: &Value) {
    let mut key: Arc<str> = name.into();
    let mut number = 2;
    while fields.contains_key(&key) {
        key = format!("{name} ({number})").into();
        number += 1;
    }
    fields.insert(key, value.clone());
}

fn sections_value(file: FileId, text: &str, headings: &[Heading]) -> Value {
    let mut fields = Fields::new();
    for (at, heading) in headings.iter().enumerate() {
        let end = headings
            .iter()
            .skip(at + 1)
            .find(|next| next.level <= heading.level)
            .map_or(text.len(), |next| next.span.start);
        let body = heading.span.end.min(end)..end;
        let content = Value::string(text.get(body.clone()).unwrap_or("")).at(verbatim(file, body));
        let value = Value::record([("text", content)]).written_at(span(file, &heading.span));
        fields.entry(heading.title.as_str().into()).or_insert_with(|| value.clone());
        fields.entry(heading.path.as_str().into()).or_insert(value);
    }
    Value::object(fields).written_at(Span::new(file, 0, 0))
}

fn span(file: FileId, range: &Range<usize>) -> Span {
    Span::new(file, range.start, range.end)
}

/// The origin of text as it stands in the page, so that a part of it can be pointed at.
fn verbatim(file: FileId, range: Range<usize>) -> Origin {
    let span = span(file, &range);
    Origin::text(span, vec![TextPiece { start: 0, origin: Origin::source(span), verbatim: true }])
}

/// The seconds that a text such as `5min`, `30s`, `1h 30m` or `90` (seconds) stands for.
#[must_use]
pub fn seconds(text: &str) -> Option<f64> {
    quantities(text, |unit| {
        Some(match unit {
            "ms" | "millisecond" | "milliseconds" => 0.001,
            "" | "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86_400.0,
            "w" | "week" | "weeks" => 604_800.0,
            _ => return None,
        })
    })
}

/// The megabytes that a text such as `256MB`, `1 GB` or `512` (megabytes) stands for. A GB is 1024 MB, as Lambda counts.
#[must_use]
pub fn megabytes(text: &str) -> Option<f64> {
    quantities(text, |unit| {
        Some(match unit {
            "kb" | "kib" => 1.0 / 1024.0,
            "" | "m" | "mb" | "mib" | "megabyte" | "megabytes" => 1.0,
            "g" | "gb" | "gib" | "gigabyte" | "gigabytes" => 1024.0,
            _ => return None,
        })
    })
}

/// The sum of `number unit` pairs; only a single number may go without its unit.
fn quantities(text: &str, factor: impl Fn(&str) -> Option<f64>) -> Option<f64> {
    let mut rest = text.trim().trim_matches('`').trim();
    let mut total = 0.0;
    let mut count = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?.trim_start();
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = rest.get(..letters)?.to_ascii_lowercase();
        rest = rest.get(letters..)?.trim_start_matches([' ', ',']);
        count += 1;
        if unit.is_empty() && (count > 1 || !rest.is_empty()) {
            return None;
        }
        total += number * factor(&unit)?;
    }
    (count > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::{megabytes, read, seconds};
    use crate::source::Sources;

    const PAGE: &str = "\u{feff}# Page\n\n## Größe\n\n| Name | Zeit |\r\n|---|---|\r\n| `a\\|b` |  5min |\r\n| c | 30s |\n\nText über 83% hier.\n\n### Sub\n\nmore\n\n## Other\n\nend\n";

    #[test]
    fn cells_and_sections_know_their_places() {
        let mut sources = Sources::new();
        let file = sources.add("page.md", PAGE);
        let page = read(file, PAGE);
        let rows = page.field("tables").unwrap().field("Größe").unwrap().as_items().unwrap().to_vec();
        assert_eq!(rows[0].field("Name").unwrap().as_str(), Some("`a|b`"));
        let cell = rows[1].field("Zeit").unwrap();
        assert_eq!(sources.slice(cell.origin.span().unwrap()), "30s");
        let text = page.field("sections").unwrap().field("Größe").unwrap().field("text").unwrap();
        let at = text.as_str().unwrap().find("83%").unwrap();
        assert_eq!(sources.slice(text.origin.slice(at, at + 3).span().unwrap()), "83%");
        assert!(text.as_str().unwrap().contains("more") && !text.as_str().unwrap().contains("end"));
        assert!(page.field("sections").unwrap().field("Page > Größe > Sub").is_some());
    }

    #[test]
    fn comments_are_no_part_of_a_cell() {
        let text = "| A | B |\n|---|---|\n| <!-- x --> 30s <!-- y --> | <!-- z --> |\n";
        let page = read(Sources::new().add("page.md", text), text);
        let rows = page.field("tables").unwrap().field("").unwrap().as_items().unwrap().to_vec();
        assert_eq!(rows[0].field("A").unwrap().as_str(), Some("30s"));
        assert_eq!(rows[0].field("B").unwrap().as_str(), Some(""));
    }

    #[test]
    fn units() {
        assert_eq!(seconds("5min"), Some(300.0));
        assert_eq!(seconds("1h 30m"), Some(5400.0));
        assert_eq!(seconds("`30 s`"), Some(30.0));
        assert_eq!(seconds("90"), Some(90.0));
        assert_eq!(seconds("2 weeks"), Some(1_209_600.0));
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds(""), None);
        assert_eq!(megabytes("256MB"), Some(256.0));
        assert_eq!(megabytes("1 GB"), Some(1024.0));
        assert_eq!(megabytes("5min"), None);
    }
}
