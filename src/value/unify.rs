//! The type that values of several types can all become, by the rules of zclconf/go-cty, which are
//! not symmetric: `["a"]` and a list make a list, `["a"]` and a set of numbers nothing.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Type;

/// The type that values of these types can all become; `None` when there is none.
/// No types at all give [`Type::Any`].
pub fn unify(types: impl IntoIterator<Item = Type>) -> Option<Type> {
    let types: Vec<Type> = types.into_iter().collect();
    Rules::default().unify(&types)
}

/// Whether a value of one type may be of the other, as far as types tell.
pub(super) fn could_convert(from: &Type, to: &Type) -> bool {
    Rules::default().converts(from, to)
}

/// Types looked at before giving up: types nested on purpose can be tried in very many ways.
const MAX_STEPS: u32 = 200_000;

/// The rules, with what was spent on applying them.
#[derive(Default)]
struct Rules {
    steps: u32,
}

/// How many of the types are of each kind.
#[derive(Default)]
struct Kinds {
    maps: usize,
    lists: usize,
    sets: usize,
    objects: usize,
    tuples: usize,
    undecided: usize,
}

impl Kinds {
    fn of(types: &[Type]) -> Self {
        let mut kinds = Self::default();
        for ty in types {
            match ty {
                Type::Map(_) => kinds.maps += 1,
                Type::List(_) => kinds.lists += 1,
                Type::Set(_) => kinds.sets += 1,
                Type::Object(_) => kinds.objects += 1,
                Type::Tuple(_) => kinds.tuples += 1,
                Type::Any => kinds.undecided += 1,
                Type::Bool | Type::Number | Type::String => {}
            }
        }
        kinds
    }
}

impl Rules {
    fn spend(&mut self) -> bool {
        self.steps += 1;
        self.steps <= MAX_STEPS
    }

    fn unify(&mut self, types: &[Type]) -> Option<Type> {
        let Some((first, rest)) = types.split_first() else {
            return Some(Type::Any);
        };
        if rest.iter().all(|ty| ty == first) {
            return Some(first.clone());
        }
        if !self.spend() {
            return None;
        }
        let kinds = Kinds::of(types);
        let all = types.len();
        // Whatever an undecided type turns out to be decides the others too.
        let undecided = kinds.undecided > 0;
        if kinds.maps > 0 && kinds.maps + kinds.undecided == all {
            return if undecided { Some(Type::Any) } else { self.elements(types).map(Type::map) };
        }
        if kinds.maps > 0 && kinds.maps + kinds.objects + kinds.undecided == all {
            if let Some(ty) = self.objects_as_maps(types) {
                return Some(ty);
            }
        } else if kinds.lists > 0 && kinds.lists + kinds.undecided == all {
            return if undecided { Some(Type::Any) } else { self.elements(types).map(Type::list) };
        } else if kinds.lists > 0 && kinds.lists + kinds.tuples + kinds.undecided == all {
            if let Some(ty) = self.tuples_as_lists(types) {
                return Some(ty);
            }
        } else if kinds.sets > 0 && kinds.sets + kinds.undecided == all {
            return if undecided { Some(Type::Any) } else { self.elements(types).map(Type::set) };
        } else if kinds.objects > 0 && kinds.objects + kinds.undecided == all {
            return if undecided { Some(Type::Any) } else { self.objects(types) };
        } else if kinds.tuples > 0 && kinds.tuples + kinds.undecided == all {
            return if undecided { Some(Type::Any) } else { self.tuples(types) };
        } else if kinds.objects > 0 && kinds.tuples > 0 {
            return None;
        }
        // The most general of the types themselves, if all others convert to it.
        preference(types)
            .into_iter()
            .find(|wanted| types.iter().all(|ty| ty == *wanted || self.converts(ty, wanted)))
            .cloned()
    }

    fn elements(&mut self, types: &[Type]) -> Option<Type> {
        let elements: Vec<Type> = types.iter().map(Type::element).collect();
        self.unify(&elements)
    }

