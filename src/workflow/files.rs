//! Finds and parses every file that a set of workflows leads to, without evaluating anything.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::read::{parse_action, parse_workflow};
use super::script::{Directories, ScriptFiles};
use super::text::Text;
use super::types::{ParsedAction, ParsedWorkflow, Step};
use crate::source::{FileId, ReadError, Reader, SourceProvider, normalize_path};
use crate::syntax::offsets::OffsetMap;
use crate::syntax::shell::{self, Command, CommandKind, List, Part, Script, Word};

/// How many files are followed from the workflows given.
const MAX_FOLLOWED: usize = 1_000;

/// Parsed files by path.
#[derive(Debug, Clone, Default)]
pub struct ParsedFiles {
    /// Workflows, those that others call too.
    pub workflows: BTreeMap<String, Arc<ParsedWorkflow>>,
    /// Local actions, by the path of their `action.yml`.
    pub actions: BTreeMap<String, Arc<ParsedAction>>,
    /// Shell scripts that steps run.
    pub scripts: ScriptFiles,
    /// Files that could not be read.
    pub unreadable: BTreeMap<String, ReadError>,
}

/// What is still to be read.
enum Wanted {
    Workflow(String),
    Action(String),
    Script(String),
}

impl ParsedFiles {
    /// Reads these workflows and all that they lead to. What is there already is not read again.
    pub fn load(&mut self, reader: &Reader<'_>, paths: &[String]) {
        let provider = reader.provider();
        let mut wanted: Vec<Wanted> = paths.iter().cloned().map(Wanted::Workflow).collect();
        let limit = paths.len() + MAX_FOLLOWED;
        let mut taken = 0;
        while let Some(next) = wanted.pop() {
            taken += 1;
            if taken > limit {
                break;
            }
            match next {
                Wanted::Workflow(path) => {
                    if !self.workflows.contains_key(&path)
                        && let Some(file) = self.read(reader, &path)
                    {
                        let parsed = reader.made(file, |text| parse_workflow(file, text));
                        for job in &parsed.jobs {
                            if let Some(uses) = &job.uses {
                                wanted.extend(local_path(uses.text()).map(Wanted::Workflow));
                            }
                            let directory = job.defaults.working_directory.as_ref();
                            let directory = directory.or(parsed.defaults.working_directory.as_ref());
                            let directory = directory.map_or("", |directory| directory.text());
                            self.want_steps(provider, &job.steps, directory, None, &mut wanted);
                        }
                        self.workflows.insert(path, parsed);
                    }
                }
                Wanted::Action(path) => {
                    if !self.actions.contains_key(&path)
                        && let Some(file) = self.read(reader, &path)
                    {
                        let parsed = reader.made(file, |text| parse_action(file, text));
                        self.want_steps(provider, &parsed.steps, "", Some(directory_of(&path)), &mut wanted);
                        self.actions.insert(path, parsed);
                    }
                }
                Wanted::Script(path) => {
                    if !self.scripts.contains_key(&path)
                        && let Some(file) = self.read(reader, &path)
                    {
                        let script = reader.made(file, |text| shell::parse(text, &OffsetMap::verbatim(file, 0)));
                        let directories = Directories { working: Some(String::new()), action: None };
                        want_scripts(provider, &script, &directories, &mut wanted);
                        self.scripts.insert(path, script);
                    }
                }
            }
        }
    }

    fn read(&mut self, reader: &Reader<'_>, path: &str) -> Option<FileId> {
        match reader.read(path) {
            Ok(file) => Some(file),
            Err(error) => {
                self.unreadable.insert(path.to_owned(), error);
                None
            }
        }
    }

