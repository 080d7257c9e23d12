//! Module instances and what they evaluate to.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::config::{Configuration, Mode, Module, local_source};
use super::expand::{Expansion, InstanceKey, Repetition, expand};
use super::inputs::Inputs;
use super::plan::{self, Plan};
use super::resource::Resource;
use super::scope::ModuleScope;
use super::trail::Trail;
use crate::eval::{Budget, Constants, EvalError, Evaluated, Evaluator, type_constraint};
use crate::source::{FilesUnder, Reader, Span};
use crate::syntax::hcl::ast::{Attribute, Block, Expr, ExprKind};
use crate::value::{Type, Unknown, Value, convert};

/// How deep modules may call modules.
const MAX_MODULE_DEPTH: usize = 32;
/// Module instances beyond this are not looked at: calls that each call twice grow without end.
const MAX_INSTANCES: usize = 20_000;

/// Everything evaluation needs to reach. One world evaluates one root module.
pub struct World<'w> {
    pub(super) reader: &'w Reader<'w>,
    pub(super) configuration: &'w Configuration,
    pub(super) inputs: &'w Inputs,
    pub(super) budget: &'w Budget,
    pub(super) files: FilesUnder<'w>,
    /// The region that the root module's AWS provider is set to.
    region: OnceCell<Value>,
    pub(super) root: Rc<Instance>,
    instances: OnceCell<Vec<Rc<Instance>>>,
    /// What is being evaluated.
    pub(super) trail: Trail,
}

/// One instance of a module.
pub struct Instance {
    /// `""` for the root, else such as `module.api["eu"]`.
    pub address: Arc<str>,
    /// What its directory declares.
    pub module: Rc<Module>,
    /// Who calls it, by which block, and as which repetition.
    pub(super) caller: Option<Caller>,
    variables: Memo,
    locals: Memo,
    outputs: Memo,
    children: RefCell<HashMap<Arc<str>, Rc<Children>>>,
    resources: RefCell<HashMap<ResourceId, Rc<Resource>>>,
}

/// The instances of a called module.
pub type Children = Expansion<Rc<Instance>>;

/// Mode, type and name of a resource in its module.
type ResourceId = (Mode, Arc<str>, Arc<str>);

pub(super) struct Caller {
    pub(super) parent: Rc<Instance>,
    pub(super) block: Arc<Block>,
    pub(super) repetition: Repetition,
    depth: usize,
}

/// Values by name, each evaluated once; a name that is asked for while it is being evaluated is a cycle.
#[derive(Default)]
pub(super) struct Memo(RefCell<HashMap<Arc<str>, Slot>>);

enum Slot {
    Running,
    Done(Evaluated),
}

impl Memo {
    pub(super) fn get(
        &self,
        trail: &Trail,
        name: &Arc<str>,
        at: Span,
        label: impl FnOnce() -> String,
        evaluate: impl FnOnce() -> Evaluated,
    ) -> Evaluated {
        match self.0.borrow().get(name) {
            Some(Slot::Done(result)) => return result.clone(),
            Some(Slot::Running) => return Err(trail.cycle(&label(), at)),
            None => {}
        }
        self.0.borrow_mut().insert(Arc::clone(name), Slot::Running);
        let result = trail.walk(label(), evaluate);
        self.0.borrow_mut().insert(Arc::clone(name), Slot::Done(result.clone()));
        result
    }
}

impl Instance {
    fn new(address: Arc<str>, module: Rc<Module>, caller: Option<Caller>) -> Rc<Self> {
        Rc::new(Self {
            address,
            module,
            caller,
            variables: Memo::default(),
            locals: Memo::default(),
            outputs: Memo::default(),
            children: RefCell::default(),
            resources: RefCell::default(),
        })
    }

    /// The address of something in this module: `module.a.aws_x.y`.
    pub(super) fn qualify(&self, local: &str) -> String {
        if self.address.is_empty() { local.to_owned() } else { format!("{}.{local}", self.address) }
    }
}

impl<'w> World<'w> {
    /// A world for one root module; `None` when its directory was not read.
    #[must_use]
    pub fn new(
        reader: &'w Reader<'w>,
        configuration: &'w Configuration,
        dir: &str,
        inputs: &'w Inputs,
        budget: &'w Budget,
    ) -> Option<Self> {
        let module = configuration.modules.get(dir)?;
        Some(Self {
            reader,
            configuration,
            inputs,
            budget,
            files: FilesUnder::new(reader, dir.into()),
            region: OnceCell::new(),
            root: Instance::new("".into(), Rc::clone(module), None),
            instances: OnceCell::new(),
            trail: Trail::default(),
        })
    }