    /// A list type that takes every element of these tuples.
    fn tuples_to_list(&mut self, types: &[Type]) -> Option<Type> {
        let elements: Vec<Type> = types.iter().flat_map(tuple_items).cloned().collect();
        let list = Type::list(self.unify(&elements)?);
        types.iter().all(|ty| self.converts(ty, &list)).then_some(list)
    }

    /// A map type that takes every attribute of these objects.
    fn objects_to_map(&mut self, types: &[Type]) -> Option<Type> {
        let attributes: Vec<Type> = types.iter().flat_map(|ty| object_attributes(ty).values()).cloned().collect();
        let map = Type::map(self.unify(&attributes)?);
        types.iter().all(|ty| self.converts(ty, &map)).then_some(map)
    }

    /// Tuples are often lists in disguise: treats them as such.
    fn tuples_as_lists(&mut self, types: &[Type]) -> Option<Type> {
        let tuples: Vec<Type> = types.iter().filter(|ty| matches!(ty, Type::Tuple(_))).cloned().collect();
        let list = self.tuples_to_list(&tuples)?;
        let listed: Vec<Type> =
            types.iter().map(|ty| if matches!(ty, Type::Tuple(_)) { list.clone() } else { ty.clone() }).collect();
        self.unify(&listed).filter(|ty| matches!(ty, Type::List(_)))
    }

    /// Objects are often maps in disguise.
    fn objects_as_maps(&mut self, types: &[Type]) -> Option<Type> {
        let objects: Vec<Type> = types.iter().filter(|ty| matches!(ty, Type::Object(_))).cloned().collect();
        let map = self.objects_to_map(&objects)?;
        let mapped: Vec<Type> =
            types.iter().map(|ty| if matches!(ty, Type::Object(_)) { map.clone() } else { ty.clone() }).collect();
        self.unify(&mapped).filter(|ty| matches!(ty, Type::Map(_)))
    }

    fn objects(&mut self, types: &[Type]) -> Option<Type> {
        let first = object_attributes(types.first()?);
        if !types.iter().all(|ty| object_attributes(ty).keys().eq(first.keys())) {
            return self.objects_to_map(types);
        }
        let mut attributes = BTreeMap::new();
        for name in first.keys() {
            let across: Vec<Type> = types.iter().map(|ty| ty.attribute(name)).collect();
            attributes.insert(Arc::clone(name), self.unify(&across)?);
        }
        let object = Type::object(attributes);
        if types.iter().all(|ty| self.converts(ty, &object)) { Some(object) } else { self.objects_to_map(types) }
    }

    fn tuples(&mut self, types: &[Type]) -> Option<Type> {
        let length = tuple_items(types.first()?).len();
        if !types.iter().all(|ty| tuple_items(ty).len() == length) {
            return self.tuples_to_list(types);
        }
        let mut items = Vec::with_capacity(length);
        for at in 0..length {
            let across: Vec<Type> = types.iter().filter_map(|ty| tuple_items(ty).get(at)).cloned().collect();
            items.push(self.unify(&across)?);
        }
        let tuple = Type::Tuple(items.into());
        if types.iter().all(|ty| self.converts(ty, &tuple)) { Some(tuple) } else { self.tuples_to_list(types) }
    }

