//! `--plan`: what sources leave open is taken from a plan.

use std::path::{Path, PathBuf};
use std::process::Output as Finished;

use serde_json::Value;

use super::run::{Output, Scratch, root, trysquare_in};
use super::terraform::{Directory, run, say, wanted};

fn directory(name: &str) -> PathBuf {
    root().join("tests/cli").join(name)
}

fn in_plan_directory(arguments: &[&str]) -> Output {
    let config = ["--config", "trysquare.hcl"];
    trysquare_in(&directory("plan"), &[arguments, &config].concat())
}

/// A copy of files of a test directory.
fn copied(name: &str, files: &[&str]) -> Scratch {
    let scratch = Scratch::new(&format!("plan-{name}"));
    for file in files {
        scratch.file(file, std::fs::read(directory("plan").join(file)).unwrap());
    }
    scratch
}

#[test]
fn a_plan_settles_what_the_sources_leave_open() {
    let without = in_plan_directory(&["check", ".", "--format", "concise", "--show-undetermined"]);
    insta::assert_snapshot!("plan-without", without.stdout);
    let with = in_plan_directory(&["check", ".", "--plan", "plan.json", "--show-undetermined", "--quiet"]);
    assert_eq!(with.status, 1, "{}", with.stderr);
    insta::assert_snapshot!("plan-with", with.stdout);
}

#[test]
fn what_a_plan_deletes_is_not_there() {
    let model: Value = serde_json::from_str(&in_plan_directory(&["model", ".", "--plan", "plan.json"]).stdout).unwrap();
    let functions = model["functions"].as_array().unwrap();
    let names: Vec<&str> = functions.iter().map(|function| function["function_name"].as_str().unwrap()).collect();
    assert_eq!(names, ["orders-api", "invoices-api"]);
}

#[test]
fn a_plan_does_without_sources() {
    let scratch = copied("alone", &["plan.json", "lambda.md", "trysquare.hcl"]);
    let output = trysquare_in(scratch.path(), &["check", "--plan", "plan.json", "--format", "concise"]);
    insta::assert_snapshot!("plan-alone", output.stdout);
}

#[test]
fn a_plan_may_lie_outside_the_workspace() {
    let scratch = copied("outside", &["main.tf", "lambda.md", "trysquare.hcl"]);
    let plan = directory("plan").join("plan.json");
    let output = trysquare_in(scratch.path(), &["check", "--plan", plan.to_str().unwrap(), "--format", "concise"]);
    assert!(output.stdout.contains("orders-api has 512 MB"), "{}{}", output.stdout, output.stderr);
}

#[test]
fn a_plan_of_other_sources_is_refused() {
    let source = std::fs::read_to_string(directory("plan").join("main.tf")).unwrap();
    let changes = [
        ("timeout       = 30", "timeout       = 31", "when `timeout` was 30, and this is 31"),
        ("timeout       = 90", "timeout       = 60", "when `timeout` was 90, and this is 60"),
        ("= var.memory_size", "= 256", "when `memory_size` was computed, and this is 256"),
        ("default = \"orders-data\"", "default = \"orders\"", "when this default was \"orders-data\""),
        ("  timeout       = 30\n", "", "when `timeout` was set here"),
        ("timeout       = 30", "timeout       = 30\n  publish = true", "when `publish` was not set here"),
        ("\"aws_lambda_function\" \"orders\"", "\"aws_lambda_function\" \"new\"", "without `aws_lambda_function.new`"),
        (
            "resource \"aws_lambda_function\" \"orders\" {",
            "locals {",
            "of sources with `aws_lambda_function.orders`, which",
        ),
        (
            "function_name = \"orders-api\"",
            "count = 2\nfunction_name = \"orders-api\"",
            "with `aws_lambda_function.orders`",
        ),
    ];
    for (from, to, expected) in changes {
        let scratch = copied("stale", &["plan.json", "lambda.md", "trysquare.hcl"]);
        assert!(source.contains(from), "{from}");
        scratch.file("main.tf", source.replacen(from, to, 1));
        let output = trysquare_in(scratch.path(), &["check", "--plan", "plan.json", "--format", "concise"]);
        let expected = format!("plan.json was not made of these sources: the plan was made {expected}");
        assert_eq!(output.status, 2, "{to}: {}", output.stdout);
        assert!(output.stdout.contains(&expected), "{expected}: {}", output.stdout);
    }
}

