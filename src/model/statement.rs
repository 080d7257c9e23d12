//! One IAM statement as rules see it: what was written, and what follows from it.

use std::sync::Arc;

use super::actions::{self, Action};
use super::{reached, s3};
use crate::value::{Answer, Data, Fields, Origin, Type, Unknown, Value, equals};

/// What a statement that cannot be seen has all the same, each of it unknown.
const FIELDS: &[&str] = &[
    "sid",
    "effect",
    "actions",
    "not_actions",
    "resources",
    "not_resources",
    "principals",
    "conditions",
    "allows",
    "granted",
    "broad",
    "narrowed",
    "named",
    "s3",
];

/// The fields of a statement, with what follows from them.
pub(super) fn describe(statement: &Value) -> Fields {
    if let Data::Unknown(unknown) = &statement.data {
        let unknown = || Value::unknown(unknown.derived(Type::Any)).at(statement.origin.clone());
        let fields = FIELDS.iter().map(|name| (Arc::from(*name), unknown()));
        return fields.chain([(Arc::from("managed"), Value::null())]).collect();
    }
    let mut fields = statement.as_fields().cloned().unwrap_or_default();
    let allows = equals(&fields.get("effect").cloned().unwrap_or_default(), &Value::from("Allow"));
    let granted = granted(&fields);
    let narrowed = narrowed(&fields);
    let broad = broad(&fields, &granted, &narrowed, &statement.origin);
    let named = reached::named(&fields, &granted).at(statement.origin.clone());
    let s3 = s3::facts(&fields, &granted).at(statement.origin.clone());
    let granted = Value::tuple(granted).at(statement.origin.clone());
    fields.extend([
        (Arc::from("allows"), truth(allows)),
        (Arc::from("granted"), granted),
        (Arc::from("narrowed"), truth(narrowed)),
        (Arc::from("broad"), broad),
        (Arc::from("named"), named),
        (Arc::from("s3"), s3),
    ]);
    fields
}

/// An answer as a bool, or the unknown it hangs on.
pub(super) fn truth(answer: Answer) -> Value {
    match answer {
        Answer::Yes => Value::from(true),
        Answer::No => Value::from(false),
        Answer::Unknown(unknown) => Value::unknown(unknown.derived(Type::Bool)),
    }
}

/// The elements of one of a statement's lists.
pub(super) fn items<'f>(fields: &'f Fields, name: &str) -> &'f [Value] {
    fields.get(name).and_then(Value::as_items).unwrap_or(&[])
}

/// The patterns of what is granted: the actions; for `NotAction`, one `*` in its place.
fn granted(fields: &Fields) -> Vec<Value> {
    let mut granted = items(fields, "actions").to_vec();
    if let Some(excepted) = items(fields, "not_actions").first() {
        let place = fields.get("not_actions").map_or_else(Origin::default, |list| list.origin.clone());
        granted.push(match excepted.as_unknown() {
            Some(_) => excepted.clone(),
            None => Value::from("*").at(place),
        });
    }
    granted
}

/// Whether a condition narrows the statement to resources of certain tags.
fn narrowed(fields: &Fields) -> Answer {
    let Some(conditions) = fields.get("conditions").filter(|conditions| !conditions.is_null()) else {
        return Answer::No;
    };
    let Some(tests) = conditions.as_fields() else {
        return conditions.first_unknown().map_or(Answer::No, |unknown| Answer::Unknown(Arc::clone(unknown)));
    };
    let by_tag = |key: &Arc<str>| key.to_ascii_lowercase().contains(":resourcetag/");
    if tests.values().filter_map(Value::as_fields).any(|keys| keys.keys().any(by_tag)) {
        return Answer::Yes;
    }
    let open = tests.values().find_map(Value::as_unknown);
    open.map_or(Answer::No, |unknown| Answer::Unknown(Arc::clone(unknown)))
}

/// A resource that stands for all there are.
struct Everywhere {
    /// Where it is written.
    place: Origin,
    /// The service whose resources it stands for; `None` for those of all.
    service: Option<String>,
}

impl Everywhere {
    fn reaches(&self, action: &str) -> bool {
        let of_service = |service: &str| action == "*" || action.split(':').next() == Some(service);
        self.service.as_deref().is_none_or(of_service)
    }
}

