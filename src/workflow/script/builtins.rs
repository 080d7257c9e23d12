//! What running a command does to the state: what it prints, sets, writes, and whether anything runs after it.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::state::{Space, State};
use super::{Interpreter, MAX_CALLS};
use crate::source::Span;
use crate::syntax::shell::{Part, Redirect, RedirectOperator, Word};
use crate::workflow::commands::{Argument, Assigned};
use crate::workflow::possible::{Alternative, Possible, ValueKind};
use crate::workflow::text::{Piece, Text};

/// Which of GitHub's files a redirection or `tee` leads to
/// (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files>).
pub(super) fn github_file(word: &Word) -> Option<Space> {
    let [part] = word.parts.as_slice() else {
        return None;
    };
    let name = match part {
        Part::Parameter(parameter) => parameter.name.as_str(),
        Part::Expression { text, .. } => text.trim(),
        _ => return None,
    };
    match name {
        "GITHUB_OUTPUT" | "github.output" => Some(Space::Output),
        "GITHUB_ENV" | "github.env" => Some(Space::Env),
        _ => None,
    }
}

/// Ends of the paths of files that only set variables.
const SETTINGS: [&str; 4] = ["/activate", "/env", ".env", "rc"];

impl Interpreter<'_> {
    /// What a here-document or here-string puts into a command.
    pub(super) fn redirected_input(&mut self, redirects: &[Redirect], state: &mut State) -> Option<Possible> {
        let redirect = redirects.iter().rev().find(|redirect| {
            matches!(
                redirect.operator,
                RedirectOperator::Heredoc | RedirectOperator::HereString | RedirectOperator::Read
            )
        })?;
        match (redirect.operator, redirect.heredoc) {
            (RedirectOperator::HereString, _) => Some(self.word(&redirect.target, state)),
            (RedirectOperator::Heredoc, Some(index)) => {
                let heredocs = Rc::clone(&self.heredocs);
                heredocs.get(index).map(|body| self.word(body, state))
            }
            _ => Some(Possible::unknown("a file")),
        }
    }

    /// The effect of a simple command.
    pub(super) fn run(
        &mut self,
        program: &str,
        words: &[Argument],
        span: Span,
        state: &mut State,
        input: Option<Possible>,
    ) {
        let arguments = words.get(1..).unwrap_or(&[]);
        if self.functions.contains_key(program) {
            return self.call_function(program, arguments, span, state);
        }
        match program {
            "exit" | "return" => {
                let failed = arguments.first().is_some_and(|code| !code.is("0"));
                if program == "exit" && !failed && self.capturing == 0 {
                    self.exits.push((state.clone(), self.cases.to_vec()));
                }
                state.dead = true;
            }
            "break" | "continue" if !self.left.is_empty() => {
                if let Some(left) = self.left.last_mut() {
                    left.push(state.clone());
                }
                state.dead = true;
            }
            "echo" => self.print(state, || echo(arguments)),
            "printf" => self.print(state, || printf(arguments)),
            "cat" if input.is_some() && arguments.iter().all(Argument::is_option) => {
                self.print(state, || input.unwrap_or_else(|| Possible::known("")));
            }
            "tee" => {
                let text = input.unwrap_or_else(|| Possible::unknown("what `tee` reads"));
                let target = arguments.iter().find(|word| !word.is_option());
                let space = target.and_then(|word| match word.value.single() {
                    None => word.value.known.first()?.text.as_unknown().and_then(|symbol| match &**symbol {
                        "github.output" => Some(Space::Output),
                        "github.env" => Some(Space::Env),
                        _ => None,
                    }),
                    Some(_) => None,
                });
                if let Some(space) = space {
                    self.write_lines(space, &text, state, span);
                }
                self.print(state, || text);
            }
            "read" => {
                for name in arguments.iter().filter(|word| !word.is_option()).filter_map(|word| word.value.single()) {
                    state.set(Space::Variable, name, Possible::unknown(&format!("${name}")));
                }
            }
            "unset" => {
                for name in arguments.iter().filter_map(|word| word.value.single()) {
                    state.set(Space::Variable, name, Possible::known(""));
                }
            }
            "shift" => {
                let mut rest = state.set_positional(Vec::new());
                if !rest.is_empty() {
                    rest.remove(0);
                }
                state.set_positional(rest);
            }
            "source" | "." => self.call_file(arguments, span, state, true),
            "bash" | "sh" => {
                let from = arguments.iter().position(|word| !word.is_option()).unwrap_or(arguments.len());
                if arguments.iter().take(from).any(|word| word.is("-c")) {
                    self.hidden(span, "a script given as an argument is not read");
                } else {
                    self.call_file(arguments.get(from..).unwrap_or(&[]), span, state, false);
                }
                self.print_unknown(words, state);
            }
            "eval" => self.hidden(span, "what `eval` runs is not read"),
            "basename" => self.print(state, || last_of_path(arguments)),
            "export" | "local" | "declare" | "readonly" | "typeset" | "set" | "shopt" | "true" | ":" | "false"
            | "cd" | "[" | "test" | "break" | "continue" | "sleep" | "trap" | "wait" | "umask" => {}
            _ => {
                let script = |word: &Argument| match word.value.known.as_slice() {
                    [one] => one.text.suffix().ends_with(".sh") || one.text.prefix().starts_with("./"),
                    _ => false,
                };
                if words.first().is_some_and(script) {
                    self.call_file(words, span, state, false);
                }
                self.print_unknown(words, state);
            }
        }
    }

    fn print(&self, state: &mut State, text: impl FnOnce() -> Possible) {
        if self.capturing > 0 {
            let text = text().within(&self.cases);
            state.print(&text);
        }
    }

    /// What a program prints is known by its command line only, and by all of it: another one prints something else.
    fn print_unknown(&self, words: &[Argument], state: &mut State) {
        if self.capturing == 0 {
            return;
        }
        let shown: Vec<String> = words
            .iter()
            .map(|word| word.value.known.first().map_or_else(|| "…".to_owned(), |one| one.text.to_string()))
            .collect();
        state.print(&Possible::unknown(&format!("$({})", shown.join(" "))));
    }

    fn call_function(&mut self, name: &str, arguments: &[Argument], span: Span, state: &mut State) {
        let Some((body, heredocs)) = self.functions.get(name).cloned() else {
            return;
        };
        self.called(span, arguments, heredocs, state, |this, state| {
            this.command(&body, state, None, false);
        });
        // `return` ends the function, not the script.
        state.dead = false;
    }

    /// Walks a script of the workspace: its variables come along when it is sourced.
    fn call_file(&mut self, words: &[Argument], span: Span, state: &mut State, sourced: bool) {
        let Some((file, arguments)) = words.split_first() else {
            return;
        };
        let path = match file.value.known.as_slice() {
            [only] => self.directories.resolve(&only.text),
            _ => None,
        };
        let script = path.and_then(|path| self.files.get(&path)).cloned();
        let Some(script) = script else {
            let shown = file.value.known.first().map_or_else(String::new, |one| one.text.to_string());
            // What is sourced from there sets the shell up, and deploys nothing.
            if sourced && SETTINGS.iter().any(|end| shown.ends_with(end)) {
                return;
            }
            return self.hidden(span, format!("the script `{shown}` is not followed"));
        };
        let heredocs = Rc::from(script.heredocs.as_slice());
        let mut inner = state.clone();
        self.called(span, arguments, heredocs, &mut inner, |this, state| this.list(&script.body, state));
        if sourced {
            *state = inner;
        } else {
            state.printed = Rc::clone(&inner.printed);
            state.keep_written(&inner);
        }
    }

    fn called(
        &mut self,
        span: Span,
        arguments: &[Argument],
        heredocs: Rc<[Word]>,
        state: &mut State,
        run: impl FnOnce(&mut Self, &mut State),
    ) {
        if self.calls >= MAX_CALLS {
            return self.hidden(span, "called too deep to follow");
        }
        let values = arguments.iter().map(|word| word.value.clone()).collect();
        let before = state.set_positional(values);
        let outer = std::mem::replace(&mut self.heredocs, heredocs);
        self.calls += 1;
        run(self, state);
        self.calls -= 1;
        self.heredocs = outer;
        state.set_positional(before);
    }

    /// Reads what was written to `$GITHUB_OUTPUT` or `$GITHUB_ENV`: `NAME=value` or `NAME<<END`, lines, `END`.
    pub(super) fn write_lines(&mut self, space: Space, written: &Possible, state: &mut State, span: Span) {
        let mut found: BTreeMap<String, Vec<Alternative>> = BTreeMap::new();
        for one in &written.known {
            for (name, value) in pairs(&one.text) {
                found.entry(name).or_default().push(Alternative { text: value, kind: ValueKind::Text, ..one.clone() });
            }
        }
        for (name, values) in found {
            let mut value = Possible::any(values).written_at(span);
            if !written.complete {
                value.give_up(written.why_incomplete.as_deref().unwrap_or("unknown"));
            }
            if !self.loops.is_empty() {
                // Written once a turn: the last turn's value stays, and any may be the last.
                value.known.iter_mut().for_each(|one| one.origin = Some(span));
            }
            if space == Space::Env {
                self.assigned.push(Assigned { span, name: name.clone(), value: value.clone(), exported: true });
            }
            state.set(space, &name, value);
        }
    }
}

