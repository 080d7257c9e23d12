//! The terraform binary, kept off the network and off the user's settings.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Deserialize;
use serde_json::value::RawValue;

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

/// `planned_values` of a plan.
#[derive(Deserialize)]
pub struct PlannedValues<'p> {
    #[serde(borrow, default)]
    pub outputs: BTreeMap<String, Planned<'p>>,
}

/// An output with its type.
#[derive(Deserialize)]
pub struct Planned<'p> {
    pub r#type: Option<serde_json::Value>,
    #[serde(borrow)]
    pub value: Option<&'p RawValue>,
}

/// An output before and after.
#[derive(Deserialize)]
pub struct Change<'p> {
    #[serde(borrow)]
    pub after: Option<&'p RawValue>,
    #[serde(borrow)]
    pub after_unknown: Option<&'p RawValue>,
}

/// The text files of a record in a directory of the tests, in the order of their names.
pub fn record_files(directory: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    paths
}
