//! YAML to a spanned tree, as GitHub reads it: the YAML 1.2 core schema, anchors and aliases, no merge keys.
//!
//! See <https://yaml.org/spec/1.2.2/#103-core-schema> and
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#yaml-anchors-and-aliases>.

mod align;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle};

use super::SyntaxProblem;
use super::offsets::OffsetMap;
use crate::source::{FileId, Span};

/// How deep a file may nest, aliases included.
const MAX_DEPTH: usize = 100;
/// How many nodes a file may hold once aliases are written out.
const MAX_NODES: usize = 200_000;

/// A piece of a YAML document and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where; of an alias, where what it stands for is written.
    pub span: Span,
    /// What.
    pub kind: Kind,
}

/// The three kinds of YAML node.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Text, a number, a boolean or null.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in the order of the file; a key that is there twice is there twice.
    Mapping(Vec<Entry>),
}

/// One `key: value` of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Node,
    /// The value; null where none is written.
    pub value: Node,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: may be a number, a boolean or null.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// As a block, `|` or `>`.
    Block,
}

/// A scalar: its decoded text, and the way back to the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    /// The text without quotes, escapes, indentation and line folding.
    pub text: Arc<str>,
    /// How it is written.
    pub style: Style,
    /// From offsets in `text` to bytes of the file.
    pub offsets: OffsetMap,
}

/// What a scalar means by the core schema.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Resolved {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A decimal, octal, hexadecimal or floating point number.
    Number(f64),
    /// Any other text.
    Text,
}

impl Scalar {
    /// What the scalar means: `on` and `yes` are text, as they have been since YAML 1.2.
    #[must_use]
    pub fn resolve(&self) -> Resolved {
        if self.style != Style::Plain {
            return Resolved::Text;
        }
        match &*self.text {
            "" | "~" | "null" | "Null" | "NULL" => Resolved::Null,
            "true" | "True" | "TRUE" => Resolved::Bool(true),
            "false" | "False" | "FALSE" => Resolved::Bool(false),
            text => number(text).map_or(Resolved::Text, Resolved::Number),
        }
    }
}

fn number(text: &str) -> Option<f64> {
    let radix = |digits: &str, radix| {
        u64::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with(['+', '-'])).map(|number| number as f64)
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Some(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN),
        _ => {}
    }
    let only_number = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    (only_number && has_digit).then(|| text.parse().ok())?
}

impl Node {
    /// The value of a key, the first if it is there twice; `None` when this is no mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key.text() == Some(key)).map(|entry| &entry.value)
    }

    /// The entries of a mapping; none for any other node.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a sequence; none for any other node.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The scalar, if this is one.
    #[must_use]
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The decoded text of a scalar, whatever it means.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.scalar().map(|scalar| &*scalar.text)
    }

    /// Whether this is a scalar that means null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.resolve() == Resolved::Null)
    }
}

/// Reads the first document of a file. No tree is given when the text is not YAML.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (Option<Node>, Vec<SyntaxProblem>) {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut builder =
        Builder { file, text, open: Vec::new(), anchors: HashMap::new(), nodes: 0, root: None, problems: Vec::new() };
    for event in Parser::new_from_str_with_options(text, options) {
        let flow = match event {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => {
                let at = builder.floor(error.marker().byte_offset().unwrap_or(text.len()));
                Err(builder.problem(at, at, error.info(), None))
            }
        };
        match flow {
            Ok(false) => {}
            Ok(true) => break,
            Err(problem) => {
                builder.problems.push(problem);
                return (None, builder.problems);
            }
        }
    }
    (builder.root, builder.problems)
}

/// Where the comments of a text are, as far as it is YAML.
#[must_use]
pub fn comments(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut options = Options::default();
    options.set_emit_comments(true);
    let events = Parser::new_from_str_with_options(text, options).map_while(Result::ok);
    events.filter_map(|(event, span)| matches!(event, Event::Comment(..)).then(|| span.byte_range())?).collect()
}

/// A collection whose end has not come yet.
struct Open {
    start: usize,
    anchor: usize,
    size: usize,
    height: usize,
    items: Items,
}

enum Items {
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>, Option<Node>),
}

/// A finished node that aliases may name.
struct Anchored {
    node: Node,
    size: usize,
    height: usize,
}

struct Builder<'t> {
    file: FileId,
    text: &'t str,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    root: Option<Node>,
    problems: Vec<SyntaxProblem>,
}

