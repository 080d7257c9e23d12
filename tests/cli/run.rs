//! Runs the binary.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// What a run gave.
pub struct Output {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a workflow of GitHub sets, and what we look at: tests say themselves what of it is set.
pub const ENVIRONMENT: &[&str] =
    &["NO_COLOR", "FORCE_HYPERLINK", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_STEP_SUMMARY"];

/// Runs `trysquare` with these arguments in a directory.
pub fn trysquare_in(dir: &Path, arguments: &[&str]) -> Output {
    trysquare_with(dir, arguments, &[])
}

/// The same with variables of the environment.
pub fn trysquare_with(dir: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trysquare"));
    ENVIRONMENT.iter().for_each(|name| {
        command.env_remove(name);
    });
    output(command.args(arguments).current_dir(dir).envs(environment.iter().copied()).output().unwrap())
}

/// The same with a text on standard input.
pub fn trysquare_piped(dir: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trysquare"));
    command.args(arguments).current_dir(dir).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    output(child.wait_with_output().unwrap())
}

fn output(output: std::process::Output) -> Output {
    Output {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs `trysquare` with these arguments in the repository.
pub fn trysquare(arguments: &[&str]) -> Output {
    trysquare_in(root(), arguments)
}

/// A directory of its own for a test, taken away when dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let dir = env::temp_dir().join(format!("trysquare-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join(".git")).unwrap();
        Self(dir)
    }

    pub fn file(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Everything in a directory of the repository.
    pub fn copy(&self, from: &str) -> &Self {
        let mut waiting = vec![root().join(from)];
        while let Some(dir) = waiting.pop() {
            for entry in fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    waiting.push(path);
                } else {
                    let relative = path.strip_prefix(root().join(from)).unwrap().to_str().unwrap().to_owned();
                    self.file(&relative, fs::read(&path).unwrap());
                }
            }
        }
        self
    }

    pub fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.0.join(path)).unwrap();
        self
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap()
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
