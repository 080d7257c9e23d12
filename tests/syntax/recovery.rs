//! What is kept of a bad file, and what is said about it.

use super::support::parse;

/// A bad text; the outline of what is kept of it (`?` marks an attribute without a value); the problems.
const CASES: &[(&str, &str, &[&str])] = &[
    // An attribute that is being typed.
    (
        "a {\n  b = \n  c = 2\n}\nd = 3\n",
        "a {b?, c}, d",
        &[
            "2:7 expected an expression, found the end of the line (an expression goes on after a line end only inside brackets)",
        ],
    ),
    ("a {\n  b\n  c = 2\n}\n", "a {c}", &["2:4 expected `=` or a block after `b`, found the end of the line"]),
    (
        "a {\n  b: 1\n  c = 2\n}\n",
        "a {c}",
        &["2:4-5 expected `=` after `b`, found `:` (attributes are written `name = value`)"],
    ),
    (
        "a {\n  b = x.\n  c = 2\n}\n",
        "a {b?, c}",
        &["2:9 expected an attribute name after `.`, found the end of the line"],
    ),
    ("a {\n  b = x y\n  c = 2\n}\n", "a {b, c}", &["2:9-10 expected a new line, found `y`"]),
    ("a = b ? c\nd = 1\n", "a?, d", &["1:10 expected `:` and what applies otherwise, found the end of the line"]),
    // Strings that are not closed.
    (
        "a {\n  b = \"x\n  c = 2\n}\nd = 3\n",
        "a {b?, c}, d",
        &[
            "2:9 this string is not closed on its line (close it with `\"`, or use a heredoc (`<<-EOT`) for several lines)",
        ],
    ),
    (
        "a {\n  b = \"${x\n  c = 2\n}\nd = 3\n",
        "a {b?, c}, d",
        &[
            "3:3-4 expected `}` to close the interpolation, found `c` (if this belongs to another language, write `$${` for a literal `${`)",
        ],
    ),
    (
        "a {\n  b = \"${f(\"x)}\n  c = 2\n}\nd = 3\n",
        "a {b?, c}, d",
        &[
            "2:16 this string is not closed on its line (close it with `\"`, or use a heredoc (`<<-EOT`) for several lines)",
        ],
    ),
    (
        "a {\n  b = [\"x, \"y\"]\n  c = 2\n}\nd = 3\n",
        "a {b?, c}, d",
        &["2:13-14 expected `,` or `]` in the list, found `y`"],
    ),
    // Brackets that are not closed.
    ("a {\n  b = [1, 2\n  c = 2\n}\nd = 3\n", "a {b?, c}, d", &["3:3-4 expected `,` or `]` in the list, found `c`"]),
    (
        "a {\n  b = f({\n    x = 1\n  }\n  c = 2\n}\nd = 3\n",
        "a {b?, c}, d",
        &["5:3-4 expected `,` or `)` in the arguments, found `c`"],
    ),
    (
        "a {\n  b = {\n    d = \n    e = 1\n  }\n  c = 2\n}\n",
        "a {b?, c}",
        &[
            "3:9 expected an expression, found the end of the line (an expression goes on after a line end only inside brackets)",
        ],
    ),
    // Braces that are missing: a block at the start of a line, of a type that is never nested, closes what is open.
    (
        "resource \"x\" \"y\" {\n  a = 1\n  b {\n    c = 2\n\nresource \"z\" \"w\" {\n  d = 1\n}\n",
        "resource x y {a, b {c}}, resource z w {d}",
        &["3:3-4 this `b` block is never closed (add the missing `}`)"],
    ),
    (
        "resource \"x\" \"y\" {\n  a = f(1,\n\nresource \"z\" \"w\" {\n  d = 1\n}\n",
        "resource x y {a?}, resource z w {d}",
        &["4:10-11 expected `,` or `)` in the arguments, found `\"`"],
    ),
    (
        "resource \"x\" \"y\" {\n  a = {\n    b = 1\n\nvariable \"z\" {\n  d = 1\n}\n",
        "resource x y {a?}, variable z {d}",
        &["5:10-11 expected `=` after the key, found `\"`"],
    ),
    (
        "resource \"x\" \"y\" {\n  a = <<EOT\nfoo\n}\n\nlocals {\n  d = 1\n}\n",
        "resource x y {a?}, locals {d}",
        &["2:7-3:1 this heredoc is never closed by `EOT` (put `EOT` alone on a line of its own)"],
    ),
    (
        "resource \"x\" \"y\" {\n  a = 1\n}}\noutput \"z\" {\n  d = 1\n}\n",
        "resource x y {a}, output z {d}",
        &["3:2-3 this `}` closes nothing (remove it, or open the block it should close)"],
    ),
    (
        "resource \"x\" \"y\"\n{\n  a = 1\n}\nb = 2\n",
        "resource x y {a}, b",
        &["1:17 expected `{` to open the block, found the end of the line (put `{` on the line of the labels)"],
    ),
    // Heredocs.
    (
        "a {\n  b = <<EOT\nit's {\n${x y}\n\"\nEOT\n  c = 2\n}\nd = 1\n",
        "a {b?, c}, d",
        &[
            "4:5-6 expected `}` to close the interpolation, found `y` (if this belongs to another language, write `$${` for a literal `${`)",
        ],
    ),
    ("a = <<EOT\nx\nEOT", "a", &["3:1-4 a line end must follow here (end the file with a line end)"]),
    // Layout.
    (
        "a { b = 1, c = 2 }\nd = 1\n",
        "a {b, c}, d",
        &[
            "1:10-11 expected `}` after the only attribute of a one-line block, found `,` (put each attribute on a line of its own, and the closing `}` on another)",
        ],
    ),
    (
        "a { b {} }\nd = 1\n",
        "a {b {}}, d",
        &[
            "1:5-6 a block cannot stand in a one-line block (put it on a line of its own, and the closing `}` on another)",
        ],
    ),
    ("a {} b {}\nd = 1\n", "a {}, b {}, d", &["1:6-7 expected a new line, found `b`"]),
    (
        "a {\n  b = 1 }\nd = 1\n",
        "a {b}, d",
        &[
            "2:9-10 expected a new line before the closing brace, found `}` (put `}` on a line of its own, or the whole block on one line)",
        ],
    ),
    (
        "a = 1, b = 2\nc = 3\n",
        "a, b, c",
        &["1:6-7 expected a new line, found `,` (attributes are separated by line ends, not by `,`)"],
    ),
    // Things that are written otherwise elsewhere.
    (
        "a = 10.0.0.1\nc = 3\n",
        "a?, c",
        &["1:5-13 this is not a number (write addresses and versions as strings, in quotes)"],
    ),
    ("a = 'x'\nc = 3\n", "a?, c", &["1:5-6 expected an expression, found `'` (strings are written in double quotes)"]),
    ("a = b.0.1\n", "a?", &["1:7-10 two indexes cannot be chained with dots (write `[0][1]`)"]),
    ("a = { b => 1 }\n", "a?", &["1:9-10 expected `=` after the key, found `=` (`=>` is for `{ for … }` only)"]),
    ("a = \"\\d+\"\nb = 1\n", "a?, b", &["1:6-8 `\\d` is not an escape sequence (write `\\\\` for a backslash)"]),
    ("a = \"%{ if x }\"\nb = 1\n", "a?, b", &["1:6-15 this directive is never closed by `%{ endif }`"]),
    ("a = 1\na = 2\n", "a, a", &["2:1-2 `a` is set twice in this block (remove one of the two)"]),
    (
        "\"a\" = 1\nb = 1\n",
        "b",
        &["1:1-2 expected an attribute or a block, found `\"` (names of attributes are written without quotes)"],
    ),
    ("a = 1\n/* x\nb = 1\n", "a", &["2:1-3 this comment is never closed (close it with `*/`)"]),
    (
        "<<<<<<< HEAD\na = 1\n=======\nb = 2\n>>>>>>> x\nc = 3\n",
        "a, b, c",
        &[
            "1:1-13 a merge conflict is left unresolved here",
            "3:1-8 a merge conflict is left unresolved here",
            "5:1-10 a merge conflict is left unresolved here",
        ],
    ),
];

