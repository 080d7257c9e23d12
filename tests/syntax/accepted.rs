//! Which texts are HCL, as `terraform fmt -` decides.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::support::parse;

const YES: bool = true;
const NO: bool = false;

/// Text, and whether Terraform accepts it.
const CASES: &[(&str, bool)] = &[
    // Files.
    ("", YES),
    ("\n\n", YES),
    ("# only a comment", YES),
    ("// only a comment", YES),
    ("/* only\na comment */", YES),
    ("/* never closed", NO),
    ("a = 1 /* never closed", NO),
    ("# a \0 in a comment\n", YES),
    ("\u{feff}a = 1\n", YES),
    ("a = 1\n\u{feff}b = 2\n", NO),
    ("a = 1", YES),
    ("a = x.y # comment at the end", YES),
    ("a = 1\r\nb = 2\r\n\r\nc {\r\n  d = [\r\n    1,\r\n  ]\r\n}\r\n", YES),
    ("a = 1\rb = 2\n", NO),
    ("a = 1\0\n", NO),
    ("a = 1\x0c\n", NO),
    ("a\u{a0}= 1\n", NO),
    ("\ta\t=\t1\t\n", YES),
    // Attributes.
    ("a = 1\na = 2\n", NO),
    ("a = 1 b = 2\n", NO),
    ("a = 1, b = 2\n", NO),
    ("a = 1,\nb = 2\n", NO),
    ("a = 1;\n", NO),
    ("a\n= 1\n", NO),
    ("a =\n1\n", NO),
    ("a =", NO),
    ("a", NO),
    ("a == 1\n", NO),
    ("a => 1\n", NO),
    ("a : 1\n", NO),
    ("\"a\" = 1\n", NO),
    ("1 = a\n", NO),
    ("-a = 1\n", NO),
    ("_a = 1\n", YES),
    ("a-b = 1\n", YES),
    ("a.b = 1\n", NO),
    ("é = 1\naé = 2\n", YES),
    ("ação_α = 1\n", YES),
    ("e\u{301}t\u{e9} = 1\n", YES),
    ("null = null\ntrue = true\nfor = 1\nif = 2\nin = 3\n", YES),
    ("a /* here */ = /* and\nhere */ 1 // there\n", YES),
    // Blocks.
    ("a {}\n", YES),
    ("a {}", YES),
    ("a { }\n", YES),
    ("a {\n}\n", YES),
    ("a {\n\n\n}\n", YES),
    ("a { # comment\n}\n", YES),
    ("a { /* comment */ }\n", YES),
    ("a {\n} # comment\n", YES),
    ("a {} b {}\n", NO),
    ("a {}\tb = 1\n", NO),
    ("a { b = 1 }\n", YES),
    ("a { b = 1, c = 2 }\n", NO),
    ("a { b = 1 c = 2 }\n", NO),
    ("a { b = 1\n}\n", NO),
    ("a {\nb = 1 }\n", NO),
    ("a {\nb = 1\nc {} }\n", NO),
    ("a { b {} }\n", NO),
    ("a { b { c = 1 } }\n", NO),
    ("a { b = { c = 1 } }\n", YES),
    ("a { b = [\n1,\n2\n] }\n", YES),
    ("a {\n  b {}\n  c = 1\n  d { e = 1 }\n}\n", YES),
    ("a {\n  b = 1\n  b = 2\n}\n", NO),
    ("a {\n  b {}\n  b {}\n}\n", YES),
    ("r \"a\" \"b\" {}\n", YES),
    ("r a b {}\n", YES),
    ("r a \"b\" {}\n", YES),
    ("r \"a\"\n{}\n", NO),
    ("r \"a\" = 1\n", NO),
    ("r \"${x}\" {}\n", NO),
    ("r \"$${x}\" {}\n", YES),
    ("r \"a\\n\\u00e9\" {}\n", YES),
    ("r \"a\\x\" {}\n", NO),
    ("r 1 {}\n", NO),
    ("r [1] {}\n", NO),
    ("a {\n", NO),
    ("a {\n  b {\n}\n", NO),
    ("a {\n}}\n", NO),
    ("}\n", NO),
    // Numbers.
    ("a = 10.11.10.12\n", NO),
    ("a = 1..2\n", NO),
    ("a = 1.\n", NO),
    ("a = .5\n", NO),
    ("a = 1.5\nb = 1e5\nc = 1E+5\nd = 1.5e-5\ne = 007\n", YES),
    ("a = 1.e5\n", YES),
    ("a = 1e\n", NO),
    ("a = 1e5e5\n", NO),
    ("a = 1_000\n", NO),
    ("a = 0x10\n", NO),
    ("a = 12ab\n", NO),
    ("a = +1\n", NO),
    ("a = 1.b\n", YES),
    ("a = 1.5.b\n", YES),
    // Operators.
    ("a = 1 + 2 * 3 / 4 % 5 - 6\n", YES),
    ("a = b -c\n", YES),
    ("a = b-1\n", YES),
    ("a = b - - 1\n", YES),
    ("a = --b\nc = !!d\ne = !-f\n", YES),
    ("a = !\n1\n", NO),
    ("a = 1 +\n1\n", NO),
    ("a = 1\n+ 1\n", NO),
    ("a = (1 +\n1)\n", YES),
    ("a = (1\n+ 1)\n", YES),
    ("a = 1 < 2 == true && 3 >= 4 || 5 != 6 && 7 <= 8 || 9 > 10\n", YES),
    ("a = 1 <- 2\n", YES),
    ("a = 1 & 2\n", NO),
    ("a = 1 | 2\n", NO),
    ("a = 1 ^ 2\n", NO),
    ("a = ~1\n", NO),
    ("a = 2 ** 3\n", NO),
    ("a = 1 === 2\n", NO),
    ("a = b = c\n", NO),
    ("a = b ? c : d\n", YES),
    ("a = b ? c : d ? e : f\n", YES),
    ("a = b ? c ? d : e : f\n", YES),
    ("a = b ? c\n: d\n", NO),
    ("a = b\n? c : d\n", NO),
    ("a = (b\n? c\n: d)\n", YES),
    ("a = b ? c\n", NO),
    ("a = b ? : c\n", NO),
    ("a = ()\n", NO),
    ("a = (1\n", NO),
    ("a = 1)\n", NO),
    ("a = (1, 2)\n", NO),
    // Strings.
    ("a = \"\"\n", YES),
    ("a = \"x\ny\"\n", NO),
    ("a = \"x\ry\"\n", NO),
    ("a = \"x\n", NO),
    ("a = \"x", NO),
    ("a = 'x'\n", NO),
    ("a = `x`\n", NO),
    ("a = “x”\n", NO),
    ("a = \"\\n\\r\\t\\\"\\\\\\u00e9\\U0001F600\"\n", YES),
    ("a = \"\\x\"\n", NO),
    ("a = \"\\$\"\n", NO),
    ("a = \"\\'\"\n", NO),
    ("a = \"\\u12\"\n", NO),
    ("a = \"\\u+123\"\n", NO),
    ("a = \"\\ud800\"\n", NO),
    ("a = \"\\U00110000\"\n", NO),
    ("a = \"\t\0\u{7f}\"\n", YES),
    ("a = \"# // /* no comment */\"\n", YES),
    ("a = \"é😀\u{feff}\"\n", YES),
    // Templates.
    ("a = \"${b}\"\n", YES),
    ("a = \"x${ b }y${c}${d}z\"\n", YES),
    ("a = \"${~ b ~}\"\n", YES),
    ("a = \"${b ~ }\"\n", NO),
    ("a = \"${}\"\n", NO),
    ("a = \"${b\"\n", NO),
    ("a = \"${b c}\"\n", NO),
    ("a = \"${var:-x}\"\n", NO),
    ("a = \"${\nb\n}\"\n", YES),
    ("a = \"${b # comment\n}\"\n", YES),
    ("a = \"${ \"${ \"c\" }\" }\"\n", YES),
    ("a = \"${ { b = 1 }.b }\"\n", YES),
    ("a = \"${f(\"}\", \"{\")}\"\n", YES),
    ("a = \"$\"\nb = \"$$\"\nc = \"$$$\"\nd = \"5$ 6%\"\ne = \"%\"\nf = \"100%%\"\n", YES),
    ("a = \"$${b}\"\nc = \"%%{if}\"\nd = \"$${~b\"\n", YES),
    ("a = \"$$${b}\"\n", YES),
    ("a = \"$$$${b}\"\n", YES),
    ("a = \"%{\"\n", NO),
    ("a = \"%{}\"\n", NO),
    ("a = \"%{ if b }c%{ endif }\"\n", YES),
    ("a = \"%{ if b }c%{ else }d%{ endif }\"\n", YES),
    ("a = \"%{~ if b ~}c%{~ else ~}d%{~ endif ~}\"\n", YES),
    ("a = \"%{if b}c%{endif}\"\n", YES),
    ("a = \"%{ if b }c\"\n", NO),
    ("a = \"%{ endif }\"\n", NO),
    ("a = \"%{ if b }%{ else }%{ else }%{ endif }\"\n", NO),
    ("a = \"%{ if b }%{ endfor }\"\n", NO),
    ("a = \"%{ if }%{ endif }\"\n", NO),
    ("a = \"%{ if b c }%{ endif }\"\n", NO),
    ("a = \"%{ iffy }%{ endif }\"\n", NO),
    ("a = \"%{ for b in c }${b}%{ endfor }\"\n", YES),
    ("a = \"%{ for b, c in d }${b}%{ if c }${c}%{ endif }%{ endfor }\"\n", YES),
    ("a = \"%{ for b in c }%{ else }%{ endfor }\"\n", NO),
    ("a = \"%{ for b in c }\"\n", NO),
    ("a = \"%{ for in c }%{ endfor }\"\n", NO),
    // Heredocs.
    ("a = <<E\nE\n", YES),
    ("a = <<E\nx\n\ny\nE\nb = 1\n", YES),
    ("a = <<E\nx\n  E  \n", YES),
    ("a = <<E\nx\n\tE\t\n", YES),
    ("a = <<E\nx\nE", NO),
    ("a = <<E\nx\n", NO),
    ("a = <<E", NO),
    ("a = <<E x\nE\n", NO),
    ("a = <<E # comment\nE\n", NO),
    ("a = << E\nE\n", NO),
    ("a = <<1\nx\n1\n", NO),
    ("a = <<\"E\"\nx\nE\n", NO),
    ("a = <<E-F\nx\nE-F\n", YES),
    ("a = <<é\nx\né\n", YES),
    ("a = <<E\nE\"\nE)\nEE\nE\n", YES),
    ("a = <<E\n\"quotes\" and \\ and \\x\nE\n", YES),
    ("a = <<E\n# no comment /*\nE\n", YES),
    ("a = <<E\n${b}E\n${b}\nE\n", YES),
    ("a = <<E\n${f(\nE\n)}\nE\n", YES),
    ("a = <<E\n${replace(b, \"{\", \"}\")}\nE\n", YES),
    ("a = <<E\n${replace(b, \"\nE\n\", \"\")}\nE\n", NO),
    ("a = <<E\n${<<F\nE\nF\n}\nE\n", YES),
    ("a = <<E\n$\n%\n$$\n5$ 6%\n$${b}\n%%{ if }\nE\n", YES),
    ("a = <<E\nb\rc\nE\n", NO),
    ("a = <<E\r\nx\r\n${b}\r\nE\r\nc = 1\r\n", YES),
    ("a = <<-E\n    x\n  y\n  E\n", YES),
    ("a = <<-E\r\n    x\r\n  y\r\n  E\r\n", YES),
    ("a = <<E\n%{ for b in c ~}\n${b}\n%{ endfor ~}\nE\n", YES),
    ("a = <<E\n%{ for b in c ~}\n${b}\nE\n", NO),
    ("a = f(<<E\nx\nE\n)\n", YES),
    ("a = f(<<E\nx\nE\n, 1)\n", YES),
    ("a = f(<<E\nx\nE)\n", NO),
    ("a = [<<E\nx\nE\n, <<F\ny\nF\n]\n", YES),
    ("a = {\n  b = <<E\nx\nE\n  c = 1\n}\n", YES),
    ("a { b = <<E\nx\nE\n}\n", NO),
    ("a = <<E\nx\nE\n.b\n", NO),
    ("a = b < <<E\nx\nE\n", YES),
    ("a = b <<E\nx\nE\n", NO),
    // Lists.
    ("a = []\n", YES),
    ("a = [1, 2,]\n", YES),
    ("a = [\n1\n,\n2\n]\n", YES),
    ("a = [ # one\n1, // two\n/* three */ 2\n]\n", YES),
    ("a = [,]\n", NO),
    ("a = [1,,2]\n", NO),
    ("a = [1 2]\n", NO),
    ("a = [1\n2]\n", NO),
    ("a = [1\n", NO),
    ("a = [1}\n", NO),
    ("a = [b...]\n", NO),
    // Objects.
    ("a = {}\n", YES),
    ("a = {\n}\n", YES),
    ("a = { b = 1 }\n", YES),
    ("a = { b = 1, c = 2 }\n", YES),
    ("a = { b = 1, c = 2, }\n", YES),
    ("a = { b = 1 c = 2 }\n", NO),
    ("a = {\n  b = 1\n  c = 2\n}\n", YES),
    ("a = {\n  b = 1,\n  c = 2,\n}\n", YES),
    ("a = {\n  b = 1\n\n\n  c = 2,\n\n  d = 3 }\n", YES),
    ("a = { b = 1,, c = 2 }\n", NO),
    ("a = { , }\n", NO),
    ("a = { b = 1\n, c = 2 }\n", NO),
    ("a = { b: 1, c = 2, \"d\": 3 }\n", YES),
    ("a = { b\n= 1 }\n", NO),
    ("a = { b =\n1 }\n", NO),
    ("a = { b = 1 +\n1 }\n", NO),
    ("a = { b = (1 +\n1) }\n", YES),
    ("a = ({\n  b = 1\n  c = 2\n})\n", YES),
    ("a = ({ b\n= 1 })\n", NO),
    ("a = { b => 1 }\n", NO),
    ("a = { b }\n", NO),
    ("a = { b, c }\n", NO),
    ("a = { \"b\" = 1, \"c-${d}\" = 2, (e) = 3, (f.g) : 4 }\n", YES),
    ("a = { (\nb\n) = 1 }\n", YES),
    ("a = { b.c = 1 }\n", YES),
    ("a = { 1 = 2, true = 3, null = 4, -1 = 5 }\n", YES),
    ("a = { [1] = 2, {} = 3, f(x) = 4 }\n", YES),
    ("a = { b ? c : d = 1 }\n", YES),
    ("a = { b = 1, b = 2 }\n", YES),
    ("a = { foo-bar = 1, for-each = 2, form = 3 }\n", YES),
    ("a = { for = 1 }\n", NO),
    ("a = { \"for\" = 1 }\n", YES),
    ("a = { b = for }\n", YES),
    ("a = { # one\n  b = 1 # two\n  /* three */ c = 2 /* four */\n  // five\n}\n", YES),
    ("a = { b = 1\n", NO),
    ("a = { b = 1 ]\n", NO),
    // `for`.
    ("a = [for b in c : b]\n", YES),
    ("a = [for b, c in d : b if c]\n", YES),
    ("a = [\nfor b\nin c\n:\nb\nif\nb\n]\n", YES),
    ("a = { for b in c : b => d }\n", YES),
    ("a = { for b in c : b => d... if e }\n", YES),
    ("a = {\n  for b in c :\n  b\n  => d\n  ...\n}\n", YES),
    ("a = { for b in c : b => d\n? e\n: f }\n", YES),
    ("a = { for b in c : b => d\n+ e\n&& f }\n", YES),
    ("a = { for b in c : b => {\n  d = 1\n  e = 2\n} }\n", YES),
    ("a = { for b in c : b => { d\n= 1 } }\n", NO),
    ("a = { # comment\n  for b in c : b => d }\n", YES),
    ("a = [for b in c : b => d]\n", NO),
    ("a = [for b in c : b...]\n", NO),
    ("a = { for b in c : b }\n", NO),
    ("a = [for b in c]\n", NO),
    ("a = [for b : c]\n", NO),
    ("a = [for b, in c : b]\n", NO),
    ("a = [for b, c, d in e : b]\n", NO),
    ("a = [for 1 in c : b]\n", NO),
    ("a = [for b in c : b,]\n", NO),
    ("a = [for b in c : b if d e]\n", NO),
    ("a = [for in in in : in]\n", YES),
    ("a = [for]\n", NO),
    ("a = [form]\n", YES),
    ("a = [foré]\n", YES),
    ("a = [for b in c : b if d ? e : f]\n", YES),
    // Calls.
    ("a = f()\n", YES),
    ("a = f( )\n", YES),
    ("a = f (1)\n", YES),
    ("a = f\n(1)\n", NO),
    ("a = (f\n(1))\n", YES),
    ("a = f(\n1\n,\n2,\n)\n", YES),
    ("a = f(1, 2,)\n", YES),
    ("a = f(,)\n", NO),
    ("a = f(1,,2)\n", NO),
    ("a = f(1 2)\n", NO),
    ("a = f(1\n", NO),
    ("a = f(b...)\n", YES),
    ("a = f(b, c ... )\n", YES),
    ("a = f(b...,)\n", NO),
    ("a = f(b..., )\n", NO),
    ("a = f(b..., c)\n", NO),
    ("a = f(1...)\n", YES),
    ("a = provider::x::y()\n", YES),
    ("a = f :: g ( 1 )\n", YES),
    ("a = provider::x::y\n", NO),
    ("a = provider::()\n", NO),
    ("a = ::f()\n", NO),
    ("a = f()()\n", NO),
    ("a = f().b[0]\n", YES),
    ("a = b.c()\n", NO),
    ("a = true(1)\n", YES),
    // Traversals.
    ("a = b.c.d\n", YES),
    ("a = b . c\n", YES),
    ("a = b.c-d\n", YES),
    ("a = b.\n", NO),
    ("a = b.\nc\n", NO),
    ("a = b\n.c\n", NO),
    ("a = (b\n.c\n[0])\n", YES),
    ("a = b..c\n", NO),
    ("a = b.\"c\"\n", NO),
    ("a = b[0][\"c\"][d.e][f(1)]\n", YES),
    ("a = b [0]\n", YES),
    ("a = b[\n0\n]\n", YES),
    ("a = b[]\n", NO),
    ("a = b[0,]\n", NO),
    ("a = b[0\n", NO),
    ("a = b.0\n", YES),
    ("a = b.0.c\n", YES),
    ("a = b.0.1\n", NO),
    ("a = b.1e2\n", YES),
    ("a = b.*.c\n", YES),
    ("a = b.*\n", YES),
    ("a = b.*.c.0\n", YES),
    ("a = b.*.0.0\n", NO),
    ("a = b.*.c[0].d\n", YES),
    ("a = b.*.c.*.d\n", NO),
    ("a = b.*.*\n", NO),
    ("a = b[*]\n", YES),
    ("a = b[*].c[0].d[*].e\n", YES),
    ("a = b[*].*.c\n", YES),
    ("a = b[ * ].c\n", YES),
    ("a = b[*\n]\n", NO),
    ("a = b[\n*]\n", NO),
    ("a = (b[\n*\n])\n", YES),
    ("a = b[**]\n", NO),
    ("a = \"b\".c\n", YES),
    ("a = {}.b\nc = [1][0]\nd = (e).f\n", YES),
    ("a = -b.c[0]\n", YES),
    ("a = \"b\"\"c\"\n", NO),
];

