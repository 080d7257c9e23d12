//! `count` and `for_each`: which instances a block has.

use std::rc::Rc;
use std::sync::Arc;

use super::instance::{Instance, World, with_key};
use crate::eval::{Budget, EvalError, Evaluated, Evaluator};
use crate::source::Span;
use crate::syntax::hcl::ast::{Attribute, Block};
use crate::value::{Data, Origin, Type, Unknown, Value, convert};

/// Which of the instances of a resource or module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum InstanceKey {
    /// There is one instance and no key.
    None,
    /// By `count`.
    Index(usize),
    /// By `for_each`.
    Name(Arc<str>),
    /// `count` or `for_each` is unknown: this instance stands for all there will be.
    Unknown,
}

/// What `each` and `count` are in an instance.
#[derive(Debug, Clone)]
pub enum Repetition {
    /// Neither is there.
    None,
    /// `count.index`
    Count(Value),
    /// `each.key` and `each.value`
    Each(Value, Value),
}

/// The instances of a resource or module.
#[derive(Debug)]
pub enum Expansion<T> {
    /// Without `count` and `for_each`.
    Single([(InstanceKey, T); 1]),
    /// By `count`.
    Counted(Vec<(InstanceKey, T)>),
    /// By `for_each`, in the order of the keys.
    Keyed(Vec<(InstanceKey, T)>),
    /// Unknown how many; one stands for all. With the error that Terraform stops with, when it does.
    Unknown([(InstanceKey, T); 1], Arc<Unknown>, Option<Box<EvalError>>),
}

impl<T> Expansion<T> {
    /// Keys and instances.
    pub fn items(&self) -> &[(InstanceKey, T)] {
        match self {
            Self::Single(only) | Self::Unknown(only, ..) => only,
            Self::Counted(items) | Self::Keyed(items) => items,
        }
    }

    /// What a reference to all of them is: the value of the only one, or a tuple or object of each one's.
    pub(super) fn value(&self, each: impl Fn(&T) -> Value) -> Value {
        match self {
            Self::Single([(_, only)]) => each(only),
            Self::Counted(items) => Value::tuple(items.iter().map(|(_, item)| each(item)).collect()),
            Self::Keyed(items) => {
                let named = |(key, item): &(InstanceKey, T)| match key {
                    InstanceKey::Name(name) => Some((Arc::clone(name), each(item))),
                    _ => None,
                };
                Value::object(items.iter().filter_map(named).collect())
            }
            Self::Unknown(_, unknown, _) => Value::unknown(unknown.derived(Type::Any)),
        }
    }

    /// The error that Terraform stops with at the `count` or `for_each`.
    pub(super) fn error(&self) -> Option<&EvalError> {
        match self {
            Self::Unknown(_, _, error) => error.as_deref(),
            Self::Single(_) | Self::Counted(_) | Self::Keyed(_) => None,
        }
    }

    /// The instance with a key; the one that stands for all, when the keys are unknown.
    pub fn get(&self, key: &InstanceKey) -> Option<&T> {
        match (self, key) {
            (Self::Unknown([(_, only)], ..), _) => Some(only),
            (Self::Counted(items), InstanceKey::Index(at)) => items.get(*at).map(|(_, item)| item),
            (Self::Keyed(items), InstanceKey::Name(_)) => {
                let at = items.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
                items.get(at).map(|(_, item)| item)
            }
            _ => None,
        }
    }
}

