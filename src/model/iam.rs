//! Roles and the statements that are attached to them.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::functions::Function;
use super::{Facts, Found, Joined, action, actions, block_field, blocks, join, one_or_many, policy};
use crate::standard::Standard;
use crate::terraform::rows;
use crate::value::{Answer, Data, Fields, Origin, Piece, Type, Unknown, Value, equals};

const MANAGED: &str = include_str!("data/managed_policies.tsv");

/// A role of the configuration.
struct Role {
    name: Value,
    arn: Value,
    address: Value,
    trust: Vec<Value>,
}

/// Statements, with the policy they are from and the roles they are attached to.
struct Attached {
    statement: Value,
    address: Value,
    /// Names of roles.
    roles: Vec<Value>,
}

/// All roles and statements.
pub(super) struct Iam {
    roles: Vec<Role>,
    attached: Vec<Attached>,
}

impl Iam {
    pub(super) fn new(all: &[Found<'_, '_>], _facts: &Facts<'_, '_>) -> Self {
        let mut iam = Self { roles: Vec::new(), attached: Vec::new() };
        for found in all.iter().filter(|found| found.is("aws_iam_role")) {
            iam.roles.push(Role {
                name: found.attribute("name"),
                arn: found.attribute("arn"),
                address: found.address(),
                trust: policy::statements(&found.configured("assume_role_policy")),
            });
        }
        let policies: Vec<(Value, &Found<'_, '_>)> = all
            .iter()
            .filter(|found| found.is("aws_iam_policy"))
            .map(|found| (found.attribute("arn"), found))
            .collect();
        let mut policy_roles: Vec<Vec<Value>> = vec![Vec::new(); policies.len()];
        for found in all {
            match &*found.instance.ty {
                "aws_iam_role_policy" if found.is("aws_iam_role_policy") => {
                    iam.attach(&found.configured("policy"), &found.address(), vec![found.configured("role")]);
                }
                "aws_iam_role" if found.is("aws_iam_role") => {
                    let name = found.attribute("name");
                    for block in blocks(&found.configured("inline_policy")) {
                        iam.attach(&block_field(&block, "policy"), &found.address(), vec![name.clone()]);
                    }
                    for arn in one_or_many(Some(&found.configured("managed_policy_arns"))) {
                        iam.attach_arn(&arn, &found.address(), &[name.clone()], &policies, &mut policy_roles);
                    }
                }
                "aws_iam_role_policy_attachment" if found.is("aws_iam_role_policy_attachment") => {
                    let roles = [found.configured("role")];
                    iam.attach_arn(
                        &found.configured("policy_arn"),
                        &found.address(),
                        &roles,
                        &policies,
                        &mut policy_roles,
                    );
                }
                "aws_iam_policy_attachment" if found.is("aws_iam_policy_attachment") => {
                    let roles = one_or_many(Some(&found.configured("roles")));
                    iam.attach_arn(
                        &found.configured("policy_arn"),
                        &found.address(),
                        &roles,
                        &policies,
                        &mut policy_roles,
                    );
                }
                "aws_iam_role_policy_attachments_exclusive"
                    if found.is("aws_iam_role_policy_attachments_exclusive") =>
                {
                    let roles = [found.configured("role_name")];
                    for arn in one_or_many(Some(&found.configured("policy_arns"))) {
                        iam.attach_arn(&arn, &found.address(), &roles, &policies, &mut policy_roles);
                    }
                }
                _ => {}
            }
        }
        for ((_, found), roles) in policies.iter().zip(policy_roles) {
            iam.attach(&found.configured("policy"), &found.address(), roles);
        }
        iam
    }

    fn attach(&mut self, text: &Value, address: &Value, roles: Vec<Value>) {
        for statement in policy::statements(text) {
            self.attached.push(Attached { statement, address: address.clone(), roles: roles.clone() });
        }
    }

