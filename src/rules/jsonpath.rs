//! JSONPath over values. The language is jsonpath-rust's; deciding is our own, because a filter
//! over an unknown value is neither true nor false.

mod mistake;

use std::rc::Rc;
use std::sync::Arc;

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, JpQuery, Literal, Segment, Selector, SingularQuery,
    SingularQuerySegment, Test, TestFunction,
};
use jsonpath_rust::parser::parse_json_path;

use crate::value::{Answer, Data, Number, Unknown, Value, equals};

/// Nodes that a path may visit.
const MAX_NODES: usize = 1_000_000;

/// What a path selects.
#[derive(Debug, Clone)]
pub struct Selection<N = Value> {
    /// What is selected for certain.
    pub nodes: Vec<N>,
    /// What may be selected, and what that hangs on.
    pub maybe: Vec<(N, Arc<Unknown>)>,
}

impl<N> Selection<N> {
    const EMPTY: Self = Self { nodes: Vec::new(), maybe: Vec::new() };

    fn of(node: N) -> Self {
        Self { nodes: vec![node], ..Self::EMPTY }
    }
}

/// One step down: what it is called that a value was reached by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A field of an object.
    Name(Arc<str>),
    /// An element of a list.
    Index(usize),
}

/// A value on the way of a path. Rules need no more than the value; a query tells where it stands as well.
trait Node: Clone {
    fn value(&self) -> &Value;
    fn child(&self, value: Value, key: impl FnOnce() -> Key) -> Self;
}

impl Node for Value {
    fn value(&self) -> &Value {
        self
    }

    fn child(&self, value: Value, _: impl FnOnce() -> Key) -> Self {
        value
    }
}

/// A value with the way to it.
#[derive(Debug, Clone)]
pub struct Located {
    /// The value.
    pub value: Value,
    steps: Option<Rc<Steps>>,
}

#[derive(Debug)]
struct Steps {
    last: Key,
    before: Option<Rc<Steps>>,
}

impl Located {
    /// The steps from the root.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::new();
        let mut steps = self.steps.as_ref();
        while let Some(step) = steps {
            keys.push(step.last.clone());
            steps = step.before.as_ref();
        }
        keys.reverse();
        keys
    }
}

impl Node for Located {
    fn value(&self) -> &Value {
        &self.value
    }

    fn child(&self, value: Value, key: impl FnOnce() -> Key) -> Self {
        Self { value, steps: Some(Rc::new(Steps { last: key(), before: self.steps.clone() })) }
    }
}

/// A text that is no JSONPath.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PathError {
    /// What is wrong.
    pub message: String,
    /// The byte of the path from which on it cannot be read.
    pub at: usize,
    /// How to mend it, where that can be told.
    pub help: Option<String>,
}

/// Reads a path.
///
/// # Errors
/// When it is none.
pub fn parse(path: &str) -> Result<JpQuery, PathError> {
    parse_json_path(path).map_err(|error| mistake::explain(path, &error))
}

/// What a path selects from a value.
#[must_use]
pub fn select(query: &JpQuery, root: &Value) -> Selection {
    Walk { root, left: MAX_NODES }.path(&query.segments, root.clone())
}

/// What a path selects from a value, each with the way to it.
#[must_use]
pub fn locate(query: &JpQuery, root: &Value) -> Selection<Located> {
    Walk { root, left: MAX_NODES }.path(&query.segments, Located { value: root.clone(), steps: None })
}

struct Walk<'r> {
    root: &'r Value,
    left: usize,
}

