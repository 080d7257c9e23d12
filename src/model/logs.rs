//! CloudWatch log groups, joined to what is documented about them.

use super::join::{Index, Joined};
use super::{Found, as_type, required_text};
use crate::standard::Standard;
use crate::value::{Origin, Type, Value};

/// Every `aws_cloudwatch_log_group`, created or read.
pub(super) fn groups(all: &[Found<'_, '_>], standard: &Standard, documented: &[Value]) -> Vec<Value> {
    let (names, days): (Vec<Value>, Vec<Value>) = wanted(standard, documented).into_iter().unzip();
    let names = Index::new(names);
    let documented_days = |name: &Value, fallback: &Origin| match names.join(name) {
        Joined::One(at) => days.get(at).cloned().unwrap_or_default(),
        Joined::None => Value::null().at(fallback.clone()),
        Joined::Unknown(unknown) => Value::unknown(unknown.derived(Type::Number)).at(name.origin.clone()),
    };
    let of = |found: &&Found<'_, '_>| found.is("aws_cloudwatch_log_group") || found.is_data("aws_cloudwatch_log_group");
    all.iter().filter(of).map(|found| group(found, &documented_days)).collect()
}

fn group(found: &Found<'_, '_>, documented_days: &impl Fn(&Value, &Origin) -> Value) -> Value {
    let name = required_text(found.attribute("name"));
    let origin = found.address().origin;
    let retention = documented_days(&name, &origin);
    Value::record([
        ("address", found.address()),
        ("created", Value::from(found.is("aws_cloudwatch_log_group"))),
        ("retention_in_days", as_type(found.attribute("retention_in_days"), &Type::Number)),
        ("arn", found.attribute("arn")),
        ("documented_retention", retention),
        ("name", name),
    ])
    .at(origin)
}

/// Names of log groups with the days they are documented to keep; a group's own line goes before what holds for all.
fn wanted(standard: &Standard, documented: &[Value]) -> Vec<(Value, Value)> {
    let own = standard.section("log_groups");
    let own = own.as_ref().and_then(Value::as_fields).into_iter().flatten();
    let own = own.filter_map(|(name, group)| {
        let days = group.field("retention_days").filter(|days| !days.is_null())?;
        Some((Value::string(name.clone()), days.clone()))
    });
    let all = standard.section("logging.retention_days");
    let groups = documented.iter().filter_map(|function| function.field("log_group"));
    let of_functions = groups.filter(|group| !group.is_null()).filter_map(|group| Some((group.clone(), all.clone()?)));
    own.chain(of_functions).collect()
}
