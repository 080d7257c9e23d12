//! `cargo xtask hooks`: the pre-commit hooks, run by the real pre-commit and the real prek in a scratch repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{fresh_dir, npm, output, root, run, venv};

/// What runs hooks, as PyPI has it.
const RUNNERS: &[&str] = &["pre-commit==4.7.0", "prek==0.5.11"];

const VARIABLES: &str = "infrastructure/variables.tf";
const PAGE: &str = "infrastructure/LAMBDA_DEPLOYMENT.md";

/// Runs every hook by every runner.
pub fn all() -> Result<(), String> {
    let bin = venv("hooks", RUNNERS)?;
    let work = fresh_dir("hooks")?;
    let project = snapshot(&work.join("project"))?;
    // The package as it is here stands in for the published one.
    let package = format!("additional_dependencies: [\"{}\"]", pack(&work)?.display());
    for (hook, more) in [("trysquare", ""), ("trysquare-wasm", &*package)] {
        for runner in ["pre-commit", "prek"] {
            let scratch = Scratch::new(&work.join(format!("{hook}-by-{runner}")), &project, hook, more)?;
            scratch.hook(Command::new(bin.join(runner)).arg("install"))?;
            scratch.scenarios().map_err(|error| format!("{hook} by {runner}: {error}"))?;
            println!("{runner}: the hook {hook} does what it should");
        }
    }
    Ok(())
}

/// The npm package as a file.
fn pack(into: &Path) -> Result<PathBuf, String> {
    let package = npm::package()?;
    let name = output(Command::new("npm").args(["pack", "--silent", "--pack-destination"]).arg(into).arg(package))?;
    Ok(into.join(name.trim()))
}

/// The work tree as a repository of its own, as runners of hooks clone one.
fn snapshot(dir: &Path) -> Result<PathBuf, String> {
    let files = output(
        Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(root()),
    )?;
    for file in files.lines() {
        copy(&root().join(file), &dir.join(file))?;
    }
    init(dir)?;
    Ok(dir.to_owned())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let copied = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::copy(from, to));
    copied.map(|_| ()).map_err(|error| format!("{} cannot be copied: {error}", from.display()))
}

fn init(dir: &Path) -> Result<(), String> {
    for arguments in [
        &["init", "--quiet", "--initial-branch=main"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message=start"],
    ] {
        run(&mut git(dir, arguments))?;
    }
    Ok(())
}

/// git, by nobody in particular and by nobody's settings.
fn git(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgSign=false"]);
    command.args(arguments).current_dir(dir);
    command
}

/// A repository whose commits a hook looks at.
struct Scratch {
    dir: PathBuf,
    work: PathBuf,
}

impl Scratch {
    /// The mended example, with a hook of `project` configured, and what more there is to say of it.
    fn new(dir: &Path, project: &Path, hook: &str, more: &str) -> Result<Self, String> {
        let example = project.join("examples/hoopstat-fixed");
        for file in output(&mut git(&example, &["ls-files"]))?.lines() {
            copy(&example.join(file), &dir.join(file))?;
        }
        let revision = output(&mut git(project, &["rev-parse", "HEAD"]))?;
        let config = format!(
            "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: {hook}\n        {more}\n",
            project.display(),
            revision.trim()
        );
        write(&dir.join(".pre-commit-config.yaml"), &config)?;
        init(dir)?;
        Ok(Self { dir: dir.to_owned(), work: dir.parent().unwrap_or(dir).to_owned() })
    }

    /// Runs a command as a hook's runner: its store is ours, and hooks are built fast rather than built to be fast.
    fn hook(&self, command: &mut Command) -> Result<String, String> {
        command.current_dir(&self.dir);
        command.env("PRE_COMMIT_HOME", self.work.join("pre-commit-home")).env("PREK_HOME", self.work.join("prek-home"));
        command.env("CARGO_TARGET_DIR", root().join("target/hooks-build"));
        command.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
        command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        let done = command.output().map_err(|error| format!("{command:?} could not be started: {error}"))?;
        let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        if done.status.success() { Ok(said) } else { Err(said) }
    }

    /// Changes a file and commits it.
    fn commit(&self, file: &str, change: impl Fn(&str) -> String) -> Result<String, String> {
        let path = self.dir.join(file);
        write(&path, &change(&fs::read_to_string(&path).unwrap_or_default()))?;
        run(&mut git(&self.dir, &["add", file]))?;
        self.hook(&mut git(&self.dir, &["commit", "--message=change"]))
    }

    /// Takes back what a commit was refused for.
    fn reset(&self) -> Result<(), String> {
        run(&mut git(&self.dir, &["reset", "--quiet", "--hard"]))
    }

    fn scenarios(&self) -> Result<(), String> {
        let comment = |text: &str| format!("{text}\n# Nothing of what counts has changed.\n");
        let other_memory = |text: &str| text.replace("memory_size = 256", "memory_size = 512");
        let other_page = |text: &str| text.replace("256MB", "512MB");
        let finding = "has 256 MB of memory; documented: 512 MB";

        passes("a change that breaks nothing", self.commit(VARIABLES, comment), "Passed")?;
        fails(
            "a change of the code",
            self.commit(VARIABLES, other_memory),
            "has 512 MB of memory; documented: 256 MB",
        )?;
        self.reset()?;
        fails("a change of the page alone", self.commit(PAGE, other_page), finding)?;

        // Somebody commits it all the same: from now on, the hook speaks to those who touch what it is about.
        run(&mut git(&self.dir, &["commit", "--quiet", "--no-verify", "--message=bypass"]))?;
        passes("a file of no concern", self.commit("app/main.py", comment), "no files to check")?;
        passes("a file that has nothing to do with it", self.commit("infrastructure/s3.tf", comment), "Passed")?;
        fails("a file that has", self.commit(VARIABLES, comment), finding)
    }
}

fn passes(what: &str, outcome: Result<String, String>, says: &str) -> Result<(), String> {
    match outcome {
        Ok(said) if said.contains(says) => Ok(()),
        Ok(said) | Err(said) => Err(format!("{what} was to pass and to say `{says}`, but:\n{said}")),
    }
}

fn fails(what: &str, outcome: Result<String, String>, says: &str) -> Result<(), String> {
    match outcome {
        Err(said) if said.contains(says) => Ok(()),
        Ok(said) | Err(said) => Err(format!("{what} was to fail and to say `{says}`, but:\n{said}")),
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
    written.map_err(|error| format!("{} cannot be written: {error}", path.display()))
}
