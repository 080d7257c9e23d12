//! The types of what JSONPaths select, and what is wrong with a path whatever the model turns out to hold.

use jsonpath_rust::parser::model::{
    Comparable, Filter, FilterAtom, FnArg, JpQuery, Literal, Segment, Selector, SingularQuery, SingularQuerySegment,
    Test, TestFunction,
};

use super::infer::{missing, never_equal};
use super::jsonpath::PathError;
use super::rule::RuleError;
use crate::source::Span;
use crate::value::Type;

/// Infers the type of what a path selects.
pub(super) struct PathInference<'p> {
    /// The type of the model.
    model: &'p Type,
    /// The path as it is written, and where its text starts.
    text: &'p str,
    span: Span,
    /// What is wrong.
    pub(super) errors: Vec<RuleError>,
}

impl<'p> PathInference<'p> {
    /// `span` is the path's, with its quotes.
    pub(super) fn new(model: &'p Type, text: &'p str, span: Span) -> Self {
        Self { model, text, span, errors: Vec::new() }
    }

    /// The type of one selected thing.
    pub(super) fn selected(&mut self, query: &JpQuery) -> Type {
        self.segments(&query.segments, self.model.clone())
    }

    /// The error of a text that is no path.
    pub(super) fn refused(&self, error: &PathError) -> RuleError {
        let rest = self.text.len().saturating_sub(error.at).max(1);
        let message = format!("this is not a JSONPath: {}", error.message);
        RuleError { help: error.help.clone(), ..RuleError::new(self.part(error.at, rest), message) }
    }

    /// Where a name stands in the path, as far as it stands there once.
    fn place(&self, name: &str) -> Span {
        let mut found = self.text.match_indices(name);
        match (found.next(), found.next()) {
            (Some((at, _)), None) => self.part(at, name.len()),
            _ => self.span,
        }
    }

    /// A part of the path. A path that is not written as it is has no parts.
    fn part(&self, at: usize, length: usize) -> Span {
        let start = self.span.start as usize + 1 + at;
        if self.span.len() == self.text.len() + 2 {
            Span::new(self.span.file, start, start + length)
        } else {
            self.span
        }
    }

    fn segments(&mut self, segments: &[Segment], from: Type) -> Type {
        let mut ty = from;
        for segment in segments {
            ty = match segment {
                Segment::Selector(selector) => self.selector(selector, &ty),
                Segment::Selectors(selectors) => {
                    let types: Vec<Type> = selectors.iter().map(|selector| self.selector(selector, &ty)).collect();
                    types
                        .into_iter()
                        .reduce(|one, other| if one == other { one } else { Type::Any })
                        .unwrap_or_default()
                }
                Segment::Descendant(_) => return Type::Any,
            };
        }
        ty
    }

    fn selector(&mut self, selector: &Selector, ty: &Type) -> Type {
        match selector {
            Selector::Name(name) => self.name(name, ty),
            Selector::Wildcard | Selector::Index(_) | Selector::Slice(..) => ty.element(),
            Selector::Filter(filter) => {
                let element = ty.element();
                self.filter(filter, &element);
                element
            }
        }
    }

    fn name(&mut self, name: &str, ty: &Type) -> Type {
        if let Type::Object(object) = ty
            && !object.attributes.contains_key(name)
        {
            let error = missing(name, self.place(name), object.attributes.keys().map(|name| &**name));
            self.errors.push(error);
        }
        ty.attribute(name)
    }

    fn filter(&mut self, filter: &Filter, current: &Type) {
        match filter {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| self.filter(part, current)),
            Filter::Atom(FilterAtom::Filter { expr, .. }) => self.filter(expr, current),
            Filter::Atom(FilterAtom::Test { expr, .. }) => {
                self.test(expr, current);
            }
            Filter::Atom(FilterAtom::Comparison(comparison)) => {
                let (left, right) = comparison.vals();
                let (left, right) = (self.comparable(left, current), self.comparable(right, current));
                if left.is_primitive() && right.is_primitive() && left != right {
                    self.errors.push(never_equal(self.span, &left.friendly(), &right.friendly()));
                }
            }
        }
    }

    fn test(&mut self, test: &Test, current: &Type) -> Type {
        match test {
            Test::RelQuery(segments) => self.segments(segments, current.clone()),
            Test::AbsQuery(query) => self.segments(&query.segments, self.model.clone()),
            Test::Function(function) => {
                let arguments = match function.as_ref() {
                    TestFunction::Length(only) => vec![only.as_ref()],
                    TestFunction::Value(only) | TestFunction::Count(only) => vec![only],
                    TestFunction::Search(text, pattern) | TestFunction::Match(text, pattern) => vec![text, pattern],
                    TestFunction::Custom(_, arguments) => arguments.iter().collect(),
                };
                for argument in arguments {
                    if let FnArg::Test(test) = argument {
                        self.test(test, current);
                    }
                }
                Type::Any
            }
        }
    }

    fn comparable(&mut self, comparable: &Comparable, current: &Type) -> Type {
        let (segments, from) = match comparable {
            Comparable::Literal(literal) => return of_literal(literal),
            Comparable::Function(_) => return Type::Any,
            Comparable::SingularQuery(SingularQuery::Current(segments)) => (segments, current.clone()),
            Comparable::SingularQuery(SingularQuery::Root(segments)) => (segments, self.model.clone()),
        };
        segments.iter().fold(from, |ty, segment| match segment {
            SingularQuerySegment::Name(name) => self.name(name, &ty),
            SingularQuerySegment::Index(_) => ty.element(),
        })
    }
}

fn of_literal(literal: &Literal) -> Type {
    match literal {
        Literal::Int(_) | Literal::Float(_) => Type::Number,
        Literal::String(_) => Type::String,
        Literal::Bool(_) => Type::Bool,
        Literal::Null => Type::Any,
    }
}
