//! Finds where the characters of a decoded scalar stand in the file.

use crate::syntax::offsets::OffsetMapBuilder;

/// Aligns a literal block: every decoded line is the end of a source line.
pub(super) fn align_lines(decoded: &str, raw: &str, from: usize) -> OffsetMapBuilder {
    let mut map = OffsetMapBuilder::default();
    let mut sources = raw.split_inclusive('\n');
    let (mut text_at, mut source_at) = (0, from);
    for line in decoded.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        if !body.trim().is_empty() {
            for source in sources.by_ref() {
                let content = source.trim_end_matches('\n').trim_end_matches('\r');
                let start = source_at;
                source_at += source.len();
                if let Some(indent) = content.len().checked_sub(body.len())
                    && content.ends_with(body)
                {
                    // The line break, if any, follows the body in both.
                    let verbatim = line.len().min(source.len() - indent);
                    map.push(text_at, verbatim, start + indent, verbatim);
                    break;
                }
            }
        }
        text_at += line.len();
    }
    map
}

/// Aligns folded and escaped text: line breaks and indentation may have become one space or nothing.
pub(super) fn align(decoded: &str, raw: &str, from: usize, double: bool) -> OffsetMapBuilder {
    let mut map = OffsetMapBuilder::default();
    let mut at = 0;
    for (text_at, wanted) in decoded.char_indices() {
        let text_len = wanted.len_utf8();
        loop {
            let rest = raw.get(at..).unwrap_or("");
            let Some(found) = rest.chars().next() else {
                return map;
            };
            if double && found == '\\' {
                let len = escape_len(rest);
                at += len;
                // A backslash at the end of a line joins two lines and stands for nothing.
                if rest.get(1..).is_some_and(|rest| rest.starts_with(['\n', '\r'])) {
                    continue;
                }
                map.push(text_at, text_len, from + at - len, len);
                break;
            }
            if found == wanted {
                // `''` in single quotes is one quote.
                let len = if found == '\'' && !double && rest.starts_with("''") { 2 } else { found.len_utf8() };
                map.push(text_at, text_len, from + at, len);
                at += len;
                break;
            }
            if !found.is_whitespace() {
                // A line break that folding made has no byte of its own.
                break;
            }
            if wanted.is_whitespace() && matches!(found, '\n' | '\r') {
                map.push(text_at, text_len, from + at, 1);
                at += 1;
                break;
            }
            at += found.len_utf8();
        }
    }
    map
}

/// How many bytes an escape in double quotes takes, from its backslash on.
fn escape_len(rest: &str) -> usize {
    let wanted = match rest.as_bytes().get(1) {
        Some(b'x') => 4,
        Some(b'u') => 6,
        Some(b'U') => 10,
        _ => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
    };
    if rest.is_char_boundary(wanted) && wanted <= rest.len() { wanted } else { 1 }
}
