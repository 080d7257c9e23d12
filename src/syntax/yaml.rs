//! YAML to a spanned tree, as GitHub reads it: the YAML 1.2 core schema, anchors and aliases, no merge keys.
//!
//! See <https://yaml.org/spec/1.2.2/#103-core-schema> and
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#yaml-anchors-and-aliases>.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle};

use super::SyntaxProblem;
use super::offsets::{OffsetMap, OffsetMapBuilder};
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
            align_lines(decoded, inner, from).finish(self.file, from)
        } else {
            align(decoded, inner, from, double).finish(self.file, from)
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

/// Aligns a literal block: every decoded line is the end of a source line.
fn align_lines(decoded: &str, raw: &str, from: usize) -> OffsetMapBuilder {
    let mut map = OffsetMapBuilder::default();
    let mut sources = raw.split_inclusive('\n');
    let (mut text_at, mut source_at) = (0, from);
    for line in decoded.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        if !body.trim().is_empty() {
            for source in sources.by_ref() {
                let content = source.trim_end_matches('\n').trim_end_matches('\r');
                let start = source_at;
                source_at += source.len();
                if let Some(indent) = content.len().checked_sub(body.len())
                    && content.ends_with(body)
                {
                    // The line break, if any, follows the body in both.
                    let verbatim = line.len().min(source.len() - indent);
                    map.push(text_at, verbatim, start + indent, verbatim);
                    break;
                }
            }
        }
        text_at += line.len();
    }
    map
}

/// Aligns folded and escaped text: line breaks and indentation may have become one space or nothing.
fn align(decoded: &str, raw: &str, from: usize, double: bool) -> OffsetMapBuilder {
    let mut map = OffsetMapBuilder::default();
    let mut at = 0;
    for (text_at, wanted) in decoded.char_indices() {
        let text_len = wanted.len_utf8();
        loop {
            let rest = raw.get(at..).unwrap_or("");
            let Some(found) = rest.chars().next() else {
                return map;
            };
            if double && found == '\\' {
                let len = escape_len(rest);
                at += len;
                // A backslash at the end of a line joins two lines and stands for nothing.
                if rest.get(1..).is_some_and(|rest| rest.starts_with(['\n', '\r'])) {
                    continue;
                }
                map.push(text_at, text_len, from + at - len, len);
                break;
            }
            if found == wanted {
                // `''` in single quotes is one quote.
                let len = if found == '\'' && !double && rest.starts_with("''") { 2 } else { found.len_utf8() };
                map.push(text_at, text_len, from + at, len);
                at += len;
                break;
            }
            if !found.is_whitespace() {
                // A line break that folding made has no byte of its own.
                break;
            }
            if wanted.is_whitespace() && matches!(found, '\n' | '\r') {
                map.push(text_at, text_len, from + at, 1);
                at += 1;
                break;
            }
            at += found.len_utf8();
        }
    }
    map
}

