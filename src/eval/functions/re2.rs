//! RE2's patterns, as Go reads them, to those of the `regex` crate. Both match alike; they differ in
//! what a few notations mean (`\d` is ASCII in RE2, `&&` in a class is no operator there) and in
//! what they take at all (`a**`, `{` as itself).

use std::iter::Peekable;
use std::str::Chars;

/// What a quantifier may follow.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    /// Nothing that could be repeated.
    Nothing,
    /// Something to repeat.
    Atom,
    /// A repetition, which may only be followed by the `?` that makes it lazy.
    Repetition,
    /// A lazy repetition.
    Lazy,
}

struct Translator<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
    last: Last,
}

/// The pattern as the crate reads it.
///
/// # Errors
/// When RE2 refuses it where the crate would not.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut translator =
        Translator { rest: pattern.chars().peekable(), out: String::with_capacity(pattern.len()), last: Last::Nothing };
    while let Some(character) = translator.rest.next() {
        translator.one(character)?;
    }
    Ok(translator.out)
}

impl Translator<'_> {
    fn push(&mut self, text: &str, last: Last) {
        self.out.push_str(text);
        self.last = last;
    }

    fn one(&mut self, character: char) -> Result<(), String> {
        match character {
            '\\' => self.escape()?,
            '[' => self.class()?,
            '(' => self.group()?,
            ')' => self.push(")", Last::Atom),
            '|' => self.push("|", Last::Nothing),
            '*' | '+' | '?' => self.repeat(&character.to_string())?,
            '{' => match self.counts() {
                Some(counts) => self.repeat(&counts)?,
                None => self.push("\\{", Last::Atom),
            },
            other => {
                self.out.push(other);
                self.last = Last::Atom;
            }
        }
        Ok(())
    }

    fn repeat(&mut self, operator: &str) -> Result<(), String> {
        self.last = match self.last {
            Last::Repetition if operator == "?" => Last::Lazy,
            Last::Repetition | Last::Lazy => return Err("a repetition cannot be repeated".to_owned()),
            // The crate says what is wrong with a repetition of nothing.
            Last::Atom | Last::Nothing => Last::Repetition,
        };
        self.out.push_str(operator);
        Ok(())
    }

    /// `{n}`, `{n,}` or `{n,m}`; anything else after a brace means the brace itself.
    fn counts(&mut self) -> Option<String> {
        let mut ahead = self.rest.clone();
        let mut counts = String::from("{");
        loop {
            let next = ahead.next()?;
            counts.push(next);
            match next {
                '}' => break,
                ',' if counts.matches(',').count() == 1 && counts.len() > 2 => {}
                '0'..='9' => {}
                _ => return None,
            }
        }
        if counts == "{}" {
            return None;
        }
        self.rest = ahead;
        Some(counts)
    }

    /// The head of a group. Flags are RE2's alone.
    fn group(&mut self) -> Result<(), String> {
        self.push("(", Last::Nothing);
        if self.rest.peek() != Some(&'?') {
            return Ok(());
        }
        self.out.extend(self.rest.next());
        while let Some(&next) = self.rest.peek() {
            match next {
                'i' | 'm' | 's' | 'U' | '-' => self.out.extend(self.rest.next()),
                ':' | ')' => {
                    self.out.extend(self.rest.next());
                    return Ok(());
                }
                // A name; the crate checks it.
                'P' | '<' => return Ok(()),
                other => return Err(format!("`(?{other}` is nothing in a pattern")),
            }
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        let Some(kind) = self.rest.next() else {
            return Err("a `\\` ends the pattern".to_owned());
        };
        match kind {
            'b' => self.push("(?-u:\\b)", Last::Atom),
            'd' => self.push("[0-9]", Last::Atom),
            's' => self.push("[\\t\\n\\f\\r ]", Last::Atom),
            'w' => self.push("[0-9A-Za-z_]", Last::Atom),
            'D' => self.push("[^0-9]", Last::Atom),
            'S' => self.push("[^\\t\\n\\f\\r ]", Last::Atom),
            'W' => self.push("[^0-9A-Za-z_]", Last::Atom),
            'B' => self.push("\\B", Last::Atom),
            'Q' => self.quote(),
            _ => self.character(kind)?,
        }
        Ok(())
    }

    /// An escaped character, in a class or not.
    fn character(&mut self, kind: char) -> Result<(), String> {
        self.last = Last::Atom;
        match kind {
            '1'..='7' if self.rest.peek().is_some_and(|next| ('0'..='7').contains(next)) => self.octal(kind),
            '0' => self.octal('0'),
            'p' | 'P' | 'x' => {
                self.out.extend(['\\', kind]);
                self.braces();
            }
            'A' | 'a' | 'f' | 'n' | 'r' | 't' | 'v' | 'z' => self.out.extend(['\\', kind]),
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => {
                self.out.push_str(&regex::escape(other.encode_utf8(&mut [0; 4])));
            }
            other => return Err(format!("`\\{other}` is nothing in a pattern")),
        }
        Ok(())
    }

    /// `{…}` after `\p` or `\x`, if it is there.
    fn braces(&mut self) {
        if self.rest.peek() != Some(&'{') {
            return;
        }
        for character in self.rest.by_ref() {
            self.out.push(character);
            if character == '}' {
                return;
            }
        }
    }

    /// A character by its octal code, of at most three digits.
    fn octal(&mut self, first: char) {
        use std::fmt::Write as _;
        let mut code = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            let Some(digit) = self.rest.peek().and_then(|next| next.to_digit(8)) else { break };
            self.rest.next();
            code = code * 8 + digit;
        }
        let _ = write!(self.out, "\\x{{{code:x}}}");
    }

    /// `\Q…\E`: everything between means itself.
    fn quote(&mut self) {
        while let Some(character) = self.rest.next() {
            if character == '\\' && self.rest.peek() == Some(&'E') {
                self.rest.next();
                return;
            }
            self.push(&regex::escape(character.encode_utf8(&mut [0; 4])), Last::Atom);
        }
    }

    fn class(&mut self) -> Result<(), String> {
        self.push("[", Last::Atom);
        if self.rest.peek() == Some(&'^') {
            self.out.extend(self.rest.next());
        }
        let mut first = true;
        while let Some(character) = self.rest.next() {
            match character {
                ']' if !first => {
                    self.push("]", Last::Atom);
                    return Ok(());
                }
                '[' if self.rest.peek() == Some(&':') => self.named_class(),
                '\\' => self.escape_in_class()?,
                // A bound of a range, a minus among them, or a character of its own.
                '-' | '[' | ']' | '&' | '~' | '^' => {
                    let range = character == '-' && !first && self.rest.peek().is_some_and(|next| *next != ']');
                    self.out.push_str(if range { "" } else { "\\" });
                    self.out.push(character);
                    if range && self.rest.peek() == Some(&'-') {
                        self.rest.next();
                        self.out.push_str("\\-");
                    }
                }
                other => self.out.push(other),
            }
            first = false;
        }
        // The crate says that the class is never closed.
        Ok(())
    }

    /// The rest of `[:name:]`.
    fn named_class(&mut self) {
        self.out.push('[');
        for character in self.rest.by_ref() {
            self.out.push(character);
            if character == ']' {
                return;
            }
        }
    }

    fn escape_in_class(&mut self) -> Result<(), String> {
        match self.rest.next() {
            Some('d') => self.out.push_str("0-9"),
            Some('s') => self.out.push_str("\\t\\n\\f\\r "),
            Some('w') => self.out.push_str("0-9A-Za-z_"),
            Some('D') => self.out.push_str("[^0-9]"),
            Some('S') => self.out.push_str("[^\\t\\n\\f\\r ]"),
            Some('W') => self.out.push_str("[^0-9A-Za-z_]"),
            Some(kind @ ('A' | 'z')) => return Err(format!("`\\{kind}` is nothing in a class")),
            Some(kind) => self.character(kind)?,
            None => return Err("a `\\` ends the pattern".to_owned()),
        }
        Ok(())
    }
}
