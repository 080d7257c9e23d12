//! What standard output is.

use std::io::{self, IsTerminal as _};

use crate::args::Color;

/// Lines of prose longer than this are hard to read.
pub const READABLE: usize = 100;

/// The columns of the terminal that is written to; `None` when it is none.
pub fn width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)).filter(|_| io::stdout().is_terminal())
}

/// Whether to colour what goes to standard output.
pub fn color(wanted: Color) -> bool {
    match wanted {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            io::stdout().is_terminal() && !unwanted
        }
    }
}
