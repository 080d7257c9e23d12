//! The commands that steps run: what the interpreter hands out, and how their arguments are read.

use super::possible::{Given, Possible};
use super::text::Text;
use crate::source::Span;

/// One command of a script, with everything that its words can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// Where it is written.
    pub span: Span,
    /// The program and its arguments; `[` and `[[` tests are commands too.
    pub words: Vec<Argument>,
    /// `NAME=value` before the program.
    pub assignments: Vec<Assigned>,
    /// What must hold for it to run, outermost first.
    pub conditions: Vec<Condition>,
    /// What its running presupposes; any one of these, and nothing if one of them is empty.
    pub cases: Vec<Given>,
    /// The innermost loop it is in; the number is unique within its script.
    pub in_loop: Option<usize>,
    /// Whether its output goes into another command.
    pub piped: bool,
    /// Whether its standard output goes to a file.
    pub to_file: bool,
}

/// One word of a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// Where.
    pub span: Span,
    /// Everything it can be.
    pub value: Possible,
}

/// A variable that a script sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigned {
    /// Where.
    pub span: Span,
    /// The variable.
    pub name: String,
    /// Everything that it is set to.
    pub value: Possible,
    /// Whether programs and later steps may see it: exported, or written to `$GITHUB_ENV`.
    pub exported: bool,
}

/// Something that must hold for a command to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// What it is.
    pub kind: ConditionKind,
    /// Where it is written.
    pub span: Span,
}

/// The kinds of condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionKind {
    /// `if:` of a job.
    JobIf,
    /// `if:` of a step.
    StepIf,
    /// The condition of an `if` or `elif`.
    If,
    /// `else`
    Else,
    /// An arm of a `case`.
    Case,
    /// `a && this`
    And,
    /// `a || this`
    Or,
    /// A loop that may not run at all.
    Loop,
}

/// Programs that run the command that follows them, and which of their options take a value.
const WRAPPERS: [(&str, &[&str]); 9] = [
    ("sudo", &["-u", "-g"]),
    ("env", &["-u"]),
    ("exec", &[]),
    ("command", &[]),
    ("nohup", &[]),
    ("time", &[]),
    ("nice", &["-n"]),
    ("timeout", &["-s", "-k", "--signal", "--kill-after"]),
    ("xargs", &["-n", "-I", "-P", "-L", "-d"]),
];

impl Command {
    /// The words without wrappers such as `sudo` or `timeout 60`.
    #[must_use]
    pub fn effective(&self) -> &[Argument] {
        let mut words = self.words.as_slice();
        // Every turn takes at least the wrapper away.
        while let Some((program, options)) =
            words.first().and_then(|first| WRAPPERS.into_iter().find(|(name, _)| first.is(name)))
        {
            words = words.get(1..).unwrap_or(&[]);
            let mut limit = usize::from(program == "timeout");
            while let Some(word) = words.first().and_then(|word| word.value.single()) {
                let skip = if options.contains(&word) {
                    2
                } else if word.starts_with('-') || program == "env" && word.contains('=') {
                    1
                } else if limit > 0 {
                    limit -= 1;
                    1
                } else {
                    break;
                };
                words = words.get(skip..).unwrap_or(&[]);
            }
        }
        words
    }

    /// The name of the program, without its directory.
    #[must_use]
    pub fn program(&self) -> Option<&str> {
        let path = self.effective().first()?.value.single()?;
        Some(path.rsplit('/').next().unwrap_or(path))
    }

    /// Whether it certainly runs when its step does.
    #[must_use]
    pub fn is_unconditional(&self) -> bool {
        self.conditions.iter().all(|condition| matches!(condition.kind, ConditionKind::JobIf | ConditionKind::StepIf))
    }

    /// Whether a known part of a word contains this text.
    #[must_use]
    pub fn mentions(&self, wanted: &str) -> bool {
        self.words.iter().any(|word| word.mentions(wanted))
    }
}

impl Argument {
    /// Whether the word is this, for certain.
    #[must_use]
    pub fn is(&self, wanted: &str) -> bool {
        self.value.single() == Some(wanted)
    }

    /// Whether a known part of it contains this text.
    #[must_use]
    pub fn mentions(&self, wanted: &str) -> bool {
        self.value.known.iter().any(|one| one.text.contains(wanted))
    }

    /// Whether it can only be an option.
    #[must_use]
    pub fn is_option(&self) -> bool {
        !self.value.known.is_empty() && self.value.known.iter().all(|one| one.text.prefix().starts_with('-'))
    }
}

/// An option with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct OptionValue {
    /// The option, dashes included.
    pub name: String,
    /// Where the option is written.
    pub span: Span,
    /// Its values; none for a flag, several for `--image-ids a b`.
    pub values: Vec<Argument>,
}

/// A call of the AWS CLI: `aws [options] SERVICE OPERATION [options]`
/// (<https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-commandstructure.html>).
#[derive(Debug, Clone, PartialEq)]
pub struct AwsCall {
    /// The words before the options of the operation: service, operation, and for `wait` what is waited for.
    pub words: Vec<String>,
    /// Every option, global ones too.
    pub options: Vec<OptionValue>,
}

impl AwsCall {
    /// The first value of an option.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&Argument> {
        self.options.iter().find(|option| option.name == name).and_then(|option| option.values.first())
    }

    /// Whether the call begins with these words.
    #[must_use]
    pub fn is(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len() && self.words.iter().zip(words).all(|(own, wanted)| own == wanted)
    }
}

/// Global flags of the AWS CLI that take no value
/// (<https://docs.aws.amazon.com/cli/latest/reference/#options>).
const AWS_FLAGS: [&str; 7] = [
    "--debug",
    "--no-verify-ssl",
    "--no-paginate",
    "--no-sign-request",
    "--no-cli-pager",
    "--no-cli-auto-prompt",
    "--cli-auto-prompt",
];

/// Reads a command as a call of the AWS CLI, if it is one.
#[must_use]
pub fn aws_call(command: &Command) -> Option<AwsCall> {
    let (program, rest) = command.effective().split_first()?;
    let program = program.value.single()?;
    if program.rsplit('/').next() != Some("aws") {
        return None;
    }
    let mut call = AwsCall { words: Vec::new(), options: Vec::new() };
    let mut global = true;
    for word in rest {
        let option = word.value.known.first().filter(|_| word.is_option());
        match (option, call.options.last_mut()) {
            (Some(first), _) => {
                global = call.words.len() < 2;
                call.options.push(option_of(word, &first.text));
            }
            (None, Some(open)) if takes_more(open, global) => open.values.push(word.clone()),
            (None, _) => call.words.extend(word.value.single().map(str::to_owned)),
        }
    }
    Some(call)
}

/// Whether an option takes the next word: one that stands before the operation one word at most, and a flag none.
fn takes_more(option: &OptionValue, global: bool) -> bool {
    if AWS_FLAGS.contains(&option.name.as_str()) {
        return false;
    }
    !global || option.values.is_empty()
}

fn option_of(word: &Argument, first: &Text) -> OptionValue {
    match first.split_once('=') {
        Some((name, _)) => {
            let mut value = word.value.clone();
            for one in &mut value.known {
                if let Some((_, after)) = one.text.split_once('=') {
                    one.text = after;
                }
            }
            OptionValue { name: name.to_string(), span: word.span, values: vec![Argument { span: word.span, value }] }
        }
        None => OptionValue { name: first.to_string(), span: word.span, values: Vec::new() },
    }
}
