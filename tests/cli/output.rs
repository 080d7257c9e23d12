//! What is printed, and with which status.

use std::process::{Command, Stdio};

use super::run::{Scratch, root, trysquare, trysquare_in, trysquare_with};

#[test]
fn the_example_shows_its_mistakes() {
    let output = trysquare(&["check", "examples/hoopstat"]);
    assert_eq!(output.status, 1, "{}", output.stderr);
    insta::assert_snapshot!("hoopstat-text", output.stdout);
}

#[test]
fn the_example_in_one_line_each() {
    let output = trysquare(&["check", "examples/hoopstat", "--format", "concise"]);
    assert_eq!(output.status, 1);
    insta::assert_snapshot!("hoopstat-concise", output.stdout);
}

#[test]
fn the_mended_example_is_clean() {
    let output = trysquare(&["check", "examples/hoopstat-fixed", "--show-undetermined"]);
    assert_eq!(output.status, 0, "{}", output.stdout);
    insta::assert_snapshot!("hoopstat-fixed-text", output.stdout);
}

#[test]
fn another_organisation_is_served_as_well() {
    let output = trysquare(&["check", "examples/ferryline", "--format", "concise"]);
    assert_eq!(output.status, 1);
    insta::assert_snapshot!("ferryline-concise", output.stdout);
    let output = trysquare(&["check", "examples/ferryline-fixed", "--show-undetermined"]);
    assert_eq!(output.status, 0, "{}", output.stdout);
    insta::assert_snapshot!("ferryline-fixed-text", output.stdout);
    let output = trysquare(&["test", "examples/ferryline-fixed/policies"]);
    assert_eq!(output.status, 0, "{}", output.stdout);
}

