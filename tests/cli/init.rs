//! `trysquare init`: a first configuration from the page that there is.

use super::run::{Scratch, trysquare_in};

/// An example without its configuration.
fn bare(name: &str, example: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.copy(example).remove("trysquare.hcl");
    scratch
}

#[test]
fn a_page_becomes_a_standard() {
    let scratch = bare("init-hoopstat", "examples/hoopstat");
    let output = trysquare_in(scratch.path(), &["init"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    insta::assert_snapshot!("init-hoopstat", output.stdout);
    insta::assert_snapshot!("init-hoopstat-file", scratch.read("trysquare.hcl"));
}

#[test]
fn names_by_a_pattern_and_several_root_modules() {
    let scratch = bare("init-ferryline", "examples/ferryline");
    let output = trysquare_in(scratch.path(), &["init"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    insta::assert_snapshot!("init-ferryline", output.stdout);
    insta::assert_snapshot!("init-ferryline-file", scratch.read("trysquare.hcl"));
}

#[test]
fn a_repository_that_holds_is_found_clean() {
    for example in ["examples/hoopstat-fixed", "examples/ferryline-fixed"] {
        let scratch = bare(&format!("init-{}", example.replace('/', "-")), example);
        let output = trysquare_in(scratch.path(), &["init"]);
        assert!(output.stdout.contains("A first check found nothing to mend."), "{}", output.stdout);
    }
}

#[test]
fn what_is_there_is_not_written_over() {
    let scratch = Scratch::new("init-force");
    scratch.file("page.md", "# Jobs\n\n| Job name | Timeout (s) |\n|---|---|\n| `import` | 30 |\n");
    scratch.file("trysquare.hcl", "# mine\n");
    let output = trysquare_in(scratch.path(), &["init"]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.contains("--force writes over it"), "{}", output.stderr);
    assert_eq!(scratch.read("trysquare.hcl"), "# mine\n");
    let printed = trysquare_in(scratch.path(), &["init", "--print"]);
    assert!(printed.stdout.contains("duration(\"${row[\"Timeout (s)\"]}s\")"), "{}", printed.stdout);
    assert_eq!(scratch.read("trysquare.hcl"), "# mine\n");
    assert_eq!(trysquare_in(scratch.path(), &["init", "--force"]).status, 0);
    assert_eq!(scratch.read("trysquare.hcl"), printed.stdout);
}

#[test]
fn without_a_page_it_says_what_it_looked_for() {
    let scratch = Scratch::new("init-nothing");
    scratch.file("README.md", "# A program\n\nIt prints.\n\n| Flag | Meaning |\n|---|---|\n| `-v` | more |\n");
    let output = trysquare_in(scratch.path(), &["init"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    insta::assert_snapshot!("init-nothing", output.stderr);
    assert!(!scratch.path().join("trysquare.hcl").exists());
    let output = trysquare_in(scratch.path(), &["init", "--from", "README.md"]);
    assert!(output.stderr.starts_with("trysquare: README.md says nothing"), "{}", output.stderr);
}

#[test]
fn of_several_pages_the_one_that_says_most_is_taken() {
    let scratch = Scratch::new("init-several");
    let table = "| Lambda | Timeout |\n|---|---|\n| a | 30s |\n| b | 1min |\n";
    scratch.file("docs/a.md", format!("# Old\n\n{table}"));
    scratch.file(
        "docs/b.md",
        format!("# New\n\n{table}\n## Alarms\n\nAn alarm `errors-{{app}}` goes off on any error.\n"),
    );
    let output = trysquare_in(scratch.path(), &["init"]);
    assert!(
        output.stdout.contains("bound to docs/b.md") && output.stdout.contains("--from docs/a.md"),
        "{}",
        output.stdout
    );
}

/// What is drafted from a page.
fn drafted(name: &str, page: &str) -> String {
    let scratch = Scratch::new(name);
    scratch.file("page.md", page);
    let output = trysquare_in(scratch.path(), &["init", "--print"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    output.stdout
}

#[test]
fn tables_are_written_in_many_ways() {
    let links = "# Catalogue\n\n| Lambda | Timeout (sec) | Memory (MB) |\n|---|---|---|\n\
                 | [orders](https://example.com) | 30 | 512 |\n| [bills](https://example.com) | 900 | 1024 |\n";
    let draft = drafted("init-links", links);
    assert!(draft.contains(r#"trim(regex("\\[([^\\]]+)\\]\\(", row["Lambda"])[0], "`") =>"#), "{draft}");
    assert!(draft.contains(r#"timeout = duration("${row["Timeout (sec)"]}sec")"#), "{draft}");
    assert!(draft.contains(r#"memory  = megabytes("${row["Memory (MB)"]}mb")"#), "{draft}");

    let words = "Jobs\n====\n\n|Function|Limits: time|RAM|\n|-|-|-|\n|**`nightly`** reports|1 h|10 GB|\n|**`hourly`** counts|1m30s|128|\n";
    let draft = drafted("init-words", words);
    assert!(draft.contains(r#"regex("`([^`]+)`", row["Function"])[0] =>"#), "{draft}");
    assert!(draft.contains(r#"timeout = duration(row["Limits: time"])"#), "{draft}");
}

#[test]
fn sentences_are_written_in_many_ways() {
    let page = "# Functions\n\n| Name | Timeout |\n|---|---|\n| a | 30s |\n\n## Alarms\n\n\
                Errors are sent to CloudWatch. Every function alarms (`alarm-${function_name}-errors`) on 3 or more errors.\n\n\
                * p99 latency alarm, `alarm-<app>-latency`, at 90 percent of timeout (`p99`)\n\
                * Throttles alert on more than 2 throttled calls.\n\n## Secrets\n\n- `SLACK_TOKEN`: for messages\n";
    let draft = drafted("init-sentences", page);
    let expected = [
        r#"(`([^`]+)", local.alarms_text)[0], "$${function_name}", "{name}")"#,
        r#"threshold = regex("on\\s+(\\d+)\\s+or", local.alarms_text)[0] - 1"#,
        r#"ratio     = regex("at\\s+(\\d+(?:\\.\\d+)?)\\s+percent", local.alarms_text)[0] / 100"#,
        r#"statistic = regex("of\\s+timeout\\s+\\(`([^`]+)", local.alarms_text)[0]"#,
        r#"threshold = tonumber(regex("more\\s+than\\s+(\\d+)", local.alarms_text)[0])"#,
    ];
    for line in expected {
        assert!(draft.contains(line), "{line}\n{draft}");
    }
    assert!(!draft.contains("SLACK_TOKEN"), "a secret of some workflow is no variable of functions:\n{draft}");
}
