//! The S3 side of a statement: which buckets its ARNs name, and whether each action meets an ARN of its level.

use std::sync::Arc;

use super::actions;
use super::statement::items;
use crate::rules::glob;
use crate::value::{Answer, Fields, Piece, Type, Unknown, Value, equals};

/// `resources`, `actions` and `grants` of S3 in a statement.
pub(super) fn facts(fields: &Fields, granted: &[Value]) -> Value {
    let mut resources = Vec::new();
    if let Some(certain) = grants_s3(granted) {
        resources.extend(items(fields, "resources").iter().filter_map(|arn| Resource::read(arn, certain)));
    }
    let actions = granted.iter().filter_map(|action| action_facts(action, fields, &resources)).collect();
    let grants = granted.iter().flat_map(|action| grants(action, &resources)).collect();
    Value::record([
        ("grants", Value::tuple(grants)),
        ("resources", Value::tuple(resources.into_iter().map(Resource::into_value).collect())),
        ("actions", Value::tuple(actions)),
    ])
}

/// Whether any action of S3 is granted: for certain, perhaps, or not (`None`).
fn grants_s3(granted: &[Value]) -> Option<bool> {
    let is_s3 = |text: &str| text == "*" || text.to_ascii_lowercase().starts_with("s3:");
    if granted.iter().any(|action| action.as_str().is_some_and(is_s3)) {
        return Some(true);
    }
    granted.iter().any(|action| action.as_str().is_none()).then_some(false)
}

/// What an action of S3 acts on, and whether a resource of the statement is of that level.
fn action_facts(action: &Value, fields: &Fields, resources: &[Resource]) -> Option<Value> {
    let pattern = action.as_str()?;
    if !pattern.to_ascii_lowercase().starts_with("s3:") {
        return None;
    }
    let mut levels: Vec<&str> = Vec::new();
    for known in actions::expand(pattern) {
        // An action on neither buckets nor objects may be what the pattern is there for.
        let level = known.s3_level()?;
        if !levels.contains(&level) {
            levels.push(level);
        }
    }
    let (first, several) = (*levels.first()?, levels.len() > 1);
    let all = items(fields, "resources");
    let everything = all.is_empty() || all.iter().any(|resource| resource.as_str() == Some("*"));
    let met = everything || resources.iter().any(|resource| levels.iter().any(|level| resource.meets(level)));
    let open = all.iter().any(|arn| arn.first_unknown().is_some() && !resources.iter().any(|known| known.is(arn)))
        || resources.iter().any(|resource| resource.level.is_none());
    let meets = match (met, open) {
        (true, _) => Value::from(true),
        (false, false) => Value::from(false),
        (false, true) => {
            let reason = "one of the statement's resources is not known";
            Value::unknown(Unknown::new(Type::Bool, reason, action.origin.span()))
        }
    };
    let level = if several { Value::null() } else { Value::from(first) };
    let facts = [("action", action.clone()), ("level", level), ("meets_resource", meets)];
    Some(Value::record(facts).at(action.origin.clone()))
}

/// What an action lets one do with each bucket: the ways of access of all it stands for that meet the ARN's level.
fn grants(action: &Value, resources: &[Resource]) -> Vec<Value> {
    let known = action.as_str().map(actions::expand).unwrap_or_default();
    let on = |resource: &Resource| {
        let met = known.iter().filter(|known| known.s3_level().is_some_and(|level| resource.meets(level)));
        let mut access: Vec<&str> = met.map(|known| known.access).collect();
        access.sort_unstable();
        access.dedup();
        let grant = Value::record([
            ("action", action.clone()),
            ("bucket", resource.bucket.clone()),
            ("arn", resource.arn.clone()),
            ("access", Value::tuple(access.iter().map(|access| Value::from(*access)).collect())),
        ]);
        (!access.is_empty()).then(|| grant.at(action.origin.clone()))
    };
    resources.iter().filter_map(on).collect()
}

/// What an ARN of S3 covers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Bucket,
    Object,
    /// `arn:aws:s3:::data*` covers buckets and what is in them; an access point is not told apart.
    Both,
}

/// An S3 ARN of a statement.
pub(super) struct Resource {
    arn: Value,
    bucket: Value,
    key: Value,
    /// `None` when it cannot be told.
    level: Option<Level>,
}

