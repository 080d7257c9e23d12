//! Collections: asking them something, and taking elements out of them.

use std::sync::Arc;

use super::{Call, Function, Kind, Outcome, Parameter, Refusal, hangs_on};
use crate::eval::did_you_mean;
use crate::value::{Answer, Data, Origin, Type, Unknown, Value, convert, equals, unify};

const ANY: Parameter = Parameter::new("value", Kind::Any);
const LIST: Parameter = Parameter::new("list", Kind::Any);
const ANYTHING: Parameter = Parameter::new("vals", Kind::Any).or_null().or_unknown();

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "length",
        parameters: &[ANY.or_unknown().keeping_marks()],
        rest: None,
        returns: Kind::Number,
        run: length,
    },
    Function {
        name: "alltrue",
        parameters: &[Parameter::new("list", Kind::Bools)],
        rest: None,
        returns: Kind::Bool,
        run: all_true,
    },
    Function {
        name: "anytrue",
        parameters: &[Parameter::new("list", Kind::Bools)],
        rest: None,
        returns: Kind::Bool,
        run: any_true,
    },
    Function {
        name: "contains",
        parameters: &[LIST, Parameter::new("value", Kind::Any).or_unknown()],
        rest: None,
        returns: Kind::Bool,
        run: contains,
    },
    Function {
        name: "index",
        parameters: &[LIST, Parameter::new("value", Kind::Any).or_unknown()],
        rest: None,
        returns: Kind::Number,
        run: index,
    },
    Function { name: "coalesce", parameters: &[], rest: Some(ANYTHING), returns: Kind::Any, run: coalesce },
    Function { name: "coalescelist", parameters: &[], rest: Some(ANYTHING), returns: Kind::Any, run: coalesce_list },
    Function {
        name: "element",
        parameters: &[Parameter::new("list", Kind::Sequence).keeping_marks(), Parameter::new("index", Kind::Number)],
        rest: None,
        returns: Kind::Any,
        run: element,
    },
    Function {
        name: "lookup",
        parameters: &[
            Parameter::new("inputMap", Kind::Any).or_unknown().keeping_marks(),
            Parameter::new("key", Kind::String).or_unknown().keeping_marks(),
        ],
        rest: Some(Parameter::new("default", Kind::Any).or_null().or_unknown().keeping_marks()),
        returns: Kind::Any,
        run: lookup,
    },
    Function {
        name: "keys",
        parameters: &[Parameter::new("inputMap", Kind::Any).or_unknown().keeping_marks()],
        rest: None,
        returns: Kind::Strings,
        run: keys,
    },
    Function {
        name: "values",
        parameters: &[Parameter::new("mapping", Kind::Any).or_unknown().keeping_marks()],
        rest: None,
        returns: Kind::List,
        run: values,
    },
    Function {
        name: "one",
        parameters: &[Parameter::new("list", Kind::Sequence)],
        rest: None,
        returns: Kind::Any,
        run: one,
    },
    Function {
        name: "matchkeys",
        parameters: &[
            Parameter::new("values", Kind::List),
            Parameter::new("keys", Kind::List),
            Parameter::new("searchset", Kind::List),
        ],
        rest: None,
        returns: Kind::List,
        run: match_keys,
    },
];

/// What a function that wants a sequence says of anything else.
pub(super) fn not_a(what: &str, value: &Value) -> Refusal {
    Refusal::argument(0, format!("{what} is needed, and this is {}", value.ty().friendly()))
}

