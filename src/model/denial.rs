//! What explicit denials take away from what is granted.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use std::sync::Arc;

use super::statement::items;
use crate::rules::{arn, glob};
use crate::value::{Answer, Fields, Type, Unknown, Value, equals};

/// A statement that denies something, for certain or perhaps.
#[derive(Clone)]
pub(super) struct Denial<'s> {
    pub(super) statement: &'s Value,
    /// What it hangs on.
    pub(super) open: Option<Arc<Unknown>>,
}

/// What denies an action on all that some resources stand for; `None` when any of them is left.
pub(super) fn denied<'s>(denials: &[Denial<'s>], action: &str, resources: &[Value]) -> Option<Denial<'s>> {
    let each: Option<Vec<_>> = resources.iter().map(|resource| denied_on(denials, action, resource)).collect();
    let each = each?;
    each.iter().find(|denial| denial.open.is_some()).or(each.first()).cloned()
}

/// The first certain denial of an action on a resource, or else one that may be.
fn denied_on<'s>(denials: &[Denial<'s>], action: &str, resource: &Value) -> Option<Denial<'s>> {
    let mut perhaps = None;
    for denial in denials {
        let Some(fields) = denial.statement.as_fields() else { continue };
        let open = || denial.open.clone().map_or(Answer::Yes, Answer::Unknown);
        let covered = denies_action(fields, action).and(|| denies_on(fields, resource));
        match covered.and(|| conditions_met(fields)).and(open) {
            Answer::Yes => return Some(denial.clone()),
            Answer::Unknown(unknown) => {
                perhaps = perhaps.or(Some(Denial { statement: denial.statement, open: Some(unknown) }));
            }
            Answer::No => {}
        }
    }
    perhaps
}

/// Whether a statement's conditions are met by what functions and workflows ask of AWS.
pub(super) fn conditions_met(fields: &Fields) -> Answer {
    let Some(conditions) = fields.get("conditions").filter(|conditions| !conditions.is_null()) else {
        return Answer::Yes;
    };
    let reason = "whether the statement's conditions are met is known when it runs";
    let open = || Answer::Unknown(Arc::new(Unknown::new(Type::Bool, reason, conditions.origin.span())));
    let tests = conditions.as_fields().into_iter().flatten();
    let keys =
        tests.flat_map(|(operator, keys)| keys.as_fields().map(|keys| keys.iter().map(move |key| (operator, key))));
    let mut met = if conditions.first_unknown().is_some() { open() } else { Answer::Yes };
    for (operator, (key, value)) in keys.flatten() {
        met = met.and(|| over_tls(operator, key, value).map_or_else(open, Answer::of));
    }
    met
}

/// For a condition that asks whether TLS is used: whether it is met, as the SDKs and the CLI always use it.
fn over_tls(operator: &str, key: &str, value: &Value) -> Option<bool> {
    let asks = operator.starts_with("Bool") && key.eq_ignore_ascii_case("aws:SecureTransport");
    match value.as_str() {
        _ if !asks => None,
        Some(text) => text.parse().ok(),
        None => value.as_bool(),
    }
}

fn denies_action(fields: &Fields, action: &str) -> Answer {
    let action = action.to_ascii_lowercase();
    let names = |pattern: &Value| match pattern.as_str() {
        Some(pattern) => Answer::of(glob(&action, &pattern.to_ascii_lowercase())),
        None => unknown_in(pattern),
    };
    match items(fields, "not_actions") {
        [] => Answer::any(items(fields, "actions").iter().map(names)),
        excepted => !Answer::any(excepted.iter().map(names)),
    }
}

/// Whether a denial is of everything that a resource stands for.
fn denies_on(fields: &Fields, resource: &Value) -> Answer {
    let related =
        |patterns: &[Value], how: Relation| Answer::any(patterns.iter().map(|pattern| relates(pattern, resource, how)));
    match items(fields, "not_resources") {
        [] => related(items(fields, "resources"), |pattern, resource| glob(resource, pattern)),
        excepted => !related(excepted, meet),
    }
}

