//! The table of IAM actions: how much each lets one do, and on what.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::terraform::rows;

const TABLE: &str = include_str!("data/iam_actions.tsv");

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

fn table() -> &'static (Vec<Action>, HashMap<String, usize>) {
    static ACTIONS: OnceLock<(Vec<Action>, HashMap<String, usize>)> = OnceLock::new();
    ACTIONS.get_or_init(|| {
        let mut actions = Vec::new();
        for mut columns in rows(TABLE) {
            if let (Some(name), Some(access), Some(resources)) = (columns.next(), columns.next(), columns.next()) {
                actions.push(Action { name, access, resources });
            }
        }
        let by_name = actions.iter().enumerate().map(|(at, action)| (action.name.to_ascii_lowercase(), at)).collect();
        (actions, by_name)
    })
}

/// The action of a name, in any case; IAM does not tell cases apart.
#[must_use]
pub fn action(name: &str) -> Option<Action> {
    let (actions, by_name) = table();
    by_name.get(&name.to_ascii_lowercase()).and_then(|at| actions.get(*at)).copied()
}

/// The known actions that a pattern such as `s3:Get*` stands for.
#[must_use]
pub fn expand(pattern: &str) -> Vec<Action> {
    if !pattern.contains(['*', '?']) {
        return action(pattern).into_iter().collect();
    }
    let pattern = pattern.to_ascii_lowercase();
    table().0.iter().filter(|action| crate::rules::glob(&action.name.to_ascii_lowercase(), &pattern)).copied().collect()
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
