//! Terraform's side: plans configurations and reads the plans.
//!
//! Most configurations are planned together, each as a child module of one root, because that
//! takes no longer than planning one; those that are about being a root are planned alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Output;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::cases::Case;
use super::notation::{planned_json, type_text};
use super::terraform::{Change, Directory, PlannedValues, run};

/// What terraform makes of each configuration.
pub fn all<'c>(cases: impl Iterator<Item = &'c Case>) -> Vec<Vec<String>> {
    let cases: Vec<&Case> = cases.collect();
    let mut results: Vec<Option<Vec<String>>> = vec![None; cases.len()];
    let (alone, together): (Vec<usize>, Vec<usize>) = (0..cases.len()).partition(|at| cases[*at].is_alone());
    let directory = Directory::new();
    together.iter().for_each(|at| add(directory.path(), *at, cases[*at]));
    solve(directory.path(), &together, &mut results);
    for at in alone {
        results[at] = Some(plan_alone(cases[at]));
    }
    results.into_iter().map(Option::unwrap_or_default).collect()
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Writes a configuration as the module `c<AT>`.
fn add(root: &Path, at: usize, case: &Case) {
    files(at, case).iter().for_each(|(path, text)| write(&root.join(path), text));
}

/// The files of a configuration as the module `c<AT>`, and of its caller.
fn files(at: usize, case: &Case) -> Vec<(String, String)> {
    let mut files: Vec<_> = case.files.iter().map(|(path, text)| (format!("c{at}/{path}"), text.clone())).collect();
    let mut caller = format!("module \"c{at}\" {{ source = \"./c{at}\" }}\n");
    for name in case.outputs() {
        caller.push_str(&format!("output \"c{at}__{name}\" {{\nsensitive = true\nvalue = module.c{at}.{name}\n}}\n"));
    }
    files.push((format!("c{at}.tf"), caller));
    files
}

/// Configurations that succeed, called by one root module, and the plan of that.
pub struct Together {
    /// Paths and texts.
    pub files: Vec<(String, String)>,
    /// The plan, as `terraform show -json` prints it.
    pub plan: String,
    /// What it says of resource instances, a line each.
    pub lines: Vec<String>,
}

/// Plans configurations together.
pub fn together<'c>(cases: impl Iterator<Item = &'c Case>) -> Together {
    let directory = Directory::new();
    let files: Vec<_> = cases.enumerate().flat_map(|(at, case)| files(at, case)).collect();
    files.iter().for_each(|(path, text)| write(&directory.path().join(path), text));
    assert!(install(directory.path()).status.success());
    let planned = run(directory.path(), PLAN);
    assert!(planned.status.success(), "{}", String::from_utf8_lossy(&planned.stdout));
    let plan = show(directory.path());
    let lines =
        read_plan(&plan).into_iter().map(|(_, line)| line).filter(|line| !line.starts_with("output ")).collect();
    Together { files, plan, lines }
}

impl Case {
    /// The names of the root module's outputs.
    fn outputs(&self) -> BTreeSet<String> {
        let in_root = self.files.iter().filter(|(path, _)| !path.contains('/'));
        let mut names = BTreeSet::new();
        for (path, text) in in_root {
            if path.ends_with(".tf") {
                let blocks = text
                    .trim_start_matches('\u{feff}')
                    .lines()
                    .filter_map(|line| line.strip_prefix("output \"")?.split('"').next());
                names.extend(blocks.map(str::to_owned));
            } else if path.ends_with(".tf.json") {
                let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
                let outputs = json.get("output").and_then(serde_json::Value::as_object);
                names.extend(outputs.into_iter().flat_map(|outputs| outputs.keys().cloned()));
            }
        }
        names
    }
}

/// Tells terraform where the local modules are, as `terraform init` would.
fn install(root: &Path) -> Output {
    run(root, &["init", "-input=false", "-no-color"])
}

const PLAN: &[&str] = &["plan", "-json", "-input=false", "-refresh=false", "-out=plan.bin"];

/// Plans what is left of `batch`, leaving out what fails until the rest succeeds.
fn solve(root: &Path, batch: &[usize], results: &mut [Option<Vec<String>>]) {
    let mut left = batch.to_vec();
    for _ in 0..40 {
        if left.is_empty() {
            return;
        }
        let init = install(root);
        let outcome = if init.status.success() { run(root, PLAN) } else { run(root, &["validate", "-json"]) };
        if init.status.success() && outcome.status.success() {
            let lines = read_plan(&show(root));
            for at in left {
                results[at] = Some(of_module(&lines, at));
            }
            return;
        }
        let failed = failures(&outcome, &left);
        assert!(
            !failed.is_empty(),
            "terraform does not say what fails:\n{}\n{}",
            String::from_utf8_lossy(&outcome.stdout),
            String::from_utf8_lossy(&init.stderr)
        );
        for at in &failed {
            results[*at] = Some(vec!["error".to_owned()]);
            let _ = std::fs::remove_dir_all(root.join(format!("c{at}")));
            let _ = std::fs::remove_file(root.join(format!("c{at}.tf")));
        }
        left.retain(|at| !failed.contains(at));
    }
    panic!("too many rounds");
}

