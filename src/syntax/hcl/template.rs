//! The inside of strings and heredocs: text, `${…}` and `%{…}`.
//!
//! Text is kept line by line, each line with the bytes it was written with, so that a
//! position in a policy document inside a heredoc is a position in the file. What is never
//! inlined here is so for the reason that `expression.rs` gives.

use std::borrow::Cow;
use std::ops::Range;

use super::ast::{Expr, Literal, Name, TemplatePart};
use super::cursor::{Parser, Read};
use crate::syntax::SyntaxProblem;

/// What a template runs up to.
#[derive(Clone, Copy)]
enum Frame<'t> {
    /// A closing quote.
    Quote,
    /// A line with this marker alone.
    Heredoc(&'t str),
    /// The end of the text.
    End,
}

/// Text with the offsets it was read from.
struct Text<'t> {
    text: Cow<'t, str>,
    start: usize,
    end: usize,
}

impl Text<'_> {
    /// Whether the text is the source itself. Escapes are always longer than what they stand for.
    fn verbatim(&self) -> bool {
        self.text.len() == self.end - self.start
    }

    fn trim_start(&mut self) {
        let blank = self.text.len() - self.text.trim_start().len();
        if self.verbatim() {
            self.start += blank;
        }
        self.keep(blank..self.text.len());
    }

    fn trim_end(&mut self) {
        let kept = self.text.trim_end().len();
        if self.verbatim() {
            self.end = self.start + kept;
        }
        self.keep(0..kept);
    }

    fn keep(&mut self, range: Range<usize>) {
        match &mut self.text {
            Cow::Borrowed(text) => *text = text.get(range).unwrap_or(""),
            Cow::Owned(text) => {
                text.truncate(range.end);
                text.drain(..range.start.min(text.len()));
            }
        }
    }
}

/// A part before directives are nested.
enum Flat<'t> {
    Text(Text<'t>),
    Interpolation(Expr),
    Directive(Directive, Range<usize>),
}

enum Directive {
    If(Expr),
    Else,
    EndIf,
    For(Option<Name>, Name, Expr),
    EndFor,
}

impl Directive {
    fn keyword(&self) -> &'static str {
        match self {
            Self::If(_) => "if",
            Self::Else => "else",
            Self::EndIf => "endif",
            Self::For(..) => "for",
            Self::EndFor => "endfor",
        }
    }
}

/// A run of nested parts, and the directive that ended it.
type Run = (Vec<TemplatePart>, Option<(Directive, Range<usize>)>);

impl<'t> Parser<'t> {
    pub(super) fn quoted_parts(&mut self) -> Read<Vec<TemplatePart>> {
        let flat = self.flat_parts(Frame::Quote)?;
        self.nest(flat)
    }

    /// A whole text as a template.
    pub(super) fn bare_template(&mut self) -> Read<Vec<TemplatePart>> {
        let flat = self.flat_parts(Frame::End)?;
        self.nest(flat)
    }

    /// The parts, and the offset at which the closing marker ends.
    pub(super) fn heredoc_parts(&mut self) -> Read<(Vec<TemplatePart>, usize)> {
        let start = self.at;
        let Some((flush, marker)) = self.heredoc_opening() else {
            self.at += 2;
            self.take(b'-');
            return Err(match self.identifier() {
                None => self.expected("a heredoc marker such as `EOT` after `<<`"),
                Some(_) => self.expected("the end of the line after the heredoc marker"),
            });
        };
        let opening = self.since(start);
        let mut flat = self.flat_parts(Frame::Heredoc(marker))?;
        let Some(marker_end) = self.at_heredoc_end(marker) else {
            self.unclosed = true;
            let problem = SyntaxProblem::new(opening, format!("this heredoc is never closed by `{marker}`"))
                .with_help(format!("put `{marker}` alone on a line of its own"));
            return Err(self.problem_with(problem));
        };
        self.skip_line();
        if self.done() {
            let problem =
                SyntaxProblem::new(self.span(marker_end - marker.len(), marker_end), "a line end must follow here")
                    .with_help("end the file with a line end");
            self.problem_with(problem);
        }
        if flush {
            dedent(&mut flat);
        }
        Ok((self.nest(flat)?, marker_end))
    }

