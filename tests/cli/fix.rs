//! What `--fix` mends, and what it leaves alone.

use std::fs;

use super::run::{Output, Scratch, trysquare_in, trysquare_piped};

const PAGE: &str = "# Functions\n\n| Name | Timeout | Memory | Log Group |\n|---|---|---|---|\n| `api` | 30s | 256MB | `/team/api` |\n| `jobs` | 5 min | 1 GB | `/team/jobs` |\n";
const STANDARD: &str = r#"standard {
  functions = {
    for row in document("page.md").tables["Functions"] :
    trim(row["Name"], "`") => {
      timeout   = duration(row["Timeout"])
      memory    = megabytes(row["Memory"])
      log_group = trim(row["Log Group"], "`")
    }
  }
}

rule "log-group-missing" { severity = "off" }
"#;
const CODE: &str = r#"variable "figures" {
  default = {
    api  = { timeout = 60, memory = 512 } # half a minute
    jobs = { timeout = 300, memory = 1024 }
  }
}

resource "aws_lambda_function" "api" {
  function_name = "api"
  timeout       =   var.figures.api.timeout # as the page says
  memory_size   = var.figures["api"].memory

  logging_config {
    log_format = "JSON"
    log_group  = "/team/apis"
  }
}

resource "aws_lambda_function" "jobs" {
  function_name = "jobs"
  timeout       = var.figures.jobs.timeout
  memory_size   = var.figures.jobs.memory

  logging_config {
    log_format = "JSON"
    log_group  = "/team/jobs"
  }
}
"#;

fn scratch(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.file("page.md", PAGE).file("trysquare.hcl", STANDARD).file("main.tf", CODE);
    scratch
}

fn check(scratch: &Scratch, more: &[&str]) -> Output {
    let arguments: Vec<&str> = ["check", "--format", "concise"].iter().chain(more).copied().collect();
    trysquare_in(scratch.path(), &arguments)
}

#[test]
fn safe_fixes_are_made_where_the_value_was_written() {
    let scratch = scratch("fix-safe");
    let output = check(&scratch, &["--fix"]);
    assert_eq!(scratch.read("main.tf"), CODE.replace("timeout = 60, memory = 512", "timeout = 30, memory = 256"));
    assert_eq!(
        output.stdout, "main.tf:15:18 error: api logs to /team/apis; documented: /team/api [lambda-log-group]\n",
        "what remains is reported"
    );
    assert_eq!(
        output.stderr,
        "Fixed 2 findings in 1 file.\n1 more can be fixed in a way that somebody should look at: --unsafe.\n"
    );
    assert_eq!(output.status, 1);
}

#[test]
fn all_fixes_are_made_when_asked_for() {
    let scratch = scratch("fix-unsafe");
    let output = check(&scratch, &["--fix", "--unsafe"]);
    assert_eq!(
        (output.status, output.stdout.as_str(), output.stderr.as_str()),
        (0, "", "Fixed 3 findings in 1 file.\n")
    );
    assert!(scratch.read("main.tf").contains("log_group  = \"/team/api\"\n"));
    let again = check(&scratch, &["--unsafe"]);
    assert_eq!((again.status, again.stderr.as_str()), (0, "There is nothing here that can be fixed this way.\n"));
}

#[test]
fn a_diff_changes_nothing() {
    let scratch = scratch("fix-diff");
    let output = check(&scratch, &["--diff", "--unsafe"]);
    insta::assert_snapshot!("diff", output.stdout);
    assert_eq!((output.status, output.stderr.as_str()), (1, "Would fix 3 findings in 1 file.\n"));
    assert_eq!(scratch.read("main.tf"), CODE);
}

#[test]
fn the_page_is_mended_in_its_own_notation() {
    let scratch = scratch("fix-page");
    scratch.file("main.tf", CODE.replace("timeout = 300, memory = 1024", "timeout = 60, memory = 512"));
    let output = check(&scratch, &["--fix=document"]);
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    let page = PAGE.replace("| 30s | 256MB | `/team/api`", "| 60s | 512MB | `/team/apis`");
    assert_eq!(scratch.read("page.md"), page.replace("| 5 min | 1 GB |", "| 1 min | 512 MB |"));
    // A standard without a page is mended where it stands.
    scratch.file("trysquare.hcl", "standard {\n  functions = { api = { timeout = 30 } } # all we ask\n}\n");
    check(&scratch, &["--fix=document"]);
    assert_eq!(scratch.read("trysquare.hcl"), "standard {\n  functions = { api = { timeout = 60 } } # all we ask\n}\n");
}

