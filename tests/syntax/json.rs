//! JSON, held against serde_json.

use proptest::prelude::*;
use trysquare::source::{Sources, Span};
use trysquare::syntax::json::{Json, JsonKind, parse_json};
use trysquare::value::{Origin, TextPiece};

/// Whether serde_json read the same; its doubles may be off in the last place.
fn is_same(ours: &Json, theirs: &serde_json::Value) -> bool {
    use serde_json::Value as Theirs;
    match (&ours.kind, theirs) {
        (JsonKind::Null, Theirs::Null) => true,
        (JsonKind::Bool(ours), Theirs::Bool(theirs)) => ours == theirs,
        (JsonKind::Number(ours), Theirs::Number(theirs)) => {
            let (ours, theirs) = (ours.to_f64(), theirs.as_f64().unwrap());
            (ours - theirs).abs() <= 4.0 * f64::EPSILON * theirs.abs()
        }
        (JsonKind::String(ours), Theirs::String(theirs)) => *ours.text == **theirs,
        (JsonKind::Array(ours), Theirs::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| is_same(ours, theirs))
        }
        (JsonKind::Object(members), Theirs::Object(fields)) => {
            members.iter().all(|member| fields.contains_key(&*member.key.text))
                && fields.iter().all(|(key, theirs)| ours.get(key).is_some_and(|ours| is_same(ours, theirs)))
        }
        _ => false,
    }
}

fn same_as_serde(text: &str) -> Result<(), TestCaseError> {
    let ours = parse_json(text);
    let theirs = serde_json::from_str::<serde_json::Value>(text);
    // Doubles end sooner than our numbers.
    if theirs.as_ref().is_err_and(|error| error.to_string().starts_with("number out of range")) {
        return Ok(());
    }
    prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?}: {:?} and {:?}", text, ours, theirs);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            prop_assert!(is_same(&ours, &theirs), "{ours:?} and {theirs:?}");
            check_places(&ours, text);
        }
        (Err(error), _) => prop_assert!(text.get(error.range.clone()).is_some(), "{error:?}"),
        _ => {}
    }
    Ok(())
}

/// Ranges are slices, and each character of a string was written where it says.
fn check_places(json: &Json, text: &str) {
    let written = text.get(json.range.clone()).unwrap();
    match &json.kind {
        JsonKind::String(string) => {
            assert_eq!(string.range, json.range);
            for (at, character) in string.text.char_indices() {
                let stretch = &text[string.place(at)..string.place(at + character.len_utf8())];
                assert!(stretch.starts_with('\\') || stretch.chars().eq([character]), "{stretch} for {character}");
            }
        }
        JsonKind::Array(items) => items.iter().for_each(|item| check_places(item, text)),
        JsonKind::Object(members) => {
            for member in members {
                assert!(text[member.key.range.clone()].starts_with('"'));
                check_places(&member.value, text);
            }
        }
        JsonKind::Invalid => panic!("what is JSON is read: {written}"),
        JsonKind::Number(_) | JsonKind::HugeNumber | JsonKind::Bool(_) | JsonKind::Null => {
            assert_eq!(written.trim(), written)
        }
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1e9..1e9f64).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

const FRAGMENTS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"a\"",
    "\"",
    "\\",
    "\\n",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\u12",
    "null",
    "true",
    "false",
    "1",
    "0",
    "-",
    ".",
    "e",
    "E+",
    "12.5",
    "-0",
    "1e5",
    " ",
    "\n",
    "\t",
    "\r\n",
    "é",
    "😀",
    "'",
    "/",
    "//",
    "\u{feff}",
    "\0",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn what_serde_writes_is_read(json in any_json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
        same_as_serde(&text.unwrap())?;
    }

    #[test]
    fn any_tokens_are_read_or_refused(parts in prop::collection::vec(prop::sample::select(FRAGMENTS), 0..12)) {
        same_as_serde(&parts.concat())?;
    }

    #[test]
    fn changed_json_is_read_or_refused(json in any_json(), at: prop::sample::Index, put in prop::sample::select(FRAGMENTS)) {
        let text = serde_json::to_string(&json).unwrap();
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let (before, after) = text.split_at(*at.get(&boundaries));
        same_as_serde(&format!("{before}{put}{after}"))?;
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        same_as_serde(&text)?;
    }
}

