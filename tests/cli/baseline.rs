//! Only what is new is reported.

use super::run::{Output, Scratch, trysquare_in};

const STANDARD: &str = "standard {\n  functions = {\n    a = { timeout = 30, memory = 256 }\n    b = { timeout = 30, memory = 256 }\n  }\n  workflows = { timeout_minutes = 10 }\n}\n";
const CODE: &str =
    "resource \"aws_lambda_function\" \"a\" {\n  function_name = \"a\"\n  timeout = 60\n  memory_size = 512\n}\n";
const SECOND: &str =
    "resource \"aws_lambda_function\" \"b\" {\n  function_name = \"b\"\n  timeout = 60\n  memory_size = 256\n}\n";
const WORKFLOW: &str =
    "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    timeout-minutes: 20\n    steps: [{run: make}]\n";

fn scratch(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.file("trysquare.hcl", STANDARD).file("main.tf", CODE);
    scratch.file(".github/workflows/a.yml", WORKFLOW).file(".github/workflows/b.yml", WORKFLOW);
    let written = run(&scratch, &["--write-baseline", "baseline.json"]);
    assert_eq!((written.status, written.stdout.as_str()), (0, "Wrote 5 findings to baseline.json.\n"));
    scratch
}

fn run(scratch: &Scratch, more: &[&str]) -> Output {
    let arguments: Vec<&str> = ["check"].iter().chain(more).copied().collect();
    trysquare_in(scratch.path(), &arguments)
}

/// What is found beside the baseline, a line each.
fn news(scratch: &Scratch) -> Vec<String> {
    let output = run(scratch, &["--baseline", "baseline.json", "--format", "concise"]);
    assert_eq!(output.status, i32::from(!output.stdout.is_empty()), "{}{}", output.stdout, output.stderr);
    output.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn the_file_is_for_reading_and_the_same_each_time() {
    let scratch = scratch("baseline-file");
    let written = std::fs::read_to_string(scratch.path().join("baseline.json")).unwrap();
    insta::assert_snapshot!("baseline", written);
    scratch.file("main.tf", format!("\n\n{}", CODE.replace(" = ", "    =    ")));
    run(&scratch, &["--write-baseline", "baseline.json"]);
    assert_eq!(std::fs::read_to_string(scratch.path().join("baseline.json")).unwrap(), written);
}

#[test]
fn what_was_there_is_not_reported_wherever_it_went() {
    let scratch = scratch("baseline-moved");
    assert!(news(&scratch).is_empty());
    std::fs::remove_file(scratch.path().join("main.tf")).unwrap();
    std::fs::rename(scratch.path().join(".github/workflows/b.yml"), scratch.path().join(".github/workflows/z.yml"))
        .unwrap();
    scratch.file(
        "functions.tf",
        format!("# Moved, and laid out anew.\n\n{}", CODE.replace(" = ", "\t=\t").replace('\n', "\r\n")),
    );
    assert!(news(&scratch).is_empty(), "{:?}", news(&scratch));
}

#[test]
fn what_is_new_is_reported() {
    let scratch = scratch("baseline-new");
    scratch.file("second.tf", SECOND);
    assert_eq!(news(&scratch), ["second.tf:3:13 error: b times out after 60 s; documented: 30 s [lambda-timeout]"]);
    // A third that says just the same as two known ones is one more.
    scratch.file("second.tf", "").file(".github/workflows/0.yml", WORKFLOW);
    assert_eq!(
        news(&scratch),
        [".github/workflows/0.yml:5:22 error: job test may run for 20 minutes; documented: 10 [workflow-timeout]"]
    );
    // Another deviation of the same thing is another finding.
    scratch.file("main.tf", CODE.replace("60", "90"));
    assert!(news(&scratch).iter().any(|line| line.contains("a times out after 90 s")), "{:?}", news(&scratch));
}

#[test]
fn what_is_mended_can_be_taken_out() {
    let scratch = scratch("baseline-mended");
    scratch.file("main.tf", CODE.replace("60", "30"));
    let output = run(&scratch, &["--baseline", "baseline.json"]);
    assert_eq!(output.status, 0);
    insta::assert_snapshot!("baseline-resolved", output.stdout);
    // What cannot be told any more is not mended.
    scratch.file("main.tf", CODE.replace("60", "var.timeout") + "variable \"timeout\" {}\n");
    let output = run(&scratch, &["--baseline", "baseline.json"]);
    assert!(!output.stdout.contains("not found any more"), "{}", output.stdout);
}

#[test]
fn a_comment_and_a_baseline_go_together() {
    let scratch = scratch("baseline-comment");
    scratch.file("main.tf", CODE.replace("= 60", "= 60 # trysquare:ignore lambda-timeout a trial"));
    assert!(news(&scratch).is_empty());
    let json = run(&scratch, &["--baseline", "baseline.json", "--format", "json"]).stdout;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let ways: Vec<&str> =
        report["suppressed"].as_array().unwrap().iter().map(|one| one["by"].as_str().unwrap()).collect();
    assert_eq!(ways.iter().filter(|way| **way == "baseline").count(), 4, "{ways:?}");
    assert_eq!(ways.iter().filter(|way| **way == "comment").count(), 1, "{ways:?}");
    assert_eq!(report["resolved"][0]["rule"], "lambda-timeout");
}

#[test]
fn a_bad_baseline_ends_the_check() {
    let scratch = scratch("baseline-bad");
    for (text, says) in [
        ("{", "baseline.json: this is not a baseline: "),
        ("{\"version\": 1, \"findings\": [{\"rule\": \"a\"}]}", "missing field"),
        ("{\"version\": 7, \"findings\": []}", "this baseline has version 7, and 1 is read here"),
    ] {
        scratch.file("baseline.json", text);
        let output = run(&scratch, &["--baseline", "baseline.json"]);
        assert!(output.status == 2 && output.stderr.contains(says), "{text}: {}", output.stderr);
    }
    let output = run(&scratch, &["--baseline", "none.json"]);
    assert!(output.status == 2 && output.stderr.contains("none.json: "), "{}", output.stderr);
    // A check that cannot be done has no findings to write.
    scratch.file("trysquare.hcl", "standrd {}\n");
    let output = run(&scratch, &["--write-baseline", "other.json"]);
    assert_eq!(output.status, 2, "{}", output.stdout);
    assert!(!scratch.path().join("other.json").exists());
}
