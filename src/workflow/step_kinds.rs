//! Which documented step of a deployment a command or action is.

use std::collections::HashSet;

use super::commands::{AwsCall, Command, aws_call};
use super::linked::{Event, LinkedJob, Place, Workflow};
use super::possible::Possible;
use crate::source::Span;

/// The steps that a deployment can be documented to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// Finds out what has changed.
    DetectChanges,
    /// Makes sure that an image is in the registry.
    VerifyImage,
    /// Gives a function its new code.
    UpdateFunction,
    /// Tries the function, or its image.
    HealthCheck,
    /// Waits until the function is active.
    WaitActive,
}

impl StepKind {
    /// The name that a standard uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DetectChanges => "detect-changes",
            Self::VerifyImage => "verify-image",
            Self::UpdateFunction => "update-function",
            Self::HealthCheck => "health-check",
            Self::WaitActive => "wait-active",
        }
    }
}

/// How a kind of step is recognised.
enum Sign {
    /// A program with these words among its first ones, in this order.
    Program(&'static [&'static str]),
    /// As `Program`, when a word mentions this.
    Mentioning(&'static [&'static str], &'static str),
    /// `aws` with exactly these words.
    Aws(&'static [&'static str]),
    /// An action.
    Action(&'static str),
    /// A step whose name or id says so, and that does more than print.
    Named(&'static str),
    /// `curl` or `wget` that asks an address for an answer.
    Request,
    /// `aws lambda get-function…` in a loop that looks at the state.
    Polling,
}

/// The table; rows of one kind adjoin. What the AWS operations do: <https://docs.aws.amazon.com/cli/latest/reference/lambda/> and
/// <https://docs.aws.amazon.com/cli/latest/reference/ecr/>.
const SIGNS: &[(StepKind, Sign)] = &[
    (StepKind::DetectChanges, Sign::Program(&["git", "diff"])),
    (StepKind::DetectChanges, Sign::Program(&["git", "diff-tree"])),
    (StepKind::DetectChanges, Sign::Program(&["gh", "pr", "diff"])),
    (StepKind::DetectChanges, Sign::Mentioning(&["gh", "api"], "/files")),
    (StepKind::DetectChanges, Sign::Mentioning(&["gh", "api"], "/compare/")),
    (StepKind::DetectChanges, Sign::Action("dorny/paths-filter")),
    (StepKind::DetectChanges, Sign::Action("tj-actions/changed-files")),
    (StepKind::DetectChanges, Sign::Action("step-security/changed-files")),
    (StepKind::VerifyImage, Sign::Aws(&["ecr", "describe-images"])),
    (StepKind::VerifyImage, Sign::Aws(&["ecr", "batch-get-image"])),
    (StepKind::VerifyImage, Sign::Aws(&["ecr", "list-images"])),
    (StepKind::VerifyImage, Sign::Program(&["docker", "manifest", "inspect"])),
    (StepKind::VerifyImage, Sign::Program(&["docker", "buildx", "imagetools", "inspect"])),
    (StepKind::VerifyImage, Sign::Program(&["docker", "pull"])),
    (StepKind::VerifyImage, Sign::Program(&["skopeo", "inspect"])),
    (StepKind::VerifyImage, Sign::Program(&["crane", "manifest"])),
    (StepKind::VerifyImage, Sign::Program(&["crane", "digest"])),
    (StepKind::UpdateFunction, Sign::Aws(&["lambda", "update-function-code"])),
    (StepKind::UpdateFunction, Sign::Action("aws-actions/aws-lambda-deploy")),
    (StepKind::UpdateFunction, Sign::Action("appleboy/lambda-action")),
    (StepKind::HealthCheck, Sign::Aws(&["lambda", "invoke"])),
    (StepKind::HealthCheck, Sign::Request),
    (StepKind::HealthCheck, Sign::Mentioning(&["docker", "run"], "import ")),
    (StepKind::HealthCheck, Sign::Named("health check")),
    (StepKind::HealthCheck, Sign::Named("healthcheck")),
    (StepKind::HealthCheck, Sign::Named("smoke test")),
    (StepKind::WaitActive, Sign::Aws(&["lambda", "wait", "function-active"])),
    (StepKind::WaitActive, Sign::Aws(&["lambda", "wait", "function-active-v2"])),
    (StepKind::WaitActive, Sign::Aws(&["lambda", "wait", "function-updated"])),
    (StepKind::WaitActive, Sign::Aws(&["lambda", "wait", "function-updated-v2"])),
    (StepKind::WaitActive, Sign::Polling),
];

/// Addresses that are asked for other reasons than a function's health.
const OTHER_ADDRESSES: [&str; 6] = ["github.com", "githubusercontent.com", "slack", "webhook", "discord", "install"];
/// Programs that print, wait or end a script.
const IDLE: [&str; 10] = [":", "cat", "cd", "echo", "exit", "export", "printf", "set", "sleep", "true"];
/// Programs that make of what `curl` gets a download.
const UNPACKERS: [&str; 7] = ["bash", "sh", "tar", "gunzip", "unzip", "gpg", "apt-key"];

/// A documented step found in a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Which.
    pub kind: StepKind,
    /// Where it is in the order of things.
    pub place: Place,
    /// Index of the step in its job.
    pub step: usize,
    /// Where it is written.
    pub span: Span,
    /// Whether it runs whenever its step does.
    pub unconditional: bool,
}

