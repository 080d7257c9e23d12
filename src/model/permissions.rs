//! What the page says the execution role may do, each with whether it is granted.

use std::sync::Arc;

use super::statement::items;
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

fn permission(action: Value, bucket: Value, granted: Value, place: &Value) -> Value {
    let origin = place.origin.clone();
    let fields = [("action", action.at(origin.clone())), ("bucket", bucket), ("granted", granted)];
    Value::record(fields).at(origin)
}

/// The statements that grant the execution role something.
struct Grants<'s> {
    statements: Vec<&'s Fields>,
    /// Why something may be granted that cannot be seen.
    open: Option<Unknown>,
}

impl<'s> Grants<'s> {
    fn of(statements: &'s [Value], gaps: &[Value]) -> Self {
        let mut open = gaps.iter().find_map(|gap| gap.as_unknown().map(|unknown| unknown.derived(Type::Bool)));
        let mut certain = Vec::new();
        for fields in statements.iter().filter_map(Value::as_fields) {
            let holds = |name: &str| fields.get(name).map_or(Answer::No, |value| equals(value, &Value::from(true)));
            match holds("documented").and(|| holds("allows")) {
                Answer::No => {}
                Answer::Yes => certain.push(fields),
                Answer::Unknown(unknown) => open = open.or_else(|| Some(unknown.derived(Type::Bool))),
            }
        }
        if certain.is_empty() && open.is_none() {
            let reason = "no policy of the documented role is in this repository";
            open = Some(Unknown::new(Type::Bool, reason, None));
        }
        Self { statements: certain, open }
    }

    /// Whether an action is granted: on anything, or on the objects of a bucket.
    fn decide(&self, action: &Value, bucket: Option<&Value>) -> Value {
        let mut open = self.open.clone();
        let wanted = action.as_str().unwrap_or("").to_ascii_lowercase();
        for fields in &self.statements {
            for pattern in items(fields, "granted") {
                let Some(text) = pattern.as_str() else {
                    open = open.or_else(|| pattern.first_unknown().map(|unknown| unknown.derived(Type::Bool)));
                    continue;
                };
                if !crate::rules::glob(&wanted, &text.to_ascii_lowercase()) {
                    continue;
                }
                let reached = bucket.map_or_else(|| on_its_level(fields, text), |bucket| reaches(fields, bucket));
                match reached {
                    Answer::Yes => return Value::from(true),
                    Answer::Unknown(unknown) => open = open.or_else(|| Some(unknown.derived(Type::Bool))),
                    Answer::No => {}
                }
            }
        }
        open.map_or_else(|| Value::from(false), Value::unknown)
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
    if !items(fields, "not_resources").is_empty() {
        return Answer::Yes;
    }
    let mut open = None;
    for resource in items(fields, "resources") {
        match covers(resource, bucket.as_str().unwrap_or("")) {
            Answer::Yes => return Answer::Yes,
            Answer::Unknown(unknown) => open = open.or(Some(unknown)),
            Answer::No => {}
        }
    }
    open.map_or(Answer::No, Answer::Unknown)
}

/// Whether a resource covers objects of a bucket. The partition may be unknown, as long as the rest is not.
fn covers(resource: &Value, bucket: &str) -> Answer {
    if resource.as_str() == Some("*") {
        return Answer::Yes;
    }
    let parts = crate::rules::arn(resource);
    let named = parts.field("resource").and_then(Value::as_pieces);
    match (named.as_deref(), resource.first_unknown()) {
        (Some([Piece::Text(text)]), _) => {
            let (of_bucket, key) = text.split_once('/').unwrap_or((text, ""));
            Answer::of(crate::rules::glob(bucket, of_bucket) && (!key.is_empty() || of_bucket.ends_with('*')))
        }
        (_, Some(unknown)) => Answer::Unknown(Arc::clone(unknown)),
        (_, None) => Answer::No,
    }
}

#[cfg(test)]
mod tests {
    use super::covers;
    use crate::value::{Answer, Value};

    #[test]
    fn resources_cover_objects() {
        let yes = |arn: &str| matches!(covers(&Value::from(arn), "orders"), Answer::Yes);
        assert!(yes("*") && yes("arn:aws:s3:::orders/*") && yes("arn:aws:s3:::ord*") && yes("arn:aws:s3:::*/*"));
        assert!(!yes("arn:aws:s3:::orders") && !yes("arn:aws:s3:::other/*") && !yes("orders/*"));
    }
}
