//! Which lines a comment speaks of, in each language.
//!
//! A comment after something speaks of its line. One on a line of its own speaks of all that begins on the next
//! line: a block, an attribute, a job, a step, a paragraph, a table. Further comments may stand between.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::directive::MARKER;
use crate::source::FileId;
use crate::syntax::hcl::ast::{Attribute, Block, Body, Expr, ExprKind};
use crate::syntax::{hcl, yaml};

/// A comment and the bytes that it speaks of.
#[derive(Debug, PartialEq)]
pub(super) struct Comment {
    /// The comment with its signs.
    pub range: Range<usize>,
    /// What it speaks of.
    pub reach: Range<usize>,
}

/// The comments of a file that hold the marker; none in a language that has no comments.
pub(super) fn comments(file: FileId, path: &str, text: &str) -> Vec<Comment> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let layout = match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "tf" | "hcl" | "tfvars" => of_hcl(file, text),
        "yml" | "yaml" => of_yaml(file, text),
        "md" | "markdown" => of_markdown(text),
        "sh" | "bash" => of_script(text, 0..text.len()),
        _ => return Vec::new(),
    };
    layout.comments(text)
}

/// Where the comments of a file are, and where whatever has lines of its own begins and ends.
#[derive(Default)]
struct Layout {
    comments: Vec<Range<usize>>,
    items: Vec<Range<usize>>,
    /// Whether blank lines may stand between a comment and what it speaks of.
    apart: bool,
}

impl Layout {
    fn comments(&self, text: &str) -> Vec<Comment> {
        let marked = self.comments.iter().filter(|range| slice(text, range).contains(MARKER));
        marked.map(|range| Comment { range: range.clone(), reach: self.reach(text, range) }).collect()
    }

    fn reach(&self, text: &str, comment: &Range<usize>) -> Range<usize> {
        let line = line_at(text, comment.start);
        let before = slice(text, &(line.start..comment.start));
        if !before.trim_start_matches('\u{feff}').trim().is_empty() {
            return line;
        }
        let mut at = comment.end;
        loop {
            let line = line_at(text, at);
            let rest = at..line.end;
            if let Some(next) = self.comment_in(&rest, text) {
                at = next.end;
                continue;
            }
            if !slice(text, &rest).trim().is_empty() {
                return self.item_on(&line);
            }
            let is_blank = at == line.start;
            if line.end >= text.len() || (is_blank && !self.apart) {
                return line_at(text, comment.start);
            }
            at = line.end + 1;
        }
    }

    /// The comment that is the first thing in a stretch.
    fn comment_in(&self, rest: &Range<usize>, text: &str) -> Option<&Range<usize>> {
        let blanks = slice(text, rest).len() - slice(text, rest).trim_start().len();
        self.comments.iter().find(|comment| comment.start == rest.start + blanks)
    }

    /// A line and all that begins on it.
    fn item_on(&self, line: &Range<usize>) -> Range<usize> {
        let begun = self.items.iter().filter(|item| line.contains(&item.start));
        line.start..begun.map(|item| item.end).fold(line.end, usize::max)
    }
}

fn slice<'t>(text: &'t str, range: &Range<usize>) -> &'t str {
    text.get(range.clone()).unwrap_or("")
}

/// The line of an offset, without its end.
fn line_at(text: &str, offset: usize) -> Range<usize> {
    let offset = offset.min(text.len());
    let start = text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let length = text.get(offset..).and_then(|after| after.find('\n'));
    start..length.map_or(text.len(), |length| offset + length)
}

fn of_hcl(file: FileId, text: &str) -> Layout {
    let (body, comments) = hcl::parse_commented(file, text);
    let mut layout = Layout { comments, ..Layout::default() };
    add_body(&body, &mut layout.items);
    layout
}

fn add_body(body: &Body, items: &mut Vec<Range<usize>>) {
    for Attribute { value, span, .. } in &body.attributes {
        items.push(span.range());
        add_parts(value, items);
    }
    for Block { body, span, .. } in &body.blocks {
        items.push(span.range());
        add_body(body, items);
    }
}

