//! Reading on after what is not JSON.

use super::{Json, JsonError, JsonKind, Read, Reader};

/// Errors beyond this are dropped.
const MAX_ERRORS: usize = 50;

/// What is needed to read on.
#[derive(Default)]
pub(super) struct Recovery {
    errors: Vec<JsonError>,
    /// Where the line starts that is being read, and where its first character is.
    line: usize,
    first: usize,
    /// Where the last error led to, so that it is not told again what is wrong there.
    told: Option<usize>,
    /// Whether what is left open is closed where a line is indented no deeper than the one it was opened in.
    by_indent: bool,
    /// Whether something was still open at the end.
    is_unclosed: bool,
}

/// Reads what can be read. A bracket that is missing swallows the rest of the text: that is read again then, minding how
/// it is indented.
pub(super) fn read(text: &str) -> (Json, Vec<JsonError>) {
    let (json, recovery) = read_with(text, Recovery::default());
    if !recovery.is_unclosed {
        return (json, recovery.errors);
    }
    let (json, recovery) = read_with(text, Recovery { by_indent: true, ..Recovery::default() });
    (json, recovery.errors)
}

fn read_with(text: &str, recovery: Recovery) -> (Json, Recovery) {
    let mut reader = Reader { recovery: Some(recovery), ..Reader::new(text) };
    reader.space();
    let mut json = reader.document();
    reader.space();
    while !reader.is_at_end() {
        let error = reader.expected("the end of the text", None);
        reader.note(error);
        reader.after_the_end(&mut json);
    }
    (json, reader.recovery.unwrap_or_default())
}

impl Reader<'_> {
    /// The first value, after whatever stands before it.
    fn document(&mut self) -> Json {
        let read = self.value().or_else(|error| {
            self.note(error);
            let start = self.at;
            self.at =
                self.text.get(start..).and_then(|rest| rest.find(['{', '['])).map_or(self.text.len(), |at| start + at);
            self.passed(start);
            self.value()
        });
        read.unwrap_or(Json { kind: JsonKind::Invalid, range: 0..self.text.len() })
    }

    /// Tells an error, unless it is a consequence of the last one.
    fn note(&mut self, error: JsonError) {
        let at = self.at;
        if let Some(recovery) = &mut self.recovery
            && recovery.told != Some(at)
            && recovery.errors.len() < MAX_ERRORS
        {
            recovery.errors.push(error);
            recovery.told = Some(at);
        }
    }

    /// Notes the lines that were passed since `start`.
    pub(super) fn passed(&mut self, start: usize) {
        if let Some(recovery) = &mut self.recovery
            && let Some(passed) = self.text.as_bytes().get(start..self.at)
            && let Some(line) = memchr::memrchr(b'\n', passed)
        {
            recovery.line = start + line + 1;
            recovery.first = self.at;
        }
    }

    /// How far the line is indented that is being read.
    pub(super) fn indent(&self) -> usize {
        self.recovery.as_ref().map_or(0, |recovery| recovery.first - recovery.line)
    }

    fn is_first_of_line(&self) -> bool {
        self.recovery.as_ref().is_some_and(|recovery| recovery.first == self.at)
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// Whether the innermost open bracket, of a line with this indentation, is to be taken for closed.
    pub(super) fn is_left(&mut self, indent: usize) -> bool {
        let is_left = self.recovery.as_ref().is_some_and(|recovery| recovery.by_indent)
            && self.open.len() > 1
            && self.peek() == b'"'
            && self.is_first_of_line()
            && self.indent() <= indent;
        if is_left {
            let missing = if self.open.last() == Some(&b']') { "`]`" } else { "`}`" };
            let error = self.expected(&format!("{missing} before this line"), None);
            self.note(error);
        }
        is_left
    }

    /// A value; one that is not JSON is invalid, and left behind.
    pub(super) fn or_invalid(&mut self, value: Read<Json>) -> Read<Json> {
        let Err(error) = value else {
            return value;
        };
        let start = error.range.start;
        self.skip(error)?;
        Ok(Json { kind: JsonKind::Invalid, range: start..self.at.max(start) })
    }

    /// After an error goes to where the element ends or, a comma being missing, to where a line begins with a key.
    ///
    /// # Errors
    /// The same, when nothing is to be recovered.
    pub(super) fn skip(&mut self, error: JsonError) -> Read<()> {
        if self.recovery.is_none() {
            return Err(error);
        }
        self.note(error);
        let mut depth = 0_usize;
        while !self.is_at_end() {
            match self.peek() {
                b',' | b'}' | b']' if depth == 0 => break,
                b'"' if depth == 0 && self.is_first_of_line() => break,
                b'"' => drop(self.string()),
                b' ' | b'\t' | b'\n' | b'\r' => self.space(),
                byte => {
                    depth += usize::from(matches!(byte, b'{' | b'['));
                    depth -= usize::from(matches!(byte, b'}' | b']'));
                    self.at += 1;
                }
            }
        }
        if let Some(recovery) = &mut self.recovery {
            recovery.told = Some(self.at);
        }
        Ok(())
    }

    /// Leaves a string behind that could not be read, as far as it is on this line.
    pub(super) fn leave_string(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let end = memchr::memchr2(b'"', b'\n', rest).unwrap_or(rest.len());
        self.at += end + usize::from(rest.get(end) == Some(&b'"'));
    }

    /// Where neither a comma nor the closing bracket follows an element: whether there is a further one; `None` when it is
    /// to be looked again.
    ///
    /// # Errors
    /// The error that this is, when nothing is to be recovered.
    pub(super) fn go_on(&mut self, wanted: &str, last: Option<&mut Json>) -> Read<Option<bool>> {
        let error = self.expected(wanted, None);
        if self.recovery.is_none() {
            return Err(error);
        }
        match self.peek() {
            _ if self.is_at_end() => {
                if let Some(recovery) = &mut self.recovery {
                    recovery.is_unclosed = true;
                }
                self.note(error);
                Ok(Some(false))
            }
            b'"' => {
                self.note(error);
                Ok(Some(true))
            }
            byte @ (b'}' | b']') => {
                self.note(error);
                // It closes what is around, or nothing.
                if self.open.contains(&byte) {
                    return Ok(Some(false));
                }
                self.at += 1;
                if let Some(recovery) = &mut self.recovery {
                    recovery.told = Some(self.at);
                }
                Ok(None)
            }
            _ => {
                self.skip(error)?;
                // A quote that is missing or too many ends a text too early.
                if let Some(last) = last.filter(|last| last.as_array().is_none() && last.as_object().is_none()) {
                    last.kind = JsonKind::Invalid;
                }
                Ok(None)
            }
        }
    }

    /// Reads the members that follow when the object around everything was closed too early.
    fn after_the_end(&mut self, json: &mut Json) {
        let start = self.at;
        self.take(b',');
        self.space();
        if let JsonKind::Object(members) = &mut json.kind
            && self.peek() == b'"'
        {
            self.open.push(b'}');
            if let Ok(JsonKind::Object(more)) = self.object() {
                members.extend(more);
            }
            self.open.pop();
        }
        self.space();
        if self.at == start {
            self.at = self.text.len();
        }
        json.range.end = self.at;
    }
}
