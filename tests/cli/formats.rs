//! Formats for other programs, each held against what its reader asks for.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use super::run::{Scratch, root, trysquare, trysquare_in, trysquare_with};

/// A standard and a function that breaks it, whose name is meant to break every format as well.
fn hostile() -> Scratch {
    let scratch = Scratch::new("hostile-formats");
    let name = "a%0A::error::x|<b>[y](z)@z,`##[q]";
    let escaped = name.replace('%', "%%").replace("%%0A", "%0A");
    scratch
        .file("trysquare.hcl", format!("standard {{\n  functions = {{ \"{name}\\u001b\" = {{ timeout = 30 }} }}\n}}\n"))
        .file(
            "dir with blank/a,b:c#%.tf",
            format!(
                "provider \"aws\" {{}}\nresource \"aws_lambda_function\" \"api\" {{\n  function_name = \"{escaped}\\u001b\"\n  timeout = 60\n}}\n"
            ),
        );
    scratch
}

/// A workspace with so many findings that readers would cut them.
fn many(functions: usize) -> Scratch {
    let scratch = Scratch::new(&format!("many-{functions}"));
    let mut standard = "standard {\n  functions = {\n".to_owned();
    let mut terraform = "provider \"aws\" {}\n".to_owned();
    for at in 0..functions {
        let _ = writeln!(standard, "    f{at:04} = {{ timeout = 30 }}");
        let _ = write!(
            terraform,
            "resource \"aws_lambda_function\" \"f{at:04}\" {{\n  function_name = \"f{at:04}\"\n  timeout = 60\n}}\n"
        );
    }
    standard.push_str("  }\n}\n");
    scratch.file("trysquare.hcl", standard).file("main.tf", terraform);
    scratch
}

