//! What is silenced, what is not, and what is said of it.

use super::run::{Output, Scratch, trysquare_in};

const PAGE: &str =
    "# Functions\n\n| Name | Timeout | Memory |\n|---|---|---|\n| `api` | 30s | 256MB |\n| `jobs` | 5min | 512MB |\n";
const STANDARD: &str = r#"
standard {
  functions = {
    for row in document("page.md").tables["Functions"] :
    trim(row["Name"], "`") => {
      timeout = duration(row["Timeout"])
      memory  = megabytes(row["Memory"])
    }
  }
  workflows = { timeout_minutes = 60 }
}
"#;
const CODE: &str = r#"
variable "timeout" {
  default = 60
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  timeout       = var.timeout
  memory_size   = 128
}

resource "aws_lambda_function" "jobs" {
  function_name = "jobs"
  timeout       = 300
  memory_size   = 1024
}
"#;
const WORKFLOW: &str = "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    timeout-minutes: 90\n    steps:\n      - run: make\n  test:\n    runs-on: ubuntu-latest\n    timeout-minutes: 120\n    steps:\n      - run: make test\n";

/// Everything that the files above have wrong, by the line's end.
const ALL: [&str; 5] = [
    "job build may run for 90 minutes",
    "job test may run for 120 minutes",
    "api times out after 60 s",
    "api has 128 MB",
    "jobs has 1024 MB",
];

fn scratch(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch
        .file("page.md", PAGE)
        .file("trysquare.hcl", STANDARD)
        .file("main.tf", CODE)
        .file(".github/workflows/ci.yml", WORKFLOW);
    scratch
}

fn concise(scratch: &Scratch, more: &[&str]) -> Output {
    let arguments: Vec<&str> = ["check", "--format", "concise"].iter().chain(more).copied().collect();
    trysquare_in(scratch.path(), &arguments)
}

/// What is found besides, or is not found of, what the files above have wrong.
#[track_caller]
fn silences(scratch: &Scratch, silenced: &[&str]) {
    let printed = concise(scratch, &[]).stdout;
    let heard: Vec<&str> = ALL.into_iter().filter(|finding| !printed.contains(finding)).collect();
    assert_eq!(heard, silenced, "{printed}");
    assert_eq!(printed.lines().count(), ALL.len() - silenced.len(), "{printed}");
}

#[test]
fn nothing_is_silenced_unasked() {
    silences(&scratch("unasked"), &[]);
}

#[test]
fn a_comment_silences_its_line_or_the_block_below() {
    let scratch = scratch("comment");
    let line = CODE.replace("memory_size   = 128", "memory_size   = 128 # trysquare:ignore lambda-memory it idles");
    scratch.file("main.tf", line);
    silences(&scratch, &["api has 128 MB"]);
    let above = CODE.replace(
        "resource \"aws_lambda_function\" \"api\"",
        "/* trysquare:ignore lambda-memory,lambda-timeout it idles */\n// so we were told\nresource \"aws_lambda_function\" \"api\"",
    );
    scratch.file("main.tf", above);
    silences(&scratch, &["api times out after 60 s", "api has 128 MB"]);
}

#[test]
fn a_comment_silences_where_the_value_was_set() {
    let scratch = scratch("origin");
    scratch.file("main.tf", CODE.replace("default = 60", "default = 60 // trysquare:ignore lambda-timeout a trial"));
    silences(&scratch, &["api times out after 60 s"]);
}

#[test]
fn a_comment_silences_in_the_page() {
    let scratch = scratch("page");
    let row = PAGE.replace("30s |", "30s <!-- trysquare:ignore lambda-timeout,lambda-memory a trial --> |");
    scratch.file("page.md", row);
    silences(&scratch, &["api times out after 60 s", "api has 128 MB"]);
    let table = PAGE.replace("\n| Name", "\n<!-- trysquare:ignore lambda-memory\n     under review -->\n\n| Name");
    scratch.file("page.md", table);
    silences(&scratch, &["api has 128 MB", "jobs has 1024 MB"]);
}