/// Every documented step in a workflow, in the order of its jobs and events.
#[must_use]
pub fn occurrences(workflow: &Workflow) -> Vec<Occurrence> {
    let mut found: Vec<Occurrence> = Vec::new();
    let mut covered: HashSet<(usize, usize, StepKind)> = HashSet::new();
    for (place, event) in workflow.events() {
        let Some(job) = workflow.jobs.get(place.job) else {
            continue;
        };
        let call = event.command().and_then(aws_call);
        let mut last = None;
        for (kind, sign) in SIGNS {
            let step = (place.job, event.step, *kind);
            // A name stands for the whole step: its first event is the place, unless something in it is recognised.
            let done = last == Some(*kind) || matches!(sign, Sign::Named(_)) && covered.contains(&step);
            if !done && shows(sign, job, place.event, event, call.as_ref()) {
                last = Some(*kind);
                covered.insert(step);
                found.push(Occurrence {
                    kind: *kind,
                    place,
                    step: event.step,
                    span: event.span(),
                    unconditional: event.command().is_none_or(Command::is_unconditional),
                });
            }
        }
    }
    found
}

fn shows(sign: &Sign, job: &LinkedJob, at: usize, event: &Event, call: Option<&AwsCall>) -> bool {
    match (sign, event.command(), event.action()) {
        (Sign::Program(words), Some(command), _) => runs(command, words),
        (Sign::Mentioning(words, text), Some(command), _) => runs(command, words) && command.mentions(text),
        (Sign::Aws(words), _, _) => call.is_some_and(|call| call.is(words) && call.words.len() == words.len().max(2)),
        (Sign::Action(name), _, Some(action)) => action.name.eq_ignore_ascii_case(name),
        (Sign::Named(name), command, _) => !command.is_some_and(only_prints) && is_named(job, event.step, name),
        (Sign::Request, Some(command), _) => requests(job, at, event.step, command),
        (Sign::Polling, Some(command), _) => call.is_some_and(|call| polls(job, event.step, command, call)),
        _ => false,
    }
}

/// Whether a command tries nothing, whatever its step is called.
fn only_prints(command: &Command) -> bool {
    command.program().is_some_and(|program| IDLE.contains(&program))
}

/// Whether the program is the first word and the others follow soon, options and their values between them.
fn runs(command: &Command, words: &[&str]) -> bool {
    let Some((program, rest)) = words.split_first() else {
        return false;
    };
    if command.program() != Some(program) {
        return false;
    }
    let mut wanted = rest.iter();
    let mut next = wanted.next();
    let own = command.effective().iter().skip(1).filter(|word| !word.is_option());
    for word in own.take(rest.len() + 2) {
        let Some(text) = next else { break };
        if word.is(text) {
            next = wanted.next();
        }
    }
    next.is_none()
}

fn is_named(job: &LinkedJob, step: usize, wanted: &str) -> bool {
    let mut index = Some(step);
    // The steps of a composite action are part of the step that uses it; each is within an earlier one.
    while let Some(step) = index.and_then(|at| job.steps.get(at)) {
        let names = step.name.iter().flat_map(Possible::texts);
        let id = step.step.id.iter().map(|id| id.value.as_str());
        let says = |text: &str| text.to_lowercase().replace(['-', '_'], " ").contains(wanted);
        if names.chain(id).any(says) {
            return true;
        }
        index = step.within;
    }
    false
}

fn requests(job: &LinkedJob, at: usize, step: usize, command: &Command) -> bool {
    let program = command.program();
    if !matches!(program, Some("curl" | "wget")) {
        return false;
    }
    let words = command.effective().get(1..).unwrap_or(&[]);
    let address = words.iter().find(|word| {
        let unknown = word.value.known.iter().any(|one| one.text.prefix().is_empty() && one.text.as_known().is_none());
        word.mentions("http://") || word.mentions("https://") || unknown && !word.is_option()
    });
    let Some(address) = address else {
        return false;
    };
    let other = address.value.known.iter().any(|one| {
        let shown = one.text.to_string().to_lowercase();
        OTHER_ADDRESSES.iter().any(|other| shown.contains(other))
    });
    let nowhere = words.iter().any(|word| {
        word.is("/dev/null")
            || word.is("--spider")
            || word.is("-")
            || word.value.single().is_some_and(|text| text.ends_with("O-"))
    });
    let saves = words.iter().filter_map(|word| word.value.single()).any(|word| {
        let short = word.starts_with('-') && !word.starts_with("--") && word.contains(['o', 'O']);
        short || matches!(word, "--output" | "--remote-name") || word.starts_with("--output=")
    });
    let next = job.events.get(at + 1).filter(|next| command.piped && next.step == step);
    let unpacks =
        next.and_then(Event::command).and_then(Command::program).is_some_and(|next| UNPACKERS.contains(&next));
    !other && !unpacks && (nowhere || !saves && program == Some("curl") || !saves && words.len() > 1)
}

fn polls(job: &LinkedJob, step: usize, command: &Command, call: &AwsCall) -> bool {
    let Some(turn) = command.in_loop else {
        return false;
    };
    let reads = ["get-function", "get-function-configuration"];
    let looks = |other: &Command| other.mentions("State") || other.mentions("LastUpdateStatus");
    reads.iter().any(|operation| call.is(&["lambda", operation]))
        && job
            .events
            .iter()
            .filter(|event| event.step == step)
            .filter_map(Event::command)
            .any(|other| other.in_loop == Some(turn) && looks(other))
}