/// A workspace whose configuration is wrong.
fn misconfigured(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.file("trysquare.hcl", "standard {\n  loging = {}\n}\n").file("main.tf", "");
    scratch
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn sarif_schema() -> jsonschema::Validator {
    let mut schema = json(&fs::read_to_string(root().join("tests/schemas/sarif-2.1.0.json")).unwrap());
    // Its pattern is none that validators accept, and we do not write languages.
    for definition in ["run", "toolComponent"] {
        schema["definitions"][definition]["properties"]["language"] = serde_json::json!({});
    }
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn assert_sarif(text: &str) -> Value {
    let log = json(text);
    let errors: Vec<String> =
        sarif_schema().iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    log
}

#[test]
fn sarif_fits_its_schema() {
    for example in ["examples/hoopstat", "examples/hoopstat-fixed", "examples"] {
        assert_sarif(&trysquare(&["check", example, "--format", "sarif", "--show-undetermined"]).stdout);
    }
    assert_sarif(&trysquare_in(hostile().path(), &["check", "--format", "sarif"]).stdout);
    let failed = trysquare_in(misconfigured("sarif-misconfigured").path(), &["check", "--format", "sarif"]);
    assert_eq!(failed.status, 2);
    let log = assert_sarif(&failed.stdout);
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolConfigurationNotifications"][0]["level"], "error");
}

#[test]
fn sarif_says_what_the_report_says() {
    let arguments = ["check", "examples/hoopstat", "--format"];
    let report = json(&trysquare(&[&arguments[..], &["json"]].concat()).stdout);
    let mut log = assert_sarif(&trysquare(&[&arguments[..], &["sarif"]].concat()).stdout);
    let run = &log["runs"][0];
    let (results, findings) = (run["results"].as_array().unwrap(), report["findings"].as_array().unwrap());
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(findings) {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!((&result["ruleId"], &rule["id"]), (&finding["rule"], &finding["rule"]));
        assert_eq!(result["partialFingerprints"]["trysquare/v1"], finding["fingerprint"]);
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(region["startColumn"], finding["primary"]["start"]["column"]);
        // Code scanning shows those related places that the message links to.
        let related = result["relatedLocations"].as_array().map_or(0, Vec::len);
        assert_eq!(related, finding["related"].as_array().unwrap().len());
        for id in 1..=related {
            assert!(result["message"]["text"].as_str().unwrap().contains(&format!("]({id})")), "{result}");
        }
    }
    // The rules' texts are the pages'; snapshots of them would only repeat those.
    let rules = log["runs"][0]["tool"]["driver"]["rules"].take();
    let memory = rules.as_array().unwrap().iter().find(|rule| rule["id"] == "lambda-memory").unwrap();
    assert!(memory["help"]["markdown"].as_str().unwrap().starts_with("# lambda-memory\n"));
    assert!(memory["properties"].get("security-severity").is_none(), "an amount of memory is no matter of security");
    let bucket = rules.as_array().unwrap().iter().find(|rule| rule["id"] == "iam-s3-undocumented-bucket").unwrap();
    assert_eq!(bucket["properties"]["security-severity"], "6.5");
    insta::assert_snapshot!("hoopstat-sarif", serde_json::to_string_pretty(&log).unwrap());
}

#[test]
fn sarif_knows_files_by_the_repository_and_encodes_their_names() {
    let uri = |log: &Value| {
        let location = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(location["uriBaseId"], "%SRCROOT%");
        location["uri"].as_str().unwrap().to_owned()
    };
    let scratch = hostile();
    let log = json(&trysquare_in(scratch.path(), &["check", "--format", "sarif"]).stdout);
    assert_eq!(uri(&log), "dir%20with%20blank/a%2Cb%3Ac%23%25.tf");
    // The workspace is a directory of the repository here.
    let log = json(&trysquare(&["check", "examples/hoopstat", "--format", "sarif"]).stdout);
    assert!(uri(&log).starts_with("examples/hoopstat/"));
}

#[test]
fn what_is_open_is_no_alert_unless_asked_for() {
    let scratch = Scratch::new("sarif-open");
    scratch.file("trysquare.hcl", "standard {\n  functions = { api = { timeout = 30 } }\n}\n").file(
        "main.tf",
        "variable \"t\" { type = number }\nresource \"aws_lambda_function\" \"api\" {\n  function_name = \"api\"\n  timeout = var.t\n}\n",
    );
    let results = |more: &[&str]| {
        let output = trysquare_in(scratch.path(), &[&["check", "--format", "sarif"], more].concat());
        assert_sarif(&output.stdout)["runs"][0].take()
    };
    let run = results(&[]);
    assert_eq!(run["results"].as_array().unwrap().len(), 0, "{run:#}");
    let said = run["invocations"][0]["toolConfigurationNotifications"].to_string();
    assert!(said.contains("2 undetermined"), "{said}");
    let run = results(&["--show-undetermined"]);
    assert_eq!((&run["results"][0]["kind"], &run["results"][0]["level"]), (&"open".into(), &"none".into()));
}

#[test]
fn what_is_silenced_is_shown_as_such_when_asked_for() {
    let scratch = Scratch::new("silenced-formats");
    scratch.file("trysquare.hcl", "standard {\n  functions = { api = { timeout = 30 } }\n}\n").file(
        "main.tf",
        "resource \"aws_lambda_function\" \"api\" {\n  function_name = \"api\"\n  # trysquare:ignore lambda-timeout the import is slow\n  timeout = 60\n}\n",
    );
    let check = |format: &str, more: &[&str]| {
        trysquare_in(scratch.path(), &[&["check", "--format", format], more].concat()).stdout
    };
    let results = |text: &str| assert_sarif(text)["runs"][0]["results"].take();
    assert_eq!(results(&check("sarif", &[])).as_array().unwrap().len(), 0);
    let shown = results(&check("sarif", &["--show-suppressed"]));
    let suppression = &shown[0]["suppressions"][0];
    assert_eq!(
        (&suppression["kind"], &suppression["justification"]),
        (&"inSource".into(), &"the import is slow".into())
    );
    assert_eq!(suppression["location"]["physicalLocation"]["region"]["startLine"], 3);

    let page = check("markdown", &[]);
    assert!(page.contains("| (✗) [<code>60</code>]") && !page.contains("the import is slow"), "{page}");
    let page = check("markdown", &["--show-suppressed"]);
    assert!(page.contains("silenced [<code>main.tf:3</code>](main.tf#L3): the import is slow"), "{page}");
}

/// What the runner understands of a line that is a workflow command.
struct Command {
    name: String,
    file: String,
    message: String,
}

fn command(line: &str) -> Option<Command> {
    let (head, message) = line.strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ')?;
    let unescape = |text: &str| {
        text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let file = properties.split(',').find_map(|pair| pair.strip_prefix("file="))?;
    Some(Command { name: name.to_owned(), file: unescape(file), message: unescape(message) })
}

#[test]
fn github_annotations() {
    let output = trysquare(&["check", "examples/hoopstat", "--format", "github"]);
    assert_eq!(output.status, 1);
    insta::assert_snapshot!("hoopstat-github", output.stdout);
}

#[test]
fn github_commands_hold_whatever_a_file_says() {
    let output = trysquare_in(hostile().path(), &["check", "--format", "github"]);
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", output.stdout);
    let command = command(lines[0]).unwrap();
    assert_eq!((&*command.name, &*command.file), ("error", "dir with blank/a,b:c#%.tf"));
    let expected = "a%0A::error::x|<b>[y](z)@z,`##[q]\\u{1b} times out after 60 s";
    assert!(command.message.starts_with(expected), "{}", command.message);
}

#[test]
fn github_drops_nothing_unsaid() {
    let output = trysquare_in(many(12).path(), &["check", "--format", "github"]);
    let annotations = output.stdout.lines().filter(|line| line.starts_with("::error ")).count();
    assert_eq!(annotations, 10, "{}", output.stdout);
    assert!(output.stdout.contains("::group::2 findings more than GitHub shows\n- main.tf:"), "{}", output.stdout);
    assert!(output.stdout.ends_with("::endgroup::\ntrysquare: 12 errors, 0 warnings, 0 notes, 0 undetermined\n"));
}

#[test]
fn junit_is_read_by_a_reader_of_junit() {
    let output = trysquare(&["check", "examples/hoopstat", "--format", "junit"]);
    insta::assert_snapshot!("hoopstat-junit", output.stdout);
    let tests = quick_junit::Report::deserialize_from_str(&output.stdout).unwrap();
    assert_eq!(tests.failures, 8);
    let suites: BTreeSet<&str> = tests.test_suites.iter().map(|suite| suite.name.as_str()).collect();
    assert_eq!(suites.len(), tests.test_suites.len(), "a suite for each rule");

    let hostile = trysquare_in(hostile().path(), &["check", "--format", "junit"]).stdout;
    let tests = quick_junit::Report::deserialize_from_str(&hostile).unwrap();
    let name = "a%0A::error::x|<b>[y](z)@z,`##[q]\\u{1b} times out after 60 s; documented: 30 s";
    let cases = tests.test_suites.iter().flat_map(|suite| &suite.test_cases);
    assert!(cases.into_iter().any(|case| case.name.as_str() == name), "{hostile}");

    let failed = trysquare_in(misconfigured("junit-misconfigured").path(), &["check", "--format", "junit"]);
    let tests = quick_junit::Report::deserialize_from_str(&failed.stdout).unwrap();
    assert_eq!((tests.errors, tests.tests), (1, 1), "{}", failed.stdout);
}

#[test]
fn gitlab_gets_what_it_asks_for() {
    let output = trysquare(&["check", "examples/hoopstat", "--format", "gitlab"]);
    insta::assert_snapshot!("hoopstat-gitlab", output.stdout);
    for text in [output.stdout, trysquare_in(many(40).path(), &["check", "--format", "gitlab"]).stdout] {
        let report = json(&text);
        let issues = report.as_array().unwrap();
        for issue in issues {
            assert!(issue["description"].is_string() && issue["check_name"].is_string(), "{issue}");
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap()));
            assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() > 0);
            assert!(!issue["location"]["path"].as_str().unwrap().starts_with("./"));
        }
        let fingerprints: BTreeSet<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(fingerprints.len(), issues.len(), "each entry has a fingerprint of its own");
    }
}

