//! Roles and the statements that are attached to them.

use super::attachments::{self, Attached, role_name};
use super::functions::Function;
use super::join::Index;
use super::{Found, policy, statement, trust};
use crate::standard::Standard;
use crate::value::{Answer, Value};

/// A role of the configuration.
struct Role {
    /// Whether it is created here, and not only read.
    created: bool,
    name: Value,
    arn: Value,
    address: Value,
    trust: Vec<Value>,
}

/// All roles and statements.
pub(super) struct Iam {
    roles: Vec<Role>,
    arns: Index,
    names: Index,
    attached: Vec<Attached>,
    /// Names of roles that statements are attached to, and the position of the statement.
    attached_to: (Index, Vec<usize>),
}

impl Role {
    fn of(found: &Found<'_, '_>) -> Self {
        Self {
            created: found.is("aws_iam_role"),
            name: found.attribute("name"),
            arn: found.attribute("arn"),
            address: found.address(),
            trust: policy::statements(&found.configured("assume_role_policy")),
        }
    }
}

impl Iam {
    pub(super) fn new(all: &[Found<'_, '_>]) -> Self {
        let roles = all.iter().filter(|found| found.is("aws_iam_role") || found.is_data("aws_iam_role"));
        let roles: Vec<Role> = roles.map(Role::of).collect();
        let attached = attachments::all(all);
        let pairs =
            attached.iter().enumerate().flat_map(|(at, one)| one.roles.iter().map(move |role| (role.clone(), at)));
        let (attached_to, positions): (Vec<Value>, Vec<usize>) = pairs.unzip();
        Self {
            arns: Index::new(roles.iter().map(|role| role.arn.clone())),
            names: Index::new(roles.iter().map(|role| role.name.clone())),
            roles,
            attached,
            attached_to: (Index::new(attached_to), positions),
        }
    }

    /// The role that a function's `role` names, with its statements.
    pub(super) fn role_of(&self, arn: &Value) -> Value {
        let role = |index: &Index, key: &Value| index.equal(key).next().and_then(|at| self.roles.get(at));
        let name = role(&self.arns, arn).map_or_else(|| role_name(arn), |role| role.name.clone());
        let role = role(&self.names, &name);
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
        let (roles, positions) = &self.attached_to;
        let mut found: Vec<usize> = roles.equal(name).filter_map(|at| positions.get(at).copied()).collect();
        found.dedup();
        found.into_iter().filter_map(|at| self.attached.get(at)).collect()
    }

    /// Every role with what runs as it.
    pub(super) fn roles_value(&self, functions: &[Function], standard: &Standard) -> Value {
        let governing = governing(functions, standard);
        let roles = self.roles.iter().map(|role| {
            let statements = self.of_role(&role.name).into_iter().map(|attached| attached.statement.clone()).collect();
            let own = functions.iter().filter(|function| {
                function.field("role").field("address").and_then(Value::as_str) == role.address.as_str()
            });
            let documented = governing.any(&role.name);
            Value::record([
                ("address", role.address.clone()),
                ("created", Value::from(role.created)),
                ("name", role.name.clone()),
                ("arn", role.arn.clone()),
                ("functions", Value::tuple(own.map(|function| function.field("function_name")).collect())),
                ("documented", statement::truth(documented)),
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
        let governing = governing(functions, standard);
        self.attached.iter().map(|attached| describe(attached, &governing)).collect()
    }
}

/// Names of the documented role and of the roles of documented functions.
fn governing(functions: &[Function], standard: &Standard) -> Index {
    let of_functions = functions
        .iter()
        .filter(|function| function.standard.as_fields().is_some())
        .filter_map(|function| function.field("role").field("name").cloned());
    Index::new(standard.section("iam.role").into_iter().chain(of_functions))
}

/// A statement with where it is from, whom it is for, and what rules ask of it.
fn describe(attached: &Attached, governing: &Index) -> Value {
    let governed = Answer::any(attached.roles.iter().map(|role| governing.any(role)));
    let mut fields = statement::describe(&attached.statement);
    fields.insert("address".into(), attached.address.clone());
    fields.insert("seen".into(), Value::from(attached.seen));
    fields.insert("roles".into(), Value::tuple(attached.roles.clone()));
    fields.insert("documented".into(), statement::truth(governed));
    Value::object(fields).at(attached.statement.origin.clone())
}
