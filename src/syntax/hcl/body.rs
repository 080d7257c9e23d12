//! Bodies: attributes and blocks, line by line.

use std::collections::HashSet;
use std::sync::Arc;

use super::ast::{Attribute, Block, Body, ExprKind, Name};
use super::cursor::{Parser, Read, Stumbled};
use crate::source::{Span, Spanned};
use crate::syntax::SyntaxProblem;

/// Attributes of one body up to here are compared one by one; a set is worth it beyond.
const FEW_ATTRIBUTES: usize = 16;

/// What Git writes around the two sides of a conflict.
const CONFLICT_MARKERS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// A body that is being read.
struct Reading {
    body: Body,
    names: HashSet<Arc<str>>,
}

impl Reading {
    fn new(span: Span) -> Self {
        Self { body: Body { attributes: Vec::new(), blocks: Vec::new(), span }, names: HashSet::new() }
    }

    /// Adds an attribute; false when its name was taken already.
    fn add(&mut self, attribute: Attribute) -> bool {
        let name = &attribute.name.value;
        let fresh = if self.body.attributes.len() < FEW_ATTRIBUTES {
            self.body.attribute(name).is_none()
        } else {
            if self.names.is_empty() {
                self.names.extend(self.body.attributes.iter().map(|known| Arc::clone(&known.name.value)));
            }
            self.names.insert(Arc::clone(name))
        };
        self.body.attributes.push(attribute);
        fresh
    }
}

/// How a body's items are laid out.
#[derive(Clone, Copy, PartialEq)]
enum Layout {
    /// One item a line.
    Lines,
    /// `{ name = value }`, all on the line of the brace.
    OneLine,
    /// As the last, but with more in it; that has been reported.
    Crowded,
}