    /// What Terraform plans for the root module.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        self.inputs.plan.as_ref()
    }

    /// The root module's instance.
    #[must_use]
    pub fn root(&self) -> &Rc<Instance> {
        &self.root
    }

    /// Every module instance, the root first, parents before children.
    #[must_use]
    pub fn instances(&self) -> &[Rc<Instance>] {
        self.instances.get_or_init(|| {
            let mut all = vec![Rc::clone(&self.root)];
            let mut next = 0;
            while let Some(instance) = all.get(next).cloned() {
                next += 1;
                for name in instance.module.calls.keys() {
                    let room = MAX_INSTANCES.saturating_sub(all.len());
                    if let Ok(children) = self.children(&instance, name) {
                        all.extend(children.items().iter().take(room).map(|(_, child)| Rc::clone(child)));
                    }
                }
            }
            all
        })
    }

    /// Whether there are more module instances than [`World::instances`] gives.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        self.instances().len() >= MAX_INSTANCES
    }

    pub(super) fn scope<'s>(&'s self, instance: &'s Rc<Instance>, repetition: &'s Repetition) -> ModuleScope<'s, 'w> {
        ModuleScope { world: self, instance, repetition }
    }

    fn evaluate(&self, instance: &Rc<Instance>, attribute: &Attribute) -> Evaluated {
        let scope = self.scope(instance, &Repetition::None);
        Evaluator::new(&scope, self.budget).evaluate(&attribute.value)
    }

    /// The value of a local.
    ///
    /// # Errors
    /// When there is none of this name, it refers to itself, or it does not evaluate.
    pub fn local(&self, instance: &Rc<Instance>, name: &Arc<str>, at: Span) -> Option<Evaluated> {
        let attribute = instance.module.locals.get(name)?;
        let label = || instance.qualify(&format!("local.{name}"));
        Some(instance.locals.get(&self.trail, name, at, label, || self.evaluate(instance, attribute)))
    }

    /// The value of an output.
    pub fn output(&self, instance: &Rc<Instance>, name: &Arc<str>, at: Span) -> Option<Evaluated> {
        let block = instance.module.outputs.get(name)?;
        let label = || instance.qualify(&format!("output.{name}"));
        Some(instance.outputs.get(&self.trail, name, at, label, || {
            let evaluated = self.evaluate_output(instance, name, block);
            match (&instance.caller, self.plan()) {
                (None, Some(plan)) => plan::overlaid(plan.output(name), evaluated, block.header),
                _ => evaluated,
            }
        }))
    }

    fn evaluate_output(&self, instance: &Rc<Instance>, name: &str, block: &Block) -> Evaluated {
        if instance.module.is_planned {
            let reason = match instance.caller {
                Some(_) => "a plan does not tell what the outputs of modules are",
                None => "it is known only after apply",
            };
            let name = instance.qualify(name);
            return Ok(Value::unknown(Unknown::new(Type::Any, reason, Some(block.header)).named(name)));
        }
        let value =
            block.body.attribute("value").ok_or_else(|| EvalError::new(block.header, "this output has no `value`"))?;
        let sensitive = self.literal_flag(block, "sensitive");
        Ok(self.evaluate(instance, value)?.marked(sensitive))
    }

    /// The value of a variable: what its caller or the inputs give, converted to its type, or its default.
    pub fn variable(&self, instance: &Rc<Instance>, name: &Arc<str>, at: Span) -> Option<Evaluated> {
        let block = instance.module.variables.get(name)?;
        let label = || instance.qualify(&format!("var.{name}"));
        let evaluate = || self.evaluate_variable(instance, name, block, &label());
        Some(instance.variables.get(&self.trail, name, at, label, evaluate))
    }

    fn evaluate_variable(&self, instance: &Rc<Instance>, name: &Arc<str>, block: &Block, label: &str) -> Evaluated {
        let settled = |given| self.settled(instance, name, block, label, given);
        let given = match &instance.caller {
            Some(caller) => match caller.block.body.attribute(name) {
                Some(argument) => {
                    let scope = self.scope(&caller.parent, &caller.repetition);
                    let value = Evaluator::new(&scope, self.budget).evaluate(&argument.value)?;
                    Some(value)
                }
                None => None,
            },
            None => {
                let written = settled(self.inputs.values.get(name).cloned());
                let plan = self.plan();
                return match plan.and_then(|plan| Some((plan.variable(name)?, plan.place()))) {
                    Some((planned, place)) => Ok(plan::given(&settled(Some(planned.clone()))?, written, place)),
                    None => written,
                };
            }
        };
        settled(given)
    }

    /// The value of a variable that is given this.
    fn settled(&self, instance: &Instance, name: &str, block: &Block, label: &str, given: Option<Value>) -> Evaluated {
        let ty = self.type_of(block)?;
        let refused = given.as_ref().is_some_and(|value| value.is_null() && !is_nullable(block));
        if refused && block.body.attribute("default").is_none() {
            let span = given.and_then(|value| value.origin.span()).unwrap_or(block.header);
            return Err(EvalError::new(span, format!("`{label}` is not nullable, and this is null")));
        }
        let given = given.filter(|_| !refused);
        let value = match given {
            Some(value) => value,
            None => match block.body.attribute("default") {
                Some(attribute) => self.constant(&attribute.value)?,
                None => {
                    let reason = match &instance.caller {
                        Some(_) => format!("`{label}` is required, and the module call does not set it"),
                        None => format!("`{label}` has no default, and no .tfvars file sets it"),
                    };
                    Value::unknown(Unknown::new(ty.clone(), reason, Some(block.header)).named(label))
                }
            },
        };
        let value = match &instance.caller {
            Some(_) => value,
            None => self.inputs.overridden(name, value, takes_text(block, &ty)),
        };
        let span = value.origin.span().unwrap_or(block.header);
        let value = convert(&value, &ty)
            .map_err(|error| EvalError::new(span, format!("this does not fit the type of `{label}`: {error}")))?;
        Ok(value.marked(self.literal_flag(block, "sensitive")))
    }

    fn constant(&self, expr: &Expr) -> Evaluated {
        Evaluator::new(&Constants, self.budget).evaluate(expr)
    }

    /// The type that a variable declares.
    fn type_of(&self, variable: &Block) -> Result<Type, EvalError> {
        match variable.body.attribute("type") {
            Some(attribute) => type_constraint::read(&attribute.value, &|expr| self.constant(expr)),
            None => Ok(Type::Any),
        }
    }

    /// Holds a variable's default against its type, whether or not the default is used.
    pub(super) fn check_default(&self, variable: &Block) -> Result<(), EvalError> {
        let Some(attribute) = variable.body.attribute("default") else {
            return Ok(());
        };
        let span = attribute.value.span;
        let value = self.constant(&attribute.value)?;
        if value.is_null() && !is_nullable(variable) {
            return Err(EvalError::new(span, "the default is null, and the variable is not nullable"));
        }
        match convert(&value, &self.type_of(variable)?) {
            Ok(_) => Ok(()),
            Err(error) => Err(EvalError::new(span, format!("the default does not fit the variable's type: {error}"))),
        }
    }

    fn literal_flag(&self, block: &Block, name: &str) -> bool {
        block.body.attribute(name).is_some_and(|attribute| matches!(attribute.value.kind, ExprKind::Bool(true)))
    }

    /// The instances of a called module.
    ///
    /// # Errors
    /// With the reason, when the module's files are not to be had.
    pub fn children(&self, instance: &Rc<Instance>, name: &Arc<str>) -> Result<Rc<Children>, Unknown> {
        if let Some(known) = instance.children.borrow().get(name) {
            return Ok(Rc::clone(known));
        }
        let block = instance
            .module
            .calls
            .get(name)
            .cloned()
            .ok_or_else(|| Unknown::new(Type::Any, "no such module call", None))?;
        let address = instance.qualify(&format!("module.{name}"));
        let module = self.called_module(&instance.module.dir, &block, &address)?;
        let depth = instance.caller.as_ref().map_or(0, |caller| caller.depth) + 1;
        if depth > MAX_MODULE_DEPTH {
            return Err(Unknown::new(Type::Any, "modules call each other too deeply", Some(block.header)));
        }
        let mut make = |_: &InstanceKey, address: String, repetition| {
            let caller = Caller { parent: Rc::clone(instance), block: Arc::clone(&block), repetition, depth };
            Instance::new(address.into(), Rc::clone(&module), Some(caller))
        };
        let expansion =
            self.trail.expand(&address, block.header, || expand(self, instance, &block, &address, &mut make));
        let expansion = expansion.map_err(|error| Unknown::new(Type::Any, error.reason(), Some(error.span)))?;
        let expansion = Rc::new(expansion);
        instance.children.borrow_mut().insert(Arc::clone(name), Rc::clone(&expansion));
        Ok(expansion)
    }

    /// The module that a block in a directory calls.
    pub(super) fn called_module(&self, dir: &str, block: &Block, address: &str) -> Result<Rc<Module>, Unknown> {
        let source = block.body.attribute("source");
        let calls = call_names(address);
        let dir = local_source(dir, block)
            .or_else(|| self.configuration.installed.get(&self.root.module.dir)?.get(&calls.join(".")).cloned());
        let here = dir.and_then(|dir| self.configuration.modules.get(&dir)).cloned();
        let planned = || self.plan()?.module(&calls, block.header);
        let found = match here {
            Some(module) if module.is_empty() => planned().or(Some(module)),
            Some(module) => Some(module),
            None => planned(),
        };
        found.ok_or_else(|| {
            let named = match source.map(|source| &source.value.kind) {
                Some(ExprKind::Text(text)) => format!("the module `{text}` is not in this repository"),
                _ => "the module's source is not a plain text".to_owned(),
            };
            Unknown::new(Type::Any, named, Some(block.header)).named(address)
        })
    }

    /// A resource's instances; `None` when the module has no such resource.
    ///
    /// # Errors
    /// When its `count` or `for_each` refers to itself.
    pub fn resource(
        &self,
        instance: &Rc<Instance>,
        mode: Mode,
        ty: &Arc<str>,
        name: &Arc<str>,
    ) -> Result<Option<Rc<Resource>>, EvalError> {
        let id = (mode, Arc::clone(ty), Arc::clone(name));
        if let Some(known) = instance.resources.borrow().get(&id) {
            return Ok(Some(Rc::clone(known)));
        }
        let Some(block) = instance.module.resources.get(&id) else {
            return Ok(None);
        };
        let address = instance.qualify(&mode.address(ty, name));
        let resource = self
            .trail
            .expand(&address, block.header, || Resource::new(self, instance, mode, ty, name, &address, block));
        let resource = Rc::new(resource?);
        instance.resources.borrow_mut().insert(id, Rc::clone(&resource));
        Ok(Some(resource))
    }

    /// The regions that the root module's AWS providers are set to; unknown where one leaves it to the environment.
    #[must_use]
    pub fn regions(&self) -> Vec<Value> {
        let providers = self.root.module.providers.iter();
        let aws = providers.filter(|block| block.label(0).is_some_and(|label| &**label == "aws"));
        aws.map(|block| {
            let written = block.body.attribute("region");
            let region = written.and_then(|attribute| self.evaluate(&self.root, attribute).ok());
            region.filter(|region| !region.is_null()).unwrap_or_else(|| {
                let reason = "the region is chosen when Terraform runs";
                Value::unknown(Unknown::new(Type::String, reason, Some(block.header)))
            })
        })
        .collect()
    }

    /// The region of the root module's AWS provider, when that is written; else an unknown of that name.
    pub(super) fn region(&self) -> Value {
        if let Some(region) = self.region.get() {
            return region.clone();
        }
        let provider = self.root.module.providers.iter().find(|block| {
            block.label(0).is_some_and(|label| &**label == "aws") && block.body.attribute("alias").is_none()
        });
        let written = provider.and_then(|block| block.body.attribute("region"));
        let unknown = || {
            Value::unknown(Unknown {
                not_null: true,
                ..Unknown::new(Type::String, "the region is chosen when Terraform runs", None).named("region")
            })
        };
        let region = match written {
            Some(attribute) => self.evaluate(&self.root, attribute).unwrap_or_else(|_| unknown()),
            None => unknown(),
        };
        self.region.get_or_init(|| region).clone()
    }
}