/// The lines of a text, unknown pieces taken to hold no line break.
fn lines(text: &Text) -> Vec<Text> {
    let mut lines = vec![Text::default()];
    for piece in text.pieces() {
        match piece {
            Piece::Unknown(symbol) => {
                if let Some(line) = lines.last_mut() {
                    line.append(&Text::unknown(symbol));
                }
            }
            Piece::Known(known) => {
                for (number, part) in known.split('\n').enumerate() {
                    if number > 0 {
                        lines.push(Text::default());
                    }
                    if let Some(line) = lines.last_mut() {
                        line.push(part);
                    }
                }
            }
        }
    }
    lines
}

fn pairs(text: &Text) -> Vec<(String, Text)> {
    let mut found = Vec::new();
    let mut lines = lines(text).into_iter();
    while let Some(line) = lines.next() {
        let heredoc = line.as_known().and_then(|line| line.split_once("<<"));
        if let Some((name, end)) = heredoc.filter(|(name, _)| !name.contains('=')) {
            let mut value = Text::default();
            for (number, line) in lines.by_ref().enumerate() {
                if line.as_known() == Some(end) {
                    break;
                }
                if number > 0 {
                    value.push("\n");
                }
                value.append(&line);
            }
            found.push((name.to_owned(), value));
        } else if let Some((name, value)) = line.split_once('=')
            && let Some(name) = name.as_known()
        {
            found.push((name.to_owned(), value));
        }
    }
    found
}