/// How many bytes an escape in double quotes takes, from its backslash on.
fn escape_len(rest: &str) -> usize {
    let wanted = match rest.as_bytes().get(1) {
        Some(b'x') => 4,
        Some(b'u') => 6,
        Some(b'U') => 10,
        _ => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
    };
    if rest.is_char_boundary(wanted) && wanted <= rest.len() { wanted } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn tree(text: &str) -> (Sources, Option<Node>, Vec<SyntaxProblem>) {
        let mut sources = Sources::new();
        let file = sources.add("w.yml", text);
        let (node, problems) = parse(file, text);
        (sources, node, problems)
    }

    fn good(text: &str) -> (Sources, Node) {
        let (sources, node, problems) = tree(text);
        assert_eq!(problems, []);
        (sources, node.unwrap())
    }

    /// The source text behind the first occurrence of `needle` in a scalar's decoded text.
    fn source_of<'s>(sources: &'s Sources, node: &Node, needle: &str) -> &'s str {
        let scalar = node.scalar().unwrap();
        let at = scalar.text.find(needle).unwrap();
        sources.slice(scalar.offsets.span(at, at + needle.len()))
    }

    #[test]
    fn scalars_resolve_by_the_core_schema() {
        let (_, node) = good("on: yes\na: true\nb: 0x1F\nc: 1.50\nd:\ne: '5'\nf: .inf\ng: 1e3\nh: 1.2.3\n");
        let of = |key: &str| node.get(key).unwrap().scalar().unwrap().resolve();
        assert_eq!(of("on"), Resolved::Text);
        assert_eq!(of("a"), Resolved::Bool(true));
        assert_eq!(of("b"), Resolved::Number(31.0));
        assert_eq!(of("c"), Resolved::Number(1.5));
        assert_eq!(of("d"), Resolved::Null);
        assert_eq!(of("e"), Resolved::Text);
        assert_eq!(of("f"), Resolved::Number(f64::INFINITY));
        assert_eq!(of("g"), Resolved::Number(1000.0));
        assert_eq!(of("h"), Resolved::Text);
    }

    #[test]
    fn a_literal_block_maps_back_line_by_line() {
        let (sources, node) = good("\u{feff}run: |\r\n\r\n  if x; then\r\n    é y\r\n  fi\r\nz: 1\r\n");
        let run = node.get("run").unwrap();
        assert_eq!(run.text(), Some("\nif x; then\n  é y\nfi\n"));
        assert_eq!(source_of(&sources, run, "é y"), "é y");
        assert_eq!(source_of(&sources, run, "fi"), "fi");
        assert_eq!(sources.slice(node.get("z").unwrap().span), "1");
        assert!(sources.slice(run.span).ends_with("fi"));
    }

    #[test]
    fn folded_and_quoted_text_maps_back() {
        let (sources, node) =
            good("a: >-\n   one\n   two\n\n   three\nb: \"x\\n\\u00e9 y\n   z\\\"w\"\nc: 'it''s here'\nd: p\n  q\n");
        let a = node.get("a").unwrap();
        assert_eq!(a.text(), Some("one two\nthree"));
        assert_eq!(source_of(&sources, a, "two"), "two");
        assert_eq!(source_of(&sources, a, "three"), "three");
        let b = node.get("b").unwrap();
        assert_eq!(b.text(), Some("x\né y z\"w"));
        assert_eq!(source_of(&sources, b, "é"), "\\u00e9");
        assert_eq!(source_of(&sources, b, "z\"w"), "z\\\"w");
        let c = node.get("c").unwrap();
        assert_eq!(source_of(&sources, c, "here"), "here");
        assert_eq!(source_of(&sources, node.get("d").unwrap(), "q"), "q");
    }

    #[test]
    fn aliases_stand_for_what_they_name_and_merge_keys_are_plain() {
        let (sources, node) = good("a: &x {k: 1}\nb: *x\n<<: *x\n");
        assert_eq!(sources.slice(node.get("b").unwrap().get("k").unwrap().span), "1");
        assert!(node.get("<<").is_some());
        assert!(node.get("k").is_none());
    }

    #[test]
    fn spans_cover_collections_without_what_follows() {
        let (sources, node) = good("a:\n  - b: 1\n    c: 2\n\n\nd: [1, {e: f}]\n");
        assert_eq!(sources.slice(node.get("a").unwrap().span), "- b: 1\n    c: 2");
        assert_eq!(sources.slice(node.get("d").unwrap().span), "[1, {e: f}]");
    }

    #[test]
    fn duplicate_keys_are_kept_and_reported() {
        let (sources, node, problems) = tree("a: 1\na: 2\n");
        assert_eq!(node.unwrap().entries().len(), 2);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].span.start, 5);
        assert_eq!(sources.slice(problems[0].span), "a");
    }

    #[test]
    fn what_is_no_yaml_gives_a_problem() {
        for text in ["a: 1\n b: 2\n", "a: *q\n", "[", "&a [*a]"] {
            let (_, node, problems) = tree(text);
            assert_eq!((node, problems.len()), (None, 1), "{text:?}");
        }
        assert_eq!(tree("# nothing\n").1, None);
    }

    #[test]
    fn the_first_document_counts() {
        let (_, node) = good("a: 1\n---\nb: 2\n");
        assert!(node.get("a").is_some());
    }

    #[test]
    fn aliases_cannot_blow_up() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let below = format!("*a{}, ", level - 1).repeat(10);
            text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
        }
        assert!(tree(&text).2[0].message.contains("nodes"));
        let deep = "[".repeat(101) + &"]".repeat(101);
        assert!(tree(&deep).2[0].message.contains("deep"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_without_panic_and_spans_fit(text in "[-a&*:{}\\[\\]|>\"'#, \\\\\n\r\té]{0,60}") {
            let (sources, node, problems) = tree(&text);
            let fits = |span: Span| sources.text(span.file).get(span.range()).is_some();
            for problem in &problems {
                assert!(fits(problem.span));
            }
            let mut open: Vec<Node> = node.into_iter().collect();
            while let Some(node) = open.pop() {
                assert!(fits(node.span));
                match node.kind {
                    Kind::Scalar(scalar) => {
                        for (at, c) in scalar.text.char_indices() {
                            assert!(fits(scalar.offsets.span(at, at + c.len_utf8())));
                            assert!(fits(scalar.offsets.span(0, at)));
                        }
                    }
                    Kind::Sequence(items) => open.extend(items),
                    Kind::Mapping(entries) => {
                        open.extend(entries.into_iter().flat_map(|entry| [entry.key, entry.value]));
                    }
                }
            }
        }
    }
}