/// A set of which elements are unknown may turn out smaller than it is written.
fn length(call: &Call<'_>) -> Outcome {
    use unicode_segmentation::UnicodeSegmentation as _;
    let value = call.argument(0);
    let count: Value = match &value.data {
        Data::String(text) => text.graphemes(true).count().into(),
        Data::Partial(_) => match value.first_unknown() {
            Some(unknown) => hangs_on(unknown, Type::Number),
            None => 0usize.into(),
        },
        Data::Tuple(items) | Data::List(_, items) => items.len().into(),
        Data::Set(_, items) => match value.first_unknown() {
            Some(unknown) if items.len() > 1 => hangs_on(unknown, Type::Number),
            _ => items.len().into(),
        },
        Data::Map(_, fields) => fields.len().into(),
        Data::Object(object) => match &object.rest {
            Some(rest) => hangs_on(rest, Type::Number),
            None => object.fields.len().into(),
        },
        Data::Unknown(unknown) => match &unknown.ty {
            Type::Bool | Type::Number => return Err(not_a("a string or a collection", value)),
            Type::Tuple(items) => items.len().into(),
            Type::Object(object) => object.attributes.len().into(),
            _ => hangs_on(unknown, Type::Number),
        },
        _ => return Err(not_a("a string or a collection", value)),
    };
    Ok(count.marked(value.sensitive))
}

fn all_true(call: &Call<'_>) -> Outcome {
    let mut hangs = None;
    for item in call.items(0) {
        match (&item.data, item.as_unknown()) {
            (Data::Bool(true), _) => {}
            (_, Some(unknown)) => hangs = hangs.or(Some(unknown)),
            _ => return Ok(false.into()),
        }
    }
    Ok(hangs.map_or_else(|| true.into(), |unknown| hangs_on(unknown, Type::Bool)))
}

fn any_true(call: &Call<'_>) -> Outcome {
    let mut hangs = None;
    for item in call.items(0) {
        match (&item.data, item.as_unknown()) {
            (Data::Bool(true), _) => return Ok(true.into()),
            (_, Some(unknown)) => hangs = hangs.or(Some(unknown)),
            _ => {}
        }
    }
    Ok(hangs.map_or_else(|| false.into(), |unknown| hangs_on(unknown, Type::Bool)))
}

fn contains(call: &Call<'_>) -> Outcome {
    let list = call.argument(0);
    let Some(items) = list.as_items() else {
        return Err(not_a("a list, set or tuple", list));
    };
    let mut hangs = None;
    for item in items {
        match equals(item, call.argument(1)) {
            Answer::Yes => return Ok(true.into()),
            Answer::No => {}
            Answer::Unknown(unknown) => hangs = hangs.or(Some(unknown)),
        }
    }
    Ok(hangs.map_or_else(|| false.into(), |unknown| hangs_on(&unknown, Type::Bool)))
}

fn index(call: &Call<'_>) -> Outcome {
    let list = call.argument(0);
    let (Data::Tuple(items) | Data::List(_, items)) = &list.data else {
        return Err(not_a("a list or tuple", list));
    };
    for (at, item) in items.iter().enumerate() {
        match equals(item, call.argument(1)) {
            Answer::Yes => return Ok(at.into()),
            Answer::No => {}
            Answer::Unknown(unknown) => return Ok(hangs_on(&unknown, Type::Number)),
        }
    }
    Err(Refusal::argument(1, if items.is_empty() { "the list is empty" } else { "it is not in the list" }))
}

fn coalesce(call: &Call<'_>) -> Outcome {
    if call.arguments.is_empty() {
        return Err(Refusal::call("it takes at least one value"));
    }
    let Some(ty) = unify(call.arguments.iter().map(Value::ty)) else {
        return Err(Refusal::call("all its arguments must have one type"));
    };
    for (at, argument) in call.arguments.iter().enumerate() {
        let value = convert(argument, &ty).map_err(|error| Refusal::argument(at, error.0))?;
        match &value.data {
            Data::Null(_) => {}
            Data::String(text) if text.is_empty() => {}
            // Text with something known in it is not empty, whatever the rest is.
            Data::Partial(pieces) if pieces.len() < 2 => return Ok(hangs_on_first(&value, ty)),
            Data::Unknown(unknown) if !unknown.not_null || ty == Type::String || ty == Type::Any => {
                return Ok(hangs_on_first(&value, ty));
            }
            _ => return Ok(value),
        }
    }
    Err(Refusal::call("all its arguments are null or empty"))
}

fn hangs_on_first(value: &Value, ty: Type) -> Value {
    match value.first_unknown() {
        Some(unknown) => hangs_on(unknown, ty),
        None => value.clone(),
    }
}

