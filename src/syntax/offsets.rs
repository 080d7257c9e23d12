//! From offsets in decoded text (dedented, unescaped) back to bytes of the file.

use std::sync::Arc;

use crate::source::{FileId, Span};

/// A stretch of decoded text and the source bytes it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// Where it starts in the decoded text.
    text: u32,
    /// Where it starts in the file.
    source: u32,
    /// How many source bytes it takes.
    source_len: u32,
    /// How many decoded bytes it has; equal to `source_len` when it is verbatim.
    text_len: u32,
}

/// Maps offsets in decoded text to the file it was decoded from.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetMap {
    file: FileId,
    start: u32,
    /// `None` when the text is verbatim from `start` on.
    runs: Option<Arc<[Run]>>,
}

impl OffsetMap {
    /// The map of text that stands in the file just as it is, from byte `start`.
    #[must_use]
    pub fn verbatim(file: FileId, start: usize) -> Self {
        Self { file, start: clamp(start), runs: None }
    }

    /// The file that spans of this map lie in.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The span in the file of `start..end` in the decoded text.
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> Span {
        let from = self.locate(clamp(start), false);
        let to = self.locate(clamp(end.max(start)), end > start);
        Span { file: self.file, start: from, end: to.max(from) }
    }

    /// The place of an offset; as the end of what is before it when `as_end`.
    fn locate(&self, offset: u32, as_end: bool) -> u32 {
        // An end belongs to the run of the byte before it, not to the line that follows.
        let key = if as_end { offset.saturating_sub(1) } else { offset };
        let Some(runs) = &self.runs else {
            return self.start.saturating_add(offset);
        };
        let index = runs.partition_point(|run| run.text <= key);
        let Some(run) = index.checked_sub(1).and_then(|at| runs.get(at)) else {
            return runs.first().map_or(self.start, |first| first.source);
        };
        let into = offset - run.text;
        if into >= run.text_len {
            run.source + run.source_len
        } else if run.text_len == run.source_len || into == 0 {
            run.source + into
        } else {
            run.source
        }
    }
}

/// Builds an [`OffsetMap`], run by run, in the order of the decoded text.
#[derive(Debug, Default)]
pub struct OffsetMapBuilder {
    runs: Vec<Run>,
}

impl OffsetMapBuilder {
    /// Records that `text_len` decoded bytes at `text` were made of `source_len` bytes at `source`.
    pub fn push(&mut self, text: usize, text_len: usize, source: usize, source_len: usize) {
        let run =
            Run { text: clamp(text), source: clamp(source), source_len: clamp(source_len), text_len: clamp(text_len) };
        if let Some(last) = self.runs.last_mut() {
            let verbatim = last.text_len == last.source_len && run.text_len == run.source_len;
            let adjoins = last.text + last.text_len == run.text && last.source + last.source_len == run.source;
            if verbatim && adjoins {
                last.text_len += run.text_len;
                last.source_len += run.source_len;
                return;
            }
        }
        self.runs.push(run);
    }

    /// The finished map; `start` is where an empty text would stand.
    #[must_use]
    pub fn finish(self, file: FileId, start: usize) -> OffsetMap {
        OffsetMap { file, start: clamp(start), runs: Some(self.runs.into()) }
    }
}

fn clamp(offset: usize) -> u32 {
    // Half the range: sums of two offsets then cannot overflow.
    u32::try_from(offset).unwrap_or(u32::MAX).min(u32::MAX / 2)
}