#[test]
fn json_fits_its_schema() {
    let schema = serde_json::from_str(&trysquare(&["schema", "report"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for example in ["examples/hoopstat", "examples/hoopstat-fixed", "examples"] {
        let output = trysquare(&["check", example, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{example}: {errors:?}");
        assert_eq!(report["version"], 1);
        assert_eq!(report["tool"]["name"], "trysquare");
    }
}

#[test]
fn colours_are_for_terminals_or_when_asked_for() {
    let plain = trysquare(&["check", "examples/hoopstat"]);
    assert!(!plain.stdout.contains('\u{1b}'));
    let coloured = trysquare(&["check", "examples/hoopstat", "--color", "always"]);
    assert!(coloured.stdout.contains('\u{1b}'));
}

#[test]
fn rules_are_links_where_the_terminal_opens_them() {
    let link = "\u{1b}]8;;https://github.com/trysquare/trysquare/blob/main/rules/lambda/lambda-memory.md\u{1b}\\";
    let arguments = ["check", "examples/hoopstat", "--color", "always"];
    let with = |environment: &[(&str, &str)]| trysquare_with(root(), &arguments, environment).stdout;
    assert!(with(&[("FORCE_HYPERLINK", "1")]).contains(link));
    assert!(!with(&[("FORCE_HYPERLINK", "0")]).contains("\u{1b}]8;"));
    let plain = trysquare_with(root(), &["check", "examples/hoopstat"], &[("FORCE_HYPERLINK", "1")]).stdout;
    assert!(!plain.contains('\u{1b}'));
}

#[test]
fn verbose_says_where_the_time_goes_and_others_say_nothing() {
    let output = trysquare(&["check", "examples/hoopstat-fixed", "--verbose"]);
    let phases: Vec<&str> = output.stderr.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(phases, ["reading", "evaluating", "deciding", "writing"], "{}", output.stderr);
    assert_eq!(trysquare(&["check", "examples/hoopstat-fixed"]).stderr, "");
}

#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    for format in ["text", "concise", "json", "sarif", "github", "junit", "gitlab", "markdown"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trysquare"))
            .args(["check", "examples/hoopstat", "--format", format])
            .current_dir(root())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{format}");
    }
}

#[test]
fn help_teaches() {
    insta::assert_snapshot!("help", trysquare(&["--help"]).stdout);
    insta::assert_snapshot!("help-check", trysquare(&["check", "--help"]).stdout);
    insta::assert_snapshot!("help-init", trysquare(&["init", "--help"]).stdout);
    insta::assert_snapshot!("help-query", trysquare(&["query", "--help"]).stdout);
    for command in ["rules", "explain", "test", "schema"] {
        insta::assert_snapshot!(format!("help-{command}"), trysquare(&[command, "--help"]).stdout);
    }
}

#[test]
fn fail_on_decides_the_status() {
    assert_eq!(trysquare(&["check", "examples/hoopstat", "--fail-on", "never"]).status, 0);
    assert_eq!(trysquare(&["check", "examples/hoopstat", "--fail-on", "error"]).status, 1);
}

#[test]
fn what_if_a_variable_had_another_value() {
    let output = trysquare(&[
        "check",
        "examples/hoopstat-fixed",
        "--var",
        "lambda_config.bronze_ingestion.timeout=600",
        "--format",
        "concise",
    ]);
    assert_eq!(output.status, 1);
    assert!(output.stdout.contains("times out after 600 s; documented: 300 s [lambda-timeout]"), "{}", output.stdout);
}

#[test]
fn paths_say_what_is_reported_and_not_what_is_read() {
    let from_page =
        trysquare(&["check", "examples/hoopstat/infrastructure/LAMBDA_DEPLOYMENT.md", "--format", "concise"]);
    assert!(from_page.stdout.contains("[lambda-memory]"), "{}", from_page.stdout);
    let elsewhere = trysquare(&["check", "examples/hoopstat/infrastructure/s3.tf", "--format", "concise"]);
    assert_eq!((elsewhere.status, elsewhere.stdout.as_str()), (0, ""));
}

#[test]
fn paths_outside_the_workspace_do_not_decide_which_it_is() {
    let scratch = Scratch::new("monorepo");
    let wrong = "resource \"aws_lambda_function\" \"a\" {\n  function_name = \"a\"\n  timeout = 60\n}\n";
    scratch.file("README.md", "# Everything\n");
    for workspace in ["one", "two"] {
        let standard = "standard {\n  functions = { a = { timeout = 30 } }\n}\n";
        scratch.file(&format!("{workspace}/trysquare.hcl"), standard).file(&format!("{workspace}/main.tf"), wrong);
    }
    let check = |paths: &[&str]| trysquare_in(scratch.path(), &[&["check", "--format", "concise"], paths].concat());
    let output = check(&["README.md", "one/main.tf"]);
    assert_eq!(output.status, 1);
    assert!(output.stdout.contains("main.tf:3:13 error: a times out after 60 s"), "{}", output.stdout);
    assert!(output.stderr.starts_with("trysquare: README.md is outside the workspace, "), "{}", output.stderr);
    let output = check(&["one/main.tf", "two/main.tf"]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.starts_with("trysquare: two/main.tf is in another workspace than "), "{}", output.stderr);
}

#[test]
fn every_example_of_the_pack_holds() {
    let output = trysquare(&["test"]);
    assert_eq!(output.status, 0, "{}", output.stdout);
    // A page without examples proves nothing.
    assert!(!output.stdout.contains("there is no"), "{}", output.stdout);
}

#[test]
fn usage_errors_say_what_to_do() {
    let output = trysquare(&["check", "no/such/dir"]);
    assert_eq!((output.status, output.stderr.as_str()), (2, "trysquare: there is no no/such/dir\n"));
    let output = trysquare(&["explain", "lambda-timeot"]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("did you mean `lambda-timeout`?"), "{}", output.stderr);
}

#[test]
fn a_wrong_configuration_is_shown_with_its_place() {
    let scratch = Scratch::new("config");
    scratch.file("page.md", "# Functions\n\n| Name | Timeout |\n|---|---|\n| a | 5min |\n").file(
        "trysquare.hcl",
        "locals {\n  page = document(\"page.md\")\n}\n\nstandard {\n  functions = {\n    for row in local.page.tables[\"Function\"] :\n    row[\"Name\"] => { timeout = duration(row[\"Timeout\"]) }\n  }\n  loging = {}\n}\n\nrule \"lambda-timeot\" {\n  severity = \"fatal\"\n}\n",
    );
    let output = trysquare_in(scratch.path(), &["check"]);
    assert_eq!(output.status, 2);
    insta::assert_snapshot!("wrong-configuration", output.stdout);
}

#[test]
fn without_a_configuration_it_says_how_to_get_one() {
    let scratch = Scratch::new("bare");
    scratch.file("main.tf", "resource \"aws_lambda_function\" \"a\" {\n  function_name = \"a\"\n}\n");
    let output = trysquare_in(scratch.path(), &["check"]);
    assert_eq!(output.status, 0, "{}", output.stdout);
    assert!(output.stdout.contains("there is no trysquare.hcl"), "{}", output.stdout);
}

#[test]
fn shells_complete_every_command() {
    let help = trysquare(&["--help"]).stdout;
    let commands = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands: Vec<&str> = commands.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.contains(&"check") && commands.contains(&"completions"), "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = trysquare(&["completions", shell]);
        assert_eq!(output.status, 0, "{}", output.stderr);
        for command in &commands {
            assert!(output.stdout.contains(command), "{shell}: {command}");
        }
    }
}

#[test]
fn each_command_has_a_man_page() {
    let page = trysquare(&["man"]).stdout;
    assert!(page.contains(".TH trysquare 1") && page.contains("trysquare\\-query(1)"), "{page}");
    let page = trysquare(&["man", "query"]).stdout;
    assert!(page.contains(".TH trysquare\\-query 1") || page.contains(".TH trysquare-query 1"), "{page}");
    assert!(page.contains("\\-\\-explain"), "{page}");
    let output = trysquare(&["man", "chek"]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("did you mean `check`?"), "{}", output.stderr);
}
