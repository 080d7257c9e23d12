//! The names and functions of `trysquare.hcl`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::ConfigError;
use crate::document;
use crate::eval::{Budget, EvalError, Evaluated, Evaluator, Files, Found, PathStep, Scope, did_you_mean};
use crate::source::{FilesUnder, Reader, Span, normalize_path};
use crate::syntax::hcl::ast::{Attribute, Block};
use crate::value::{Number, Origin, Value};

/// The functions beside Terraform's.
const FUNCTIONS: &[&str] = &["document", "duration", "megabytes", "glob"];

/// Locals, pages and Terraform's functions.
pub struct StandardScope<'s> {
    reader: &'s Reader<'s>,
    budget: &'s Budget,
    files: FilesUnder<'s>,
    locals: HashMap<Arc<str>, Attribute>,
    values: RefCell<HashMap<Arc<str>, Option<Evaluated>>>,
    pages: RefCell<HashMap<String, Value>>,
}

impl<'s> StandardScope<'s> {
    /// The scope of a configuration file.
    #[must_use]
    pub fn new(reader: &'s Reader<'s>, budget: &'s Budget, path: &str, blocks: &[Arc<Block>]) -> Self {
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        let locals = blocks
            .iter()
            .filter(|block| &*block.kind.value == "locals")
            .flat_map(|block| &block.body.attributes)
            .map(|attribute| (Arc::clone(&attribute.name.value), attribute.clone()))
            .collect();
        Self {
            reader,
            budget,
            files: FilesUnder::new(reader, dir.into()),
            locals,
            values: RefCell::default(),
            pages: RefCell::default(),
        }
    }

    fn local(&self, name: &str, at: Span) -> Option<Evaluated> {
        let attribute = self.locals.get(name)?;
        match self.values.borrow().get(name) {
            Some(Some(known)) => return Some(known.clone()),
            Some(None) => return Some(Err(EvalError::new(at, format!("`local.{name}` refers to itself")))),
            None => {}
        }
        self.values.borrow_mut().insert(name.into(), None);
        let value = Evaluator::new(self, self.budget).evaluate(&attribute.value);
        self.values.borrow_mut().insert(name.into(), Some(value.clone()));
        Some(value)
    }

    /// What is wrong with any local, used or not.
    pub(super) fn check_locals(&self) -> Vec<ConfigError> {
        let mut names: Vec<_> = self.locals.values().map(|attribute| &attribute.name).collect();
        names.sort_by_key(|name| name.span);
        names.iter().filter_map(|name| self.local(&name.value, name.span)?.err()).map(ConfigError::from).collect()
    }

    fn document(&self, argument: &Value, at: Span) -> Evaluated {
        let Some(text) = argument.as_str() else {
            return Err(EvalError::new(at, "`document` takes the path of a Markdown page"));
        };
        let Some(path) = normalize_path(text) else {
            return Err(EvalError::new(at, format!("`{text}` lies outside the repository")));
        };
        if let Some(page) = self.pages.borrow().get(&path) {
            return Ok(page.clone());
        }
        let file = self.reader.read(&path).map_err(|error| {
            let pages = self.reader.files().iter().filter(|path| path.ends_with(".md")).map(String::as_str);
            let near = did_you_mean(&path, pages)
                .unwrap_or_else(|| "paths count from the directory of the repository".to_owned());
            EvalError::new(at, format!("the page {path} cannot be read: {error}")).with_help(near)
        })?;
        let page = document::read(file, &self.reader.text(file));
        self.pages.borrow_mut().insert(path, page.clone());
        Ok(page)
    }

    fn quantity(name: &str, argument: &Value, at: Span, read: fn(&str) -> Option<f64>, examples: &str) -> Evaluated {
        let origin = Origin::derived(at, [argument.origin.clone()]);
        if let Some(number) = argument.as_number() {
            return Ok(Value::from(number.clone()).at(origin));
        }
        let text = argument.as_str().unwrap_or("");
        match read(text).and_then(Number::from_f64) {
            Some(number) => Ok(Value::from(number).at(origin)),
            None => Err(EvalError::new(at, format!("`{name}` cannot read `{text}`"))
                .with_help(format!("it reads texts such as {examples}"))),
        }
    }
}

impl Scope for StandardScope<'_> {
    fn lookup(&self, root: &str, path: &[PathStep], at: Span) -> Result<Found, EvalError> {
        if root != "local" {
            return Err(EvalError::new(at, format!("`{root}` stands for nothing here"))
                .with_help("names are `local.…`; pages are read by `document(\"path.md\")`; quote text"));
        }
        let Some(name) = path.first().and_then(PathStep::name) else {
            return Err(EvalError::new(at, "`local` is followed by a name, as in `local.page`"));
        };
        match self.local(name, at) {
            Some(value) => Ok(Found { value: value?, used: 1 }),
            None => {
                let error = EvalError::new(at, format!("there is no local value `{name}`"));
                Err(error.suggesting(name, self.locals.keys().map(|name| &**name)))
            }
        }
    }

    fn function(&self, name: &str, arguments: &[Value], at: Span) -> Option<Evaluated> {
        if !FUNCTIONS.contains(&name) {
            return None;
        }
        let [argument] = arguments else {
            return Some(Err(EvalError::new(at, format!("`{name}` takes one argument"))));
        };
        Some(match name {
            "document" => self.document(argument, at),
            "duration" => Self::quantity(name, argument, at, document::seconds, "`5min`, `30s`, `1h 30m`"),
            "megabytes" => Self::quantity(name, argument, at, document::megabytes, "`256MB`, `1 GB`"),
            _ => self.glob(argument, at),
        })
    }

    fn function_names(&self) -> Vec<&'static str> {
        FUNCTIONS.to_vec()
    }

    fn files(&self) -> &dyn Files {
        &self.files
    }
}

impl StandardScope<'_> {
    /// The files that a pattern names, sorted.
    fn glob(&self, argument: &Value, at: Span) -> Evaluated {
        let pattern = argument.as_str().unwrap_or("");
        let matcher = globset::GlobBuilder::new(pattern)
            .literal_separator(true)
            .build()
            .map_err(|error| EvalError::new(at, format!("`{pattern}` is not a pattern: {}", error.kind())))?
            .compile_matcher();
        let matching = self.reader.files().iter().filter(|path| matcher.is_match(path));
        Ok(Value::tuple(matching.map(|path| Value::string(path.as_str()).written_at(at)).collect()))
    }
}