#[test]
fn keeps_what_is_good() {
    for (text, outline, problems) in CASES {
        let parsed = parse(text);
        assert_eq!((parsed.outline().as_str(), parsed.told()), (*outline, problems.join("\n")), "in\n{text}");
        let crlf = parse(&text.replace('\n', "\r\n"));
        assert_eq!(crlf.outline(), *outline, "with CRLF, in\n{text}");
    }
}

#[test]
fn a_bad_line_costs_no_other_block() {
    let good = "resource \"a\" \"b\" {\n  c = 1\n}\n";
    for bad in [
        "=", "x = ", "x = [", "x = {", "x = (", "x = \"", "x = \"${", "x = <<E", "x {", "}", "\"", "[", "x = a b", "'",
        "/", "x y",
    ] {
        let parsed = parse(&format!("{good}\nresource \"bad\" \"bad\" {{\n  {bad}\n  y = 2\n}}\n\n{good}"));
        assert!(!parsed.problems.is_empty(), "{bad}");
        let kept = parsed.body.blocks.iter().filter(|block| block.label(0).is_some_and(|label| &**label == "a"));
        assert_eq!(kept.filter(|block| block.body.attribute("c").is_some()).count(), 2, "{bad}: {}", parsed.outline());
    }
}

/// Neither the test thread's 2 MiB (in a debug build) nor half a megabyte (WASM has one) may overflow.
#[test]
fn depth_is_bounded() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{ a = ", " }"),
        ("f(", ")"),
        ("\"${", "}\""),
        ("a[", "]"),
        ("-", ""),
        ("a ? b : ", ""),
        ("[for a in ", " : b]"),
        ("1 || 1 && 1 == 1 < 1 + 1 * (", ")"),
        ("\"%{ if a }${", "}%{ endif }\""),
    ] {
        for times in [60, 200, 100_000] {
            let text = format!("a = {}1{}\n", open.repeat(times), close.repeat(times));
            let parsed = parse(&text);
            assert_eq!(parsed.problems.is_empty(), times == 60, "{open} {times} {}", parsed.told());
            drop(parsed.body.clone());
        }
    }
    let directives = format!("a = \"{}{}\"\n", "%{ if a }".repeat(100_000), "%{ endif }".repeat(100_000));
    assert!(parse(&directives).told().contains("nested more than 128 levels deep"));
    assert!(parse(&format!("a = b{}\n", "[*]".repeat(100_000))).told().contains("nested more than 128 levels deep"));
    let text = format!("{}{}", "a {\n".repeat(100_000), "}\n".repeat(100_000));
    assert!(parse(&text).told().contains("nested more than 128 levels deep"));
}

#[test]
fn long_chains_are_no_depth() {
    for operator in ["+", "&&", "=="] {
        let text = format!("a = {}1\n", format!("1 {operator} ").repeat(100_000));
        let parsed = parse(&text);
        assert!(parsed.problems.is_empty());
        drop(parsed.body.clone());
    }
}

/// Bad input must not take more than a time in proportion to its length.
#[test]
fn hostile_texts_are_read_in_linear_time() {
    for line in [
        "a = <<E\n",
        "a = b <<E\n",
        "a = \"${<<E\n",
        "a = /* \n",
        "a = [\n",
        "a = \"\n",
        "a {\n",
        "}\n",
        "resource \"a\" {\n",
        "a = <<E\nresource \"a\" {\n",
        "a = x[*                \n",
        "a = { ]\n",
    ] {
        let text = line.repeat(50_000);
        let started = std::time::Instant::now();
        assert!(!parse(&text).problems.is_empty());
        assert!(started.elapsed().as_secs() < 10, "{line:?} took {:?}", started.elapsed());
    }
    let names: String = (0..50_000).map(|at| format!("a{at} = 1\n")).collect();
    let started = std::time::Instant::now();
    assert!(parse(&names).problems.is_empty());
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}