/// Whether the command line's text is a variable's value as it is: only other types are written as expressions.
fn takes_text(variable: &Block, ty: &Type) -> bool {
    variable.body.attribute("type").is_none() || matches!(ty, Type::String | Type::Number | Type::Bool)
}

/// Whether null may be given for a variable; else it stands for the default.
fn is_nullable(variable: &Block) -> bool {
    variable.body.attribute("nullable").is_none_or(|attribute| !matches!(attribute.value.kind, ExprKind::Bool(false)))
}

/// The names of the calls that lead to a module, without instance keys. Joined by dots they are its key in `modules.json`.
fn call_names(address: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = address;
    while let Some(after) = rest.strip_prefix("module.") {
        let end = after.find(['.', '[']).unwrap_or(after.len());
        names.push(after.get(..end).unwrap_or(""));
        let next = after.find(".module.").map(|at| at + 1);
        rest = next.and_then(|at| after.get(at..)).unwrap_or("");
    }
    names
}

/// The label of an instance key, as addresses write it.
pub(super) fn with_key(address: &str, key: &InstanceKey) -> String {
    match key {
        InstanceKey::None => address.to_owned(),
        InstanceKey::Index(index) => format!("{address}[{index}]"),
        InstanceKey::Name(name) => format!("{address}[{name:?}]"),
        InstanceKey::Unknown => format!("{address}[*]"),
    }
}
