//! Calls of AWS on a function or repository, with the IAM action that each needs.

use super::super::commands::{Argument, AwsCall, Command};
use super::super::linked::Place;
use crate::source::Span;

/// What an IAM action is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallTarget {
    /// A Lambda function, by `--function-name`.
    Function,
    /// An ECR repository, by `--repository-name`.
    Repository,
}

/// A call of AWS that needs a permission.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiCall {
    /// Where it is in the order of things.
    pub place: Place,
    /// Where it is written.
    pub span: Span,
    /// The IAM action, such as `lambda:UpdateFunctionCode`.
    pub action: String,
    /// What it is on.
    pub target: CallTarget,
    /// The name of that.
    pub name: Argument,
}

/// The operation that each waiter of Lambda repeats
/// (<https://docs.aws.amazon.com/cli/latest/reference/lambda/wait/>).
const WAITERS: [(&str, &str); 6] = [
    ("function-active", "GetFunctionConfiguration"),
    ("function-updated", "GetFunctionConfiguration"),
    ("published-version-active", "GetFunctionConfiguration"),
    ("function-active-v2", "GetFunction"),
    ("function-updated-v2", "GetFunction"),
    ("function-exists", "GetFunction"),
];

/// Reads a call. One with other credentials than the job's (`--profile`) is none.
pub(super) fn api_call(place: Place, command: &Command, call: &AwsCall) -> Option<ApiCall> {
    let other_keys = |name: &str| name == "AWS_PROFILE" || name.starts_with("AWS_ACCESS_KEY");
    if call.option("--profile").is_some() || command.assignments.iter().any(|set| other_keys(&set.name)) {
        return None;
    }
    let mut words = call.words.iter().map(String::as_str);
    let (service, operation) = (words.next()?, words.next()?);
    let (target, option) = match service {
        "lambda" => (CallTarget::Function, "--function-name"),
        "ecr" => (CallTarget::Repository, "--repository-name"),
        _ => return None,
    };
    let name = call.option(option)?.clone();
    let action = match (service, operation) {
        ("lambda", "wait") => {
            let waiter = words.next()?;
            WAITERS.iter().find(|(name, _)| *name == waiter).map(|(_, action)| (*action).to_owned())?
        }
        (_, "wait") => return None,
        ("lambda", "invoke" | "invoke-with-response-stream") => "InvokeFunction".to_owned(),
        (_, operation) => pascal_case(operation),
    };
    Some(ApiCall { place, span: command.span, action: format!("{service}:{action}"), target, name })
}

/// `update-function-code` as `UpdateFunctionCode`.
fn pascal_case(operation: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    operation.split('-').map(capital).collect()
}