impl Resource {
    /// `None` when it is certainly no ARN of S3. One that is not known at all counts where S3 is granted for certain.
    pub(super) fn read(arn: &Value, certain: bool) -> Option<Self> {
        let parts = crate::rules::arn(arn);
        let Some(service) = parts.field("service") else {
            parts.as_unknown()?;
            let unknown = arn.first_unknown().filter(|unknown| certain && may_be_s3(unknown))?;
            let level = match arn.as_pieces()?.last() {
                Some(Piece::Text(tail)) if tail.contains('/') => Some(Level::Object),
                _ => unknown.name.as_deref().filter(|name| name.contains("aws_s3_bucket.")).map(|_| Level::Bucket),
            };
            let bucket = Value::unknown(unknown.derived(Type::String)).at(arn.origin.clone());
            return Some(Self { arn: arn.clone(), key: bucket.clone(), bucket, level });
        };
        if !matches!(equals(service, &Value::from("s3")), Answer::Yes) {
            return None;
        }
        let part = |name: &str| parts.field(name).is_some_and(|part| part.as_str() != Some(""));
        let elsewhere = part("region") || part("account");
        let pieces = parts.field("resource")?.as_pieces()?;
        let (bucket, key) = split(pieces);
        let wild = bucket.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('*')));
        let level = match &key {
            _ if wild || elsewhere => Level::Both,
            Some(_) => Level::Object,
            None => Level::Bucket,
        };
        let bucket = Value::from_pieces(bucket).at(arn.origin.clone());
        let key = key.map_or_else(Value::null, Value::from_pieces).at(arn.origin.clone());
        Some(Self { arn: arn.clone(), bucket, key, level: Some(level) })
    }

    fn meets(&self, level: &str) -> bool {
        match self.level {
            Some(Level::Both) => true,
            Some(Level::Object) => level == "object",
            Some(Level::Bucket) => level == "bucket",
            None => false,
        }
    }

    /// Whether it names a bucket, or what is in it.
    pub(super) fn of_bucket(&self, bucket: &Value) -> Answer {
        match (self.bucket.as_str(), bucket.as_str()) {
            (Some(pattern), Some(name)) => Answer::of(glob(name, pattern)),
            _ => equals(&self.bucket, bucket),
        }
    }

    /// Whether it stands for objects.
    pub(super) fn holds_objects(&self) -> Answer {
        match (self.level, self.bucket.first_unknown()) {
            (Some(Level::Object), _) => Answer::Yes,
            (Some(Level::Both), _) => {
                Answer::of(!self.key.is_null() || self.bucket.as_str().is_some_and(|name| name.ends_with('*')))
            }
            (None, Some(unknown)) => Answer::Unknown(Arc::clone(unknown)),
            _ => Answer::No,
        }
    }

    fn is(&self, arn: &Value) -> bool {
        matches!(equals(&self.arn, arn), Answer::Yes)
    }

    fn into_value(self) -> Value {
        let origin = self.arn.origin.clone();
        Value::record([("arn", self.arn), ("bucket", self.bucket), ("key", self.key)]).at(origin)
    }
}

/// A bucket's name and the key after the first slash.
fn split(pieces: Vec<Piece>) -> (Vec<Piece>, Option<Vec<Piece>>) {
    let (mut bucket, mut key): (Vec<Piece>, Option<Vec<Piece>>) = (Vec::new(), None);
    for piece in pieces {
        match (&mut key, piece) {
            (Some(key), piece) => key.push(piece),
            (None, Piece::Text(text)) => match text.split_once('/') {
                Some((before, after)) => {
                    if !before.is_empty() {
                        bucket.push(Piece::Text(before.into()));
                    }
                    key = Some(if after.is_empty() { Vec::new() } else { vec![Piece::Text(after.into())] });
                }
                None => bucket.push(Piece::Text(text)),
            },
            (None, unknown) => bucket.push(unknown),
        }
    }
    (bucket, key)
}

/// Whether an unknown may turn out to be an ARN of S3: not when it is an attribute of another service's resource.
fn may_be_s3(unknown: &Unknown) -> bool {
    let name = unknown.name.as_deref().unwrap_or("");
    let ty = name.split('.').find(|part| part.starts_with("aws_"));
    ty.is_none_or(|ty| ty.starts_with("aws_s3"))
}
