//! The table of IAM actions: how much each lets one do, and on what.

/// Made from `data/iam_actions.tsv` by the build script; sorted by the names in lower case.
const ACTIONS: &[(&str, Action)] = include!(concat!(env!("OUT_DIR"), "/iam_actions.rs"));

/// What ARNs of each resource type look like.
const RESOURCES: &str = include_str!("data/iam_resources.tsv");

/// One action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// Such as `s3:GetObject`.
    pub name: &'static str,
    /// `list`, `read`, `write`, `tagging` or `permissions`.
    pub access: &'static str,
    /// Resource types, separated by commas; `*` when it cannot be narrowed to a resource.
    pub resources: &'static str,
}

impl Action {
    /// Whether a policy can narrow the action to a resource.
    #[must_use]
    pub fn can_be_narrowed(&self) -> bool {
        self.resources != "*"
    }

    /// For S3: whether it acts on buckets, on objects, or on neither.
    #[must_use]
    pub fn s3_level(&self) -> Option<&'static str> {
        let mut types = self.resources.split(',').map(|ty| ty.trim_end_matches('*'));
        if !self.name.starts_with("s3:") {
            return None;
        }
        types.find_map(|ty| match ty {
            "object" => Some("object"),
            "bucket" => Some("bucket"),
            _ => None,
        })
    }
}

/// The action of a name, in any case; IAM does not tell cases apart.
#[must_use]
pub fn action(name: &str) -> Option<Action> {
    let wanted = name.to_ascii_lowercase();
    let at = ACTIONS.binary_search_by_key(&wanted.as_str(), |(key, _)| key).ok()?;
    ACTIONS.get(at).map(|(_, action)| *action)
}

/// The known actions that a pattern such as `s3:Get*` stands for.
#[must_use]
pub fn expand(pattern: &str) -> Vec<Action> {
    if !pattern.contains(['*', '?']) {
        return action(pattern).into_iter().collect();
    }
    let pattern = pattern.to_ascii_lowercase();
    ACTIONS.iter().filter(|(key, _)| crate::rules::glob(key, &pattern)).map(|(_, action)| *action).collect()
}

/// Whether the ARNs of a service have a part that says the type, and this is one: `log-group` of `logs`.
pub(super) fn has_resource_type(service: &str, ty: &str) -> bool {
    let arn = |line: &'static str| line.split_once('\t').filter(|(name, _)| name.split(':').next() == Some(service));
    let resource = |(_, arn): (&str, &'static str)| arn.splitn(6, ':').nth(5);
    RESOURCES.lines().filter_map(arn).filter_map(resource).any(|resource| {
        let rest = resource.strip_prefix(ty);
        rest.is_some_and(|rest| rest.starts_with(":{") || rest.starts_with("/{"))
    })
}

#[cfg(test)]
mod tests {
    use super::{action, expand};

    #[test]
    fn the_table_knows_levels() {
        assert_eq!(action("s3:listbucket").unwrap().s3_level(), Some("bucket"));
        assert_eq!(action("s3:GetObject").unwrap().s3_level(), Some("object"));
        assert!(!action("ecr:GetAuthorizationToken").unwrap().can_be_narrowed());
        assert!(!action("s3:ListAllMyBuckets").unwrap().can_be_narrowed());
        assert!(action("s3:NoSuchAction").is_none());
        assert!(expand("s3:Get*").len() > 20);
    }
}