/// Texts that are better made than written.
fn made() -> Vec<(String, bool)> {
    let nested = |open: &str, inner: &str, close: &str, times: usize| {
        format!("a = {}{inner}{}\n", open.repeat(times), close.repeat(times))
    };
    vec![
        (nested("[", "1", "]", 100), YES),
        (nested("(", "1", ")", 100), YES),
        (nested("f(", "1", ")", 100), YES),
        (nested("{ b = ", "1", " }", 100), YES),
        (nested("\"${", "1", "}\"", 100), YES),
        (nested("b[", "1", "]", 100), YES),
        (nested("!", "true", "", 100), YES),
        (nested("b ? c : ", "1", "", 100), YES),
        (nested("1 + ", "1", "", 3_000), YES),
        (nested("b && ", "c", "", 3_000), YES),
        (nested("b", ".c", "", 1), YES),
        (format!("a = b{}\n", ".c".repeat(1_000)), YES),
        (format!("a = b{}\n", "[*].c".repeat(100)), YES),
        (format!("{}{}", "a {\n".repeat(100), "}\n".repeat(100)), YES),
        (format!("a = [{}]\n", "1, ".repeat(5_000)), YES),
    ]
}

pub fn all() -> Vec<(String, bool)> {
    CASES.iter().map(|&(text, accepted)| (text.to_owned(), accepted)).chain(made()).collect()
}

