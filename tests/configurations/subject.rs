//! Trysquare's side: evaluates a configuration and renders it as the record does.

use trysquare::eval::Budget;
use trysquare::source::{MemoryProvider, Reader, Sources};
use trysquare::terraform::{Configuration, Inputs, Mode, Override, Plan, PlanText, ResourceInstance, World};

use super::cases::Case;
use super::notation;

/// What comes out of a configuration, and what was said about it.
pub fn evaluate(case: &Case) -> (Vec<String>, String) {
    let provider: MemoryProvider = case.files.iter().cloned().collect();
    let reader = Reader::new(&provider, Sources::new());
    let budget = Budget::new();
    let configuration = Configuration::load(&reader, Some(&[String::new()]));
    let arguments = case.arguments();
    let of = |option: &str| -> Vec<String> {
        arguments.iter().filter_map(|argument| argument.strip_prefix(option).map(str::to_owned)).collect()
    };
    let mut inputs = Inputs::read(&reader, "", &of("-var-file="), &budget);
    inputs.overrides = of("-var=").iter().filter_map(|text| Override::parse(text)).collect();
    let world = World::new(&reader, &configuration, "", &inputs, &budget).unwrap();
    let errors = world.errors();
    let problems: Vec<_> = configuration.problems.iter().chain(&inputs.problems).collect();
    let refused = world.validations().iter().any(|validation| validation.condition.as_bool() == Some(false));
    if !problems.is_empty() || !errors.is_empty() || refused {
        return (vec!["error".to_owned()], format!("{problems:?} {errors:?}"));
    }
    let mut lines = Vec::new();
    for (name, block) in &world.root().module.outputs {
        let value = world.output(world.root(), name, block.header).unwrap();
        lines.push(format!("output {name} = {}", value.as_ref().map_or("error".to_owned(), notation::render)));
    }
    lines.extend(resource_lines(&world));
    lines.sort();
    (lines, String::new())
}

/// What comes out for the resource instances of a configuration of which there is a plan.
pub fn evaluate_planned(files: &[(String, String)], plan: &str) -> Vec<String> {
    let provider: MemoryProvider = files.iter().cloned().collect();
    let reader = Reader::new(&provider, Sources::new());
    let budget = Budget::new();
    let configuration = Configuration::load(&reader, Some(&[String::new()]));
    let text = PlanText { path: "plan.json".to_owned(), text: plan.to_owned() };
    let plan = Plan::read(&text, &reader).unwrap();
    assert_eq!(plan.difference(&configuration, ""), None);
    let inputs = Inputs { plan: Some(plan), ..Inputs::default() };
    let world = World::new(&reader, &configuration, "", &inputs, &budget).unwrap();
    assert_eq!(world.plan_difference(), None);
    let mut lines = resource_lines(&world);
    lines.sort();
    lines
}

fn resource_lines(world: &World<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for owner in world.instances() {
        for (mode, ty, name) in owner.module.resources.keys() {
            if *mode == Mode::Managed && &**ty == "terraform_data" {
                let resource = world.resource(owner, *mode, ty, name).unwrap().unwrap();
                let instances = resource.instances.items().iter();
                lines.extend(instances.map(|(_, instance)| resource_line(instance, world)));
            }
        }
    }
    lines
}

fn resource_line(instance: &ResourceInstance, world: &World<'_>) -> String {
    let mut line = instance.address.to_string();
    for name in ["input", "triggers_replace"] {
        if let Some(value) = instance.configured(world, name).filter(|value| !value.is_null()) {
            line.push_str(&format!(" {name} = "));
            notation::json(&value, &mut line);
            if value.holds_sensitive() {
                line.push_str(" (sensitive)");
            }
        }
    }
    line
}

/// Whether two lines say the same.
pub fn agrees(ours: &str, theirs: &str) -> bool {
    match (ours.split_once(" = "), theirs.split_once(" = ")) {
        (Some((our_name, ours)), Some((name, theirs))) if our_name == name => notation::agrees(ours, theirs),
        _ => ours == theirs,
    }
}
