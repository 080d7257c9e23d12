//! Repositories of container images, and what else is configured about them.

use super::join::{Index, naming};
use super::{Found, block_field, blocks, required_text, statement};
use crate::value::{Type, Unknown, Value};

/// Every `aws_ecr_repository`, created or read.
pub(super) fn repositories(all: &[Found<'_, '_>]) -> Value {
    let of = |found: &&Found<'_, '_>| found.is("aws_ecr_repository") || found.is_data("aws_ecr_repository");
    let policies = naming(all, "aws_ecr_lifecycle_policy", "repository");
    let scanned = scanned(all);
    Value::tuple(all.iter().filter(of).map(|found| repository(found, &scanned, &policies)).collect())
}

fn repository(found: &Found<'_, '_>, scanned: &[Value], policies: &Index) -> Value {
    let created = found.is("aws_ecr_repository");
    let name = required_text(found.attribute("name"));
    let origin = found.address().origin;
    let read = || {
        let reason = "the repository is only read here";
        Value::unknown(Unknown::new(Type::Bool, reason, origin.span())).at(origin.clone())
    };
    let (scan, lifecycle) = if created {
        (scan_on_push(found, &name, scanned), statement::truth(policies.any(&name)).at(origin.clone()))
    } else {
        (read(), read())
    };
    Value::record([
        ("address", found.address()),
        ("created", Value::from(created)),
        ("url", found.attribute("repository_url")),
        ("arn", found.attribute("arn")),
        ("scan_on_push", scan),
        ("lifecycle_policy", lifecycle),
        ("name", name),
    ])
    .at(origin)
}

/// Patterns of the repositories whose pushed images the registry scans, each where that is said.
fn scanned(all: &[Found<'_, '_>]) -> Vec<Value> {
    let registries = all.iter().filter(|found| found.is("aws_ecr_registry_scanning_configuration"));
    let rules = registries.flat_map(|registry| blocks(&registry.configured("rule")));
    let rules = rules.map(|rule| (block_field(&rule, "scan_frequency"), rule));
    let automatic = rules.filter(|(frequency, _)| frequency.as_str() != Some("MANUAL"));
    let patterns = automatic.flat_map(|(frequency, rule)| {
        let filters = blocks(&block_field(&rule, "repository_filter")).into_iter();
        filters.map(move |filter| block_field(&filter, "filter").at(frequency.origin.clone()))
    });
    patterns.collect()
}

/// Whether pushed images are scanned: by the registry's rules where there are any, else by the repository's own word.
fn scan_on_push(found: &Found<'_, '_>, name: &Value, scanned: &[Value]) -> Value {
    let matches = |pattern: &&Value| crate::rules::matches_glob(name, pattern).as_bool() == Some(true);
    if let Some(pattern) = scanned.iter().find(matches) {
        return Value::from(true).at(pattern.origin.clone());
    }
    let header = found.address().origin;
    match found.block("image_scanning_configuration") {
        None => Value::from(false).at(header),
        Some(block) => {
            let own = super::as_type(block_field(&block, "scan_on_push"), &Type::Bool);
            if own.is_null() { Value::from(false).at(block.origin) } else { own }
        }
    }
}
