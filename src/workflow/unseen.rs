//! What may run in a workflow without being seen: actions and programs whose inside is not in the workflow.
//!
//! A documented step that is not found may be there, so what is named here makes its absence undetermined. What is
//! known to set a machine up, to move files about or to tell people something is passed over.

use super::commands::Command;
use super::linked::{ActionUse, Run, Workflow};
use crate::source::Span;

/// Owners and repositories whose actions neither deploy nor look after a deployment.
const FAMILIAR: &[&str] = &[
    "actions/",
    "aws-actions/",
    "docker/",
    "github/",
    "hashicorp/",
    "dorny/",
    "tj-actions/",
    "step-security/",
    "astral-sh/",
    "softprops/",
    "peter-evans/",
    "codecov/",
    "pre-commit/",
    "dtolnay/",
    "swatinem/",
    "taiki-e/",
    "slackapi/",
    "sigstore/",
    "googleapis/release-please-action",
    "google-github-actions/release-please-action",
    "amannn/action-semantic-pull-request",
    "terraform-linters/",
    "psf/black",
    "chartboost/ruff-action",
    "appleboy/lambda-action",
];

/// Actions of those owners that run whatever they are told to.
const OPAQUE: &[&str] = &[
    "actions/github-script",
    "aws-actions/aws-cloudformation-github-deploy",
    "aws-actions/aws-codebuild-run-build",
    "hashicorp/tfc-workflows-github",
];

/// Words in the name of an action that does nothing but what they say.
const HARMLESS_WORDS: [&str; 17] = [
    "setup",
    "install",
    "installer",
    "checkout",
    "cache",
    "login",
    "slack",
    "teams",
    "discord",
    "notify",
    "notification",
    "comment",
    "label",
    "labeler",
    "lint",
    "coverage",
    "changelog",
];

/// Programs that run what a file of the repository says.
const RUNNERS: [&str; 16] = [
    "make",
    "just",
    "task",
    "mage",
    "rake",
    "inv",
    "invoke",
    "ansible-playbook",
    "sam",
    "serverless",
    "sls",
    "cdk",
    "pulumi",
    "copilot",
    "gradle",
    "gradlew",
];

/// Programs that run a script, or one named in a file, and their words that are known to do something else.
const INTERPRETERS: [(&str, &[&str]); 12] = [
    ("python", MODULES),
    ("python3", MODULES),
    ("node", &["-v", "--version"]),
    ("ruby", &["-v", "--version"]),
    ("npm", TOOLS),
    ("yarn", TOOLS),
    ("pnpm", TOOLS),
    ("npx", TOOLS),
    ("poetry", TOOLS),
    ("uv", TOOLS),
    ("pipenv", TOOLS),
    ("go", &["build", "test", "vet", "mod", "install", "version", "env", "generate", "fmt"]),
];

/// Modules of Python that check, test or install.
const MODULES: &[&str] = &[
    "pip",
    "pytest",
    "unittest",
    "venv",
    "build",
    "ruff",
    "black",
    "mypy",
    "json.tool",
    "compileall",
    "coverage",
    "-V",
    "--version",
];

/// What code on the command line of an interpreter mentions when it may reach AWS.
const REACHES_OUT: [&str; 4] = ["boto", "subprocess", "system", "exec"];

/// What package managers do besides running scripts, and scripts whose names say that they deploy nothing.
const TOOLS: &[&str] = &[
    "ci",
    "install",
    "add",
    "sync",
    "lock",
    "config",
    "export",
    "build",
    "test",
    "lint",
    "format",
    "fmt",
    "typecheck",
    "type-check",
    "check",
    "audit",
    "pip",
    "venv",
    "python",
    "cache",
    "version",
    "--version",
    "pytest",
    "ruff",
    "black",
    "mypy",
    "isort",
    "flake8",
    "pyright",
    "eslint",
    "prettier",
    "tsc",
    "jest",
    "vitest",
    "self",
    "tool",
];

/// Something that may run a step of a deployment unseen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// Where.
    pub span: Span,
    /// Why it is not seen.
    pub reason: String,
}

/// Everything in a workflow that may do more than is seen, each place once.
#[must_use]
pub fn unseen(workflow: &Workflow) -> Vec<Unseen> {
    let problems = workflow.problems.iter().map(|problem| Unseen {
        span: problem.span,
        reason: format!("the file could not be read whole: {}", problem.message),
    });
    let notes = workflow
        .notes
        .iter()
        .filter(|note| note.hides)
        .map(|note| Unseen { span: note.span, reason: note.message.clone() });
    let events = workflow.events().filter_map(|(_, event)| {
        let reason = match &event.run {
            Run::Action(action) if !is_familiar(action) => {
                format!("what `{}` does is not in this repository", action.name)
            }
            Run::Command(command) => format!("what `{}` runs is not read", runs_a_file(command)?),
            Run::Action(_) => return None,
        };
        Some(Unseen { span: event.span(), reason })
    });
    let mut all: Vec<Unseen> = problems.chain(notes).chain(events).collect();
    all.dedup();
    all
}

fn is_familiar(action: &ActionUse) -> bool {
    let name = action.name.to_ascii_lowercase();
    if OPAQUE.iter().any(|opaque| name.starts_with(opaque)) || name.starts_with("docker://") {
        return false;
    }
    // The inside of a local action is in the repository, and a note says why it was not followed.
    let known = FAMILIAR.iter().any(|owner| name.starts_with(owner)) || name.starts_with('.');
    known || name.rsplit('/').next().unwrap_or("").split(['-', '_']).any(|word| HARMLESS_WORDS.contains(&word))
}

/// The command, when it is one that runs what another file says.
fn runs_a_file(command: &Command) -> Option<String> {
    let program = command.program()?;
    let words = command.effective().get(1..).unwrap_or(&[]);
    let word = |text: &str| words.iter().take(3).any(|word| word.is(text));
    let shown = || {
        let first = words.iter().find(|word| !word.is_option()).and_then(|word| word.value.single());
        first.map_or_else(|| program.to_owned(), |first| format!("{program} {first}"))
    };
    if RUNNERS.contains(&program) {
        return Some(shown());
    }
    if let Some(at) = words.iter().position(|word| word.is("-c") || word.is("-e")) {
        let code = words.get(at + 1)?;
        let plain = code.value.is_known() && !REACHES_OUT.iter().any(|name| code.mentions(name));
        return (!plain).then(|| program.to_owned());
    }
    let (_, known) = INTERPRETERS.iter().find(|(name, _)| *name == program)?;
    let idle = words.is_empty() && !matches!(program, "python" | "python3" | "node" | "ruby");
    (!idle && !known.iter().any(|known| word(known))).then(shown)
}