fn echo(arguments: &[Argument]) -> Possible {
    let options = arguments
        .iter()
        .take_while(|word| matches!(word.value.single(), Some("-n" | "-e" | "-E" | "-ne" | "-en")))
        .count();
    let (options, words) = arguments.split_at_checked(options).unwrap_or((arguments, &[]));
    let mut text = Possible::known("");
    for (number, word) in words.iter().enumerate() {
        if number > 0 {
            text = text.concat(&Possible::known(" "));
        }
        text = text.concat(&word.value);
    }
    if options.iter().any(|option| option.value.single().is_some_and(|text| text.contains('n'))) {
        text
    } else {
        text.concat(&Possible::known("\n"))
    }
}

/// `printf` with `%s`, `%d` and `\n`; another format makes the text unknown.
fn printf(arguments: &[Argument]) -> Possible {
    let unknown = || Possible::unknown("$(printf …)");
    let Some(format) = arguments.first().and_then(|word| word.value.single()) else {
        return unknown();
    };
    let mut values = arguments.iter().skip(1);
    let mut text = Possible::known("");
    let mut rest = format;
    while let Some(at) = rest.find(['%', '\\']) {
        text = text.concat(&Possible::known(rest.get(..at).unwrap_or("")));
        let code = rest.get(at..).and_then(|tail| tail.get(..2));
        match code {
            Some("%s" | "%d") => {
                if let Some(value) = values.next() {
                    text = text.concat(&value.value);
                }
            }
            Some("%%") => text = text.concat(&Possible::known("%")),
            Some("\\n") => text = text.concat(&Possible::known("\n")),
            _ => return unknown(),
        }
        rest = rest.get(at + 2..).unwrap_or("");
    }
    // A format is used again for the words that are left.
    if values.next().is_some() {
        return unknown();
    }
    text.concat(&Possible::known(rest))
}

fn last_of_path(arguments: &[Argument]) -> Possible {
    match arguments {
        [path] => {
            path.value.map("$(basename …)", |text| text.trim_end_matches('/').rsplit('/').next().map(str::to_owned))
        }
        _ => Possible::unknown("$(basename …)"),
    }
}
