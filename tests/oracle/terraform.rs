//! Terraform's side: plans a configuration whose outputs are the expressions, and reads the plan.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde::Deserialize;

use super::notation::{planned_json, type_text};
use super::support::{self, Change, Directory, PlannedValues};

/// Locals that expressions may refer to: types that literals cannot have, and templates.
pub const LOCALS: &[(&str, &str)] = &[
    ("strings", r#"tolist(["a", "b", "c"])"#),
    ("numbers", "tolist([3, 1, 2])"),
    ("set", r#"toset(["b", "a", "c"])"#),
    ("map", r#"tomap({ a = "x", b = "y" })"#),
    ("object", r#"{ a = 1, b = "two", c = [true, null] }"#),
    ("empty_list", "tolist([])"),
    ("null_string", "tostring(null)"),
    ("template", r#""Hello, $${name}!%%{ for x in xs } $${x}%%{ endfor }""#),
    ("bad_template", r#""Hello, $${""#),
    ("unknown", "terraform_data.u.id"),
    ("unknown_list", "tolist([terraform_data.u.id, \"known\"])"),
    ("secret", r#"sensitive("hush")"#),
];

/// A directory with the prelude and the files that expressions read.
struct Workspace(Directory);

impl Workspace {
    fn new() -> Self {
        let directory = Directory::new();
        copy(&super::cases::directory().join("files"), directory.path());
        let mut prelude = String::from(
            "terraform {\n  required_providers {\n    terraform = { source = \"terraform.io/builtin/terraform\" }\n  }\n}\n\
             resource \"terraform_data\" \"u\" {}\nlocals {\n",
        );
        for (name, text) in LOCALS {
            prelude.push_str(&format!("{name} = {text}\n"));
        }
        std::fs::write(directory.path().join("prelude.tf"), prelude + "}\n").unwrap();
        let workspace = Self(directory);
        let init = workspace.run(&["init", "-input=false", "-no-color"]);
        assert!(init.status.success(), "terraform init: {}", String::from_utf8_lossy(&init.stderr));
        workspace
    }

    fn output(&self, at: usize) -> PathBuf {
        self.0.path().join(format!("e{at}.tf"))
    }

    fn remove(&self, outputs: &[usize]) {
        for &at in outputs {
            std::fs::remove_file(self.output(at)).unwrap();
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        support::run(self.0.path(), arguments)
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What terraform makes of each expression.
pub fn evaluate(expressions: &[String]) -> Vec<String> {
    let workspace = Workspace::new();
    let mut results = vec![None; expressions.len()];
    let all: Vec<usize> = (0..expressions.len()).collect();
    for batch in all.chunks(3_000) {
        solve(&workspace, expressions, batch, &mut results);
    }
    results.into_iter().map(|result| result.unwrap_or_else(|| "no result".to_owned())).collect()
}

/// Plans `batch`, leaving out what fails until the rest succeeds.
fn solve(workspace: &Workspace, expressions: &[String], batch: &[usize], results: &mut [Option<String>]) {
    let mut left = batch.to_vec();
    write_outputs(workspace, expressions, &left);
    for _ in 0..12 {
        if left.is_empty() {
            return;
        }
        let plan = workspace.run(&["plan", "-json", "-input=false", "-refresh=false", "-out=plan.bin"]);
        if plan.status.success() {
            read_plan(workspace, &left, results);
            workspace.remove(&left);
            return;
        }
        let failed = failures(&plan);
        if failed.is_empty() {
            break;
        }
        for at in &failed {
            results[*at] = Some("error".to_owned());
        }
        left.retain(|at| !failed.contains(at));
        workspace.remove(&failed);
    }
    workspace.remove(&left);
    // Something fails without saying where: find it by halves.
    if let [only] = left.as_slice() {
        results[*only] = Some("error".to_owned());
        return;
    }
    let (first, second) = left.split_at(left.len() / 2);
    solve(workspace, expressions, first, results);
    solve(workspace, expressions, second, results);
}

/// Writes one file an expression, so that one that cannot be read spoils no other.
fn write_outputs(workspace: &Workspace, expressions: &[String], batch: &[usize]) {
    for &at in batch {
        let block = format!("output \"e{at}\" {{\nsensitive = true\nvalue = (\n{}\n)\n}}\n", expressions[at]);
        std::fs::write(workspace.output(at), block).unwrap();
    }
}

#[derive(Deserialize)]
struct Message {
    diagnostic: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    severity: String,
    range: Option<Range>,
}

#[derive(Deserialize)]
struct Range {
    filename: String,
}

/// The expressions that the plan's errors are about.
fn failures(plan: &Output) -> Vec<usize> {
    let text = String::from_utf8_lossy(&plan.stdout);
    let mut failed: Vec<usize> = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok()?.diagnostic)
        .filter(|diagnostic| diagnostic.severity == "error")
        .filter_map(|diagnostic| {
            let name = diagnostic.range?.filename;
            name.strip_prefix('e')?.strip_suffix(".tf")?.parse().ok()
        })
        .collect();
    failed.sort_unstable();
    failed.dedup();
    failed
}

#[derive(Deserialize)]
struct Plan<'p> {
    #[serde(borrow)]
    planned_values: PlannedValues<'p>,
    #[serde(borrow)]
    output_changes: BTreeMap<String, Change<'p>>,
}

fn read_plan(workspace: &Workspace, batch: &[usize], results: &mut [Option<String>]) {
    let shown = workspace.run(&["show", "-json", "plan.bin"]);
    let text = String::from_utf8(shown.stdout).unwrap();
    let plan: Plan<'_> = serde_json::from_str(&text).unwrap();
    for &at in batch {
        let name = format!("e{at}");
        let planned = plan.planned_values.outputs.get(&name);
        let change = plan.output_changes.get(&name);
        let mut out = String::new();
        match (planned.and_then(|planned| planned.r#type.as_ref()), change) {
            (Some(_), _) if planned.is_some_and(|planned| planned.value.is_none()) => out.push_str("null"),
            (Some(ty), _) => {
                out.push_str(&format!("{} ", type_text(ty)));
                planned_json(planned.and_then(|planned| planned.value), None, &mut out);
            }
            (None, Some(change)) => planned_json(change.after, change.after_unknown, &mut out),
            (None, None) => out.push_str("no result"),
        }
        results[at] = Some(out);
    }
}