#[test]
fn two_that_want_different_things_of_one_place_get_neither() {
    let scratch = scratch("fix-conflict");
    let shared = CODE.replace("figures.api.timeout", "timeout").replace("figures.jobs.timeout", "timeout");
    scratch.file("main.tf", format!("{shared}\nvariable \"timeout\" {{\n  default = 7\n}}\n"));
    let output = check(&scratch, &["--fix"]);
    assert!(scratch.read("main.tf").contains("default = 7"), "{}", scratch.read("main.tf"));
    assert!(scratch.read("main.tf").contains("memory = 256"), "others are mended all the same");
    assert!(output.stderr.contains("it takes `30` in main.tf, where another finding takes `300`"), "{}", output.stderr);
    assert_eq!(output.stdout.matches("[lambda-timeout]").count(), 2, "{}", output.stdout);
}

#[test]
fn what_is_right_is_not_broken() {
    let scratch = scratch("fix-breaks");
    let shared = CODE.replace("figures.api.timeout", "timeout").replace("figures.jobs.timeout", "timeout");
    scratch.file("main.tf", format!("{shared}\nvariable \"timeout\" {{\n  default = 300\n}}\n"));
    let output = check(&scratch, &["--fix"]);
    assert!(scratch.read("main.tf").contains("default = 300"), "{}", scratch.read("main.tf"));
    assert!(
        output.stderr.contains(
            "Not fixed: main.tf:10: api times out after 300 s; documented: 30 s: afterwards, jobs times out after 30 s"
        ),
        "{}",
        output.stderr
    );
    // Nor is a value written that its variable does not take.
    scratch.file("main.tf", CODE).file("page.md", PAGE.replace("30s", "20s"));
    let validated = "default = 60\n\n  validation {\n    condition     = var.timeout >= 30\n    error_message = \"Too short.\"\n  }";
    scratch.file(
        "main.tf",
        format!("{}\nvariable \"timeout\" {{\n  {validated}\n}}\n", CODE.replace("figures.api.timeout", "timeout")),
    );
    let output = check(&scratch, &["--fix"]);
    assert!(output.stderr.contains("afterwards, timeout: Too short."), "{}", output.stderr);
}

#[test]
fn what_does_not_help_is_not_written() {
    let scratch = scratch("fix-helps");
    let standard = "standard {\n  functions = { api = { timeout = max(30, 20) } }\n}\n";
    scratch.file("trysquare.hcl", standard).file("main.tf", CODE.replace("timeout = 60", "timeout = 10"));
    let output = check(&scratch, &["--fix=document"]);
    assert_eq!(scratch.read("trysquare.hcl"), standard);
    assert!(output.stderr.contains("it is found afterwards all the same"), "{}", output.stderr);
}

#[test]
fn one_place_of_many_findings_is_changed_once() {
    let scratch = scratch("fix-once");
    let both = "resource \"aws_lambda_function\" \"all\" {\n  for_each      = toset([\"api\", \"jobs\"])\n  function_name = each.key\n  timeout       = 7\n}\n";
    scratch.file("main.tf", both).file("page.md", PAGE.replace("5 min", "30s"));
    let output = check(&scratch, &["--fix"]);
    assert_eq!(scratch.read("main.tf"), both.replace("= 7", "= 30"), "{}", output.stderr);
}

#[test]
fn every_other_byte_stays() {
    let scratch = scratch("fix-bytes");
    let code = format!("\u{feff}{}", CODE.replace('\n', "\r\n").trim_end());
    scratch.file("main.tf", &code);
    permit(&scratch, 0o640);
    check(&scratch, &["--fix"]);
    assert_eq!(scratch.read("main.tf"), code.replace("timeout = 60, memory = 512", "timeout = 30, memory = 256"));
    assert_eq!(permissions(&scratch), 0o640);
    let left = fs::read_dir(scratch.path()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).count();
    assert_eq!(left, 3, "nothing is left beside");
}

