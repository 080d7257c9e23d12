//! What the oracle cannot tell: where results come from, and what is known of the partly known.

use super::Function;
use crate::eval::{Budget, EvalError, Evaluated, Evaluator, FileText, Files, Found, PathStep, Scope};
use crate::source::{FileId, ReadError, Sources, Span};
use crate::syntax::hcl::parse_expression;
use crate::value::{Type, Unknown, Value, render, to_json};

/// `x` is an unknown string, `u` unknown altogether; `one.json` and `one.tftpl` are files.
struct Surroundings;

const JSON: &str = "{\n  \"name\": \"orders\",\n  \"timeout\": 30\n}\n";
const FILE: FileId = FileId(7);

impl Scope for Surroundings {
    fn lookup(&self, root: &str, _: &[PathStep], at: Span) -> Result<Found, EvalError> {
        let ty = match root {
            "x" => Type::String,
            "u" => Type::Any,
            _ => return Err(EvalError::new(at, "no such name")),
        };
        Ok(Found::root(Value::unknown(Unknown::new(ty, "not applied yet", Some(at)).named(root))))
    }

    fn files(&self) -> &dyn Files {
        self
    }
}

impl Files for Surroundings {
    fn text(&self, path: &str) -> Result<FileText, ReadError> {
        match path {
            "one.json" => Ok(FileText { file: FILE, text: JSON.into() }),
            "one.tftpl" => Ok(FileText { file: FILE, text: "a ${name}".into() }),
            "../secret" => Err(ReadError::OutsideRoot),
            _ => Err(ReadError::NotFound),
        }
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.text(path).map(|found| found.text.as_bytes().to_vec())
    }

    fn exists(&self, path: &str) -> Result<bool, ReadError> {
        Ok(self.text(path).is_ok())
    }

    fn under(&self, _: &str) -> Result<Vec<String>, ReadError> {
        Ok(vec!["a/".repeat(40) + "b"])
    }
}

fn evaluate(text: &str) -> Evaluated {
    let file = Sources::new().add("test", text);
    let (expr, problems) = parse_expression(file, text, 0..text.len());
    assert!(problems.is_empty(), "{text}: {problems:?}");
    let budget = Budget::new();
    Evaluator::new(&Surroundings, &budget).evaluate(&expr)
}

fn value(text: &str) -> Value {
    evaluate(text).unwrap_or_else(|error| panic!("{text}: {}", error.message))
}

/// The part of the expression that a value was written as.
fn written(text: &str) -> &str {
    let span = value(text).origin.deepest().unwrap_or_else(|| panic!("{text} has no origin"));
    &text[span.range()]
}