/// The `*` among the resources, or the resource that may turn out to be one. `NotResource` counts as one, and so does
/// an ARN that names nothing but a service and a type.
fn everywhere(fields: &Fields, granted: &[Value]) -> Option<Result<Everywhere, Arc<Unknown>>> {
    let mut open = None;
    let mut of_service = None;
    for resource in items(fields, "resources") {
        match equals(resource, &Value::from("*")) {
            Answer::Yes => return Some(Ok(Everywhere { place: resource.origin.clone(), service: None })),
            Answer::Unknown(unknown) if !is_arn_attribute(&unknown) => open = open.or(Some(unknown)),
            _ => {}
        }
        let all_of = all_of_service(resource);
        let all_of = all_of.map(|service| Everywhere { place: resource.origin.clone(), service: Some(service) });
        let concerns = |all: &Everywhere| granted.iter().filter_map(Value::as_str).any(|action| all.reaches(action));
        of_service = of_service.or(all_of.filter(concerns));
    }
    if let Some(excepted) = fields.get("not_resources").filter(|list| !list.as_items().unwrap_or(&[]).is_empty()) {
        return Some(Ok(Everywhere { place: excepted.origin.clone(), service: None }));
    }
    of_service.map(Ok).or_else(|| open.map(Err))
}

/// The service of an ARN that stands for all of its resources of a type, such as `arn:aws:logs:*:*:*` or
/// `arn:aws:ecr:us-east-1:123456789012:repository/*`. Buckets are named in the place of a type.
fn all_of_service(arn: &Value) -> Option<String> {
    let parts = crate::rules::arn(arn);
    let (service, resource) = (parts.field("service")?.as_str()?, parts.field("resource")?.as_str()?);
    let mut names = resource.split([':', '/']);
    let ty = names.next().filter(|_| service != "s3")?;
    let nothing_else = names.all(|name| name == "*");
    let typed = resource.len() > ty.len() && actions::has_resource_type(service, ty);
    (nothing_else && (ty == "*" || typed)).then(|| service.to_owned())
}

/// Whether an unknown is the ARN of some resource: whatever it turns out to be, it is neither `*` nor null.
pub(super) fn is_arn_attribute(unknown: &Unknown) -> bool {
    let name = unknown.name.as_deref().unwrap_or("");
    name.ends_with("arn") && !name.starts_with("var.") && !name.starts_with("local.")
}

/// The actions that are granted on `*` although they could be narrowed, placed at the `*`; unknown where that
/// cannot be told.
fn broad(fields: &Fields, granted: &[Value], narrowed: &Answer, origin: &Origin) -> Value {
    let nothing = || Value::tuple(Vec::new()).at(origin.clone());
    let Some(star) = everywhere(fields, granted) else {
        return nothing();
    };
    let reached = |action: &str| star.as_ref().map_or(true, |star| star.reaches(action));
    let counts = |action: &&Value| action.as_str().is_some_and(|action| is_broad(action) && reached(action));
    let broad: Vec<Value> = granted.iter().filter(counts).cloned().collect();
    let open = granted.iter().filter(|action| action.as_str().is_none()).find_map(Value::first_unknown);
    match (star, narrowed, open) {
        (_, Answer::Yes, _) => nothing(),
        _ if broad.is_empty() && open.is_none() => nothing(),
        (Err(unknown), ..) => unknown_list(&unknown, origin),
        (Ok(_), Answer::Unknown(unknown), _) => unknown_list(unknown, origin),
        (Ok(_), Answer::No, Some(unknown)) if broad.is_empty() => unknown_list(unknown, origin),
        (Ok(star), Answer::No, _) => Value::tuple(broad).at(star.place),
    }
}

fn unknown_list(unknown: &Arc<Unknown>, origin: &Origin) -> Value {
    let unknown = unknown.derived(Type::list(Type::String));
    let place = unknown.span.map_or_else(|| origin.clone(), Origin::source);
    Value::unknown(unknown).at(place)
}

/// Whether a pattern stands for an action that could be narrowed. One that the table does not know may not be.
fn is_broad(pattern: &str) -> bool {
    pattern == "*" || actions::expand(pattern).iter().any(Action::can_be_narrowed)
}

#[cfg(test)]
mod tests {
    use super::all_of_service;
    use crate::value::Value;

    #[test]
    fn an_arn_may_stand_for_all_of_a_service() {
        let all = |arn: &str| all_of_service(&Value::from(arn)).is_some();
        assert!(all("arn:aws:logs:*:*:*") && all("arn:aws:logs:*:*:log-group:*") && all("arn:aws:logs:*:*:*:*"));
        assert!(all("arn:aws:ecr:us-east-1:123456789012:repository/*"));
        assert!(!all("arn:aws:ecr:us-east-1:123456789012:repository/shop/*") && !all("arn:aws:s3:::*"));
        assert!(!all("arn:aws:logs:*:*:log-group:/aws/lambda/*") && !all("arn:aws:sqs:*:*:queue"));
        assert!(!all("arn:aws:execute-api:*:*:a1b2c3/*"));
    }
}
