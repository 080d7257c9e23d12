//! Conversion between types and the type that several share, by Terraform's rules
//! (the `convert` package of zclconf/go-cty).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Data, Fields, Number, Object, Origin, Piece, Type, Unknown, Value};

/// Why a value cannot be of a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConvertError(pub String);

impl ConvertError {
    fn at_attribute(self, name: &str) -> Self {
        Self(format!("attribute {name:?}: {}", self.0))
    }
}

type Converted = Result<Value, ConvertError>;

/// Converts a value, keeping origins and marks.
///
/// # Errors
/// When Terraform would refuse the conversion.
pub fn convert(value: &Value, ty: &Type) -> Converted {
    if matches!(ty, Type::Any) {
        return Ok(value.clone());
    }
    let data = match (&value.data, ty) {
        (Data::Unknown(unknown), _) => {
            return if could_convert(&unknown.ty, ty) {
                let kept = Unknown { ty: ty.clone(), ..unknown.as_ref().clone() };
                Ok(Value { data: Data::Unknown(Arc::new(kept)), ..value.clone() })
            } else {
                Err(mismatch(&unknown.ty, ty))
            };
        }
        (Data::Null(from), _) => {
            if !could_convert(from, ty) {
                return Err(mismatch(from, ty));
            }
            Data::Null(without_optional(ty))
        }
        (Data::Bool(_), Type::Bool)
        | (Data::Number(_), Type::Number)
        | (Data::String(_) | Data::Partial(_), Type::String) => {
            return Ok(value.clone());
        }
        (Data::Bool(truth), Type::String) => Data::String(if *truth { "true" } else { "false" }.into()),
        (Data::Number(number), Type::String) => Data::String(number.to_string().into()),
        (Data::String(text), Type::Number) => match parse_number(text) {
            Some(number) => Data::Number(number),
            None => return Err(ConvertError("a number is required".to_owned())),
        },
        (Data::String(text), Type::Bool) => match &**text {
            "true" | "1" => Data::Bool(true),
            "false" | "0" => Data::Bool(false),
            _ => return Err(bool_hint(text)),
        },
        (Data::Partial(pieces), Type::Number | Type::Bool) => {
            let unknown = pieces.iter().find_map(|piece| match piece {
                Piece::Unknown(unknown) => Some(unknown.derived(ty.clone())),
                Piece::Text(_) => None,
            });
            Data::Unknown(Arc::new(unknown.unwrap_or_else(|| Unknown::new(ty.clone(), "partly known", None))))
        }
        (Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items), Type::List(element)) => {
            let (element, items) = all_to(items, element)?;
            Data::List(element, Arc::new(items))
        }
        (Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items), Type::Set(element)) => {
            let (element, items) = all_to(items, element)?;
            return Ok(Value { origin: value.origin.clone(), ..Value::set(element, items) }.marked(value.sensitive));
        }
        (Data::Tuple(items) | Data::List(_, items), Type::Tuple(types)) => {
            if items.len() != types.len() {
                return Err(mismatch(&value.ty(), ty));
            }
            let items =
                items.iter().zip(types.iter()).map(|(item, ty)| convert(item, ty)).collect::<Result<Vec<_>, _>>()?;
            Data::Tuple(Arc::new(items))
        }
        (Data::Map(_, fields), Type::Map(element)) => to_map(fields, element)?,
        (Data::Object(object), Type::Map(element)) => to_map(&object.fields, element)?,
        (Data::Map(_, fields), Type::Object(_)) => to_object(fields, None, ty)?,
        (Data::Object(object), Type::Object(_)) => to_object(&object.fields, object.rest.as_ref(), ty)?,
        _ => return Err(mismatch(&value.ty(), ty)),
    };
    Ok(Value { data, ..value.clone() })
}

fn parse_number(text: &str) -> Option<Number> {
    // Terraform's parser is Go's, which takes no blanks and no bare sign.
    (!text.starts_with('+')).then(|| Number::parse(text)).flatten()
}