/// How two patterns stand to each other: one covers all of the other, or they have something in common.
type Relation = fn(&str, &str) -> bool;

/// Whether two resources, either of which may be a pattern, stand so to each other. A region or an account that is not
/// known is taken to be the same.
fn relates(pattern: &Value, resource: &Value, how: Relation) -> Answer {
    let parts = parts(pattern).zip(parts(resource));
    let Some((own, other)) = parts else {
        return equals(pattern, resource);
    };
    PARTS.iter().zip(own.iter().zip(&other)).fold(Answer::Yes, |so_far, (name, (own, other))| {
        so_far.and(|| match (own.as_str(), other.as_str()) {
            (Some(own), Some(other)) => Answer::of(how(own, other)),
            (Some("*"), _) => Answer::Yes,
            _ if *name != "resource" => Answer::Yes,
            _ => equals(own, other),
        })
    })
}

const PARTS: [&str; 4] = ["service", "region", "account", "resource"];

/// The parts of an ARN; `*` stands for all of them.
fn parts(resource: &Value) -> Option<Vec<Value>> {
    if resource.as_str() == Some("*") {
        return Some(PARTS.iter().map(|_| resource.clone()).collect());
    }
    let arn = arn(resource);
    PARTS.iter().map(|name| arn.field(name).cloned()).collect()
}

/// Whether some text matches both patterns.
fn meet(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let held = |row: &[bool], at: usize| row.get(at).copied().unwrap_or(false);
    // A row says of each end of the right pattern whether it meets one end of the left; the shortest ends come first.
    let mut shorter: Vec<bool> = Vec::new();
    for from in (0..=left.len()).rev() {
        let mut row = vec![false; right.len() + 1];
        for at in (0..=right.len()).rev() {
            let meets = match (left.get(from), right.get(at)) {
                (None, None) => true,
                (Some('*'), _) | (_, Some('*')) => held(&shorter, at) || held(&row, at + 1),
                (Some(a), Some(b)) => (a == b || *a == '?' || *b == '?') && held(&shorter, at + 1),
                _ => false,
            };
            row.get_mut(at).into_iter().for_each(|cell| *cell = meets);
        }
        shorter = row;
    }
    held(&shorter, 0)
}

/// What hangs on something in a value; no where nothing in it is unknown.
pub(super) fn unknown_in(value: &Value) -> Answer {
    value.first_unknown().map_or(Answer::No, |unknown| Answer::Unknown(Arc::clone(unknown)))
}

#[cfg(test)]
mod tests {
    use super::{Relation, meet, relates};
    use crate::rules::glob;
    use crate::value::{Answer, Value};

    fn yes(pattern: &str, resource: &str, how: Relation) -> bool {
        matches!(relates(&Value::from(pattern), &Value::from(resource), how), Answer::Yes)
    }

    #[test]
    fn patterns_cover_others() {
        let covers = |pattern, resource| yes(pattern, resource, |pattern, resource| glob(resource, pattern));
        assert!(covers("*", "arn:aws:s3:::orders/*") && covers("arn:aws:s3:::orders/*", "arn:aws:s3:::orders/*"));
        assert!(covers("arn:aws:s3:::ord*", "arn:aws:s3:::orders/*") && covers("arn:*:s3:::a/*", "arn:aws:s3:::a/b"));
        assert!(!covers("arn:aws:s3:::orders/a/*", "arn:aws:s3:::orders/*") && !covers("arn:aws:s3:::orders", "*"));
    }

    #[test]
    fn patterns_meet_others() {
        assert!(meet("orders/*", "*/a") && meet("a*c", "ab?") && meet("", "*") && meet("abc", "abc"));
        assert!(!meet("orders/*", "other/*") && !meet("a", "") && !meet("a?", "b*"));
        assert!(yes("arn:aws:s3:::orders/*", "*", meet) && !yes("arn:aws:s3:::orders/*", "arn:aws:s3:::other/*", meet));
    }
}