/// Expands `count` or `for_each` of a block. What cannot be known gives one instance that stands for all.
pub(super) fn expand<T>(
    world: &World<'_>,
    instance: &Rc<Instance>,
    block: &Block,
    address: &str,
    make: &mut dyn FnMut(&InstanceKey, String, Repetition) -> T,
) -> Expansion<T> {
    let mut build = |key: InstanceKey, repetition: Repetition| {
        let item = make(&key, with_key(address, &key), repetition);
        (key, item)
    };
    let plan = world.plan();
    let planned = plan.and_then(|plan| plan.keys(address, &*block.kind.value == "module"));
    if instance.module.is_planned
        && let Some(keys) = planned.as_ref().filter(|keys| !keys.contains(&InstanceKey::None))
    {
        let reason = "a plan does not tell what `each.value` is";
        let value = Unknown::new(Type::Any, reason, Some(block.header)).named(format!("{address}.each.value"));
        return of_keys(keys.clone(), &Value::unknown(value), block.header, &mut build);
    }
    let wanted = wanted(world, instance, block).and_then(|wanted| {
        // Instances cost memory even when nothing of them is evaluated.
        let count = match &wanted {
            Wanted::One => 1,
            Wanted::Count(count, _) => *count,
            Wanted::Each(pairs, _) => pairs.len(),
        };
        match world.budget.spend_whole(count.saturating_mul(INSTANCE_STEPS), block.header) {
            Ok(()) => Ok(wanted),
            Err(error) => Err(Blocked::new(matches!(wanted, Wanted::Count(..)), error)),
        }
    });
    match wanted {
        Ok(Wanted::One) => Expansion::Single([build(InstanceKey::None, Repetition::None)]),
        Ok(Wanted::Count(count, span)) => Expansion::Counted(
            (0..count)
                .map(|at| build(InstanceKey::Index(at), Repetition::Count(Value::from(at).written_at(span))))
                .collect(),
        ),
        Ok(Wanted::Each(pairs, span)) => Expansion::Keyed(
            pairs
                .into_iter()
                .map(|(name, element)| {
                    let key_origin =
                        if element.origin.is_empty() { Origin::source(span) } else { element.origin.clone() };
                    let key = Value::string(Arc::clone(&name)).at(key_origin);
                    build(InstanceKey::Name(name), Repetition::Each(key, element))
                })
                .collect(),
        ),
        Err(Blocked { by_count, unknown, error }) => {
            let named = |part: &str, ty: Type| {
                Value::unknown(Unknown { ty, ..unknown.as_ref().clone() }.named(format!("{address}.{part}")))
            };
            let repetition = if by_count {
                Repetition::Count(named("count.index", Type::Number))
            } else {
                Repetition::Each(named("each.key", Type::String), named("each.value", Type::Any))
            };
            match planned.filter(|_| error.is_none()) {
                Some(keys) => of_keys(keys, &named("each.value", Type::Any), block.header, &mut build),
                None => Expansion::Unknown([build(InstanceKey::Unknown, repetition)], unknown, error.map(Box::new)),
            }
        }
    }
}

/// The instances that a plan has; what `each.value` is in them it does not tell.
fn of_keys<T>(
    keys: Vec<InstanceKey>,
    value: &Value,
    place: Span,
    build: &mut dyn FnMut(InstanceKey, Repetition) -> (InstanceKey, T),
) -> Expansion<T> {
    let of_plan = |key: Value| key.at(Origin::derived(place, None));
    let is_keyed = matches!(keys.first(), Some(InstanceKey::Name(_)));
    let items = keys.into_iter().map(|key| {
        let repetition = match &key {
            InstanceKey::Name(name) => Repetition::Each(of_plan(Value::string(Arc::clone(name))), value.clone()),
            InstanceKey::Index(index) => Repetition::Count(of_plan(Value::from(*index))),
            InstanceKey::None | InstanceKey::Unknown => Repetition::None,
        };
        build(key, repetition)
    });
    let items = items.collect();
    if is_keyed { Expansion::Keyed(items) } else { Expansion::Counted(items) }
}

/// The error that Terraform stops with at the `count` or `for_each` of a block whose instances are not to be had.
pub(super) fn expansion_error(world: &World<'_>, instance: &Rc<Instance>, block: &Block) -> Option<EvalError> {
    wanted(world, instance, block).err().and_then(|blocked| blocked.error)
}

/// What an instance weighs in the budget of work.
const INSTANCE_STEPS: usize = 1_000;

/// Which instances there are to be.
enum Wanted {
    One,
    Count(usize, Span),
    Each(Vec<(Arc<str>, Value)>, Span),
}

/// Why that is not known.
struct Blocked {
    by_count: bool,
    unknown: Arc<Unknown>,
    /// What Terraform stops with, when it does.
    error: Option<EvalError>,
}

impl Blocked {
    fn new(by_count: bool, error: EvalError) -> Self {
        let unknown = Arc::new(Unknown::new(Type::Any, error.reason(), Some(error.span)));
        Self { by_count, unknown, error: Some(error) }
    }
}

