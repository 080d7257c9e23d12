//! Reports as text. What a finding says is decided elsewhere; here it is only laid out.

pub mod concise;
mod github;
mod gitlab;
mod json;
mod junit;
pub mod layout;
mod markdown;
pub mod page;
pub mod query;
mod repository;
mod sarif;
pub mod terminal;
pub mod text;

use std::fmt::Write as _;
use std::io::{self, Write};

use trysquare::check::Checked;
use trysquare::report::{Finding, Label};

pub use repository::Repository;

use crate::args::Format;

/// How to lay out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Whether the terminal knows hyperlinks.
    pub hyperlinks: bool,
    /// Whether to list what could not be decided.
    pub show_undetermined: bool,
    /// Whether to list what is silenced.
    pub show_suppressed: bool,
    /// Whether to leave out the summary.
    pub quiet: bool,
    /// Whether there is a configuration; without one, how to get one is told.
    pub has_config: bool,
}

/// Writes what was checked in a format.
pub fn render(
    format: Format,
    checked: &Checked,
    repository: &Repository,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let report = &checked.report;
    match format {
        Format::Text => text::render(report, &checked.sources, style, out),
        Format::Concise => concise::render(report, style, out),
        Format::Json => json::render(report, out),
        Format::Sarif => sarif::render(checked, repository, style, out),
        Format::Github => github::render(report, repository, style, out),
        Format::Junit => junit::render(checked, repository, out),
        Format::Gitlab => gitlab::render(report, repository, out),
        Format::Markdown => markdown::render(checked, repository, style, out),
    }
}

/// Text with control characters made visible: what comes from a file must not steer the terminal.
pub fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let hidden = c.is_control() && c != '\n'
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            let escaped: Vec<char> = if hidden { c.escape_unicode().collect() } else { vec![c] };
            escaped
        })
        .collect()
}

/// A number of things, in words.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What there is to say of a finding beside its message: the places it points at, a line each, then how to mend it.
fn details(finding: &Finding, repository: &Repository) -> String {
    let mut text = String::new();
    for label in std::iter::once(&finding.primary).chain(&finding.related).filter(|label| !label.text.is_empty()) {
        let _ = writeln!(text, "{}: {}", place(label, repository), plain(&label.text));
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(text, "help: {}", plain(help));
    }
    text
}

/// A place as `file:line:column`, from the root of the repository.
fn place(label: &Label, repository: &Repository) -> String {
    format!("{}:{}:{}", plain(&repository.path(&label.file)), label.start.line, label.start.column)
}
