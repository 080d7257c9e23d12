//! Where a value came from: the places from its use back to where it was written.

use std::sync::Arc;

use super::Value;
use crate::source::Span;

/// The way back from a value to its source. Cheap to copy; empty for values that no file wrote.
#[derive(Debug, Clone, Default)]
pub struct Origin(Option<Arc<Node>>);

impl Origin {
    /// Nothing is known of where it came from.
    pub const NONE: Self = Self(None);
}

/// One station on the way back.
#[derive(Debug)]
pub enum Node {
    /// Written here.
    Source(Span),
    /// The same value, reached by a reference here.
    Via(Span, Origin),
    /// Computed here from others.
    Derived(Span, Vec<Origin>),
    /// A string put together here; its pieces in order.
    Text(Span, Vec<TextPiece>),
    /// A text that encodes this value, made here: a policy document knows what it says, and
    /// where each part came from, even where the text as a whole is unknown.
    Encoded(Span, Box<Value>),
}

/// A stretch of a string that a template put together.
#[derive(Debug, Clone)]
pub struct TextPiece {
    /// Offset in the string at which it starts, in bytes.
    pub start: u32,
    /// Where the stretch came from.
    pub origin: Origin,
    /// Whether an offset in the stretch is an offset in the source span.
    pub verbatim: bool,
}

/// One place of an origin, for showing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The place.
    pub span: Span,
    /// Whether the value was only handed on here, neither written nor computed.
    pub reference: bool,
    /// Whether the value was computed here, so that mending this place alone would not set it.
    pub computed: bool,
}

impl Link {
    /// What the place is to the value, in a few words.
    #[must_use]
    pub fn note(&self) -> &'static str {
        if self.computed {
            "computed here"
        } else if self.reference {
            "by way of this"
        } else {
            "set here"
        }
    }
}

impl Origin {
    /// Written at `span`.
    #[must_use]
    pub fn source(span: Span) -> Self {
        Self(Some(Arc::new(Node::Source(span))))
    }

    /// Reached by a reference at `span`. A reference to something of unknown origin counts as its source.
    #[must_use]
    pub fn via(span: Span, from: Self) -> Self {
        match &from.0 {
            None => Self::source(span),
            Some(_) => Self(Some(Arc::new(Node::Via(span, from)))),
        }
    }

    /// Computed at `span`. Origins that say nothing are left out.
    #[must_use]
    pub fn derived(span: Span, from: impl IntoIterator<Item = Self>) -> Self {
        let from: Vec<Self> = from.into_iter().filter(|origin| origin.0.is_some()).collect();
        Self(Some(Arc::new(Node::Derived(span, from))))
    }

    /// Put together at `span`.
    #[must_use]
    pub fn text(span: Span, pieces: Vec<TextPiece>) -> Self {
        Self(Some(Arc::new(Node::Text(span, pieces))))
    }

    /// The encoding of `value`, made at `span`.
    #[must_use]
    pub fn encoded(span: Span, value: Value) -> Self {
        Self(Some(Arc::new(Node::Encoded(span, Box::new(value)))))
    }

    /// The value that the text of this origin encodes, if that was kept.
    #[must_use]
    pub fn decoded(&self) -> Option<&Value> {
        let mut origin = self;
        loop {
            match origin.node()? {
                Node::Encoded(_, value) => return Some(value),
                Node::Via(_, from) => origin = from,
                Node::Source(_) | Node::Derived(..) | Node::Text(..) => return None,
            }
        }
    }

    /// What the stretch at an offset of a text encodes, if that was kept: so far as it is unknown, it has no length.
    #[must_use]
    pub fn decoded_at(&self, offset: usize) -> Option<&Value> {
        let mut origin = self;
        loop {
            match origin.node()? {
                Node::Via(_, from) => origin = from,
                Node::Text(_, pieces) => {
                    let here = pieces.iter().filter(|piece| piece.start as usize == offset);
                    return here.filter_map(|piece| piece.origin.decoded()).next();
                }
                Node::Source(_) | Node::Derived(..) | Node::Encoded(..) => return None,
            }
        }
    }

    /// The station itself.
    #[must_use]
    pub fn node(&self) -> Option<&Node> {
        self.0.as_deref()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The nearest place: where the value is used.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        Some(match self.0.as_deref()? {
            Node::Source(span)
            | Node::Via(span, _)
            | Node::Derived(span, _)
            | Node::Text(span, _)
            | Node::Encoded(span, _) => *span,
        })
    }

