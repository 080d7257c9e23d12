//! The terraform binary, kept off the network and off the user's settings.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Whether terraform is to be asked, and whether what it says is to be recorded; tells when it is not.
pub fn wanted() -> Option<bool> {
    let mode = std::env::var("TRYSQUARE_ORACLE").unwrap_or_default();
    if mode.is_empty() && std::env::var_os("CI").is_none() {
        say("terraform was not asked: set TRYSQUARE_ORACLE=1 to do so");
        return None;
    }
    if terraform().arg("-version").output().is_err() {
        say("SKIPPED: there is no terraform on this machine to ask");
        return None;
    }
    Some(mode == "record")
}

/// Says something whether or not the test passes.
pub fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "oracle: {what}");
}

/// The binary, kept from the user's settings and from the network.
fn terraform() -> Command {
    let mut command = Command::new("terraform");
    command
        .env("TF_CLI_CONFIG_FILE", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_IN_AUTOMATION", "1");
    command
}

/// Runs terraform in a directory.
pub fn run(dir: &Path, arguments: &[&str]) -> Output {
    terraform().args(arguments).current_dir(dir).output().unwrap()
}

/// A directory that is removed again.
pub struct Directory(PathBuf);

impl Directory {
    /// An empty one.
    pub fn new() -> Self {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("trysquare-oracle-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