#[test]
fn what_is_no_plan_is_refused() {
    let parts = "\"planned_values\": {}, \"configuration\": {}";
    let change = |more: &str| {
        let change = "\"mode\": \"managed\", \"type\": \"x\", \"name\": \"y\", \"change\": {\"after\": {}}";
        format!("{{\"format_version\": \"1.2\", {parts}, \"resource_changes\": [{{{change}, {more}}}]}}")
    };
    let texts = [
        ("", "it is empty"),
        ("PK\u{3}\u{4}", "this is the plan as Terraform keeps it"),
        ("{\"@level\":\"info\"}\n{\"@level\":\"info\"}", "this is the log of a run"),
        ("{\"format_version\":\"1.0\",\"values\":{}}", "this is a state"),
        ("{\"version\":4,\"serial\":1}", "this is a state"),
        ("[]", "it is no JSON object"),
        ("{\"format_version\":", "EOF while parsing"),
        ("{\"resource_changes\":[]}", "it has no `format_version`"),
        ("{\"format_version\":\"1.2\"}", "it has no `planned_values`"),
        ("{\"format_version\":\"1.2\",\"resource_changes\":5}", "invalid type: integer `5`"),
        (&format!("{{\"format_version\":\"0.2\",{parts}}}"), "version 0.2 of the format"),
        (&format!("{{\"format_version\":\"2.0\",{parts}}}"), "version 2.0 of the format"),
        (&format!("{{\"format_version\":\"1.2\",\"errored\":true,{parts}}}"), "stopped with errors"),
        (&change("\"module_address\": \"module.a[\""), "is no address of a module"),
        (&change("\"module_address\": \"modules.a\""), "is no address of a module"),
        (&change("\"module_address\": \"module.a.b\""), "is no address of a module"),
        (&change("\"index\": [1]"), "is no index of an instance"),
        (&"[".repeat(100_000), "it is no JSON object"),
        (&format!("{{\"values\":{}", "[".repeat(100_000)), "recursion limit"),
    ];
    let scratch = Scratch::new("no-plan");
    for (text, expected) in texts {
        scratch.file("plan.json", text);
        let output = trysquare_in(scratch.path(), &["check", "--plan", "plan.json"]);
        let said = output.stdout.replace("\n  │ ", " ");
        let text: String = text.chars().take(80).collect();
        assert_eq!(output.status, 2, "{text}: {said}");
        assert!(said.contains(expected), "{text}: {said}");
        assert!(said.contains("terraform show -json"), "{text}: {said}");
    }
    let output = trysquare_in(scratch.path(), &["check", "--plan", "none.json"]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("none.json cannot be read: no such file"), "{}", output.stderr);
}

#[test]
fn variables_are_the_plans() {
    let output = in_plan_directory(&["check", ".", "--plan", "plan.json", "--var", "memory_size=1"]);
    assert_eq!(output.status, 2);
    assert!(output.stdout.contains("plan.json says what the variables are"), "{}", output.stdout);
}