    /// The way back, nearest first. Where a value was computed from several, the way of the first is followed and
    /// then those of the others. What lies inside an expression that is shown is seen there and no place of its own.
    /// At most `limit` places.
    #[must_use]
    pub fn chain(&self, limit: usize) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        let mut waiting: Vec<(&Self, Option<Span>)> = vec![(self, None)];
        let mut hops = 0;
        while let Some((origin, around)) = waiting.pop() {
            let Some((node, span)) = origin.node().zip(origin.span()) else {
                continue;
            };
            hops += 1;
            if links.len() >= limit || hops > 16 * limit {
                break;
            }
            let (reference, computed) = match node {
                Node::Source(_) => (false, false),
                Node::Via(..) => (true, false),
                Node::Derived(..) | Node::Text(..) | Node::Encoded(..) => (false, true),
            };
            let seen = around.is_some_and(|around| around.contains(span)) || links.iter().any(|link| link.span == span);
            if !seen {
                links.push(Link { span, reference, computed });
            }
            let around = if computed && !seen { Some(span) } else { around };
            match node {
                Node::Source(_) => {}
                Node::Via(_, from) => waiting.push((from, around)),
                Node::Encoded(_, value) => waiting.push((&value.origin, around)),
                Node::Derived(_, from) => waiting.extend(from.iter().rev().map(|from| (from, around))),
                Node::Text(_, pieces) => {
                    let literal =
                        |origin: &Self| matches!(origin.node(), Some(Node::Source(own)) if span.contains(*own));
                    let origins = pieces.iter().rev().map(|piece| &piece.origin);
                    waiting.extend(origins.filter(|origin| !literal(origin)).map(|origin| (origin, around)));
                }
            }
        }
        links
    }

    /// The place where the value itself was written, if it was only handed on since: mending that place sets the value.
    #[must_use]
    pub fn written(&self) -> Option<Span> {
        let mut origin = self;
        loop {
            match origin.node()? {
                Node::Source(span) => return Some(*span),
                Node::Via(_, from) => origin = from,
                Node::Derived(..) | Node::Text(..) | Node::Encoded(..) => return None,
            }
        }
    }

    /// The deepest place on the way of the first parents.
    #[must_use]
    pub fn deepest(&self) -> Option<Span> {
        let mut origin = self;
        let mut last = None;
        while let Some(node) = origin.node() {
            let (span, from) = match node {
                Node::Source(span) => return Some(*span),
                Node::Via(span, from) => (*span, Some(from)),
                Node::Encoded(span, value) => (*span, Some(&value.origin)),
                Node::Derived(span, from) => (*span, from.first()),
                Node::Text(span, pieces) => {
                    (*span, pieces.iter().map(|piece| &piece.origin).find(|piece| !piece.is_empty()))
                }
            };
            last = Some(span);
            match from {
                Some(from) => origin = from,
                None => break,
            }
        }
        last
    }

    /// Without the references that lead to where the value was written or computed.
    #[must_use]
    pub fn without_references(&self) -> &Self {
        let mut origin = self;
        while let Some(Node::Via(_, from)) = origin.node() {
            origin = from;
        }
        origin
    }

    /// The origin of the bytes `[start, end)` of the string this is the origin of: as narrow as can be told.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        match self.node() {
            Some(Node::Via(span, from)) => Self::via(*span, from.slice(start, end)),
            Some(Node::Text(span, pieces)) => {
                let starts_at = |index: usize| pieces.get(index).map(|piece| piece.start as usize);
                let mut first = pieces.partition_point(|piece| (piece.start as usize) < start);
                if starts_at(first) != Some(start) {
                    first = first.saturating_sub(1);
                }
                let mut last = pieces.partition_point(|piece| (piece.start as usize) < end).max(first + 1);
                // An unknown piece has no length, so one at the end starts there.
                while starts_at(last) == Some(end) && starts_at(last + 1) == Some(end) {
                    last += 1;
                }
                let starts = pieces.iter().skip(1).map(|piece| piece.start as usize).chain([usize::MAX]);
                let parts = pieces.iter().zip(starts).take(last).skip(first);
                let parts: Vec<TextPiece> = parts.map(|(piece, next)| piece.slice(start, end.min(next))).collect();
                match parts.as_slice() {
                    [] => self.clone(),
                    [only] => only.origin.clone(),
                    _ => Self::text(stretch(*span, pieces, first..last, &parts), parts),
                }
            }
            _ => self.clone(),
        }
    }
}

impl TextPiece {
    /// The part between two offsets of the string, as a piece of the string that starts at `start`.
    fn slice(&self, start: usize, end: usize) -> Self {
        let from = start.saturating_sub(self.start as usize);
        let length = end.saturating_sub(start.max(self.start as usize));
        let origin = match self.origin.node() {
            Some(Node::Source(source)) if self.verbatim => {
                let at = source.start as usize + from;
                Origin::source(Span::new(source.file, at, (at + length).min(source.end as usize)))
            }
            Some(Node::Source(_)) | None => self.origin.clone(),
            Some(_) if self.verbatim => self.origin.slice(from, from + length),
            Some(_) => self.origin.clone(),
        };
        let begins = u32::try_from(start).unwrap_or(u32::MAX);
        Self { start: self.start.saturating_sub(begins), origin, verbatim: self.verbatim }
    }
}

/// What the pieces of a template at `range` cover of it, given as `parts` with their ends cut off. An interpolation
/// goes from the end of the literal before it to the start of the one after.
fn stretch(template: Span, pieces: &[TextPiece], range: std::ops::Range<usize>, parts: &[TextPiece]) -> Span {
    let literal = |piece: Option<&TextPiece>| match piece?.origin.node() {
        Some(Node::Source(own)) if template.contains(*own) => Some(*own),
        _ => None,
    };
    let before = || literal(range.start.checked_sub(1).and_then(|before| pieces.get(before))).map(|own| own.end);
    let after = || literal(pieces.get(range.end)).map(|own| own.start);
    let start = literal(parts.first()).map(|own| own.start).or_else(before).unwrap_or(template.start);
    let end = literal(parts.last()).map(|own| own.end).or_else(after).unwrap_or(template.end);
    // The pieces of a loop do not stand in the order of the text.
    if start < end { Span { start, end, ..template } } else { template }
}
