//! Collections made of others: put together, cut, turned, combined.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::collection::not_a;
use super::{Call, Function, Kind, Outcome, Parameter, Refusal, hangs_on};
use crate::eval::Budget;
use crate::value::{Answer, Data, Fields, Object, Type, Unknown, Value, convert, equals, unify};

const LIST: Parameter = Parameter::new("list", Kind::List);
const ANY_LIST: Parameter = Parameter::new("list", Kind::Sequence).keeping_marks();

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "merge",
        parameters: &[],
        rest: Some(Parameter::new("maps", Kind::Any).or_null().or_unknown().keeping_marks()),
        returns: Kind::Any,
        run: merge,
    },
    Function {
        name: "concat",
        parameters: &[],
        rest: Some(Parameter::new("seqs", Kind::Sequence).keeping_marks()),
        returns: Kind::Any,
        run: concat,
    },
    Function { name: "flatten", parameters: &[ANY_LIST], rest: None, returns: Kind::Any, run: flatten },
    Function {
        name: "compact",
        parameters: &[Parameter::new("list", Kind::Strings)],
        rest: None,
        returns: Kind::Strings,
        run: compact,
    },
    Function { name: "distinct", parameters: &[LIST], rest: None, returns: Kind::List, run: distinct },
    Function {
        name: "chunklist",
        parameters: &[LIST.keeping_marks(), Parameter::new("size", Kind::Number)],
        rest: None,
        returns: Kind::List,
        run: chunks,
    },
    Function {
        name: "slice",
        parameters: &[ANY_LIST, Parameter::new("start_index", Kind::Number), Parameter::new("end_index", Kind::Number)],
        rest: None,
        returns: Kind::Any,
        run: slice,
    },
    Function { name: "reverse", parameters: &[ANY_LIST], rest: None, returns: Kind::Any, run: reverse },
    Function {
        name: "zipmap",
        parameters: &[
            Parameter::new("keys", Kind::Strings).keeping_marks(),
            Parameter::new("values", Kind::Any).keeping_marks(),
        ],
        rest: None,
        returns: Kind::Any,
        run: zip_map,
    },
    Function {
        name: "transpose",
        parameters: &[Parameter::new("values", Kind::StringLists)],
        rest: None,
        returns: Kind::StringLists,
        run: transpose,
    },
    Function {
        name: "setproduct",
        parameters: &[],
        rest: Some(Parameter::new("sets", Kind::Sequence).keeping_marks()),
        returns: Kind::Any,
        run: product,
    },
    Function {
        name: "setunion",
        parameters: &[Parameter::new("first_set", Kind::Set)],
        rest: Some(Parameter::new("other_sets", Kind::Set)),
        returns: Kind::Set,
        run: |call| set_operation(call, true, |sets| sets.concat()),
    },
    Function {
        name: "setintersection",
        parameters: &[Parameter::new("first_set", Kind::Set)],
        rest: Some(Parameter::new("other_sets", Kind::Set)),
        returns: Kind::Set,
        run: |call| set_operation(call, false, |sets| kept(sets, |others, item| others.iter().all(|o| has(o, item)))),
    },
    Function {
        name: "setsubtract",
        parameters: &[Parameter::new("a", Kind::Set), Parameter::new("b", Kind::Set)],
        rest: None,
        returns: Kind::Set,
        run: |call| set_operation(call, false, |sets| kept(sets, |others, item| !others.iter().any(|o| has(o, item)))),
    },
];

// ── Put together ────────────────────────────────────────────────────────────────────────

/// Whether any of the arguments is marked as a whole.
fn any_sensitive(call: &Call<'_>) -> bool {
    call.arguments.iter().any(|argument| argument.sensitive)
}

fn merge(call: &Call<'_>) -> Outcome {
    let mut fields = Fields::new();
    let mut rest: Option<Arc<Unknown>> = None;
    // The maps' type, as long as all arguments agree on it.
    let mut shared: Option<Type> = None;
    let mut alike = true;
    for (at, argument) in call.arguments.iter().enumerate() {
        let ty = match &argument.data {
            Data::Null(Type::Object(_)) => Type::object([]),
            _ => argument.ty(),
        };
        if !matches!(ty, Type::Map(_) | Type::Object(_) | Type::Any) {
            return Err(Refusal::argument(at, format!("a map or object is needed, and this is {}", ty.friendly())));
        }
        alike &= shared.as_ref().is_none_or(|shared| *shared == ty);
        shared = shared.or(Some(ty));
        match &argument.data {
            Data::Unknown(unknown) => {
                // What came before may be overwritten by what is not known.
                fields.clear();
                rest = Some(Arc::clone(unknown));
            }
            _ => {
                if let Data::Object(object) = &argument.data
                    && let Some(unknown) = &object.rest
                {
                    fields.clear();
                    rest = Some(Arc::clone(unknown));
                }
                let more = argument.as_fields().into_iter().flatten();
                fields.extend(more.map(|(key, value)| (Arc::clone(key), value.clone())));
            }
        }
        call.allow_elements(fields.len())?;
    }
    let value = match (rest, shared) {
        (Some(unknown), Some(Type::Map(element))) if alike && fields.is_empty() => {
            hangs_on(&unknown, Type::Map(element))
        }
        (Some(unknown), _) if fields.is_empty() => hangs_on(&unknown, Type::Any),
        (Some(unknown), _) => {
            let rest = Arc::new(unknown.derived(Type::Any));
            Value::new(Data::Object(Arc::new(Object { fields, rest: Some(rest) })))
        }
        (None, Some(Type::Map(element))) if alike => Value::map(element.as_ref().clone(), fields),
        _ => Value::object(fields),
    };
    Ok(value.marked(any_sensitive(call)))
}