impl Parser<'_> {
    pub(super) fn file(&mut self) -> Body {
        let mut reading = Reading::new(self.span(self.at, self.end));
        loop {
            self.items(&mut reading, Layout::Lines);
            if self.done() {
                return reading.body;
            }
            // Only a stray closing brace ends the items before the end of the file.
            let here = self.here();
            self.problem_with(
                SyntaxProblem::new(here, "this `}` closes nothing")
                    .with_help("remove it, or open the block it should close"),
            );
            self.at += 1;
        }
    }

    /// Attributes and blocks up to a closing brace or the end.
    fn items(&mut self, reading: &mut Reading, mut layout: Layout) {
        let nested = self.nested();
        loop {
            self.blank_lines();
            if self.done() || self.peek() == b'}' || (nested && self.at_forced_close()) {
                return;
            }
            let start = self.at;
            let blocks = reading.body.blocks.len();
            if self.item(reading).is_err() {
                self.recover(start);
                // The reader may have looked for the end of the value further on than it turned out to be.
                let end = self.span(self.at, self.at).start;
                if let Some(bad) = reading.body.attributes.last_mut() {
                    bad.value.span.end = bad.value.span.end.min(end);
                    bad.span.end = bad.span.end.min(end);
                }
                continue;
            }
            let block = reading.body.blocks.get(blocks);
            if layout == Layout::OneLine
                && let Some(block) = block
            {
                let problem = SyntaxProblem::new(block.header, "a block cannot stand in a one-line block")
                    .with_help("put it on a line of its own, and the closing `}` on another");
                self.problem_with(problem);
                layout = Layout::Crowded;
            }
            self.after_item(&mut layout, block.is_some(), nested);
        }
    }

    /// What separates an item from the next, or from the end of its block.
    fn after_item(&mut self, layout: &mut Layout, block: bool, nested: bool) {
        self.space();
        let next = self.peek();
        if self.done() || self.at_forced_close() {
            return;
        }
        match *layout {
            Layout::Lines if self.at_line_end() || (next == b'}' && !nested) => {}
            Layout::OneLine if next == b'}' => {}
            Layout::Crowded => {
                self.take(b',');
            }
            Layout::Lines if next == b'}' => {
                let problem = self
                    .expectation("a new line before the closing brace")
                    .with_help("put `}` on a line of its own, or the whole block on one line");
                self.problem_with(problem);
            }
            Layout::Lines if next == b',' => {
                let problem =
                    self.expectation("a new line").with_help("attributes are separated by line ends, not by `,`");
                self.problem_with(problem);
                self.at += 1;
            }
            Layout::Lines => {
                self.expected("a new line");
                // After a whole block, what follows on the line may well be another.
                if !block {
                    self.recover(self.at);
                }
            }
            Layout::OneLine => {
                *layout = Layout::Crowded;
                let problem = self
                    .expectation("`}` after the only attribute of a one-line block")
                    .with_help("put each attribute on a line of its own, and the closing `}` on another");
                self.problem_with(problem);
                self.take(b',');
            }
        }
    }

    fn item(&mut self, reading: &mut Reading) -> Read<()> {
        let start = self.at;
        let Some(name) = self.identifier() else {
            let conflict = self.at_line_start() && CONFLICT_MARKERS.iter().any(|marker| self.starts_with(marker));
            let mut problem = self.expectation("an attribute or a block");
            if conflict {
                problem = SyntaxProblem::new(self.rest_of_line(), "a merge conflict is left unresolved here");
            } else if self.peek() == b'"' {
                problem = problem.with_help("names of attributes are written without quotes");
            }
            return Err(self.problem_with(problem));
        };
        self.space();
        if self.peek() == b'=' && self.peek_at(1) != b'=' {
            self.at += 1;
            self.space();
            let value = self.expression();
            let bad = matches!(value.kind, ExprKind::Invalid);
            let span = name.span.to(value.span);
            let (text, place) = (Arc::clone(&name.value), name.span);
            if !reading.add(Attribute { name, value, span }) {
                let problem = SyntaxProblem::new(place, format!("`{text}` is set twice in this block"))
                    .with_help("remove one of the two");
                self.problem_with(problem);
            }
            return if bad { Err(Stumbled) } else { Ok(()) };
        }
        self.block(name, start, &mut reading.body)
    }

    fn block(&mut self, kind: Name, start: usize, body: &mut Body) -> Read<()> {
        let mut labels: Vec<Name> = Vec::new();
        loop {
            self.space();
            match self.peek() {
                b'{' => break,
                b'"' => labels.push(self.quoted_label()?),
                b':' if labels.is_empty() => {
                    let problem = self
                        .expectation(&format!("`=` after `{}`", kind.value))
                        .with_help("attributes are written `name = value`");
                    return Err(self.problem_with(problem));
                }
                _ => match self.identifier() {
                    Some(label) => labels.push(label),
                    None if labels.is_empty() => {
                        return Err(self.expected(&format!("`=` or a block after `{}`", kind.value)));
                    }
                    None if self.at_line_end() => {
                        let problem =
                            self.expectation("`{` to open the block").with_help("put `{` on the line of the labels");
                        let stumbled = self.problem_with(problem);
                        let line_end = self.at;
                        self.blank_lines();
                        if self.peek() != b'{' {
                            self.at = line_end;
                            return Err(stumbled);
                        }
                    }
                    None => return Err(self.expected("`{` to open the block")),
                },
            }
        }
        let header = labels.last().map_or(kind.span, |label| kind.span.to(label.span));
        let open = self.at;
        self.at += 1;
        let mut inner = Reading::new(self.span(open, open));
        let outcome = self.deeper(|parser| {
            parser.within(true, |parser| {
                parser.space();
                let layout = if parser.at_line_end() { Layout::Lines } else { Layout::OneLine };
                parser.items(&mut inner, layout);
                Ok(())
            })
        });
        let closed = outcome.is_ok() && self.take(b'}');
        inner.body.span = self.since(open);
        if !closed && outcome.is_ok() {
            self.unclosed = true;
            // One missing brace leaves all the blocks around unclosed; it is told once.
            if self.cut_off.replace(self.at) != Some(self.at) {
                self.problem_with(
                    SyntaxProblem::new(header, format!("this `{}` block is never closed", kind.value))
                        .with_help("add the missing `}`"),
                );
            }
        }
        // What was read of a bad block is kept: its good attributes still count.
        body.blocks.push(Block { kind, labels, body: inner.body, header, span: self.since(start) });
        outcome
    }

    fn quoted_label(&mut self) -> Read<Name> {
        let label = self.quoted()?;
        match &label.kind {
            ExprKind::Text(text) => Ok(Spanned::new(Arc::clone(text), label.span)),
            _ => Err(self.problem_with(
                SyntaxProblem::new(label.span, "a block label cannot have an interpolation")
                    .with_help("labels are fixed names; `$${` writes a literal `${`"),
            )),
        }
    }
}
