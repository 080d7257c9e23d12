//! The inside of strings and heredocs: text, `${…}` and `%{…}`.
//!
//! Text is kept line by line, each line with the bytes it was written with, so that a
//! position in a policy document inside a heredoc is a position in the file.

use super::ast::{Literal, TemplatePart};
use super::parser::{Parser, Read};
use crate::source::Span;
use crate::syntax::SyntaxProblem;

/// What a template runs up to.
#[derive(Clone, Copy)]
enum Frame {
    /// A closing quote.
    Quote,
    /// The given offset: a heredoc's end, or the end of a template file.
    Offset(usize),
}

/// A part before directives are nested.
enum Flat {
    Part(TemplatePart),
    If(super::ast::Expr, usize),
    Else,
    EndIf,
    For(Option<super::ast::Name>, super::ast::Name, super::ast::Expr, usize),
    EndFor,
}

/// How a nested run of parts ended.
#[derive(PartialEq, Clone, Copy)]
enum Ending {
    End,
    Else,
    EndIf,
    EndFor,
}

impl Parser<'_> {
    pub(super) fn quoted_parts(&mut self) -> Read<Vec<TemplatePart>> {
        let flat = self.flat_parts(Frame::Quote)?;
        self.nest(flat)
    }

    /// A whole text as a template; on a mistake, what was read up to it.
    pub(super) fn bare_template(&mut self) -> Vec<TemplatePart> {
        let end = self.end;
        let Ok(flat) = self.flat_parts(Frame::Offset(end)) else {
            return Vec::new();
        };
        self.nest(flat).unwrap_or_default()
    }

    pub(super) fn heredoc_parts(&mut self) -> Read<Vec<TemplatePart>> {
        let start = self.at;
        self.at += 2;
        let flush = self.take(b'-');
        let Some(marker) = self.identifier() else {
            return Err(self.expected("a heredoc marker such as `EOT` after `<<`"));
        };
        if self.peek() == b'\r' {
            self.at += 1;
        }
        if !self.take(b'\n') {
            return Err(self.expected("the end of the line after the heredoc marker"));
        }
        let opening = self.since(start);
        let Some((body_end, marker_end)) = self.heredoc_end(&marker.value) else {
            self.at = self.end;
            return Err(self.problem_with(
                SyntaxProblem::new(opening, format!("this heredoc is never closed by `{}`", marker.value))
                    .with_help(format!("put `{}` alone on a line of its own", marker.value)),
            ));
        };
        let mut flat = self.flat_parts(Frame::Offset(body_end))?;
        self.at = marker_end;
        if flush {
            dedent(&mut flat);
        }
        self.nest(flat)
    }

    /// Where the body ends and where its closing marker ends. Lines inside an interpolation do not count.
    fn heredoc_end(&self, marker: &str) -> Option<(usize, usize)> {
        let mut line = self.at;
        let mut depth = 0usize;
        while line < self.end {
            let rest = self.slice(line, self.end);
            let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
            let text = rest.get(..length)?;
            if depth == 0 && text.trim() == marker && text.ends_with('\n') {
                let indent = text.len() - text.trim_start().len();
                return Some((line, line + indent + marker.len()));
            }
            depth = interpolation_depth(text, depth);
            line += length;
        }
        None
    }

    fn flat_parts(&mut self, frame: Frame) -> Read<Vec<Flat>> {
        let mut parts: Vec<Flat> = Vec::new();
        let mut trim_next = false;
        loop {
            match frame {
                Frame::Quote if self.take(b'"') => return Ok(parts),
                Frame::Offset(end) if self.at >= end => return Ok(parts),
                Frame::Quote if self.done() || self.peek() == b'\n' => {
                    let span = self.span(self.at, self.at);
                    return Err(self.problem_with(
                        SyntaxProblem::new(span, "this string is not closed on its line")
                            .with_help("close it with `\"`, or use a heredoc (`<<-EOT`) for several lines"),
                    ));
                }
                _ => {}
            }
            let start = self.at;
            let sequence = self.peek();
            let opens = matches!(sequence, b'$' | b'%') && self.peek_at(1) == b'{';
            if !opens {
                let literal = self.literal(frame, std::mem::take(&mut trim_next))?;
                parts.push(Flat::Part(TemplatePart::Literal(literal)));
                continue;
            }
            self.at += 2;
            if self.take(b'~') {
                trim_last(&mut parts);
            }
            let part = self.within(false, |parser| {
                parser.space();
                if sequence == b'$' {
                    Ok(Flat::Part(TemplatePart::Interpolation(parser.try_expression()?)))
                } else {
                    parser.directive(start)
                }
            })?;
            parts.push(part);
            self.within(false, |parser| {
                parser.space();
                Ok(())
            })?;
            trim_next = self.take(b'~');
            if !self.take(b'}') {
                return Err(self.expected("`}` to close the interpolation"));
            }
        }
    }

    fn directive(&mut self, start: usize) -> Read<Flat> {
        if self.take_keyword("if") {
            self.space();
            return Ok(Flat::If(self.try_expression()?, start));
        }
        if self.at_keyword("for") {
            let (key, value, collection) = self.for_intro()?;
            return Ok(Flat::For(key, value, collection, start));
        }
        for (keyword, part) in [("else", Flat::Else), ("endif", Flat::EndIf), ("endfor", Flat::EndFor)] {
            if self.take_keyword(keyword) {
                return Ok(part);
            }
        }
        Err(self.expected("`if`, `else`, `endif`, `for` or `endfor` in the directive"))
    }

    /// Text up to the next sequence, the end of the line (kept) or the end of the frame.
    fn literal(&mut self, frame: Frame, trim: bool) -> Read<Literal> {
        let start = self.at;
        let end = match frame {
            Frame::Quote => self.end,
            Frame::Offset(end) => end,
        };
        let mut text = String::new();
        let mut verbatim = true;
        while self.at < end {
            let byte = self.peek();
            match byte {
                b'$' | b'%' if self.peek_at(1) == byte && self.peek_at(2) == b'{' => {
                    text.push(char::from(byte));
                    text.push('{');
                    self.at += 3;
                    verbatim = false;
                }
                b'$' | b'%' if self.peek_at(1) == b'{' => break,
                b'"' if matches!(frame, Frame::Quote) => break,
                b'\n' if matches!(frame, Frame::Quote) => break,
                b'\n' => {
                    text.push('\n');
                    self.at += 1;
                    break;
                }
                b'\\' if matches!(frame, Frame::Quote) => {
                    text.push(self.escape()?);
                    verbatim = false;
                }
                _ => {
                    let stretch = self.plain_stretch(end);
                    text.push_str(stretch);
                    self.at += stretch.len();
                }
            }
        }
        let mut span = self.since(start);
        if trim {
            let kept = text.trim_start();
            let cut = text.len() - kept.len();
            if verbatim {
                span = self.span(start + cut, self.at);
            }
            text = kept.to_owned();
        }
        Ok(Literal { text: text.into(), span, verbatim })
    }

    /// Bytes that mean themselves; at least one character.
    fn plain_stretch(&self, end: usize) -> &str {
        let rest = self.slice(self.at, end);
        let length = rest
            .bytes()
            .skip(1)
            .position(|byte| matches!(byte, b'$' | b'%' | b'"' | b'\\' | b'\n'))
            .map_or(rest.len(), |at| at + 1);
        rest.get(..length).unwrap_or(rest)
    }

    fn escape(&mut self) -> Read<char> {
        let start = self.at;
        self.at += 1;
        let kind = self.peek();
        self.at += 1;
        let digits = match kind {
            b'n' => return Ok('\n'),
            b'r' => return Ok('\r'),
            b't' => return Ok('\t'),
            b'"' => return Ok('"'),
            b'\\' => return Ok('\\'),
            b'u' => 4,
            b'U' => 8,
            _ => {
                self.at = start + 1;
                let length = self.slice(self.at, self.end).chars().next().map_or(0, char::len_utf8);
                let span = self.span(start, self.at + length);
                let problem = SyntaxProblem::new(
                    span,
                    format!("`{}` is not an escape sequence", self.slice(start, self.at + length)),
                )
                .with_help("write `\\\\` for a backslash");
                return Err(self.problem_with(problem));
            }
        };
        let code = self.slice(self.at, self.at + digits);
        match u32::from_str_radix(code, 16).ok().and_then(char::from_u32) {
            Some(character) if code.len() == digits => {
                self.at += digits;
                Ok(character)
            }
            _ => {
                let span = self.since(start);
                Err(self.problem(
                    span,
                    format!("`\\{}` needs {digits} hexadecimal digits of a character", char::from(kind)),
                ))
            }
        }
    }

    /// Puts what stands between `%{ if }` and `%{ endif }` inside it.
    fn nest(&mut self, flat: Vec<Flat>) -> Read<Vec<TemplatePart>> {
        let mut flat = flat.into_iter();
        let (parts, ending) = self.nest_until(&mut flat)?;
        if ending == Ending::End {
            return Ok(parts);
        }
        let here = self.span(self.at, self.at);
        Err(self.problem(here, "this template closes an `if` or `for` that it did not open"))
    }

    fn nest_until(&mut self, flat: &mut std::vec::IntoIter<Flat>) -> Read<(Vec<TemplatePart>, Ending)> {
        let mut parts = Vec::new();
        while let Some(next) = flat.next() {
            match next {
                Flat::Part(part) => parts.push(part),
                Flat::Else => return Ok((parts, Ending::Else)),
                Flat::EndIf => return Ok((parts, Ending::EndIf)),
                Flat::EndFor => return Ok((parts, Ending::EndFor)),
                Flat::If(condition, start) => {
                    let span = self.span(start, self.at);
                    let (then, mut ending) = self.within(false, |parser| parser.nest_until(flat))?;
                    let mut otherwise = Vec::new();
                    if ending == Ending::Else {
                        (otherwise, ending) = self.within(false, |parser| parser.nest_until(flat))?;
                    }
                    self.closed_by(ending, Ending::EndIf, span, "%{ endif }")?;
                    parts.push(TemplatePart::If { condition, then, otherwise, span });
                }
                Flat::For(key_name, value_name, collection, start) => {
                    let span = self.span(start, self.at);
                    let (body, ending) = self.within(false, |parser| parser.nest_until(flat))?;
                    self.closed_by(ending, Ending::EndFor, span, "%{ endfor }")?;
                    parts.push(TemplatePart::For { key_name, value_name, collection, body, span });
                }
            }
        }
        Ok((parts, Ending::End))
    }

    fn closed_by(&mut self, ending: Ending, wanted: Ending, span: Span, close: &str) -> Read<()> {
        if ending == wanted {
            return Ok(());
        }
        Err(self.problem(span, format!("this directive is never closed by `{close}`")))
    }
}

