//! What git knows: which files changed, and what they said before.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::commands::CommandError;

/// What changed since a commit.
pub struct Changes {
    /// Paths relative to the workspace root: what is changed, new or gone.
    pub files: Vec<String>,
    /// The commit; none in a repository without commits.
    commit: Option<String>,
}

/// The changes of the working tree, staged or not, untracked files included: since the last commit, or since where
/// the branch left `base`.
pub fn changes(root: &Path, base: Option<&str>) -> Result<Changes, CommandError> {
    git(root, ["rev-parse", "--is-inside-work-tree"])?;
    let commit = match base {
        Some(base) => Some(line(&git(root, ["merge-base", "--end-of-options", base, "HEAD"])?)),
        None => git(root, ["rev-parse", "--verify", "--quiet", "HEAD"]).ok().map(|output| line(&output)),
    };
    let tracked = match &commit {
        Some(commit) => {
            git(root, ["diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative", commit, "--"])?
        }
        None => git(root, ["ls-files", "-z"])?,
    };
    let untracked = git(root, ["ls-files", "-z", "--others", "--exclude-standard"])?;
    let names = tracked.split(|byte| *byte == 0).chain(untracked.split(|byte| *byte == 0));
    let files = names.filter(|name| !name.is_empty()).map(|name| String::from_utf8_lossy(name).into_owned());
    Ok(Changes { files: files.collect(), commit })
}

impl Changes {
    /// What the changed files said before, as far as they were there and are text.
    pub fn texts_before(&self, root: &Path) -> Result<BTreeMap<String, String>, CommandError> {
        let Some(commit) = &self.commit else {
            return Ok(BTreeMap::new());
        };
        // One process for all files; it reads names by the line.
        let names: Vec<&String> = self.files.iter().filter(|name| !name.contains('\n')).collect();
        let requests: String = names.iter().map(|name| format!("{commit}:./{name}\n")).collect();
        let output = run(root, ["cat-file", "--batch"], Some(requests))?;
        let mut rest = output.as_slice();
        let mut texts = BTreeMap::new();
        for name in names {
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { break };
            let head = String::from_utf8_lossy(rest.get(..end).unwrap_or(&[])).into_owned();
            rest = rest.get(end + 1..).unwrap_or(&[]);
            let size = head.rsplit_once(' ').and_then(|(_, size)| size.parse::<usize>().ok());
            let Some(size) = size.filter(|_| !head.ends_with(" missing")) else { continue };
            if let Ok(text) = String::from_utf8(rest.get(..size).unwrap_or(&[]).to_vec()) {
                texts.insert(name.clone(), text);
            }
            rest = rest.get(size + 1..).unwrap_or(&[]);
        }
        Ok(texts)
    }
}

fn line(output: &[u8]) -> String {
    String::from_utf8_lossy(output).trim().to_owned()
}

fn git<'a>(root: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Result<Vec<u8>, CommandError> {
    run(root, arguments, None)
}

fn run<'a>(
    root: &Path,
    arguments: impl IntoIterator<Item = &'a str>,
    input: Option<String>,
) -> Result<Vec<u8>, CommandError> {
    let unusable = |why: String| CommandError::Usage(format!("--changed-only asks git what changed: {why}"));
    let mut child = Command::new("git")
        // A repository's configuration must not start programs.
        .args(["-c", "core.fsmonitor=false"])
        .args(arguments.into_iter().map(OsStr::new))
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| unusable(format!("git cannot be started: {error}")))?;
    let stdin = child.stdin.take();
    // Both sides may fill their pipes: one writes while the other reads.
    let writer = std::thread::spawn(move || {
        if let (Some(mut stdin), Some(input)) = (stdin, input) {
            let _ = stdin.write_all(input.as_bytes());
        }
    });
    let output = child.wait_with_output().map_err(|error| unusable(error.to_string()))?;
    let _ = writer.join();
    if output.status.success() {
        Ok(output.stdout)
    } else {
        let said = line(&output.stderr);
        Err(unusable(said.lines().next().unwrap_or("it failed").trim_start_matches("fatal: ").to_owned()))
    }
}