#[test]
fn a_comment_silences_in_a_workflow() {
    let scratch = scratch("workflow");
    let job = WORKFLOW.replace("  build:", "  # trysquare:ignore workflow-timeout it is slow\n  build:");
    scratch.file(".github/workflows/ci.yml", job);
    silences(&scratch, &["job build may run for 90 minutes"]);
    let line = WORKFLOW.replace("minutes: 120", "minutes: 120 # trysquare:ignore workflow-timeout it is slow");
    scratch.file(".github/workflows/ci.yml", line);
    silences(&scratch, &["job test may run for 120 minutes"]);
}

#[test]
fn the_configuration_silences_by_address() {
    let scratch = scratch("configuration");
    let ignore = |rule: &str, address: &str| {
        format!(
            "{STANDARD}\nignore {{\n  rule    = \"{rule}\"\n  address = \"{address}\"\n  reason  = \"agreed\"\n}}\n"
        )
    };
    scratch.file("trysquare.hcl", ignore("lambda-memory", "aws_lambda_function.a*"));
    silences(&scratch, &["api has 128 MB"]);
    scratch.file("trysquare.hcl", ignore("workflow-timeout", "test"));
    silences(&scratch, &["job test may run for 120 minutes"]);
    scratch.file("trysquare.hcl", ignore("lambda-memori", "*"));
    let output = concise(&scratch, &[]);
    assert_eq!(output.status, 2);
    assert!(
        output.stdout.contains("trysquare.hcl:14:13 failure: there is no rule `lambda-memori`"),
        "{}",
        output.stdout
    );
}

#[test]
fn the_configuration_silences_through_modules() {
    let scratch = scratch("modules");
    scratch
        .file("main.tf", "module \"api\" {\n  for_each = toset([\"api\", \"jobs\"])\n  source   = \"./function\"\n  name     = each.key\n}\n")
        .file("function/main.tf", "variable \"name\" {}\n\nresource \"aws_lambda_function\" \"this\" {\n  count         = 1\n  function_name = var.name\n  timeout       = 7\n}\n");
    let ignore = "ignore {\n  rule    = \"lambda-timeout\"\n  address = \"module.*.aws_lambda_function.this[*]\"\n  reason  = \"agreed\"\n}\n";
    let before = concise(&scratch, &[]).stdout;
    assert_eq!(before.matches("[lambda-timeout]").count(), 2, "{before}");
    scratch.file("trysquare.hcl", format!("{STANDARD}\n{ignore}"));
    let after = concise(&scratch, &[]).stdout;
    assert!(!after.contains("[lambda-timeout]") && !after.contains("[suppression-unused]"), "{after}");
}

#[test]
fn what_silences_nothing_is_found() {
    let scratch = scratch("unused");
    let wrong = [
        (
            "api\"\n",
            "api\" # trysquare:ignore lambda-memory nothing is here\n",
            "there is nothing of lambda-memory here",
        ),
        ("timeout       = 300", "timeout = 300 # trysquare:ignore", "this suppression names no rule"),
        ("= 128", "= 128 # trysquare:ignore lambda-memory", "this says no reason to silence `lambda-memory`"),
        ("= 128", "= 128 # trysquare:ignore lambda-memery it idles", "there is no rule `lambda-memery` to silence"),
        ("= 128", "= 128 # trysquare:ignore-line lambda-memory it idles", "this is not a suppression that there is"),
        ("= 128", "= 128 # trysquare:ignore lambda-memory until=soon it idles", "`soon` is not a date"),
        ("= 128", "= 128 # trysquare:ignore suppression-unused so there", "cannot be silenced where it speaks"),
    ];
    for (from, to, says) in wrong {
        scratch.file("main.tf", CODE.replacen(from, to, 1));
        let printed = concise(&scratch, &[]).stdout;
        let lines: Vec<&str> = printed.lines().filter(|line| line.contains("[suppression-unused]")).collect();
        assert!(lines.len() == 1 && lines[0].contains(says), "{to}: {printed}");
        assert!(ALL.iter().all(|finding| printed.contains(finding)), "{to}: {printed}");
    }
}

