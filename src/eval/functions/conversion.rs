//! Conversions between types, and the sensitive mark.

use super::{Call, Function, Kind, Outcome, Parameter, Refusal, hangs_on};
use crate::value::{Data, Type, Value, convert};

const ANY: Parameter = Parameter::new("v", Kind::Any).or_null().or_unknown().keeping_marks();

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "tobool", parameters: &[ANY], rest: None, returns: Kind::Bool, run: |c| to(c, Kind::Bool) },
    Function { name: "tonumber", parameters: &[ANY], rest: None, returns: Kind::Number, run: |c| to(c, Kind::Number) },
    Function { name: "tostring", parameters: &[ANY], rest: None, returns: Kind::String, run: |c| to(c, Kind::String) },
    Function { name: "tolist", parameters: &[ANY], rest: None, returns: Kind::List, run: |c| to(c, Kind::List) },
    Function { name: "toset", parameters: &[ANY], rest: None, returns: Kind::Set, run: |c| to(c, Kind::Set) },
    Function { name: "tomap", parameters: &[ANY], rest: None, returns: Kind::Map, run: |c| to(c, Kind::Map) },
    Function {
        name: "sensitive",
        parameters: &[ANY],
        rest: None,
        returns: Kind::Any,
        run: |call| Ok(call.argument(0).clone().marked(true)),
    },
    Function {
        name: "nonsensitive",
        parameters: &[ANY],
        rest: None,
        returns: Kind::Any,
        run: |call| Ok(Value { sensitive: false, ..call.argument(0).clone() }),
    },
    Function { name: "issensitive", parameters: &[ANY], rest: None, returns: Kind::Bool, run: is_sensitive },
    Function {
        name: "ephemeralasnull",
        parameters: &[ANY],
        rest: None,
        returns: Kind::Any,
        // Nothing that is read from files is ephemeral but by a mark that is not followed here.
        run: |call| Ok(call.argument(0).clone()),
    },
];

fn to(call: &Call<'_>, kind: Kind) -> Outcome {
    let value = call.argument(0);
    if let (Data::Unknown(unknown), Type::Any) = (&value.data, value.ty()) {
        return Ok(match kind.ty() {
            // The name stays: it is the same thing, seen as another type.
            ty @ (Type::Bool | Type::Number | Type::String) => convert(value, &ty).unwrap_or_else(|_| value.clone()),
            ty => hangs_on(unknown, ty).marked(value.sensitive),
        });
    }
    convert(value, &kind.ty()).map_err(|error| Refusal::argument(0, error.0))
}

fn is_sensitive(call: &Call<'_>) -> Outcome {
    let value = call.argument(0);
    Ok(match &value.data {
        Data::Unknown(unknown) if !value.sensitive => hangs_on(unknown, Type::Bool),
        _ => value.sensitive.into(),
    })
}