    fn want_steps(
        &self,
        provider: &dyn SourceProvider,
        steps: &[Arc<Step>],
        directory: &str,
        action: Option<&str>,
        wanted: &mut Vec<Wanted>,
    ) {
        for step in steps {
            if let Some(path) = step.uses.as_ref().and_then(|uses| local_path(uses.text())) {
                wanted.extend(action_file(&path, |path| provider.exists(path)).map(Wanted::Action));
            }
            if let Some(script) = &step.script {
                let own = step.working_directory.as_ref().map(|directory| directory.text());
                let directories = Directories {
                    working: working_directory(own.unwrap_or(directory)),
                    action: action.map(str::to_owned),
                };
                want_scripts(provider, script, &directories, wanted);
            }
        }
    }

    /// The action that a local `uses:` names, with the path of its file.
    #[must_use]
    pub fn action(&self, uses: &str) -> Option<(String, &Arc<ParsedAction>)> {
        let path = action_file(&local_path(uses)?, |path| self.actions.contains_key(path))?;
        let action = self.actions.get(&path)?;
        Some((path, action))
    }
}

/// The path of a local `uses:`, which starts at the root of the workspace.
pub(super) fn local_path(uses: &str) -> Option<String> {
    let uses = uses.trim();
    (uses.starts_with("./") || uses == ".").then(|| normalize_path(uses))?
}

fn action_file(directory: &str, exists: impl Fn(&str) -> bool) -> Option<String> {
    let directory = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    ["action.yml", "action.yaml"].into_iter().map(|name| format!("{directory}{name}")).find(|path| exists(path))
}

pub(super) fn directory_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// The directory of a `working-directory:`; `None` when it is computed or leads out.
pub(super) fn working_directory(text: &str) -> Option<String> {
    (!text.contains("${{")).then(|| normalize_path(text))?
}

fn want_scripts(provider: &dyn SourceProvider, script: &Script, directories: &Directories, wanted: &mut Vec<Wanted>) {
    each_command(&script.body, &mut |words| {
        for path in words.iter().take(3).filter_map(written_path) {
            let looks = path.suffix().ends_with(".sh") || path.prefix().starts_with("./");
            if let Some(path) = directories.resolve(&path).filter(|path| looks && provider.exists(path)) {
                wanted.push(Wanted::Script(path));
            }
        }
    });
}

/// A word that is text, or text after `$GITHUB_WORKSPACE` and the like.
fn written_path(word: &Word) -> Option<Text> {
    let mut path = Text::default();
    for part in &word.parts {
        match part {
            Part::Text { text, .. } => path.push(text),
            Part::Parameter(parameter) => path.append(&Text::unknown(match parameter.name.as_str() {
                "GITHUB_WORKSPACE" => "github.workspace",
                "GITHUB_ACTION_PATH" => "github.action_path",
                _ => return None,
            })),
            Part::Expression { text, .. } => path.append(&Text::unknown(text.trim())),
            _ => return None,
        }
    }
    Some(path)
}

/// Calls `found` with the words of every simple command; the parser has bounded the depth.
fn each_command(list: &List, found: &mut dyn FnMut(&[Word])) {
    for item in &list.items {
        let rest = item.rest.iter().map(|(_, pipeline)| pipeline);
        for command in std::iter::once(&item.first).chain(rest).flat_map(|pipeline| &pipeline.commands) {
            in_command(command, found);
        }
    }
}

fn in_command(command: &Command, found: &mut dyn FnMut(&[Word])) {
    match &command.kind {
        CommandKind::Simple { words, .. } => found(words),
        CommandKind::Group(list) | CommandKind::Subshell(list) => each_command(list, found),
        CommandKind::If { arms, otherwise } => {
            for (condition, body) in arms {
                each_command(condition, found);
                each_command(body, found);
            }
            if let Some(otherwise) = otherwise {
                each_command(otherwise, found);
            }
        }
        CommandKind::For { body, .. } => each_command(body, found),
        CommandKind::Loop { condition, body } => {
            each_command(condition, found);
            each_command(body, found);
        }
        CommandKind::Case { arms, .. } => {
            for arm in arms {
                each_command(&arm.body, found);
            }
        }
        CommandKind::Function { body, .. } => in_command(body, found),
        CommandKind::Test(_) | CommandKind::Arithmetic => {}
    }
}