/// The parts of an expression that have lines of their own.
fn add_parts(expr: &Expr, items: &mut Vec<Range<usize>>) {
    match &expr.kind {
        ExprKind::Tuple(elements) => {
            for element in elements {
                items.push(element.span.range());
                add_parts(element, items);
            }
        }
        ExprKind::Object(pairs) => {
            for pair in pairs {
                items.push(pair.key.span.to(pair.value.span).range());
                add_parts(&pair.value, items);
            }
        }
        ExprKind::Call { arguments, .. } => arguments.iter().for_each(|argument| add_parts(argument, items)),
        ExprKind::Parens(inner) => add_parts(inner, items),
        ExprKind::For(inner) => add_parts(&inner.value, items),
        _ => {}
    }
}

fn of_yaml(file: FileId, text: &str) -> Layout {
    let mut layout = Layout { comments: yaml::comments(text), ..Layout::default() };
    let (root, _) = yaml::parse(file, text);
    if let Some(root) = root {
        add_nodes(&root, text, &mut layout);
    }
    layout
}

fn add_nodes(node: &yaml::Node, text: &str, layout: &mut Layout) {
    match &node.kind {
        yaml::Kind::Sequence(nodes) => {
            for node in nodes {
                layout.items.push(node.span.range());
                add_nodes(node, text, layout);
            }
        }
        yaml::Kind::Mapping(entries) => {
            for yaml::Entry { key, value } in entries {
                // What an alias stands for is written elsewhere.
                let whole = if value.span.start > key.span.start { key.span.to(value.span) } else { key.span };
                layout.items.push(whole.range());
                add_nodes(value, text, layout);
            }
        }
        yaml::Kind::Scalar(scalar) if scalar.style == yaml::Style::Block => {
            let script = of_script(text, node.span.range());
            layout.comments.extend(script.comments);
            layout.items.extend(script.items);
        }
        yaml::Kind::Scalar(_) => {}
    }
}

/// Comments and commands of a shell script that is part of a text. Only comments with the marker are looked for,
/// so that no other `#` has to be understood.
fn of_script(text: &str, range: Range<usize>) -> Layout {
    let mut layout = Layout::default();
    let mut start = range.start;
    let mut continued: Option<usize> = None;
    for line in slice(text, &range).split_inclusive('\n') {
        let end = start + line.trim_end().len();
        let sign = line.find(MARKER).map_or("", |at| slice(line, &(0..at))).trim_end().len();
        let is_comment = |at: &usize| {
            let before = slice(line, &(0..*at));
            line.get(*at..).is_some_and(|rest| rest.starts_with('#'))
                && (before.is_empty() || before.ends_with(char::is_whitespace))
        };
        if let Some(at) = sign.checked_sub(1).filter(is_comment) {
            layout.comments.push(start + at..end);
        } else if line.trim_start().starts_with('#') {
            layout.comments.push(start + (line.len() - line.trim_start().len())..end);
        }
        if line.trim_end().ends_with('\\') {
            continued.get_or_insert(start);
        } else if let Some(first) = continued.take() {
            layout.items.push(first..end);
        }
        start += line.len();
    }
    layout
}

fn of_markdown(text: &str) -> Layout {
    let mut layout = Layout { apart: true, ..Layout::default() };
    let mut code: Vec<Range<usize>> = Vec::new();
    // As in `document`: a byte order mark is no part of the first line.
    let page = text.trim_start_matches('\u{feff}');
    let skipped = text.len() - page.len();
    for (event, range) in Parser::new_ext(page, Options::ENABLE_TABLES).into_offset_iter() {
        let range = range.start + skipped..range.end + skipped;
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                code.push(range.clone());
                layout.items.push(range);
            }
            Event::Code(_) => code.push(range),
            Event::Start(Tag::Table(_) | Tag::Paragraph | Tag::Item | Tag::Heading { .. } | Tag::BlockQuote(_)) => {
                layout.items.push(range)
            }
            _ => {}
        }
    }
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find("<!--")).map(|found| at + found) {
        let length = text.get(start..).and_then(|rest| rest.find("-->"));
        let end = length.map_or(text.len(), |length| start + length + "-->".len());
        if code.iter().any(|code| code.contains(&start)) {
            at = start + 1;
        } else {
            layout.comments.push(start..end);
            at = end;
        }
    }
    layout
}