impl Walk<'_> {
    fn path<N: Node>(&mut self, segments: &[Segment], from: N) -> Selection<N> {
        segments.iter().fold(Selection::of(from), |from, segment| self.segment(segment, &from))
    }

    fn segment<N: Node>(&mut self, segment: &Segment, from: &Selection<N>) -> Selection<N> {
        let mut to = Selection::EMPTY;
        for node in &from.nodes {
            self.step(segment, node, &mut to);
        }
        for (node, unknown) in &from.maybe {
            let mut reached = Selection::EMPTY;
            self.step(segment, node, &mut reached);
            to.maybe.extend(reached.nodes.into_iter().map(|node| (node, Arc::clone(unknown))));
            to.maybe.extend(reached.maybe);
        }
        to
    }

    fn step<N: Node>(&mut self, segment: &Segment, node: &N, to: &mut Selection<N>) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        match segment {
            Segment::Selector(selector) => self.selector(selector, node, to),
            Segment::Selectors(selectors) => selectors.iter().for_each(|selector| self.selector(selector, node, to)),
            Segment::Descendant(inner) => {
                self.step(inner, node, to);
                for child in children(node) {
                    self.step(segment, &child, to);
                }
            }
        }
    }

    fn selector<N: Node>(&mut self, selector: &Selector, node: &N, to: &mut Selection<N>) {
        let value = node.value();
        if let Some(unknown) = value.as_unknown() {
            to.maybe.push((node.clone(), Arc::clone(unknown)));
            return;
        }
        match selector {
            Selector::Name(name) => {
                let named = |value: Value| node.child(value, || Key::Name(name.as_str().into()));
                match (&value.data, value.field(name)) {
                    (_, Some(found)) => to.nodes.push(named(found.clone())),
                    (Data::Object(object), None) => to.maybe.extend(
                        object
                            .rest
                            .as_ref()
                            .map(|rest| (named(Value::unknown(rest.as_ref().clone())), Arc::clone(rest))),
                    ),
                    (_, None) => {}
                }
            }
            Selector::Wildcard => to.nodes.extend(children(node)),
            Selector::Index(index) => {
                let at = if *index < 0 {
                    let length = value.as_items().unwrap_or(&[]).len();
                    length.checked_add_signed(isize::try_from(*index).unwrap_or(isize::MIN))
                } else {
                    usize::try_from(*index).ok()
                };
                to.nodes.extend(at.and_then(|at| item(node, at)));
            }
            Selector::Slice(start, end, step) => {
                let length = value.as_items().unwrap_or(&[]).len();
                to.nodes.extend(slice(length, *start, *end, *step).into_iter().filter_map(|at| item(node, at)));
            }
            Selector::Filter(filter) => {
                for child in children(node) {
                    match self.filter(filter, child.value()) {
                        Answer::Yes => to.nodes.push(child),
                        Answer::No => {}
                        Answer::Unknown(unknown) => to.maybe.push((child, unknown)),
                    }
                }
            }
        }
    }

    fn filter(&mut self, filter: &Filter, node: &Value) -> Answer {
        match filter {
            Filter::And(all) => all.iter().fold(Answer::Yes, |so_far, filter| so_far.and(|| self.filter(filter, node))),
            Filter::Or(any) => {
                not(any.iter().fold(Answer::Yes, |so_far, filter| so_far.and(|| not(self.filter(filter, node)))))
            }
            Filter::Atom(atom) => match atom {
                FilterAtom::Filter { expr, not: negated } => negate(self.filter(expr, node), *negated),
                FilterAtom::Test { expr, not: negated } => negate(self.test(expr, node), *negated),
                FilterAtom::Comparison(comparison) => self.comparison(comparison, node),
            },
        }
    }

    fn test(&mut self, test: &Test, node: &Value) -> Answer {
        match test {
            Test::Function(function) => self.truth_of(function, node),
            Test::RelQuery(_) | Test::AbsQuery(_) => {
                let selection = self.query(test, node);
                match (selection.nodes.is_empty(), selection.maybe.first()) {
                    (false, _) => Answer::Yes,
                    (true, Some((_, unknown))) => Answer::Unknown(Arc::clone(unknown)),
                    (true, None) => Answer::No,
                }
            }
        }
    }

    fn query(&mut self, test: &Test, node: &Value) -> Selection {
        match test {
            Test::RelQuery(segments) => self.path(segments, node.clone()),
            Test::AbsQuery(query) => self.path(&query.segments, self.root.clone()),
            Test::Function(_) => Selection::EMPTY,
        }
    }

    fn comparison(&mut self, comparison: &Comparison, node: &Value) -> Answer {
        let (left, right) = comparison.vals();
        let (left, right) = (self.comparable(left, node), self.comparable(right, node));
        let equal = || match (&left, &right) {
            (None, None) => Answer::Yes,
            (Some(left), Some(right)) => equals(left, right),
            (Some(only), None) | (None, Some(only)) => match only.as_unknown() {
                Some(unknown) => Answer::Unknown(Arc::clone(unknown)),
                None => Answer::No,
            },
        };
        let less = |left: &Option<Value>, right: &Option<Value>| match (left, right) {
            (Some(left), Some(right)) => less(left, right),
            _ => Answer::No,
        };
        match comparison {
            Comparison::Eq(..) => equal(),
            Comparison::Ne(..) => not(equal()),
            Comparison::Lt(..) => less(&left, &right),
            Comparison::Gt(..) => less(&right, &left),
            Comparison::Lte(..) => not(not(less(&left, &right)).and(|| not(equal()))),
            Comparison::Gte(..) => not(not(less(&right, &left)).and(|| not(equal()))),
        }
    }

    fn comparable(&mut self, comparable: &Comparable, node: &Value) -> Option<Value> {
        match comparable {
            Comparable::Literal(literal) => Some(literal_value(literal)),
            Comparable::Function(function) => self.value_of(function, node),
            Comparable::SingularQuery(query) => {
                let (segments, mut at) = match query {
                    SingularQuery::Current(segments) => (segments, node.clone()),
                    SingularQuery::Root(segments) => (segments, self.root.clone()),
                };
                for segment in segments {
                    at = match segment {
                        _ if at.as_unknown().is_some() => return Some(at),
                        SingularQuerySegment::Name(name) => match (&at.data, at.field(name)) {
                            (_, Some(found)) => found.clone(),
                            (Data::Object(object), None) => Value::unknown(object.rest.as_ref()?.as_ref().clone()),
                            _ => return None,
                        },
                        SingularQuerySegment::Index(index) => {
                            at.as_items()?.get(usize::try_from(*index).ok()?)?.clone()
                        }
                    };
                }
                Some(at)
            }
        }
    }

    fn argument(&mut self, argument: &FnArg, node: &Value) -> Selection {
        match argument {
            FnArg::Literal(literal) => Selection::of(literal_value(literal)),
            FnArg::Test(test) => self.query(test, node),
            FnArg::Filter(_) => Selection::EMPTY,
        }
    }

    fn value_of(&mut self, function: &TestFunction, node: &Value) -> Option<Value> {
        match function {
            TestFunction::Count(argument) => Some(Value::from(self.argument(argument, node).nodes.len())),
            TestFunction::Value(argument) => {
                let selection = self.argument(argument, node);
                let mut nodes = selection.nodes.into_iter().chain(selection.maybe.into_iter().map(|(node, _)| node));
                nodes.next().filter(|_| nodes.next().is_none())
            }
            TestFunction::Length(argument) => {
                let only = self.argument(argument, node).nodes.into_iter().next()?;
                if only.as_unknown().is_some() {
                    return Some(only);
                }
                let length = only.as_str().map(|text| text.chars().count());
                length
                    .or_else(|| only.as_items().map(<[Value]>::len))
                    .or_else(|| only.as_fields().map(|fields| fields.len()))
                    .map(Value::from)
            }
            TestFunction::Search(..) | TestFunction::Match(..) | TestFunction::Custom(..) => None,
        }
    }

    fn truth_of(&mut self, function: &TestFunction, node: &Value) -> Answer {
        let (text, pattern, whole) = match function {
            TestFunction::Search(text, pattern) => (text, pattern, false),
            TestFunction::Match(text, pattern) => (text, pattern, true),
            other => return Answer::of(self.value_of(other, node).is_some()),
        };
        let text = self.argument(text, node);
        let pattern = self.argument(pattern, node);
        if let Some((_, unknown)) = text.maybe.first().or(pattern.maybe.first()) {
            return Answer::Unknown(Arc::clone(unknown));
        }
        let (Some(text), Some(pattern)) = (text.nodes.first(), pattern.nodes.first()) else {
            return Answer::No;
        };
        if let Some(unknown) = text.first_unknown() {
            return Answer::Unknown(Arc::clone(unknown));
        }
        let (Some(text), Some(pattern)) = (text.as_str(), pattern.as_str()) else {
            return Answer::No;
        };
        let pattern = if whole { format!("^(?:{pattern})$") } else { pattern.to_owned() };
        Answer::of(regex::Regex::new(&pattern).is_ok_and(|regex| regex.is_match(text)))
    }
}