fn wanted(world: &World<'_>, instance: &Rc<Instance>, block: &Block) -> Result<Wanted, Blocked> {
    let scope = world.scope(instance, &Repetition::None);
    let evaluator = Evaluator::new(&scope, world.budget);
    match (block.body.attribute("count"), block.body.attribute("for_each")) {
        (None, None) => Ok(Wanted::One),
        (Some(count), Some(_)) => {
            Err(Blocked::new(true, EvalError::new(count.span, "a block has `count` or `for_each`, not both")))
        }
        (Some(attribute), None) => counted(evaluator.evaluate(&attribute.value), attribute),
        (None, Some(attribute)) => each(evaluator.evaluate(&attribute.value), attribute.value.span),
    }
}

fn counted(value: Evaluated, attribute: &Attribute) -> Result<Wanted, Blocked> {
    let span = attribute.value.span;
    let fail = |message: String| Err(Blocked::new(true, EvalError::new(span, message)));
    let value = value.map_err(|error| Blocked::new(true, error))?;
    if value.is_null() {
        return fail("`count` is null".to_owned());
    }
    let number = match convert(&value, &Type::Number) {
        Ok(number) => number,
        Err(error) => return fail(format!("`count` is a whole number: {error}")),
    };
    match (number.as_number(), number.first_unknown()) {
        (Some(number), _) => match number.as_usize() {
            Some(count) if count <= Budget::MAX_ELEMENTS => Ok(Wanted::Count(count, span)),
            Some(_) => {
                Err(Blocked::new(true, EvalError::bound(span, "there are more instances than trysquare follows")))
            }
            None => fail(format!("`count` is a whole number from 0, and not {number}")),
        },
        (None, Some(unknown)) => Err(open(true, unknown, span)),
        (None, None) => fail("`count` is a whole number".to_owned()),
    }
}

fn each(value: Evaluated, span: Span) -> Result<Wanted, Blocked> {
    let fail = |message: &str, help: &str| Err(Blocked::new(false, EvalError::new(span, message).with_help(help)));
    let value = value.map_err(|error| Blocked::new(false, error))?;
    if value.sensitive {
        return fail(
            "`for_each` is sensitive, and its keys would show in addresses",
            "walk over keys that are no secret, and look the secrets up by them",
        );
    }
    match &value.data {
        Data::Null(_) => fail("`for_each` is null", "an empty map gives no instances"),
        Data::Map(_, fields) => Ok(Wanted::Each(pairs(fields), span)),
        Data::Object(object) => match &object.rest {
            None => Ok(Wanted::Each(pairs(&object.fields), span)),
            Some(rest) => Err(open(false, rest, span)),
        },
        Data::Set(_, items) => match items.iter().find_map(Value::first_unknown) {
            Some(unknown) => Err(open(false, unknown, span)),
            None => {
                match items.iter().map(|item| Some((item.as_str()?.into(), item.clone()))).collect::<Option<Vec<_>>>() {
                    Some(mut pairs) => {
                        pairs.sort_by(|(a, _): &(Arc<str>, Value), (b, _)| a.cmp(b));
                        Ok(Wanted::Each(pairs, span))
                    }
                    None => {
                        fail("`for_each` walks over a set of other things than strings", "its elements become keys")
                    }
                }
            }
        },
        Data::Unknown(unknown)
            if !matches!(unknown.ty, Type::List(_) | Type::Tuple(_) | Type::String | Type::Number | Type::Bool) =>
        {
            Err(open(false, unknown, span))
        }
        _ => fail("`for_each` is neither a map nor a set of strings", "make a list of strings a set with `toset(…)`"),
    }
}

fn pairs(fields: &crate::value::Fields) -> Vec<(Arc<str>, Value)> {
    fields.iter().map(|(key, value)| (Arc::clone(key), value.clone())).collect()
}

fn open(by_count: bool, unknown: &Arc<Unknown>, span: Span) -> Blocked {
    let unknown = Arc::new(Unknown { span: Some(span), ..unknown.derived(Type::Any) });
    Blocked { by_count, unknown, error: None }
}
