//! Roles and the statements that are attached to them.

use super::functions::Function;
use super::{Found, Joined, block_field, blocks, join, managed, one_or_many, policy, statement, trust};
use crate::standard::Standard;
use crate::terraform::Mode;
use crate::value::{Answer, Piece, Type, Unknown, Value, equals};

/// A role of the configuration.
struct Role {
    /// Whether it is created here, and not only read.
    created: bool,
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
    /// Whether the policy is one of this repository's, or one of AWS's own that we know.
    seen: bool,
}

/// All roles and statements.
pub(super) struct Iam {
    roles: Vec<Role>,
    attached: Vec<Attached>,
}

/// A policy that can be attached by its ARN.
struct Policy<'f, 'x, 'w> {
    arn: Value,
    found: &'f Found<'x, 'w>,
    /// Names of the roles it is attached to.
    roles: Vec<Value>,
}

impl Iam {
    pub(super) fn new(all: &[Found<'_, '_>]) -> Self {
        let mut iam = Self { roles: Vec::new(), attached: Vec::new() };
        for found in all.iter().filter(|found| found.is("aws_iam_role") || found.is_data("aws_iam_role")) {
            iam.roles.push(Role {
                created: found.is("aws_iam_role"),
                name: found.attribute("name"),
                arn: found.attribute("arn"),
                address: found.address(),
                trust: policy::statements(&found.configured("assume_role_policy")),
            });
        }
        let mut policies: Vec<Policy<'_, '_, '_>> = all
            .iter()
            .filter(|found| found.is("aws_iam_policy") || found.is_data("aws_iam_policy"))
            .map(|found| Policy { arn: found.attribute("arn"), found, roles: Vec::new() })
            .collect();
        for found in all.iter().filter(|found| found.instance.mode == Mode::Managed) {
            iam.attachments(found, &mut policies);
        }
        for policy in policies {
            if policy.found.is("aws_iam_policy") {
                iam.attach(&policy.found.configured("policy"), &policy.found.address(), policy.roles);
            } else if !policy.roles.is_empty() {
                iam.attach_read(policy);
            }
        }
        iam
    }

    /// The policies that one resource attaches.
    fn attachments(&mut self, found: &Found<'_, '_>, policies: &mut [Policy<'_, '_, '_>]) {
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
            self.attach_arn(&arn, &address, &roles, policies);
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
        self.attached.extend(statements.unwrap_or_else(|unseen| vec![unseen]).into_iter().map(attached));
    }

    /// Attaches a policy by its ARN: one of the configuration's, one of AWS's, or one we cannot see.
    fn attach_arn(&mut self, arn: &Value, address: &Value, roles: &[Value], policies: &mut [Policy<'_, '_, '_>]) {
        let known = policies.iter_mut().find(|known| matches!(equals(&known.arn, arn), Answer::Yes));
        if let Some(known) = known {
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
            ("created", Value::from(role.is_some_and(|role| role.created))),
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
                ("created", Value::from(role.created)),
                ("name", role.name.clone()),
                ("arn", role.arn.clone()),
                ("trust", Value::tuple(role.trust.clone())),
                ("statements", Value::tuple(statements)),
            ])
            .at(role.address.origin.clone())
        });
        Value::tuple(roles.collect())
    }

    /// The trust statements that let GitHub Actions in.
    pub(super) fn trusts(&self) -> Value {
        let pairs = self.roles.iter().flat_map(|role| role.trust.iter().map(move |statement| (statement, role)));
        Value::tuple(pairs.filter_map(|(statement, role)| trust::github(statement, &role.address)).collect())
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

/// The role that a `role` argument names. The provider wants its name; an ARN is what people sometimes write.
fn attached_role(role: &Value) -> Value {
    match role.as_pieces().as_deref() {
        Some([Piece::Text(text), ..]) if text.starts_with("arn:") => role_name(role),
        _ => role.clone(),
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

/// A statement with where it is from, whom it is for, and what rules ask of it.
fn describe(attached: &Attached, governing: &[Value]) -> Value {
    let pairs = attached.roles.iter().flat_map(|role| governing.iter().map(move |name| equals(role, name)));
    let governed = Answer::any(pairs);
    let mut fields = statement::describe(&attached.statement);
    fields.insert("address".into(), attached.address.clone());
    fields.insert("seen".into(), Value::from(attached.seen));
    fields.insert("roles".into(), Value::tuple(attached.roles.clone()));
    fields.insert("documented".into(), statement::truth(governed));
    Value::object(fields).at(attached.statement.origin.clone())
}
