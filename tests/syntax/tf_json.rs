//! Terraform's JSON syntax, held against its native one.

use proptest::prelude::*;
use trysquare::source::Sources;
use trysquare::syntax::tf_json::parse_tf_json;

use super::support::{Node, Parsed, outline, parse, shape, tell, walk};

fn read(text: &str) -> Parsed {
    let mut sources = Sources::new();
    let file = sources.add("main.tf.json", text);
    let (body, problems) = parse_tf_json(file, text);
    Parsed { sources, body, problems }
}

/// JSON, and the native text that reads to the same tree.
const SAME: &[(&str, &str)] = &[
    (
        r#"{"resource": {"aws_x": {"a": {"name": "n", "size": 3, "on": true, "off": null}}}}"#,
        "resource \"aws_x\" \"a\" {\n name = \"n\"\n size = 3\n on = true\n off = null\n}\n",
    ),
    (
        r#"{"resource": [{"aws_x": {"a": {}}}, {"aws_x": [{"b": {}}, {"c": [{}, {}]}]}]}"#,
        "resource aws_x a {}\nresource aws_x b {}\nresource aws_x c {}\nresource aws_x c {}\n",
    ),
    (
        r#"[{"locals": {"a": 1}}, {"locals": [{"b": 2}, {"c": 3}]}]"#,
        "locals { a = 1 }\nlocals { b = 2 }\nlocals { c = 3 }\n",
    ),
    (
        r#"{"//": "comment", "locals": {"//": ["comment"], "a": {"//": "kept"}}}"#,
        "locals {\n a = { \"//\" = \"kept\" }\n}\n",
    ),
    // Templates.
    (
        r#"{"locals": {"a": "${var.b}", "c": "x-${var.d}%{ if e }f%{ else }g%{ endif }", "h": "$${i} %%{j}"}}"#,
        "locals {\n a = \"${var.b}\"\n c = \"x-${var.d}%{ if e }f%{ else }g%{ endif }\"\n h = \"$${i} %%{j}\"\n}\n",
    ),
    (
        r#"{"locals": {"a": {"x-${b}": "${c}", "d": {"e": [1, "${f[\"g\"]}"]}}}}"#,
        "locals {\n a = { \"x-${b}\" = \"${c}\", d = { e = [1, \"${f[\"g\"]}\"] } }\n}\n",
    ),
    (
        r#"{"locals": {"a": "line ${b}\n\ttab \"quoted\" \u00e9\\n\n"}}"#,
        "locals {\n a = \"line ${b}\\n\\ttab \\\"quoted\\\" é\\\\n\\n\"\n}\n",
    ),
    // What Terraform does not read as templates.
    (
        r#"{"variable": {"v": {"type": "map(object({ a = optional(string, \"x\") }))", "default": {"k": "${literal}"}, "description": "%{literal}",
            "validation": {"condition": "${var.v != null}", "error_message": "No ${var.v}."}}}}"#,
        "variable v {\n type = map(object({ a = optional(string, \"x\") }))\n default = { k = \"$${literal}\" }\n description = \"%%{literal}\"\n \
         validation {\n condition = \"${var.v != null}\"\n error_message = \"No ${var.v}.\"\n }\n}\n",
    ),
    (
        r#"{"module": {"m": {"source": "./${x}", "version": "~> 1", "providers": {"aws": "aws.west", "aws.east": "aws.east"},
            "depends_on": ["module.n", "aws_x.y[0]"], "count": "${var.n}", "input": "${each.value}"}}}"#,
        "module m {\n source = \"./$${x}\"\n version = \"~> 1\"\n providers = { aws = aws.west, aws.east = aws.east }\n \
         depends_on = [module.n, aws_x.y[0]]\n count = \"${var.n}\"\n input = \"${each.value}\"\n}\n",
    ),
    (
        r#"{"output": {"o": {"value": "${aws_x.y.id}", "description": "${literal}", "depends_on": ["aws_x.y"],
            "precondition": [{"condition": true, "error_message": "e"}]}}}"#,
        "output o {\n value = \"${aws_x.y.id}\"\n description = \"$${literal}\"\n depends_on = [aws_x.y]\n \
         precondition {\n condition = true\n error_message = \"e\"\n }\n}\n",
    ),
    // Blocks inside blocks.
    (
        r#"{"resource": {"aws_x": {"a": {
            "provider": "aws.west",
            "lifecycle": {"ignore_changes": ["image_uri", "tags[\"x\"]"], "create_before_destroy": true,
                          "replace_triggered_by": ["aws_y.z.id"], "postcondition": {"condition": "${self.ok}"}},
            "provisioner": [{"local-exec": {"command": "echo ${self.id}", "when": "destroy"}},
                            {"file": [{"source": "a", "connection": {"host": "h"}}]}],
            "dynamic": {"setting": {"for_each": "${var.s}", "iterator": "it", "content": {"name": "${it.key}",
                        "dynamic": {"inner": {"for_each": [], "content": {}}}}}},
            "environment": [{"variables": {"A": "b"}}]}}}}"#,
        "resource aws_x a {\n provider = aws.west\n environment = [{ variables = { A = \"b\" } }]\n \
         lifecycle {\n ignore_changes = [image_uri, tags[\"x\"]]\n create_before_destroy = true\n replace_triggered_by = [aws_y.z.id]\n \
         postcondition { condition = \"${self.ok}\" }\n }\n \
         provisioner local-exec {\n command = \"echo ${self.id}\"\n when = destroy\n }\n \
         provisioner file {\n source = \"a\"\n connection { host = \"h\" }\n }\n \
         dynamic setting {\n for_each = \"${var.s}\"\n iterator = it\n content {\n name = \"${it.key}\"\n \
         dynamic inner {\n for_each = []\n content {}\n }\n }\n }\n}\n",
    ),
    (
        r#"{"resource": {"a": {"b": {"lifecycle": {"ignore_changes": "all"}}}}}"#,
        "resource a b {\n lifecycle { ignore_changes = all }\n}\n",
    ),
    (
        r#"{"terraform": {"required_version": ">= 1", "backend": {"s3": {"bucket": "b"}},
            "required_providers": {"aws": {"source": "hashicorp/aws", "version": "~> 5"}}, "cloud": {"workspaces": {"name": "w"}}}}"#,
        "terraform {\n required_version = \">= 1\"\n backend s3 { bucket = \"b\" }\n \
         required_providers { aws = { source = \"hashicorp/aws\", version = \"~> 5\" } }\n cloud {\n workspaces { name = \"w\" }\n }\n}\n",
    ),
    (
        r#"{"provider": {"aws": [{"region": "${var.r}"}, {"alias": "west"}]}, "moved": {"from": "a.b", "to": "module.c[\"d\"].a.b"}}"#,
        "provider aws { region = \"${var.r}\" }\nprovider aws { alias = \"west\" }\n\
         moved {\n from = a.b\n to = module.c[\"d\"].a.b\n}\n",
    ),
    (
        r#"{"import": {"to": "a.b", "id": "${var.i}"}, "removed": {"from": "a.c", "lifecycle": {"destroy": false}},
            "check": {"k": {"data": {"http": {"h": {"url": "u"}}}, "assert": {"condition": "${x}", "error_message": "m"}}}}"#,
        "import {\n to = a.b\n id = \"${var.i}\"\n}\nremoved {\n from = a.c\n lifecycle { destroy = false }\n}\n\
         check k {\n data http h { url = \"u\" }\n assert {\n condition = \"${x}\"\n error_message = \"m\"\n }\n}\n",
    ),
    (
        r#"{"data": {"aws_d": {"d": {}}}, "ephemeral": {"e": {"f": {}}}, "action": {"a": {"b": {"config": {"c": 1}}}}, "data": null}"#,
        "data aws_d d {}\nephemeral e f {}\naction a b {\n config { c = 1 }\n}\n",
    ),
];

