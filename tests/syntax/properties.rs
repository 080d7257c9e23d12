//! What holds for every text, good or bad.

use proptest::prelude::*;
use trysquare::source::Span;
use trysquare::syntax::hcl::{parse_expression, parse_template};

use super::sample::SAMPLE;
use super::support::{Node, Parsed, parse, walk, walk_expr};

/// Stretches of text that mean something somewhere.
const FRAGMENTS: &[&str] = &[
    "a",
    "b",
    "for",
    "in",
    "if",
    "null",
    "resource",
    "locals",
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "=",
    "==",
    "=>",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\\",
    "\\\"",
    "${",
    "~}",
    "${~",
    "%{",
    "$${",
    "%%{",
    "$",
    "%",
    "if x",
    "else",
    "endif",
    "for a in b",
    "endfor",
    "<<E\n",
    "<<-E\n",
    "E\n",
    "  E\n",
    "#",
    "//",
    "/*",
    "*/",
    "*",
    ".",
    "...",
    ",",
    ":",
    "::",
    "?",
    "!",
    "-",
    "+",
    "&&",
    "||",
    "1",
    "1.5",
    "1e",
    "é",
    "😀",
    "\u{feff}",
    "\0",
    "\u{301}",
    "\\u00e9",
    "'",
    "[*]",
    ".*",
    ".0",
];

fn fragments() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..60).prop_map(|parts| parts.concat())
}

/// The sample with some stretches replaced.
fn mutated() -> impl Strategy<Value = String> {
    prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, fragments()), 1..4).prop_map(|changes| {
        changes.into_iter().fold(SAMPLE.to_owned(), |text, (at, length, put)| {
            let characters: Vec<char> = text.chars().collect();
            let start = at.index(characters.len() + 1);
            let end = (start + length).min(characters.len());
            let put: String = put.chars().take(20).collect();
            [characters[..start].iter().collect(), put, characters[end..].iter().collect::<String>()].concat()
        })
    })
}

/// Every span lies in its file and in its parent's, and what is called verbatim is.
fn check(parsed: &Parsed, text: &str) -> Result<(), TestCaseError> {
    let mut wrong = Vec::new();
    walk(&parsed.body, &mut |node, parent| check_node(node, parent, text, &mut wrong));
    for problem in &parsed.problems {
        if text.get(problem.span.range()).is_none() {
            wrong.push(format!("problem at {:?}: {}", problem.span, problem.message));
        }
    }
    prop_assert!(wrong.is_empty(), "{:#?}", wrong);
    Ok(())
}

fn check_node(node: &Node<'_>, parent: Span, text: &str, wrong: &mut Vec<String>) {
    let span = node.span();
    let Some(slice) = text.get(span.range()) else {
        wrong.push(format!("{span:?} is no slice of the text"));
        return;
    };
    if !parent.contains(span) {
        wrong.push(format!("{slice:?} at {span:?} is outside {parent:?}"));
    }
    if let Node::Literal(literal) = node
        && literal.verbatim
        && slice != &*literal.text
    {
        wrong.push(format!("{slice:?} is not {:?}", literal.text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        check(&parse(&text), &text)?;
    }

    #[test]
    fn any_tokens_are_read(text in fragments()) {
        check(&parse(&text), &text)?;
        let file = parse("").body.span.file;
        let mut wrong = Vec::new();
        for (expr, _) in [parse_expression(file, &text, 0..text.len()), parse_template(file, &text, 0..text.len())] {
            walk_expr(&expr, expr.span, &mut |node, parent| check_node(node, parent, &text, &mut wrong));
        }
        prop_assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_changed_file_is_read(text in mutated()) {
        check(&parse(&text), &text)?;
    }

    /// As while somebody is typing: a line is there up to the cursor.
    #[test]
    fn a_line_cut_short_costs_no_other_block(line in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let lines: Vec<&str> = SAMPLE.lines().collect();
        let line = line.index(lines.len());
        let characters: Vec<char> = lines[line].chars().collect();
        // Without its end, the comment before the last block goes on to the end of the file.
        prop_assume!(!lines[line].contains("*/") && !lines[line].contains("/*"));
        let short: String = characters[..cut.index(characters.len() + 1)].iter().collect();
        let text = [&lines[..line], &[short.as_str()], &lines[line + 1..]].concat().join("\n") + "\n";
        let whole = parse(SAMPLE);
        let parsed = parse(&text);
        let start = lines[..line].iter().map(|line| line.len() + 1).sum::<usize>();
        for block in &whole.body.blocks {
            let range = block.span.range();
            if !(range.start..=range.end).contains(&start) {
                let kept = parsed.body.blocks.iter().any(|kept| {
                    let (mut one, mut two) = (String::new(), String::new());
                    walk(&kept.body, &mut |node, _| one += parsed.text(node.span()));
                    walk(&block.body, &mut |node, _| two += whole.text(node.span()));
                    kept.header.len() == block.header.len() && parsed.text(kept.header) == whole.text(block.header) && one == two
                });
                prop_assert!(kept, "{} is lost after\n{}\n{}", whole.text(block.header), short, parsed.told());
            }
        }
    }
}

#[test]
fn the_sample_is_good() {
    let parsed = parse(SAMPLE);
    assert_eq!(parsed.told(), "");
    check(&parsed, SAMPLE).unwrap();
}
