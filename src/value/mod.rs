//! Terraform's values, each with where it came from.
//!
//! A [`Value`] is known, partly known (a string with unknown pieces, a collection with unknown
//! elements) or [`Unknown`]. An unknown has a name, so that two references to the same unknown
//! attribute are the same value, and a reason, so that a verdict that hangs on it can say why.

mod compare;
mod convert;
mod decimal;
mod display;
mod number;
mod origin;
mod types;
mod unify;

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization as _;

use crate::source::Span;

pub use compare::{Answer, equals};
pub use convert::{ConvertError, convert};
pub use decimal::Decimal;
pub use display::{render, to_json};
pub use number::Number;
pub use origin::{Link, Node, Origin, TextPiece};
pub use types::{ObjectType, OptionalAttribute, Type};
pub use unify::unify;

/// Keys to values, in the order Terraform walks them.
pub type Fields = BTreeMap<Arc<str>, Value>;

/// A value, where it came from, and whether it must not be shown.
#[derive(Debug, Clone, Default)]
pub struct Value {
    /// The value itself.
    pub data: Data,
    /// Where it came from.
    pub origin: Origin,
    /// Whether it is marked sensitive, and so never printed.
    pub sensitive: bool,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Data {
    /// `null`, of a type where that is known.
    Null(Type),
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Arc<str>),
    /// A string of which parts are unknown. At least one piece is unknown.
    Partial(Arc<[Piece]>),
    /// A sequence whose elements may differ in type.
    Tuple(Arc<Vec<Value>>),
    /// A sequence whose elements share a type.
    List(Type, Arc<Vec<Value>>),
    /// Distinct elements of one type, in Terraform's order.
    Set(Type, Arc<Vec<Value>>),
    /// Keys to values of one type.
    Map(Type, Arc<Fields>),
    /// Keys to values that may differ in type.
    Object(Arc<Object>),
    /// Not to be known from what was read.
    Unknown(Arc<Unknown>),
}

/// The attributes of an object.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// What is known to be there.
    pub fields: Fields,
    /// For the object of a resource: what its other attributes are, the ones that only the
    /// provider knows. `None` means that there are no others.
    pub rest: Option<Arc<Unknown>>,
}

/// A stretch of a partly known string.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Known text, never empty.
    Text(Arc<str>),
    /// Something unknown; may turn out to be empty.
    Unknown(Arc<Unknown>),
}

/// Something that cannot be known from the files.
#[derive(Debug, Clone)]
pub struct Unknown {
    /// The type it will have, as far as that is known.
    pub ty: Type,
    /// What it is called, such as `module.a.aws_sqs_queue.q.arn`. Two unknowns of one name are equal.
    pub name: Option<Arc<str>>,
    /// Why it is not known, as a clause: "known only after apply".
    pub reason: Arc<str>,
    /// The expression that could not be followed.
    pub span: Option<Span>,
    /// Whether it can be told that it will not be null.
    pub not_null: bool,
}

impl Unknown {
    /// An unknown without a name.
    pub fn new(ty: Type, reason: impl Into<Arc<str>>, span: Option<Span>) -> Self {
        Self { ty, name: None, reason: reason.into(), span, not_null: false }
    }

    /// Gives it a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Whether both are bound to turn out the same.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.name.is_some() && self.name == other.name
    }

    /// The unknown that an attribute of this one is.
    #[must_use]
    pub fn attribute(&self, name: &str, span: Span) -> Self {
        Self {
            ty: self.ty.attribute(name),
            name: self.name.as_ref().map(|own| format!("{own}.{name}").into()),
            reason: Arc::clone(&self.reason),
            span: Some(span),
            not_null: false,
        }
    }

    /// The unknown that something computed from this one is.
    #[must_use]
    pub fn derived(&self, ty: Type) -> Self {
        Self { ty, name: None, reason: Arc::clone(&self.reason), span: self.span, not_null: false }
    }
}

/// The text in normalization form C.
fn normal_form(text: Arc<str>) -> Arc<str> {
    if text.is_ascii() || unicode_normalization::is_nfc(&text) {
        return text;
    }
    text.nfc().collect::<String>().into()
}

impl Default for Data {
    fn default() -> Self {
        Self::Null(Type::Any)
    }
}

impl Value {
    /// A value without an origin.
    #[must_use]
    pub fn new(data: Data) -> Self {
        Self { data, origin: Origin::default(), sensitive: false }
    }

    /// `null` of no particular type.
    #[must_use]
    pub fn null() -> Self {
        Self::default()
    }

