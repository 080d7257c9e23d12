//! Conversion between types and the type that several share, by Terraform's rules
//! (the `convert` package of zclconf/go-cty).

use std::sync::Arc;

use super::unify::{could_convert, unify};
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
        (Data::String(text), Type::Number) => match Number::parse(text) {
            Some(number) => Data::Number(number),
            None if Number::is_beyond(text) => {
                let unknown = Unknown::new(Type::Number, Number::BEYOND, value.origin.span());
                Data::Unknown(Arc::new(Unknown { not_null: true, ..unknown }))
            }
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
        // No element shows that the types do not fit.
        (Data::List(from, items) | Data::Set(from, items), Type::List(to) | Type::Set(to))
            if items.is_empty() && !could_convert(from, to) =>
        {
            return Err(mismatch(&value.ty(), ty));
        }
        (Data::Map(from, fields), Type::Map(to)) if fields.is_empty() && !could_convert(from, to) => {
            return Err(mismatch(&value.ty(), ty));
        }
        (Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items), Type::List(element)) => {
            let (element, items) = all_to(items, &value.ty().element(), element)?;
            Data::List(element, Arc::new(items))
        }
        (Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items), Type::Set(element)) => {
            let (element, items) = all_to(items, &value.ty().element(), element)?;
            return Ok(Value { origin: value.origin.clone(), ..Value::set(element, items) }.marked(value.sensitive));
        }
        (Data::Tuple(items), Type::Tuple(types)) => {
            if items.len() != types.len() {
                return Err(mismatch(&value.ty(), ty));
            }
            let items =
                items.iter().zip(types.iter()).map(|(item, ty)| convert(item, ty)).collect::<Result<Vec<_>, _>>()?;
            Data::Tuple(Arc::new(items))
        }
        (Data::Map(from, fields), Type::Map(element)) => to_map(fields, from, element)?,
        (Data::Object(object), Type::Map(element)) => to_map(&object.fields, &Type::Any, element)?,
        (Data::Map(_, fields), Type::Object(_)) => to_object(fields, None, ty)?,
        (Data::Object(object), Type::Object(_)) => to_object(&object.fields, object.rest.as_ref(), ty)?,
        _ => return Err(mismatch(&value.ty(), ty)),
    };
    Ok(Value { data, ..value.clone() })
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

/// The element type that is wanted of values: where any will do, the one they share, or for no
/// values at all the one they had.
fn element_type<'v>(
    values: impl Iterator<Item = &'v Value> + Clone,
    from: &Type,
    wanted: &Type,
) -> Result<Type, ConvertError> {
    if *wanted != Type::Any {
        return Ok(wanted.clone());
    }
    if values.clone().next().is_none() {
        return Ok(from.clone());
    }
    let shared = unify(values.clone().map(Value::ty));
    // An unknown of a type that cannot be told may well be of the others' type.
    let undecided = || values.clone().any(|value| value.as_unknown().is_some());
    match shared {
        Some(Type::Any) if !undecided() && values.clone().any(|value| value.ty() != Type::Any) => None,
        None if undecided() => Some(Type::Any),
        shared => shared,
    }
    .ok_or_else(|| ConvertError("all elements must have the same type".to_owned()))
}

/// The element type of values that were converted to `wanted`: what is still undecided in it is
/// what they turned out to be.
fn settled<'v>(values: impl Iterator<Item = &'v Value>, wanted: Type) -> Type {
    if wanted.is_concrete() { without_optional(&wanted) } else { unify(values.map(Value::ty)).unwrap_or(wanted) }
}

/// Converts every element.
fn all_to(items: &[Value], from: &Type, wanted: &Type) -> Result<(Type, Vec<Value>), ConvertError> {
    let element = element_type(items.iter(), from, wanted)?;
    let items = items
        .iter()
        .enumerate()
        .map(|(at, item)| convert(item, &element).map_err(|error| ConvertError(format!("element {at}: {}", error.0))))
        .collect::<Result<Vec<_>, _>>()?;
    let element = if items.is_empty() { without_optional(&element) } else { settled(items.iter(), element) };
    Ok((element, items))
}

fn to_map(fields: &Fields, from: &Type, wanted: &Type) -> Result<Data, ConvertError> {
    let element = element_type(fields.values(), from, wanted)?;
    let fields = fields
        .iter()
        .map(|(key, value)| {
            convert(value, &element)
                .map(|value| (Arc::clone(key), value))
                .map_err(|error| ConvertError(format!("element {key:?}: {}", error.0)))
        })
        .collect::<Result<Fields, _>>()?;
    let element = if fields.is_empty() { without_optional(&element) } else { settled(fields.values(), element) };
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
