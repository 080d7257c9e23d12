//! A Markdown page for the terminal.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::layout::{Face, Layout, Words};
use super::plain;

/// What stands before the lines of code.
const CODE_INDENT: &str = "    ";

/// Renders a page.
pub fn render(markdown: &str, layout: Layout) -> String {
    let mut page = Page { layout, out: String::new(), words: Words::default(), faces: Vec::new(), blocks: Vec::new() };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        page.event(event);
    }
    page.out
}

/// What is open around the text.
enum Block {
    Quote,
    /// The number of the next item; `None` for bullets.
    List(Option<u64>),
    /// What stands before the item's first line, until it was written.
    Item(Option<String>, usize),
    Table(Vec<Vec<Words>>),
    /// The destination of a link, and where its text began to count.
    Link(String),
    Code(String),
    Html,
}

struct Page {
    layout: Layout,
    out: String,
    words: Words,
    faces: Vec<Face>,
    blocks: Vec<Block>,
}

impl Page {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match self.blocks.last_mut() {
                Some(Block::Code(code)) => code.push_str(&text),
                Some(Block::Html) => {}
                _ => self.words.push(&text, self.faces.last().copied().unwrap_or(Face::Plain)),
            },
            Event::Code(code) => {
                let shown = if self.layout.color { code.to_string() } else { format!("`{code}`") };
                self.words.push(&shown, Face::Code);
            }
            Event::SoftBreak => self.words.push(" ", Face::Plain),
            Event::HardBreak => self.paragraph(),
            Event::Rule => self.line(&"─".repeat(self.layout.width.min(40)), Face::Dim),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } => self.faces.push(Face::Bold),
            Tag::Strong => self.faces.push(Face::Bold),
            Tag::Emphasis => self.faces.push(self.faces.last().copied().unwrap_or(Face::Plain)),
            Tag::BlockQuote(_) => self.blocks.push(Block::Quote),
            Tag::List(first) => {
                self.paragraph();
                self.blocks.push(Block::List(first));
            }
            Tag::Item => {
                let lead = match self.blocks.last_mut() {
                    Some(Block::List(Some(number))) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".to_owned(),
                };
                let width = lead.chars().count();
                self.blocks.push(Block::Item(Some(lead), width));
            }
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                if let Some(caption) = caption(&info) {
                    self.line(&plain(&caption), Face::Dim);
                }
                self.blocks.push(Block::Code(String::new()));
            }
            Tag::HtmlBlock => self.blocks.push(Block::Html),
            Tag::Table(_) => self.blocks.push(Block::Table(Vec::new())),
            Tag::TableHead | Tag::TableRow => {
                if let Some(Block::Table(rows)) = self.blocks.last_mut() {
                    rows.push(Vec::new());
                }
            }
            Tag::Link { dest_url, .. } => self.blocks.push(Block::Link(dest_url.to_string())),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                self.faces.pop();
                self.heading(level);
            }
            TagEnd::Strong | TagEnd::Emphasis => {
                self.faces.pop();
            }
            TagEnd::Paragraph => {
                self.paragraph();
                self.out.push('\n');
            }
            TagEnd::Item => {
                self.paragraph();
                self.blocks.pop();
            }
            TagEnd::List(_) => {
                self.blocks.pop();
                if !self.blocks.iter().any(|block| matches!(block, Block::List(_))) && !self.out.ends_with("\n\n") {
                    self.out.push('\n');
                }
            }
            TagEnd::BlockQuote(_) | TagEnd::HtmlBlock => {
                self.blocks.pop();
            }
            TagEnd::CodeBlock => {
                if let Some(Block::Code(code)) = self.blocks.pop() {
                    self.code(&code);
                }
            }
            TagEnd::TableCell => {
                let words = std::mem::take(&mut self.words);
                if let Some(Block::Table(rows)) = self.blocks.last_mut()
                    && let Some(row) = rows.last_mut()
                {
                    row.push(words);
                }
            }
            TagEnd::Table => {
                if let Some(Block::Table(rows)) = self.blocks.pop() {
                    let (_, indent) = self.leads();
                    self.out.push_str(&self.layout.table(&rows, &indent));
                    self.out.push('\n');
                }
            }
            TagEnd::Link => {
                if let Some(Block::Link(target)) = self.blocks.pop() {
                    self.words.push(&format!(" ({target})"), Face::Dim);
                }
            }
            _ => {}
        }
    }

    /// What stands before the first line of a paragraph here, and before the others.
    fn leads(&mut self) -> (String, String) {
        let (mut first, mut rest) = (String::new(), String::new());
        for block in &mut self.blocks {
            match block {
                Block::Quote => {
                    first.push_str("│ ");
                    rest.push_str("│ ");
                }
                Block::Item(lead, width) => {
                    let blank = " ".repeat(*width);
                    first.push_str(&lead.take().unwrap_or_else(|| blank.clone()));
                    rest.push_str(&blank);
                }
                _ => {}
            }
        }
        (first, rest)
    }

    /// Writes the words so far.
    fn paragraph(&mut self) {
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return;
        }
        let (first, rest) = self.leads();
        self.out.push_str(&self.layout.paragraph(&words, &first, &rest));
    }

    fn heading(&mut self, level: HeadingLevel) {
        let start = self.out.len();
        self.paragraph();
        let widest = self.out.get(start..).unwrap_or("").lines().map(|line| strip(line).chars().count()).max();
        let rule = if level == HeadingLevel::H1 { "═" } else { "─" };
        self.line(&rule.repeat(widest.unwrap_or(0)), Face::Dim);
        self.out.push('\n');
    }

    fn line(&mut self, text: &str, face: Face) {
        let (first, _) = self.leads();
        self.out.push_str(&first);
        self.out.push_str(&self.layout.face(text, face));
        self.out.push('\n');
    }

    fn code(&mut self, code: &str) {
        let (_, indent) = self.leads();
        for line in code.lines() {
            let shown = self.layout.face(&plain(line), Face::Code);
            let line = format!("{indent}{CODE_INDENT}{shown}");
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
        self.out.push('\n');
    }
}

/// What a block of a rule's page is, in words.
fn caption(info: &str) -> Option<String> {
    let words: Vec<&str> = info.split_whitespace().collect();
    Some(match words.as_slice() {
        [_, "rule"] => "The rule:".to_owned(),
        [_, "shared", file] => format!("In every example, {file}:"),
        [_, kind @ ("bad" | "good"), name, file] => format!("{kind} example {name}, {file}:"),
        [_, "expect", name] => format!("{name} prints:"),
        _ => return None,
    })
}

/// The text without its colours.
fn strip(line: &str) -> String {
    let mut text = String::new();
    let mut parts = line.split('\u{1b}');
    text.push_str(parts.next().unwrap_or(""));
    for part in parts {
        text.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    text
}