fn concat(call: &Call<'_>) -> Outcome {
    if call.arguments.is_empty() {
        return Err(Refusal::call("it takes at least one list"));
    }
    let count: usize = call.arguments.iter().filter_map(Value::as_items).map(<[Value]>::len).sum();
    call.allow_elements(count)?;
    if call.arguments.iter().all(|argument| matches!(argument.data, Data::List(..)))
        && let Some(ty) = unify(call.arguments.iter().map(Value::ty))
    {
        let mut items = Vec::with_capacity(count);
        for (at, argument) in call.arguments.iter().enumerate() {
            let list = convert(argument, &ty).map_err(|error| Refusal::argument(at, error.0))?;
            items.extend_from_slice(list.as_items().unwrap_or(&[]));
        }
        return Ok(Value::list(ty.element(), items).marked(any_sensitive(call)));
    }
    let mut items = Vec::with_capacity(count);
    for (at, argument) in call.arguments.iter().enumerate() {
        let (Data::Tuple(more) | Data::List(_, more)) = &argument.data else {
            let found = argument.ty().friendly();
            return Err(Refusal::argument(at, format!("a list or tuple is needed, and this is {found}")));
        };
        items.extend_from_slice(more);
    }
    Ok(Value::tuple(items).marked(any_sensitive(call)))
}

/// What flattening met: the elements so far, whether a list on the way was marked, and what it hangs on.
#[derive(Default)]
struct Flat {
    items: Vec<Value>,
    sensitive: bool,
    hangs: Option<Arc<Unknown>>,
}

fn flatten(call: &Call<'_>) -> Outcome {
    let list = call.argument(0);
    let Some(items) = list.as_items() else {
        return Err(not_a("a list, set or tuple", list));
    };
    let mut flat = Flat { sensitive: list.sensitive, ..Flat::default() };
    flatten_into(items, call, &mut flat)?;
    let value = match flat.hangs {
        Some(unknown) => hangs_on(&unknown, Type::Any),
        None => Value::tuple(flat.items),
    };
    Ok(value.marked(flat.sensitive))
}

fn flatten_into(items: &[Value], call: &Call<'_>, flat: &mut Flat) -> Result<(), Refusal> {
    for item in items {
        match &item.data {
            Data::Tuple(inner) | Data::List(_, inner) | Data::Set(_, inner) => {
                flat.sensitive |= item.sensitive;
                flatten_into(inner, call, flat)?;
            }
            // An unknown that may be a list may be any number of elements.
            Data::Unknown(unknown)
                if matches!(unknown.ty, Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_)) =>
            {
                flat.sensitive |= item.sensitive;
                flat.hangs = Some(Arc::clone(unknown));
            }
            _ => flat.items.push(item.clone()),
        }
    }
    call.allow_elements(flat.items.len())
}

// ── Cut and turned ──────────────────────────────────────────────────────────────────────

fn compact(call: &Call<'_>) -> Outcome {
    let mut items = Vec::new();
    for item in call.items(0) {
        match &item.data {
            Data::Null(_) => {}
            Data::String(text) if text.is_empty() => {}
            // Text with something known in it is not empty, whatever the rest is.
            Data::Partial(pieces) if pieces.len() > 1 => items.push(item.clone()),
            Data::Partial(_) | Data::Unknown(_) => {
                if let Some(unknown) = item.first_unknown() {
                    return Ok(hangs_on(unknown, Type::list(Type::String)));
                }
            }
            _ => items.push(item.clone()),
        }
    }
    Ok(Value::list(Type::String, items))
}

