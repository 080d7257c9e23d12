//! Whether the role that a job assumes may do what its commands ask of AWS.

use std::sync::Arc;

use super::super::actions::action;
use super::super::denial::{conditions_met, unknown_in};
use super::super::trust;
use super::targets::{Namer, Naming, names};
use super::values::{text, truth, untold};
use super::{Subjects, job_id};
use crate::rules::{arn, glob};
use crate::value::{Answer, Piece, Type, Unknown, Value, equals};
use crate::workflow::{ApiCall, CallTarget, Credentials, DeployFacts, Possible, Text, Workflow};

/// The provider of GitHub's tokens.
const GITHUB: &str = "token.actions.githubusercontent.com";
/// The permission by which a role that deploys is known.
const UPDATE: &str = "lambda:UpdateFunctionCode";

/// The role that credentials are of.
enum Role<'r> {
    /// One of Terraform's.
    Known(&'r Value),
    /// One that this repository does not have.
    Elsewhere,
    /// It cannot be told which.
    Open(Arc<Unknown>),
}

/// What each call needs: the role, the action, what it is on, and whether the role may. Each need once.
pub(super) fn permissions(
    workflow: &Workflow,
    facts: &DeployFacts,
    namer: &Namer<'_>,
    subjects: &Subjects<'_>,
) -> Value {
    let nobody = Value::null();
    let mut entries: Vec<Value> = Vec::new();
    let mut seen: Vec<(String, String, Value)> = Vec::new();
    for call in &facts.calls {
        let Some(credentials) = credentials_of(workflow, facts, call) else {
            continue;
        };
        if action(&call.action).is_none() {
            continue;
        }
        let role = role_of(credentials, subjects);
        for (target, certain) in targets(call, namer, subjects) {
            let (role, allowed) = match &role {
                Role::Known(role) => (*role, allowed(role, &call.action, call.target, &target)),
                Role::Elsewhere => continue,
                Role::Open(unknown) => (&nobody, Answer::Unknown(Arc::clone(unknown))),
            };
            // Whether a call is made on what it may turn out to be on decides nothing where it is allowed.
            let allowed = match (allowed, certain) {
                (Answer::No, false) => untold("what this is on is known when the workflow runs", call.name.span),
                (allowed, _) => allowed,
            };
            let name = target.field("name").cloned().unwrap_or_default();
            let address = role.field("address").and_then(Value::as_str).unwrap_or("").to_owned();
            let same = |(known, on, of): &(String, String, Value)| {
                *known == call.action && *on == address && matches!(equals(of, &name), Answer::Yes)
            };
            if seen.iter().any(same) {
                continue;
            }
            seen.push((call.action.clone(), address, name.clone()));
            entries.push(
                Value::record([
                    ("address", job_id(workflow, call.place)),
                    ("action", Value::string(call.action.as_str())),
                    ("on", name),
                    ("role", summary(role)),
                    ("assumed", Value::string("role-to-assume").written_at(credentials.span)),
                    ("allowed", truth(allowed)),
                ])
                .written_at(call.span),
            );
        }
    }
    Value::tuple(entries)
}

/// The role's name and address; its statements are told elsewhere.
fn summary(role: &Value) -> Value {
    let fields = ["address", "name"].map(|name| (name, role.field(name).cloned().unwrap_or_default()));
    Value::record(fields).at(role.origin.clone())
}

/// The subjects that the role of some credentials lets in; null where it cannot be told which role that is, or where
/// more or less than the subject decides.
pub(super) fn admitted(credentials: &Credentials, subjects: &Subjects<'_>) -> Value {
    let Role::Known(role) = role_of(credentials, subjects) else {
        return Value::null();
    };
    let address = role.field("address").cloned().unwrap_or_default();
    let trusts = role.field("trust").and_then(Value::as_items).unwrap_or(&[]).iter();
    let trusts: Vec<Value> = trusts.filter_map(|statement| trust::github(statement, &address)).collect();
    let of_one = |trust: &Value| {
        let subjects = trust.field("subjects").and_then(Value::as_items)?;
        let by_subject = trust.field("other_claims").and_then(Value::as_bool) == Some(false) && !subjects.is_empty();
        by_subject.then(|| subjects.to_vec())
    };
    let admitted: Option<Vec<Vec<Value>>> = trusts.iter().map(of_one).collect();
    match admitted.map(|each| each.concat()) {
        Some(admitted) if !admitted.is_empty() => Value::tuple(admitted).at(role.origin.clone()),
        _ => Value::null(),
    }
}

