//! Rules of a repository's own, and what it may choose of the others.

use super::run::{Scratch, root, trysquare, trysquare_in};

const FUNCTION: &str = "resource \"aws_lambda_function\" \"a\" {\n  function_name = \"a\"\n  memory_size   = 1024\n}\n";

/// A page whose rule limits memory, with more lines for its block.
fn memory_page(id: &str, more: &str) -> String {
    format!(
        r#"# {id}

No function is larger than is allowed.

```hcl rule
rule "{id}" {{
  {more}
  parameter "largest" {{
    type        = number
    default     = 256
    description = "The most memory that a function may have, in MB."

    validation {{
      condition     = parameter.largest >= 128
      error_message = "Lambda gives no less than 128 MB"
    }}
  }}

  select "function" {{ path = "$.functions[*]" }}

  condition     = function.memory_size <= parameter.largest
  error_message = "${{function.function_name}} has ${{function.memory_size}} MB; allowed: ${{parameter.largest}} MB"
  at            = function.memory_size
}}
```
"#
    )
}

/// A repository with one function, these settings and these pages.
fn repository(name: &str, settings: &str, pages: &[(&str, String)]) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.file("main.tf", FUNCTION).file("trysquare.hcl", settings);
    for (path, page) in pages {
        scratch.file(path, page);
    }
    scratch
}

