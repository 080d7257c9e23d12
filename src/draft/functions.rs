//! The table of functions: which columns say what, and how rows are named in Terraform.

use super::page::{Page, Table};
use super::{Leaf, Writer, quote};
use crate::document::{megabytes, seconds};

/// How a function's code can be packed.
const PACKAGES: &[&str] = &["Zip", "Image"];

/// A table that lists functions, with what its columns mean.
pub(super) struct Functions<'p> {
    table: &'p Table,
    /// The column with the name, and how the name stands in it.
    name: usize,
    form: Form,
    /// Attributes of the standard, each with the expression that reads it from `row`.
    attributes: Vec<(&'static str, String)>,
    naming: Naming,
}

/// How a name stands in a cell.
#[derive(Clone, Copy)]
enum Form {
    /// By itself, with backticks or without.
    Whole,
    /// As the only code among other words.
    Code,
    /// As the text of a link.
    Link,
}

impl Form {
    const ALL: [Self; 3] = [Self::Whole, Self::Code, Self::Link];

    fn name(self, cell: &str) -> Option<&str> {
        match self {
            Self::Whole => Some(cell.trim_matches('`')),
            Self::Code => match inline_code(cell).as_slice() {
                [only] => Some(only),
                _ => None,
            },
            Self::Link => Some(cell.strip_prefix('[')?.split_once("](")?.0.trim_matches('`')),
        }
    }

    /// The expression that takes the name out of a cell.
    fn expression(self, cell: &str, cells: &[&str]) -> String {
        match self {
            Self::Whole => bare(cell, cells),
            Self::Code => format!("regex(\"`([^`]+)`\", {cell})[0]"),
            Self::Link => format!("trim(regex(\"\\\\[([^\\\\]]+)\\\\]\\\\(\", {cell})[0], \"`\")"),
        }
    }
}

/// How a row is called in Terraform.
enum Naming {
    /// As it stands there; what all names begin with is no part of the application's.
    Plain(String),
    /// By a pattern in the page, such as `shop-<stage>-<service>`: an HCL template over `row` and, where another
    /// table lists what stands for a second placeholder, over a row of that.
    Pattern { template: String, each: Option<String> },
}

/// Finds the table that says most of functions.
pub(super) fn find(page: &Page) -> Option<Functions<'_>> {
    let candidates = page.tables.iter().filter_map(|table| read(page, table));
    candidates.max_by_key(|functions| functions.attributes.len())
}

fn read<'p>(page: &Page, table: &'p Table) -> Option<Functions<'p>> {
    let (name, form) = name_column(table)?;
    let mut attributes: Vec<(&'static str, String)> = Vec::new();
    for (at, title) in table.columns.iter().enumerate().filter(|(at, _)| *at != name) {
        let cells: Vec<&str> = table.column(at).collect();
        let meant = attribute(title, &cells);
        attributes.extend(meant.filter(|(known, _)| attributes.iter().all(|(other, _)| other != known)));
    }
    let naming = naming(page, table, name, form);
    (!attributes.is_empty()).then_some(Functions { table, name, form, attributes, naming })
}

/// The column whose cells can be names, by its title or else the first.
fn name_column(table: &Table) -> Option<(usize, Form)> {
    let mentions = |at: usize| {
        let title = table.columns.get(at).map(|title| title.to_lowercase()).unwrap_or_default();
        ["function", "lambda", "service", "app", "name", "component"].iter().any(|word| title.contains(word))
    };
    let form = |at: usize| Form::ALL.into_iter().find(|form| are_names(table, at, *form));
    let named = (0..table.columns.len()).filter_map(|at| Some((at, form(at)?)));
    let named: Vec<(usize, Form)> = named.collect();
    let by_title = named.iter().copied().find(|(at, _)| mentions(*at));
    by_title.or_else(|| named.first().copied().filter(|(at, _)| *at == 0))
}

/// Whether each cell of a column has a name of its own.
fn are_names(table: &Table, at: usize, form: Form) -> bool {
    let mut seen = Vec::new();
    table.column(at).all(|cell| {
        let Some(name) = form.name(cell) else { return false };
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
            && !seen.contains(&name.to_owned());
        seen.push(name.to_owned());
        is_name
    })
}