#[cfg(unix)]
fn permit(scratch: &Scratch, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(scratch.path().join("main.tf"), fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
fn permissions(scratch: &Scratch) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(scratch.path().join("main.tf")).unwrap().permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn permit(_: &Scratch, _: u32) {}

#[cfg(not(unix))]
fn permissions(_: &Scratch) -> u32 {
    0o640
}

#[cfg(unix)]
#[test]
fn links_are_not_written_through_and_nothing_else_is_either() {
    let scratch = scratch("fix-link");
    scratch.remove("main.tf").file("shared/elsewhere.tf", CODE).file(
        "other.tf",
        CODE.replace("\"api\"", "\"apis\"").replace("\"figures\"", "\"others\"").replace("\"jobs\"", "\"more\""),
    );
    std::os::unix::fs::symlink("shared/elsewhere.tf", scratch.path().join("main.tf")).unwrap();
    let output = check(&scratch, &["--fix"]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("nothing is written: main.tf is, or lies behind, a link"), "{}", output.stderr);
    assert_eq!(scratch.read("shared/elsewhere.tf"), CODE);
}

#[test]
fn what_terraform_fetches_is_left_alone() {
    let scratch = scratch("fix-fetched");
    let index = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"api","Source":"registry.terraform.io/team/function/aws","Version":"1.0.0","Dir":".terraform/modules/api"}]}"#;
    let module = "resource \"aws_lambda_function\" \"this\" {\n  function_name = \"api\"\n  timeout       = 60\n}\n";
    scratch
        .file("main.tf", "module \"api\" {\n  source  = \"team/function/aws\"\n  version = \"1.0.0\"\n}\n")
        .file(".terraform/modules/modules.json", index)
        .file(".terraform/modules/api/main.tf", module);
    let output = check(&scratch, &["--fix"]);
    assert_eq!(scratch.read(".terraform/modules/api/main.tf"), module);
    assert!(
        output.stderr.contains("is fetched by `terraform init`, which would undo it"),
        "{}{}",
        output.stdout,
        output.stderr
    );
}

#[test]
fn only_what_is_asked_for_is_mended() {
    let scratch = scratch("fix-scope");
    scratch.file(
        "jobs.tf",
        "resource \"aws_lambda_function\" \"other\" {\n  function_name = \"jobs\"\n  timeout = 7\n}\n",
    );
    scratch.file(
        "main.tf",
        CODE.replace("memory = 512 }", "memory = 512 } # trysquare:ignore lambda-memory it needs more"),
    );
    check(&scratch, &["jobs.tf", "--fix"]);
    assert!(scratch.read("jobs.tf").contains("timeout = 300") && scratch.read("main.tf").contains("timeout = 60"));
    check(&scratch, &["--fix"]);
    assert!(scratch.read("main.tf").contains("timeout = 30, memory = 512"), "{}", scratch.read("main.tf"));
}

#[test]
fn standard_input_stands_for_a_file() {
    let scratch = scratch("stdin");
    let mended = CODE.replace("timeout = 60", "timeout = 30");
    let arguments = ["check", "-", "--stdin-filename", "main.tf", "--format", "concise"];
    let output = trysquare_piped(scratch.path(), &arguments, &mended);
    assert!(output.status == 1 && !output.stdout.contains("[lambda-timeout]"), "{}", output.stdout);
    assert!(output.stdout.contains("main.tf:3:37") || output.stdout.contains("[lambda-memory]"), "{}", output.stdout);
    // Only what has to do with the file is said, and the file need not be there yet.
    let arguments = ["check", "-", "--stdin-filename", "new.tf", "--format", "concise"];
    let new = "resource \"aws_lambda_function\" \"new\" {\n  function_name = \"jobs\"\n  timeout = 1\n}\n";
    let output = trysquare_piped(scratch.path(), &arguments, new);
    assert!(
        output.stdout.contains("new.tf:3:13 error: jobs times out after 1 s"),
        "{}{}",
        output.stdout,
        output.stderr
    );
    assert!(!output.stdout.contains("api"), "{}", output.stdout);
    let diff = trysquare_piped(scratch.path(), &["check", "-", "--stdin-filename", "new.tf", "--diff"], new);
    assert!(diff.stdout.contains("-  timeout = 1\n+  timeout = 300\n"), "{}", diff.stdout);
    for (arguments, says) in [
        (vec!["check", "-"], "- needs --stdin-filename"),
        (vec!["check", "--stdin-filename", "main.tf"], "--stdin-filename needs - as the path"),
        (vec!["check", "-", "main.tf", "--stdin-filename", "main.tf"], "- stands alone"),
        (vec!["check", "-", "--stdin-filename", "main.tf", "--fix"], "--fix cannot write to standard input"),
    ] {
        let output = trysquare_piped(scratch.path(), &arguments, "");
        assert!(output.status == 2 && output.stderr.contains(says), "{arguments:?}: {}", output.stderr);
    }
}