    /// Attaches a policy by its ARN: one of the configuration's, one of AWS's, or one we cannot see.
    fn attach_arn(
        &mut self,
        arn: &Value,
        address: &Value,
        roles: &[Value],
        policies: &[(Value, &Found<'_, '_>)],
        policy_roles: &mut [Vec<Value>],
    ) {
        let at = policies.iter().position(|(known, _)| matches!(equals(known, arn), Answer::Yes));
        if let Some(known) = at.and_then(|at| policy_roles.get_mut(at)) {
            known.extend(roles.iter().cloned());
            return;
        }
        let managed =
            arn.as_str().and_then(|text| text.split_once(":policy/")).and_then(|(_, name)| managed().get(name));
        match managed {
            Some(document) => {
                for statement in json_statements(document, &arn.origin) {
                    self.attached.push(Attached { statement, address: address.clone(), roles: roles.to_vec() });
                }
            }
            None => {
                let reason = match arn.as_str() {
                    Some(text) => format!("the policy {text} is not in this repository"),
                    None => "the attached policy is not in this repository".to_owned(),
                };
                let statement =
                    Value::unknown(Unknown::new(Type::Any, reason, arn.origin.span())).at(arn.origin.clone());
                self.attached.push(Attached { statement, address: address.clone(), roles: roles.to_vec() });
            }
        }
    }

    /// The role that a function's `role` names, with its statements.
    pub(super) fn role_of(&self, arn: &Value) -> Value {
        let name = match join(&self.roles, |role| &role.arn, arn) {
            Joined::One(role) => role.name.clone(),
            _ => role_name(arn),
        };
        let role = match join(&self.roles, |role| &role.name, &name) {
            Joined::One(role) => Some(role),
            _ => None,
        };
        let statements = self.of_role(&name).into_iter().map(|attached| attached.statement.clone()).collect();
        let fields = [
            ("arn", arn.clone()),
            ("name", name.at(arn.origin.clone())),
            ("address", role.map_or_else(Value::null, |role| role.address.clone())),
            ("statements", Value::tuple(statements)),
        ];
        Value::record(fields).at(arn.origin.clone())
    }

    fn of_role(&self, name: &Value) -> Vec<&Attached> {
        let attached = self.attached.iter();
        attached
            .filter(|attached| attached.roles.iter().any(|role| matches!(equals(role, name), Answer::Yes)))
            .collect()
    }

    pub(super) fn roles_value(&self) -> Value {
        let roles = self.roles.iter().map(|role| {
            let statements = self.of_role(&role.name).into_iter().map(|attached| attached.statement.clone()).collect();
            Value::record([
                ("address", role.address.clone()),
                ("name", role.name.clone()),
                ("arn", role.arn.clone()),
                ("trust", Value::tuple(role.trust.clone())),
                ("statements", Value::tuple(statements)),
            ])
            .at(role.address.origin.clone())
        });
        Value::tuple(roles.collect())
    }

    /// Every statement with what rules ask of it.
    pub(super) fn statements(&self, functions: &[Function], standard: &Standard) -> Vec<Value> {
        let documented = standard.section("iam.role");
        let of_functions: Vec<Value> = functions
            .iter()
            .filter(|function| function.standard.as_fields().is_some())
            .filter_map(|function| function.field("role").field("name").cloned())
            .collect();
        let governing: Vec<Value> = documented.into_iter().chain(of_functions).collect();
        self.attached.iter().map(|attached| describe(attached, &governing)).collect()
    }
}

/// The name in a role's ARN; an unknown stays one.
fn role_name(arn: &Value) -> Value {
    let resource = crate::rules::arn(arn);
    let Some(resource) = resource.field("resource") else {
        return match arn.first_unknown() {
            Some(unknown) => Value::unknown(unknown.derived(Type::String)).at(arn.origin.clone()),
            None => arn.clone(),
        };
    };
    let mut pieces = resource.as_pieces().unwrap_or_default();
    // The name is what follows the last slash of the last known text that has one.
    let from = pieces.iter().rposition(|piece| matches!(piece, Piece::Text(text) if text.contains('/')));
    if let Some(from) = from {
        pieces = pieces.split_off(from);
        if let Some(Piece::Text(text)) = pieces.first_mut() {
            let name = text.rsplit('/').next().unwrap_or("");
            *text = name.into();
        }
        pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    }
    Value::from_pieces(pieces).at(arn.origin.clone())
}