#[test]
fn what_is_known_of_a_string_stays_known() {
    for (text, expected) in [
        (r#"lower("PRE-${x}-SUF")"#, "pre-(unknown)-suf"),
        (r#"trimprefix("pre-${x}", "pre-")"#, "(unknown)"),
        (r#"trimsuffix("${x}:latest", ":latest")"#, "(unknown)"),
        (r#"trimprefix("p${x}-y", "pre-")"#, "(unknown)-y"),
        (r#"trimspace("  a ${x}\n")"#, "a (unknown)"),
        (r#"trim("--${x}y--", "-")"#, "(unknown)y"),
        (r#"replace("a-b-${x}", "-", "_")"#, "a_b_(unknown)"),
        (r#"replace("ab${x}", "bc", "-")"#, "(unknown)(unknown)"),
        (r#"join(":", [x, "api", "latest"])"#, "(unknown):api:latest"),
        (r#"format("%s:%s-%d", x, "api", 3)"#, "(unknown):api-3"),
        (r#"startswith("arn:${x}", "arn:")"#, "true"),
        (r#"startswith("arn:${x}", "s3")"#, "false"),
        (r#"endswith("${x}:latest", ":latest")"#, "true"),
        (r#"strcontains("a-${x}", "-")"#, "true"),
        (r#"coalesce("${x}-y", "z")"#, "(unknown)-y"),
        (r#"substr("lambda-${x}", 0, 6)"#, "lambda"),
        (r#"basename("${x}/app.zip")"#, "app.zip"),
        (r#"length([x, x])"#, "2"),
        (r#"lookup({ a = 1, b = x }, "a")"#, "1"),
        (r#"merge({ a = x }, { b = 2 }).b"#, "2"),
        (r#"merge(u, { b = 2 }).b"#, "2"),
        (r#"keys({ a = x })"#, "[\"a\"]"),
        (r#"lower(x) == lower(x)"#, "true"),
        (r#"contains([x, "a"], "a")"#, "true"),
        (r#"anytrue([x == "a", true])"#, "true"),
    ] {
        assert_eq!(
            render(&value(text)).replace("${x}", "(unknown)").replace("${lower(x)}", "(unknown)"),
            expected,
            "{text}"
        );
    }
}

#[test]
fn what_is_not_known_tells_why() {
    for text in [
        "startswith(x, \"a\")",
        "length(u)",
        "timestamp()",
        "keys(merge(u, { a = 1 }))",
        "jsondecode(x)",
        "file(\"../secret\")",
        "filebase64sha256(\"not-built-yet.zip\")",
    ] {
        let value = value(text);
        assert!(value.as_unknown().is_some_and(|unknown| !unknown.reason.is_empty()), "{text}");
    }
    assert!(evaluate("indent(999999999999, \"a\\nb\")").is_err_and(|error| error.bound));
    assert!(evaluate("format(\"%99999999999d\", 1)").is_err_and(|error| error.bound));
    assert!(evaluate("setproduct(range(1000), range(1000))").is_err_and(|error| error.bound));
}

#[test]
fn many_wildcards_cost_little() {
    let pattern = "**/*/".repeat(18);
    assert_eq!(render(&value(&format!("length(fileset(\".\", \"{pattern}c\"))"))), "0");
    assert_eq!(render(&value(&format!("length(fileset(\".\", \"{pattern}b\"))"))), "1");
}

#[test]
fn selected_values_keep_their_origins() {
    for (text, expected) in [
        ("lookup({ a = 30 }, \"a\", 5)", "30"),
        ("lookup({ a = 30 }, \"b\", 5)", "5"),
        ("element([10, 20], 1)", "20"),
        ("merge({ a = 1 }, { a = 2 }).a", "2"),
        ("concat([1], [2])[1]", "2"),
        ("values({ a = 1, b = 22 })[1]", "22"),
        ("coalesce(null, \"b\")", "\"b\""),
        ("one([42])", "42"),
        ("try(nope, 7)", "7"),
        ("flatten([[1], [2, 3]])[2]", "3"),
        ("reverse([1, 2])[0]", "2"),
        ("max(1, 5)", "5"),
        ("tolist([1, \"b\"])[1]", "\"b\""),
        ("jsondecode(jsonencode({ a = [300] })).a[0]", "300"),
        ("yamldecode(yamlencode({ a = [300] })).a[0]", "300"),
        ("zipmap([\"a\"], [9]).a", "9"),
    ] {
        assert_eq!(written(text), expected, "{text}");
    }
}

#[test]
fn decoded_files_point_into_the_file() {
    for (text, expected) in [
        ("jsondecode(file(\"one.json\")).timeout", "30"),
        ("jsondecode(file(\"one.json\")).name", "orders"),
        ("yamldecode(file(\"one.json\")).name", "orders"),
        ("regex(\"timeout\", file(\"one.json\"))", "timeout"),
        ("split(\",\", file(\"one.json\"))[1]", "\n  \"timeout\": 30\n}\n"),
    ] {
        let origin = value(text).origin;
        let span = origin.deepest().unwrap();
        assert_eq!((span.file, &JSON[span.range()]), (FILE, expected), "{text}");
    }
}

#[test]
fn json_around_unknown_parts_is_read() {
    let policy = r#"jsondecode("{\"Resource\": \"${x}/*\", \"Action\": [\"s3:Get\", \"${x}\"], \"Count\": ${u}}")"#;
    let read = value(policy);
    assert_eq!(render(read.field("Resource").unwrap()), "${x}/*");
    assert_eq!(render(&read.field("Action").unwrap().as_items().unwrap()[0]), "s3:Get");
    assert!(read.field("Count").unwrap().as_unknown().is_some());
    let yaml = value("yamldecode(\"image: ${x}:latest\\nreplicas: 2\\ncount: ${u}\\n\")");
    assert_eq!(render(yaml.field("image").unwrap()), "${x}:latest");
    assert_eq!(to_json(yaml.field("replicas").unwrap()), 2);
    assert!(yaml.field("count").unwrap().as_unknown().is_some());
}

#[test]
fn secrets_stay_secret() {
    let secret = |text: &str| value(text).holds_sensitive();
    assert!(secret("upper(sensitive(\"a\"))"));
    assert!(secret("jsondecode(jsonencode({ a = sensitive(1) })).a"));
    assert!(!secret("lookup({ a = sensitive(1), b = 2 }, \"b\")"));
    assert!(!secret("nonsensitive(sensitive(1))"));
}

#[test]
fn the_table_has_every_function_once() {
    let all: Vec<&Function> = super::GROUPS.iter().flat_map(|group| group.iter()).collect();
    assert_eq!(super::table().len(), all.len());
    for name in ["templatefile", "cidrsubnets", "provider::terraform::encode_expr", "try", "can"] {
        assert!(super::names().contains(&name), "{name}");
    }
}