impl Builder<'_> {
    fn floor(&self, mut offset: usize) -> usize {
        offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    fn problem(&self, start: usize, end: usize, message: String, help: Option<&str>) -> SyntaxProblem {
        SyntaxProblem { span: Span::new(self.file, start, end), message, help: help.map(str::to_owned) }
    }

    /// Takes one event; `Ok(true)` once the first document is complete.
    fn event(&mut self, event: Event<'_>, at: granit_parser::Span) -> Result<bool, SyntaxProblem> {
        let range = at.byte_range().unwrap_or(0..0);
        let start = self.floor(range.start);
        let end = self.floor(range.end).max(start);
        match event {
            Event::DocumentEnd => return Ok(true),
            Event::Scalar(decoded, style, anchor, _) => {
                let node = self.scalar(&decoded, style, start, end);
                self.keep(anchor, &node, 1, 0);
                self.add(node, 1, 0)?;
            }
            Event::SequenceStart(_, anchor, _) => {
                self.enter(start, anchor, Items::Sequence(Vec::new()))?;
            }
            Event::MappingStart(_, anchor, _) => {
                self.enter(start, anchor, Items::Mapping(Vec::new(), None))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.leave(end > start, end)?,
            Event::Alias(id) => {
                let Some(anchored) = self.anchors.get(&id) else {
                    let message = "an alias cannot stand inside what it names".to_owned();
                    return Err(self.problem(start, end, message, None));
                };
                let (size, height) = (anchored.size, anchored.height);
                if self.nodes + size > MAX_NODES {
                    let message = format!("aliases stand for more than {MAX_NODES} nodes");
                    return Err(self.problem(start, end, message, None));
                }
                let node = anchored.node.clone();
                self.add(node, size, height)?;
            }
            _ => {}
        }
        Ok(false)
    }

    fn scalar(&self, decoded: &str, style: ScalarStyle, start: usize, end: usize) -> Node {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let (at, raw) = (start, self.text.get(start..end).unwrap_or(""));
        // A block comes from its first text on: the blank lines before that belong to it.
        let (start, raw) = match (block, self.text.get(..start)) {
            (true, Some(before)) => {
                let header = before.trim_end().len();
                let lines = before.get(header..).and_then(|blank| blank.find('\n'));
                let start = lines.map_or(start, |line| header + line + 1);
                (start, self.text.get(start..end).unwrap_or(""))
            }
            _ => (start, raw),
        };
        // An absent value comes as `~` over no bytes.
        let decoded = if raw.is_empty() && style == ScalarStyle::Plain { "" } else { decoded };
        let literal = style == ScalarStyle::Literal;
        let double = style == ScalarStyle::DoubleQuoted;
        let (style, quotes) = match style {
            ScalarStyle::Plain => (Style::Plain, 0),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => (Style::Quoted, 1),
            ScalarStyle::Literal | ScalarStyle::Folded => (Style::Block, 0),
        };
        let inner = raw.get(quotes..raw.len().saturating_sub(quotes)).unwrap_or("");
        let from = start + quotes;
        let offsets = if inner.starts_with(decoded) {
            OffsetMap::verbatim(self.file, from)
        } else if literal {
            align::align_lines(decoded, inner, from).finish(self.file, from)
        } else {
            align::align(decoded, inner, from, double).finish(self.file, from)
        };
        let end = if block { start + raw.trim_end().len() } else { end };
        Node {
            span: Span::new(self.file, at, end),
            kind: Kind::Scalar(Scalar { text: decoded.into(), style, offsets }),
        }
    }

    fn enter(&mut self, start: usize, anchor: usize, items: Items) -> Result<(), SyntaxProblem> {
        self.check_depth(1, start)?;
        self.open.push(Open { start, anchor, size: 1, height: 0, items });
        Ok(())
    }

    fn check_depth(&self, more: usize, at: usize) -> Result<(), SyntaxProblem> {
        if self.open.len() + more > MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} deep");
            return Err(self.problem(at, at, message, None));
        }
        Ok(())
    }

    fn leave(&mut self, closed: bool, end: usize) -> Result<(), SyntaxProblem> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let (last, kind) = match open.items {
            Items::Sequence(items) => {
                let last = items.last().map(|node| node.span.end);
                (last, Kind::Sequence(items))
            }
            Items::Mapping(entries, _) => {
                self.report_duplicates(&entries);
                let ends = entries.last().map(|entry| (entry.key.span, entry.value.span));
                let last = ends.map(|(key, value)| key.end.max(value.end));
                (last, Kind::Mapping(entries))
            }
        };
        // A block collection ends with its last child, not where the next token begins.
        let end = match last {
            Some(last) if !closed => last as usize,
            _ => end,
        };
        let node = Node { span: Span::new(self.file, open.start, end.max(open.start)), kind };
        self.keep(open.anchor, &node, open.size, open.height + 1);
        // Its children are counted already.
        self.nodes -= (open.size - 1).min(self.nodes);
        self.add(node, open.size, open.height + 1)
    }

    fn report_duplicates(&mut self, entries: &[Entry]) {
        let mut seen = HashSet::with_capacity(entries.len());
        for entry in entries {
            if let Some(key) = entry.key.text()
                && !seen.insert(key)
            {
                self.problems.push(SyntaxProblem {
                    span: entry.key.span,
                    message: format!("the key `{key}` is already there"),
                    help: Some("GitHub refuses a workflow with a key twice".to_owned()),
                });
            }
        }
    }

    /// Remembers a node that has an anchor.
    fn keep(&mut self, anchor: usize, node: &Node, size: usize, height: usize) {
        if anchor != 0 {
            let anchored = Anchored { node: node.clone(), size, height };
            self.anchors.insert(anchor, anchored);
        }
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, node: Node, size: usize, height: usize) -> Result<(), SyntaxProblem> {
        self.check_depth(height, node.span.start as usize)?;
        self.nodes += size;
        if self.nodes > MAX_NODES {
            let message = format!("more than {MAX_NODES} nodes");
            let at = node.span.start as usize;
            return Err(self.problem(at, at, message, None));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.size += size;
        open.height = open.height.max(height);
        match &mut open.items {
            Items::Sequence(items) => items.push(node),
            Items::Mapping(entries, key) => match key.take() {
                None => *key = Some(node),
                Some(key) => entries.push(Entry { key, value: node }),
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
