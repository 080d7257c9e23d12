//! Expressions made up from a seed: mostly of fitting types, now and then of others.

/// What an expression should be.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Number,
    Truth,
    List,
    Map,
    Anything,
}

const KINDS: [Kind; 5] = [Kind::Text, Kind::Number, Kind::Truth, Kind::List, Kind::Map];

/// A function: its name, what it takes and what it gives.
type Signature = (&'static str, &'static [Kind], Kind);

use Kind::{Anything, List, Map, Number, Text, Truth};

const FUNCTIONS: &[Signature] = &[
    ("upper", &[Text], Text),
    ("lower", &[Text], Text),
    ("title", &[Text], Text),
    ("trimspace", &[Text], Text),
    ("strrev", &[Text], Text),
    ("trim", &[Text, Text], Text),
    ("trimprefix", &[Text, Text], Text),
    ("trimsuffix", &[Text, Text], Text),
    ("replace", &[Text, Text, Text], Text),
    ("substr", &[Text, Number, Number], Text),
    ("join", &[Text, List], Text),
    ("format", &[Text, Anything], Text),
    ("indent", &[Number, Text], Text),
    ("jsonencode", &[Anything], Text),
    ("yamlencode", &[Anything], Text),
    ("base64encode", &[Text], Text),
    ("sha1", &[Text], Text),
    ("tostring", &[Anything], Text),
    ("startswith", &[Text, Text], Truth),
    ("endswith", &[Text, Text], Truth),
    ("strcontains", &[Text, Text], Truth),
    ("contains", &[List, Anything], Truth),
    ("alltrue", &[List], Truth),
    ("anytrue", &[List], Truth),
    ("can", &[Anything], Truth),
    ("tobool", &[Anything], Truth),
    ("length", &[Anything], Number),
    ("abs", &[Number], Number),
    ("ceil", &[Number], Number),
    ("floor", &[Number], Number),
    ("max", &[Number, Number], Number),
    ("min", &[Number, Number, Number], Number),
    ("signum", &[Number], Number),
    ("sum", &[List], Number),
    ("index", &[List, Anything], Number),
    ("tonumber", &[Anything], Number),
    ("parseint", &[Text, Number], Number),
    ("split", &[Text, Text], List),
    ("concat", &[List, List], List),
    ("flatten", &[List], List),
    ("distinct", &[List], List),
    ("compact", &[List], List),
    ("reverse", &[List], List),
    ("sort", &[List], List),
    ("slice", &[List, Number, Number], List),
    ("chunklist", &[List, Number], List),
    ("keys", &[Map], List),
    ("values", &[Map], List),
    ("tolist", &[Anything], List),
    ("toset", &[Anything], List),
    ("setunion", &[List, List], List),
    ("setintersection", &[List, List], List),
    ("setsubtract", &[List, List], List),
    ("setproduct", &[List, List], List),
    ("range", &[Number], List),
    ("regexall", &[Text, Text], List),
    ("coalescelist", &[List, List], List),
    ("matchkeys", &[List, List, List], List),
    ("formatlist", &[Text, List], List),
    ("merge", &[Map, Map], Map),
    ("zipmap", &[List, List], Map),
    ("tomap", &[Map], Map),
    ("transpose", &[Map], Map),
    ("element", &[List, Number], Anything),
    ("lookup", &[Map, Text, Anything], Anything),
    ("coalesce", &[Anything, Anything], Anything),
    ("one", &[List], Anything),
    ("try", &[Anything, Anything], Anything),
    ("jsondecode", &[Text], Anything),
    ("regex", &[Text, Text], Anything),
    ("nonsensitive", &[Anything], Anything),
];

const TEXTS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"b\"",
    "\"ab\"",
    "\"Hello World\"",
    "\"a,b,c\"",
    "\"1\"",
    "\"1.5\"",
    "\"true\"",
    "\" x \"",
    "\"é😀\"",
    "\"%s\"",
    "\"%v-%v\"",
    "\"[1, 2]\"",
    "\"/a+/\"",
    "\"(a)(b)?\"",
    "\"x\\ny\"",
    "local.map.a",
    "local.null_string",
];
const NUMBERS: &[&str] = &["0", "1", "2", "3", "-1", "1.5", "10", "0.1", "1e3", "\"2\"", "1 / 3"];
const TRUTHS: &[&str] = &["true", "false", "\"true\"", "1 == 1", "2 < 1"];
const LISTS: &[&str] = &[
    "[]",
    "[1, 2, 3]",
    "[\"a\", \"b\"]",
    "[1, \"a\", true]",
    "[[1], [2]]",
    "[[], [\"x\"]]",
    "[null]",
    "[{ a = 1 }]",
    "tolist([])",
    "local.strings",
    "local.numbers",
    "local.set",
    "toset([3, 1, 2])",
    "local.unknown_list",
];
const MAPS: &[&str] = &[
    "{}",
    "{ a = 1 }",
    "{ a = 1, b = \"x\" }",
    "{ a = [1], b = [2] }",
    "{ a = { b = 1 } }",
    "local.map",
    "local.object",
    "tomap({})",
    "tomap({ x = 1, y = 2 })",
];
const ANYTHING: &[&str] = &["null", "terraform_data.u.id", "\"x-${terraform_data.u.id}\""];

