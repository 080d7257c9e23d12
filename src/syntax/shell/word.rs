//! Words: quotes, expansions, GitHub's expressions, here-documents.

use super::parser::{Parser, Pending};
use super::{Operation, Parameter, Part, Word};

/// GitHub evaluates no longer expression.
const MAX_EXPRESSION: usize = 21_000;
/// How far the end of arithmetic or of an extended pattern is looked for.
const MAX_BALANCED: usize = 4_096;

/// Whether an unquoted byte ends a word of a command.
pub(super) fn ends_word(byte: u8) -> bool {
    b" \t\r\n;&|<>()".contains(&byte)
}

/// Collects the parts of a word; adjoining text becomes one part.
#[derive(Default)]
struct Parts {
    parts: Vec<Part>,
    /// An empty pair of quotes makes a word too.
    quotes: bool,
}

impl Parts {
    fn text(&mut self, more: &str, quoted: bool) {
        if more.is_empty() {
            return;
        }
        match self.parts.last_mut() {
            Some(Part::Text { text, quoted: before }) if *before == quoted => text.push_str(more),
            _ => self.parts.push(Part::Text { text: more.to_owned(), quoted }),
        }
    }
}

impl Parser<'_> {
    /// A word, if one starts here; `ends` says which unquoted bytes end it.
    pub(super) fn word(&mut self, ends: fn(u8) -> bool) -> Option<Word> {
        let start = self.at;
        let mut parts = Parts::default();
        self.word_parts(&mut parts, ends);
        (self.at > start && (parts.quotes || !parts.parts.is_empty()))
            .then(|| Word { span: self.span(start, self.at), parts: parts.parts })
    }

    fn word_parts(&mut self, parts: &mut Parts, ends: fn(u8) -> bool) {
        while let Some(byte) = self.byte(0) {
            match byte {
                b'\'' => self.single_quoted(parts),
                b'"' => {
                    parts.quotes = true;
                    self.at += 1;
                    let from = self.at;
                    self.expanding(parts, Some(b'"'), false);
                    if !self.eat("\"") {
                        self.problem(from, "a `\"` is not closed");
                    }
                }
                b'\\' => {
                    if !(self.eat("\\\n") || self.eat("\\\r\n")) {
                        self.at += 1;
                        let next = self.next_boundary(self.at);
                        parts.text(self.text.get(self.at..next).unwrap_or(""), true);
                        self.at = next;
                    }
                }
                b'$' | b'`' => self.dollar(parts, false),
                b'<' | b'>' if self.byte(1) == Some(b'(') => {
                    self.at += 2;
                    let list = self.list();
                    if !self.eat(")") {
                        self.problem(self.at, "`)` is missing here");
                    }
                    parts.parts.push(Part::Process(list));
                }
                // An extended pattern such as `@(a|b)` is one piece of text.
                b'@' | b'?' | b'*' | b'+' | b'!' if self.byte(1) == Some(b'(') => {
                    self.at += 1;
                    let len = self.balanced("(", ")").unwrap_or(1);
                    let text = self.text.get(self.at - 1..self.at + len).unwrap_or("");
                    parts.text(text, false);
                    self.at += len;
                }
                _ if ends(byte) => return,
                _ => {
                    let from = self.at;
                    while let Some(byte) = self.byte(0)
                        && !ends(byte)
                        && !b"'\"\\$`<>@?*+!".contains(&byte)
                    {
                        self.at += 1;
                    }
                    if self.at == from {
                        self.at = self.next_boundary(from);
                    }
                    parts.text(self.text.get(from..self.at).unwrap_or(""), false);
                }
            }
        }
    }

    fn single_quoted(&mut self, parts: &mut Parts) {
        parts.quotes = true;
        let from = self.at;
        self.at += 1;
        loop {
            let rest = self.rest();
            let Some(stop) = rest.find(['\'', '$']) else {
                parts.text(rest, true);
                self.at = self.end;
                self.problem(from, "a `'` is not closed");
                return;
            };
            parts.text(rest.get(..stop).unwrap_or(""), true);
            self.at += stop;
            if self.eat("'") {
                return;
            }
            if !self.expression(parts) {
                parts.text("$", true);
                self.at += 1;
            }
        }
    }

    /// Text in which `$` and backticks still work: double quotes and here-documents.
    fn expanding(&mut self, parts: &mut Parts, close: Option<u8>, strip_tabs: bool) {
        while let Some(byte) = self.byte(0) {
            if Some(byte) == close {
                return;
            }
            match byte {
                b'\\' => {
                    let next = self.byte(1);
                    if next == Some(b'\n') {
                        self.at += 2;
                    } else if matches!(next, Some(b'$' | b'`' | b'\\')) || next == close && next.is_some() {
                        parts.text(self.text.get(self.at + 1..self.at + 2).unwrap_or(""), true);
                        self.at += 2;
                    } else {
                        parts.text("\\", true);
                        self.at += 1;
                    }
                }
                b'$' | b'`' => self.dollar(parts, true),
                b'\n' => {
                    parts.text("\n", true);
                    self.at += 1;
                    while strip_tabs && self.byte(0) == Some(b'\t') {
                        self.at += 1;
                    }
                }
                _ => {
                    let rest = self.rest();
                    let stop = rest
                        .bytes()
                        .position(|byte| b"\\$`\n".contains(&byte) || Some(byte) == close)
                        .unwrap_or(rest.len());
                    parts.text(rest.get(..stop).unwrap_or(""), true);
                    self.at += stop;
                }
            }
        }
    }

    /// `${{ … }}`, if it starts here.
    fn expression(&mut self, parts: &mut Parts) -> bool {
        if !self.looking_at("${{") {
            return false;
        }
        let from = self.at + 3;
        let Some(len) = expression_len(self.window(MAX_EXPRESSION).get(3..).unwrap_or("")) else {
            return false;
        };
        parts.parts.push(Part::Expression {
            text: self.text.get(from..from + len).unwrap_or("").to_owned(),
            span: self.span(from, from + len),
        });
        self.at = from + len + 2;
        true
    }

    fn dollar(&mut self, parts: &mut Parts, quoted: bool) {
        if self.expression(parts) {
            return;
        }
        match (self.byte(0), self.byte(1)) {
            (Some(b'`'), _) => self.backticks(parts),
            (_, Some(b'(')) if self.looking_at("$((") => {
                self.at += 1;
                if let Some(len) = self.balanced("((", "))") {
                    self.at += len;
                    parts.parts.push(Part::Arithmetic);
                } else {
                    self.at -= 1;
                    self.substitution(parts);
                }
            }
            (_, Some(b'(')) => self.substitution(parts),
            (_, Some(b'{')) => self.nested(|parser| parser.parameter(parts, quoted)),
            (_, Some(b'\'')) if !quoted => self.ansi_quoted(parts),
            (_, Some(b'"')) if !quoted => self.at += 1,
            (_, Some(first)) => {
                let rest = self.rest().get(1..).unwrap_or("");
                let len = if first.is_ascii_alphabetic() || first == b'_' {
                    rest.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_')).unwrap_or(rest.len())
                } else {
                    usize::from(first.is_ascii_digit() || b"@*#?-$!".contains(&first))
                };
                self.at += 1 + len;
                if len == 0 {
                    parts.text("$", quoted);
                } else {
                    parts.parts.push(Part::Parameter(Box::new(Parameter {
                        name: rest.get(..len).unwrap_or("").to_owned(),
                        indexed: false,
                        operation: Operation::Plain,
                        argument: None,
                        quoted,
                    })));
                }
            }
            _ => {
                parts.text("$", quoted);
                self.at += 1;
            }
        }
    }

    fn substitution(&mut self, parts: &mut Parts) {
        let from = self.at;
        self.at += 2;
        // A here-document of the line around it has its body after that line, not in here.
        let outer = std::mem::take(&mut self.pending);
        let list = self.list();
        self.pending = outer;
        if !self.eat(")") {
            self.problem(from, "`$(` is not closed");
        }
        parts.parts.push(Part::Substitution(list));
    }

    fn backticks(&mut self, parts: &mut Parts) {
        let from = self.at;
        self.at += 1;
        let mut len = 0;
        loop {
            match self.byte(len) {
                None => {
                    self.problem(from, "a backtick is not closed");
                    self.at = self.end;
                    return;
                }
                Some(b'`') => break,
                Some(b'\\') => len += 2,
                Some(_) => len += 1,
            }
        }
        let (outer, close) = (self.end, self.at + len);
        self.end = close;
        let list = self.list();
        self.end = outer;
        self.at = close + 1;
        parts.parts.push(Part::Substitution(list));
    }

    /// `$'…'`
    fn ansi_quoted(&mut self, parts: &mut Parts) {
        let from = self.at;
        self.at += 2;
        parts.quotes = true;
        loop {
            let rest = self.rest();
            let Some(stop) = rest.find(['\'', '\\']) else {
                self.at = self.end;
                self.problem(from, "a `'` is not closed");
                return;
            };
            parts.text(rest.get(..stop).unwrap_or(""), true);
            self.at += stop;
            if self.eat("'") {
                return;
            }
            let next = self.next_boundary(self.at + 1);
            let escaped = self.text.get(self.at + 1..next).unwrap_or("");
            let text = match escaped {
                "n" => "\n",
                "t" => "\t",
                "r" => "\r",
                other => other,
            };
            parts.text(text, true);
            self.at = next;
        }
    }

    /// `${…}`
    fn parameter(&mut self, parts: &mut Parts, quoted: bool) {
        let from = self.at;
        self.at += 2;
        let mut operation = Operation::Plain;
        if matches!(self.byte(0), Some(b'#' | b'!')) && self.byte(1) != Some(b'}') {
            operation = Operation::Other;
            self.at += 1;
        }
        let rest = self.rest();
        let len = match rest.bytes().next() {
            Some(first) if first.is_ascii_alphanumeric() || first == b'_' => {
                rest.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_')).unwrap_or(rest.len())
            }
            Some(first) => usize::from(b"@*#?-$!".contains(&first)),
            None => 0,
        };
        let name = rest.get(..len).unwrap_or("").to_owned();
        self.at += len;
        let indexed = self.byte(0) == Some(b'[');
        if indexed {
            match self.balanced("[", "]") {
                Some(len) => self.at += len,
                None => self.problem(from, "`]` is missing"),
            }
        }
        let mut argument = None;
        if self.byte(0) != Some(b'}') {
            let (found, len) = operator(self.rest());
            self.at += len;
            if operation == Operation::Plain {
                operation = found;
            }
            let start = self.at;
            let mut inner = Parts::default();
            self.word_parts(&mut inner, |byte| byte == b'}');
            argument = Some(Word { span: self.span(start, self.at), parts: inner.parts });
        }
        if !self.eat("}") {
            self.problem(from, "`${` is not closed");
        }
        parts.parts.push(Part::Parameter(Box::new(Parameter { name, indexed, operation, argument, quoted })));
    }

    /// Length of what starts here with `open`, up to and with the `close` that balances it.
    pub(super) fn balanced(&self, open: &str, close: &str) -> Option<usize> {
        let inner = open.len();
        let (up, down) = (open.as_bytes().first()?, close.as_bytes().first()?);
        let mut depth = inner;
        let bytes = self.window(MAX_BALANCED).as_bytes();
        for (at, byte) in bytes.iter().enumerate().skip(inner) {
            if byte == up {
                depth += 1;
            } else if byte == down {
                depth -= 1;
                if depth == 0 {
                    // `((a) (b))` is no arithmetic: its last two `)` must adjoin.
                    let closes = inner == 1 || bytes.get(at - 1) == Some(down);
                    return closes.then_some(at + 1);
                }
            }
        }
        None
    }

    /// Reads the bodies of the here-documents that the line just ended began.
    pub(super) fn heredoc_bodies(&mut self) {
        for Pending { index, delimiter, strip_tabs, verbatim } in std::mem::take(&mut self.pending) {
            let start = self.at;
            let mut stop = None;
            let mut line_at = start;
            for line in self.rest().split_inclusive('\n') {
                let content = line.trim_end_matches(['\n', '\r']);
                let content = if strip_tabs { content.trim_start_matches('\t') } else { content };
                if content == delimiter {
                    stop = Some(line_at + line.trim_end_matches('\n').len());
                    break;
                }
                line_at += line.len();
            }
            let outer = self.end;
            self.end = line_at;
            while strip_tabs && self.byte(0) == Some(b'\t') {
                self.at += 1;
            }
            let mut parts = Parts::default();
            if verbatim {
                self.verbatim(&mut parts);
            } else {
                self.expanding(&mut parts, None, strip_tabs);
            }
            self.end = outer;
            if let Some(word) = self.heredocs.get_mut(index) {
                word.parts = parts.parts;
            }
            let span = self.span(start, line_at);
            if let Some(word) = self.heredocs.get_mut(index) {
                word.span = span;
            }
            self.at = stop.unwrap_or(outer);
            if stop.is_none() {
                self.problem(start, format!("the here-document has no `{delimiter}`"));
            }
        }
    }

    /// Text in which only GitHub's expressions work.
    fn verbatim(&mut self, parts: &mut Parts) {
        while self.at < self.end {
            if self.expression(parts) {
                continue;
            }
            let rest = self.rest();
            let from = usize::from(rest.starts_with('$'));
            let stop = rest.get(from..).and_then(|rest| rest.find('$')).map_or(rest.len(), |stop| stop + from);
            parts.text(rest.get(..stop).unwrap_or(""), true);
            self.at += stop;
        }
    }
}