fn describe(attached: &Attached, governing: &[Value]) -> Value {
    let statement = &attached.statement;
    let governed = attached.roles.iter().fold(Answer::No, |so_far, role| {
        governing.iter().fold(so_far, |so_far, name| match (so_far, equals(role, name)) {
            (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
            (Answer::Unknown(unknown), _) | (_, Answer::Unknown(unknown)) => Answer::Unknown(unknown),
            _ => Answer::No,
        })
    });
    let governed = match governed {
        Answer::Yes => Value::from(true),
        Answer::No => Value::from(false),
        Answer::Unknown(unknown) => Value::unknown(unknown.derived(Type::Bool)),
    };
    let mut fields: Fields = match &statement.data {
        Data::Unknown(unknown) => {
            let unknown = |ty| Value::unknown(unknown.derived(ty)).at(statement.origin.clone());
            [
                "sid",
                "effect",
                "actions",
                "not_actions",
                "resources",
                "not_resources",
                "principals",
                "conditions",
                "allows",
                "s3",
                "broad",
            ]
            .iter()
            .map(|name| (Arc::from(*name), unknown(Type::Any)))
            .collect()
        }
        _ => {
            let mut fields = statement.as_fields().cloned().unwrap_or_default();
            let allows = equals(&fields.get("effect").cloned().unwrap_or_default(), &Value::from("Allow"));
            fields.insert("allows".into(), answer_value(allows));
            fields.insert("s3".into(), s3(&fields, &statement.origin));
            fields.insert("broad".into(), broad(&fields, &statement.origin));
            fields
        }
    };
    fields.insert("address".into(), attached.address.clone());
    fields.insert("roles".into(), Value::tuple(attached.roles.clone()));
    fields.insert("documented".into(), governed);
    Value::object(fields).at(statement.origin.clone())
}

fn answer_value(answer: Answer) -> Value {
    match answer {
        Answer::Yes => Value::from(true),
        Answer::No => Value::from(false),
        Answer::Unknown(unknown) => Value::unknown(unknown.derived(Type::Bool)),
    }
}

/// The S3 side of a statement: which buckets its ARNs name, and whether each action meets an ARN of its level.
fn s3(fields: &Fields, origin: &Origin) -> Value {
    let items = |name: &str| fields.get(name).and_then(Value::as_items).unwrap_or(&[]).to_vec();
    let resources: Vec<S3Resource> = items("resources").iter().filter_map(S3Resource::read).collect();
    let everything = fields
        .get("resources")
        .and_then(Value::as_items)
        .is_none_or(|items| items.iter().any(|item| item.as_str() == Some("*")));
    let open =
        items("resources").iter().any(|item| item.first_unknown().is_some()) || !items("not_resources").is_empty();
    let actions: Vec<Value> = items("actions")
        .iter()
        .filter_map(|action| {
            let level = actions::action(action.as_str()?)?.s3_level()?;
            let met = everything || resources.iter().any(|resource| resource.meets(level));
            let meets = match (met, open) {
                (true, _) => Value::from(true),
                (false, false) => Value::from(false),
                (false, true) => {
                    let unknown =
                        Unknown::new(Type::Bool, "one of the statement's resources is not known", action.origin.span());
                    Value::unknown(unknown)
                }
            };
            Some(
                Value::record([("action", action.clone()), ("level", Value::from(level)), ("meets_resource", meets)])
                    .at(action.origin.clone()),
            )
        })
        .collect();
    Value::record([
        ("resources", Value::tuple(resources.into_iter().map(S3Resource::into_value).collect())),
        ("actions", Value::tuple(actions)),
    ])
    .at(origin.clone())
}

/// An S3 ARN of a statement.
struct S3Resource {
    arn: Value,
    bucket: Value,
    key: Value,
}

impl S3Resource {
    /// `None` when it is certainly no ARN of S3 buckets or objects.
    fn read(arn: &Value) -> Option<Self> {
        let parts = crate::rules::arn(arn);
        let service = parts.field("service")?;
        if !matches!(equals(service, &Value::from("s3")), Answer::Yes) {
            return None;
        }
        let pieces = parts.field("resource")?.as_pieces()?;
        let (mut bucket, mut key): (Vec<Piece>, Option<Vec<Piece>>) = (Vec::new(), None);
        for piece in pieces {
            match (&mut key, piece) {
                (Some(key), piece) => key.push(piece),
                (None, Piece::Text(text)) => match text.split_once('/') {
                    Some((before, after)) => {
                        bucket.push(Piece::Text(before.into()));
                        key = Some(vec![Piece::Text(after.into())]);
                    }
                    None => bucket.push(Piece::Text(text)),
                },
                (None, unknown) => bucket.push(unknown),
            }
        }
        let bucket = Value::from_pieces(bucket).at(arn.origin.clone());
        let key = key.map_or_else(Value::null, Value::from_pieces).at(arn.origin.clone());
        Some(Self { arn: arn.clone(), bucket, key })
    }

    /// Whether the ARN covers buckets, or objects. A `*` in the bucket's part covers both.
    fn meets(&self, level: &str) -> bool {
        let wild = self.bucket.as_str().is_some_and(|bucket| bucket.contains('*'));
        let is_object = !self.key.is_null();
        match level {
            "object" => is_object || wild,
            _ => !is_object,
        }
    }

    fn into_value(self) -> Value {
        let origin = self.arn.origin.clone();
        Value::record([("arn", self.arn), ("bucket", self.bucket), ("key", self.key)]).at(origin)
    }
}

/// Actions that the statement grants on `*` although they could be narrowed.
fn broad(fields: &Fields, origin: &Origin) -> Value {
    let everywhere =
        fields.get("resources").and_then(Value::as_items).unwrap_or(&[]).iter().find(|item| item.as_str() == Some("*"));
    let Some(star) = everywhere else {
        return Value::tuple(Vec::new()).at(origin.clone());
    };
    let items = fields.get("actions").and_then(Value::as_items).unwrap_or(&[]);
    let broad = items.iter().filter(|item| {
        let Some(text) = item.as_str() else { return false };
        // An action the table does not know may be one that cannot be narrowed.
        text == "*"
            || (text.contains(['*', '?']) && actions::expand(text).iter().any(action_can_be_narrowed))
            || action(text).is_some_and(|action| action.can_be_narrowed())
    });
    Value::tuple(broad.cloned().collect()).at(star.origin.clone())
}

fn action_can_be_narrowed(action: &actions::Action) -> bool {
    action.can_be_narrowed()
}

/// AWS's managed policies by name.
fn managed() -> &'static HashMap<&'static str, &'static str> {
    static POLICIES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    POLICIES.get_or_init(|| {
        rows(MANAGED)
            .filter_map(|mut columns| {
                let name = columns.next()?;
                Some((name, columns.nth(2)?))
            })
            .collect()
    })
}

/// The statements of one of AWS's own policies, all placed where it is attached.
fn json_statements(document: &str, origin: &Origin) -> Vec<Value> {
    let json: serde_json::Value = serde_json::from_str(document).unwrap_or_default();
    let document = from_json(&json, origin);
    policy::statements_of(&document)
}

fn from_json(json: &serde_json::Value, origin: &Origin) -> Value {
    let value = match json {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(truth) => Value::from(*truth),
        serde_json::Value::Number(number) => {
            crate::value::Number::parse(&number.to_string()).map_or_else(Value::null, Value::from)
        }
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => Value::tuple(items.iter().map(|item| from_json(item, origin)).collect()),
        serde_json::Value::Object(fields) => Value::object(
            fields.iter().map(|(key, value)| (Arc::from(key.as_str()), from_json(value, origin))).collect(),
        ),
    };
    value.at(origin.clone())
}
