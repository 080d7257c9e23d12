//! Forms of Terraform that need a provider's resources, and so cannot be asked of the terraform binary.

use super::run::{Scratch, trysquare_in};

/// What `trysquare query` prints.
fn asked(scratch: &Scratch, path: &str) -> String {
    let output = trysquare_in(scratch.path(), &["query", path]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    output.stdout
}

#[test]
fn dynamic_blocks_nest_and_name_their_iterators() {
    let scratch = Scratch::new("dynamic");
    scratch.file(
        "main.tf",
        r#"variable "origins" {
  default = {
    api  = { domain = "api.example.com", headers = { x-team = "blue", x-tier = "one" } }
    site = { domain = "site.example.com", headers = {} }
  }
}

resource "aws_cloudfront_distribution" "main" {
  dynamic "origin" {
    for_each = var.origins
    iterator = from
    content {
      domain_name = from.value.domain

      dynamic "custom_header" {
        for_each = from.value.headers
        content {
          name  = custom_header.key
          value = "${from.key}-${custom_header.value}"
        }
      }
    }
  }
}
"#,
    );
    insta::assert_snapshot!("evaluation-dynamic", asked(&scratch, "$.resources[0].values.origin"));
}

#[test]
fn files_of_opentofu_are_read_too() {
    let scratch = Scratch::new("tofu");
    scratch
        .file("main.tf", "locals {\n  name = \"of terraform\"\n}\n")
        .file("topic.tofu", "resource \"aws_sns_topic\" \"main\" {\n  name = local.name\n}\n");
    assert!(asked(&scratch, "$.resources[0].values.name").contains("\"of terraform\""));
}

/// A standard of one function, and a module that has `functions` of its name.
fn many(scratch: &Scratch, modules: usize, functions: usize) -> serde_json::Value {
    let call = format!("module \"many\" {{\n  source = \"./many\"\n  count  = {modules}\n}}\n");
    let function = format!(
        "resource \"aws_lambda_function\" \"api\" {{\n  count         = {functions}\n  function_name = \"api\"\n  timeout       = 60\n}}\n"
    );
    scratch
        .file("trysquare.hcl", "standard {\n  functions = { api = { timeout = 30 } }\n}\n")
        .file("main.tf", &call)
        .file("many/main.tf", &function);
    let output = trysquare_in(scratch.path(), &["check", "--format", "json"]);
    assert_eq!(output.status, 1, "{}", output.stderr);
    serde_json::from_str(&output.stdout).unwrap()
}

#[test]
fn more_instances_than_we_look_at_are_judged_by_one() {
    let report = many(&Scratch::new("many-modules"), 100_000_000, 1);
    assert_eq!(report["summary"]["resources"], 1);
    assert_eq!(report["findings"][0]["address"], "module.many[*].aws_lambda_function.api[0]");
}

#[test]
fn more_work_than_we_do_is_undetermined() {
    let report = many(&Scratch::new("many-functions"), 100, 300);
    assert!(report["failures"].is_null(), "{}", report["failures"][0]);
    assert_ne!(report["undetermined"], serde_json::json!([]));
}