    /// A string. As in Terraform every string is in Unicode's normalization form C.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::new(Data::String(normal_form(text.into())))
    }

    /// A tuple.
    #[must_use]
    pub fn tuple(items: Vec<Self>) -> Self {
        Self::new(Data::Tuple(Arc::new(items)))
    }

    /// A list; its elements must already be of the type.
    #[must_use]
    pub fn list(element: Type, items: Vec<Self>) -> Self {
        Self::new(Data::List(element, Arc::new(items)))
    }

    /// A set: sorts the elements as Terraform does and drops repeated ones. A sensitive element
    /// makes the set sensitive, for its place would tell something of it.
    #[must_use]
    pub fn set(element: Type, items: Vec<Self>) -> Self {
        let sensitive = items.iter().any(Self::holds_sensitive);
        Self::new(Data::Set(element, Arc::new(compare::distinct_sorted(items)))).marked(sensitive)
    }

    /// A map; its values must already be of the type.
    #[must_use]
    pub fn map(element: Type, fields: Fields) -> Self {
        Self::new(Data::Map(element, Arc::new(fields)))
    }

    /// An object with no other attributes.
    #[must_use]
    pub fn object(fields: Fields) -> Self {
        Self::new(Data::Object(Arc::new(Object { fields, rest: None })))
    }

    /// An object from pairs.
    pub fn record<K: Into<Arc<str>>>(pairs: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::object(pairs.into_iter().map(|(key, value)| (normal_form(key.into()), value)).collect())
    }

    /// An unknown.
    #[must_use]
    pub fn unknown(unknown: Unknown) -> Self {
        let origin = unknown.span.map_or_else(Origin::default, Origin::source);
        Self { data: Data::Unknown(Arc::new(unknown)), origin, sensitive: false }
    }

    /// A string made of pieces: known when every piece is.
    #[must_use]
    pub fn from_pieces(pieces: Vec<Piece>) -> Self {
        let mut merged: Vec<Piece> = Vec::new();
        let mut text = String::new();
        let flush = |text: &mut String, merged: &mut Vec<Piece>| {
            if !text.is_empty() {
                merged.push(Piece::Text(std::mem::take(text).into()));
            }
        };
        for piece in pieces {
            match piece {
                Piece::Text(more) => text.push_str(&more),
                unknown @ Piece::Unknown(_) => {
                    flush(&mut text, &mut merged);
                    merged.push(unknown);
                }
            }
        }
        if merged.is_empty() {
            return Self::string(text);
        }
        flush(&mut text, &mut merged);
        Self::new(Data::Partial(merged.into()))
    }

    /// The same value with this origin.
    #[must_use]
    pub fn at(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The same value, written at `span`.
    #[must_use]
    pub fn written_at(self, span: Span) -> Self {
        self.at(Origin::source(span))
    }

    /// The same value, reached by a reference at `span`.
    #[must_use]
    pub fn via(mut self, span: Span) -> Self {
        self.origin = Origin::via(span, self.origin);
        self
    }

    /// The same value, marked sensitive when `mark` is set.
    #[must_use]
    pub fn marked(mut self, mark: bool) -> Self {
        self.sensitive |= mark;
        self
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null(_))
    }

    /// The unknown this is, if it is wholly unknown.
    #[must_use]
    pub fn as_unknown(&self) -> Option<&Arc<Unknown>> {
        match &self.data {
            Data::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The first unknown in here, at any depth.
    #[must_use]
    pub fn first_unknown(&self) -> Option<&Arc<Unknown>> {
        match &self.data {
            Data::Unknown(unknown) => Some(unknown),
            Data::Partial(pieces) => pieces.iter().find_map(|piece| match piece {
                Piece::Unknown(unknown) => Some(unknown),
                Piece::Text(_) => None,
            }),
            Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => {
                items.iter().find_map(Self::first_unknown)
            }
            Data::Map(_, fields) => fields.values().find_map(Self::first_unknown),
            Data::Object(object) => object.fields.values().find_map(Self::first_unknown),
            _ => None,
        }
    }

    /// Whether this or anything in it is marked sensitive.
    #[must_use]
    pub fn holds_sensitive(&self) -> bool {
        self.sensitive
            || match &self.data {
                Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => {
                    items.iter().any(Self::holds_sensitive)
                }
                Data::Map(_, fields) => fields.values().any(Self::holds_sensitive),
                Data::Object(object) => object.fields.values().any(Self::holds_sensitive),
                _ => false,
            }
    }

    /// The text, when this is a known string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when this is a known number.
    #[must_use]
    pub fn as_number(&self) -> Option<&Number> {
        match &self.data {
            Data::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The truth, when this is known to be true or false.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match &self.data {
            Data::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements, when this is a list, set or tuple.
    #[must_use]
    pub fn as_items(&self) -> Option<&[Self]> {
        match &self.data {
            Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => Some(items),
            _ => None,
        }
    }

    /// The fields, when this is a map or an object.
    #[must_use]
    pub fn as_fields(&self) -> Option<&Fields> {
        match &self.data {
            Data::Map(_, fields) => Some(fields),
            Data::Object(object) => Some(&object.fields),
            _ => None,
        }
    }

    /// A field by name, when this is a map or an object that has it.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Self> {
        self.as_fields()?.get(name)
    }

    /// The pieces, when this is a string, known or partly known, or an unknown one.
    #[must_use]
    pub fn as_pieces(&self) -> Option<Vec<Piece>> {
        match &self.data {
            Data::String(text) if text.is_empty() => Some(Vec::new()),
            Data::String(text) => Some(vec![Piece::Text(Arc::clone(text))]),
            Data::Partial(pieces) => Some(pieces.to_vec()),
            Data::Unknown(unknown) => Some(vec![Piece::Unknown(Arc::clone(unknown))]),
            _ => None,
        }
    }

    /// The type.
    #[must_use]
    pub fn ty(&self) -> Type {
        match &self.data {
            Data::Null(ty) => ty.clone(),
            Data::Bool(_) => Type::Bool,
            Data::Number(_) => Type::Number,
            Data::String(_) | Data::Partial(_) => Type::String,
            Data::Tuple(items) => Type::Tuple(items.iter().map(Self::ty).collect()),
            Data::List(element, _) => Type::List(Arc::new(element.clone())),
            Data::Set(element, _) => Type::Set(Arc::new(element.clone())),
            Data::Map(element, _) => Type::Map(Arc::new(element.clone())),
            Data::Object(object) => {
                Type::object(object.fields.iter().map(|(key, value)| (Arc::clone(key), value.ty())))
            }
            Data::Unknown(unknown) => unknown.ty.clone(),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::new(Data::Bool(value))
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Self::new(Data::Number(value))
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Number::from(value).into()
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Number::from(value).into()
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::string(value)
    }
}