#[test]
fn markdown_shows_functions_by_standards() {
    let output = trysquare(&["check", "examples/hoopstat", "--format", "markdown"]);
    insta::assert_snapshot!("hoopstat-markdown", output.stdout);
    let fixed = trysquare(&["check", "examples/hoopstat-fixed", "--format", "markdown"]).stdout;
    assert!(fixed.starts_with("## trysquare: nothing to mend\n"), "{fixed}");
    assert!(fixed.contains('✓') && !fixed.replace("✗ not", "").replace("(✗)", "").replace("| ✗ |", "").contains('✗'));
}

#[test]
fn markdown_links_lead_to_the_commit_of_a_workflow() {
    let environment = [
        ("GITHUB_SERVER_URL", "https://github.example"),
        ("GITHUB_REPOSITORY", "team/infra"),
        ("GITHUB_SHA", "0123abc"),
    ];
    let arguments = ["check", "examples/hoopstat", "--format", "markdown"];
    let link = "/examples/hoopstat/infrastructure/lambda.tf#L35)";
    let printed = trysquare_with(root(), &arguments, &environment).stdout;
    assert!(printed.contains(&format!("(https://github.example/team/infra/blob/0123abc{link}")), "{printed}");
    let asked = trysquare(&[&arguments[..], &["--link-base", "https://git.example/-/blob/main"]].concat()).stdout;
    assert!(asked.contains(&format!("(https://git.example/-/blob/main{link}")), "{asked}");
}

#[test]
fn markdown_holds_whatever_a_file_says() {
    let printed = trysquare_in(hostile().path(), &["check", "--format", "markdown"]).stdout;
    for harm in ["<b>", "[y](z)", "@z", "\u{1b}"] {
        assert!(!printed.contains(harm), "{harm:?} in {printed}");
    }
    // One column for the names of the rules, one for the function.
    for row in printed.lines().filter(|line| line.starts_with('|')).take(4) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 3, "{row}");
    }
}