    /// Over `<<MARKER` and its line end: whether it is `<<-`, and the marker. Stays put when it is not one.
    pub(super) fn heredoc_opening(&mut self) -> Option<(bool, &'t str)> {
        let start = self.at;
        self.at += 2;
        let flush = self.take(b'-');
        let marker_start = self.at;
        let marker = self.identifier().map(|_| self.slice(marker_start, self.at));
        let marker = marker.filter(|_| {
            self.take(b'\r');
            self.take(b'\n')
        });
        if marker.is_none() {
            self.at = start;
        }
        marker.map(|marker| (flush, marker))
    }

    /// Where the marker ends, if the line that starts here is the closing one.
    pub(super) fn at_heredoc_end(&self, marker: &str) -> Option<usize> {
        let rest = self.rest();
        let indented = rest.trim_start_matches(|c: char| c.is_whitespace() && c != '\n');
        let blank = rest.len() - indented.len();
        let after = indented.strip_prefix(marker)?;
        let line = after.split('\n').next().unwrap_or("");
        line.trim().is_empty().then_some(self.at + blank + marker.len())
    }

    fn flat_parts(&mut self, frame: Frame<'_>) -> Read<Vec<Flat<'t>>> {
        let mut parts: Vec<Flat<'t>> = Vec::new();
        let mut trim_next = false;
        let mut line_start = true;
        loop {
            match frame {
                Frame::Quote if self.take(b'"') => return Ok(parts),
                Frame::Quote if self.done() || matches!(self.peek(), b'\n' | b'\r') => {
                    let span = self.span(self.at, self.at);
                    return Err(self.problem_with(
                        SyntaxProblem::new(span, "this string is not closed on its line")
                            .with_help("close it with `\"`, or use a heredoc (`<<-EOT`) for several lines"),
                    ));
                }
                Frame::Heredoc(marker)
                    if line_start && (self.at_forced_close() || self.at_heredoc_end(marker).is_some()) =>
                {
                    return Ok(parts);
                }
                Frame::Heredoc(_) | Frame::End if self.done() => return Ok(parts),
                _ => {}
            }
            let opens = matches!(self.peek(), b'$' | b'%') && self.peek_at(1) == b'{';
            if opens {
                line_start = false;
                let part = self.sequence(&mut parts, &mut trim_next)?;
                parts.push(part);
                continue;
            }
            let mut text = self.text(frame)?;
            if std::mem::take(&mut trim_next) {
                text.trim_start();
            }
            line_start = self.at_line_start();
            parts.push(Flat::Text(text));
        }
    }

    /// `${…}` or `%{…}`, with what their `~` do to the text around.
    #[inline(never)]
    fn sequence(&mut self, before: &mut [Flat<'t>], trim_next: &mut bool) -> Read<Flat<'t>> {
        let start = self.at;
        let interpolation = self.peek() == b'$';
        self.at += 2;
        if self.take(b'~')
            && let Some(Flat::Text(text)) = before.last_mut()
        {
            text.trim_end();
        }
        let mut part = self.within(false, |parser| {
            parser.space();
            let part = if interpolation {
                Flat::Interpolation(parser.try_expression()?)
            } else {
                Flat::Directive(parser.directive()?, start..start)
            };
            parser.space();
            Ok(part)
        })?;
        *trim_next = self.take(b'~');
        if !self.take(b'}') {
            let mut problem = if interpolation {
                self.expectation("`}` to close the interpolation")
            } else {
                self.expectation("`}` to close the directive")
            };
            if interpolation {
                problem = problem.with_help("if this belongs to another language, write `$${` for a literal `${`");
            }
            return Err(self.problem_with(problem));
        }
        if let Flat::Directive(_, range) = &mut part {
            range.end = self.at;
        }
        Ok(part)
    }

    #[inline(never)]
    fn directive(&mut self) -> Read<Directive> {
        if self.take_keyword("if") {
            self.space();
            return Ok(Directive::If(self.try_expression()?));
        }
        if self.at_keyword("for") {
            let (key, value, collection) = self.for_intro()?;
            return Ok(Directive::For(key, value, collection));
        }
        for part in [Directive::Else, Directive::EndIf, Directive::EndFor] {
            if self.take_keyword(part.keyword()) {
                return Ok(part);
            }
        }
        let problem = self
            .expectation("`if`, `else`, `endif`, `for` or `endfor` in the directive")
            .with_help("write `%%{` for a literal `%{`");
        Err(self.problem_with(problem))
    }

    /// Text up to the next sequence, the end of the line (kept) or the end of the frame.
    #[inline(never)]
    fn text(&mut self, frame: Frame<'_>) -> Read<Text<'t>> {
        let quoted = matches!(frame, Frame::Quote);
        let start = self.at;
        // Unescaped text, once it differs from the source.
        let mut text: Option<String> = None;
        while !self.done() {
            let before = self.at;
            let byte = self.peek();
            let escaped = match byte {
                b'$' | b'%' if self.peek_at(1) == b'{' => break,
                b'$' | b'%' if self.peek_at(1) == byte && self.peek_at(2) == b'{' => {
                    self.at += 3;
                    Some([char::from(byte), '{'].iter().collect::<String>())
                }
                b'"' | b'\n' | b'\r' if quoted => break,
                b'\n' => {
                    self.at += 1;
                    if let Some(text) = &mut text {
                        text.push('\n');
                    }
                    break;
                }
                b'\\' if quoted => Some(self.escape()?.into()),
                b'\r' if self.peek_at(1) != b'\n' => {
                    let here = self.here();
                    self.at += 1;
                    self.problem_with(
                        SyntaxProblem::new(here, "a carriage return without a line feed")
                            .with_help("end lines with a line feed, or with both"),
                    );
                    None
                }
                _ => {
                    self.at += self.plain_length();
                    None
                }
            };
            match (&mut text, escaped) {
                (Some(text), Some(escaped)) => text.push_str(&escaped),
                (Some(text), None) => text.push_str(self.slice(before, self.at)),
                (None, Some(escaped)) => text = Some(format!("{}{escaped}", self.slice(start, before))),
                (None, None) => {}
            }
        }
        let text = text.map_or(Cow::Borrowed(self.slice(start, self.at)), Cow::Owned);
        Ok(Text { text, start, end: self.at })
    }

    /// Length of what means itself; at least one character.
    fn plain_length(&self) -> usize {
        let rest = self.rest();
        let special = |byte| matches!(byte, b'$' | b'%' | b'"' | b'\\' | b'\n' | b'\r');
        rest.bytes().skip(1).position(special).map_or(rest.len(), |at| at + 1)
    }

    fn escape(&mut self) -> Read<char> {
        let start = self.at;
        self.at += 1;
        let kind = self.peek();
        let digits = match kind {
            b'n' | b'r' | b't' | b'"' | b'\\' => {
                self.at += 1;
                return Ok(match kind {
                    b'n' => '\n',
                    b'r' => '\r',
                    b't' => '\t',
                    other => char::from(other),
                });
            }
            b'u' => 4,
            b'U' => 8,
            _ => {
                let span = self.span(start, start + 1).to(self.here());
                let length = self.rest().chars().next().map_or(0, char::len_utf8);
                let sequence = self.slice(start, self.at + length).escape_debug().to_string();
                let problem = SyntaxProblem::new(
                    span,
                    format!("`{}` is not an escape sequence", sequence.replacen("\\\\", "\\", 1)),
                )
                .with_help("write `\\\\` for a backslash");
                return Err(self.problem_with(problem));
            }
        };
        self.at += 1;
        let code = self.slice(self.at, self.at + digits);
        let number = u32::from_str_radix(code, 16).ok().filter(|_| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match number.and_then(char::from_u32) {
            Some(character) if code.len() == digits => {
                self.at += digits;
                Ok(character)
            }
            _ => {
                let span = self.since(start);
                let message = format!("`\\{}` needs {digits} hexadecimal digits of a character", char::from(kind));
                Err(self.problem(span, message))
            }
        }
    }

    fn literal(&self, text: &Text<'_>, parts: &mut Vec<TemplatePart>) {
        let span = self.span(text.start, text.end);
        if !text.verbatim() || span.len() == text.text.len() {
            let verbatim = text.verbatim();
            parts.push(TemplatePart::Literal(Literal { text: text.text.as_ref().into(), span, verbatim }));
            return;
        }
        // The text was itself decoded, and has escapes of the outer language: a literal for each stretch without.
        let mut from = text.start;
        let mut push = |from: usize, to: usize| {
            if from < to {
                let (span, text) = (self.span(from, to), self.slice(from, to));
                let verbatim = span.len() == text.len();
                parts.push(TemplatePart::Literal(Literal { text: text.into(), span, verbatim }));
            }
        };
        for (offset, character) in text.text.char_indices() {
            let (at, after) = (text.start + offset, text.start + offset + character.len_utf8());
            if self.span(at, after).len() != character.len_utf8() {
                push(from, at);
                push(at, after);
                from = after;
            }
        }
        push(from, text.end);
    }

    /// Puts what stands between `%{ if }` and `%{ endif }` inside it.
    #[inline(never)]
    fn nest(&mut self, flat: Vec<Flat<'t>>) -> Read<Vec<TemplatePart>> {
        let mut flat = flat.into_iter();
        match self.nest_until(&mut flat)? {
            (parts, None) => Ok(parts),
            (_, Some((directive, range))) => {
                let span = self.span(range.start, range.end);
                Err(self.problem(span, format!("this `{}` belongs to nothing that is open", directive.keyword())))
            }
        }
    }

    fn nest_until(&mut self, flat: &mut std::vec::IntoIter<Flat<'t>>) -> Read<Run> {
        let mut parts = Vec::with_capacity(flat.len().min(8));
        while let Some(next) = flat.next() {
            match next {
                Flat::Text(text) => self.literal(&text, &mut parts),
                Flat::Interpolation(expr) => parts.push(TemplatePart::Interpolation(expr)),
                Flat::Directive(Directive::If(condition), range) => {
                    let (then, mut ending) = self.deeper(|parser| parser.nest_until(flat))?;
                    let mut otherwise = Vec::new();
                    if matches!(ending, Some((Directive::Else, _))) {
                        (otherwise, ending) = self.deeper(|parser| parser.nest_until(flat))?;
                    }
                    let end = match ending {
                        Some((Directive::EndIf, end)) => end.end,
                        other => return Err(self.unbalanced(range, "%{ endif }", other)),
                    };
                    let span = self.span(range.start, end);
                    parts.push(TemplatePart::If { condition, then, otherwise, span });
                }
                Flat::Directive(Directive::For(key_name, value_name, collection), range) => {
                    let (body, ending) = self.deeper(|parser| parser.nest_until(flat))?;
                    let end = match ending {
                        Some((Directive::EndFor, end)) => end.end,
                        other => return Err(self.unbalanced(range, "%{ endfor }", other)),
                    };
                    let span = self.span(range.start, end);
                    parts.push(TemplatePart::For { key_name, value_name, collection, body, span });
                }
                Flat::Directive(ending, range) => return Ok((parts, Some((ending, range)))),
            }
        }
        Ok((parts, None))
    }

    fn unbalanced(
        &mut self,
        opening: Range<usize>,
        close: &str,
        found: Option<(Directive, Range<usize>)>,
    ) -> super::cursor::Stumbled {
        match found {
            Some((directive, range)) => {
                let span = self.span(range.start, range.end);
                self.problem(span, format!("expected `{close}`, found `{}`", directive.keyword()))
            }
            None => {
                let span = self.span(opening.start, opening.end);
                self.problem(span, format!("this directive is never closed by `{close}`"))
            }
        }
    }
}

/// `<<-`: takes away the indentation that all lines share. Lines of blanks alone do not count.
fn dedent(parts: &mut [Flat<'_>]) {
    let mut shared = usize::MAX;
    let mut adjust = Vec::new();
    let mut line_start = true;
    for (at, part) in parts.iter().enumerate() {
        let text = match part {
            Flat::Text(text) => Some(&text.text),
            _ => None,
        };
        if line_start {
            line_start = false;
            let indent = match text {
                Some(text) => {
                    let rest = text.trim_start();
                    if rest.is_empty() && text.ends_with('\n') {
                        usize::MAX
                    } else {
                        adjust.push(at);
                        text.chars().count() - rest.chars().count()
                    }
                }
                None => 0,
            };
            shared = shared.min(indent);
        }
        line_start |= text.is_some_and(|text| text.ends_with('\n'));
    }
    if shared == 0 || shared == usize::MAX {
        return;
    }
    for at in adjust {
        if let Some(Flat::Text(text)) = parts.get_mut(at) {
            let cut = text.text.chars().take(shared).map(char::len_utf8).sum();
            text.keep(cut..text.text.len());
            // Blanks at the start of a line have no escapes, whatever follows them.
            text.start += cut;
        }
    }
}