fn coalesce_list(call: &Call<'_>) -> Outcome {
    if call.arguments.is_empty() {
        return Err(Refusal::call("it takes at least one list"));
    }
    let unknown = call.arguments.iter().find_map(Value::as_unknown);
    for (at, argument) in call.arguments.iter().enumerate() {
        match &argument.data {
            Data::Unknown(_) => break,
            Data::Tuple(_) | Data::List(..) => {}
            Data::Null(Type::List(_) | Type::Tuple(_)) => {}
            _ => {
                return Err(Refusal::argument(
                    at,
                    format!("a list is needed, and this is {}", argument.ty().friendly()),
                ));
            }
        }
    }
    for argument in call.arguments {
        match &argument.data {
            Data::Unknown(unknown) => return Ok(hangs_on(unknown, Type::Any)),
            _ if argument.as_items().is_some_and(|items| !items.is_empty()) => return Ok(argument.clone()),
            _ => {}
        }
    }
    match unknown {
        Some(unknown) => Ok(hangs_on(unknown, Type::Any)),
        None => Err(Refusal::call("all its arguments are null or empty")),
    }
}

fn element(call: &Call<'_>) -> Outcome {
    let list = call.argument(0);
    let (Data::Tuple(items) | Data::List(_, items)) = &list.data else {
        return Err(not_a("a list or tuple", list));
    };
    let index = call.integer(1)?;
    let Some(count) = i64::try_from(items.len()).ok().filter(|&count| count > 0) else {
        return Err(Refusal::argument(0, "an empty list has no elements"));
    };
    // From the end of a list, a negative index counts; from that of a tuple, Terraform refuses it.
    let at = if matches!(list.data, Data::List(..)) { index.rem_euclid(count) } else { index % count };
    let Some(found) = usize::try_from(at).ok().and_then(|at| items.get(at)) else {
        return Err(Refusal::argument(1, "the index cannot be negative"));
    };
    Ok(found.clone().marked(list.sensitive))
}

fn lookup(call: &Call<'_>) -> Outcome {
    let (map, key) = (call.argument(0), call.argument(1));
    let default = match call.arguments.len() {
        2 => None,
        3 => Some(call.argument(2)),
        count => return Err(Refusal::call(format!("it takes two or three arguments, and here are {count}"))),
    };
    let mark = map.sensitive || key.sensitive;
    let element = match &map.data {
        Data::Map(element, _) => element.clone(),
        Data::Object(_) => Type::Any,
        Data::Unknown(unknown) => match &unknown.ty {
            Type::Map(element) => element.as_ref().clone(),
            Type::Any | Type::Object(_) => Type::Any,
            _ => return Err(not_a("a map", map)),
        },
        _ => return Err(not_a("a map", map)),
    };
    let default = match default {
        Some(default) => Some(convert(default, &element).map_err(|error| Refusal::argument(2, error.0))?),
        None => None,
    };
    let unknown = |unknown: &Unknown| Value::unknown(unknown.derived(element.clone())).at(Origin::NONE).marked(mark);
    let key = match (key.as_str(), key.first_unknown()) {
        (Some(key), _) => key,
        (None, Some(blocking)) => return Ok(unknown(blocking)),
        (None, None) => return Err(Refusal::argument(1, "a string is needed")),
    };
    let rest = match &map.data {
        Data::Unknown(blocking) => return Ok(unknown(blocking)),
        Data::Object(object) => object.rest.as_ref(),
        _ => None,
    };
    match (map.field(key), rest, default) {
        (Some(found), _, _) => Ok(found.clone().marked(mark)),
        (None, Some(rest), _) => Ok(Value::unknown(rest.attribute(key, call.span)).marked(mark)),
        (None, None, Some(default)) => Ok(default.marked(mark)),
        (None, None, None) => {
            let names = map.as_fields().into_iter().flatten().map(|(name, _)| &**name);
            let hint = did_you_mean(key, names).map_or_else(String::new, |hint| format!("; {hint}"));
            Err(Refusal::argument(1, format!("there is no element {key:?}, and no default is given{hint}")))
        }
    }
}

