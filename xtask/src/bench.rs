//! `cargo xtask bench`: times, always beside something to compare with in the same run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{cargo, growth, output, root, run, venv, workflows};

/// Runs of a whole process; the median counts.
const RUNS: usize = 41;

/// Criterion's benches, then whole processes.
pub fn all() -> Result<(), String> {
    run(cargo().args(["bench", "--bench", "check", "--bench", "rules"]))?;
    let binary = binary()?;
    println!("\nWhole processes, median of {RUNS} runs:");
    let start = median(Command::new(&binary).arg("--version"))?;
    report("trysquare --version (process start)", start, start);
    let rules = median(Command::new(&binary).arg("rules").arg(root().join("examples/hoopstat")))?;
    report("trysquare rules (reads the pack)", rules, start);
    for example in ["examples/hoopstat", "examples/hoopstat-fixed"] {
        let path = root().join(example);
        let time = median(Command::new(&binary).args(["check", "--format", "json"]).arg(&path))?;
        report(&format!("trysquare check {example}"), time, start);
        if let Some(memory) = peak_memory(&binary, &path) {
            println!("{:>44}  {memory} kB resident at most", "");
        }
    }
    growth::all(&binary, start)
}

/// How the time of a check grows with the workspace.
pub fn growth() -> Result<(), String> {
    let binary = binary()?;
    let start = median(Command::new(&binary).arg("--version"))?;
    growth::all(&binary, start)
}

/// The program as it is released.
fn binary() -> Result<PathBuf, String> {
    run(cargo().args(["build", "--release", "--quiet", "--bin", "trysquare"]))?;
    Ok(root().join("target/release/trysquare"))
}

/// What runs before a commit that changes one file, each as its own process on the same repository.
pub fn hooks() -> Result<(), String> {
    let binary = binary()?;
    let zizmor = venv("workflows", &[workflows::AUDITOR])?.join("zizmor");
    let repository = root().join("examples/hoopstat-fixed");
    let trysquare = |file: &str| {
        let mut command = Command::new(&binary);
        command.args(["check", file]).current_dir(&repository);
        command
    };
    let (terraform_file, workflow) = ("infrastructure/variables.tf", ".github/workflows/deploy.yml");
    println!("Whole processes on one changed file, median of {RUNS} runs:");
    let start = median(Command::new(&binary).arg("--version"))?;
    report("trysquare --version (process start)", start, start);
    for file in [terraform_file, workflow, "infrastructure/LAMBDA_DEPLOYMENT.md"] {
        report(&format!("trysquare check {file}"), median(&mut trysquare(file))?, start);
    }
    let mut format = Command::new("terraform");
    format.args(["fmt", "-check", terraform_file]).current_dir(&repository);
    match median(&mut format) {
        Ok(time) => report("terraform fmt -check", time, start),
        Err(error) => println!("{:>44}  not measured: {error}", "terraform fmt -check"),
    }
    let mut audit = Command::new(zizmor);
    audit.args(["--offline", "--quiet", "--no-exit-codes", workflow]).current_dir(&repository);
    report("zizmor", median(&mut audit)?, start);
    Ok(())
}

fn report(name: &str, time: Duration, start: Duration) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{name:>44}  {:6.2} ms  ({:.2} × process start)",
        milliseconds(time),
        time.as_secs_f64() / start.as_secs_f64()
    );
}

/// How long a command takes.
pub fn median(command: &mut Command) -> Result<Duration, String> {
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let start = Instant::now();
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().map_err(|error| error.to_string())?;
        times.push(start.elapsed());
        if status.code().is_none_or(|code| code > 1) {
            return Err(format!("{command:?} ended with {status}"));
        }
    }
    times.sort();
    times.get(RUNS / 2).copied().ok_or_else(|| "no runs".to_owned())
}

/// Peak resident memory in kB, where GNU time is there to tell.
pub fn peak_memory(binary: &Path, path: &Path) -> Option<u64> {
    let script = "exec 3>&1; /usr/bin/time -f %M \"$0\" check --fail-on never --format json \"$1\" 2>&3 >/dev/null";
    let printed = output(Command::new("sh").args(["-c", script]).arg(binary).arg(path)).ok()?;
    printed.trim().lines().last()?.parse().ok()
}