/// The credentials that a call is made with: the last that its job asked for, unless it changed them by itself.
fn credentials_of<'f>(workflow: &Workflow, facts: &'f DeployFacts, call: &ApiCall) -> Option<&'f Credentials> {
    let same = |credentials: &&Credentials| {
        credentials.place.job == call.place.job && credentials.place.event < call.place.event
    };
    let last = facts.credentials.iter().filter(same).max_by_key(|credentials| credentials.place.event)?;
    let changes = workflow.events().any(|(place, event)| {
        place.job == call.place.job
            && (last.place.event..call.place.event).contains(&place.event)
            && event.command().is_some_and(|command| command.mentions("assume-role"))
    });
    (!changes && last.is_oidc()).then_some(last)
}

fn role_of<'s>(credentials: &Credentials, subjects: &Subjects<'s>) -> Role<'s> {
    let Some(written) = &credentials.role else {
        return Role::Elsewhere;
    };
    let open = |reason: &str| Role::Open(Arc::new(Unknown::new(Type::String, reason, Some(written.span))));
    match only(&written.value).and_then(role_name) {
        Some(name) => {
            let value = text(&name, written.span);
            let mut perhaps = false;
            for role in subjects.roles {
                match role.field("name").map(|known| equals(known, &value)) {
                    Some(Answer::Yes) => return Role::Known(role),
                    Some(Answer::Unknown(_)) => perhaps = true,
                    _ => {}
                }
            }
            if perhaps { open("which of Terraform's roles this is cannot be told") } else { Role::Elsewhere }
        }
        None => {
            let trusting: Vec<&Value> = subjects.roles.iter().filter(|role| trusts_github(role)).collect();
            // The one that deploys is the one that may, or where none may, the one that has to do with functions.
            let mut deploying: Vec<&&Value> = trusting.iter().filter(|role| grants(role, UPDATE)).collect();
            if deploying.is_empty() {
                deploying = trusting.iter().filter(|role| grants(role, "lambda:*")).collect();
            }
            match deploying.as_slice() {
                [role] => Role::Known(role),
                _ if trusting.is_empty() => Role::Elsewhere,
                _ => open("which of Terraform's roles this is cannot be told"),
            }
        }
    }
}

fn only(possible: &Possible) -> Option<&Text> {
    let mut each = possible.distinct();
    each.next().filter(|_| possible.complete && each.next().is_none())
}

/// The name at the end of a role's ARN; `None` when the text does not show it.
fn role_name(arn: &Text) -> Option<Text> {
    if !arn.contains(":role/") {
        return None;
    }
    arn.rsplit_once('/').map(|(_, name)| name).filter(|name| name.as_unknown().is_none())
}

fn trusts_github(role: &Value) -> bool {
    let trust = role.field("trust").and_then(Value::as_items).unwrap_or(&[]);
    trust.iter().any(|statement| {
        let federated = statement.field("principals").and_then(|principals| principals.field("Federated"));
        let each = federated.map_or(&[][..], |value| value.as_items().unwrap_or(std::slice::from_ref(value)));
        let named = |value: &Value| {
            let pieces = value.as_pieces().unwrap_or_default();
            pieces.iter().any(|piece| match piece {
                Piece::Text(text) => text.contains(GITHUB),
                Piece::Unknown(unknown) => unknown.name.as_ref().is_some_and(|name| name.contains("openid_connect")),
            })
        };
        each.iter().any(named)
    })
}

/// Whether a role is granted an action, or with `service:*` any of a service's, on whatever it may be.
fn grants(role: &Value, wanted: &str) -> bool {
    statements(role).iter().any(|statement| {
        let allows = statement.field("effect").and_then(Value::as_str) == Some("Allow");
        let some = || {
            let of_service = |action: &Value| action.as_str().is_some_and(|action| glob(action, wanted));
            wanted.ends_with('*') && items(statement, "actions").iter().any(of_service)
        };
        allows && (matches!(covers_action(statement, wanted), Answer::Yes) || some())
    })
}

fn statements(role: &Value) -> &[Value] {
    role.field("statements").and_then(Value::as_items).unwrap_or(&[])
}

/// What a call is on, as far as the page or Terraform know it: `name`, `arn`, and whether it certainly is on that.
fn targets(call: &ApiCall, namer: &Namer<'_>, subjects: &Subjects<'_>) -> Vec<(Value, bool)> {
    let named = names(&call.name);
    let known: Vec<(Value, Value)> = match call.target {
        CallTarget::Function => subjects.functions_with_arns(),
        CallTarget::Repository => subjects.repositories_with_arns(),
    };
    let each = known.into_iter().filter_map(|(name, arn)| {
        let naming = |written: &Text| namer.naming(written, &name);
        let certain = match call.target {
            CallTarget::Function => named.iter().any(|(written, _)| matches!(naming(written), Naming::Is)),
            // A repository is known by its whole name alone.
            CallTarget::Repository => named.iter().any(|(written, _)| written.as_known() == name.as_str()),
        };
        let perhaps = certain || named.iter().any(|(written, _)| matches!(naming(written), Naming::MayBe));
        perhaps.then(|| (Value::record([("name", name.clone()), ("arn", arn)]), certain))
    });
    each.collect()
}