/// What a column says of functions, told by its title and by whether its cells can be that.
fn attribute(title: &str, cells: &[&str]) -> Option<(&'static str, String)> {
    let words = title.to_lowercase();
    let mentions = |all: &[&str]| all.iter().any(|word| words.contains(word));
    let cell = format!("row[{}]", quote(title));
    let unit = unit(&words);
    let reads = |read: fn(&str) -> Option<f64>| {
        cells.iter().all(|cell| read(&format!("{cell}{}", unit.unwrap_or(""))).is_some())
    };
    let quantity = |function: &str| match unit {
        Some(unit) => format!("{function}(\"${{{cell}}}{unit}\")"),
        None => format!("{function}({cell})"),
    };
    let is_path = |cell: &&str| cell.trim_matches('`').starts_with('/');
    if mentions(&["memory", "ram", "mem"]) && reads(megabytes) {
        Some(("memory", quantity("megabytes")))
    } else if mentions(&["timeout", "time", "duration", "may take", "runtime", "limit", "seconds"]) && reads(seconds) {
        Some(("timeout", quantity("duration")))
    } else if mentions(&["log"]) && cells.iter().all(is_path) {
        Some(("log_group", bare(&cell, cells)))
    } else if mentions(&["packag"]) && cells.iter().all(|cell| PACKAGES.contains(&cell.trim_matches('`'))) {
        Some(("package_type", bare(&cell, cells)))
    } else {
        None
    }
}

/// The cell without its backticks, where it has any.
fn bare(cell: &str, cells: &[&str]) -> String {
    if cells.iter().any(|cell| cell.contains('`')) { format!("trim({cell}, \"`\")") } else { cell.to_owned() }
}

/// The unit in a title such as `Timeout (s)`, where the cells are numbers alone.
fn unit(title: &str) -> Option<&str> {
    let unit = title.split_once('(')?.1.split_once(')')?.0.trim();
    let known = ["ms", "s", "sec", "seconds", "min", "minutes", "mb", "mib", "gb", "gib"];
    known.contains(&unit).then_some(unit)
}

fn naming(page: &Page, table: &Table, name: usize, form: Form) -> Naming {
    let names: Vec<&str> = table.column(name).filter_map(|cell| form.name(cell)).collect();
    let column = table.columns.get(name).map(String::as_str).unwrap_or("");
    let patterns = placeholders_in(page);
    let row = form.expression(&format!("row[{}]", quote(column)), &table.column(name).collect::<Vec<_>>());
    let pattern = patterns.iter().find_map(|pattern| template(page, table, (column, &row), pattern));
    match pattern {
        Some((template, each)) if !names.iter().any(|name| page.text.contains(&format!("-{name}`"))) => {
            Naming::Pattern { template, each }
        }
        _ => Naming::Plain(common_prefix(&names)),
    }
}

/// What all names begin with, up to a `-` or `_`.
fn common_prefix(names: &[&str]) -> String {
    let [first, rest @ ..] = names else { return String::new() };
    if rest.is_empty() {
        return String::new();
    }
    let shared = |end: &usize| first.get(..*end).is_some_and(|start| rest.iter().all(|name| name.starts_with(start)));
    let mut ends = first.char_indices().filter(|(_, c)| "-_".contains(*c)).map(|(at, _)| at + 1);
    ends.rfind(shared).and_then(|end| first.get(..end)).unwrap_or("").to_owned()
}

/// Every inline code with placeholders in it, as its pieces: text, and names of what stands for something else.
fn placeholders_in(page: &Page) -> Vec<Vec<Piece>> {
    let codes = page.sentences.iter().flat_map(|sentence| inline_code(page.of(sentence)));
    codes.map(pieces).filter(|pieces| pieces.iter().any(|piece| matches!(piece, Piece::Name(_)))).collect()
}

pub(super) enum Piece {
    Text(String),
    /// What is between `<>` or `{}`.
    Name(String),
}

/// Inline code, without its backticks.
pub(super) fn inline_code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A text such as `shop-<stage>-{service}`, taken apart.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['<', '{']) {
        let close = if rest.get(open..).is_some_and(|rest| rest.starts_with('<')) { '>' } else { '}' };
        let Some(length) = rest.get(open..).and_then(|rest| rest.find(close)) else { break };
        let before = rest.get(..open).unwrap_or("").trim_end_matches('$');
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Name(rest.get(open + 1..open + length).unwrap_or("").to_lowercase()));
        rest = rest.get(open + length + 1..).unwrap_or("");
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

