//! Walks a script as the shell would, with sets of values for variables, and collects the commands it runs.
//!
//! Branches are all taken, each under what its condition supposes, and joined again; a loop is walked once.

mod builtins;
mod control;
mod pattern;
mod spread;
mod state;
mod tests_of;
mod words;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use pattern::Pattern;
use state::{Space, State};

use super::commands::{Argument, Assigned, Command, Condition, ConditionKind};
use super::expression::Scope;
use super::possible::{Given, Possible};
use super::text::{Piece, Text};
use super::types::Note;
use crate::source::{Span, normalize_path};
use crate::syntax::shell::{
    self, AssignedValue, Assignment, CommandKind, List, Redirect, RedirectOperator, Script, Word,
};

/// How many commands are walked in one script, functions each time they are called.
const MAX_COMMANDS: usize = 2_000;
/// How deep functions and scripts may call each other.
const MAX_CALLS: usize = 16;
/// How many values a list of words has one by one.
const MAX_ITEMS: usize = 256;

/// Scripts of the workspace, by path.
pub type ScriptFiles = BTreeMap<String, Arc<Script>>;

/// Where the paths in a script start from; `None` for a directory that is not known.
#[derive(Debug, Clone, Default)]
pub(super) struct Directories {
    /// Where the script runs.
    pub(super) working: Option<String>,
    /// Where the action is that it belongs to.
    pub(super) action: Option<String>,
}

impl Directories {
    /// The path of a file in the workspace.
    pub(super) fn resolve(&self, path: &Text) -> Option<String> {
        let joined = match path.pieces() {
            [Piece::Known(path)] => format!("{}/{path}", self.working.as_deref()?),
            [Piece::Unknown(from), Piece::Known(rest)] if rest.starts_with('/') => match &**from {
                "github.workspace" => format!(".{rest}"),
                "github.action_path" => format!("{}{rest}", self.action.as_deref()?),
                _ => return None,
            },
            _ => return None,
        };
        // A working directory of `""` is the root, not an absolute path.
        normalize_path(joined.strip_prefix('/').unwrap_or(&joined))
    }
}

/// What walking a script gives.
#[derive(Debug)]
pub(super) struct Walked {
    pub(super) commands: Vec<Command>,
    /// Variables that were set outside a command.
    pub(super) assigned: Vec<Assigned>,
    /// What was written to `$GITHUB_OUTPUT`.
    pub(super) outputs: BTreeMap<String, Possible>,
    /// What was written to `$GITHUB_ENV`.
    pub(super) env: BTreeMap<String, Possible>,
    pub(super) notes: Vec<Note>,
}

/// Walks a script. `cases` and `conditions` are those of the step it belongs to.
pub(super) fn walk(
    script: &Script,
    scope: &Scope,
    files: &ScriptFiles,
    directories: &Directories,
    cases: Vec<Given>,
    conditions: Vec<Condition>,
) -> Walked {
    let mut interpreter = Interpreter {
        scope,
        files,
        directories,
        heredocs: Rc::from(script.heredocs.as_slice()),
        functions: HashMap::new(),
        commands: Vec::new(),
        assigned: Vec::new(),
        notes: Vec::new(),
        exits: Vec::new(),
        cases: Rc::from(cases),
        conditions,
        loops: Vec::new(),
        left: Vec::new(),
        next_loop: 0,
        capturing: 0,
        calls: 0,
        walked: 0,
        stopped: false,
    };
    let mut state = State::new();
    interpreter.list(&script.body, &mut state);
    let cases = interpreter.cases.to_vec();
    let mut ends = std::mem::take(&mut interpreter.exits);
    ends.push((state, cases));
    let last = State::join(ends, |space, name| interpreter.fallback(space, name), |work| scope.spend(work));
    let last = last.unwrap_or_else(State::new);
    Walked {
        commands: interpreter.commands,
        assigned: interpreter.assigned,
        outputs: last.all(Space::Output),
        env: last.all(Space::Env),
        notes: interpreter.notes,
    }
}

/// A function, and the here-documents of the script it was defined in.
type Function = (Arc<shell::Command>, Rc<[Word]>);

