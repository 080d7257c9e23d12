//! Which statements are attached to which roles, by all the ways that Terraform has.

use super::join::Index;
use super::{Found, block_field, blocks, managed, one_or_many, policy};
use crate::terraform::Mode;
use crate::value::{Piece, Type, Unknown, Value};

/// Statements, with the policy they are from and the roles they are attached to.
pub(super) struct Attached {
    pub(super) statement: Value,
    pub(super) address: Value,
    /// Names of roles.
    pub(super) roles: Vec<Value>,
    /// Whether the policy is one of this repository's, or one of AWS's own that we know.
    pub(super) seen: bool,
}

/// A policy that can be attached by its ARN.
struct Policy<'f, 'x, 'w> {
    arn: Value,
    found: &'f Found<'x, 'w>,
    /// Names of the roles it is attached to.
    roles: Vec<Value>,
}

/// Goes through the resources and gathers what they attach.
struct Attachments<'f, 'x, 'w> {
    policies: Vec<Policy<'f, 'x, 'w>>,
    arns: Index,
    found: Vec<Attached>,
}

/// Every statement of every policy.
pub(super) fn all(all: &[Found<'_, '_>]) -> Vec<Attached> {
    let policies = all.iter().filter(|found| found.is("aws_iam_policy") || found.is_data("aws_iam_policy"));
    let policy = |found| Policy { arn: Found::attribute(found, "arn"), found, roles: Vec::new() };
    let policies: Vec<Policy<'_, '_, '_>> = policies.map(policy).collect();
    let arns = Index::new(policies.iter().map(|policy| policy.arn.clone()));
    let mut attachments = Attachments { policies, arns, found: Vec::new() };
    for found in all.iter().filter(|found| found.instance.mode == Mode::Managed) {
        attachments.attachments(found);
    }
    for policy in std::mem::take(&mut attachments.policies) {
        if policy.found.is("aws_iam_policy") {
            attachments.attach(&policy.found.configured("policy"), &policy.found.address(), policy.roles);
        } else if !policy.roles.is_empty() {
            attachments.attach_read(policy);
        }
    }
    attachments.found
}

impl Attachments<'_, '_, '_> {
    /// The policies that one resource attaches.
    fn attachments(&mut self, found: &Found<'_, '_>) {
        let address = found.address();
        let arns = |name: &str| one_or_many(Some(&found.configured(name)));
        let (roles, arns) = match &*found.instance.ty {
            "aws_iam_role_policy" => {
                self.attach(&found.configured("policy"), &address, vec![attached_role(&found.configured("role"))]);
                return;
            }
            "aws_iam_user_policy" | "aws_iam_group_policy" => {
                self.attach(&found.configured("policy"), &address, Vec::new());
                return;
            }
            "aws_iam_role" => {
                let name = found.attribute("name");
                for block in blocks(&found.configured("inline_policy")) {
                    self.attach(&block_field(&block, "policy"), &address, vec![name.clone()]);
                }
                (vec![name], arns("managed_policy_arns"))
            }
            "aws_iam_role_policy_attachment" => (vec![attached_role(&found.configured("role"))], arns("policy_arn")),
            "aws_iam_policy_attachment" => (arns("roles"), arns("policy_arn")),
            "aws_iam_role_policy_attachments_exclusive" => (vec![found.configured("role_name")], arns("policy_arns")),
            _ => return,
        };
        for arn in arns {
            self.attach_arn(&arn, &address, &roles);
        }
    }

    fn attach(&mut self, text: &Value, address: &Value, roles: Vec<Value>) {
        let statements = policy::statements(text);
        self.add(Ok(statements), address, &roles);
    }

    /// Adds the statements of a policy, or what stands for those of one that cannot be seen.
    fn add(&mut self, statements: Result<Vec<Value>, Value>, address: &Value, roles: &[Value]) {
        let seen = statements.is_ok();
        let attached = |statement| Attached { statement, address: address.clone(), roles: roles.to_vec(), seen };
        self.found.extend(statements.unwrap_or_else(|unseen| vec![unseen]).into_iter().map(attached));
    }

    /// Attaches a policy by its ARN: one of the configuration's, one of AWS's, or one we cannot see.
    fn attach_arn(&mut self, arn: &Value, address: &Value, roles: &[Value]) {
        let known = self.arns.equal(arn).next();
        if let Some(known) = known.and_then(|at| self.policies.get_mut(at)) {
            known.roles.extend_from_slice(roles);
            return;
        }
        let unseen = || {
            let reason = match arn.as_str() {
                Some(text) => format!("the policy {text} is not in this repository"),
                None => "the attached policy is not in this repository".to_owned(),
            };
            Value::unknown(Unknown::new(Type::Any, reason, arn.origin.span())).at(arn.origin.clone())
        };
        self.add(managed::by_arn(arn).ok_or_else(unseen), address, roles);
    }

    /// A policy that is read from AWS by `data "aws_iam_policy"`: one of AWS's own, or one we cannot see.
    fn attach_read(&mut self, policy: Policy<'_, '_, '_>) {
        let (name, address) = (policy.found.configured("name"), policy.found.address());
        let by_name = name.as_str().and_then(|text| managed::by_name(text, &name.origin));
        let unseen =
            || Value::unknown(Unknown::new(Type::Any, "the policy is not in this repository", address.origin.span()));
        let statements = by_name.or_else(|| managed::by_arn(&policy.arn)).ok_or_else(unseen);
        self.add(statements, &address, &policy.roles);
    }
}

/// The role that a `role` argument names. The provider wants its name; an ARN is what people sometimes write.
fn attached_role(role: &Value) -> Value {
    match role.as_pieces().as_deref() {
        Some([Piece::Text(text), ..]) if text.starts_with("arn:") => role_name(role),
        _ => role.clone(),
    }
}

/// The name in a role's ARN; an unknown stays one.
pub(super) fn role_name(arn: &Value) -> Value {
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
