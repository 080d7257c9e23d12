//! What is planned, with the origins of what was evaluated.

use crate::eval::Evaluated;
use crate::eval::functions::read_json;
use crate::source::Span;
use crate::value::{Answer, Data, Fields, Node, Object, Origin, Unknown, Value, convert, equals};

/// Beyond this many elements, those of two sequences are paired by their place alone.
const MAX_PAIRED: usize = 500;

/// The planned value. Wherever the evaluated one says the same, it has that one's origin; wherever it does not,
/// it counts as computed there, for mending the place would not mend the value. What the plan does not know yet
/// stays as it was evaluated: that tells more of it.
fn overlay(planned: &Value, evaluated: &Value) -> Value {
    let value = match &planned.data {
        Data::Unknown(unknown) => match &evaluated.data {
            Data::Null(_) => {
                let unknown = Unknown { span: evaluated.origin.span(), ..unknown.as_ref().clone() };
                Value::unknown(unknown).at(evaluated.origin.clone())
            }
            _ => evaluated.clone(),
        },
        _ if is_same(planned, evaluated) => Value { data: planned.data.clone(), ..evaluated.clone() },
        Data::Object(object) => fields(&object.fields, evaluated),
        Data::Tuple(items) => self::items(items, evaluated),
        _ => document(planned, evaluated)
            .unwrap_or_else(|| Value { data: planned.data.clone(), ..Value::null().at(elsewhere(evaluated)) }),
    };
    value.marked(planned.sensitive || evaluated.sensitive)
}

/// [`overlay`] of what may not be planned, or not evaluate; what is only planned has its place at `place`.
pub(in crate::terraform) fn overlaid(planned: Option<&Value>, evaluated: Evaluated, place: Span) -> Evaluated {
    match (planned, evaluated) {
        (Some(planned), Ok(value)) if value.origin.is_empty() => Ok(overlay(planned, &value.written_at(place))),
        (Some(planned), Ok(value)) => Ok(overlay(planned, &value)),
        (Some(planned), Err(_)) if planned.as_unknown().is_none() => {
            Ok(overlay(planned, &Value::null().written_at(place)))
        }
        (_, evaluated) => evaluated,
    }
}

/// [`overlay`] for a variable: what another value was given for has its place at `place`, where the value was given.
pub(in crate::terraform) fn given(planned: &Value, written: Evaluated, place: Span) -> Value {
    match written {
        Ok(written) if agrees(planned, &written, true) => overlay(planned, &written),
        _ => overlay(planned, &Value::null().written_at(place)),
    }
}

/// The origin of a value that its expression does not show.
fn elsewhere(evaluated: &Value) -> Origin {
    match (evaluated.origin.node(), evaluated.origin.span()) {
        // Empty is the place of the plan itself, which is where the value is set.
        (Some(node), Some(span)) if !matches!(node, Node::Derived(..)) && !span.is_empty() => {
            Origin::derived(span, evaluated.first_unknown().map(|_| evaluated.origin.clone()))
        }
        _ => evaluated.origin.clone(),
    }
}

fn is_same(planned: &Value, evaluated: &Value) -> bool {
    let primitive = |value: &Value| value.as_items().is_none() && value.as_fields().is_none();
    primitive(planned)
        && primitive(evaluated)
        && evaluated.first_unknown().is_none()
        && convert(evaluated, &planned.ty()).is_ok_and(|value| matches!(equals(&value, planned), Answer::Yes))
}

fn fields(planned: &Fields, evaluated: &Value) -> Value {
    // One nested block is an object here and a list there.
    let evaluated = match evaluated.as_items() {
        Some([only]) => only,
        _ => evaluated,
    };
    let missing = Value::null().at(elsewhere(evaluated));
    let overlaid = planned.iter().map(|(name, value)| {
        let own = evaluated.field(name).unwrap_or(&missing);
        (name.clone(), overlay(value, own))
    });
    of_type(Value::new(Data::Object(Object { fields: overlaid.collect(), rest: None }.into())), evaluated)
}