/// Whether a role may do something on a function or repository.
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>)
fn allowed(role: &Value, action: &str, kind: CallTarget, target: &Value) -> Answer {
    let applying = |effect: &str| {
        let statements = statements(role).iter();
        Answer::any(
            statements.map(|statement| has_effect(statement, effect).and(|| applies(statement, action, kind, target))),
        )
    };
    (!applying("Deny")).and(|| applying("Allow"))
}

/// A statement that cannot be seen is not taken for a denial; it may well be one that allows.
fn has_effect(statement: &Value, effect: &str) -> Answer {
    match statement.field("effect") {
        Some(known) => equals(known, &Value::from(effect)),
        None => Answer::of(effect == "Allow"),
    }
}

fn applies(statement: &Value, action: &str, kind: CallTarget, target: &Value) -> Answer {
    let Some(fields) = statement.as_fields() else {
        return unknown_in(statement);
    };
    covers_action(statement, action).and(|| covers_resource(statement, kind, target)).and(|| conditions_met(fields))
}

fn items<'v>(statement: &'v Value, name: &str) -> &'v [Value] {
    statement.field(name).and_then(Value::as_items).unwrap_or(&[])
}

fn covers_action(statement: &Value, action: &str) -> Answer {
    let matches = |pattern: &Value| matches(pattern, &action.to_ascii_lowercase(), true);
    let excluded = items(statement, "not_actions");
    if excluded.is_empty() {
        Answer::any(items(statement, "actions").iter().map(matches))
    } else {
        !Answer::any(excluded.iter().map(matches))
    }
}

fn covers_resource(statement: &Value, kind: CallTarget, target: &Value) -> Answer {
    let covers = |pattern: &Value| covers_arn(pattern, kind, target);
    let excluded = items(statement, "not_resources");
    if excluded.is_empty() {
        Answer::any(items(statement, "resources").iter().map(covers))
    } else {
        !Answer::any(excluded.iter().map(covers))
    }
}

/// Whether the ARN in a policy covers a function or repository. What of an ARN is not known on both sides, such as
/// the account, is taken to be the same.
fn covers_arn(pattern: &Value, kind: CallTarget, target: &Value) -> Answer {
    let (service, prefix) = match kind {
        CallTarget::Function => ("lambda", "function:"),
        CallTarget::Repository => ("ecr", "repository/"),
    };
    if pattern.as_str() == Some("*") {
        return Answer::Yes;
    }
    let own = target.field("arn").cloned().unwrap_or_default();
    if matches!(equals(pattern, &own), Answer::Yes) {
        return Answer::Yes;
    }
    let parts = arn(pattern);
    let part = |name: &str| parts.field(name).cloned().unwrap_or_default();
    if parts.as_fields().is_none() {
        return unknown_in(&parts);
    }
    let own = arn(&own);
    let region = match (part("region").as_str(), own.field("region").and_then(Value::as_str)) {
        (Some(pattern), Some(region)) => Answer::of(glob(region, pattern)),
        _ => Answer::Yes,
    };
    let name = target.field("name").cloned().unwrap_or_default();
    let Some(name) = name.as_str() else {
        return unknown_in(&name);
    };
    matches(&part("service"), service, false)
        .and(|| region)
        .and(|| matches(&part("resource"), &format!("{prefix}{name}"), false))
}

/// Whether a pattern of a policy, `*` and `?` in it, matches a text. Of a pattern that is not wholly known it may.
fn matches(pattern: &Value, wanted: &str, ignore_case: bool) -> Answer {
    let mut open = String::new();
    for piece in pattern.as_pieces().unwrap_or_default() {
        match piece {
            Piece::Text(text) => open.push_str(&text),
            Piece::Unknown(_) => open.push('*'),
        }
    }
    // A policy variable such as ${aws:PrincipalTag/team} is filled in by IAM.
    let variable = open.contains("${");
    while let Some(start) = open.find("${") {
        let end = open.get(start..).and_then(|rest| rest.find('}')).map_or(open.len(), |end| start + end + 1);
        open.replace_range(start..end, "*");
    }
    if ignore_case {
        open.make_ascii_lowercase();
    }
    if !glob(wanted, &open) {
        return Answer::No;
    }
    match pattern.first_unknown() {
        Some(unknown) => Answer::Unknown(Arc::clone(unknown)),
        None if variable => {
            let reason = "the policy's variable is filled in when the workflow runs";
            Answer::Unknown(Arc::new(Unknown::new(Type::Bool, reason, pattern.origin.span())))
        }
        None => Answer::Yes,
    }
}