fn children<N: Node>(node: &N) -> Vec<N> {
    let value = node.value();
    match (value.as_items(), value.as_fields()) {
        (Some(items), _) => {
            items.iter().enumerate().map(|(at, item)| node.child(item.clone(), || Key::Index(at))).collect()
        }
        (None, Some(fields)) => {
            fields.iter().map(|(name, field)| node.child(field.clone(), || Key::Name(Arc::clone(name)))).collect()
        }
        (None, None) => Vec::new(),
    }
}

fn item<N: Node>(node: &N, at: usize) -> Option<N> {
    let item = node.value().as_items()?.get(at)?;
    Some(node.child(item.clone(), || Key::Index(at)))
}

/// The indices that a slice takes of a list of this length.
fn slice(length: usize, start: Option<i64>, end: Option<i64>, step: Option<i64>) -> Vec<usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let step = step.unwrap_or(1);
    let clamp = |at: i64| if at < 0 { (at + length).max(0) } else { at.min(length) };
    let index = |at: i64| usize::try_from(at).ok();
    if step > 0 {
        let (start, end) = (clamp(start.unwrap_or(0)), clamp(end.unwrap_or(length)));
        return (start..end).step_by(usize::try_from(step).unwrap_or(1)).filter_map(index).collect();
    }
    if step == 0 {
        return Vec::new();
    }
    let from = start.map_or(length - 1, |at| if at < 0 { at + length } else { at.min(length - 1) });
    let to = end.map_or(-1, |at| if at < 0 { at + length } else { at });
    let mut picked = Vec::new();
    let mut at = from;
    while at > to {
        picked.extend(index(at));
        at += step;
    }
    picked
}

