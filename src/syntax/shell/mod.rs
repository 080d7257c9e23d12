//! Shell scripts to trees: the part of POSIX sh and bash that workflows are written in.
//!
//! Written here rather than taken from a crate: a script is read with `${{ … }}` still in it, every word and
//! every part of a word needs its place, and half a script must still give what could be read; the bash
//! parsers at hand give one error and nothing else.

mod compound;
mod parser;
mod simple;
mod word;

#[cfg(test)]
mod tests;

pub(crate) use word::expression_len;

use super::offsets::OffsetMap;
use crate::source::Span;

/// A script that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// What it runs.
    pub body: List,
    /// The bodies of its here-documents, in order; a [`Redirect`] names one by its index.
    pub heredocs: Vec<Word>,
    /// What could not be read; the rest of the script is there all the same.
    pub problems: Vec<ShellProblem>,
}

/// A place in a script that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellProblem {
    /// Where.
    pub span: Span,
    /// What was wrong.
    pub message: String,
}

/// Commands one after the other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct List {
    /// The and-or lists, in order.
    pub items: Vec<AndOr>,
}

/// Pipelines joined by `&&` and `||`.
#[derive(Debug, Clone, PartialEq)]
pub struct AndOr {
    /// The pipeline that always runs.
    pub first: Pipeline,
    /// The others, each with what joins it to those before it.
    pub rest: Vec<(Connector, Pipeline)>,
    /// Whether it ends in `&`.
    pub background: bool,
}

/// What joins two pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connector {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// Whether it begins with `!`.
    pub negated: bool,
    /// The commands; at least one.
    pub commands: Vec<Command>,
}

/// A simple or compound command.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// Where, redirections included.
    pub span: Span,
    /// What it does.
    pub kind: CommandKind,
    /// Its redirections.
    pub redirects: Vec<Redirect>,
}

/// The kinds of command.
#[derive(Debug, Clone, PartialEq)]
pub enum CommandKind {
    /// Assignments and words.
    Simple {
        /// `NAME=value` before the command, or alone; also the arguments of `export`, `local`, `declare`, `readonly`.
        assignments: Vec<Assignment>,
        /// The program and its arguments.
        words: Vec<Word>,
    },
    /// `{ … }`
    Group(List),
    /// `( … )`
    Subshell(List),
    /// `if … then … elif … else … fi`
    If {
        /// Each condition with what it guards.
        arms: Vec<(List, List)>,
        /// What `else` guards.
        otherwise: Option<List>,
    },
    /// `for NAME in … do … done` and `select`
    For {
        /// The variable.
        variable: String,
        /// What it ranges over; `None` for the arguments or for `for ((…))`.
        words: Option<Vec<Word>>,
        /// What is repeated.
        body: List,
    },
    /// `while … do … done` and `until`
    Loop {
        /// The condition.
        condition: List,
        /// What is repeated.
        body: List,
    },
    /// `case … in … esac`
    Case {
        /// What is looked at.
        subject: Word,
        /// The arms, in order.
        arms: Vec<CaseArm>,
    },
    /// A function is defined.
    Function {
        /// Its name.
        name: String,
        /// Its body.
        body: std::sync::Arc<Command>,
    },
    /// `[[ … ]]`
    Test(Vec<Word>),
    /// `(( … ))`
    Arithmetic,
}

/// One arm of a `case`.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseArm {
    /// The patterns, any of which will do.
    pub patterns: Vec<Word>,
    /// What runs.
    pub body: List,
    /// Whether it ends in `;&` or `;;&`, so that later arms may run too.
    pub falls_through: bool,
}

/// `NAME=value`
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// Where.
    pub span: Span,
    /// The variable.
    pub name: String,
    /// Whether it is `+=`.
    pub append: bool,
    /// Whether it sets one element, `NAME[…]=value`.
    pub element: bool,
    /// The value; the elements of an array.
    pub value: AssignedValue,
}

/// What is assigned.
#[derive(Debug, Clone, PartialEq)]
pub enum AssignedValue {
    /// One word.
    Word(Word),
    /// `( … )`, with the `[key]=` of an element taken off.
    Array(Vec<Word>),
}

/// One redirection.
#[derive(Debug, Clone, PartialEq)]
pub struct Redirect {
    /// What it does.
    pub operator: RedirectOperator,
    /// The file descriptor named before it.
    pub descriptor: Option<u32>,
    /// What follows the operator; for a here-document its delimiter.
    pub target: Word,
    /// Index of the body in [`Script::heredocs`].
    pub heredoc: Option<usize>,
}

/// The redirection operators that tell something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectOperator {
    /// `>` `>|` `&>`
    Write,
    /// `>>` `&>>`
    Append,
    /// `<`
    Read,
    /// `<<` `<<-`
    Heredoc,
    /// `<<<`
    HereString,
    /// `>&` `<&` `<>`
    Other,
}

/// One word.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Where, quotes included.
    pub span: Span,
    /// Its parts, quotes taken off.
    pub parts: Vec<Part>,
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Text.
    Text {
        /// Without quotes and escapes.
        text: String,
        /// Whether it was quoted, so that `*` is a star and no pattern.
        quoted: bool,
    },
    /// `$X`, `${X…}`
    Parameter(Box<Parameter>),
    /// `$(…)` or backticks.
    Substitution(List),
    /// `<(…)` or `>(…)`
    Process(List),
    /// `$((…))`
    Arithmetic,
    /// `${{ … }}`: what GitHub puts in before the shell sees the script.
    Expression {
        /// What stands between the braces.
        text: String,
        /// Where that stands.
        span: Span,
    },
}

/// A variable and what is done with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name, a digit, or one of `@ * # ? - $ !`.
    pub name: String,
    /// Whether it has an index, `${NAME[…]}`.
    pub indexed: bool,
    /// What is done with the value.
    pub operation: Operation,
    /// What follows the operator.
    pub argument: Option<Word>,
    /// Whether it stands in double quotes.
    pub quoted: bool,
}

/// What `${…}` does with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Nothing.
    Plain,
    /// `:-` `-` `:=` `=`
    Default,
    /// `:?` `?`
    Required,
    /// `:+` `+`
    Alternate,
    /// `#` `##`
    TrimPrefix {
        /// Whether the longest match goes.
        longest: bool,
    },
    /// `%` `%%`
    TrimSuffix {
        /// Whether the longest match goes.
        longest: bool,
    },
    /// `,,`
    Lower,
    /// `^^`
    Upper,
    /// `/` `:1:2` `#NAME` `!NAME` `@Q` …
    Other,
}

impl Word {
    /// The word's text, if it is nothing but text.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        let mut all = String::new();
        for part in &self.parts {
            match part {
                Part::Text { text, .. } => all.push_str(text),
                _ => return None,
            }
        }
        Some(all)
    }
}

/// Reads a script; `offsets` leads from its text back to the file.
#[must_use]
pub fn parse(text: &str, offsets: &OffsetMap) -> Script {
    parser::Parser::new(text, offsets).script()
}
