//! Values for a root module's variables, in Terraform's order of precedence.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::config::{HclFile, Problem};
use super::plan::Plan;
use crate::eval::{Budget, Constants, EvalError, Evaluator};
use crate::source::{ReadError, Reader, Span, join_path};
use crate::syntax::json::recover_json;
use crate::value::{Fields, Origin, Value};

/// A `--var` of the command line: a variable, or with dots a part of one, and what it is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// `lambda_config.bronze_ingestion.timeout`
    pub path: Vec<String>,
    /// The text given, an HCL expression where the variable's type is no string.
    pub text: String,
}

impl Override {
    /// Reads `NAME=VALUE`; `None` when there is no `=` or no name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (path, text) = text.split_once('=')?;
        let path: Vec<String> = path.trim().split('.').map(str::to_owned).collect();
        (!path.iter().any(String::is_empty)).then(|| Self { path, text: text.to_owned() })
    }
}

/// What a root module's variables are set to.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Values by variable, the strongest source's.
    pub values: BTreeMap<Arc<str>, Value>,
    /// What the command line sets.
    pub overrides: Vec<Override>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What Terraform would stop at in the files.
    pub errors: Vec<EvalError>,
    /// What Terraform plans.
    pub plan: Option<Plan>,
}

impl Inputs {
    /// Reads `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars` and `*.auto.tfvars.json` by name, and then
    /// `var_files`, the later winning over the earlier.
    #[must_use]
    pub fn read(reader: &Reader<'_>, dir: &str, var_files: &[String], budget: &Budget) -> Self {
        let mut inputs = Self::default();
        let names = reader.names_in(dir);
        let is_automatic = |name: &&String| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
        let first = ["terraform.tfvars", "terraform.tfvars.json"].map(str::to_owned);
        let first = first.iter().filter(|name| names.contains(name));
        let automatic: Vec<String> =
            first.chain(names.iter().filter(is_automatic)).map(|name| join_path(dir, name)).collect();
        for path in automatic.iter().chain(var_files) {
            if let Err(error) = inputs.read_file(reader, path, budget) {
                inputs.problems.push(Problem::Unreadable(path.clone(), error));
            }
        }
        inputs
    }

    fn read_file(&mut self, reader: &Reader<'_>, path: &str, budget: &Budget) -> Result<(), ReadError> {
        if path.ends_with(".json") {
            let file = reader.read(path)?;
            let (json, errors) = recover_json(&reader.text(file));
            self.problems.extend(errors.into_iter().map(|error| Problem::Syntax(error.in_file(file))));
            let value = json.to_value(&|range| Origin::source(Span::new(file, range.start, range.end)));
            let fields = value.as_fields().cloned().unwrap_or_default();
            self.values.extend(fields.into_iter().filter(|(name, _)| &**name != "//"));
            return Ok(());
        }
        let file = HclFile::read(reader, path)?;
        self.problems.extend(file.problems.iter().cloned().map(Problem::Syntax));
        let evaluator = Evaluator::new(&Constants, budget);
        let blocks = file.blocks.iter();
        self.errors.extend(blocks.map(|block| EvalError::new(block.header, "a .tfvars file holds no blocks")));
        for attribute in &file.attributes {
            self.errors.extend(evaluator.evaluate(&attribute.value).err());
            let value = evaluator.evaluate_or_unknown(&attribute.value);
            self.values.insert(Arc::clone(&attribute.name.value), value);
        }
        Ok(())
    }

    /// Applies the command line's overrides of one variable to its value. `plain` says that Terraform takes the text
    /// as it is, which it does where the variable declares a primitive type or none.
    #[must_use]
    pub fn overridden(&self, name: &str, value: Value, plain: bool) -> Value {
        let wanted = self.overrides.iter().filter(|change| change.path.first().is_some_and(|first| first == name));
        wanted.fold(value, |value, change| match change.path.get(1..) {
            None | Some([]) if plain => Value::string(change.text.as_str()),
            path => replace(&value, path.unwrap_or(&[]), &literal(&change.text)),
        })
    }
}

/// The value that a command line argument stands for: what Terraform would read it as, else its text.
fn literal(text: &str) -> Value {
    if let Some(number) = crate::value::Number::parse(text) {
        return number.into();
    }
    match text {
        "true" | "false" => Value::from(text == "true"),
        "null" => Value::null(),
        _ => {
            let mut scratch = crate::source::Sources::new();
            let file = scratch.add("", text);
            let (expr, problems) = crate::syntax::hcl::parse_expression(file, text, 0..text.len());
            let budget = Budget::new();
            match Evaluator::new(&Constants, &budget).evaluate(&expr) {
                // Its places are in no file that is kept.
                Ok(value) if problems.is_empty() => without_origins(&value),
                _ => Value::string(text),
            }
        }
    }
}

fn without_origins(value: &Value) -> Value {
    if let Some(items) = value.as_items() {
        return Value::tuple(items.iter().map(without_origins).collect());
    }
    match value.as_fields() {
        Some(fields) => {
            Value::object(fields.iter().map(|(key, value)| (Arc::clone(key), without_origins(value))).collect())
        }
        None => Value::new(value.data.clone()),
    }
}

fn replace(value: &Value, path: &[String], set: &Value) -> Value {
    let Some((first, rest)) = path.split_first() else {
        return set.clone();
    };
    let mut fields: Fields = value.as_fields().cloned().unwrap_or_default();
    let inner = fields.get(first.as_str()).cloned().unwrap_or_default();
    fields.insert(first.as_str().into(), replace(&inner, rest, set));
    Value::object(fields).at(value.origin.clone())
}