fn not(answer: Answer) -> Answer {
    negate(answer, true)
}

fn negate(answer: Answer, negated: bool) -> Answer {
    match answer {
        Answer::Yes if negated => Answer::No,
        Answer::No if negated => Answer::Yes,
        other => other,
    }
}

fn less(left: &Value, right: &Value) -> Answer {
    if let Some(unknown) = left.first_unknown().or(right.first_unknown()) {
        return Answer::Unknown(Arc::clone(unknown));
    }
    match (&left.data, &right.data) {
        (Data::Number(left), Data::Number(right)) => Answer::of(left < right),
        (Data::String(left), Data::String(right)) => Answer::of(left < right),
        _ => Answer::No,
    }
}

fn literal_value(literal: &Literal) -> Value {
    match literal {
        Literal::Int(value) => Value::from(*value),
        Literal::Float(value) => Number::parse(&value.to_string()).map_or_else(Value::null, Value::from),
        Literal::String(text) => Value::string(text.as_str()),
        Literal::Bool(truth) => Value::from(*truth),
        Literal::Null => Value::null(),
    }
}

#[cfg(test)]
mod tests {
    use super::{locate, parse, select};
    use crate::value::{Type, Unknown, Value, render};

    fn model() -> Value {
        let unknown = Value::unknown(Unknown::new(Type::Number, "why", None));
        let item = |name: &str, size: Value| Value::record([("name", Value::from(name)), ("size", size)]);
        Value::record([(
            "items",
            Value::tuple(vec![
                item("a", Value::from(1_i64)),
                item("b", Value::from(3_i64)),
                item("c", unknown),
                item("d", Value::null()),
            ]),
        )])
    }

    fn found(path: &str) -> (Vec<String>, usize) {
        let selection = select(&parse(path).unwrap(), &model());
        (selection.nodes.iter().map(render).collect(), selection.maybe.len())
    }

    #[test]
    fn filters_have_three_answers() {
        assert_eq!(found("$.items[*].name"), (vec!["a".into(), "b".into(), "c".into(), "d".into()], 0));
        assert_eq!(found("$.items[?@.size > 2].name"), (vec!["b".into()], 1));
        assert_eq!(found("$.items[?@.size == null].name"), (vec!["d".into()], 1));
        assert_eq!(found("$.items[?@.name == 'a' && @.size == 1].name"), (vec!["a".into()], 0));
        assert_eq!(found("$.items[?match(@.name, '[ab]')].size"), (vec!["1".into(), "3".into()], 0));
        assert_eq!(found("$..name").0.len(), 4);
        assert_eq!(found("$.items[-1].name"), (vec!["d".into()], 0));
        assert_eq!(found("$.items[0:2].name"), (vec!["a".into(), "b".into()], 0));
    }

    #[test]
    fn the_way_to_each_value_is_known() {
        let selection = locate(&parse("$.items[-2:]['name', 'size']").unwrap(), &model());
        let keys: Vec<String> = selection.nodes.iter().map(|node| format!("{:?}", node.keys())).collect();
        assert_eq!(keys.len(), 4);
        assert_eq!(keys[0], r#"[Name("items"), Index(2), Name("name")]"#);
        assert_eq!(keys[3], r#"[Name("items"), Index(3), Name("size")]"#);
    }
}
