//! The names that an expression in a module can use.

use std::rc::Rc;
use std::sync::Arc;

use super::config::Mode;
use super::expand::{Expansion, InstanceKey, Repetition};
use super::instance::{Instance, World};
use super::references::{NO_COUNT, NO_EACH, NO_SELF};
use crate::eval::{EvalError, Evaluated, Files, Found, PathStep, Scope};
use crate::source::Span;
use crate::value::{Data, Fields, Object, Type, Unknown, Value};

pub struct ModuleScope<'s, 'w> {
    pub(super) world: &'s World<'w>,
    pub(super) instance: &'s Rc<Instance>,
    pub(super) repetition: &'s Repetition,
}

/// The first steps as names.
fn name_at(path: &[PathStep], index: usize) -> Option<Arc<str>> {
    match path.get(index)? {
        PathStep::Attribute(name, _) => Some(Arc::clone(name)),
        PathStep::Index(value, _) => value.as_str().map(Into::into),
    }
}

impl Scope for ModuleScope<'_, '_> {
    fn lookup(&self, root: &str, path: &[PathStep], at: Span) -> Result<Found, EvalError> {
        match root {
            "var" => self.named(path, at, "var", |name| self.world.variable(self.instance, name, at)),
            "local" => self.named(path, at, "local", |name| self.world.local(self.instance, name, at)),
            "each" => match (self.repetition, path.first().and_then(PathStep::name)) {
                (Repetition::Each(key, _), Some("key")) => Ok(Found { value: key.clone(), used: 1 }),
                (Repetition::Each(_, value), Some("value")) => Ok(Found { value: value.clone(), used: 1 }),
                (Repetition::Each(..), _) => Err(EvalError::new(at, "`each` has `key` and `value`, nothing else")),
                _ => Err(EvalError::new(at, NO_EACH)),
            },
            "count" => match (self.repetition, path.first().and_then(PathStep::name)) {
                (Repetition::Count(index), Some("index")) => Ok(Found { value: index.clone(), used: 1 }),
                _ => Err(EvalError::new(at, NO_COUNT)),
            },
            "path" => self.path(path, at),
            "terraform" if path.first().and_then(PathStep::name).is_none_or(|name| name != "workspace") => {
                Err(EvalError::new(at, "`terraform` has `workspace`, nothing else"))
            }
            "terraform" => {
                let unknown = Unknown::new(Type::String, "the workspace is chosen when Terraform runs", Some(at))
                    .named("terraform.workspace");
                Ok(Found { value: Value::unknown(unknown), used: path.len().min(1) })
            }
            "self" => Err(EvalError::new(at, NO_SELF)),
            "module" => self.module(path, at),
            "data" => self.resource(Mode::Data, name_at(path, 0), path, 1, at),
            "ephemeral" => self.resource(Mode::Ephemeral, name_at(path, 0), path, 1, at),
            ty => self.resource(Mode::Managed, Some(ty.into()), path, 0, at),
        }
    }

    fn files(&self) -> &dyn Files {
        &self.world.files
    }
}

impl ModuleScope<'_, '_> {
    fn named(
        &self,
        path: &[PathStep],
        at: Span,
        root: &str,
        find: impl FnOnce(&Arc<str>) -> Option<Evaluated>,
    ) -> Result<Found, EvalError> {
        let Some(name) = name_at(path, 0) else {
            return Err(EvalError::new(at, format!("`{root}` is followed by a name, as in `{root}.example`")));
        };
        match find(&name) {
            Some(value) => Ok(Found { value: value?, used: 1 }),
            None => self.undeclared(root, Some(&name), None, at),
        }
    }

    /// What something is that was not found: an error, or unknown where it may be in a file that is not here yet.
    fn undeclared(&self, root: &str, first: Option<&str>, second: Option<&str>, at: Span) -> Result<Found, EvalError> {
        match self.instance.module.undeclared(root, first, second, at) {
            Some(error) if error.bound => {
                let value = Value::unknown(Unknown::new(Type::Any, error.message, Some(at)));
                Ok(Found { value, used: 1 + usize::from(matches!(root, "data" | "ephemeral")) })
            }
            Some(error) => Err(error),
            None => Err(EvalError::new(at, format!("`{root}` alone stands for nothing"))),
        }
    }

    fn path(&self, path: &[PathStep], at: Span) -> Result<Found, EvalError> {
        let root = &self.world.root().module.dir;
        let value = match path.first().and_then(PathStep::name) {
            Some("module") => Value::string(relative(root, &self.instance.module.dir)),
            Some("root") => Value::string("."),
            Some("cwd") => Value::unknown(
                Unknown::new(Type::String, "the working directory is known when Terraform runs", Some(at))
                    .named("path.cwd"),
            ),
            _ => return Err(EvalError::new(at, "`path` has `module`, `root` and `cwd`")),
        };
        Ok(Found { value, used: 1 })
    }

    fn module(&self, path: &[PathStep], at: Span) -> Result<Found, EvalError> {
        let Some(name) = name_at(path, 0) else {
            return Err(EvalError::new(at, "`module` is followed by the name of a module call"));
        };
        if !self.instance.module.calls.contains_key(&name) {
            return self.undeclared("module", Some(&name), None, at);
        }
        let children = match self.world.children(self.instance, &name) {
            Ok(children) => children,
            Err(unknown) => return Ok(Found { value: Value::unknown(unknown), used: 1 }),
        };
        let (child, used) = match pick(&children, path, 1, at)? {
            Picked::One(child, used) => (child, used),
            Picked::All => return Ok(Found { value: children.value(|child| self.module_object(child, at)), used: 1 }),
            Picked::Unknown(unknown) => return Ok(Found { value: Value::unknown(unknown), used: 2 }),
        };
        let Some(output) = name_at(path, used) else {
            return Ok(Found { value: self.module_object(child, at), used });
        };
        match self.world.output(child, &output, at) {
            Some(value) => Ok(Found { value: value?, used: used + 1 }),
            None => {
                let error = EvalError::new(at, format!("module `{name}` has no output `{output}`"));
                Err(error.suggesting(&output, child.module.outputs.keys().map(|name| &**name)))
            }
        }
    }

