//! Words on lines: wrapped, and in columns.

use unicode_width::UnicodeWidthStr as _;

use super::plain;

/// How a word is shown where there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// As everything else.
    Plain,
    /// What headings and strong words are.
    Bold,
    /// What one would type.
    Code,
    /// What stands back.
    Dim,
}

/// A stretch of text that is not broken.
#[derive(Debug, Clone)]
pub struct Word {
    text: String,
    face: Face,
    /// Whether it follows the word before it without a blank.
    joined: bool,
}

/// Words, in order.
#[derive(Debug, Clone, Default)]
pub struct Words(Vec<Word>);

impl Words {
    /// The words of a text.
    pub fn of(text: &str) -> Self {
        let mut words = Self::default();
        words.push(text, Face::Plain);
        words
    }

    /// Adds a text, broken at its blanks. It goes on with the last word unless a blank lies between them.
    pub fn push(&mut self, text: &str, face: Face) {
        let text = plain(text);
        let mut joined = !text.starts_with(char::is_whitespace) && !self.ends_in_blank();
        for word in text.split_whitespace() {
            self.0.push(Word { text: word.to_owned(), face, joined });
            joined = false;
        }
        if text.ends_with(char::is_whitespace) {
            self.0.push(Word { text: String::new(), face: Face::Plain, joined: true });
        }
    }

    fn ends_in_blank(&self) -> bool {
        self.0.last().is_none_or(|word| word.text.is_empty())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| word.text.is_empty())
    }

    /// Lines of at most `width` columns, but for words that are longer.
    fn lines(&self, width: usize) -> Vec<Line<'_>> {
        let mut lines = vec![Line::default()];
        for group in self.unbroken() {
            let wide = wide(group);
            let current = lines.last().map_or(0, |line| line.width);
            if current > 0 && current + 1 + wide > width {
                lines.push(Line::default());
            }
            if let Some(line) = lines.last_mut() {
                line.push(group, wide);
            }
        }
        lines
    }

    /// The words in groups that belong together.
    fn unbroken(&self) -> impl Iterator<Item = &[Word]> {
        let groups = self.0.chunk_by(|_, next| next.joined);
        groups.filter(|group| group.iter().any(|word| !word.text.is_empty()))
    }

    /// How wide the longest unbroken stretch is.
    fn longest(&self) -> usize {
        self.unbroken().map(wide).max().unwrap_or(0)
    }

    /// How wide they are on one line.
    fn width(&self) -> usize {
        self.lines(usize::MAX).first().map_or(0, |line| line.width)
    }
}

fn wide(group: &[Word]) -> usize {
    group.iter().map(|word| word.text.width()).sum()
}

#[derive(Debug, Default)]
struct Line<'w> {
    groups: Vec<&'w [Word]>,
    width: usize,
}

impl<'w> Line<'w> {
    fn push(&mut self, group: &'w [Word], wide: usize) {
        self.width += wide + usize::from(self.width > 0);
        self.groups.push(group);
    }
}

/// Lays out for one output.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Columns that there are.
    pub width: usize,
    /// Whether to colour.
    pub color: bool,
}

impl Layout {
    /// A text in a face.
    pub fn face(self, text: &str, face: Face) -> String {
        let code = match face {
            Face::Plain => return text.to_owned(),
            _ if !self.color || text.is_empty() => return text.to_owned(),
            Face::Bold => "1",
            Face::Code => "36",
            Face::Dim => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    fn line(self, line: &Line<'_>) -> String {
        let group = |group: &&[Word]| group.iter().map(|word| self.face(&word.text, word.face)).collect::<String>();
        line.groups.iter().map(group).collect::<Vec<_>>().join(" ")
    }

    /// Words as lines, the first after `first`, the others after as many columns of `rest`.
    pub fn paragraph(self, words: &Words, first: &str, rest: &str) -> String {
        let room = self.width.saturating_sub(first.width().max(rest.width())).max(20);
        let lines = words.lines(room);
        let lead = |at: usize| if at == 0 { first } else { rest };
        lines.iter().enumerate().map(|(at, line)| format!("{}{}\n", lead(at), self.line(line))).collect()
    }

    /// Rows in columns, the first row being the heads. The widest columns give way where there is not room for all.
    pub fn table(self, rows: &[Vec<Words>], indent: &str) -> String {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let most = |measure: fn(&Words) -> usize| -> Vec<usize> {
            let of = |column| rows.iter().filter_map(|row| row.get(column)).map(measure).max().unwrap_or(0);
            (0..columns).map(of).collect()
        };
        let mut widths = most(Words::width);
        let room = self.width.saturating_sub(indent.width() + 2 * columns.saturating_sub(1));
        shrink(&mut widths, &most(Words::longest), room);
        let mut text = String::new();
        for (at, row) in rows.iter().enumerate() {
            text.push_str(&self.row(row, &widths, indent));
            if at == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
                text.push_str(&format!("{indent}{}\n", self.face(&rules.join("  "), Face::Dim)));
            }
        }
        text
    }

    fn row(self, row: &[Words], widths: &[usize], indent: &str) -> String {
        let cells: Vec<Vec<Line<'_>>> = row.iter().zip(widths).map(|(cell, width)| cell.lines(*width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        let mut text = String::new();
        for at in 0..height {
            let mut line = indent.to_owned();
            for (cell, width) in cells.iter().zip(widths) {
                let (shown, wide) = cell.get(at).map_or((String::new(), 0), |part| (self.line(part), part.width));
                line.push_str(&shown);
                line.push_str(&" ".repeat(width.saturating_sub(wide) + 2));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// Makes columns narrower, the widest first, until they fit or none can give more.
fn shrink(widths: &mut [usize], least: &[usize], room: usize) {
    while widths.iter().sum::<usize>() > room {
        let giving = widths.iter_mut().zip(least).filter(|(width, least)| **width > **least);
        match giving.max_by_key(|(width, _)| **width) {
            Some((widest, _)) => *widest -= 1,
            None => return,
        }
    }
}
