//! Files that are broken or mean harm: each gets a clear word, and the others are checked all the same.

use super::run::{Scratch, trysquare_in};

const STANDARD: &str = "standard {\n  functions = { api = { timeout = 30 } }\n}\n";
const GOOD: &str = "resource \"aws_lambda_function\" \"api\" {\n  function_name = \"api\"\n  timeout = 60\n}\n";

fn concise(scratch: &Scratch) -> String {
    let output = trysquare_in(scratch.path(), &["check", "--format", "concise", "--show-undetermined"]);
    assert!(output.status == 0 || output.status == 1, "{}{}", output.stdout, output.stderr);
    output.stdout
}

#[test]
fn a_bad_file_hides_nothing_of_the_others() {
    let scratch = Scratch::new("bad-file");
    scratch
        .file("trysquare.hcl", STANDARD)
        .file("good.tf", GOOD)
        .file("bad.tf", "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \n}\n\nlocals {\n  x = [1,\n}\n")
        .file("latin1.tf", b"# caf\xe9\n")
        .file("empty/.keep", "");
    let printed = concise(&scratch);
    assert!(
        printed.contains("good.tf:3:13 error: api times out after 60 s; documented: 30 s [lambda-timeout]"),
        "{printed}"
    );
    assert!(printed.contains("bad.tf:2:"), "{printed}");
    assert!(printed.contains("latin1.tf:1:1 error: the file cannot be read: not UTF-8 text"), "{printed}");
}

#[test]
fn a_function_that_a_broken_file_may_hold_is_not_called_missing() {
    let scratch = Scratch::new("maybe-missing");
    scratch.file("trysquare.hcl", STANDARD).file("bad.tf", "resource \"aws_lambda_function\" {{{\n");
    let printed = concise(&scratch);
    assert!(!printed.contains("[function-missing]\n") || printed.contains("undetermined"), "{printed}");
    assert!(printed.contains("undetermined: bad.tf has syntax errors [function-missing]"), "{printed}");
}

#[test]
fn byte_order_marks_and_carriage_returns_move_nothing() {
    let scratch = Scratch::new("bom");
    let windows = GOOD.replace('\n', "\r\n");
    scratch.file("trysquare.hcl", format!("\u{feff}{STANDARD}")).file("main.tf", format!("\u{feff}{windows}"));
    assert!(concise(&scratch).contains("main.tf:3:13 error: api times out after 60 s"));
}

#[test]
fn nothing_outside_the_root_is_read() {
    let outside = Scratch::new("outside");
    outside.file("secret.json", "{\"timeout\": 60}");
    let scratch = Scratch::new("inside");
    let leak = format!(
        "resource \"aws_lambda_function\" \"api\" {{\n  function_name = \"api\"\n  timeout = jsondecode(file(\"../{}/secret.json\")).timeout\n}}\n",
        outside.path().file_name().unwrap().to_str().unwrap()
    );
    scratch.file("trysquare.hcl", STANDARD).file("main.tf", leak);
    let printed = concise(&scratch);
    assert!(printed.contains("undetermined:") && printed.contains("outside the workspace root"), "{printed}");
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out() {
    let outside = Scratch::new("link-target");
    outside.file("main.tf", GOOD);
    let scratch = Scratch::new("link");
    scratch.file("trysquare.hcl", STANDARD);
    std::os::unix::fs::symlink(outside.path().join("main.tf"), scratch.path().join("main.tf")).unwrap();
    let printed = concise(&scratch);
    assert!(printed.contains("main.tf:1:1 error: the file cannot be read: outside the workspace root"), "{printed}");
}

#[test]
fn endless_work_is_undetermined() {
    let scratch = Scratch::new("endless");
    let doubling: String = (1..64).map(|at| format!("  l{at} = concat(local.l{0}, local.l{0})\n", at - 1)).collect();
    scratch.file("trysquare.hcl", STANDARD).file(
        "main.tf",
        format!("locals {{\n  l0 = [1]\n{doubling}  a = local.b\n  b = local.a\n}}\nresource \"aws_lambda_function\" \"api\" {{\n  function_name = \"api\"\n  timeout = length(local.l63)\n  memory_size = local.a\n}}\n"),
    );
    let printed = concise(&scratch);
    assert!(printed.contains("undetermined: aws_lambda_function.api:"), "{printed}");
}

#[test]
fn text_from_files_does_not_steer_the_terminal() {
    let scratch = Scratch::new("escape");
    scratch
        .file("trysquare.hcl", STANDARD)
        .file("main.tf", "resource \"aws_lambda_function\" \"a\" {\n  function_name = \"evil\\u001b[31m\"\n}\n");
    assert!(!concise(&scratch).contains('\u{1b}'));
    assert!(!trysquare_in(scratch.path(), &["check"]).stdout.contains('\u{1b}'));
}

#[test]
fn a_directory_without_terraform_is_fine() {
    let scratch = Scratch::new("nothing");
    let output = trysquare_in(scratch.path(), &["check"]);
    assert_eq!(output.status, 0);
    assert!(output.stdout.starts_with("Read 0 files: 0 resources, 0 workflows.\n"), "{}", output.stdout);
}
