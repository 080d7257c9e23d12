//! What the `.tf` files of each directory declare.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use crate::eval::EvalError;
use crate::source::{FileId, ReadError, Reader, is_fetched, join_path, normalize_path};
use crate::syntax::SyntaxProblem;
use crate::syntax::hcl::ast::{Attribute, Block, ExprKind};
use crate::syntax::hcl::parse_body;
use crate::syntax::tf_json::parse_tf_json;

/// Modules beyond this many directories are not followed.
const MAX_MODULES: usize = 5_000;

/// One file, read and parsed.
#[derive(Debug)]
pub struct HclFile {
    /// The file.
    pub file: FileId,
    /// Path relative to the workspace root.
    pub path: String,
    /// Attributes outside any block; `.tfvars` files have nothing else.
    pub attributes: Vec<Attribute>,
    /// The blocks.
    pub blocks: Vec<Arc<Block>>,
    /// What in it could not be read.
    pub problems: Vec<SyntaxProblem>,
}

impl HclFile {
    /// Reads and parses a file, in HCL's native syntax or, by its name, in its JSON syntax.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(reader: &Reader<'_>, path: &str) -> Result<Arc<Self>, ReadError> {
        let file = reader.read(path)?;
        Ok(reader.made(file, |text| Self::parse(file, path, text)))
    }

    fn parse(file: FileId, path: &str, text: &str) -> Self {
        let (body, problems) = if path.ends_with(".json") { parse_tf_json(file, text) } else { parse_body(file, text) };
        Self {
            file,
            path: path.to_owned(),
            attributes: body.attributes,
            blocks: body.blocks.into_iter().map(Arc::new).collect(),
            problems,
        }
    }
}

/// Something about the configuration that keeps us from knowing all of it.
#[derive(Debug, Clone)]
pub enum Problem {
    /// A place in a file that is not HCL.
    Syntax(SyntaxProblem),
    /// A file that could not be read at all.
    Unreadable(String, ReadError),
}

/// A managed resource or a data source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// `resource`
    Managed,
    /// `data`
    Data,
    /// `ephemeral`
    Ephemeral,
}

impl Mode {
    /// The address of a resource in its module.
    #[must_use]
    pub(super) fn address(self, ty: &str, name: &str) -> String {
        match self {
            Self::Managed => format!("{ty}.{name}"),
            Self::Data => format!("data.{ty}.{name}"),
            Self::Ephemeral => format!("ephemeral.{ty}.{name}"),
        }
    }
}

/// What one directory declares.
#[derive(Debug, Default)]
pub struct Module {
    /// The directory, relative to the workspace root; `""` is the root itself.
    pub dir: String,
    /// `variable` blocks.
    pub variables: BTreeMap<Arc<str>, Arc<Block>>,
    /// The attributes of all `locals` blocks.
    pub locals: BTreeMap<Arc<str>, Arc<Attribute>>,
    /// `resource`, `data` and `ephemeral` blocks by type and name.
    pub resources: BTreeMap<(Mode, Arc<str>, Arc<str>), Arc<Block>>,
    /// `module` blocks.
    pub calls: BTreeMap<Arc<str>, Arc<Block>>,
    /// `output` blocks.
    pub outputs: BTreeMap<Arc<str>, Arc<Block>>,
    /// `provider` blocks.
    pub providers: Vec<Arc<Block>>,
    /// Whether only a plan tells of it: its files are not here.
    pub is_planned: bool,
    /// `check` blocks.
    pub checks: Vec<Arc<Block>>,
    /// Whether a `backend` or `cloud` block marks this as a root module.
    pub has_backend: bool,
    /// What Terraform refuses of its blocks as such: unknown ones, and what is declared twice.
    pub errors: Vec<EvalError>,
    /// Whether Terragrunt runs Terraform here, which may add files (`generate`, hooks).
    pub wrapped: bool,
    /// Why something may be declared here that we do not know of: a file that could not be read whole.
    pub gaps: Vec<Arc<str>>,
}

impl Module {
    /// Whether nothing is declared: there may be no such directory.
    pub(super) fn is_empty(&self) -> bool {
        let declares = self.variables.len() + self.outputs.len() + self.resources.len() + self.calls.len();
        declares + self.locals.len() == 0
    }

