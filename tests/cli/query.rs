//! `trysquare query` and `trysquare model`.

use super::run::{Scratch, trysquare, trysquare_in};

fn asked(arguments: &[&str]) -> String {
    let output = trysquare(&[&["query"], arguments, &["examples/hoopstat"]].concat());
    assert_eq!(output.status, 0, "{}", output.stderr);
    output.stdout
}

#[test]
fn what_is_deployed_and_who_set_it() {
    insta::assert_snapshot!("query-timeout", asked(&["$.functions[*].timeout", "--explain"]));
    insta::assert_snapshot!("query-threshold", asked(&["$.alarms[0].threshold", "--explain"]));
}

#[test]
fn one_line_each_unless_the_way_is_asked_for() {
    insta::assert_snapshot!("query-lines", asked(&["$.functions[*]['function_name', 'memory_size', 'env']"]));
}

#[test]
fn what_is_unknown_says_why() {
    insta::assert_snapshot!("query-unknown", asked(&["$.functions[0].image_uri", "--explain"]));
}

#[test]
fn what_an_unknown_decides_may_be_selected() {
    let scratch = Scratch::new("query-perhaps");
    scratch.file(
        "main.tf",
        "variable \"size\" {}\n\nresource \"aws_lambda_function\" \"a\" {\n  function_name = \"a\"\n  memory_size   = var.size\n}\n",
    );
    let output =
        trysquare_in(scratch.path(), &["query", "$.functions[?@.memory_size > 512].function_name", "--explain"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    insta::assert_snapshot!("query-perhaps", output.stdout);
}

#[test]
fn var_files_and_modules_are_on_the_way() {
    let scratch = Scratch::new("query-module");
    scratch
        .file("trysquare.hcl", "terraform \"live\" {\n  var_files = [\"prod.tfvars\"]\n}\n")
        .file("live/main.tf", "variable \"seconds\" {\n  type = number\n}\n\nmodule \"api\" {\n  source  = \"../function\"\n  timeout = var.seconds\n}\n")
        .file("live/prod.tfvars", "seconds = 45\n")
        .file("function/main.tf", "variable \"timeout\" {\n  default = 3\n}\n\nresource \"aws_lambda_function\" \"this\" {\n  function_name = \"api\"\n  timeout       = var.timeout\n}\n");
    let output = trysquare_in(scratch.path(), &["query", "$.functions[*].timeout", "--explain"]);
    insta::assert_snapshot!("query-module", output.stdout);
}

#[test]
fn what_is_sensitive_stays_hidden() {
    let scratch = Scratch::new("query-sensitive");
    scratch.file(
        "main.tf",
        "variable \"key\" {\n  default   = \"hunter2\"\n  sensitive = true\n}\n\nresource \"aws_lambda_function\" \"a\" {\n  function_name = \"a\"\n  environment {\n    variables = {\n      KEY = var.key\n      TOKEN = sensitive(\"hunter2\")\n    }\n  }\n}\n",
    );
    for format in ["text", "json"] {
        let output = trysquare_in(scratch.path(), &["query", "$.functions[*].env[*]", "--explain", "--format", format]);
        assert_eq!(output.status, 0, "{}", output.stderr);
        assert!(output.stdout.contains("sensitive") && !output.stdout.contains("hunter2"), "{}", output.stdout);
    }
}

#[test]
fn mistakes_are_shown_where_they_are() {
    let output = trysquare(&["query", "$.functions[?@.timeout = 30]", "examples/hoopstat"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    insta::assert_snapshot!("query-mistake", output.stderr);
}

#[test]
fn nothing_selected_says_why() {
    let why = |path: &str| {
        let output = trysquare(&["query", path, "examples/hoopstat"]);
        assert_eq!((output.status, output.stdout.as_str()), (1, ""), "{path}");
        output.stderr.split_once("selects nothing: ").unwrap().1.trim_end().to_owned()
    };
    assert_eq!(why("$.functions[*].timout"), "there is no `timout`; did you mean `timeout`?");
    assert_eq!(why("$.functions[?@.memory > 3]"), "there is no `memory`; did you mean `memory_size`?");
    assert_eq!(why("$.functions[?@.timeout > 900]"), "of 2 the filter fits none");
    assert_eq!(why("$.functions.timeout"), "`timeout` is asked of a list; its elements are `[*]`");
    assert_eq!(why("$.functions[7]"), "there are only 2, counted from 0");
    assert_eq!(why("$.invoke_permissions[*].principal"), "there is nothing in what the path leads to before this step");
    assert!(why("$.lambdas").starts_with("there is no `lambdas`; there are: alarms, buckets, "));
}

#[test]
fn json_fits_its_schema() {
    let schema = serde_json::from_str(&trysquare(&["schema", "query"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for path in ["$.functions[*].image_uri", "$.standard", "$.nothing", "$..threshold"] {
        let output = trysquare(&["query", path, "examples/hoopstat", "--format", "json"]);
        let answer: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        let errors: Vec<String> = validator.iter_errors(&answer).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{path}: {errors:?}");
        assert_eq!(output.status, i32::from(path == "$.nothing"));
    }
}

#[test]
fn a_part_of_the_model() {
    let output = trysquare(&["model", "examples/hoopstat", "--section", "buckets", "--section", "deploy"]);
    let model: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let names: Vec<&str> = model.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["buckets", "deploy"]);
    let output = trysquare(&["model", "examples/hoopstat", "--section", "bucket"]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("did you mean `buckets`?"), "{}", output.stderr);
}