#[test]
fn a_plan_finds_its_root_module() {
    let scratch = Scratch::new("plan-roots");
    let source = std::fs::read_to_string(directory("plan").join("main.tf")).unwrap();
    let plan = std::fs::read_to_string(directory("plan").join("plan.json")).unwrap();
    let check = || trysquare_in(scratch.path(), &["check", "--plan", "plan.json", "--fail-on", "never"]);
    scratch.file("dev/main.tf", &source).file("prod/main.tf", &source).file("plan.json", &plan);
    let output = check();
    assert_eq!(output.status, 2);
    assert!(output.stdout.contains("plan.json can be of several root modules: dev, prod"), "{}", output.stdout);

    // By what is in it.
    scratch.file("prod/main.tf", source.replace("= 30", "= 31"));
    assert_eq!(check().status, 0, "{}", check().stdout);
    scratch.file("dev/main.tf", source.replace("= 30", "= 32"));
    assert!(check().stdout.contains("plan.json was made of none of the root modules: dev, prod"));

    // By where it is, be it named on the command line or in the configuration.
    scratch.file("dev/main.tf", &source).file("prod/main.tf", &source).file("dev/plan.json", &plan);
    let inside = trysquare_in(scratch.path(), &["model", "--plan", "dev/plan.json"]);
    scratch.file("trysquare.hcl", "terraform \"dev\" {\n  plan = \"plan.json\"\n}\nterraform \"prod\" {}\n");
    let named = trysquare_in(scratch.path(), &["model"]);
    for output in [inside, named] {
        let model: Value = serde_json::from_str(&output.stdout).unwrap();
        let sizes: Vec<&Value> = model["functions"].as_array().unwrap().iter().map(|f| &f["memory_size"]).collect();
        assert_eq!(sizes[0], 512);
        assert!(sizes[2]["$unknown"].is_string(), "{sizes:?}");
    }
    scratch.file("trysquare.hcl", "terraform \"dev\" {\n  plan = \"none.json\"\n}\n");
    let output = trysquare_in(scratch.path(), &["check"]);
    assert_eq!(output.status, 2);
    assert!(output.stdout.contains("the plan dev/none.json cannot be read"), "{}", output.stdout);
}

/// The sources of a recorded plan, beside which it was made by `derive`.
const RECORDED: &[&str] = &["main.tf", "worker/main.tf", "network.tfstate"];

/// Whatever sources there are beside it, the model has what is planned.
#[test]
fn the_model_is_what_is_planned() {
    let text = std::fs::read_to_string(directory("recorded/plan.json")).unwrap();
    let compared = compare(&text);
    assert!(compared > 150, "only {compared} values were compared");
}

#[test]
fn the_model_is_what_terraform_plans_now() {
    let Some(recording) = wanted() else { return };
    let text = derive();
    say(&format!("plan: {} values compared", compare(&text)));
    if recording {
        let plan: Value = serde_json::from_str(&text).unwrap();
        let text = format!("{}\n", serde_json::to_string_pretty(&plan).unwrap());
        std::fs::write(directory("recorded/plan.json"), text).unwrap();
    }
}

/// The recorded sources beside the recorded plan, changed.
fn checked_with(name: &str, change: impl FnOnce(&mut Value)) -> Output {
    let text = std::fs::read_to_string(directory("recorded/plan.json")).unwrap();
    let mut plan: Value = serde_json::from_str(&text).unwrap();
    change(&mut plan);
    let scratch = Scratch::new(&format!("plan-{name}"));
    write_sources(scratch.path(), RECORDED);
    scratch.file("plan.json", plan.to_string());
    trysquare_in(scratch.path(), &["model", "--plan", "plan.json"])
}

/// How many resources of the recorded plan's model are known by name, and how many stand for several.
fn instances(output: &Output) -> (usize, usize) {
    let model: Value = serde_json::from_str(&output.stdout).unwrap();
    let resources = model["resources"].as_array().unwrap();
    let (several, known): (Vec<&Value>, Vec<&Value>) =
        resources.iter().partition(|resource| resource["address"].as_str().unwrap().contains("[*]"));
    (known.len(), several.len())
}

#[test]
fn what_a_plan_leaves_out_is_as_without_a_plan() {
    let whole = instances(&checked_with("whole", |_| {}));
    assert_eq!(whole.1, 0);
    // With `-target`.
    let part = checked_with("part", |plan| {
        plan["complete"] = false.into();
        plan["resource_changes"].as_array_mut().unwrap().truncate(2);
    });
    assert_eq!(instances(&part), whole, "{}", part.stderr);
    // With `-refresh-only`.
    let refreshed = checked_with("refreshed", |plan| plan["resource_changes"] = Value::Array(Vec::new()));
    assert_eq!(instances(&refreshed), whole, "{}", refreshed.stderr);
    // Data sources that are read after apply only.
    let unread = checked_with("unread", |plan| {
        plan["complete"] = false.into();
        plan["resource_changes"] = Value::Array(Vec::new());
        plan["prior_state"] = Value::Null;
    });
    assert!(instances(&unread).1 > 0, "{}", unread.stderr);
}