#[test]
fn of_a_rule_that_does_not_run_nothing_is_said() {
    let scratch = scratch("off");
    let ignored = CODE.replace("= 300", "= 300 # trysquare:ignore lambda-timeout,alarm-missing for later");
    scratch
        .file("main.tf", &ignored)
        .file("trysquare.hcl", format!("{STANDARD}\nrule \"lambda-timeout\" {{ severity = \"off\" }}\n"));
    let printed = concise(&scratch, &[]).stdout;
    assert!(!printed.contains("suppression-unused"), "{printed}");
    // Where the rule is undetermined for something, so is this.
    let undetermined = ignored.replace("default = 60", "type = number").replace(",alarm-missing", "");
    scratch.file("main.tf", undetermined).file("trysquare.hcl", STANDARD);
    let printed = concise(&scratch, &["--show-undetermined"]).stdout;
    let about: Vec<&str> = printed.lines().filter(|line| line.contains("suppression-unused")).collect();
    assert_eq!(
        about,
        ["main.tf:14:42 undetermined: `lambda-timeout` is undetermined for something [suppression-unused]"],
        "{printed}"
    );
}

#[test]
fn a_date_ends_a_suppression() {
    let scratch = scratch("date");
    let until =
        |date: &str| CODE.replace("= 128", &format!("= 128 # trysquare:ignore lambda-memory until={date} a trial"));
    scratch.file("main.tf", until("2999-12-31"));
    silences(&scratch, &["api has 128 MB"]);
    scratch.file("main.tf", until("2020-12-31"));
    let printed = concise(&scratch, &[]).stdout;
    assert!(printed.contains("api has 128 MB"), "{printed}");
    assert!(
        printed.contains(
            "main.tf:9:42 warning: the suppression of lambda-memory ended on 2020-12-31: a trial [suppression-expired]"
        ),
        "{printed}"
    );
}

#[test]
fn a_locked_rule_is_silenced_by_the_configuration_only() {
    let scratch = scratch("locked");
    let locked = format!("{STANDARD}\nrule \"lambda-memory\" {{ locked = true }}\n");
    scratch
        .file("main.tf", CODE.replace("= 128", "= 128 # trysquare:ignore lambda-memory it idles"))
        .file("trysquare.hcl", &locked);
    let printed = concise(&scratch, &[]).stdout;
    assert!(printed.contains("api has 128 MB"), "{printed}");
    assert!(printed.contains("`lambda-memory` is locked in trysquare.hcl: no comment silences it"), "{printed}");
    let ignore =
        "ignore {\n  rule    = \"lambda-memory\"\n  address = \"aws_lambda_function.api\"\n  reason  = \"agreed\"\n}\n";
    scratch.file("main.tf", CODE).file("trysquare.hcl", format!("{locked}{ignore}"));
    silences(&scratch, &["api has 128 MB"]);
}

#[test]
fn what_is_silenced_is_counted_listed_and_can_be_heard() {
    let scratch = scratch("listed");
    let code = CODE.replace("= 128", "= 128 # trysquare:ignore lambda-memory until=2999-12-31 it idles");
    let ignore = "ignore {\n  rule   = \"workflow-timeout\"\n  reason = \"agreed\"\n}\n";
    scratch.file("main.tf", code).file("trysquare.hcl", format!("{STANDARD}\n{ignore}"));
    let output = trysquare_in(scratch.path(), &["check", "--show-suppressed"]);
    insta::assert_snapshot!("suppressed", output.stdout);
    let json = trysquare_in(scratch.path(), &["check", "--format", "json"]).stdout;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["summary"]["suppressed"], 3);
    let ways: Vec<&str> =
        report["suppressed"].as_array().unwrap().iter().map(|one| one["by"].as_str().unwrap()).collect();
    assert_eq!(ways, ["configuration", "configuration", "comment"]);
    let heard = concise(&scratch, &["--no-ignore"]).stdout;
    assert!(ALL.iter().all(|finding| heard.contains(finding)), "{heard}");
    assert_eq!(heard.lines().count(), ALL.len(), "{heard}");
}
