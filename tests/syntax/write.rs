//! Values written as HCL read back to themselves.

use proptest::prelude::*;
use trysquare::source::Sources;
use trysquare::syntax::hcl::ast::{Expr, ExprKind, TemplatePart, UnaryOp};
use trysquare::syntax::hcl::{literal, parse_expression};
use trysquare::value::{Number, Type, Unknown, Value};

/// The value of an expression that was written from one.
fn value(expr: &Expr) -> Value {
    match &expr.kind {
        ExprKind::Null => Value::null(),
        ExprKind::Bool(truth) => Value::from(*truth),
        ExprKind::Number(number) => Value::from(number.clone()),
        ExprKind::Unary(UnaryOp::Negate, operand) => match &operand.kind {
            ExprKind::Number(number) => Value::from(number.neg()),
            other => panic!("{other:?}"),
        },
        ExprKind::Text(text) => Value::string(text.clone()),
        ExprKind::Template(parts) => {
            let texts = parts.iter().map(|part| match part {
                TemplatePart::Literal(literal) => &*literal.text,
                other => panic!("{other:?}"),
            });
            Value::string(texts.collect::<String>())
        }
        ExprKind::Tuple(items) => Value::tuple(items.iter().map(value).collect()),
        ExprKind::Object(items) => Value::record(items.iter().map(|item| {
            let key = item.bare_key().cloned().unwrap_or_else(|| value(&item.key).as_str().unwrap().into());
            (key, value(&item.value))
        })),
        other => panic!("{other:?}"),
    }
}

fn read(text: &str) -> Value {
    let file = Sources::new().add("literal", text);
    let (expr, problems) = parse_expression(file, text, 0..text.len());
    assert!(problems.is_empty(), "{text}: {problems:?}");
    value(&expr)
}

fn any_value() -> impl Strategy<Value = Value> {
    let tricky = prop::sample::select(vec![
        "${", "$${", "%{", "%%{", "$", "%", "\"", "\\", "\n", "\r", "\t", "\0", "é", "for", "null", "a-b", "{",
    ]);
    // Reading composes characters as Terraform does, so only texts that are composed read back the same.
    let composed = "[\\x00-ÿ☃😀]{0,12}";
    let text = prop_oneof![composed, prop::collection::vec(tricky, 0..6).prop_map(|parts| parts.concat())];
    let leaf = prop_oneof![
        Just(Value::null()),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (any::<i32>(), 0..6usize)
            .prop_map(|(digits, places)| Number::parse(&format!("{digits}e-{places}")).unwrap().into()),
        text.clone().prop_map(Value::string),
    ];
    leaf.prop_recursive(3, 20, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::tuple),
            prop::collection::btree_map(text.clone(), inner, 0..5).prop_map(Value::record),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn what_is_written_reads_back(value in any_value()) {
        let text = literal(&value).unwrap();
        prop_assert!(!text.contains('\n'), "{}", text);
        prop_assert_eq!(format!("{:?}", read(&text).data), format!("{:?}", value.data), "{}", text);
    }
}

#[test]
fn values_are_written_on_one_line() {
    let written = |value: Value| literal(&value).unwrap();
    assert_eq!(written(300i64.into()), "300");
    assert_eq!(written(Number::parse("0.83").unwrap().into()), "0.83");
    assert_eq!(written("a \"b\" ${c} %{d} \\ \n".into()), r#""a \"b\" $${c} %%{d} \\ \n""#);
    assert_eq!(written(Value::tuple(vec![1i64.into(), true.into(), Value::null()])), "[1, true, null]");
    assert_eq!(
        written(Value::record([("a", 1i64.into()), ("for", 2i64.into()), ("x.y", Value::record::<&str>([]))])),
        r#"{ a = 1, "for" = 2, "x.y" = {} }"#
    );
}

#[test]
fn what_cannot_be_told_is_not_written() {
    let unknown = Value::unknown(Unknown::new(Type::String, "known only after apply", None));
    assert_eq!(literal(&Value::tuple(vec![1i64.into(), unknown])), None);
    assert_eq!(literal(&Value::record([("a", Value::from("x").marked(true))])), None);
    assert_eq!(literal(&Number::parse("1").unwrap().div(&Number::parse("3").unwrap()).unwrap().into()), None);
}
