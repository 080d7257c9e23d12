//! Terraform's types.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The type of a value, or what a variable asks for.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Type {
    /// Not yet decided: Terraform's `any`, the type of a bare `null` and of most unknowns.
    #[default]
    Any,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(…)`
    List(Arc<Type>),
    /// `set(…)`
    Set(Arc<Type>),
    /// `map(…)`
    Map(Arc<Type>),
    /// `tuple([…])`
    Tuple(Arc<[Type]>),
    /// `object({…})`
    Object(Arc<ObjectType>),
}

/// The attributes of an object type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ObjectType {
    /// Names and types.
    pub attributes: BTreeMap<Arc<str>, Type>,
    /// Those declared with `optional(…)`, and what stands in when they are absent.
    pub optional: BTreeMap<Arc<str>, OptionalAttribute>,
}

/// An attribute declared with `optional(type, default)`.
#[derive(Debug, Clone, Default)]
pub struct OptionalAttribute {
    /// The default, already of the attribute's type; `None` means null.
    pub default: Option<super::Value>,
}

impl PartialEq for OptionalAttribute {
    /// Defaults do not take part in type identity.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Type {
    /// A list type.
    #[must_use]
    pub fn list(element: Self) -> Self {
        Self::List(Arc::new(element))
    }

    /// A set type.
    #[must_use]
    pub fn set(element: Self) -> Self {
        Self::Set(Arc::new(element))
    }

    /// A map type.
    #[must_use]
    pub fn map(element: Self) -> Self {
        Self::Map(Arc::new(element))
    }

    /// An object type without optional attributes.
    pub fn object(attributes: impl IntoIterator<Item = (Arc<str>, Self)>) -> Self {
        Self::Object(Arc::new(ObjectType { attributes: attributes.into_iter().collect(), optional: BTreeMap::new() }))
    }

    /// Whether this is a bool, number or string.
    #[must_use]
    pub fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }

    /// Whether [`Type::Any`] is nowhere in it.
    #[must_use]
    pub fn is_concrete(&self) -> bool {
        match self {
            Self::Any => false,
            Self::Bool | Self::Number | Self::String => true,
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.is_concrete(),
            Self::Tuple(items) => items.iter().all(Self::is_concrete),
            Self::Object(object) => object.attributes.values().all(Self::is_concrete),
        }
    }

    /// The type of an attribute, or of a map's elements; `Any` where that cannot be told.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Self {
        match self {
            Self::Object(object) => object.attributes.get(name).cloned().unwrap_or_default(),
            Self::Map(element) => element.as_ref().clone(),
            _ => Self::Any,
        }
    }

    /// The type of an element, where all elements share one.
    #[must_use]
    pub fn element(&self) -> Self {
        match self {
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.as_ref().clone(),
            _ => Self::Any,
        }
    }

    /// How messages name it: "string", "list of number".
    #[must_use]
    pub fn friendly(&self) -> String {
        match self {
            Self::Any => "dynamic".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Number => "number".to_owned(),
            Self::String => "string".to_owned(),
            Self::List(element) => format!("list of {}", element.friendly()),
            Self::Set(element) => format!("set of {}", element.friendly()),
            Self::Map(element) => format!("map of {}", element.friendly()),
            Self::Tuple(_) => "tuple".to_owned(),
            Self::Object(_) => "object".to_owned(),
        }
    }
}

/// As a type constraint is written.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Bool => f.write_str("bool"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::List(element) => write!(f, "list({element})"),
            Self::Set(element) => write!(f, "set({element})"),
            Self::Map(element) => write!(f, "map({element})"),
            Self::Tuple(items) => {
                f.write_str("tuple([")?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str("])")
            }
            Self::Object(object) => {
                f.write_str("object({")?;
                for (at, (name, ty)) in object.attributes.iter().enumerate() {
                    write!(f, "{}{name} = {ty}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str("})")
            }
        }
    }
}