fn keys(call: &Call<'_>) -> Outcome {
    let map = call.argument(0);
    let names = |names: &mut dyn Iterator<Item = (Arc<str>, Origin)>| -> Vec<Value> {
        names.map(|(name, origin)| Value::string(name).at(origin)).collect()
    };
    let keys = match &map.data {
        Data::Map(_, fields) => {
            let keys = names(&mut fields.iter().map(|(name, value)| (Arc::clone(name), value.origin.clone())));
            Value::list(Type::String, keys)
        }
        Data::Object(object) => match &object.rest {
            Some(rest) => hangs_on(rest, Type::list(Type::String)),
            None => Value::tuple(names(
                &mut object.fields.iter().map(|(name, value)| (Arc::clone(name), value.origin.clone())),
            )),
        },
        Data::Unknown(unknown) => match &unknown.ty {
            Type::Object(object) => {
                Value::tuple(names(&mut object.attributes.keys().map(|name| (Arc::clone(name), Origin::NONE))))
            }
            Type::Map(_) => hangs_on(unknown, Type::list(Type::String)),
            Type::Any => hangs_on(unknown, Type::Any),
            _ => return Err(not_a("a map", map)),
        },
        _ => return Err(not_a("a map", map)),
    };
    Ok(keys.marked(map.sensitive))
}

fn values(call: &Call<'_>) -> Outcome {
    let map = call.argument(0);
    let values = match &map.data {
        Data::Map(element, fields) => Value::list(element.clone(), fields.values().cloned().collect()),
        Data::Object(object) => match &object.rest {
            Some(rest) => hangs_on(rest, Type::Any),
            None => Value::tuple(object.fields.values().cloned().collect()),
        },
        Data::Unknown(unknown) => match &unknown.ty {
            Type::Map(element) => hangs_on(unknown, Type::List(Arc::clone(element))),
            Type::Any | Type::Object(_) => hangs_on(unknown, Type::Any),
            _ => return Err(not_a("a map", map)),
        },
        _ => return Err(not_a("a map", map)),
    };
    Ok(values.marked(map.sensitive))
}

fn one(call: &Call<'_>) -> Outcome {
    let list = call.argument(0);
    let (element, items) = match &list.data {
        Data::Tuple(items) => (Type::Any, items),
        Data::List(element, items) | Data::Set(element, items) => (element.clone(), items),
        _ => return Err(not_a("a list, set or tuple", list)),
    };
    match items.as_slice() {
        [] => Ok(Value::new(Data::Null(element))),
        [only] => Ok(only.clone()),
        many => match list.first_unknown() {
            // Elements of a set may turn out to be the same one.
            Some(unknown) if matches!(list.data, Data::Set(..)) => Ok(hangs_on(unknown, element)),
            _ => Err(Refusal::argument(0, format!("it must have one element or none, and has {}", many.len()))),
        },
    }
}

fn match_keys(call: &Call<'_>) -> Outcome {
    let (values, keys, wanted) = (call.argument(0), call.argument(1), call.argument(2));
    let Some(ty) = unify([keys.ty(), wanted.ty()]) else {
        return Err(Refusal::argument(2, "the keys and what is searched for must have one type"));
    };
    if call.items(0).len() != call.items(1).len() {
        return Err(Refusal::argument(1, "there must be as many keys as values"));
    }
    let to = |value: &Value, at: usize| convert(value, &ty).map_err(|error| Refusal::argument(at, error.0));
    let (keys, wanted) = (to(keys, 1)?, to(wanted, 2)?);
    let wanted = wanted.as_items().unwrap_or(&[]);
    let mut found = Vec::new();
    for (key, value) in keys.as_items().unwrap_or(&[]).iter().zip(call.items(0)) {
        call.spend(wanted.len())?;
        let mut hangs = None;
        let matches = wanted.iter().any(|wanted| match equals(key, wanted) {
            Answer::Yes => true,
            Answer::No => false,
            Answer::Unknown(unknown) => {
                hangs = Some(unknown);
                false
            }
        });
        match (matches, hangs) {
            (true, _) => found.push(value.clone()),
            (false, Some(unknown)) => return Ok(hangs_on(&unknown, values.ty())),
            (false, None) => {}
        }
    }
    Ok(Value::list(values.ty().element(), found))
}
