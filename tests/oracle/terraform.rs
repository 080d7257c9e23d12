//! Terraform's side: plans a configuration whose outputs are the expressions, and reads the plan.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::subject;

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

/// Whether terraform is to be asked, and whether what it says is to be recorded; tells when it is not.
pub fn wanted() -> Option<bool> {
    let mode = std::env::var("TRYSQUARE_ORACLE").unwrap_or_default();
    if mode.is_empty() && std::env::var_os("CI").is_none() {
        super::say("terraform was not asked: set TRYSQUARE_ORACLE=1 to do so");
        return None;
    }
    if terraform().arg("-version").output().is_err() {
        super::say("SKIPPED: there is no terraform on this machine to ask");
        return None;
    }
    Some(mode == "record")
}

/// The binary, kept from the user's settings and from the network.
fn terraform() -> Command {
    let mut command = Command::new("terraform");
    command
        .env("TF_CLI_CONFIG_FILE", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_IN_AUTOMATION", "1");
    command
}

/// A directory that is removed again.
struct Workspace(PathBuf);

impl Workspace {
    fn new() -> Self {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("trysquare-oracle-{}-{count}", std::process::id()));
        copy(&super::cases::directory().join("files"), &path);
        let mut prelude = String::from(
            "terraform {\n  required_providers {\n    terraform = { source = \"terraform.io/builtin/terraform\" }\n  }\n}\n\
             resource \"terraform_data\" \"u\" {}\nlocals {\n",
        );
        for (name, text) in LOCALS {
            prelude.push_str(&format!("{name} = {text}\n"));
        }
        std::fs::write(path.join("prelude.tf"), prelude + "}\n").unwrap();
        let workspace = Self(path);
        let init = workspace.run(&["init", "-input=false", "-no-color"]);
        assert!(init.status.success(), "terraform init: {}", String::from_utf8_lossy(&init.stderr));
        workspace
    }

    fn output(&self, at: usize) -> PathBuf {
        self.0.join(format!("e{at}.tf"))
    }

    fn remove(&self, outputs: &[usize]) {
        for &at in outputs {
            std::fs::remove_file(self.output(at)).unwrap();
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        terraform().args(arguments).current_dir(&self.0).output().unwrap()
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
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

#[derive(Deserialize)]
struct PlannedValues<'p> {
    #[serde(borrow, default)]
    outputs: BTreeMap<String, Planned<'p>>,
}

#[derive(Deserialize)]
struct Planned<'p> {
    r#type: Option<serde_json::Value>,
    #[serde(borrow)]
    value: Option<&'p RawValue>,
}

#[derive(Deserialize)]
struct Change<'p> {
    #[serde(borrow)]
    after: Option<&'p RawValue>,
    #[serde(borrow)]
    after_unknown: Option<&'p RawValue>,
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
                json(planned.and_then(|planned| planned.value), None, &mut out);
            }
            (None, Some(change)) => json(change.after, change.after_unknown, &mut out),
            (None, None) => out.push_str("no result"),
        }
        results[at] = Some(out);
    }
}

/// A type as trysquare writes it.
fn type_text(ty: &serde_json::Value) -> String {
    use serde_json::Value as Json;
    match ty {
        Json::String(name) if name == "dynamic" => "any".to_owned(),
        Json::String(name) => name.clone(),
        Json::Array(parts) => match parts.as_slice() {
            [kind, Json::Array(items)] if kind == "tuple" => {
                format!("tuple([{}])", items.iter().map(type_text).collect::<Vec<_>>().join(", "))
            }
            [kind, Json::Object(attributes), ..] if kind == "object" => {
                let attributes: BTreeMap<&String, String> =
                    attributes.iter().map(|(name, ty)| (name, type_text(ty))).collect();
                let attributes: Vec<String> = attributes.iter().map(|(name, ty)| format!("{name} = {ty}")).collect();
                format!("object({{{}}})", attributes.join(", "))
            }
            [Json::String(kind), element] => format!("{kind}({})", type_text(element)),
            _ => ty.to_string(),
        },
        _ => ty.to_string(),
    }
}

/// A JSON value with `?` for what is unknown. Numbers keep every digit, for they are never read as floats.
fn json(value: Option<&RawValue>, unknown: Option<&RawValue>, out: &mut String) {
    let mask = unknown.map_or("false", RawValue::get);
    if mask == "true" {
        out.push('?');
        return;
    }
    let text = value.map_or("null", RawValue::get);
    if text.starts_with('{') || mask.starts_with('{') {
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap_or_default();
        let masks: BTreeMap<String, &RawValue> = serde_json::from_str(mask).unwrap_or_default();
        let names: std::collections::BTreeSet<&String> = fields.keys().chain(masks.keys()).collect();
        out.push('{');
        for (at, name) in names.into_iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            subject::string(name, out);
            out.push(':');
            json(fields.get(name).copied(), masks.get(name).copied(), out);
        }
        out.push('}');
    } else if text.starts_with('[') || mask.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        let masks: Vec<&RawValue> = serde_json::from_str(mask).unwrap_or_default();
        out.push('[');
        for at in 0..items.len().max(masks.len()) {
            if at > 0 {
                out.push(',');
            }
            json(items.get(at).copied(), masks.get(at).copied(), out);
        }
        out.push(']');
    } else if text.starts_with('"') {
        let string: String = serde_json::from_str(text).unwrap();
        subject::string(&string, out);
    } else {
        out.push_str(text);
    }
}
