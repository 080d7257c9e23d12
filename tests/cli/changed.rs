//! `--changed-only`, with the real git.

use std::process::Command;

use super::run::{Output, Scratch, trysquare_in};

const PAGE: &str =
    "# Functions\n\n| Name | Timeout | Memory |\n|---|---|---|\n| `api` | 30s | 256MB |\n| `jobs` | 30s | 256MB |\n";
const STANDARD: &str = "standard {\n  functions = {\n    for row in document(\"page.md\").tables[\"Functions\"] :\n    trim(row[\"Name\"], \"`\") => { timeout = duration(row[\"Timeout\"]), memory = megabytes(row[\"Memory\"]) }\n  }\n}\n";

fn function(name: &str, timeout: &str, memory: u32) -> String {
    format!(
        "resource \"aws_lambda_function\" \"{name}\" {{\n  function_name = \"{name}\"\n  timeout       = {timeout}\n  memory_size   = {memory}\n}}\n"
    )
}

/// A repository with one commit, in which each function has too much memory.
fn repository(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    std::fs::remove_dir_all(scratch.path().join(".git")).unwrap();
    scratch
        .file("page.md", PAGE)
        .file("trysquare.hcl", STANDARD)
        .file("api.tf", function("api", "30", 512))
        .file("jobs.tf", function("jobs", "30", 512))
        .file("notes.txt", "nothing\n");
    git(&scratch, &["init", "--quiet", "--initial-branch=main"]);
    commit(&scratch);
    scratch
}

fn git(scratch: &Scratch, arguments: &[&str]) {
    let settings = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").args(settings).args(arguments).current_dir(scratch.path()).output();
    assert!(output.is_ok(), "these tests need git, which cannot be started: {output:?}");
    let output = output.unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn commit(scratch: &Scratch) {
    git(scratch, &["add", "--all"]);
    git(scratch, &["commit", "--quiet", "--message", "change"]);
}

fn check(scratch: &Scratch, more: &[&str]) -> Output {
    let arguments: Vec<&str> = ["check", "--changed-only", "--format", "concise"].iter().chain(more).copied().collect();
    trysquare_in(scratch.path(), &arguments)
}

/// The messages that are printed, without places and rules.
#[track_caller]
fn says(scratch: &Scratch, more: &[&str], wanted: &[&str]) {
    let output = check(scratch, more);
    let messages: Vec<&str> =
        output.stdout.lines().map(|line| line.split_once(": ").unwrap().1.split(" [").next().unwrap()).collect();
    assert_eq!(messages, wanted, "{}{}", output.stdout, output.stderr);
    assert_eq!(output.status, i32::from(!wanted.is_empty()));
}

const API: &str = "api has 512 MB of memory; documented: 256 MB";
const JOBS: &str = "jobs has 512 MB of memory; documented: 256 MB";

#[test]
fn without_a_change_nothing_is_said() {
    let scratch = repository("changed-none");
    says(&scratch, &[], &[]);
    scratch.file("notes.txt", "something\n");
    says(&scratch, &[], &[]);
}

#[test]
fn changes_count_staged_or_not_and_new_files_too() {
    let scratch = repository("changed-kinds");
    scratch.file("api.tf", function("api", "60", 512));
    let api = ["api times out after 60 s; documented: 30 s", API];
    says(&scratch, &[], &api);
    git(&scratch, &["add", "--all"]);
    says(&scratch, &[], &api);
    commit(&scratch);
    says(&scratch, &[], &[]);
    scratch.file("more.tf", function("extra", "900", 128));
    says(&scratch, &[], &["extra is not among the documented functions"]);
    scratch.file(".gitignore", "more.tf\n");
    says(&scratch, &[], &[]);
}

#[test]
fn a_changed_page_shows_what_code_has_to_do_with_it() {
    let scratch = repository("changed-page");
    scratch.file("page.md", PAGE.replace("`api` | 30s", "`api` | 20s"));
    says(&scratch, &[], &["api times out after 30 s; documented: 20 s", API, JOBS]);
}

#[test]
fn what_a_change_causes_elsewhere_is_said() {
    let scratch = repository("changed-cause");
    // Nothing points at a resource that is gone.
    scratch.remove("api.tf");
    says(&scratch, &[], &["no aws_lambda_function here is named api, which the page lists"]);
}

#[test]
fn a_branch_is_held_against_where_it_began() {
    let scratch = repository("changed-base");
    git(&scratch, &["checkout", "--quiet", "-b", "topic"]);
    scratch.file("api.tf", function("api", "60", 512));
    commit(&scratch);
    git(&scratch, &["checkout", "--quiet", "main"]);
    scratch.file("jobs.tf", function("jobs", "60", 512));
    commit(&scratch);
    git(&scratch, &["checkout", "--quiet", "topic"]);
    says(&scratch, &[], &[]);
    says(&scratch, &["--base", "main"], &["api times out after 60 s; documented: 30 s", API]);
    // What is not committed yet counts as well.
    scratch.file("jobs.tf", function("jobs", "45", 256));
    says(
        &scratch,
        &["--base", "main"],
        &["api times out after 60 s; documented: 30 s", API, "jobs times out after 45 s; documented: 30 s"],
    );
}

#[test]
fn a_workspace_below_the_repository_has_its_own_paths() {
    let scratch = repository("changed-below");
    for file in ["page.md", "trysquare.hcl", "api.tf", "jobs.tf"] {
        scratch.file(&format!("infra/{file}"), scratch.read(file));
        scratch.remove(file);
    }
    commit(&scratch);
    scratch.file("infra/api.tf", function("api", "30", 128)).file("api.tf", "");
    let output = trysquare_in(&scratch.path().join("infra"), &["check", "--changed-only", "--format", "concise"]);
    assert_eq!(output.stdout, "api.tf:4:19 error: api has 128 MB of memory; documented: 256 MB [lambda-memory]\n");
}

#[test]
fn before_the_first_commit_everything_is_changed() {
    let scratch = repository("changed-first");
    std::fs::remove_dir_all(scratch.path().join(".git")).unwrap();
    git(&scratch, &["init", "--quiet"]);
    says(&scratch, &[], &[API, JOBS]);
}

#[test]
fn what_git_cannot_say_ends_the_check() {
    let scratch = repository("changed-wrong");
    let output = check(&scratch, &["--base", "no-such-branch"]);
    assert_eq!(output.status, 2);
    assert!(
        output.stderr.contains("--changed-only asks git what changed: Not a valid object name"),
        "{}",
        output.stderr
    );
    let output = trysquare_in(scratch.path(), &["check", "--base", "main"]);
    assert_eq!(output.status, 2);
    std::fs::remove_dir_all(scratch.path().join(".git")).unwrap();
    let output = check(&scratch, &[]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("not a git repository"), "{}", output.stderr);
}
