//! One function a command.

mod check;
mod init;
mod model;
mod rules;
mod schema;
mod shell;
mod test;

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use trysquare::check::Options;
use trysquare::terraform::{Override, PlanText};

use crate::args::{Args, Command, WorkspaceArgs};
use crate::disk::{Disk, read_bounded, workspace_root};

/// Larger plans are not read.
const MAX_PLAN_BYTES: u64 = 256 << 20;

/// Why a command could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// An argument is wrong.
    #[error("{0}")]
    Usage(String),
    /// Something could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// What.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// The output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

impl CommandError {
    /// Whether whoever read our output stopped reading; that is no failure.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Runs a command.
pub fn run(args: Args) -> Result<ExitCode, CommandError> {
    match args.command {
        Command::Check(args) => check::check(&args),
        Command::Init(args) => init::init(&args),
        Command::Model(args) => model::model(&args),
        Command::Query(args) => model::query(&args),
        Command::Rules(args) => rules::list(&args),
        Command::Explain(args) => rules::explain(&args),
        Command::Schema { of } => schema::schema(of),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { command } => shell::man(command.as_deref()),
        Command::Test(args) => test::test(&args),
    }
}

/// Prints a value as JSON.
fn json(value: &impl serde::Serialize) -> Result<(), CommandError> {
    let mut out = BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// The workspace that a path is in, and what to check it with.
fn workspace(path: &Path, args: &WorkspaceArgs) -> Result<(Disk, Options), CommandError> {
    if !path.exists() {
        return Err(CommandError::Usage(format!("there is no {}", path.display())));
    }
    let root = match &args.config {
        Some(config) if config.exists() => config.parent().map_or_else(PathBuf::new, |parent| {
            if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_owned() }
        }),
        Some(config) => return Err(CommandError::Usage(format!("there is no {}", config.display()))),
        None => workspace_root(path),
    };
    let disk = Disk::new(&root).map_err(|error| CommandError::File { path: root.display().to_string(), error })?;
    let inside = |path: &PathBuf| {
        disk.relative(path).ok_or_else(|| {
            CommandError::Usage(format!(
                "{} is not a file inside the workspace {}",
                path.display(),
                disk.root().display()
            ))
        })
    };
    let options = Options {
        config: args.config.as_ref().map(inside).transpose()?,
        variables: args
            .variables
            .iter()
            .map(|text| {
                Override::parse(text)
                    .ok_or_else(|| CommandError::Usage(format!("--var {text}: write it as NAME=VALUE")))
            })
            .collect::<Result<_, _>>()?,
        var_files: args.var_files.iter().map(inside).collect::<Result<_, _>>()?,
        plan: args.plan.as_deref().map(|path| plan(path, &disk)).transpose()?,
        ..Options::default()
    };
    Ok((disk, options))
}

/// A plan from anywhere on the disk.
fn plan(path: &Path, disk: &Disk) -> Result<PlanText, CommandError> {
    let shown = disk.relative(path).unwrap_or_else(|| path.display().to_string());
    match read_bounded(path, MAX_PLAN_BYTES) {
        Ok(bytes) => Ok(PlanText { path: shown, text: String::from_utf8_lossy(&bytes).into_owned() }),
        Err(error) => Err(CommandError::Usage(format!("the plan {} cannot be read: {error}", path.display()))),
    }
}
