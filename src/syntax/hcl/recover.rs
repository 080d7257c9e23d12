//! Finding one's footing after a mistake.

use super::cursor::Parser;

/// Block types that start a top-level block, for finding where a missing brace should have been.
const TOP_LEVEL: &[&str] = &[
    "resource",
    "data",
    "variable",
    "locals",
    "module",
    "output",
    "provider",
    "terraform",
    "moved",
    "import",
    "removed",
    "check",
    "rule",
    "standard",
    "ephemeral",
];

/// How many brackets are looked back over for the one that another closes.
const NEAR: usize = 256;

impl Parser<'_> {
    /// Whether what is open here should have been closed before.
    pub(super) fn at_forced_close(&self) -> bool {
        self.close_at_top_level && self.at_top_level_block()
    }

    fn at_top_level_block(&self) -> bool {
        self.at_line_start()
            && TOP_LEVEL.iter().any(|kind| {
                self.at_keyword(kind)
                    && self
                        .rest()
                        .get(kind.len()..)
                        .is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with(['"', '{']))
            })
    }

    /// To the end of the item that starts at `start` and went wrong at or before here: the end of
    /// a line on which nothing that it opened is open, or the brace that closes its block.
    pub(super) fn recover(&mut self, start: usize) {
        // The stretch from the item's start is walked again, so that brackets opened in it are known.
        let mut stumbled = self.at;
        let mut open: Vec<u8> = Vec::new();
        let mut outermost_quote: Option<usize> = None;
        self.at = start;
        while !self.done() {
            let in_text = open.last() == Some(&b'"');
            match self.peek() {
                b'\n' => {
                    // A string ends with its line, whatever was open in it.
                    if let Some(quote) = outermost_quote.take() {
                        open.truncate(quote);
                        stumbled = stumbled.min(self.at);
                    }
                    if open.is_empty() && self.at >= stumbled {
                        return;
                    }
                    self.at += 1;
                    let in_list = matches!(open.last(), Some(b'[' | b'('));
                    if in_list && self.at_attribute() {
                        return;
                    }
                    if self.at_forced_close() {
                        self.cut_off = Some(self.at);
                        return;
                    }
                    continue;
                }
                b'\\' if in_text && self.peek_at(1) != b'\n' => self.at += 1,
                b'$' | b'%' if in_text => {
                    if self.peek_at(1) == self.peek() && self.peek_at(2) == b'{' {
                        self.at += 2;
                    } else if self.peek_at(1) == b'{' {
                        open.push(b'{');
                        self.at += 1;
                    }
                }
                b'"' if in_text => {
                    open.pop();
                    outermost_quote = outermost_quote.filter(|&quote| quote < open.len());
                }
                _ if in_text => {}
                opener @ (b'"' | b'{' | b'[' | b'(') => {
                    if opener == b'"' {
                        outermost_quote.get_or_insert(open.len());
                    }
                    open.push(opener);
                }
                closer @ (b'}' | b']' | b')') => {
                    let opener = if closer == b'}' {
                        b'{'
                    } else if closer == b']' {
                        b'['
                    } else {
                        b'('
                    };
                    let near = open.iter().rev().take(NEAR).position(|&known| known == opener || known == b'"');
                    match near.map(|distance| open.len() - 1 - distance) {
                        Some(at) if open.get(at) == Some(&opener) => open.truncate(at),
                        // The brace closes what the item stands in.
                        None if closer == b'}' && self.at >= stumbled => return,
                        _ => {}
                    }
                }
                b'#' => {
                    self.skip_line();
                    continue;
                }
                b'/' if self.peek_at(1) == b'/' => {
                    self.skip_line();
                    continue;
                }
                b'/' if self.peek_at(1) == b'*' => {
                    self.skip_comment();
                    continue;
                }
                b'<' if self.peek_at(1) == b'<' => {
                    if let Some((_, marker)) = self.heredoc_opening() {
                        self.skip_heredoc(marker);
                        if self.at_forced_close() {
                            self.cut_off = Some(self.at);
                            return;
                        }
                        continue;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.end;
        self.cut_off = Some(self.end);
    }

    /// Whether a line starts here that can stand in no list and in no call: `name = …`.
    fn at_attribute(&self) -> bool {
        let line = self.rest().trim_start_matches([' ', '\t']);
        let rest = line.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '-');
        let sign = rest.trim_start_matches([' ', '\t']);
        rest.len() < line.len() && sign.starts_with('=') && !sign.starts_with("==") && !sign.starts_with("=>")
    }

    /// Over the lines of a heredoc, without reading them, to the end of its marker.
    fn skip_heredoc(&mut self, marker: &str) {
        while !self.done() && !self.at_forced_close() {
            if let Some(marker_end) = self.at_heredoc_end(marker) {
                self.at = marker_end;
                return;
            }
            let rest = self.rest();
            self.at += rest.find('\n').map_or(rest.len(), |at| at + 1);
        }
        self.unclosed = true;
    }
}