struct Interpreter<'a> {
    scope: &'a Scope,
    files: &'a ScriptFiles,
    directories: &'a Directories,
    heredocs: Rc<[Word]>,
    functions: HashMap<String, Function>,
    commands: Vec<Command>,
    assigned: Vec<Assigned>,
    notes: Vec<Note>,
    /// States at `exit`, whose outputs count too.
    exits: Vec<(State, Vec<Given>)>,
    /// What the commands walked now presuppose.
    cases: Rc<[Given]>,
    conditions: Vec<Condition>,
    loops: Vec<usize>,
    /// For each loop that is being walked, the states at its `break` and `continue`.
    left: Vec<Vec<State>>,
    next_loop: usize,
    /// How many substitutions are being walked, whose output is wanted.
    capturing: usize,
    calls: usize,
    walked: usize,
    /// Whether the limit of what is followed was met.
    stopped: bool,
}

/// Where the output of a command goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sink {
    Inherited,
    File(Option<Space>),
}

impl Interpreter<'_> {
    /// Notes a place where commands may run that are not seen.
    fn hidden(&mut self, span: Span, message: impl Into<String>) {
        self.notes.push(Note { span, message: message.into(), hides: true });
    }

    /// The value of a name that this script has not set.
    fn fallback(&self, space: Space, name: &str) -> Possible {
        match space {
            Space::Variable => self.environment(name),
            Space::Env => self.scope.env.get(name).cloned().unwrap_or_else(|| Possible::known("")),
            Space::Output => Possible::known(""),
        }
    }

    fn list(&mut self, list: &List, state: &mut State) {
        for item in &list.items {
            if state.dead {
                return;
            }
            self.and_or(item, state);
        }
    }

    fn command(&mut self, command: &shell::Command, state: &mut State, input: Option<Possible>, piped: bool) {
        self.walked += 1;
        if self.walked > MAX_COMMANDS || !self.scope.spend(1 + state.size()) {
            if !self.stopped {
                self.stopped = true;
                self.hidden(command.span, "too much to follow: the rest of the script is not read");
            }
            return;
        }
        let input = self.redirected_input(&command.redirects, state).or(input);
        let sink = sink(&command.redirects);
        let outer = (sink != Sink::Inherited).then(|| {
            self.capturing += 1;
            std::mem::replace(&mut state.printed, Rc::new(Possible::known("")))
        });
        match &command.kind {
            CommandKind::Simple { assignments, words } => {
                let shape = Shape { span: command.span, piped, to_file: sink != Sink::Inherited };
                self.simple(assignments, words, &shape, state, input);
            }
            CommandKind::Group(list) => self.list(list, state),
            CommandKind::Subshell(list) => {
                let mut inner = state.clone();
                self.list(list, &mut inner);
                state.printed = Rc::clone(&inner.printed);
                state.keep_written(&inner);
            }
            CommandKind::If { arms, otherwise } => self.if_command(command.span, arms, otherwise.as_ref(), state),
            CommandKind::For { variable, words, body } => {
                self.for_command(command.span, variable, words.as_deref(), body, state)
            }
            CommandKind::Loop { condition, body } => {
                self.looped(state, |this, state| {
                    this.list(condition, state);
                    let mut inner = state.clone();
                    let reason = Condition { kind: ConditionKind::Loop, span: command.span };
                    this.branch(Some(reason), &[Given::default()], &mut inner, |this, state| this.list(body, state));
                    this.join_into(state, vec![(inner, always()), (state.clone(), always())]);
                });
            }
            CommandKind::Case { subject, arms } => self.case_command(command.span, subject, arms, state),
            CommandKind::Function { name, body } => {
                let function = (Arc::clone(body), Rc::clone(&self.heredocs));
                self.functions.insert(name.clone(), function);
            }
            CommandKind::Test(words) => {
                let words: Vec<Argument> = words.iter().map(|word| self.argument(word, state)).collect();
                let bracket = Argument { span: command.span.head(), value: Possible::known("[[") };
                let words = std::iter::once(bracket).chain(words).collect();
                self.emit(words, Vec::new(), &Shape { span: command.span, piped, to_file: false });
            }
            CommandKind::Arithmetic => {}
        }
        if let (Some(outer), Sink::File(target)) = (outer, sink) {
            let written = std::mem::replace(&mut state.printed, outer);
            self.capturing -= 1;
            if let Some(space) = target {
                self.write_lines(space, &written, state, command.span);
            }
        }
    }

    fn emit(&mut self, words: Vec<Argument>, assignments: Vec<Assigned>, shape: &Shape) {
        self.commands.push(Command {
            span: shape.span,
            words,
            assignments,
            conditions: self.conditions.clone(),
            cases: self.cases.to_vec(),
            in_loop: self.loops.last().copied(),
            piped: shape.piped,
            to_file: shape.to_file,
        });
    }

    fn simple(
        &mut self,
        assignments: &[Assignment],
        words: &[Word],
        shape: &Shape,
        state: &mut State,
        input: Option<Possible>,
    ) {
        let arguments: Vec<Argument> = words.iter().map(|word| self.argument(word, state)).collect();
        let program = arguments.first().and_then(|first| first.value.single()).map(str::to_owned);
        let declares = matches!(program.as_deref(), Some("export" | "local" | "declare" | "readonly" | "typeset"));
        let exported = program.as_deref() == Some("export") || arguments.get(1).is_some_and(|word| word.is("-x"));
        let mut before = Vec::new();
        for assignment in assignments {
            let value = self.assigned_value(assignment, state);
            let made =
                Assigned { span: assignment.span, name: assignment.name.clone(), value: value.clone(), exported };
            if arguments.is_empty() || declares {
                state.set(Space::Variable, &assignment.name, value);
                self.assigned.push(made);
            } else {
                before.push(made);
            }
        }
        if arguments.is_empty() {
            return;
        }
        let call = arguments.clone();
        self.emit(arguments, before, shape);
        self.run(program.as_deref().unwrap_or(""), &call, shape.span, state, input);
    }

    fn assigned_value(&mut self, assignment: &Assignment, state: &mut State) -> Possible {
        let before = |this: &Self, state: &State| this.variable(&assignment.name, state);
        let (value, refers) = match &assignment.value {
            AssignedValue::Word(word) => (self.word(word, state), mentions(word, &assignment.name)),
            AssignedValue::Array(words) => {
                let mut all = Possible::none();
                for word in words {
                    all = all.or(&self.items(word, state));
                }
                (all, words.iter().any(|word| mentions(word, &assignment.name)))
            }
        };
        let array = matches!(assignment.value, AssignedValue::Array(_));
        let value = if !self.loops.is_empty() && !array && (assignment.append || refers) {
            // What grows from turn to turn is not followed.
            Possible::unknown(&format!("${}", assignment.name))
        } else if assignment.element || array && assignment.append {
            before(self, state).or(&value)
        } else if assignment.append {
            before(self, state).concat(&value)
        } else {
            value
        };
        value.within(&self.cases)
    }
}