#[derive(Deserialize)]
struct Message {
    diagnostic: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Validation {
    diagnostics: Vec<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    severity: String,
    summary: String,
    detail: Option<String>,
    range: Option<Range>,
}

#[derive(Deserialize)]
struct Range {
    filename: String,
}

/// The configurations that errors are about.
fn failures(outcome: &Output, left: &[usize]) -> BTreeSet<usize> {
    let text = String::from_utf8_lossy(&outcome.stdout);
    let diagnostics = match serde_json::from_str::<Validation>(&text) {
        Ok(validation) => validation.diagnostics,
        Err(_) => text.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok()?.diagnostic).collect(),
    };
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == "error");
    let mut failed = BTreeSet::new();
    for error in errors {
        let number = |text: &str| {
            let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<usize>().ok().filter(|at| left.contains(at))
        };
        let named = error.range.as_ref().and_then(|range| number(range.filename.strip_prefix('c')?));
        match named {
            Some(at) => {
                failed.insert(at);
            }
            // A cycle or a validation has no place; its message names the modules.
            None => {
                let text = format!("{} {}", error.summary, error.detail.as_deref().unwrap_or(""));
                for before in ["module.c", "\"c", " c"] {
                    failed.extend(text.split(before).skip(1).filter_map(number));
                }
            }
        }
    }
    failed
}

/// Plans a configuration as a root module.
fn plan_alone(case: &Case) -> Vec<String> {
    let directory = Directory::new();
    let root = directory.path();
    for (path, text) in &case.files {
        write(&root.join(path), text);
    }
    let init = install(root);
    let arguments: Vec<&str> = PLAN.iter().copied().chain(case.arguments()).collect();
    if !init.status.success() || !run(root, &arguments).status.success() {
        return vec!["error".to_owned()];
    }
    read_plan(&show(root)).into_iter().map(|(_, line)| line).collect()
}

#[derive(Deserialize)]
struct Plan<'p> {
    #[serde(borrow)]
    planned_values: PlannedValues<'p>,
    #[serde(borrow, default)]
    output_changes: BTreeMap<String, Change<'p>>,
    #[serde(borrow, default)]
    resource_changes: Vec<ResourceChange<'p>>,
}

#[derive(Deserialize)]
struct ResourceChange<'p> {
    address: String,
    r#type: String,
    #[serde(borrow)]
    change: ResourceValues<'p>,
}

#[derive(Deserialize)]
struct ResourceValues<'p> {
    #[serde(borrow)]
    after: Option<&'p RawValue>,
    #[serde(borrow)]
    after_unknown: Option<&'p RawValue>,
    #[serde(borrow)]
    after_sensitive: Option<&'p RawValue>,
}

/// The plan that was made last.
fn show(root: &Path) -> String {
    String::from_utf8(run(root, &["show", "-json", "plan.bin"]).stdout).unwrap()
}

/// What a plan says, a line an output or resource instance, each with its name to sort by.
fn read_plan(text: &str) -> Vec<(String, String)> {
    let plan: Plan<'_> = serde_json::from_str(text).unwrap();
    let mut lines = Vec::new();
    for (name, change) in &plan.output_changes {
        let planned = plan.planned_values.outputs.get(name);
        let mut out = String::new();
        match planned.and_then(|planned| planned.r#type.as_ref()) {
            Some(_) if planned.is_some_and(|planned| planned.value.is_none()) => out.push_str("null"),
            Some(ty) => {
                out.push_str(&format!("{} ", type_text(ty)));
                planned_json(planned.and_then(|planned| planned.value), None, &mut out);
            }
            None => planned_json(change.after, change.after_unknown, &mut out),
        }
        lines.push((format!("output {name}"), format!("output {name} = {out}")));
    }
    for resource in &plan.resource_changes {
        if resource.r#type != "terraform_data" {
            continue;
        }
        let mut out = String::new();
        let fields = |raw: Option<&'_ RawValue>| -> BTreeMap<String, serde_json::Value> {
            raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
        };
        let (after, unknown) = (resource.change.after, resource.change.after_unknown);
        let (after, unknown) = (raw_fields(after), raw_fields(unknown));
        for name in ["input", "triggers_replace"] {
            let (value, mask) = (after.get(name).copied(), unknown.get(name).copied());
            if value.is_none_or(|value| value.get() == "null") && mask.is_none() {
                continue;
            }
            out.push_str(&format!(" {name} = "));
            planned_json(value, mask, &mut out);
            if let Some(mask) = fields(resource.change.after_sensitive).get(name)
                && mask.to_string().contains("true")
            {
                out.push_str(" (sensitive)");
            }
        }
        lines.push((resource.address.clone(), format!("{}{out}", resource.address)));
    }
    lines.sort();
    lines
}

fn raw_fields(raw: Option<&RawValue>) -> BTreeMap<String, &RawValue> {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
}

/// The lines about one configuration of many, named as if it were alone.
fn of_module(lines: &[(String, String)], at: usize) -> Vec<String> {
    let (output, module) = (format!("output c{at}__"), format!("module.c{at}."));
    let mut own: Vec<String> = lines
        .iter()
        .filter_map(|(_, line)| match line.strip_prefix(&output) {
            Some(rest) => Some(format!("output {rest}")),
            None => line.strip_prefix(&module).map(str::to_owned),
        })
        .collect();
    own.sort();
    own
}