fn bool_hint(text: &str) -> ConvertError {
    let lower = text.to_ascii_lowercase();
    ConvertError(match lower.as_str() {
        "true" | "false" if lower != text => {
            format!("a bool is required; to convert from string, use lowercase {lower:?}")
        }
        _ => "a bool is required".to_owned(),
    })
}

fn mismatch(from: &Type, to: &Type) -> ConvertError {
    let article = |ty: &Type| {
        let name = ty.friendly();
        if name.starts_with(['a', 'e', 'i', 'o', 'u']) { format!("an {name}") } else { format!("a {name}") }
    };
    ConvertError(format!("{} is required, and this is {}", article(to), article(from)))
}

/// A type with no `optional` left in it.
fn without_optional(ty: &Type) -> Type {
    match ty {
        Type::Object(object) => {
            Type::object(object.attributes.iter().map(|(name, ty)| (Arc::clone(name), without_optional(ty))))
        }
        Type::List(element) => Type::list(without_optional(element)),
        Type::Set(element) => Type::set(without_optional(element)),
        Type::Map(element) => Type::map(without_optional(element)),
        Type::Tuple(items) => Type::Tuple(items.iter().map(without_optional).collect()),
        plain => plain.clone(),
    }
}

/// Converts every element; `Any` as the wanted type means the one they share.
fn all_to(items: &[Value], element: &Type) -> Result<(Type, Vec<Value>), ConvertError> {
    let element = match element {
        Type::Any => unify(items.iter().map(Value::ty))
            .ok_or_else(|| ConvertError("all elements must have the same type".to_owned()))?,
        ty => ty.clone(),
    };
    let items = items
        .iter()
        .enumerate()
        .map(|(at, item)| convert(item, &element).map_err(|error| ConvertError(format!("element {at}: {}", error.0))))
        .collect::<Result<Vec<_>, _>>()?;
    // An element type with `any` inside becomes what the elements turned out to be.
    let element = if element.is_concrete() {
        without_optional(&element)
    } else {
        unify(items.iter().map(Value::ty)).unwrap_or(element)
    };
    Ok((element, items))
}

fn to_map(fields: &Fields, element: &Type) -> Result<Data, ConvertError> {
    let element = match element {
        Type::Any => unify(fields.values().map(Value::ty))
            .ok_or_else(|| ConvertError("all map elements must have the same type".to_owned()))?,
        ty => ty.clone(),
    };
    let fields = fields
        .iter()
        .map(|(key, value)| {
            convert(value, &element)
                .map(|value| (Arc::clone(key), value))
                .map_err(|error| ConvertError(format!("element {key:?}: {}", error.0)))
        })
        .collect::<Result<Fields, _>>()?;
    let element = if element.is_concrete() {
        without_optional(&element)
    } else {
        unify(fields.values().map(Value::ty)).unwrap_or(element)
    };
    Ok(Data::Map(element, Arc::new(fields)))
}

fn to_object(fields: &Fields, rest: Option<&Arc<Unknown>>, ty: &Type) -> Result<Data, ConvertError> {
    let Type::Object(wanted) = ty else {
        return Err(mismatch(&Type::object([]), ty));
    };
    let mut converted = Fields::new();
    for (name, ty) in &wanted.attributes {
        let optional = wanted.optional.get(name);
        let given = fields.get(name);
        let value = match (given, optional, rest) {
            (Some(value), Some(optional), _) if value.is_null() && optional.default.is_some() => {
                let default = optional.default.clone().unwrap_or_default();
                Value {
                    origin: if default.origin.is_empty() { value.origin.clone() } else { default.origin.clone() },
                    ..default
                }
            }
            (Some(value), _, _) => convert(value, ty).map_err(|error| error.at_attribute(name))?,
            (None, Some(optional), _) => {
                optional.default.clone().unwrap_or_else(|| Value::new(Data::Null(without_optional(ty))))
            }
            (None, None, Some(rest)) => {
                let mut unknown = rest.as_ref().clone();
                unknown.name = unknown.name.map(|own| format!("{own}.{name}").into());
                unknown.ty = ty.clone();
                Value { data: Data::Unknown(Arc::new(unknown)), origin: Origin::default(), sensitive: false }
            }
            (None, None, None) => return Err(ConvertError(format!("attribute {name:?} is required"))),
        };
        converted.insert(Arc::clone(name), value);
    }
    Ok(Data::Object(Arc::new(Object { fields: converted, rest: None })))
}