/// How a simple command stands in its script.
struct Shape {
    span: Span,
    piped: bool,
    to_file: bool,
}

fn always() -> Vec<Given> {
    vec![Given::default()]
}

/// The cases in which one of `left` and one of `right` holds.
pub(super) fn both(left: &[Given], right: &[Given]) -> Vec<Given> {
    match (left, right) {
        ([only], other) | (other, [only]) if only.is_empty() => other.to_vec(),
        _ => {
            let pairs = left.iter().flat_map(|one| right.iter().filter_map(|other| one.and(other)));
            let mut cases: Vec<Given> = pairs.take(MAX_ITEMS + 1).collect();
            // Too many to tell apart: nothing is said of any.
            if cases.len() > MAX_ITEMS {
                return always();
            }
            cases.sort();
            cases.dedup();
            cases
        }
    }
}

fn mentions(word: &Word, name: &str) -> bool {
    word.parts.iter().any(|part| matches!(part, shell::Part::Parameter(parameter) if parameter.name == name))
}

/// Where the redirections send the standard output.
fn sink(redirects: &[Redirect]) -> Sink {
    let output = redirects.iter().rev().find(|redirect| {
        let writes = matches!(redirect.operator, RedirectOperator::Write | RedirectOperator::Append);
        writes && matches!(redirect.descriptor, None | Some(1))
    });
    output.map_or(Sink::Inherited, |redirect| Sink::File(builtins::github_file(&redirect.target)))
}