/// A generator of numbers that needs nothing but its state.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}

/// `count` expressions.
pub fn expressions(seed: u64, count: usize) -> Vec<String> {
    let mut random = Random(seed | 1);
    (0..count)
        .map(|_| {
            let kind = *random.one(&KINDS);
            expression(&mut random, kind, 3)
        })
        .collect()
}

fn literal(random: &mut Random, kind: Kind) -> String {
    let choices = match kind {
        Text => TEXTS,
        Number => NUMBERS,
        Truth => TRUTHS,
        List => LISTS,
        Map => MAPS,
        Anything => {
            let kind = *random.one(&KINDS);
            return if random.below(8) == 0 { (*random.one(ANYTHING)).to_owned() } else { literal(random, kind) };
        }
    };
    (*random.one(choices)).to_owned()
}

fn expression(random: &mut Random, kind: Kind, depth: usize) -> String {
    // Now and then something that does not fit.
    let kind = if random.below(14) == 0 { Anything } else { kind };
    if depth == 0 || random.below(5) == 0 {
        return literal(random, kind);
    }
    let depth = depth - 1;
    match random.below(10) {
        0 => {
            let condition = expression(random, Truth, depth.min(1));
            let (yes, no) = (expression(random, kind, depth), expression(random, kind, depth));
            format!("({condition} ? {yes} : {no})")
        }
        1 => operation(random, kind, depth),
        2 => compound(random, kind, depth),
        _ => call(random, kind, depth),
    }
}

fn call(random: &mut Random, kind: Kind, depth: usize) -> String {
    let fitting: Vec<&Signature> =
        FUNCTIONS.iter().filter(|(_, _, gives)| kind == Anything || *gives == kind || *gives == Anything).collect();
    let (name, takes, _) = **random.one(&fitting);
    let arguments: Vec<String> = takes.iter().map(|&kind| expression(random, kind, depth)).collect();
    format!("{name}({})", arguments.join(", "))
}

fn operation(random: &mut Random, kind: Kind, depth: usize) -> String {
    let (operators, operands): (&[&str], Kind) = match kind {
        Number => (&["+", "-", "*", "/", "%"], Number),
        Truth if random.below(2) == 0 => (&["&&", "||"], Truth),
        Truth if random.below(2) == 0 => (&["<", ">", "<=", ">="], Number),
        Truth => (&["==", "!="], Anything),
        _ => return compound(random, kind, depth),
    };
    let operator = *random.one(operators);
    format!("({} {operator} {})", expression(random, operands, depth), expression(random, operands, depth))
}

fn compound(random: &mut Random, kind: Kind, depth: usize) -> String {
    let mut part = |kind: Kind| expression(random, kind, depth);
    match kind {
        Text => format!("\"<${{{}}}|${{{}}}>\"", part(Text), part(Number)),
        Number => format!("-{}", part(Number)),
        Truth => format!("!{}", part(Truth)),
        List => match part(List).len() % 4 {
            0 => format!("[{}, {}]", part(Anything), part(Anything)),
            1 => format!("[for x in {} : x]", part(List)),
            2 => format!("[for k, v in {} : \"${{k}}\" if {}]", part(Map), part(Truth)),
            _ => format!("{}[*]", part(List)),
        },
        Map => match part(Map).len() % 3 {
            0 => format!("{{ a = {}, b = {} }}", part(Anything), part(Anything)),
            1 => format!("{{ for k, v in {} : k => v }}", part(Map)),
            _ => format!("{{ for x in {} : \"k${{length(\"${{x}}\")}}\" => x... }}", part(List)),
        },
        Anything => match part(Anything).len() % 3 {
            0 => format!("{}[{}]", part(List), part(Number)),
            1 => format!("{}[{}]", part(Map), part(Text)),
            _ => format!("{}.a", part(Map)),
        },
    }
}