#[test]
fn accepts_what_terraform_accepts() {
    let wrong: Vec<_> = all()
        .into_iter()
        .filter_map(|(text, accepted)| {
            let parsed = parse(&text);
            let shown: String = text.chars().take(80).collect();
            (parsed.problems.is_empty() != accepted).then(|| format!("{shown:?} wants {accepted}: {}", parsed.told()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What Terraform says today, where there is one to ask.
#[test]
fn the_record_is_terraforms() {
    if Command::new("terraform").arg("version").output().is_err() {
        eprintln!("skipped: there is no `terraform` to ask; the recorded answers were checked without it");
        return;
    }
    let wrong: Vec<_> = std::thread::scope(|scope| {
        let cases = all();
        let workers: Vec<_> = cases
            .chunks(cases.len() / 4 + 1)
            .map(|chunk| {
                let chunk = chunk.to_vec();
                scope.spawn(move || {
                    chunk
                        .into_iter()
                        .filter(|(text, accepted)| terraform_accepts(text) != *accepted)
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn terraform_accepts(text: &str) -> bool {
    let mut child = Command::new("terraform")
        .args(["fmt", "-"])
        .envs([("CHECKPOINT_DISABLE", "1"), ("TF_CLI_CONFIG_FILE", "/dev/null")])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait().unwrap().success()
}