    pub(super) fn add(&mut self, block: &Arc<Block>) {
        let label = |index: usize| block.label(index).cloned();
        let known = match (&*block.kind.value, label(0), label(1)) {
            ("variable", Some(name), _) => self.variables.insert(name, Arc::clone(block)),
            ("output", Some(name), _) => self.outputs.insert(name, Arc::clone(block)),
            ("module", Some(name), _) => self.calls.insert(name, Arc::clone(block)),
            ("resource", Some(ty), Some(name)) => self.resources.insert((Mode::Managed, ty, name), Arc::clone(block)),
            ("data", Some(ty), Some(name)) => self.resources.insert((Mode::Data, ty, name), Arc::clone(block)),
            ("ephemeral", Some(ty), Some(name)) => {
                self.resources.insert((Mode::Ephemeral, ty, name), Arc::clone(block))
            }
            ("provider", Some(_), _) => {
                self.providers.push(Arc::clone(block));
                None
            }
            ("check", Some(_), None) => {
                self.checks.push(Arc::clone(block));
                None
            }
            ("locals", ..) => {
                for attribute in &block.body.attributes {
                    let name = &attribute.name;
                    if self.locals.insert(Arc::clone(&name.value), Arc::new(attribute.clone())).is_some() {
                        let message = format!("there is another local value `{}` in this module", name.value);
                        self.errors.push(EvalError::new(name.span, message));
                    }
                }
                None
            }
            ("terraform", ..) => {
                self.has_backend |=
                    block.body.blocks.iter().any(|inner| matches!(&*inner.kind.value, "backend" | "cloud"));
                None
            }
            _ => {
                self.errors.extend(misplaced(block));
                None
            }
        };
        if known.is_some() {
            let message = format!("there is another `{}` of this name in this module", block.kind.value);
            self.errors.push(EvalError::new(block.header, message));
        }
    }
}

/// The blocks that a file may hold, and how many labels each has.
const BLOCKS: &[(&str, usize)] = &[
    ("resource", 2),
    ("data", 2),
    ("ephemeral", 2),
    ("module", 1),
    ("variable", 1),
    ("output", 1),
    ("provider", 1),
    ("check", 1),
    ("locals", 0),
    ("terraform", 0),
    ("moved", 0),
    ("import", 0),
    ("removed", 0),
];

/// What is wrong with a block that declares nothing; `None` for those that Terraform knows and we have no use for.
fn misplaced(block: &Block) -> Option<EvalError> {
    let kind = &*block.kind.value;
    match BLOCKS.iter().find(|(known, _)| *known == kind) {
        Some((_, labels)) if *labels == block.labels.len() => None,
        Some((_, labels)) => {
            let message = format!("a `{kind}` block has {labels} label{}", if *labels == 1 { "" } else { "s" });
            Some(EvalError::new(block.header, message))
        }
        None => {
            let error = EvalError::new(block.header, format!("there are no blocks of type `{kind}`"));
            Some(error.suggesting(kind, BLOCKS.iter().map(|(known, _)| *known)))
        }
    }
}