#[test]
fn a_plan_to_destroy_is_told() {
    let output = checked_with("destroy", |plan| {
        for resource in plan["resource_changes"].as_array_mut().unwrap() {
            resource["change"]["after"] = Value::Null;
        }
    });
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("the plan deletes `terraform_data"), "{}", output.stderr);
}

/// Applies one set of variables and plans another.
fn derive() -> String {
    let directory = Directory::new();
    write_sources(directory.path(), RECORDED);
    let terraform = |arguments: &[&str]| -> Finished {
        let finished = run(directory.path(), arguments);
        assert!(finished.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&finished.stderr));
        finished
    };
    terraform(&["init", "-input=false"]);
    let before = ["-var", "names=[\"a\",\"gone\"]", "-var", "size={memory=128}"];
    terraform(&[&["apply", "-auto-approve", "-input=false"], &before[..]].concat());
    let after = ["-var", "names=[\"a\",\"b\"]", "-var", "size={memory=\"256\"}"];
    terraform(&[&["plan", "-input=false", "-out=plan.out"], &after[..]].concat());
    String::from_utf8(terraform(&["show", "-json", "plan.out"]).stdout).unwrap()
}

fn write_sources(to: &Path, files: &[&str]) {
    for file in files {
        let target = to.join(file);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(directory("recorded").join(file), target).unwrap();
    }
}

/// Compares a plan with the models made of it: with all sources, without those of a module, and with none.
fn compare(text: &str) -> usize {
    let plan: Value = serde_json::from_str(text).unwrap();
    let mut compared = 0;
    for (name, files) in [("all", RECORDED), ("caller", &RECORDED[..1]), ("none", &[])] {
        let scratch = Scratch::new(&format!("planned-{name}"));
        write_sources(scratch.path(), files);
        scratch.file("plan.json", text);
        let output = trysquare_in(scratch.path(), &["model", "--plan", "plan.json"]);
        assert_eq!(output.status, 0, "{name}: {}", output.stderr);
        let model: Value = serde_json::from_str(&output.stdout).unwrap();
        let managed = model["resources"].as_array().unwrap().iter().filter(|found| found["mode"] == "managed");
        let mut found: Vec<&Value> = managed.collect();
        for change in plan["resource_changes"].as_array().unwrap() {
            let Some(after) = change["change"]["after"].as_object() else { continue };
            if change["mode"] != "managed" {
                continue;
            }
            // Templates in keys are escaped in a plan's addresses, and not in ours; here are none.
            let at = found.iter().position(|found| found["address"] == change["address"]);
            assert!(at.is_some(), "{name}: no {}", change["address"]);
            let values = &found.remove(at.unwrap())["values"];
            for attribute in after.keys() {
                let (unknown, secret) = (&change["change"]["after_unknown"], &change["change"]["after_sensitive"]);
                let place = format!("{name}: {}.{attribute}", change["address"]);
                compared +=
                    same(&after[attribute], &unknown[attribute], &secret[attribute], &values[attribute], &place);
            }
        }
        assert!(found.is_empty(), "{name}: not planned: {found:?}");
    }
    compared
}

/// Holds a value of the model against the planned one, and counts what was compared.
fn same(planned: &Value, unknown: &Value, secret: &Value, ours: &Value, place: &str) -> usize {
    match (planned, unknown, secret) {
        (_, _, Value::Bool(true)) => assert_eq!(ours["$sensitive"], true, "{place}: {ours}"),
        (_, Value::Bool(true), _) => assert!(ours["$unknown"].is_string(), "{place}: {ours}"),
        (Value::Object(fields), ..) => {
            let field = |(key, value): (&String, &Value)| {
                same(value, &unknown[key], &secret[key], &ours[key], &format!("{place}.{key}"))
            };
            return fields.iter().map(field).sum();
        }
        (Value::Array(items), ..) => {
            assert_eq!(ours.as_array().map(Vec::len), Some(items.len()), "{place}: {ours}");
            let item = |(at, value): (usize, &Value)| {
                same(value, &unknown[at], &secret[at], &ours[at], &format!("{place}[{at}]"))
            };
            return items.iter().enumerate().map(item).sum();
        }
        _ => assert_eq!(planned, ours, "{place}"),
    }
    1
}
