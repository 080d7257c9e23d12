//! The GitHub Action, run here: the scripts of its own steps, in their order, with what the runner would hand them.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use trysquare::source::Sources;
use trysquare::syntax::yaml::{self, Node};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn action() -> Node {
    let text = fs::read_to_string(root().join("action.yml")).unwrap();
    let file = Sources::new().add("action.yml", text.as_str());
    let (node, problems) = yaml::parse(file, &text);
    assert!(problems.is_empty(), "{problems:?}");
    node.unwrap()
}

fn steps(action: &Node) -> &[Node] {
    action.get("runs").unwrap().get("steps").unwrap().items()
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::text)
}

/// A job's runner, with its files, on one repository.
struct Runner {
    temp: PathBuf,
    repository: PathBuf,
    inputs: BTreeMap<String, String>,
}

/// What a run left behind.
struct Run {
    log: String,
    /// The name of the step that failed, if one did.
    failed: Option<String>,
    summary: String,
    outputs: BTreeMap<String, String>,
}

impl Runner {
    fn new(name: &str, example: &str, inputs: &[(&str, &str)]) -> Self {
        let temp = env::temp_dir().join(format!("trysquare-action-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&temp);
        fs::create_dir_all(temp.join("releases")).unwrap();
        let repository = temp.join("repository");
        run(Command::new("cp").arg("-R").arg(root().join("examples").join(example)).arg(&repository));
        fs::create_dir_all(repository.join(".git")).unwrap();
        let action = action();
        let defaults = action.get("inputs").unwrap().entries().iter();
        let defaults = defaults.map(|input| (input.key.text().unwrap(), text(&input.value, "default").unwrap()));
        let inputs = defaults.chain(inputs.iter().copied());
        let inputs = inputs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let runner = Self { temp, repository, inputs };
        runner.release();
        runner
    }

    /// A release of the program that was just built, as the release workflow makes one.
    fn release(&self) {
        let version = &self.inputs["version"];
        let dir = self.temp.join("releases").join(format!("v{version}"));
        fs::create_dir_all(&dir).unwrap();
        // The program itself would take long to pack.
        let starter = format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_trysquare"));
        fs::write(dir.join("trysquare"), starter).unwrap();
        fs::set_permissions(dir.join("trysquare"), fs::Permissions::from_mode(0o755)).unwrap();
        let archive = format!("trysquare-{version}-x86_64-unknown-linux-gnu.tar.gz");
        run(Command::new("tar").args(["-czf", &archive, "trysquare"]).current_dir(&dir));
        let sums = run(Command::new("sha256sum").arg(&archive).current_dir(&dir));
        fs::write(dir.join("SHA256SUMS"), sums).unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.temp.join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// What an expression of the action stands for.
    fn value(&self, text: &str, outputs: &BTreeMap<String, String>) -> String {
        let Some(name) = text.strip_prefix("${{ ").and_then(|text| text.strip_suffix(" }}")) else {
            return text.to_owned();
        };
        match name.strip_prefix("inputs.") {
            Some(input) => self.inputs[input].clone(),
            None => outputs.get(name.strip_prefix("steps.check.outputs.").unwrap()).cloned().unwrap_or_default(),
        }
    }

    fn outputs(&self) -> BTreeMap<String, String> {
        let output = self.read("output");
        let pairs = output.lines().filter_map(|line| line.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Runs the steps that are scripts, until one fails.
    fn run(&self) -> Run {
        let (mut log, mut failed) = (String::new(), None);
        for step in steps(&action()) {
            let Some(script) = text(step, "run") else {
                continue;
            };
            assert_eq!(text(step, "shell"), Some("bash"));
            let mut path = self.read("path").lines().map(str::to_owned).collect::<Vec<_>>();
            path.push(env::var("PATH").unwrap());
            let mut command = Command::new("bash");
            command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(&self.repository);
            command
                .env("PATH", path.join(":"))
                .env("TRYSQUARE_RELEASES", format!("file://{}/releases", self.temp.display()));
            command.env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64").env("RUNNER_TEMP", &self.temp);
            command.env("GITHUB_ACTION_PATH", root()).env("GITHUB_PATH", self.file("path"));
            command.env("GITHUB_OUTPUT", self.file("output")).env("GITHUB_STEP_SUMMARY", self.file("summary"));
            let outputs = self.outputs();
            for variable in step.get("env").map(Node::entries).unwrap_or_default() {
                command.env(variable.key.text().unwrap(), self.value(variable.value.text().unwrap(), &outputs));
            }
            let done = command.output().unwrap();
            log.push_str(&String::from_utf8_lossy(&done.stdout));
            log.push_str(&String::from_utf8_lossy(&done.stderr));
            if !done.status.success() {
                failed = text(step, "name").map(str::to_owned);
                break;
            }
        }
        Run { log, failed, summary: self.read("summary"), outputs: self.outputs() }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.temp);
    }
}

/// What a command prints. The runner's own programs are needed here: cp, tar, sha256sum.
fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} is needed for this test: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn findings_fail_the_job_after_their_report_is_there() {
    let runner = Runner::new("findings", "hoopstat", &[]);
    let run = runner.run();
    assert_eq!(run.failed.as_deref(), Some("Judge"), "{}", run.log);
    assert_eq!(run.outputs["status"], "1");
    assert!(run.log.contains("::error file=infrastructure/lambda.tf,line=35,"), "{}", run.log);
    assert!(run.summary.starts_with("## trysquare: 8 errors\n") && run.summary.contains("| ✗ ["), "{}", run.summary);
    let sarif = fs::read_to_string(&run.outputs["sarif-file"]).unwrap();
    assert!(sarif.contains("\"ruleId\": \"lambda-memory\""), "{sarif}");
}

#[test]
fn a_clean_repository_passes() {
    let run = Runner::new("clean", "hoopstat-fixed", &[]).run();
    assert_eq!(run.failed, None, "{}", run.log);
    assert_eq!(run.outputs["status"], "0");
}

#[test]
fn inputs_reach_the_command_and_nothing_else() {
    let inputs = [("fail-on", "never"), ("summary", "false"), ("format", "concise")];
    let paths = ("paths", "infrastructure/variables.tf\n\ninfrastructure/iam.tf\n");
    let run = Runner::new("inputs", "hoopstat", &[&inputs[..], &[paths]].concat()).run();
    assert_eq!((run.failed.as_deref(), run.summary.as_str()), (None, ""), "{}", run.log);
    assert!(run.log.contains("[lambda-memory]") && run.log.contains("[iam-s3-undocumented-bucket]"), "{}", run.log);
    assert!(!run.log.contains("[workflow-deploy-step-missing]"), "{}", run.log);

    let runner = Runner::new("injection", "hoopstat", &[("paths", "$(touch harm)`touch harm`; touch harm\n--config")]);
    let run = runner.run();
    assert_eq!(run.outputs["status"], "2", "{}", run.log);
    assert!(!runner.repository.join("harm").exists());
}

#[test]
fn an_archive_that_was_changed_is_not_run() {
    let runner = Runner::new("checksum", "hoopstat-fixed", &[]);
    let version = &runner.inputs["version"];
    let archive = format!("releases/v{version}/trysquare-{version}-x86_64-unknown-linux-gnu.tar.gz");
    fs::write(runner.file(&archive), "something else").unwrap();
    let run = runner.run();
    assert_eq!(run.failed.as_deref(), Some("Install trysquare"));
    assert!(run.log.contains("is not what its checksum says"), "{}", run.log);
}

#[test]
fn a_version_is_a_version() {
    let mut runner = Runner::new("version", "hoopstat-fixed", &[]);
    runner.inputs.insert("version".to_owned(), "../../x".to_owned());
    assert_eq!(runner.run().failed.as_deref(), Some("Install trysquare"));
}

#[test]
fn it_installs_the_version_that_it_belongs_to() {
    let action = action();
    let version = text(action.get("inputs").unwrap().get("version").unwrap(), "default");
    assert_eq!(version, Some(env!("CARGO_PKG_VERSION")));
}

#[test]
fn other_actions_are_pinned() {
    for uses in steps(&action()).iter().filter_map(|step| text(step, "uses")) {
        let (_, revision) = uses.split_once('@').unwrap();
        assert!(revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit()), "{uses}");
    }
}
