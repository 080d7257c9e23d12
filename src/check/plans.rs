//! Which plan is of which root module.

use crate::source::{ReadError, Reader};
use crate::standard::{ConfigError, FILE_NAME, Root};
use crate::terraform::{Configuration, Difference, HOW_TO_PLAN, Inputs, Plan, PlanText, World};

use super::Options;

type Roots = Vec<(Root, Inputs)>;

/// Gives root modules their plans: those that the configuration names, and the one of the command line.
pub(super) fn add(
    reader: &Reader<'_>,
    options: &Options,
    configuration: &mut Configuration,
    roots: &mut Roots,
) -> Result<(), ConfigError> {
    for (root, inputs) in roots.iter_mut() {
        if let Some(path) = &root.plan {
            let text = reader.provider().read(path).map_err(|error| unreadable(path, &error))?;
            let plan = read(reader, &PlanText { path: path.clone(), text })?;
            give(inputs, root, plan, path, options, configuration)?;
        }
    }
    if let Some(text) = &options.plan {
        let plan = read(reader, text)?;
        if roots.is_empty() {
            configuration.add_planned(&plan);
            roots.push((Root::default(), Inputs::default()));
        }
        let at = choose(&plan, &text.path, configuration, roots)?;
        if let Some((root, inputs)) = roots.get_mut(at) {
            give(inputs, root, plan, &text.path, options, configuration)?;
        }
    }
    Ok(())
}

fn error(message: String, help: &str) -> ConfigError {
    ConfigError { message, span: None, help: Some(help.to_owned()) }
}

fn unreadable(path: &str, reason: &ReadError) -> ConfigError {
    error(format!("the plan {path} cannot be read: {reason}"), HOW_TO_PLAN)
}

fn read(reader: &Reader<'_>, text: &PlanText) -> Result<Plan, ConfigError> {
    Plan::read(text, reader).map_err(|reason| error(format!("{}: {reason}", text.path), HOW_TO_PLAN))
}

/// The root module that a plan is of: the only one, the one it lies in, or the only one that it can have been made of.
fn choose(plan: &Plan, path: &str, configuration: &Configuration, roots: &Roots) -> Result<usize, ConfigError> {
    let lies_in = |dir: &str| !dir.is_empty() && path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'));
    let dirs = || roots.iter().map(|(root, _)| root.dir.as_str()).enumerate();
    if roots.len() == 1 {
        return Ok(0);
    }
    if let Some((at, _)) = dirs().filter(|(_, dir)| lies_in(dir)).max_by_key(|(_, dir)| dir.len()) {
        return Ok(at);
    }
    let fitting: Vec<(usize, &str)> = dirs().filter(|(_, dir)| plan.difference(configuration, dir).is_none()).collect();
    let names = |dirs: &mut dyn Iterator<Item = &str>| dirs.map(shown).collect::<Vec<_>>().join(", ");
    match fitting.as_slice() {
        [(at, _)] => Ok(*at),
        [] => Err(error(
            format!("{path} was made of none of the root modules: {}", names(&mut dirs().map(|(_, dir)| dir))),
            "make it anew from these sources, or put it into the directory of its root module to see what differs",
        )),
        several => Err(error(
            format!("{path} can be of several root modules: {}", names(&mut several.iter().map(|(_, dir)| *dir))),
            &format!(
                "put it into the directory of its root module, or name it in {FILE_NAME}: \
                 `terraform \"DIRECTORY\" {{ plan = \"plan.json\" }}`"
            ),
        )),
    }
}

fn shown(dir: &str) -> &str {
    if dir.is_empty() { "." } else { dir }
}

fn give(
    inputs: &mut Inputs,
    root: &Root,
    plan: Plan,
    path: &str,
    options: &Options,
    configuration: &Configuration,
) -> Result<(), ConfigError> {
    if !options.variables.is_empty() || !options.var_files.is_empty() {
        let message = format!("{path} says what the variables are, so they cannot be set beside it");
        return Err(error(message, "give the variables to `terraform plan`, or leave out the plan"));
    }
    if let Some(difference) = plan.difference(configuration, &root.dir) {
        return Err(misfit(path, difference));
    }
    inputs.plan = Some(plan);
    Ok(())
}

/// The error that a plan and what the sources evaluate to do not go together.
pub(super) fn check(world: &World<'_>, reader: &Reader<'_>) -> Result<(), ConfigError> {
    match (world.plan_difference(), world.plan()) {
        (Some(difference), Some(plan)) => Err(misfit(reader.sources().path(plan.place().file), difference)),
        _ => Ok(()),
    }
}

fn misfit(path: &str, Difference { message, span }: Difference) -> ConfigError {
    let message = format!("{path} was not made of these sources: {message}");
    ConfigError { message, span, help: Some(HOW_TO_PLAN.to_owned()) }
}
