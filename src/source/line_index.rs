//! Byte offsets to lines and columns, in the units that people and editors count in.

/// A position, as people count and as editors do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
    /// UTF-16 code units before it on its line, from 0, as the language server protocol counts.
    pub character: u32,
}

/// The line starts of one text.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Finds the line starts of `text`. Lines end at `\n`; a `\r` before it belongs to the line.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX)));
        Self { starts }
    }

    /// Line (from 0) and the offset it starts at. An offset past the end is on the last line.
    fn line_of(&self, offset: usize) -> (usize, usize) {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        let line = self.starts.partition_point(|&start| start <= offset).max(1) - 1;
        let start = self.starts.get(line).copied().unwrap_or(0);
        (line, start as usize)
    }

    fn before<'t>(&self, text: &'t str, offset: usize) -> (usize, &'t str) {
        let (line, start) = self.line_of(offset);
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut prefix = text.get(start..end).unwrap_or("");
        if start == 0 {
            prefix = prefix.strip_prefix('\u{feff}').unwrap_or(prefix);
        }
        (line, prefix)
    }

    /// Line and column, from 1, columns in Unicode scalar values. A byte order mark takes no column.
    #[must_use]
    pub fn line_column(&self, text: &str, offset: usize) -> LineColumn {
        let (line, prefix) = self.before(text, offset);
        let units = prefix.chars().map(char::len_utf16).sum::<usize>();
        LineColumn {
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(prefix.chars().count() + 1).unwrap_or(u32::MAX),
            character: u32::try_from(units).unwrap_or(u32::MAX),
        }
    }

    /// The byte offset of a character, counted in UTF-16 code units from 0, on a line, from 1. What lies past the end
    /// of the line is its end.
    #[must_use]
    pub fn offset(&self, text: &str, line: u32, character: u32) -> usize {
        let start = |line: u32| self.starts.get(line as usize).map_or(text.len(), |start| *start as usize);
        let from = start(line.saturating_sub(1));
        let line = text.get(from..start(line)).unwrap_or("");
        let mark = if from == 0 && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut units = 0;
        for (at, c) in line.get(mark..).unwrap_or("").char_indices() {
            if units >= character as usize || c == '\n' {
                return from + mark + at;
            }
            units += c.len_utf16();
        }
        from + line.len()
    }

    /// How many lines there are; at least one.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.starts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_scalar_values_and_utf16_units() {
        let text = "a\r\né😀x\n";
        let index = LineIndex::new(text);
        let x = text.find('x').unwrap();
        assert_eq!(index.line_column(text, x), LineColumn { line: 2, column: 3, character: 3 });
        assert_eq!(index.offset(text, 2, 3), x);
        assert_eq!(index.offset(text, 2, 99), x + 1);
        assert_eq!(index.line_column(text, 0), LineColumn { line: 1, column: 1, character: 0 });
        assert_eq!(index.line_column(text, 999).line, 3);
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let text = "\u{feff}ab";
        let index = LineIndex::new(text);
        assert_eq!(index.line_column(text, 3), LineColumn { line: 1, column: 1, character: 0 });
        assert_eq!(index.line_column(text, 4), LineColumn { line: 1, column: 2, character: 1 });
        assert_eq!(index.offset(text, 1, 1), 4);
    }
}
