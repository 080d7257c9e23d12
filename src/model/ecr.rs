//! Repositories of container images, and what else is configured about them.

use super::inventory::named_by;
use super::{Found, block_field, blocks, required_text, statement};
use crate::value::{Type, Unknown, Value};

/// Every `aws_ecr_repository`, created or read.
pub(super) fn repositories(all: &[Found<'_, '_>]) -> Value {
    let of = |found: &&Found<'_, '_>| found.is("aws_ecr_repository") || found.is_data("aws_ecr_repository");
    Value::tuple(all.iter().filter(of).map(|found| repository(found, all)).collect())
}

fn repository(found: &Found<'_, '_>, all: &[Found<'_, '_>]) -> Value {
    let created = found.is("aws_ecr_repository");
    let name = required_text(found.attribute("name"));
    let origin = found.address().origin;
    let read = || {
        let reason = "the repository is only read here";
        Value::unknown(Unknown::new(Type::Bool, reason, origin.span())).at(origin.clone())
    };
    let (scan, lifecycle) = if created {
        (
            scan_on_push(found, &name, all),
            statement::truth(named_by(all, "aws_ecr_lifecycle_policy", "repository", &name)).at(origin.clone()),
        )
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

/// Whether pushed images are scanned: by the registry's rules where there are any, else by the repository's own word.
fn scan_on_push(found: &Found<'_, '_>, name: &Value, all: &[Found<'_, '_>]) -> Value {
    let registries = all.iter().filter(|found| found.is("aws_ecr_registry_scanning_configuration"));
    for rule in registries.flat_map(|registry| blocks(&registry.configured("rule"))) {
        let frequency = block_field(&rule, "scan_frequency");
        if frequency.as_str() == Some("MANUAL") {
            continue;
        }
        for filter in blocks(&block_field(&rule, "repository_filter")) {
            let matches = crate::rules::matches_glob(name, &block_field(&filter, "filter"));
            if matches.as_bool() == Some(true) {
                return Value::from(true).at(frequency.origin);
            }
        }
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
