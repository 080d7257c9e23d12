//! The way of a value as a tree: from its use back to everything that it was made from.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use crate::document;
use crate::report::{Blocking, Places};
use crate::source::{FileId, Sources, Span};
use crate::syntax::hcl::{
    self,
    ast::{Attribute, Body},
};
use crate::value::{Node, Origin, Value};

/// Places in one tree. A value made from thousands of others is told by its first ones.
const MAX_STATIONS: usize = 64;

/// One place on the way back.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Station {
    /// Where, and what is written there.
    #[serde(flatten)]
    pub at: Blocking,
    /// What it is written in: a block such as `variable "timeout"`, or the heading of a page's section.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// What the value was made from here.
    pub from: Vec<Station>,
    #[serde(skip)]
    is_reference: bool,
}

impl Station {
    fn hide(&mut self) {
        if !self.is_reference {
            "(sensitive)".clone_into(&mut self.at.expression);
        }
        self.from.iter_mut().for_each(Self::hide);
    }
}

/// Makes trees, and reads each file once for the names of what its places are in.
pub(super) struct Tracer<'s> {
    sources: &'s Sources,
    bodies: HashMap<FileId, Arc<Body>>,
}

impl<'s> Tracer<'s> {
    pub(super) fn new(sources: &'s Sources) -> Self {
        Self { sources, bodies: HashMap::new() }
    }

    /// The way of a value. Of one that must not be shown, only references are: what is written elsewhere may be it.
    pub(super) fn trace(&mut self, value: &Value) -> Option<Station> {
        let mut left = MAX_STATIONS;
        let mut station = self.station(&value.origin, &mut left)?;
        if value.holds_sensitive() {
            station.hide();
        }
        Some(station)
    }

    fn station(&mut self, origin: &Origin, left: &mut usize) -> Option<Station> {
        let span = origin.span()?;
        *left = left.checked_sub(1)?;
        let mut from: Vec<Station> = Vec::new();
        for station in before(origin).into_iter().flat_map(|before| self.below(span, before, left)) {
            // A template names one thing for each of its known and unknown pieces.
            if from.iter().all(|known| known.at != station.at) {
                from.push(station);
            }
        }
        let mut at = Places::new(self.sources).blocking(span);
        if span.is_empty() {
            // Nothing is written there to be shown.
            at.expression = "the plan".to_owned();
        }
        let is_reference = matches!(origin.node(), Some(Node::Via(..)));
        Some(Station { at, within: self.within(span), from, is_reference })
    }

    /// The stations before one at `span`. A part of the same expression stands there in plain sight, so that only
    /// references in it, which lead elsewhere, are stations of their own.
    fn below(&mut self, span: Span, origin: &Origin, left: &mut usize) -> Vec<Station> {
        let Some(here) = origin.span() else { return Vec::new() };
        let is_reference = matches!(origin.node(), Some(Node::Via(..)));
        if here == span || span.contains(here) && !is_reference {
            return before(origin).into_iter().flat_map(|before| self.below(span, before, left)).collect();
        }
        self.station(origin, left).into_iter().collect()
    }

    fn within(&mut self, span: Span) -> Option<String> {
        let path = self.sources.path(span.file);
        let text = self.sources.text(span.file);
        if path.ends_with(".md") {
            return document::heading_above(text, span.start as usize);
        }
        let is_hcl = [".tf", ".tfvars", ".hcl"].iter().any(|ending| path.ends_with(ending));
        let body = is_hcl.then(|| {
            let parse = || Arc::new(hcl::parse_body(span.file, text).0);
            Arc::clone(self.bodies.entry(span.file).or_insert_with(parse))
        })?;
        let named = |attributes: &[Attribute]| {
            attributes.iter().find(|attribute| attribute.span.contains(span)).map(|found| found.name.value.to_string())
        };
        match body.blocks.iter().find(|block| block.span.contains(span)) {
            Some(block) if &*block.kind.value == "locals" => {
                named(&block.body.attributes).map(|name| format!("local.{name}"))
            }
            Some(block) if block.header.contains(span) => None,
            Some(block) => Some(self.sources.slice(block.header).to_owned()),
            None => named(&body.attributes),
        }
    }
}

/// The origins that a value was made from at its nearest place.
fn before(origin: &Origin) -> Vec<&Origin> {
    match origin.node() {
        None | Some(Node::Source(_)) => Vec::new(),
        Some(Node::Via(_, from)) => vec![from],
        Some(Node::Derived(_, from)) => from.iter().collect(),
        Some(Node::Text(_, pieces)) => pieces.iter().map(|piece| &piece.origin).collect(),
        Some(Node::Encoded(_, value)) => vec![&value.origin],
    }
}
