//! `completions` and `man`: what shells and `man` know of the command line.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;
use trysquare::eval::did_you_mean;

use super::CommandError;
use crate::args::Args;

/// `trysquare completions SHELL`
pub fn completions(shell: Shell) -> Result<ExitCode, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "trysquare", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// `trysquare man [COMMAND]`
pub fn man(command: Option<&str>) -> Result<ExitCode, CommandError> {
    let mut whole = Args::command();
    // Makes `trysquare query` of `query`, and gives each command the options that all have.
    whole.build();
    let page = match command {
        None => whole,
        Some(name) => match whole.find_subcommand(name) {
            Some(found) => found.clone(),
            None => {
                let near = did_you_mean(name, whole.get_subcommands().map(clap::Command::get_name));
                let hint = near.unwrap_or_else(|| "`trysquare --help` lists them".to_owned());
                return Err(CommandError::Usage(format!("there is no command `{name}`; {hint}")));
            }
        },
    };
    let mut text = Vec::new();
    Man::new(page).source(concat!("trysquare ", env!("CARGO_PKG_VERSION"))).render(&mut text)?;
    io::stdout().lock().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}