#[test]
fn nesting_is_bounded_as_in_serde() {
    for times in [1, 126, 127, 128, 129, 100_000] {
        let text = format!("{}{}", "[".repeat(times), "]".repeat(times));
        same_as_serde(&text).unwrap();
        same_as_serde(&format!("{}1{}", "{\"a\":".repeat(times), "}".repeat(times))).unwrap();
    }
}

#[test]
fn says_what_is_wrong_and_where() {
    let told = |text: &str| {
        let error = parse_json(text).unwrap_err();
        let help = error.help.map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}-{} {}{help}", error.range.start, error.range.end, error.message)
    };
    assert_eq!(told(""), "0-0 expected a value, found the end of the text");
    assert_eq!(told("[1,]"), "3-4 expected a value after `,`, found `]` (JSON has no comma after the last element)");
    assert_eq!(
        told("{\"a\":1,}"),
        "7-8 expected a key in double quotes, found `}` (JSON has no comma after the last element)"
    );
    assert_eq!(told("{a:1}"), "1-2 expected a key in double quotes, found `a`");
    assert_eq!(
        told("{\"a\"=1}"),
        "4-5 expected `:` after the key, found `=` (keys and values are separated by `:` in JSON)"
    );
    assert_eq!(told("['a']"), "1-2 expected a value, found `'` (strings are written in double quotes)");
    assert_eq!(
        told("\"a\nb\""),
        "2-3 expected `\"` to close the string, found `\\n` (a line end in a string is written `\\n`)"
    );
    assert_eq!(told("\"\\d\""), "2-3 expected an escape sequence after `\\`, found `d` (write `\\\\` for a backslash)");
    assert_eq!(
        told("\"\\ud800\""),
        "1-7 this is half of a surrogate pair (write both halves, or the character itself)"
    );
    assert_eq!(told("1 2"), "2-3 expected the end of the text, found `2`");
}

#[test]
fn equal_keys_are_kept_and_the_last_one_counts() {
    let json = parse_json(r#"{"a": 1, "b": 2, "a": 3}"#).unwrap();
    assert_eq!(json.as_object().unwrap().len(), 3);
    assert_eq!(json.get("a").unwrap().range, 22..23);
    let value = json.to_value(&|_| Origin::NONE);
    assert_eq!(value.field("a").unwrap().as_number().unwrap().to_string(), "3");
}

/// A policy in a heredoc: offsets in the text that was evaluated lead back to the file.
#[test]
fn places_in_an_evaluated_text_lead_to_its_source() {
    let (first, second) = ("    {\"Effect\":\n", "    \"Allow\"}\n");
    let mut sources = Sources::new();
    let file = sources.add("main.tf", format!("p = <<-E\n{first}{second}    E\n"));
    let start = "p = <<-E\n".len();
    let piece = |text: usize, source: usize, length: usize| TextPiece {
        start: u32::try_from(text).unwrap(),
        origin: Origin::source(Span::new(file, source, source + length)),
        verbatim: true,
    };
    let (one, two) = (first.trim_start(), second.trim_start());
    let pieces = vec![piece(0, start + 4, one.len()), piece(one.len(), start + first.len() + 4, two.len())];
    let origin = Origin::text(Span::new(file, 4, 60), pieces);
    let json = parse_json(&format!("{one}{two}")).unwrap();
    let value = json.to_value(&|range| origin.slice(range.start, range.end));
    let effect = value.field("Effect").unwrap().origin.span().unwrap();
    assert_eq!(sources.slice(effect), "\"Allow\"");
}
