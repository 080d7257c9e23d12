//! The log groups and ECR repositories that the ARNs of a statement name.

use super::statement::items;
use crate::value::{Fields, Piece, Type, Value};

/// A kind of resource: its name here, its type in Terraform, and what its ARNs say before the name.
struct Kind {
    name: &'static str,
    ty: &'static str,
    service: &'static str,
    prefix: &'static str,
}

const KINDS: &[Kind] = &[
    Kind { name: "log group", ty: "aws_cloudwatch_log_group", service: "logs", prefix: "log-group:" },
    Kind { name: "repository", ty: "aws_ecr_repository", service: "ecr", prefix: "repository/" },
];

/// Each of them on which an action of its service is granted.
pub(super) fn named(fields: &Fields, granted: &[Value]) -> Value {
    let kinds = KINDS.iter().filter(|kind| granted.iter().any(|action| kind.is_acted_on_by(action)));
    let named = kinds.flat_map(|kind| {
        items(fields, "resources").iter().filter_map(|arn| {
            let name = kind.named_by(arn)?.at(arn.origin.clone());
            let record = [("kind", Value::from(kind.name)), ("name", name), ("arn", arn.clone())];
            Some(Value::record(record).at(arn.origin.clone()))
        })
    });
    Value::tuple(named.collect())
}

impl Kind {
    fn is_acted_on_by(&self, action: &Value) -> bool {
        let service = |text: &str| text.split(':').next().is_some_and(|of| of.eq_ignore_ascii_case(self.service));
        action.as_str().is_none_or(|text| text == "*" || service(text))
    }

    /// The name in an ARN of this kind; `None` for other ARNs.
    fn named_by(&self, arn: &Value) -> Option<Value> {
        let parts = crate::rules::arn(arn);
        let Some(service) = parts.field("service") else {
            let unknown = arn.first_unknown()?;
            let own = unknown.name.as_deref().is_some_and(|name| name.contains(&format!("{}.", self.ty)));
            return own.then(|| Value::unknown(unknown.derived(Type::String)));
        };
        let mut pieces = parts.field("resource")?.as_pieces()?;
        let Some(Piece::Text(first)) = pieces.first_mut() else { return None };
        *first = first.strip_prefix(self.prefix).filter(|_| service.as_str() == Some(self.service))?.into();
        Some(Value::from_pieces(up_to_colon(pieces)))
    }
}

/// What comes before the first colon: after it there are the streams of a log group.
fn up_to_colon(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut kept = Vec::new();
    for piece in pieces {
        let end = match &piece {
            Piece::Text(text) => text.split_once(':').map(|(before, _)| before.into()),
            Piece::Unknown(_) => None,
        };
        match end {
            Some(before) => {
                kept.push(Piece::Text(before));
                return kept;
            }
            None => kept.push(piece),
        }
    }
    kept
}