/// Length of an expression up to its `}}`, which does not count inside its strings.
pub(crate) fn expression_len(text: &str) -> Option<usize> {
    let mut quoted = false;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'}' if !quoted && bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
    }
    None
}

/// The operator of `${NAME…}` and its length.
fn operator(rest: &str) -> (Operation, usize) {
    const OPERATORS: [(&str, Operation); 18] = [
        (":-", Operation::Default),
        (":=", Operation::Default),
        (":?", Operation::Required),
        (":+", Operation::Alternate),
        ("-", Operation::Default),
        ("=", Operation::Default),
        ("?", Operation::Required),
        ("+", Operation::Alternate),
        ("##", Operation::TrimPrefix { longest: true }),
        ("#", Operation::TrimPrefix { longest: false }),
        ("%%", Operation::TrimSuffix { longest: true }),
        ("%", Operation::TrimSuffix { longest: false }),
        (",,", Operation::Lower),
        ("^^", Operation::Upper),
        (",", Operation::Other),
        ("^", Operation::Other),
        ("//", Operation::Other),
        ("/", Operation::Other),
    ];
    OPERATORS
        .into_iter()
        .find(|(text, _)| rest.starts_with(text))
        .map_or((Operation::Other, 0), |(text, operation)| (operation, text.len()))
}