#[test]
fn a_pack_of_ones_own_is_checked_listed_explained_and_tested() {
    let own = repository(
        "pack",
        "packs = [\"policies\"]\n",
        &[
            ("policies/deep/team-memory.md", memory_page("team-memory", "")),
            ("policies/README.md", "# Our rules\n\nNo rule here.\n".to_owned()),
        ],
    );
    let concise = trysquare_in(own.path(), &["check", "--format", "concise"]);
    assert_eq!(
        (concise.status, concise.stdout.as_str()),
        (1, "main.tf:3:19 error: a has 1024 MB; allowed: 256 MB [team-memory]\n")
    );
    let json = trysquare_in(own.path(), &["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(report["findings"][0]["url"], "policies/deep/team-memory.md");
    assert_eq!(report["summary"]["files"], 4);
    let rules = trysquare_in(own.path(), &["rules"]).stdout;
    assert!(rules.lines().any(|line| line.starts_with("team-memory ") && line.contains("  yes  ")), "{rules}");
    insta::assert_snapshot!("explain-own", trysquare_in(own.path(), &["explain", "team-memory"]).stdout);
    let test = trysquare_in(own.path(), &["test"]);
    insta::assert_snapshot!("test-without-examples", test.stdout);
}

#[test]
fn a_parameter_is_set_in_the_configuration() {
    let settings = |parameters: &str| {
        format!(
            "packs = [\"policies\"]\n\nrule \"team-memory\" {{\n  severity   = \"note\"\n  parameters = {parameters}\n}}\n"
        )
    };
    let page = || [("policies/team-memory.md", memory_page("team-memory", ""))];
    let run = |name: &str, parameters: &str| {
        let own = repository(name, &settings(parameters), &page());
        trysquare_in(own.path(), &["check", "--quiet"])
    };
    let allowed = run("parameter-set", "{ largest = \"2048\" }");
    assert_eq!((allowed.status, allowed.stdout.as_str()), (0, ""));
    for (name, parameters) in [
        ("parameter-unknown", "{ lagest = 512 }"),
        ("parameter-type", "{ largest = \"much\" }"),
        ("parameter-invalid", "{ largest = 64 }"),
        ("parameter-list", "[512]"),
    ] {
        let wrong = run(name, parameters);
        assert_eq!(wrong.status, 2, "{}", wrong.stdout);
        insta::assert_snapshot!(name, wrong.stdout);
    }
}

#[test]
fn a_parameter_without_a_default_has_to_be_set() {
    let page = memory_page("team-memory", "").replace("    default     = 256\n", "");
    let own = repository("parameter-missing", "packs = [\"policies\"]\n", &[("policies/team-memory.md", page)]);
    let output = trysquare_in(own.path(), &["check"]);
    assert_eq!(output.status, 0);
    assert!(output.stdout.contains("its parameter `largest` is not set"), "{}", output.stdout);
}

#[test]
fn the_tolerance_of_the_duration_alarm_is_the_teams_choice() {
    let own = Scratch::new("tolerance");
    own.file("trysquare.hcl", "standard {\n  functions = { a = {} }\n  alarms    = { duration = { ratio = 0.8 } }\n}\n\nrule \"alarm-duration-threshold\" {\n  parameters = { tolerance = 0.05 }\n}\n")
        .file("main.tf", "resource \"aws_lambda_function\" \"a\" {\n  function_name = \"a\"\n  timeout       = 10\n}\n\nresource \"aws_cloudwatch_metric_alarm\" \"a\" {\n  alarm_name          = \"a\"\n  namespace           = \"AWS/Lambda\"\n  metric_name         = \"Duration\"\n  dimensions          = { FunctionName = aws_lambda_function.a.function_name }\n  statistic           = \"Maximum\"\n  comparison_operator = \"GreaterThanThreshold\"\n  threshold           = 8400\n  period              = 60\n  evaluation_periods  = 1\n}\n");
    let wide = trysquare_in(own.path(), &["check", "--format", "concise"]);
    assert_eq!((wide.status, wide.stdout.as_str()), (0, ""));
    own.file(
        "trysquare.hcl",
        "standard {\n  functions = { a = {} }\n  alarms    = { duration = { ratio = 0.8 } }\n}\n",
    );
    let narrow = trysquare_in(own.path(), &["check", "--format", "concise"]);
    assert!(narrow.stdout.contains("[alarm-duration-threshold]"), "{}", narrow.stdout);
}

#[test]
fn an_embedded_rule_is_overridden_only_by_saying_so() {
    let settings = "packs = [\"policies\"]\n";
    let silent = repository("override-silent", settings, &[("policies/m.md", memory_page("lambda-memory", ""))]);
    let output = trysquare_in(silent.path(), &["check", "--quiet"]);
    assert_eq!(output.status, 2);
    insta::assert_snapshot!("override-silent", output.stdout);

    let said = memory_page("lambda-memory", "override = true");
    let open = repository("override-said", settings, &[("policies/m.md", said)]);
    let output = trysquare_in(open.path(), &["check", "--format", "concise"]);
    assert_eq!(output.stdout, "main.tf:3:19 error: a has 1024 MB; allowed: 256 MB [lambda-memory]\n");

    let lost = memory_page("lambda-memry", "override = true");
    let lost = repository("override-lost", settings, &[("policies/m.md", lost)]);
    insta::assert_snapshot!("override-lost", trysquare_in(lost.path(), &["check", "--quiet"]).stdout);
}

#[test]
fn two_rules_of_one_id_are_a_mistake() {
    let page = || memory_page("team-memory", "");
    let own = repository("twice", "packs = [\"a\", \"b\"]\n", &[("a/one.md", page()), ("b/two.md", page())]);
    let output = trysquare_in(own.path(), &["check", "--quiet"]);
    assert_eq!(output.status, 2);
    insta::assert_snapshot!("rule-twice", output.stdout);
}

#[test]
fn a_pack_that_is_not_there_is_a_mistake() {
    let page =
        [("policies/team-memory.md", memory_page("team-memory", "")), ("empty/README.md", "# Nothing\n".to_owned())];
    let own = repository("no-pack", "packs = [\"polices\", \"empty\", \"../policies\"]\n", &page);
    let output = trysquare_in(own.path(), &["check", "--quiet"]);
    assert_eq!(output.status, 2);
    insta::assert_snapshot!("no-pack", output.stdout);
}

#[test]
fn a_broken_rule_leaves_the_others_running() {
    let broken =
        "# team-broken\n\nBroken.\n\n```hcl rule\nrule \"team-broken\" {\n  condtion = true\n}\n```\n".to_owned();
    let pages = [("policies/a.md", broken), ("policies/b.md", memory_page("team-memory", ""))];
    let own = repository("broken", "packs = [\"policies\"]\n", &pages);
    let whole = trysquare_in(own.path(), &["check"]).stdout;
    assert!(whole.contains("Not everything can be said before these are mended.\nRead 4 files"), "{whole}");
    let output = trysquare_in(own.path(), &["check", "--quiet"]);
    assert_eq!(output.status, 2);
    insta::assert_snapshot!("broken-rule", output.stdout);
}

#[test]
fn examples_show_what_differs() {
    let page = memory_page("team-memory", "")
        + "\n```hcl bad large main.tf\nresource \"aws_lambda_function\" \"a\" {\n  function_name = \"a\"\n  memory_size   = 512\n}\n```\n\n```text expect large\nmain.tf:3:19 error: a has 512 MB; allowed: 128 MB\n```\n\n```hcl good small main.tf\nresource \"aws_lambda_function\" \"a\" {\n  function_name = \"a\"\n  memory_size   = 512\n}\n```\n\n```hcl good main.tf\n```\n";
    let own = repository("examples", "packs = [\"policies\"]\n", &[("policies/team-memory.md", page)]);
    let output = trysquare_in(own.path(), &["test"]);
    assert_eq!(output.status, 1);
    insta::assert_snapshot!("test-differs", output.stdout);

    let updated = trysquare_in(own.path(), &["test", "--update", "--quiet"]);
    assert_eq!(updated.status, 1);
    insta::assert_snapshot!("test-updated", updated.stdout);
    let page = std::fs::read_to_string(own.path().join("policies/team-memory.md")).unwrap();
    assert!(page.contains("a has 512 MB; allowed: 256 MB"), "{page}");
}

#[test]
fn a_rule_that_cannot_be_read_fails_its_test() {
    let page = "# team-broken\n\nBroken.\n\n```hcl rule\nrule \"team-broken\" {\n  condition     = true\n  error_mesage = \"x\"\n}\n```\n";
    let own = repository("test-broken", "", &[("policies/a.md", page.to_owned())]);
    let output = trysquare_in(own.path(), &["test", "policies"]);
    assert_eq!(output.status, 1);
    insta::assert_snapshot!("test-broken", output.stdout);
}

#[test]
fn rules_are_listed_with_what_becomes_of_them() {
    let output = trysquare(&["rules", "examples/hoopstat"]);
    assert_eq!(output.status, 0);
    insta::assert_snapshot!("rules", output.stdout);
    let json = trysquare(&["rules", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let rules = list["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == "alarm-duration-threshold").unwrap();
    assert_eq!(rule["skipped"], "the standard has no `alarms.duration`");
    assert_eq!(rule["parameters"][0]["value"], 0.005);
}

#[test]
fn a_page_is_laid_out_for_reading() {
    insta::assert_snapshot!("explain", trysquare(&["explain", "lambda-limits"]).stdout);
    let coloured = trysquare(&["explain", "lambda-limits", "--color", "always"]).stdout;
    assert!(coloured.contains("\u{1b}[1mlambda-limits\u{1b}[0m"), "{coloured}");
    let raw = trysquare(&["explain", "lambda-limits", "--format", "markdown"]).stdout;
    assert!(raw.starts_with("# lambda-limits\n") && raw.contains("```hcl rule\n"), "{raw}");
    let json = trysquare(&["explain", "lambda-limits", "--format", "json"]).stdout;
    let page: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&page["id"], &page["markdown"]), (&"lambda-limits".into(), &raw.into()));
}

#[test]
fn a_page_does_not_steer_the_terminal() {
    let page = memory_page("team-memory", "").replace("No function", "No \u{1b}[31mfunction `\u{1b}[2J`")
        + "\n| A |\n|---|\n| \u{1b}[32m |\n\n```text\n\u{1b}[33m\n```\n\n[x](http://y/\u{1b}[34m)\n";
    let own = repository("steering", "packs = [\"policies\"]\n", &[("policies/team-memory.md", page)]);
    for command in [&["explain", "team-memory"][..], &["rules"], &["test"], &["check"]] {
        let output = trysquare_in(own.path(), command);
        assert!(!output.stdout.is_empty());
        assert!(!output.stdout.contains('\u{1b}') && !output.stderr.contains('\u{1b}'), "{}", output.stdout);
    }
}

/// HCL as JSON, expressions as texts.
fn as_json(hcl: &str) -> serde_json::Value {
    hcl::from_str(hcl).unwrap()
}

#[test]
fn the_schemas_fit_what_is_read() {
    let validator = |of: &str| {
        let schema = serde_json::from_str(&trysquare(&["schema", of]).stdout).unwrap();
        jsonschema::draft202012::new(&schema).unwrap()
    };
    let config = validator("config");
    for example in ["hoopstat", "ferryline"] {
        let text = std::fs::read_to_string(root().join(format!("examples/{example}/trysquare.hcl"))).unwrap();
        let errors: Vec<String> = config.iter_errors(&as_json(&text)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{example}: {errors:?}");
    }
    for wrong in [
        "pakcs = []",
        "rule \"a\" {\n  severity = \"fatal\"\n}",
        "standard {\n  functions = { a = { tiemout = 3 } }\n}",
    ] {
        assert!(!config.is_valid(&as_json(wrong)), "{wrong}");
    }
    let rule = validator("rule");
    for (path, text) in trysquare::rules::pack::PAGES {
        let block = &text[trysquare::rules::page::head(text).rule.unwrap()];
        let errors: Vec<String> = rule.iter_errors(&as_json(block)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{path}: {errors:?}");
    }
    for wrong in [
        "rule \"a\" {\n  condition = true\n}",
        "rule \"a\" {\n  condition = true\n  error_message = \"\"\n  lable {\n  }\n}",
    ] {
        assert!(!rule.is_valid(&as_json(wrong)), "{wrong}");
    }
}