/// All modules of a workspace.
#[derive(Debug, Default)]
pub struct Configuration {
    /// Modules by directory.
    pub modules: BTreeMap<String, Rc<Module>>,
    /// Directories of the root modules, sorted.
    pub roots: Vec<String>,
    /// Directories of fetched modules by root and by the names of the calls, from `.terraform/modules/modules.json`.
    pub(super) installed: BTreeMap<String, BTreeMap<String, String>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Configuration {
    /// Reads the root modules and, from there, every module they call by a local path or that `terraform init`
    /// has installed. Without `roots`, a directory is a root when it has a provider or backend, or when no other
    /// module calls it.
    #[must_use]
    pub fn load(reader: &Reader<'_>, roots: Option<&[String]>) -> Self {
        let mut configuration = Self::default();
        let candidates: BTreeSet<String> = match roots {
            Some(roots) => roots.iter().cloned().collect(),
            None => {
                let written = reader.files().iter().filter(|path| is_terraform(path) && !is_fetched(path));
                written.map(|path| directory(path).to_owned()).collect()
            }
        };
        let mut called = BTreeSet::new();
        let mut waiting: VecDeque<String> = candidates.iter().cloned().collect();
        for root in &candidates {
            let installed = installed_modules(reader, root);
            // What is inside the repository is found by following calls; this is for what was fetched.
            waiting.extend(installed.values().filter(|dir| is_fetched(dir)).cloned());
            if !installed.is_empty() {
                configuration.installed.insert(root.clone(), installed);
            }
        }
        while let Some(dir) = waiting.pop_front() {
            if configuration.modules.contains_key(&dir) || configuration.modules.len() >= MAX_MODULES {
                continue;
            }
            let module = configuration.read_module(reader, &dir);
            for call in module.calls.values() {
                if let Some(target) = local_source(&dir, call) {
                    called.insert(target.clone());
                    waiting.push_back(target);
                }
            }
            configuration.modules.insert(dir, Rc::new(module));
        }
        configuration.roots = match roots {
            Some(roots) => roots.to_vec(),
            None => candidates
                .into_iter()
                .filter(|dir| {
                    configuration.modules.get(dir).is_some_and(|module| {
                        !called.contains(dir) || module.has_backend || !module.providers.is_empty()
                    })
                })
                .collect(),
        };
        configuration
    }

    /// The module of a directory, reading it if nothing has yet.
    fn read_module(&mut self, reader: &Reader<'_>, dir: &str) -> Module {
        let wrapped = reader.files().iter().any(|path| path.rsplit('/').next() == Some("terragrunt.hcl"));
        let mut module = Module { dir: dir.to_owned(), wrapped, ..Module::default() };
        let mut overrides = Vec::new();
        let mut names = reader.names_in(dir);
        names.retain(|name| is_terraform(name));
        for name in &names {
            // Of a pair such as main.tf and main.tofu, OpenTofu reads the latter and Terraform the former.
            let shadowed = |tofu: &str, tf: &str| {
                name.strip_suffix(tofu).is_some_and(|stem| names.contains(&format!("{stem}{tf}")))
            };
            if shadowed(".tofu", ".tf") || shadowed(".tofu.json", ".tf.json") {
                continue;
            }
            let path = join_path(dir, name);
            match HclFile::read(reader, &path) {
                Err(error) => {
                    module.gaps.push(format!("{path} could not be read").into());
                    self.problems.push(Problem::Unreadable(path, error));
                }
                Ok(file) => {
                    if !file.problems.is_empty() {
                        module.gaps.push(format!("{path} has syntax errors").into());
                        // What others wrote is theirs to mend.
                        if !is_fetched(dir) {
                            self.problems.extend(file.problems.iter().cloned().map(Problem::Syntax));
                        }
                    }
                    let stem = name.split('.').next().unwrap_or(name);
                    if stem == "override" || stem.ends_with("_override") {
                        overrides.extend(file.blocks.iter().cloned());
                    } else {
                        file.blocks.iter().for_each(|block| module.add(block));
                    }
                }
            }
        }
        overrides.iter().for_each(|block| module.override_with(block));
        module
    }
}

/// Whether a file name is one that Terraform or OpenTofu reads as configuration.
fn is_terraform(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let hidden = name.starts_with('.') || name.ends_with('~');
    let endings = [".tf", ".tofu", ".tf.json", ".tofu.json"];
    !hidden && endings.iter().any(|ending| name.ends_with(ending))
}

/// The directory of a path; `""` for a file in the root.
#[must_use]
pub(super) fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// The directory that a module call's `source` names, when it is a local path inside the workspace.
pub(super) fn local_source(dir: &str, call: &Block) -> Option<String> {
    let source = call.body.attribute("source")?;
    let ExprKind::Text(text) = &source.value.kind else {
        return None;
    };
    if !(text.starts_with("./") || text.starts_with("../") || &**text == "." || &**text == "..") {
        return None;
    }
    normalize_path(&join_path(dir, text))
}

/// Where `terraform init` put the modules it fetched; empty when it has not run.
fn installed_modules(reader: &Reader<'_>, root: &str) -> BTreeMap<String, String> {
    let path = join_path(root, ".terraform/modules/modules.json");
    let Ok(text) = reader.provider().read(&path) else {
        return BTreeMap::new();
    };
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let modules = manifest.get("Modules").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    modules
        .iter()
        .filter_map(|module| {
            let key = module.get("Key")?.as_str()?;
            let dir = normalize_path(&join_path(root, module.get("Dir")?.as_str()?))?;
            // A manifest may name what is no longer there.
            (!reader.names_in(&dir).is_empty()).then(|| (key.to_owned(), dir))
        })
        .collect()
}