/// Whether a value of one type may be of the other, as far as types tell.
fn could_convert(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Any, _) | (_, Type::Any) => true,
        (a, b) if a == b => true,
        (Type::Bool | Type::Number, Type::String) | (Type::String, Type::Bool | Type::Number) => true,
        (Type::List(a) | Type::Set(a), Type::List(b) | Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            could_convert(a, b)
        }
        (Type::Tuple(items), Type::List(b) | Type::Set(b)) => items.iter().all(|a| could_convert(a, b)),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| could_convert(a, b))
        }
        (Type::List(a), Type::Tuple(b)) => b.iter().all(|b| could_convert(a, b)),
        (Type::Object(a), Type::Map(b)) => a.attributes.values().all(|a| could_convert(a, b)),
        (Type::Map(a), Type::Object(b)) => b.attributes.values().all(|b| could_convert(a, b)),
        (Type::Object(a), Type::Object(b)) => b.attributes.iter().all(|(name, ty)| match a.attributes.get(name) {
            Some(from) => could_convert(from, ty),
            None => b.optional.contains_key(name),
        }),
        _ => false,
    }
}

/// The type that values of these types can all become without loss; `None` when there is none.
/// No types at all give [`Type::Any`].
pub fn unify(types: impl IntoIterator<Item = Type>) -> Option<Type> {
    let mut types = types.into_iter();
    let first = types.next().unwrap_or_default();
    types.try_fold(first, |a, b| unify_two(&a, &b))
}

fn unify_two(a: &Type, b: &Type) -> Option<Type> {
    Some(match (a, b) {
        (a, b) if a == b => a.clone(),
        (Type::Any, other) | (other, Type::Any) => other.clone(),
        (Type::String, Type::Bool | Type::Number) | (Type::Bool | Type::Number, Type::String) => Type::String,
        (Type::List(a), Type::List(b)) => Type::list(unify_two(a, b)?),
        (Type::Set(a), Type::Set(b)) => Type::set(unify_two(a, b)?),
        (Type::List(a), Type::Set(b)) | (Type::Set(a), Type::List(b)) => Type::list(unify_two(a, b)?),
        (Type::Map(a), Type::Map(b)) => Type::map(unify_two(a, b)?),
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => {
            Type::Tuple(a.iter().zip(b.iter()).map(|(a, b)| unify_two(a, b)).collect::<Option<Vec<_>>>()?.into())
        }
        (Type::Tuple(a), Type::Tuple(b)) => Type::list(unify(a.iter().chain(b.iter()).cloned())?),
        (Type::Tuple(items), Type::List(element)) | (Type::List(element), Type::Tuple(items)) => {
            Type::list(unify(items.iter().chain([element.as_ref()]).cloned())?)
        }
        (Type::Tuple(items), Type::Set(element)) | (Type::Set(element), Type::Tuple(items)) => {
            Type::set(unify(items.iter().chain([element.as_ref()]).cloned())?)
        }
        (Type::Object(a), Type::Object(b)) if a.attributes.keys().eq(b.attributes.keys()) => {
            let attributes = a
                .attributes
                .iter()
                .zip(b.attributes.values())
                .map(|((name, a), b)| Some((Arc::clone(name), unify_two(a, b)?)))
                .collect::<Option<BTreeMap<_, _>>>()?;
            Type::object(attributes)
        }
        (Type::Object(a), Type::Object(b)) => {
            Type::map(unify(a.attributes.values().chain(b.attributes.values()).cloned())?)
        }
        (Type::Object(object), Type::Map(element)) | (Type::Map(element), Type::Object(object)) => {
            Type::map(unify(object.attributes.values().chain([element.as_ref()]).cloned())?)
        }
        _ => return None,
    })
}
