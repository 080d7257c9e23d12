//! Resources: their instances, by `count` and `for_each`, and the values of their attributes.

use std::rc::Rc;
use std::sync::Arc;

use super::blocks::{dynamic_label, nested_blocks};
use super::builtin;
use super::computed;
use super::config::Mode;
use super::expand::{Expansion, InstanceKey, Repetition, expand};
use super::instance::{Instance, Memo, World};
use super::plan::overlaid;
use super::policy_document;
use crate::eval::{EvalError, Evaluated, Evaluator};
use crate::source::Span;
use crate::syntax::hcl::ast::{Block, Expr, ExprKind, StepKind};
use crate::value::{Data, Fields, Object, Origin, Type, Unknown, Value};

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
        address: &str,
        block: &Arc<Block>,
    ) -> Self {
        let instances = expand(world, owner, block, address, &mut |key, address, repetition| {
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
}

impl ResourceInstance {
    /// The value of an attribute: as configured, else as the provider computes it, else its default, else unknown.
    ///
    /// # Errors
    /// When its expression does not evaluate, or refers to itself.
    pub fn attribute(&self, world: &World<'_>, name: &Arc<str>, at: Span) -> Evaluated {
        let label = || format!("{}.{name}", self.address);
        self.values.get(&world.trail, name, at, label, || {
            let header = self.block.header;
            let planned = self.planned(world, name);
            let place = self.block.body.attribute(name).map_or(header, |attribute| attribute.value.span);
            let evaluated = self.evaluate(world, name, at).map(|value| match (value, planned) {
                (Some(value), _) => value,
                (None, Some(planned)) if planned.as_unknown().is_none() => Value::null().written_at(header),
                (None, _) => Value::unknown(self.rest().attribute(name, at)),
            });
            overlaid(planned, evaluated, place)
        })
    }

    /// The value of an attribute by what is written; `None` where only the provider knows it.
    fn evaluate(&self, world: &World<'_>, name: &Arc<str>, at: Span) -> Result<Option<Value>, EvalError> {
        if let Some(configured) = self.evaluate_configured(world, name)? {
            return Ok(Some(computed::given_back(&self.ty, name, configured)));
        }
        if builtin::is_builtin(self) {
            return builtin::attribute(self, world, name, at).map(Some);
        }
        if self.mode == Mode::Data
            && &*self.ty == "aws_iam_policy_document"
            && matches!(&**name, "json" | "minified_json")
        {
            return policy_document::json(self, world).map(Some);
        }
        Ok(computed::attribute(self, world, name))
    }

    /// What is planned for an attribute.
    fn planned<'p>(&self, world: &'p World<'_>, name: &str) -> Option<&'p Value> {
        world.plan()?.instance(&self.address)?.get(name)
    }

    /// The attributes that the plan knows to have a value.
    fn planned_names<'p>(&self, world: &'p World<'_>) -> impl Iterator<Item = &'p Arc<str>> {
        let planned = world.plan().and_then(|plan| plan.instance(&self.address));
        let known = |value: &Value| !value.is_null() && value.as_unknown().is_none();
        planned.into_iter().flatten().filter(move |(_, value)| known(value)).map(|(name, _)| name)
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
        // Where only a plan tells of the resource, it leaves out which blocks are `dynamic`, and has what they make.
        let has_blocks = || self.owner.module.is_planned && self.planned(world, name).is_some_and(holds_blocks);
        if !self.sets(name) && !has_blocks() {
            return None;
        }
        Some(self.attribute(world, &key, at).unwrap_or_else(|error| {
            let span = self.block.body.attribute(name).map_or(at, |attribute| attribute.value.span);
            Value::unknown(Unknown::new(Type::Any, error.reason(), Some(error.span))).at(Origin::source(span))
        }))
    }

    /// Whether an argument or nested block is one of the resource's own, and not of Terraform's.
    pub(super) fn is_own(name: &str) -> bool {
        !META_ATTRIBUTES.contains(&name) && !META_BLOCKS.contains(&name)
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
        if !Self::is_own(name) {
            return Ok(None);
        }
        let scope = world.scope(&self.owner, &self.repetition);
        let evaluator = Evaluator::new(&scope, world.budget);
        if let Some(attribute) = self.block.body.attribute(name) {
            // The plan may know what could not be read.
            let is_read = !matches!(attribute.value.kind, ExprKind::Invalid) || self.planned(world, name).is_none();
            return is_read.then(|| evaluator.evaluate(&attribute.value)).transpose();
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

    /// What its `lifecycle` ignores: attribute paths as text, each at its place; `all` for everything.
    #[must_use]
    pub fn ignored_changes(&self) -> Value {
        let header = self.block.header;
        if self.owner.module.is_planned {
            let reason = "a plan does not tell which changes `lifecycle` ignores";
            return Value::unknown(Unknown::new(Type::Any, reason, Some(header)));
        }
        ignored_changes(&self.block).unwrap_or_else(|| Value::list(Type::String, Vec::new()).written_at(header))
    }

    /// Everything the configuration sets, as an object whose other attributes are unknown.
    #[must_use]
    pub fn object(&self, world: &World<'_>) -> Value {
        let mut fields = self.configured_fields(world);
        let closed = builtin::is_builtin(self);
        let others = if closed { builtin::attributes().to_vec() } else { computed::attributes(self) };
        let planned = self.planned_names(world).cloned();
        for name in others.into_iter().map(Arc::from).chain(planned) {
            if !fields.contains_key(&name)
                && let Ok(value) = self.attribute(world, &name, self.block.header)
            {
                fields.insert(name, value);
            }
        }
        let object = Object { fields, rest: (!closed).then(|| Arc::new(self.rest())) };
        Value::new(Data::Object(Arc::new(object))).written_at(self.block.header)
    }

    /// Every attribute and nested block that the configuration sets, and what is planned besides.
    #[must_use]
    pub fn values(&self, world: &World<'_>) -> Fields {
        let mut fields = self.configured_fields(world);
        for name in self.planned_names(world) {
            if !fields.contains_key(name)
                && let Ok(value) = self.attribute(world, name, self.block.header)
            {
                fields.insert(Arc::clone(name), value);
            }
        }
        fields
    }

    /// Every attribute and nested block that the configuration sets.
    #[must_use]
    pub fn configured_fields(&self, world: &World<'_>) -> Fields {
        let body = &self.block.body;
        let attributes = body.attributes.iter().map(|attribute| &attribute.name.value);
        let blocks = body.blocks.iter().map(|block| dynamic_label(block).unwrap_or(&block.kind.value));
        let mut fields = Fields::new();
        for name in attributes.chain(blocks) {
            if !Self::is_own(name) || fields.contains_key(name) {
                continue;
            }
            if let Some(value) = self.configured(world, name) {
                fields.insert(Arc::clone(name), value);
            }
        }
        fields
    }
}

/// Whether a planned value is one of nested blocks.
fn holds_blocks(value: &Value) -> bool {
    value.as_items().is_some_and(|items| items.iter().any(|item| item.as_fields().is_some()))
}

fn ignored_changes(block: &Block) -> Option<Value> {
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
