//! Resources: their instances, by `count` and `for_each`, and the values of their attributes.

use std::rc::Rc;
use std::sync::Arc;

use super::computed;
use super::config::Mode;
use super::instance::{Instance, Memo, World, with_key};
use super::policy_document;
use crate::eval::{Budget, EvalError, Evaluated, Evaluator};
use crate::source::Span;
use crate::syntax::hcl::ast::{Block, Body, Expr, ExprKind, StepKind};
use crate::value::{Data, Fields, Object, Origin, Type, Unknown, Value, convert};

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
    /// By `for_each`.
    Keyed(Vec<(InstanceKey, T)>),
    /// Unknown how many; one stands for all.
    Unknown([(InstanceKey, T); 1], Arc<Unknown>),
}

impl<T> Expansion<T> {
    /// Keys and instances.
    pub fn items(&self) -> &[(InstanceKey, T)] {
        match self {
            Self::Single(only) | Self::Unknown(only, _) => only,
            Self::Counted(items) | Self::Keyed(items) => items,
        }
    }

    /// The instance with a key; the one that stands for all, when the keys are unknown.
    pub fn get(&self, key: &InstanceKey) -> Option<&T> {
        match self {
            Self::Unknown([(_, only)], _) => Some(only),
            _ => self.items().iter().find(|(known, _)| known == key).map(|(_, item)| item),
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
    let scope = world.scope(instance, &Repetition::None);
    let evaluator = Evaluator::new(&scope, world.budget);
    if let Some(attribute) = block.body.attribute("count") {
        let value = evaluator.evaluate(&attribute.value).and_then(|value| {
            convert(&value, &Type::Number).map_err(|error| EvalError::new(attribute.value.span, error.to_string()))
        });
        let count = value.as_ref().ok().and_then(Value::as_number).and_then(crate::value::Number::as_usize);
        if let Some(count) = count.filter(|count| *count <= Budget::MAX_ELEMENTS) {
            return Expansion::Counted(
                (0..count)
                    .map(|at| {
                        build(
                            InstanceKey::Index(at),
                            Repetition::Count(Value::from(at).written_at(attribute.value.span)),
                        )
                    })
                    .collect(),
            );
        }
        let unknown = why_unknown(value, attribute.value.span, "`count` is not a whole number");
        let index = Value::unknown(
            Unknown { ty: Type::Number, ..unknown.as_ref().clone() }.named(format!("{address}.count.index")),
        );
        return Expansion::Unknown([build(InstanceKey::Unknown, Repetition::Count(index))], unknown);
    }
    let Some(attribute) = block.body.attribute("for_each") else {
        return Expansion::Single([build(InstanceKey::None, Repetition::None)]);
    };
    let span = attribute.value.span;
    let value = evaluator.evaluate(&attribute.value);
    if let Ok(value) = &value
        && let Some(pairs) = each_pairs(value)
    {
        return Expansion::Keyed(
            pairs
                .into_iter()
                .map(|(name, element)| {
                    let key_origin =
                        if element.origin.is_empty() { Origin::source(span) } else { element.origin.clone() };
                    let key = Value::string(Arc::clone(&name)).at(key_origin);
                    build(InstanceKey::Name(name), Repetition::Each(key, element))
                })
                .collect(),
        );
    }
    let unknown = why_unknown(value, span, "`for_each` is neither a map nor a set of strings");
    let named = |part: &str, ty: Type| {
        Value::unknown(Unknown { ty, ..unknown.as_ref().clone() }.named(format!("{address}.each.{part}")))
    };
    let repetition = Repetition::Each(named("key", Type::String), named("value", Type::Any));
    Expansion::Unknown([build(InstanceKey::Unknown, repetition)], unknown)
}

/// Keys and values of a `for_each`; `None` when they are not all known.
fn each_pairs(value: &Value) -> Option<Vec<(Arc<str>, Value)>> {
    match &value.data {
        Data::Map(_, fields) => Some(fields.iter().map(|(key, value)| (Arc::clone(key), value.clone())).collect()),
        Data::Object(object) if object.rest.is_none() => {
            Some(object.fields.iter().map(|(key, value)| (Arc::clone(key), value.clone())).collect())
        }
        Data::Set(_, items) => items.iter().map(|item| Some((item.as_str()?.into(), item.clone()))).collect(),
        _ => None,
    }
}

fn why_unknown(value: Evaluated, span: Span, otherwise: &str) -> Arc<Unknown> {
    match value {
        Err(error) => Arc::new(Unknown::new(Type::Any, error.reason(), Some(error.span))),
        Ok(value) => match value.first_unknown() {
            Some(unknown) => Arc::new(Unknown { span: Some(span), ..unknown.derived(Type::Any) }),
            None => Arc::new(Unknown::new(Type::Any, otherwise, Some(span))),
        },
    }
}

/// A resource or data source with its instances.
pub struct Resource {
    /// Managed or data.
    pub mode: Mode,
    /// Such as `aws_lambda_function`.
    pub ty: Arc<str>,
    /// Its name in the module.
    pub name: Arc<str>,
    /// The instances.
    pub instances: Expansion<Rc<ResourceInstance>>,
}

/// One instance of a resource or data source.
pub struct ResourceInstance {
    /// Such as `module.a.aws_lambda_function.f["x"]`.
    pub address: Arc<str>,
    /// Which instance.
    pub key: InstanceKey,
    /// Managed or data.
    pub mode: Mode,
    /// Such as `aws_lambda_function`.
    pub ty: Arc<str>,
    /// Its name in the module.
    pub name: Arc<str>,
    /// The block.
    pub block: Arc<Block>,
    /// The module instance it is in.
    pub owner: Rc<Instance>,
    /// What `each` and `count` are.
    pub(super) repetition: Repetition,
    values: Memo,
}

const META_ATTRIBUTES: &[&str] = &["count", "for_each", "provider", "depends_on"];
const META_BLOCKS: &[&str] = &["lifecycle", "connection", "provisioner"];

impl Resource {
    pub(super) fn new(
        world: &World<'_>,
        owner: &Rc<Instance>,
        mode: Mode,
        ty: &Arc<str>,
        name: &Arc<str>,
        block: &Arc<Block>,
    ) -> Self {
        let prefix = match mode {
            Mode::Managed => "",
            Mode::Data => "data.",
            Mode::Ephemeral => "ephemeral.",
        };
        let address = owner.qualify(&format!("{prefix}{ty}.{name}"));
        let instances = expand(world, owner, block, &address, &mut |key, address, repetition| {
            Rc::new(ResourceInstance {
                address: address.into(),
                key: key.clone(),
                mode,
                ty: Arc::clone(ty),
                name: Arc::clone(name),
                block: Arc::clone(block),
                owner: Rc::clone(owner),
                repetition,
                values: Memo::default(),
            })
        });
        Self { mode, ty: Arc::clone(ty), name: Arc::clone(name), instances }
    }

    /// What a reference to the resource as a whole is: an object, or a tuple or map of objects.
    pub(super) fn whole(&self, world: &World<'_>) -> Value {
        match &self.instances {
            Expansion::Single([(_, only)]) => only.object(world),
            Expansion::Counted(items) => Value::tuple(items.iter().map(|(_, item)| item.object(world)).collect()),
            Expansion::Keyed(items) => Value::object(
                items
                    .iter()
                    .filter_map(|(key, item)| match key {
                        InstanceKey::Name(name) => Some((Arc::clone(name), item.object(world))),
                        _ => None,
                    })
                    .collect(),
            ),
            Expansion::Unknown(_, unknown) => Value::unknown(unknown.derived(Type::Any)),
        }
    }
}

impl ResourceInstance {
    /// The value of an attribute: as configured, else as the provider computes it, else its default, else unknown.
    ///
    /// # Errors
    /// When its expression does not evaluate, or refers to itself.
    pub fn attribute(&self, world: &World<'_>, name: &Arc<str>, at: Span) -> Evaluated {
        let label = format!("{}.{name}", self.address);
        self.values.get(name, at, &label, || {
            if let Some(configured) = self.evaluate_configured(world, name)? {
                return Ok(configured);
            }
            if self.mode == Mode::Data
                && &*self.ty == "aws_iam_policy_document"
                && matches!(&**name, "json" | "minified_json")
            {
                return policy_document::json(self, world);
            }
            if let Some(value) = computed::attribute(self, world, name) {
                return Ok(value);
            }
            Ok(Value::unknown(self.rest().attribute(name, at)))
        })
    }

    /// What the provider makes of an attribute that is left out, as far as that is known.
    #[must_use]
    pub fn provided(&self, world: &World<'_>, name: &str) -> Option<Value> {
        computed::attribute(self, world, name)
    }

    /// The value of an attribute or nested block as the configuration sets it; `None` when it does not.
    #[must_use]
    pub fn configured(&self, world: &World<'_>, name: &str) -> Option<Value> {
        let key: Arc<str> = name.into();
        let at = self.block.header;
        if !self.sets(name) {
            return None;
        }
        Some(self.attribute(world, &key, at).unwrap_or_else(|error| {
            let span = self.block.body.attribute(name).map_or(at, |attribute| attribute.value.span);
            Value::unknown(Unknown::new(Type::Any, error.reason(), Some(error.span))).at(Origin::source(span))
        }))
    }

    fn sets(&self, name: &str) -> bool {
        let body = &self.block.body;
        body.attribute(name).is_some()
            || body
                .blocks
                .iter()
                .any(|block| &*block.kind.value == name || dynamic_label(block).is_some_and(|label| &**label == name))
    }

    fn evaluate_configured(&self, world: &World<'_>, name: &str) -> Result<Option<Value>, EvalError> {
        if META_ATTRIBUTES.contains(&name) || META_BLOCKS.contains(&name) {
            return Ok(None);
        }
        let scope = world.scope(&self.owner, &self.repetition);
        let evaluator = Evaluator::new(&scope, world.budget);
        if let Some(attribute) = self.block.body.attribute(name) {
            return evaluator.evaluate(&attribute.value).map(Some);
        }
        Ok(nested_blocks(&evaluator, &self.block.body, name))
    }

    /// What its attributes that nobody configured are: known to the provider only.
    pub(super) fn rest(&self) -> Unknown {
        let reason = match self.mode {
            Mode::Data => "it is read from the provider when Terraform runs",
            _ => "it is known only after apply",
        };
        Unknown::new(Type::Any, reason, Some(self.block.header)).named(Arc::clone(&self.address))
    }

    /// Everything the configuration sets, as an object whose other attributes are unknown.
    #[must_use]
    pub fn object(&self, world: &World<'_>) -> Value {
        let mut fields = self.configured_fields(world);
        for name in computed::attributes(self) {
            let name: Arc<str> = name.into();
            if !fields.contains_key(&name)
                && let Ok(value) = self.attribute(world, &name, self.block.header)
            {
                fields.insert(name, value);
            }
        }
        let object = Object { fields, rest: Some(Arc::new(self.rest())) };
        Value::new(Data::Object(Arc::new(object))).written_at(self.block.header)
    }

    /// Every attribute and nested block that the configuration sets.
    #[must_use]
    pub fn configured_fields(&self, world: &World<'_>) -> Fields {
        let body = &self.block.body;
        let attributes = body.attributes.iter().map(|attribute| &attribute.name.value);
        let blocks = body.blocks.iter().map(|block| dynamic_label(block).unwrap_or(&block.kind.value));
        let mut fields = Fields::new();
        for name in attributes.chain(blocks) {
            if META_ATTRIBUTES.contains(&&**name) || META_BLOCKS.contains(&&**name) || fields.contains_key(name) {
                continue;
            }
            if let Some(value) = self.configured(world, name) {
                fields.insert(Arc::clone(name), value);
            }
        }
        fields
    }
}

/// The label of a `dynamic` block: the kind of the blocks it makes.
fn dynamic_label(block: &Block) -> Option<&Arc<str>> {
    if &*block.kind.value == "dynamic" { block.label(0) } else { None }
}

/// The nested blocks of a kind as a tuple of objects; `None` when there are none.
pub(super) fn nested_blocks(evaluator: &Evaluator<'_>, body: &Body, kind: &str) -> Option<Value> {
    let mut items = Vec::new();
    let mut found = false;
    for block in &body.blocks {
        if &*block.kind.value == kind {
            found = true;
            items.push(block_object(evaluator, block, block.header));
        } else if dynamic_label(block).is_some_and(|label| &**label == kind) {
            found = true;
            match dynamic_items(evaluator, block) {
                Ok(more) => items.extend(more),
                Err(unknown) => return Some(Value::unknown(unknown).written_at(block.header)),
            }
        }
    }
    let origin = body.blocks_of(kind).next().map_or(Origin::NONE, |block| Origin::source(block.header));
    found.then(|| Value::tuple(items).at(origin))
}

fn block_object(evaluator: &Evaluator<'_>, block: &Block, header: Span) -> Value {
    let mut fields = Fields::new();
    for attribute in &block.body.attributes {
        fields.insert(Arc::clone(&attribute.name.value), evaluator.evaluate_or_unknown(&attribute.value));
    }
    for inner in &block.body.blocks {
        let kind = dynamic_label(inner).unwrap_or(&inner.kind.value);
        if !fields.contains_key(kind)
            && let Some(value) = nested_blocks(evaluator, &block.body, kind)
        {
            fields.insert(Arc::clone(kind), value);
        }
    }
    Value::object(fields).written_at(header)
}

/// The blocks that a `dynamic` block makes.
fn dynamic_items(evaluator: &Evaluator<'_>, block: &Block) -> Result<Vec<Value>, Unknown> {
    let fail = |reason: String, span: Span| Unknown::new(Type::Any, reason, Some(span));
    let each = block
        .body
        .attribute("for_each")
        .ok_or_else(|| fail("this `dynamic` block has no `for_each`".to_owned(), block.header))?;
    let content = block
        .body
        .blocks_of("content")
        .next()
        .ok_or_else(|| fail("this `dynamic` block has no `content`".to_owned(), block.header))?;
    let iterator: &str = match block.body.attribute("iterator").map(|attribute| &attribute.value.kind) {
        Some(ExprKind::Variable(name) | ExprKind::Text(name)) => name,
        _ => block.label(0).map_or("", |label| label),
    };
    let over = evaluator.evaluate(&each.value).map_err(|error| fail(error.reason(), error.span))?;
    let pairs: Vec<(Value, Value)> = match &over.data {
        Data::Unknown(unknown) => return Err(Unknown { span: Some(each.value.span), ..unknown.derived(Type::Any) }),
        Data::Null(_) => return Err(fail("`for_each` is null".to_owned(), each.value.span)),
        Data::Tuple(items) | Data::List(_, items) => {
            items.iter().enumerate().map(|(at, item)| (Value::from(at), item.clone())).collect()
        }
        Data::Set(_, items) => items.iter().map(|item| (item.clone(), item.clone())).collect(),
        _ => over.as_fields().map_or_else(Vec::new, |fields| {
            fields
                .iter()
                .map(|(key, value)| (Value::string(Arc::clone(key)).at(value.origin.clone()), value.clone()))
                .collect()
        }),
    };
    Ok(pairs
        .into_iter()
        .map(|(key, value)| {
            let current = Value::record([("key", key), ("value", value)]);
            evaluator.with_names([(iterator, current)], |inner| block_object(inner, content, block.header))
        })
        .collect())
}

/// What a resource's `lifecycle` ignores: attribute paths as text, each at its place; `all` for everything.
#[must_use]
pub fn ignored_changes(block: &Block) -> Option<Value> {
    let lifecycle = block.body.blocks_of("lifecycle").next()?;
    let attribute = lifecycle.body.attribute("ignore_changes")?;
    let items: Vec<Value> = match &attribute.value.kind {
        ExprKind::Tuple(items) => items.iter().filter_map(path_text).collect(),
        _ => path_text(&attribute.value).into_iter().collect(),
    };
    Some(Value::list(Type::String, items).written_at(attribute.value.span))
}

fn path_text(expr: &Expr) -> Option<Value> {
    let mut text = String::new();
    match &expr.kind {
        ExprKind::Variable(name) | ExprKind::Text(name) => text.push_str(name),
        ExprKind::Access { base, steps } => {
            text.push_str(path_text(base)?.as_str()?);
            for step in steps {
                match &step.kind {
                    StepKind::Attribute(name) => {
                        text.push('.');
                        text.push_str(name);
                    }
                    _ => text.push_str("[…]"),
                }
            }
        }
        _ => return None,
    }
    Some(Value::string(text).written_at(expr.span))
}