/// Braces of `${…}` still open after a line.
fn interpolation_depth(line: &str, mut depth: usize) -> usize {
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        match byte {
            b'$' | b'%' if depth == 0 && next == Some(byte) && bytes.get(at + 2) == Some(&b'{') => at += 2,
            b'$' | b'%' if next == Some(b'{') => {
                depth += 1;
                at += 1;
            }
            b'{' if depth > 0 => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    depth
}

/// `${~` and `%{~` eat the blanks before them.
fn trim_last(parts: &mut [Flat]) {
    if let Some(Flat::Part(TemplatePart::Literal(literal))) = parts.last_mut() {
        let kept = literal.text.trim_end();
        if literal.verbatim {
            literal.span.end = literal.span.start + u32::try_from(kept.len()).unwrap_or(0);
        }
        literal.text = kept.into();
    }
}

/// `<<-`: takes away the indentation that all lines share. Lines of blanks alone do not count.
fn dedent(parts: &mut [Flat]) {
    let mut shared = usize::MAX;
    let mut adjust = Vec::new();
    let mut line_start = true;
    for (at, part) in parts.iter().enumerate() {
        let literal = match part {
            Flat::Part(TemplatePart::Literal(literal)) => Some(literal),
            _ => None,
        };
        if line_start {
            line_start = false;
            let indent = match literal {
                Some(literal) => {
                    let rest = literal.text.trim_start();
                    if rest.is_empty() && literal.text.ends_with('\n') {
                        usize::MAX
                    } else {
                        adjust.push(at);
                        literal.text.chars().count() - rest.chars().count()
                    }
                }
                None => 0,
            };
            shared = shared.min(indent);
        }
        line_start |= literal.is_some_and(|literal| literal.text.ends_with('\n'));
    }
    if shared == 0 || shared == usize::MAX {
        return;
    }
    for at in adjust {
        if let Some(Flat::Part(TemplatePart::Literal(literal))) = parts.get_mut(at) {
            let cut: usize = literal.text.chars().take(shared).map(char::len_utf8).sum();
            literal.text = literal.text.get(cut..).unwrap_or("").into();
            literal.span.start += u32::try_from(cut).unwrap_or(0);
        }
    }
}