    fn module_object(&self, child: &Rc<Instance>, at: Span) -> Value {
        let mut fields = Fields::new();
        for name in child.module.outputs.keys() {
            let value = match self.world.output(child, name, at) {
                Some(Ok(value)) => value,
                Some(Err(error)) => Value::unknown(Unknown::new(Type::Any, error.reason(), Some(error.span))),
                None => continue,
            };
            fields.insert(Arc::clone(name), value);
        }
        Value::new(Data::Object(Arc::new(Object { fields, rest: None })))
    }

    fn resource(
        &self,
        mode: Mode,
        ty: Option<Arc<str>>,
        path: &[PathStep],
        skip: usize,
        at: Span,
    ) -> Result<Found, EvalError> {
        let root = match mode {
            Mode::Managed => ty.as_deref().unwrap_or(""),
            Mode::Data => "data",
            Mode::Ephemeral => "ephemeral",
        };
        let (Some(ty), Some(name)) = (&ty, name_at(path, skip)) else {
            return self.undeclared(root, ty.as_deref(), None, at);
        };
        let Some(resource) = self.world.resource(self.instance, mode, ty, &name)? else {
            return self.undeclared(root, Some(ty), Some(&name), at);
        };
        let address = self.instance.qualify(&mode.address(ty, &name));
        if let Some(error) = self.world.trail.refers_back(&address, at) {
            return Err(error);
        }
        let start = skip + 1;
        if let Some(error) = misindexed(&resource.instances, path.get(start)) {
            return Err(error);
        }
        let (instance, used) = match pick(&resource.instances, path, start, at)? {
            Picked::One(instance, used) => (instance, used),
            Picked::All => {
                return Ok(Found { value: resource.instances.value(|item| item.object(self.world)), used: start });
            }
            Picked::Unknown(unknown) => return Ok(Found { value: Value::unknown(unknown), used: start + 1 }),
        };
        match name_at(path, used) {
            Some(attribute) => Ok(Found { value: instance.attribute(self.world, &attribute, at)?, used: used + 1 }),
            None => Ok(Found { value: instance.object(self.world), used }),
        }
    }
}

enum Picked<'x, T> {
    /// One instance, and how many steps were used so far.
    One(&'x T, usize),
    /// No index follows: all of them.
    All,
    /// The index is unknown.
    Unknown(Unknown),
}

/// The error that an index, or none, is, as far as Terraform asks for one of resources.
fn misindexed<T>(instances: &Expansion<T>, step: Option<&PathStep>) -> Option<EvalError> {
    match (instances, step?) {
        (Expansion::Single(_), PathStep::Index(Value { data: Data::Number(_), .. }, span)) => {
            Some(EvalError::new(*span, "this resource has no `count`, so there is one of it and no index"))
        }
        (Expansion::Counted(_) | Expansion::Keyed(_), PathStep::Attribute(name, span)) => Some(
            EvalError::new(*span, format!("there are several of this resource, and `{name}` is an attribute of one"))
                .with_help("pick one with `[…]`, or all with `[*]` or a `for`"),
        ),
        _ => None,
    }
}

/// The instance that an index after a repeated resource or module picks.
fn pick<'x, T>(
    expansion: &'x Expansion<T>,
    path: &[PathStep],
    at_step: usize,
    at: Span,
) -> Result<Picked<'x, T>, EvalError> {
    if let Expansion::Single([(_, only)]) = expansion {
        return Ok(Picked::One(only, at_step));
    }
    let Some(step) = path.get(at_step) else {
        return Ok(Picked::All);
    };
    let key = match step {
        PathStep::Attribute(name, _) => InstanceKey::Name(Arc::clone(name)),
        PathStep::Index(value, _) => match &value.data {
            Data::Number(number) => InstanceKey::Index(number.as_usize().unwrap_or(usize::MAX)),
            Data::String(text) => match expansion {
                Expansion::Counted(_) => InstanceKey::Index(text.parse().unwrap_or(usize::MAX)),
                _ => InstanceKey::Name(Arc::clone(text)),
            },
            _ => {
                if let Expansion::Unknown([(_, only)], ..) = expansion {
                    return Ok(Picked::One(only, at_step + 1));
                }
                let unknown = value.first_unknown().map(|unknown| unknown.derived(Type::Any));
                return Ok(Picked::Unknown(
                    unknown.unwrap_or_else(|| Unknown::new(Type::Any, "its key is unknown", Some(at))),
                ));
            }
        },
    };
    match expansion.get(&key) {
        Some(found) => Ok(Picked::One(found, at_step + 1)),
        None => Err(EvalError::new(step.span(), "there is no instance with this key")),
    }
}

/// A directory as seen from another, as `path.module` gives it.
fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = to.split('/').filter(|part| !part.is_empty()).collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.len() - shared;
    let parts: Vec<&str> = std::iter::repeat_n("..", up).chain(to.iter().skip(shared).copied()).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}