/// The names of functions by a pattern, when each placeholder is a column: the one of the row's name, and at most one
/// that another table lists.
fn template(
    page: &Page,
    table: &Table,
    (column, row): (&str, &str),
    pattern: &[Piece],
) -> Option<(String, Option<String>)> {
    let mut template = String::new();
    let mut each = None;
    let mut has_name = false;
    for piece in pattern {
        match piece {
            Piece::Text(text) => template.push_str(quote(text).trim_matches('"')),
            Piece::Name(name) if is_called(column, name) => {
                has_name = true;
                template.push_str(&format!("${{{row}}}"));
            }
            Piece::Name(name) => {
                let other = page.tables.iter().find(|other| {
                    other.name != table.name && other.columns.first().is_some_and(|first| is_called(first, name))
                })?;
                let first = other.columns.first()?;
                each.get_or_insert_with(|| other.name.clone());
                template.push_str(&format!("${{each[{}]}}", quote(first)));
            }
        }
    }
    has_name.then_some((template, each))
}

fn is_called(column: &str, name: &str) -> bool {
    let column = column.to_lowercase();
    column == name || column.split_whitespace().next() == Some(name)
}

impl Functions<'_> {
    /// What all names of functions begin with; empty when that cannot be told.
    pub(super) fn prefix(&self) -> &str {
        match &self.naming {
            Naming::Plain(prefix) => prefix,
            Naming::Pattern { .. } => "",
        }
    }

    pub(super) fn leaf(&self, writer: &mut Writer<'_>) -> Leaf {
        let column = self.table.columns.get(self.name).map(String::as_str).unwrap_or("");
        let cells: Vec<&str> = self.table.column(self.name).collect();
        let name = self.form.expression(&format!("row[{}]", quote(column)), &cells);
        let table = format!("local.page.tables[{}]", quote(&self.table.name));
        let app = match &self.naming {
            Naming::Plain(prefix) if prefix.is_empty() => None,
            Naming::Plain(prefix) => Some(format!("trimprefix({name}, {})", quote(prefix))),
            Naming::Pattern { .. } => Some(name.clone()),
        };
        let app = app.map(|app| ("app", app));
        let has_package = self.attributes.iter().any(|(name, _)| *name == "package_type");
        let package = if has_package { None } else { package_type(writer) };
        let attributes: Vec<_> = app.iter().chain(&self.attributes).chain(&package).collect();
        let width = attributes.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let lines = |indent: &str| -> String {
            let line = |(name, expression): &&(&str, String)| format!("{indent}  {name:width$} = {expression}\n");
            attributes.iter().map(line).collect()
        };
        let expression = match &self.naming {
            Naming::Plain(_) => {
                format!("{{\n    for row in {table} :\n    {name} => {{\n{}    }}\n  }}", lines("    "))
            }
            Naming::Pattern { template, each: None } => {
                format!("{{\n    for row in {table} :\n    \"{template}\" => {{\n{}    }}\n  }}", lines("    "))
            }
            Naming::Pattern { template, each: Some(each) } => format!(
                "merge([\n    for each in local.page.tables[{}] : {{\n      for row in {table} :\n      \
                 \"{template}\" => {{\n{}      }}\n    }}\n  ]...)",
                quote(each),
                lines("      ")
            ),
        };
        let comment = format!("Each is a row of the table under \"{}\".", self.table.name);
        Leaf::new(&["functions"], expression).commented(&comment)
    }
}

/// How all functions are packed, where a sentence says so.
fn package_type(writer: &mut Writer<'_>) -> Option<(&'static str, String)> {
    let page = writer.page;
    let found = page.sentences.iter().find_map(|sentence| {
        let text = page.of(sentence);
        let code = inline_code(text).into_iter().find(|code| PACKAGES.contains(code))?;
        text.to_lowercase().contains("pack").then(|| writer.code(sentence, code))?
    });
    found.map(|expression| ("package_type", expression))
}
