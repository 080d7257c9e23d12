//! What the page says the execution role may do, each with whether it is granted.

use super::actions::action;
use super::denial::{Denial, denied, unknown_in};
use super::s3::Resource;
use super::statement::{describe, items};
use crate::rules::glob;
use crate::standard::Standard;
use crate::value::{Answer, Fields, Piece, Type, Unknown, Value, equals};

/// What a bucket's documented access must at least make possible.
const BUCKET_ACTIONS: &[(&str, &[&str])] =
    &[("s3:GetObject", &["read", "readwrite"]), ("s3:PutObject", &["write", "readwrite"])];

/// The documented actions, and the documented access to buckets, of a standard.
pub(super) fn of(standard: &Standard, statements: &[Value], gaps: &[Value]) -> Vec<Value> {
    let grants = Grants::of(statements, gaps);
    let mut found = Vec::new();
    for action in standard.section("iam.actions").as_ref().and_then(Value::as_items).unwrap_or(&[]) {
        found.push(permission(action.clone(), Value::null(), grants.decide(action, None), action));
    }
    let buckets = standard.section("iam.buckets");
    for (bucket, access) in buckets.as_ref().and_then(Value::as_fields).into_iter().flatten() {
        for (action, of) in BUCKET_ACTIONS {
            if access.as_str().is_some_and(|access| of.contains(&access)) {
                let (action, bucket) = (Value::from(*action), Value::string(bucket.clone()));
                let granted = grants.decide(&action, Some(&bucket));
                found.push(permission(action, bucket, granted, access));
            }
        }
    }
    found
}

fn permission(action: Value, bucket: Value, decided: Decided<'_>, place: &Value) -> Value {
    let origin = place.origin.clone();
    let denied_by =
        decided.denied_by.and_then(|statement| statement.field("address")?.clone().at(statement.origin.clone()).into());
    Value::record([
        ("action", action.at(origin.clone())),
        ("bucket", bucket),
        ("granted", decided.granted),
        ("denied_by", denied_by.unwrap_or_default()),
    ])
    .at(origin)
}

/// Whether something is granted, and the statement that denies what would be.
struct Decided<'s> {
    granted: Value,
    denied_by: Option<&'s Value>,
}

/// The statements that grant the execution role something, or take it away.
struct Grants<'s> {
    statements: Vec<&'s Fields>,
    denials: Vec<Denial<'s>>,
    /// Why something may be granted that cannot be seen.
    open: Option<Unknown>,
}

impl<'s> Grants<'s> {
    fn of(statements: &'s [Value], gaps: &[Value]) -> Self {
        let mut open = gaps.iter().find_map(|gap| gap.as_unknown().map(|unknown| unknown.derived(Type::Bool)));
        let (mut certain, mut denials) = (Vec::new(), Vec::new());
        for statement in statements {
            let holds =
                |name: &str| statement.field(name).map_or(Answer::No, |value| equals(value, &Value::from(true)));
            let effect = statement.field("effect").and_then(Value::as_str);
            match (effect, holds("documented")) {
                (_, Answer::No) => {}
                (Some("Deny"), Answer::Yes) => denials.push(Denial { statement, open: None }),
                (Some("Deny"), Answer::Unknown(unknown)) => denials.push(Denial { statement, open: Some(unknown) }),
                (_, documented) => match (documented.and(|| holds("allows")), statement.as_fields()) {
                    (Answer::Yes, Some(fields)) => certain.push(fields),
                    (Answer::Unknown(unknown), _) => open = open.or_else(|| Some(unknown.derived(Type::Bool))),
                    _ => {}
                },
            }
        }
        if certain.is_empty() && open.is_none() {
            let reason = "no policy of the documented role is in this repository";
            open = Some(Unknown::new(Type::Bool, reason, None));
        }
        Self { statements: certain, denials, open }
    }

    /// Whether an action is granted: on anything, or on the objects of a bucket.
    fn decide(&self, action: &Value, bucket: Option<&Value>) -> Decided<'s> {
        let mut open = self.open.clone();
        let mut denied_by = None;
        let wanted = action.as_str().unwrap_or("").to_ascii_lowercase();
        for fields in &self.statements {
            match self.granted_by(fields, &wanted, bucket) {
                (Answer::Yes, _) => return Decided { granted: Value::from(true), denied_by: None },
                (Answer::Unknown(unknown), _) => open = open.or_else(|| Some(unknown.derived(Type::Bool))),
                (Answer::No, denial) => denied_by = denied_by.or(denial),
            }
        }
        let granted = open.map_or_else(|| Value::from(false), Value::unknown);
        Decided { granted, denied_by }
    }

    /// Whether one statement grants an action, and else the statement that denies it again.
    fn granted_by(&self, fields: &Fields, wanted: &str, bucket: Option<&Value>) -> (Answer, Option<&'s Value>) {
        let reached = Answer::any(items(fields, "granted").iter().map(|pattern| match pattern.as_str() {
            None => unknown_in(pattern),
            Some(text) if !glob(wanted, &text.to_ascii_lowercase()) => Answer::No,
            Some(text) => bucket.map_or_else(|| on_its_level(fields, text), |bucket| reaches(fields, bucket)),
        }));
        if matches!(reached, Answer::No) {
            return (Answer::No, None);
        }
        match denied(&self.denials, wanted, &concerned(fields, wanted, bucket)) {
            None => (reached, None),
            Some(Denial { open: Some(unknown), .. }) => (Answer::Unknown(unknown), None),
            Some(denial) => (Answer::No, Some(denial.statement)),
        }
    }
}