fn items(planned: &[Value], evaluated: &Value) -> Value {
    let own = match evaluated.as_items() {
        Some(items) => items,
        None if evaluated.as_fields().is_some() => std::slice::from_ref(evaluated),
        None => &[],
    };
    let missing = Value::null().at(elsewhere(evaluated));
    let pairs = pair(planned, own);
    let overlaid = planned.iter().zip(pairs).map(|(value, own)| overlay(value, own.unwrap_or(&missing)));
    of_type(Value::tuple(overlaid.collect()), evaluated)
}

/// The evaluated element that each planned one is: a set's are in another order than they were written.
fn pair<'v>(planned: &[Value], evaluated: &'v [Value]) -> Vec<Option<&'v Value>> {
    let mut free: Vec<Option<&Value>> = evaluated.iter().map(Some).collect();
    let mut pairs = vec![None; planned.len()];
    for certain in [true, false] {
        for (at, (value, found)) in planned.iter().zip(&mut pairs).enumerate() {
            if found.is_some() {
                continue;
            }
            let fits = |own: &Option<&Value>| own.is_some_and(|own| agrees(value, own, certain));
            let near = free.get(at).is_some_and(fits).then_some(at);
            let far = || free.iter().take(MAX_PAIRED).position(fits);
            if let Some(slot) = near.or_else(far).and_then(|at| free.get_mut(at)) {
                *found = slot.take();
            }
        }
    }
    // What is written in another form, such as a policy, is in the same order at least.
    if planned.len() == evaluated.len() {
        for (found, own) in pairs.iter_mut().zip(free) {
            *found = found.or(own);
        }
    }
    pairs
}

/// Whether an evaluated value is, or if it need not be `certain` may become, a planned one.
pub(super) fn agrees(planned: &Value, evaluated: &Value, certain: bool) -> bool {
    match (planned.as_fields(), evaluated.as_fields()) {
        (Some(planned), Some(evaluated)) => {
            // Attributes that are not written have defaults in the plan.
            return evaluated
                .iter()
                .filter(|(_, own)| !own.is_null())
                .all(|(name, own)| planned.get(name).is_some_and(|planned| agrees(planned, own, certain)));
        }
        (None, None) => {}
        _ => return false,
    }
    match (planned.as_items(), evaluated.as_items()) {
        (Some(planned), Some(evaluated)) => {
            planned.len() == evaluated.len()
                && planned.iter().zip(evaluated).all(|(planned, own)| agrees(planned, own, certain))
        }
        (None, None) if planned.first_unknown().or(evaluated.first_unknown()).is_some() => {
            !certain && !matches!(equals(planned, evaluated), Answer::No)
        }
        (None, None) => is_same(planned, evaluated),
        _ => false,
    }
}

/// A text of JSON, whose parts have the origins of what was encoded.
fn document(planned: &Value, evaluated: &Value) -> Option<Value> {
    if !planned.as_str()?.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let span = evaluated.origin.span()?;
    let encoded = overlay(&read_json(planned)?, &read_json(evaluated)?);
    Some(Value { data: planned.data.clone(), ..Value::null().at(Origin::encoded(span, encoded)) })
}

/// A planned collection with the type and place of the evaluated one: JSON tells neither maps from objects nor lists from
/// tuples.
fn of_type(planned: Value, evaluated: &Value) -> Value {
    let typed = match &evaluated.data {
        Data::Map(..) | Data::List(..) | Data::Set(..) => convert(&planned, &evaluated.ty()).unwrap_or(planned),
        _ => planned,
    };
    match evaluated.data {
        Data::Null(_) | Data::Unknown(_) => typed.at(elsewhere(evaluated)),
        _ => typed.at(evaluated.origin.clone()),
    }
}