    fn converts(&mut self, from: &Type, to: &Type) -> bool {
        if !self.spend() {
            return false;
        }
        match (from, to) {
            (Type::Any, _) | (_, Type::Any) => true,
            (a, b) if a == b => true,
            (Type::Bool | Type::Number, Type::String) | (Type::String, Type::Bool | Type::Number) => true,
            (Type::List(a) | Type::Set(a), Type::List(b) | Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
                self.converts(a, b)
            }
            (Type::Tuple(items), Type::List(element) | Type::Set(element)) => {
                let Some(element) = self.shared(items, element) else { return false };
                let decided = element != Type::Any || items.iter().all(|item| *item == Type::Any);
                decided && items.iter().all(|item| self.converts(item, &element))
            }
            (Type::Tuple(a), Type::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| self.converts(a, b))
            }
            (Type::Object(object), Type::Map(element)) => {
                let attributes: Vec<Type> = object.attributes.values().cloned().collect();
                let Some(element) = self.shared(&attributes, element) else { return false };
                attributes.iter().all(|attribute| self.converts(attribute, &element))
            }
            (Type::Map(element), Type::Object(object)) => object
                .attributes
                .iter()
                .all(|(name, wanted)| object.optional.contains_key(name) || self.converts(element, wanted)),
            (Type::Object(a), Type::Object(b)) => {
                b.attributes.iter().all(|(name, wanted)| match a.attributes.get(name) {
                    Some(from) => self.converts(from, wanted),
                    None => b.optional.contains_key(name),
                })
            }
            _ => false,
        }
    }

    /// The element type that is wanted: where any will do, the one that these types share.
    fn shared(&mut self, types: &[Type], element: &Type) -> Option<Type> {
        if *element == Type::Any && !types.is_empty() { self.unify(types) } else { Some(element.clone()) }
    }
}

fn tuple_items(ty: &Type) -> &[Type] {
    match ty {
        Type::Tuple(items) => items,
        _ => &[],
    }
}

fn object_attributes(ty: &Type) -> &BTreeMap<Arc<str>, Type> {
    static NONE: BTreeMap<Arc<str>, Type> = BTreeMap::new();
    match ty {
        Type::Object(object) => &object.attributes,
        _ => &NONE,
    }
}

/// The types, the most general first. Types that cannot be compared keep their order.
fn preference(types: &[Type]) -> Vec<&Type> {
    let mut behind: Vec<usize> = Vec::with_capacity(types.len());
    for ty in types {
        behind.push(types.iter().filter(|other| generality(other, ty) == Ordering::Less).count());
    }
    // Takes whatever nothing left is more general than, and so on.
    let mut order = Vec::with_capacity(types.len());
    let mut queue: std::collections::VecDeque<usize> =
        behind.iter().enumerate().filter(|(_, count)| **count == 0).map(|(at, _)| at).collect();
    while let Some(at) = queue.pop_front() {
        let Some(ty) = types.get(at) else { continue };
        order.push(ty);
        for (other, count) in behind.iter_mut().enumerate() {
            if *count > 0 && types.get(other).is_some_and(|other| generality(ty, other) == Ordering::Less) {
                *count -= 1;
                if *count == 0 {
                    queue.push_back(other);
                }
            }
        }
    }
    order
}

/// [`Ordering::Less`] when `a` is the more general type.
fn generality(a: &Type, b: &Type) -> Ordering {
    match (a, b) {
        (Type::Any, Type::Any) => Ordering::Equal,
        (Type::Any, _) => Ordering::Greater,
        (_, Type::Any) => Ordering::Less,
        (Type::String, Type::Bool | Type::Number) => Ordering::Less,
        (Type::Bool | Type::Number, Type::String) => Ordering::Greater,
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            generality(a, b)
        }
        (Type::Tuple(_) | Type::List(_), Type::Set(_)) => Ordering::Less,
        (Type::Set(_), Type::Tuple(_) | Type::List(_)) => Ordering::Greater,
        (Type::List(_), Type::Tuple(_)) | (Type::Map(_), Type::Object(_)) => Ordering::Less,
        (Type::Tuple(_), Type::List(_)) | (Type::Object(_), Type::Map(_)) => Ordering::Greater,
        (Type::Object(a), Type::Object(b)) if a.attributes.keys().eq(b.attributes.keys()) => {
            together(a.attributes.values().zip(b.attributes.values()))
        }
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => together(a.iter().zip(b.iter())),
        _ => Ordering::Equal,
    }
}

/// One of two is more general where it is so in some part and in no part less.
fn together<'t>(parts: impl Iterator<Item = (&'t Type, &'t Type)>) -> Ordering {
    let orders: Vec<Ordering> = parts.map(|(a, b)| generality(a, b)).collect();
    match (orders.contains(&Ordering::Less), orders.contains(&Ordering::Greater)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