/// Whether a role's statements let it do something with a bucket, or with what is in it.
pub(super) fn reaches_bucket(statements: &[Value], bucket: &Value) -> Answer {
    let described: Vec<Value> =
        statements.iter().map(|raw| Value::object(describe(raw)).at(raw.origin.clone())).collect();
    let of = |effect: &'static str| described.iter().filter(move |statement| has_effect(statement, effect));
    let denials: Vec<Denial<'_>> = of("Deny").map(|statement| Denial { statement, open: None }).collect();
    let unseen = described.iter().filter_map(|statement| statement.field("effect")?.first_unknown()).cloned();
    let granted = of("Allow").filter_map(Value::as_fields).map(|fields| reaches_any(fields, bucket, &denials));
    Answer::any(granted.chain(unseen.map(Answer::Unknown)))
}

fn has_effect(statement: &Value, effect: &str) -> bool {
    statement.field("effect").and_then(Value::as_str) == Some(effect)
}

/// Whether a statement grants any action of S3 on a bucket or on what is in it, and not all of that is denied again.
fn reaches_any(fields: &Fields, bucket: &Value, denials: &[Denial<'_>]) -> Answer {
    let on_bucket = |resource: &Value| match Resource::read(resource, true) {
        Some(named) => named.of_bucket(bucket),
        None => Answer::of(resource.as_str() == Some("*")),
    };
    let reached = match items(fields, "not_resources") {
        [] => Answer::any(items(fields, "resources").iter().map(on_bucket)),
        _ => Answer::Yes,
    };
    let all = [bucket_arn(bucket, ""), bucket_arn(bucket, "/*")];
    let left = |pattern: &Value| match pattern.as_str() {
        None => unknown_in(pattern),
        Some(text) if text != "*" && !text.to_ascii_lowercase().starts_with("s3:") => Answer::No,
        Some(text) => match denied(denials, text, &all) {
            None => Answer::Yes,
            Some(Denial { open: Some(unknown), .. }) => Answer::Unknown(unknown),
            Some(_) => Answer::No,
        },
    };
    reached.and(|| Answer::any(items(fields, "granted").iter().map(left)))
}

fn bucket_arn(bucket: &Value, rest: &str) -> Value {
    let mut pieces = vec![Piece::Text("arn:aws:s3:::".into())];
    pieces.extend(bucket.as_pieces().unwrap_or_default());
    pieces.push(Piece::Text(rest.into()));
    Value::from_pieces(pieces)
}

/// What would all have to be denied: a bucket's objects, or the resources of a statement that an action acts on.
fn concerned(fields: &Fields, wanted: &str, bucket: Option<&Value>) -> Vec<Value> {
    if let Some(bucket) = bucket {
        return vec![bucket_arn(bucket, "/*")];
    }
    let level = action(wanted).and_then(|action| action.s3_level());
    let resources = items(fields, "resources").iter().filter(|resource| may_be_of(resource, level)).cloned();
    let resources: Vec<Value> = resources.collect();
    if resources.is_empty() { vec![Value::from("*")] } else { resources }
}

/// Whether a resource may be of a level of S3: a bucket has no slash, and an object has one.
fn may_be_of(resource: &Value, level: Option<&str>) -> bool {
    match (level, resource.as_str()) {
        (Some("object"), Some(text)) => text.contains(['/', '*']),
        (Some("bucket"), Some(text)) => !text.contains('/'),
        _ => true,
    }
}

/// Whether an action meets a resource of its level. Only for S3 can that be told.
fn on_its_level(fields: &Fields, pattern: &str) -> Answer {
    let of_s3 = fields.get("s3").and_then(|s3| s3.field("actions")).and_then(Value::as_items).unwrap_or(&[]);
    let missed = |facts: &&Value| facts.field("meets_resource").and_then(Value::as_bool) == Some(false);
    let named = |facts: &Value| facts.field("action").and_then(Value::as_str) == Some(pattern);
    Answer::of(!of_s3.iter().filter(missed).any(named))
}

/// Whether a statement's resources include objects of a bucket.
fn reaches(fields: &Fields, bucket: &Value) -> Answer {
    match items(fields, "not_resources") {
        [] => Answer::any(items(fields, "resources").iter().map(|resource| covers(resource, bucket))),
        _ => Answer::Yes,
    }
}

/// Whether a resource covers objects of a bucket.
fn covers(resource: &Value, bucket: &Value) -> Answer {
    match Resource::read(resource, true) {
        Some(named) => named.holds_objects().and(|| named.of_bucket(bucket)),
        None => Answer::of(resource.as_str() == Some("*")),
    }
}

#[cfg(test)]
mod tests {
    use super::covers;
    use crate::value::{Answer, Value};

    #[test]
    fn resources_cover_objects() {
        let yes = |arn: &str| matches!(covers(&Value::from(arn), &Value::from("orders")), Answer::Yes);
        assert!(yes("*") && yes("arn:aws:s3:::orders/*") && yes("arn:aws:s3:::ord*") && yes("arn:aws:s3:::*/*"));
        assert!(!yes("arn:aws:s3:::orders") && !yes("arn:aws:s3:::other/*") && !yes("orders/*"));
    }
}