#[test]
fn markdown_fits_a_summary() {
    let scratch = many(3000);
    let printed = trysquare_in(scratch.path(), &["check", "--format", "markdown"]).stdout;
    assert!(printed.len() <= 1 << 20 && printed.len() > 1 << 19, "{}", printed.len());
    assert!(printed.ends_with(" more do not fit on this page.\n"), "{}", &printed[printed.len() - 80..]);
}

#[test]
fn several_formats_at_once() {
    let scratch = many(1);
    scratch.file("summary.md", "what was there\n");
    let summary = scratch.path().join("summary.md");
    let arguments = ["check", "--format", "concise", "--output", "sarif=out.sarif", "--output", "markdown=summary.md"];
    let output = trysquare_in(scratch.path(), &arguments);
    assert_eq!(output.stdout, "main.tf:4:13 error: f0000 times out after 60 s; documented: 30 s [lambda-timeout]\n");
    assert_sarif(&fs::read_to_string(scratch.path().join("out.sarif")).unwrap());
    assert!(fs::read_to_string(&summary).unwrap().starts_with("## trysquare: 1 error\n"));

    // The summary of a job is everybody's: what others wrote stays.
    scratch.file("summary.md", "what was there\n");
    let target = format!("markdown={}", summary.display());
    let environment = [("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    trysquare_with(scratch.path(), &["check", "--output", &target], &environment);
    assert!(fs::read_to_string(&summary).unwrap().starts_with("what was there\n## trysquare: 1 error\n"));
}

#[test]
fn a_file_takes_the_place_of_the_terminal() {
    let scratch = many(1);
    let output = trysquare_in(scratch.path(), &["check", "--format", "concise", "--output", "findings=1.txt"]);
    assert_eq!((output.status, output.stdout.as_str()), (1, ""));
    assert!(fs::read_to_string(scratch.path().join("findings=1.txt")).unwrap().starts_with("main.tf:4:13 error: "));
    let output = trysquare_in(scratch.path(), &["check", "--output", "no/such/dir/out.txt"]);
    assert_eq!(output.status, 2);
    assert!(output.stderr.starts_with("trysquare: no/such/dir/out.txt: "), "{}", output.stderr);
}

#[test]
fn compliance_is_reported_when_asked_for() {
    let arguments = ["check", "examples/hoopstat", "--format", "json"];
    assert!(json(&trysquare(&arguments).stdout).get("compliance").is_none());
    let report = json(&trysquare(&[&arguments[..], &["--show-compliance"]].concat()).stdout);
    let verdicts = report["compliance"].as_array().unwrap();
    let of = |rule: &str, function: &str| {
        verdicts.iter().find(|verdict| verdict["rule"] == rule && verdict["function"] == function).unwrap()
    };
    let memory = of("lambda-memory", "hoopstat-haus-mcp-server");
    assert_eq!(memory["answer"], "fail");
    assert_eq!((&memory["evaluated"], &memory["documented"]), (&"512".into(), &"256".into()));
    assert_eq!(memory["code"]["file"], "infrastructure/lambda.tf");
    assert_eq!(memory["page"]["file"], "infrastructure/LAMBDA_DEPLOYMENT.md");
    let timeout = of("lambda-timeout", "hoopstat-haus-mcp-server");
    assert_eq!((&timeout["answer"], &timeout["evaluated"]), (&"pass".into(), &"30".into()));
    let failed = verdicts.iter().filter(|verdict| verdict["answer"] == "fail").count();
    let documented = |finding: &&Value| finding["rule"] != "alarm-never-fires";
    assert_eq!(failed, report["findings"].as_array().unwrap().iter().filter(documented).count());
}

#[test]
fn sensitive_values_are_in_no_format() {
    let scratch = Scratch::new("sensitive-formats");
    scratch
        .file("trysquare.hcl", "standard {\n  functions = { api = { environment = { KEY = \"other\" } } }\n}\n")
        .file(
            "main.tf",
            "variable \"key\" {\n  sensitive = true\n  default   = join(\"-\", [\"hunter\", \"two\"])\n}\nlocals {\n  key = sensitive(join(\"-\", [\"hunter\", \"two\"]))\n}\nresource \"aws_lambda_function\" \"api\" {\n  function_name = \"api\"\n  environment {\n    variables = { KEY = local.key }\n  }\n}\n",
        );
    for format in ["text", "concise", "json", "sarif", "github", "junit", "gitlab", "markdown"] {
        let printed = trysquare_in(scratch.path(), &["check", "--format", format, "--show-compliance"]).stdout;
        assert!(!printed.contains("hunter-two"), "{format}: {printed}");
    }
}