#[test]
fn reads_to_the_same_tree_as_native_syntax() {
    for (json, native) in SAME {
        let (json, native) = (read(json), parse(native));
        assert_eq!(native.told(), "");
        assert_eq!((shape(&json.body), json.told()), (shape(&native.body), String::new()));
    }
}

#[test]
fn every_part_knows_its_place() {
    let parsed = read(r#"{"resource": {"aws_x": {"a": {"policy": "{\"Resource\": \"${aws_y.z[\"k\"].arn}/*\"}"}}}}"#);
    let block = &parsed.body.blocks[0];
    assert_eq!(parsed.text(block.kind.span), "\"resource\"");
    assert_eq!(parsed.text(block.header), "\"a\"");
    assert_eq!(parsed.text(block.body.span), r#"{"policy": "{\"Resource\": \"${aws_y.z[\"k\"].arn}/*\"}"}"#);
    let policy = block.body.attribute("policy").unwrap();
    assert_eq!(parsed.text(policy.name.span), "\"policy\"");
    let (mut exprs, mut literals) = (Vec::new(), Vec::new());
    walk(&block.body, &mut |node, _| match node {
        Node::Expr(expr) => exprs.push(parsed.text(expr.span).to_owned()),
        Node::Literal(literal) => literals.push((literal.text.to_string(), parsed.text(literal.span).to_owned())),
        _ => {}
    });
    assert_eq!(exprs[1..], [r#"aws_y.z[\"k\"].arn"#, "aws_y", r#"\"k\""#]);
    let pairs = literals.iter().map(|(text, written)| (text.as_str(), written.as_str()));
    let wanted = [
        ("{", "{"),
        ("\"", "\\\""),
        ("Resource", "Resource"),
        ("\"", "\\\""),
        (": ", ": "),
        ("\"", "\\\""),
        ("/*", "/*"),
        ("\"", "\\\""),
        ("}", "}"),
    ];
    assert_eq!(pairs.collect::<Vec<_>>(), wanted);
}

#[test]
fn problems_point_into_the_json() {
    let told = |text: &str| {
        let parsed = read(text);
        (outline(&parsed.body), tell(&parsed.sources, &parsed.problems))
    };
    let only = |text: &str| told(text).1;
    assert_eq!(only("{"), "1:2 expected a key in double quotes, found the end of the text");
    assert_eq!(only("3"), "1:1-2 expected an object that holds arguments and blocks");
    assert_eq!(
        only(r#"{"resources": {}}"#),
        "1:2-13 there is no block type called `resources` here (did you mean `resource`?)"
    );
    assert_eq!(
        only(r#"{"resource": {"aws_x": 1}}"#),
        "1:24-25 expected an object that holds the labels of `resource` blocks"
    );
    assert_eq!(
        only(r#"{"locals": {"a": 1, "a": 2}}"#),
        "1:21-24 `a` is set twice in this block (remove one of the two)"
    );
    assert_eq!(
        told(r#"{"locals": {"a": "\"${b c}\"", "d": 1}}"#),
        (
            "locals {a?, d}".to_owned(),
            "1:25-26 expected `}` to close the interpolation, found `c` (if this belongs to another language, write `$${` for a literal `${`)".to_owned()
        )
    );
    assert_eq!(only(r#"{"module": {"m": {"depends_on": ["a b"]}}}"#), "1:37-38 unexpected text after the expression");
}

/// Texts that are JSON but for something, what is left of them, and what is said.
const BROKEN: &[(&str, &str, &str)] = &[
    (
        "{\n  \"locals\": { \"a\": 1\n    \"b\": 2 }\n  \"output\": { \"o\": {} }\n}",
        "locals {a, b}, output o {}",
        "3:5-6 expected `,` or `}`, found `\"`\n4:3-4 expected `,` or `}`, found `\"`",
    ),
    (
        "{\"locals\": {\"a\": tru, \"b\": }, \"output\": {\"o\": {\"value\": 'x'}}}",
        "locals {a?, b?}, output o {value?}",
        "1:18-19 expected a value, found `t`\n1:28-29 expected a value, found `}`\n\
         1:57-58 expected a value, found `'` (strings are written in double quotes)",
    ),
    (
        "{\"locals\": {\"a\": [1, 2,], \"b\": 3,}}",
        "locals {a, b}",
        "1:24-25 expected a value after `,`, found `]` (JSON has no comma after the last element)\n\
         1:34-35 expected a key in double quotes, found `}` (JSON has no comma after the last element)",
    ),
    // A bracket that is missing, by how the lines after it are indented.
    (
        "{\n  \"locals\": {\n    \"a\": 1,\n  \"output\": {\n    \"o\": {\n    \"p\": {}\n  }\n}",
        "locals {a}, output o {}, output p {}",
        "4:3-4 expected `}` before this line, found `\"`\n6:5-6 expected `}` before this line, found `\"`",
    ),
    // Another that is too many, of either kind.
    (
        "{\"locals\": {\"a\": 1}}, \"output\": {\"o\": {}}}",
        "locals {a}, output o {}",
        "1:21-22 expected the end of the text, found `,`",
    ),
    (
        "{\"locals\": {\"a\": 1]]], \"b\": 2}, \"output\": {\"o\": {}}}",
        "locals {a, b}, output o {}",
        "1:19-20 expected `,` or `}`, found `]`",
    ),
    (
        "{\"locals\": {\"a\": [1, 2}, \"output\": {\"o\": {}}}",
        "locals {a}, output o {}",
        "1:23-24 expected `,` or `]`, found `}`",
    ),
    // A quote that is missing makes two texts of one.
    (
        "{\"locals\": {\"a\": \"x, \"b\": 2 },\n\"output\": {\"o\": {\"value\": \"y}},\n\"module\": {\"m\": {}}}",
        "locals {a?}, output o {value?}, module m {}",
        "1:23-24 expected `,` or `}`, found `b`\n\
         2:32-3:1 expected `\"` to close the string, found `\\n` (a line end in a string is written `\\n`)",
    ),
    (
        "{\"locals\": {\"a\": \"\\q, \\n\", \"b\": \"\t, \", \"c\": 3}}",
        "locals {a?, b?, c}",
        "1:20-21 expected an escape sequence after `\\`, found `q` (write `\\\\` for a backslash)\n\
         1:34-35 expected `\"` to close the string, found `\\t` (a line end in a string is written `\\n`)",
    ),
    (
        "// a comment\n{\n  # another\n  \"locals\": { \"a\": 1 }\n}",
        "locals {a}",
        "1:1-2 expected a value, found `/`\n3:3-4 expected a key in double quotes, found `#`",
    ),
    (
        "{\"output\": {\"o\": {}}, \"locals\": {\"a\": 1, \"b\":",
        "output o {}, locals {a, b?}",
        "1:46 expected a value, found the end of the text",
    ),
    ("", "", "1:1 expected a value, found the end of the text"),
    ("{\"locals\": {\"a\": 1e99999, \"b\": 1e-30000}}", "locals {a, b}", ""),
];

#[test]
fn what_is_no_json_costs_nothing_else() {
    for (text, left, said) in BROKEN {
        let parsed = read(text);
        assert_eq!(
            (outline(&parsed.body), tell(&parsed.sources, &parsed.problems)),
            ((*left).to_owned(), (*said).to_owned()),
            "{text}"
        );
    }
}

#[test]
fn hostile_texts_are_read_in_linear_time() {
    for text in ["]", "}", "[", "{\"a\":", "\"", ",", "{\"a\" ", "}{", "],\"a\":1", "\n\"a\"", "\\"] {
        for before in ["", "{\"locals\": {\"a\": 1", "["] {
            read(&format!("{before}{}", text.repeat(50_000)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn any_change_is_read(which in prop::sample::select(SAME), at: prop::sample::Index, put in "[\\[\\]{}\",:$%\\\\a-c1 \\n]{0,3}") {
        let boundaries: Vec<usize> = which.0.char_indices().map(|(at, _)| at).collect();
        let (before, after) = which.0.split_at(*at.get(&boundaries));
        let text = format!("{before}{put}{after}");
        let parsed = read(&text);
        let mut wrong = Vec::new();
        walk(&parsed.body, &mut |node, _| match (node, text.get(node.span().range())) {
            (_, None) => wrong.push(format!("{:?}", node.span())),
            (Node::Literal(literal), Some(slice)) if literal.verbatim && slice != &*literal.text => wrong.push(slice.to_owned()),
            _ => {}
        });
        prop_assert!(wrong.is_empty(), "{wrong:?} in {text}");
        prop_assert!(parsed.problems.iter().all(|problem| text.get(problem.span.range()).is_some()));
    }
}
