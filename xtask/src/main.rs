//! The project's own chores.
//!
//! `cargo xtask test` is everything that has to hold before a change is done; it installs what it
//! needs and says clearly when it cannot. `cargo xtask bench` measures.

mod bench;
mod growth;
mod hooks;
mod npm;
mod test;
mod vscode;
mod workflows;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

const USAGE: &str = "\
cargo xtask test         everything that has to hold: format, lints, docs, tests, examples, WebAssembly
cargo xtask hooks        the pre-commit hooks, by the real pre-commit and prek; part of test
cargo xtask workflows    our workflows and the action, audited; part of test
cargo xtask npm          make the npm package, in target/npm
cargo xtask vscode       make the VS Code extension, in target/vscode
cargo xtask test-vscode  the extension in a real editor, driven by a real browser
cargo xtask bench        measure: criterion, then whole processes, then growth
cargo xtask bench growth measure how the time of a check grows with the workspace
cargo xtask bench hooks  measure the hook beside other tools that run before a commit
cargo xtask bench wasm   measure the WebAssembly module in Node";

fn main() -> ExitCode {
    let outcome = match env::args().nth(1).as_deref() {
        Some("test") => test::all(),
        Some("hooks") => hooks::all(),
        Some("vscode") => vscode::package().map(|out| println!("{}", out.display())),
        Some("test-vscode") => vscode::test(),
        Some("npm") => npm::package().map(|out| println!("{}", out.display())),
        Some("workflows") => workflows::all(),
        Some("bench") => match env::args().nth(2).as_deref() {
            Some("growth") => bench::growth(),
            Some("hooks") => bench::hooks(),
            Some("wasm") => npm::bench(),
            _ => bench::all(),
        },
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The repository.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// The cargo that runs us.
fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// An empty directory for one chore.
fn fresh_dir(name: &str) -> Result<PathBuf, String> {
    let dir = root().join("target/xtask").join(name);
    let emptied = if dir.exists() { fs::remove_dir_all(&dir) } else { Ok(()) };
    let made = emptied.and_then(|()| fs::create_dir_all(&dir));
    made.map(|()| dir.clone()).map_err(|error| format!("{} cannot be made anew: {error}", dir.display()))
}

/// Where the programs of these Python packages are, each with its version; they are installed unless they are there.
fn venv(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let dir = root().join("target/xtask").join(format!("venv-{name}"));
    let (bin, done) = (dir.join(if cfg!(windows) { "Scripts" } else { "bin" }), dir.join("installed"));
    let wanted = packages.join("\n");
    if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(bin);
    }
    let needed = |error: String| {
        format!("{} are needed, from PyPI, and could not be installed: {error}", packages.join(" and "))
    };
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&dir)).map_err(needed)?;
    run(Command::new(bin.join("python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(packages))
    .map_err(needed)?;
    fs::write(&done, wanted).map_err(|error| error.to_string())?;
    Ok(bin)
}

/// Runs a command and says what was run when it fails.
fn run(command: &mut Command) -> Result<(), String> {
    let shown = format!("{command:?}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{shown} ended with {status}")),
        Err(error) => Err(format!("{shown} could not be started: {error}")),
    }
}

/// What a command prints.
fn output(command: &mut Command) -> Result<String, String> {
    let shown = format!("{command:?}");
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => {
            Err(format!("{shown} ended with {}:\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
        }
        Err(error) => Err(format!("{shown} could not be started: {error}")),
    }
}
