//! What is wrong with a rule is said before it runs, at its place, with advice.

use super::run::{Output, Scratch, trysquare_in};

/// What is in a rule that is right, to be broken in one place.
const SELECT: &str = "select \"function\" { path = \"$.functions[*]\" }";
const CONDITION: &str = "condition     = function.timeout < 60";
const MESSAGE: &str = "error_message = \"${function.function_name} is slow\"";

/// Checks a repository with a pack of these rules, each of these lines.
fn check(name: &str, rules: &[(&str, &[&str])]) -> Output {
    let scratch = Scratch::new(name);
    scratch.file("trysquare.hcl", "packs = [\"p\"]\n");
    for (at, (id, lines)) in rules.iter().enumerate() {
        let body = lines.join("\n  ");
        let page = format!("# {id}\n\nA rule.\n\n```hcl rule\nrule \"{id}\" {{\n  {body}\n}}\n```\n");
        scratch.file(&format!("p/{at:02}.md"), page);
    }
    trysquare_in(scratch.path(), &["check", "--quiet"])
}

/// What is said of rules that are wrong.
fn pack(name: &str, rules: &[(&str, &[&str])]) -> String {
    let output = check(name, rules);
    assert_eq!(output.status, 2, "{}", output.stdout);
    output.stdout
}

#[test]
fn in_the_block() {
    insta::assert_snapshot!(
        "mistakes-block",
        pack(
            "mistakes-block",
            &[
                ("attribute", &[SELECT, CONDITION, MESSAGE, "hlep = \"x\""]),
                ("block", &[SELECT, CONDITION, MESSAGE, "lable {}"]),
                ("severity", &["severity = \"eror\"", SELECT, CONDITION, MESSAGE]),
                ("no-name", &["select { path = \"$.functions[*]\" }", CONDITION, MESSAGE]),
                ("neither", &["select \"function\" {}", CONDITION, MESSAGE]),
                ("needs", &["needs = [\"standard.function\", \"standard.deploy.steep\"]", SELECT, CONDITION, MESSAGE]),
                ("twice", &[SELECT, SELECT, CONDITION, MESSAGE]),
                ("parameter", &["parameter \"a\" {\n    type    = nmber\n  }", SELECT, CONDITION, MESSAGE]),
                (
                    "default",
                    &["parameter \"a\" {\n    type    = number\n    default = \"x\"\n  }", SELECT, CONDITION, MESSAGE]
                ),
                ("missing", &[SELECT, CONDITION]),
                ("override", &["override = \"yes\"", SELECT, CONDITION, MESSAGE]),
            ]
        )
    );
}

#[test]
fn in_a_path() {
    let select = |path: &str| format!("select \"function\" {{ path = \"{path}\" }}");
    let [section, field, filter, broken, compared] = [
        "$.functoins[*]",
        "$.functions[*].memory",
        "$.functions[?@.standard.timeuot != null]",
        "$.functions[?(@.a",
        "$.functions[?@.timeout > '30']",
    ]
    .map(select);
    insta::assert_snapshot!(
        "mistakes-path",
        pack(
            "mistakes-path",
            &[
                ("section", &[&section, CONDITION, MESSAGE]),
                ("field", &[&field, CONDITION, MESSAGE]),
                ("filter", &[&filter, CONDITION, MESSAGE]),
                ("broken", &[&broken, CONDITION, MESSAGE]),
                ("compared", &[&compared, CONDITION, MESSAGE]),
            ]
        )
    );
}

#[test]
fn in_an_expression() {
    insta::assert_snapshot!(
        "mistakes-expression",
        pack(
            "mistakes-expression",
            &[
                ("name", &[SELECT, "condition = functoin.timeout < 60", MESSAGE]),
                ("attribute", &[SELECT, "condition = function.memory < 60", MESSAGE]),
                ("in-try", &[SELECT, "condition = try(function.memory, 0) < 60", MESSAGE]),
                (
                    "in-a-loop",
                    &[SELECT, "condition = alltrue([for alarm in function.alarms : alarm.perod > 1])", MESSAGE]
                ),
                ("of-a-list", &[SELECT, "condition = function.alarms.period > 1", MESSAGE]),
                ("function", &[SELECT, "condition = startwith(function.function_name, \"a\")", MESSAGE]),
                ("arity", &[SELECT, "condition = startswith(function.function_name)", MESSAGE]),
                ("own-arity", &[SELECT, "condition = matches_glob(function.function_name)", MESSAGE]),
                ("argument", &[SELECT, "condition = startswith(function.ignore_changes, \"a\")", MESSAGE]),
                ("number", &[SELECT, "condition = function.timeout", MESSAGE]),
                ("never-equal", &[SELECT, "condition = function.timeout == \"60\"", MESSAGE]),
                ("message", &[SELECT, CONDITION, "error_message = \"${function.role} is ${1 + \"x\"}\""]),
                ("when", &[SELECT, "when = \"yes\"", CONDITION, MESSAGE]),
                ("let", &[SELECT, "let { quick = function.timout < 3 }", CONDITION, MESSAGE]),
                ("from", &["select \"n\" { from = \"abc\" }", "condition = n == 1", "error_message = \"x\""]),
                (
                    "parameter-name",
                    &[
                        "parameter \"most\" {\n    default = 3\n  }",
                        SELECT,
                        "condition = function.timeout < parameter.mots",
                        MESSAGE
                    ]
                ),
                ("unneeded", &[SELECT, "condition = function.function_name == standard.iam.role", MESSAGE]),
                (
                    "fix",
                    &[SELECT, CONDITION, MESSAGE, "fix {\n    replace = function.timeout + 1\n    with    = 60\n  }"]
                ),
                ("at", &[SELECT, CONDITION, MESSAGE, "at = \"here\""]),
            ]
        )
    );
}

#[test]
fn what_depends_on_the_repository_is_no_mistake() {
    let output = check(
        "no-mistakes",
        &[
            (
                "null",
                &[SELECT, "condition = function.standard == null ? true : function.standard.timeout == 3", MESSAGE],
            ),
            (
                "guarded",
                &[
                    SELECT,
                    "condition = try(standard.iam.role, null) == null || function.role.name == standard.iam.role",
                    MESSAGE,
                ],
            ),
            ("values", &[SELECT, "condition = can(function.values.tags[\"team\"])", MESSAGE]),
            (
                "lists",
                &[
                    "select \"n\" { from = [{ a = 1 }, { a = 2 }] }",
                    "condition = n.a < 3",
                    "error_message = \"${n.a}\"",
                ],
            ),
            (
                "own",
                &[
                    SELECT,
                    "condition = alltrue([for s in statements(function.role) : s.allows]) && arn(function.arn).service == \"lambda\" && duration(\"1min\") > function.timeout && length(iam_actions(\"s3:Get*\")) > 1",
                    MESSAGE,
                ],
            ),
        ],
    );
    assert_eq!((output.status, output.stdout.as_str()), (0, ""));
}