fn distinct(call: &Call<'_>) -> Outcome {
    let mut kept: Vec<Value> = Vec::new();
    for item in call.items(0) {
        call.spend(kept.len() / 4)?;
        let mut repeated = false;
        for other in &kept {
            match equals(item, other) {
                Answer::Yes => {
                    repeated = true;
                    break;
                }
                Answer::No => {}
                Answer::Unknown(unknown) => return Ok(hangs_on(&unknown, call.argument(0).ty())),
            }
        }
        if !repeated {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(call.argument(0).ty().element(), kept))
}

fn chunks(call: &Call<'_>) -> Outcome {
    let list = call.argument(0);
    let size = call.integer(1)?;
    let size = usize::try_from(size).map_err(|_| Refusal::argument(1, "the size cannot be negative"))?;
    let (ty, element) = (list.ty(), list.ty().element());
    let chunks = match (call.items(0), size) {
        ([], _) => Vec::new(),
        (_, 0) => vec![Value { sensitive: false, ..list.clone() }],
        (items, size) => items
            .chunks(size)
            .map(|chunk| Value::list(element.clone(), chunk.to_vec()).at(list.origin.clone()))
            .collect(),
    };
    Ok(Value::list(ty, chunks).marked(list.sensitive))
}

fn slice(call: &Call<'_>) -> Outcome {
    let list = call.argument(0);
    let (Data::Tuple(items) | Data::List(_, items)) = &list.data else {
        return Err(not_a("a list or tuple", list));
    };
    let bound = |at: usize, name: &str| -> Result<usize, Refusal> {
        let index = call.integer(at)?;
        usize::try_from(index).ok().filter(|&index| index <= items.len()).ok_or_else(|| {
            Refusal::argument(at, format!("the {name} index must be from 0 to the list's length, {}", items.len()))
        })
    };
    let (start, end) = (bound(1, "start")?, bound(2, "end")?);
    let Some(cut) = items.get(start..end) else {
        return Err(Refusal::argument(1, "the start index must not be greater than the end index"));
    };
    Ok(sequence_like(list, cut.to_vec()).marked(list.sensitive))
}

/// A tuple for a tuple, else a list of the same element type.
fn sequence_like(value: &Value, items: Vec<Value>) -> Value {
    match &value.data {
        Data::List(element, _) | Data::Set(element, _) => Value::list(element.clone(), items),
        _ => Value::tuple(items),
    }
}

fn reverse(call: &Call<'_>) -> Outcome {
    let list = call.argument(0);
    let Some(items) = list.as_items() else {
        return Err(not_a("a list, set or tuple", list));
    };
    if let (Data::Set(..), Some(unknown)) = (&list.data, list.first_unknown()) {
        return Ok(hangs_on(unknown, Type::list(list.ty().element())).marked(list.sensitive));
    }
    Ok(sequence_like(list, items.iter().rev().cloned().collect()).marked(list.sensitive))
}

// ── Combined ────────────────────────────────────────────────────────────────────────────

fn zip_map(call: &Call<'_>) -> Outcome {
    let (keys, values) = (call.argument(0), call.argument(1));
    let (Data::Tuple(items) | Data::List(_, items)) = &values.data else {
        return Err(Refusal::argument(1, format!("a list is needed, and this is {}", values.ty().friendly())));
    };
    let mut sensitive = keys.sensitive || values.sensitive;
    let map_of = match &values.data {
        Data::List(element, _) => Some(element.clone()),
        _ => None,
    };
    if let Some(unknown) = keys.first_unknown() {
        return Ok(hangs_on(unknown, map_of.map_or(Type::Any, Type::map)).marked(sensitive));
    }
    let names = call.items(0);
    if names.len() != items.len() {
        return Err(Refusal::call(format!("there are {} keys and {} values", names.len(), items.len())));
    }
    let mut fields = Fields::new();
    for (name, item) in names.iter().zip(items.iter()) {
        let Data::String(key) = &name.data else {
            return Err(Refusal::argument(0, "a key cannot be null"));
        };
        sensitive |= name.sensitive;
        fields.insert(Arc::clone(key), item.clone());
    }
    let value = match map_of {
        Some(element) => Value::map(element, fields),
        None => Value::object(fields),
    };
    Ok(value.marked(sensitive))
}

fn transpose(call: &Call<'_>) -> Outcome {
    let map = call.argument(0);
    if let Some(unknown) = map.first_unknown() {
        return Ok(hangs_on(unknown, Type::map(Type::list(Type::String))));
    }
    let mut turned: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (key, list) in map.as_fields().into_iter().flatten() {
        let Some(items) = list.as_items() else {
            return Err(Refusal::argument(0, "a list in it is null"));
        };
        call.allow_elements(items.len())?;
        for item in items {
            let Data::String(name) = &item.data else {
                return Err(Refusal::argument(0, "a string in it is null"));
            };
            turned.entry(Arc::clone(name)).or_default().push(Value::string(Arc::clone(key)).at(item.origin.clone()));
        }
    }
    let lists = turned.into_iter().map(|(name, list)| (name, Value::list(Type::String, list))).collect();
    Ok(Value::map(Type::list(Type::String), lists))
}

fn product(call: &Call<'_>) -> Outcome {
    if call.arguments.len() < 2 {
        return Err(Refusal::call("it takes at least two collections"));
    }
    let mut elements = Vec::new();
    let mut ordered = true;
    let mut total = 1usize;
    for (at, argument) in call.arguments.iter().enumerate() {
        let element = match &argument.data {
            Data::List(element, _) => Some(element.clone()),
            Data::Set(element, _) => {
                ordered = false;
                Some(element.clone())
            }
            Data::Tuple(items) => unify(items.iter().map(Value::ty)),
            _ => {
                let found = argument.ty().friendly();
                return Err(Refusal::argument(at, format!("a set or list is needed, and this is {found}")));
            }
        };
        let element = element.ok_or_else(|| Refusal::argument(at, "all its elements must have one type"))?;
        elements.push(element);
        total = total.saturating_mul(argument.as_items().map_or(0, <[Value]>::len));
    }
    if total.saturating_mul(elements.len()) > Budget::MAX_ELEMENTS {
        return Err(Refusal::bound("the result is a larger collection than trysquare allows"));
    }
    call.spend(total.saturating_mul(elements.len()))?;
    let unknown_set =
        call.arguments.iter().find(|set| matches!(set.data, Data::Set(..)) && set.first_unknown().is_some());
    let tuple = Type::Tuple(elements.iter().cloned().collect());
    let sensitive = any_sensitive(call);
    if let Some(unknown) = unknown_set.and_then(Value::first_unknown) {
        let ty = if ordered { Type::list(tuple) } else { Type::set(tuple) };
        return Ok(hangs_on(unknown, ty).marked(sensitive));
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for (at, (argument, element)) in call.arguments.iter().zip(&elements).enumerate() {
        let items = argument.as_items().unwrap_or(&[]).iter();
        let items = items
            .map(|item| convert(item, element).map_err(|error| Refusal::argument(at, error.0)))
            .collect::<Result<Vec<_>, _>>()?;
        rows =
            rows.iter().flat_map(|row| items.iter().map(|item| row.iter().chain([item]).cloned().collect())).collect();
    }
    let rows: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
    Ok(if ordered { Value::list(tuple, rows) } else { Value::set(tuple, rows) }.marked(sensitive))
}

/// The elements of several sets of one type, to those of the result.
type SetOperation = fn(&[&[Value]]) -> Vec<Value>;

fn set_operation(call: &Call<'_>, unknown_too: bool, operation: SetOperation) -> Outcome {
    let empty_of_any = |set: &&Value| match &set.data {
        Data::Set(Type::Any, items) => items.is_empty(),
        _ => false,
    };
    let typed = call.arguments.iter().filter(|set| !empty_of_any(set));
    let Some(element) = unify(typed.map(|set| set.ty().element())) else {
        return Err(Refusal::call("the sets must have one element type"));
    };
    // Null alone has no type; terraform makes one set of it and of texts or numbers, and of nothing else.
    let is_of_any = |set: &Value| set.first_unknown().is_none() && set.ty().element() == Type::Any;
    if element == Type::Any && !call.arguments.iter().all(|set| is_of_any(set) || set.first_unknown().is_some()) {
        return Err(Refusal::call("null alone makes no set with these elements"));
    }
    let ty = Type::set(element.clone());
    let mut sets = Vec::with_capacity(call.arguments.len());
    for (at, argument) in call.arguments.iter().enumerate() {
        let set = convert(argument, &ty).map_err(|error| Refusal::argument(at, error.0))?;
        if let Some(unknown) = set.first_unknown().filter(|_| !unknown_too) {
            return Ok(hangs_on(unknown, ty));
        }
        call.allow_elements(set.as_items().map_or(0, <[Value]>::len))?;
        sets.push(set);
    }
    let items: Vec<&[Value]> = sets.iter().filter_map(Value::as_items).collect();
    if !unknown_too && let Some((first, others)) = items.split_first() {
        // Each element of the first is looked for in all others.
        call.spend(first.len().saturating_mul(others.iter().map(|other| other.len()).sum::<usize>()) / 4)?;
    }
    Ok(Value::set(element, operation(&items)))
}

/// The elements of the first set that stand a test against the others.
fn kept(sets: &[&[Value]], test: impl Fn(&[&[Value]], &Value) -> bool) -> Vec<Value> {
    match sets.split_first() {
        Some((first, others)) => first.iter().filter(|item| test(others, item)).cloned().collect(),
        None => Vec::new(),
    }
}

/// Whether a set, being sorted, has an element.
fn has(set: &[Value], item: &Value) -> bool {
    set.iter().any(|other| matches!(equals(item, other), Answer::Yes))
}
