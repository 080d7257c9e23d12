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

    /// The way back, nearest first. Where a value was computed from several, the way of the first is
    /// followed and the sources of the others are added at the end. At most `limit` places.
    #[must_use]
    pub fn chain(&self, limit: usize) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        let mut waiting: Vec<&Self> = vec![self];
        let mut hops = 0;
        while let Some(origin) = waiting.pop() {
            let mut next = Some(origin);
            while let Some(node) = next.and_then(Self::node) {
                hops += 1;
                if links.len() >= limit || hops > 16 * limit {
                    return links;
                }
                let (span, reference, computed, from) = match node {
                    Node::Source(span) => (*span, false, false, None),
                    Node::Via(span, from) => (*span, true, false, Some(from)),
                    Node::Encoded(span, value) => (*span, false, true, Some(&value.origin)),
                    Node::Derived(span, from) => {
                        waiting.extend(from.iter().skip(1).rev());
                        (*span, false, true, from.first())
                    }
                    Node::Text(span, pieces) => {
                        let mut inner = pieces.iter().map(|piece| &piece.origin).filter(|piece| match piece.span() {
                            Some(inner) => !span.contains(inner),
                            None => false,
                        });
                        let first = inner.next();
                        waiting.extend(inner);
                        (*span, false, true, first)
                    }
                };
                if !links.iter().any(|link| link.span == span) {
                    links.push(Link { span, reference, computed });
                }
                next = from;
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

    /// The origin of the bytes `[start, end)` of the string this is the origin of: as narrow as can be told.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        match self.node() {
            Some(Node::Via(span, from)) => Self::via(*span, from.slice(start, end)),
            Some(Node::Text(span, pieces)) => {
                let at = pieces.partition_point(|piece| piece.start as usize <= start).max(1) - 1;
                let Some(piece) = pieces.get(at) else {
                    return self.clone();
                };
                let next = pieces.get(at + 1).map_or(usize::MAX, |piece| piece.start as usize);
                let offset = start - (piece.start as usize).min(start);
                match piece.origin.node() {
                    Some(Node::Source(source)) if piece.verbatim => {
                        let from = source.start as usize + offset;
                        let length = end.min(next).saturating_sub(start);
                        Self::source(Span::new(source.file, from, (from + length).min(source.end as usize)))
                    }
                    Some(_) if end <= next => piece.origin.clone(),
                    _ => Self::source(*span),
                }
            }
            _ => self.clone(),
        }
    }
}
