//! `cargo xtask workflows`: our own workflows, the action, and the workflow that the documentation shows, audited.

use std::fs;
use std::process::Command;

use crate::{fresh_dir, root, run, venv};

/// The auditor, as PyPI has it.
pub const AUDITOR: &str = "zizmor==1.32.0";
/// A commit, for the audit of a page that names a release: pinning is the reader's.
const SOME_COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Audits every workflow there is.
pub fn all() -> Result<(), String> {
    let bin = venv("workflows", &[AUDITOR])?;
    let shown = fresh_dir("workflows")?.join(".github/workflows/shown.yml");
    let page = fs::read_to_string(root().join("docs/ci.md")).map_err(|error| format!("docs/ci.md: {error}"))?;
    let workflow = page
        .split("```yaml\n")
        .filter_map(|rest| rest.split("```").next())
        .find(|block| block.contains("\njobs:"))
        .ok_or("docs/ci.md shows no workflow")?;
    let version = concat!("@v", env!("CARGO_PKG_VERSION"));
    let pinned = workflow.replace(version, &format!("@{SOME_COMMIT}"));
    let written = shown.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&shown, pinned));
    written.map_err(|error| format!("{}: {error}", shown.display()))?;
    run(Command::new(bin.join("zizmor"))
        .args(["--offline", "--quiet", "action.yml", ".github"])
        .arg(shown)
        .current_dir(root()))
}
