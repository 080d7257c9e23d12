//! What refers to itself by way of others, or calls itself.
//!
//! Terraform orders its work by what is written and not by what is evaluated, so a reference in a
//! branch that is never taken, or to another attribute of the same resource, makes a cycle too.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::config::{Mode, Module};
use super::instance::World;
use super::references::{Reference, in_block, in_expr};
use crate::eval::EvalError;
use crate::source::Span;
use crate::syntax::hcl::ast::Block;

/// Module calls beyond this are not looked into.
const MAX_SITES: usize = 2_000;

/// Every cycle of a configuration, each once.
pub(super) fn errors(world: &World<'_>) -> Vec<EvalError> {
    let mut graph = Graph { sites: vec![Site::root(&world.root().module)], errors: Vec::new() };
    graph.grow(world);
    graph.search();
    graph.errors
}

/// A module as it is called from one place.
struct Site {
    address: String,
    module: Rc<Module>,
    caller: Option<(usize, Arc<Block>)>,
    children: BTreeMap<Arc<str>, usize>,
}

impl Site {
    fn root(module: &Rc<Module>) -> Self {
        Self { address: String::new(), module: Rc::clone(module), caller: None, children: BTreeMap::new() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Thing {
    Variable(Arc<str>),
    Local(Arc<str>),
    Output(Arc<str>),
    /// How many instances a module call has.
    Call(Arc<str>),
    Resource(Mode, Arc<str>, Arc<str>),
}

/// Something in a module as it is called from one place.
type Node = (usize, Thing);

/// A node on the way from where the search began.
struct Stop {
    node: Node,
    /// References that were not followed yet.
    open: Vec<(Node, Span)>,
    /// By which reference it was reached.
    reached: Option<Span>,
}

struct Graph {
    sites: Vec<Site>,
    errors: Vec<EvalError>,
}

impl Graph {
    /// Adds the modules that are called.
    fn grow(&mut self, world: &World<'_>) {
        let mut next = 0;
        while let Some(site) = self.sites.get(next) {
            let module = Rc::clone(&site.module);
            let address = site.address.clone();
            for (name, block) in &module.calls {
                let dot = if address.is_empty() { "" } else { "." };
                let address = format!("{address}{dot}module.{name}");
                let Ok(called) = world.called_module(&module.dir, block, &address) else {
                    continue;
                };
                // Its plan would not have been made.
                if called.is_planned {
                    continue;
                }
                if self.is_inside(next, &called.dir) {
                    self.errors.push(EvalError::new(block.header, "this module calls itself, without end"));
                    continue;
                }
                if self.sites.len() >= MAX_SITES {
                    return;
                }
                let child = self.sites.len();
                self.sites.push(Site { address, caller: Some((next, Arc::clone(block))), ..Site::root(&called) });
                if let Some(site) = self.sites.get_mut(next) {
                    site.children.insert(Arc::clone(name), child);
                }
            }
            next += 1;
        }
    }

    fn is_inside(&self, site: usize, dir: &str) -> bool {
        let mut at = Some(site);
        while let Some(site) = at.and_then(|at| self.sites.get(at)) {
            if site.module.dir == dir {
                return true;
            }
            at = site.caller.as_ref().map(|(parent, _)| *parent);
        }
        false
    }

    /// Follows every reference, deep first and without recursion, for a chain may be as long as a file.
    fn search(&mut self) {
        let nodes: Vec<Node> = self.sites.iter().enumerate().flat_map(|(at, site)| things(at, &site.module)).collect();
        let mut done: BTreeSet<Node> = BTreeSet::new();
        let mut told: BTreeSet<Node> = BTreeSet::new();
        for start in nodes {
            if done.contains(&start) {
                continue;
            }
            let mut way: Vec<Stop> = Vec::new();
            let mut on_way: HashMap<Node, usize> = HashMap::new();
            on_way.insert(start.clone(), 0);
            way.push(Stop { open: self.references(&start), node: start, reached: None });
            while let Some(stop) = way.last_mut() {
                let Some((target, span)) = stop.open.pop() else {
                    on_way.remove(&stop.node);
                    done.insert(stop.node.clone());
                    way.pop();
                    continue;
                };
                if let Some(from) = on_way.get(&target) {
                    let cycle: Vec<&Node> = way.iter().skip(*from).map(|stop| &stop.node).collect();
                    if !cycle.iter().any(|node| told.contains(*node)) {
                        let first = way.get(from + 1).and_then(|stop| stop.reached).unwrap_or(span);
                        let labels = cycle.iter().copied().chain([&target]).map(|node| self.label(node));
                        let labels: Vec<String> = labels.collect();
                        told.extend(cycle.into_iter().cloned());
                        let message = format!("this refers to itself: {}", labels.join(" → "));
                        self.errors.push(EvalError::new(first, message));
                    }
                } else if !done.contains(&target) {
                    on_way.insert(target.clone(), way.len());
                    way.push(Stop { open: self.references(&target), node: target, reached: Some(span) });
                }
            }
        }
    }

    fn label(&self, (site, thing): &Node) -> String {
        let address = self.sites.get(*site).map_or("", |site| site.address.as_str());
        let dot = if address.is_empty() { "" } else { "." };
        let own = match thing {
            Thing::Variable(name) => format!("var.{name}"),
            Thing::Local(name) => format!("local.{name}"),
            Thing::Output(name) => format!("output.{name}"),
            Thing::Call(name) => format!("module.{name}"),
            Thing::Resource(mode, ty, name) => mode.address(ty, name),
        };
        format!("{address}{dot}{own}")
    }

    /// What something refers to, the last first.
    fn references(&self, (at, thing): &Node) -> Vec<(Node, Span)> {
        let Some(site) = self.sites.get(*at) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let module = &site.module;
        let mut own = |reference: &Reference<'_>| self.targets(*at, site, reference, &mut found);
        match thing {
            Thing::Local(name) => {
                if let Some(attribute) = module.locals.get(name) {
                    in_expr(&attribute.value, &mut own);
                }
            }
            Thing::Output(name) => {
                if let Some(block) = module.outputs.get(name) {
                    in_block(block, &mut own);
                }
            }
            Thing::Resource(mode, ty, name) => {
                if let Some(block) = module.resources.get(&(*mode, Arc::clone(ty), Arc::clone(name))) {
                    in_block(block, &mut own);
                }
            }
            Thing::Call(name) => {
                let block = module.calls.get(name);
                for argument in ["count", "for_each", "depends_on"] {
                    if let Some(attribute) = block.and_then(|block| block.body.attribute(argument)) {
                        in_expr(&attribute.value, &mut own);
                    }
                }
            }
            Thing::Variable(name) => {
                if let Some((parent, block)) = &site.caller
                    && let Some(attribute) = block.body.attribute(name)
                    && let Some(outer) = self.sites.get(*parent)
                {
                    in_expr(&attribute.value, &mut |reference| self.targets(*parent, outer, reference, &mut found));
                }
            }
        }
        // Nothing in a module is there before it is known how many of it there are.
        if let Some((parent, block)) = &site.caller
            && let Some(name) = block.label(0)
        {
            found.push(((*parent, Thing::Call(Arc::clone(name))), block.header));
        }
        found.reverse();
        found
    }

    fn targets(&self, at: usize, site: &Site, reference: &Reference<'_>, found: &mut Vec<(Node, Span)>) {
        let name = |index| reference.name(index).map(Arc::from);
        let resource = |mode, ty: Option<Arc<str>>, name: Option<Arc<str>>| Some(Thing::Resource(mode, ty?, name?));
        let thing = match reference.root {
            "var" => name(0).map(Thing::Variable),
            "local" => name(0).map(Thing::Local),
            "data" => resource(Mode::Data, name(0), name(1)),
            "ephemeral" => resource(Mode::Ephemeral, name(0), name(1)),
            "module" => {
                let Some(call) = name(0) else { return };
                if let Some((child, inner)) =
                    site.children.get(&call).and_then(|child| Some((*child, self.sites.get(*child)?)))
                {
                    let wanted = reference.member().filter(|member| inner.module.outputs.contains_key(*member));
                    let outputs =
                        inner.module.outputs.keys().filter(|name| wanted.is_none_or(|wanted| wanted == &***name));
                    found.extend(outputs.map(|name| ((child, Thing::Output(Arc::clone(name))), reference.at)));
                }
                Some(Thing::Call(call))
            }
            "each" | "count" | "self" | "path" | "terraform" => None,
            ty => resource(Mode::Managed, Some(ty.into()), name(0)),
        };
        found.extend(thing.map(|thing| ((at, thing), reference.at)));
    }
}

/// Everything in a module that can refer to something.
fn things(at: usize, module: &Module) -> Vec<Node> {
    let variables = module.variables.keys().cloned().map(Thing::Variable);
    let locals = module.locals.keys().cloned().map(Thing::Local);
    let outputs = module.outputs.keys().cloned().map(Thing::Output);
    let calls = module.calls.keys().cloned().map(Thing::Call);
    let resources = module.resources.keys().cloned().map(|(mode, ty, name)| Thing::Resource(mode, ty, name));
    variables.chain(locals).chain(outputs).chain(calls).chain(resources).map(|thing| (at, thing)).collect()
}