#[cfg(test)]
mod tests {
    use super::comments;
    use crate::source::Sources;

    /// What the only comment of a text speaks of.
    fn reach(path: &str, text: &str) -> String {
        let mut sources = Sources::new();
        let file = sources.add(path, text);
        let found = comments(file, path, text);
        let [comment] = found.as_slice() else { panic!("{} comments", found.len()) };
        text[comment.reach.clone()].to_owned()
    }

    #[test]
    fn hcl() {
        assert_eq!(reach("a.tf", "a = 1\nb = 2 # trysquare:ignore x y\nc = 3\n"), "b = 2 # trysquare:ignore x y");
        let above = "// trysquare:ignore x y\n# and another\nresource \"a\" \"b\" {\n  c = 1\n}\nd = 2\n";
        assert_eq!(reach("a.tf", above), "resource \"a\" \"b\" {\n  c = 1\n}");
        assert_eq!(
            reach("a.tf", "/* trysquare:ignore x y */ a = [\n1,\n]\n"),
            "/* trysquare:ignore x y */ a = [\n1,\n]"
        );
        assert_eq!(reach("a.tf", "a = {\n  # trysquare:ignore x y\n  b = [\n 1]\n  c = 2\n}\n"), "  b = [\n 1]");
        let apart = "# trysquare:ignore x y\n\na = 1\n";
        assert_eq!(reach("a.tf", apart), "# trysquare:ignore x y");
        assert_eq!(reach("a.tf", "a = 1\n# trysquare:ignore x y"), "# trysquare:ignore x y");
    }

    #[test]
    fn what_only_looks_like_a_comment_is_none() {
        let mut sources = Sources::new();
        let text = "a = \"# trysquare:ignore x y\"\nb = <<E\n# trysquare:ignore x y\nE\n";
        let file = sources.add("a.tf", text);
        assert_eq!(comments(file, "a.tf", text), []);
        assert_eq!(comments(file, "a.tf.json", "{\"//\": \"trysquare:ignore x y\"}"), []);
        assert_eq!(
            comments(file, "a.md", "`<!-- trysquare:ignore x y -->`\n\n    <!-- trysquare:ignore x y -->\n"),
            []
        );
        assert_eq!(comments(file, "a.yml", "a: \"# trysquare:ignore x y\"\n"), []);
    }

    #[test]
    fn yaml() {
        let job = "jobs:\n  # trysquare:ignore x y\n  a:\n    steps:\n      - run: b\n  c: {}\n";
        assert_eq!(reach("a.yml", job), "  a:\n    steps:\n      - run: b");
        let step = "steps:\n  # trysquare:ignore x y\n  - name: a\n    run: b\n  - run: c\n";
        assert_eq!(reach("a.yml", step), "  - name: a\n    run: b");
        let script = "run: |\n  a\n  # trysquare:ignore x y\n  b \\\n    c\n  d\n";
        assert_eq!(reach("a.yml", script), "  b \\\n    c");
        assert_eq!(reach("a.yml", "run: |\n  a # trysquare:ignore x y\n  b\n"), "  a # trysquare:ignore x y");
    }

    #[test]
    fn markdown() {
        let table = "<!-- trysquare:ignore x y -->\n\n| a |\n|---|\n| b |\n\nc\n";
        assert_eq!(reach("a.md", table), "| a |\n|---|\n| b |\n");
        let row = "| a |\n|---|\n| b <!-- trysquare:ignore x y --> |\n| c |\n";
        assert_eq!(reach("a.md", row), "| b <!-- trysquare:ignore x y --> |");
        assert_eq!(reach("a.md", "- a\n<!-- trysquare:ignore x y -->\n- b\n  c\n- d\n"), "- b\n  c\n");
    }
}
