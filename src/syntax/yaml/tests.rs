//! What YAML is read as.

use super::*;
use crate::source::Sources;

fn tree(text: &str) -> (Sources, Option<Node>, Vec<SyntaxProblem>) {
    let mut sources = Sources::new();
    let file = sources.add("w.yml", text);
    let (node, problems) = parse(file, text);
    (sources, node, problems)
}

fn good(text: &str) -> (Sources, Node) {
    let (sources, node, problems) = tree(text);
    assert_eq!(problems, []);
    (sources, node.unwrap())
}

/// The source text behind the first occurrence of `needle` in a scalar's decoded text.
fn source_of<'s>(sources: &'s Sources, node: &Node, needle: &str) -> &'s str {
    let scalar = node.scalar().unwrap();
    let at = scalar.text.find(needle).unwrap();
    sources.slice(scalar.offsets.span(at, at + needle.len()))
}

#[test]
fn scalars_resolve_by_the_core_schema() {
    let (_, node) = good("on: yes\na: true\nb: 0x1F\nc: 1.50\nd:\ne: '5'\nf: .inf\ng: 1e3\nh: 1.2.3\n");
    let of = |key: &str| node.get(key).unwrap().scalar().unwrap().resolve();
    assert_eq!(of("on"), Resolved::Text);
    assert_eq!(of("a"), Resolved::Bool(true));
    assert_eq!(of("b"), Resolved::Number(31.0));
    assert_eq!(of("c"), Resolved::Number(1.5));
    assert_eq!(of("d"), Resolved::Null);
    assert_eq!(of("e"), Resolved::Text);
    assert_eq!(of("f"), Resolved::Number(f64::INFINITY));
    assert_eq!(of("g"), Resolved::Number(1000.0));
    assert_eq!(of("h"), Resolved::Text);
}

#[test]
fn a_literal_block_maps_back_line_by_line() {
    let (sources, node) = good("\u{feff}run: |\r\n\r\n  if x; then\r\n    é y\r\n  fi\r\nz: 1\r\n");
    let run = node.get("run").unwrap();
    assert_eq!(run.text(), Some("\nif x; then\n  é y\nfi\n"));
    assert_eq!(source_of(&sources, run, "é y"), "é y");
    assert_eq!(source_of(&sources, run, "fi"), "fi");
    assert_eq!(sources.slice(node.get("z").unwrap().span), "1");
    assert!(sources.slice(run.span).ends_with("fi"));
}

#[test]
fn folded_and_quoted_text_maps_back() {
    let (sources, node) =
        good("a: >-\n   one\n   two\n\n   three\nb: \"x\\n\\u00e9 y\n   z\\\"w\"\nc: 'it''s here'\nd: p\n  q\n");
    let a = node.get("a").unwrap();
    assert_eq!(a.text(), Some("one two\nthree"));
    assert_eq!(source_of(&sources, a, "two"), "two");
    assert_eq!(source_of(&sources, a, "three"), "three");
    let b = node.get("b").unwrap();
    assert_eq!(b.text(), Some("x\né y z\"w"));
    assert_eq!(source_of(&sources, b, "é"), "\\u00e9");
    assert_eq!(source_of(&sources, b, "z\"w"), "z\\\"w");
    let c = node.get("c").unwrap();
    assert_eq!(source_of(&sources, c, "here"), "here");
    assert_eq!(source_of(&sources, node.get("d").unwrap(), "q"), "q");
}

#[test]
fn aliases_stand_for_what_they_name_and_merge_keys_are_plain() {
    let (sources, node) = good("a: &x {k: 1}\nb: *x\n<<: *x\n");
    assert_eq!(sources.slice(node.get("b").unwrap().get("k").unwrap().span), "1");
    assert!(node.get("<<").is_some());
    assert!(node.get("k").is_none());
}

#[test]
fn spans_cover_collections_without_what_follows() {
    let (sources, node) = good("a:\n  - b: 1\n    c: 2\n\n\nd: [1, {e: f}]\n");
    assert_eq!(sources.slice(node.get("a").unwrap().span), "- b: 1\n    c: 2");
    assert_eq!(sources.slice(node.get("d").unwrap().span), "[1, {e: f}]");
}

#[test]
fn duplicate_keys_are_kept_and_reported() {
    let (sources, node, problems) = tree("a: 1\na: 2\n");
    assert_eq!(node.unwrap().entries().len(), 2);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].span.start, 5);
    assert_eq!(sources.slice(problems[0].span), "a");
}

#[test]
fn what_is_no_yaml_gives_a_problem() {
    for text in ["a: 1\n b: 2\n", "a: *q\n", "[", "&a [*a]"] {
        let (_, node, problems) = tree(text);
        assert_eq!((node, problems.len()), (None, 1), "{text:?}");
    }
    assert_eq!(tree("# nothing\n").1, None);
}

#[test]
fn the_first_document_counts() {
    let (_, node) = good("a: 1\n---\nb: 2\n");
    assert!(node.get("a").is_some());
}

#[test]
fn aliases_cannot_blow_up() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    assert!(tree(&text).2[0].message.contains("nodes"));
    let deep = "[".repeat(101) + &"]".repeat(101);
    assert!(tree(&deep).2[0].message.contains("deep"));
}

proptest::proptest! {
    #[test]
    fn any_text_parses_without_panic_and_spans_fit(text in "[-a&*:{}\\[\\]|>\"'#, \\\\\n\r\té]{0,60}") {
        let (sources, node, problems) = tree(&text);
        let fits = |span: Span| sources.text(span.file).get(span.range()).is_some();
        for problem in &problems {
            assert!(fits(problem.span));
        }
        let mut open: Vec<Node> = node.into_iter().collect();
        while let Some(node) = open.pop() {
            assert!(fits(node.span));
            match node.kind {
                Kind::Scalar(scalar) => {
                    for (at, c) in scalar.text.char_indices() {
                        assert!(fits(scalar.offsets.span(at, at + c.len_utf8())));
                        assert!(fits(scalar.offsets.span(0, at)));
                    }
                }
                Kind::Sequence(items) => open.extend(items),
                Kind::Mapping(entries) => {
                    open.extend(entries.into_iter().flat_map(|entry| [entry.key, entry.value]));
                }
            }
        }
    }
}
