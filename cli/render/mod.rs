//! Reports as text. What a finding says is decided elsewhere; here it is only laid out.

pub mod concise;
pub mod json;
pub mod text;

/// How to lay out.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Whether to list what could not be decided.
    pub show_undetermined: bool,
    /// Whether to list what is silenced.
    pub show_suppressed: bool,
    /// Whether to leave out the summary.
    pub quiet: bool,
    /// Whether there is a configuration; without one, how to get one is told.
    pub has_config: bool,
}

/// Text with control characters made visible: what comes from a file must not steer the terminal.
pub fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let hidden = c.is_control() && c != '\n'
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            let escaped: Vec<char> = if hidden { c.escape_unicode().collect() } else { vec![c] };
            escaped
        })
        .collect()
}
