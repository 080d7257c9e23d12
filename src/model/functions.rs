//! Lambda functions with everything that belongs to them.

use std::sync::Arc;

use super::denial::unknown_in;
use super::iam::Iam;
use super::join::{Index, Joined};
use super::permissions::reaches_bucket;
use super::{Found, as_type, block_field, images, required_text, statement};
use crate::value::{Answer, Fields, Piece, Type, Unknown, Value, equals};

/// A function under construction.
pub(super) struct Function {
    pub(super) fields: Fields,
    /// The documented function it is, null, or unknown.
    pub(super) standard: Value,
    pub(super) alarms: Vec<Value>,
}

impl Function {
    pub(super) fn field(&self, name: &str) -> Value {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    /// The finished function. `gaps` are unknowns for every place where further alarms may hide.
    pub(super) fn into_value(mut self, gaps: &[Value]) -> Value {
        let origin = self.field("address").origin;
        let kinds = self.alarms.iter().filter_map(|alarm| alarm.field("kind").cloned());
        let kinds = kinds.chain(gaps.iter().cloned()).collect();
        self.fields.insert("alarm_kinds".into(), Value::tuple(kinds).at(origin.clone()));
        self.fields.insert("standard".into(), self.standard);
        self.fields.insert("alarms".into(), Value::tuple(self.alarms).at(origin.clone()));
        Value::object(self.fields).at(origin)
    }

    /// What an alarm needs to know of its function.
    pub(super) fn summary(&self) -> Value {
        let names = ["address", "function_name", "timeout"];
        let mut fields: Fields = names.iter().map(|name| (Arc::from(*name), self.field(name))).collect();
        fields.insert("standard".into(), self.standard.clone());
        Value::object(fields).at(self.field("address").origin)
    }
}

/// What functions are joined to.
pub(super) struct Surroundings<'s> {
    documented: &'s [Value],
    documented_names: Index,
    iam: &'s Iam,
    buckets: &'s [Value],
    bucket_names: Index,
    /// An unknown for every place where there may be more than we know of.
    gaps: &'s [Value],
}

impl<'s> Surroundings<'s> {
    pub(super) fn new(documented: &'s [Value], iam: &'s Iam, buckets: &'s [Value], gaps: &'s [Value]) -> Self {
        let names =
            |things: &[Value]| Index::new(things.iter().map(|thing| thing.field("name").cloned().unwrap_or_default()));
        let (documented_names, bucket_names) = (names(documented), names(buckets));
        Self { documented, documented_names, iam, buckets, bucket_names, gaps }
    }

    /// The documented function of a name; null when there is none, unknown when that cannot be told.
    fn documented_as(&self, name: &Value) -> Value {
        match self.documented_names.join(name) {
            Joined::One(at) => self.documented.get(at).cloned().unwrap_or_default(),
            Joined::None => Value::null().at(name.origin.clone()),
            Joined::Unknown(unknown) => Value::unknown(unknown.derived(Type::Any)).at(name.origin.clone()),
        }
    }
}

/// Every `aws_lambda_function` instance.
pub(super) fn find(all: &[Found<'_, '_>], around: &Surroundings<'_>) -> Vec<Function> {
    let functions = all.iter().filter(|found| found.is("aws_lambda_function"));
    functions.map(|found| function(found, around)).collect()
}

fn function(found: &Found<'_, '_>, around: &Surroundings<'_>) -> Function {
    let address = found.address();
    let origin = address.origin.clone();
    let name = required_text(found.attribute("function_name"));
    let standard = around.documented_as(&name);
    let app = match standard.field("app") {
        Some(app) => app.clone(),
        None => Value::null().at(origin.clone()),
    };
    let logging = found.block("logging_config");
    let logging_field =
        |field: &str| logging.as_ref().map(|block| block_field(block, field)).filter(|value| !value.is_null());
    let log_group = logging_field("log_group").unwrap_or_else(|| default_log_group(&name, &origin));
    // Source: Lambda's "LoggingConfig", whose LogFormat is Text when it is not set.
    let log_format = logging_field("log_format").unwrap_or_else(|| {
        Value::from("Text").at(logging.as_ref().map_or_else(|| origin.clone(), |block| block.origin.clone()))
    });
    let environment = found.block("environment");
    let env = environment.as_ref().map(|block| block_field(block, "variables")).filter(|value| !value.is_null());
    let env = env.unwrap_or_else(|| {
        Value::object(Fields::new())
            .at(environment.as_ref().map_or_else(|| origin.clone(), |block| block.origin.clone()))
    });
    let env = if env.as_fields().is_some() || env.as_unknown().is_some() {
        env
    } else {
        Value::unknown(Unknown::new(Type::Any, "the variables are not a map", env.origin.span()))
    };
    let image_uri = as_type(found.configured("image_uri"), &Type::String);
    let role = around.iam.role_of(&found.attribute("role"));
    let fields = [
        ("address", address),
        ("module", Value::string(Arc::clone(&found.instance.owner.address))),
        ("name_bytes", Value::from(known_bytes(&name)).at(name.origin.clone())),
        ("function_name", name),
        ("arn", found.attribute("arn")),
        ("app", app),
        ("timeout", found.number("timeout")),
        ("memory_size", found.number("memory_size")),
        ("ephemeral_storage", ephemeral_storage(found)),
        ("package_type", as_type(found.attribute("package_type"), &Type::String)),
        ("image_tag", images::tag(&image_uri)),
        ("image_by_digest", images::by_digest(&image_uri)),
        ("image_repository", images::repository(&image_uri)),
        ("image_uri", image_uri),
        ("bucket_variables", bucket_variables(&env, &role, around)),
        ("env_bytes", env_bytes(&env)),
        ("env", env),
        ("log_group", as_type(log_group, &Type::String)),
        ("log_format", as_type(log_format, &Type::String)),
        ("ignore_changes", found.instance.ignored_changes()),
        ("role", role),
        ("values", Value::object(found.instance.configured_fields(found.world)).at(origin)),
    ];
    let fields = fields.into_iter().map(|(name, value)| (Arc::from(name), value)).collect();
    Function { fields, standard, alarms: Vec::new() }
}

/// The variables that tell a function of a bucket of this repository, by their names and values; each with whether the
/// function's role reaches it.
fn bucket_variables(env: &Value, role: &Value, around: &Surroundings<'_>) -> Value {
    if let Some(unknown) = env.as_unknown() {
        return Value::unknown(unknown.derived(Type::Any)).at(env.origin.clone());
    }
    let speaks_of_one = |name: &str| name.to_ascii_lowercase().contains("bucket");
    let variables = env.as_fields().into_iter().flatten().filter(|(name, _)| speaks_of_one(name));
    let variables = variables.filter_map(|(name, value)| {
        let bucket = around.buckets.get(around.bucket_names.equal(value).next()?)?;
        Some(Value::record([
            ("variable", Value::string(Arc::clone(name))),
            ("bucket", value.clone()),
            ("reached", reached(bucket, role, around.gaps)),
        ]))
    });
    Value::tuple(variables.collect()).at(env.origin.clone())
}

/// Whether a role reaches a bucket, by its own policies or perhaps by the bucket's; null where the role is not created
/// here.
fn reached(bucket: &Value, role: &Value, gaps: &[Value]) -> Value {
    if role.field("created").and_then(Value::as_bool) != Some(true) {
        return Value::null();
    }
    let field = |name: &str| bucket.field(name).cloned().unwrap_or_default();
    let statements = role.field("statements").and_then(Value::as_items).unwrap_or(&[]);
    let policy = match equals(&field("policy"), &Value::from(true)) {
        Answer::Yes => {
            let reason = "the bucket has a policy, which may let the role in";
            Answer::Unknown(Arc::new(Unknown::new(Type::Bool, reason, bucket.origin.span())))
        }
        other => other,
    };
    let granted = [reaches_bucket(statements, &field("name")), policy];
    statement::truth(Answer::any(granted.into_iter().chain(gaps.iter().map(unknown_in))))
}

/// Size of `/tmp` in MB; 512 when it is not set.
fn ephemeral_storage(found: &Found<'_, '_>) -> Value {
    let size = found.block("ephemeral_storage").map(|block| block_field(&block, "size")).filter(|size| !size.is_null());
    as_type(size.unwrap_or_else(|| Value::from(512_i64).at(found.address().origin)), &Type::Number)
}

/// Where a function logs when nothing else is said. Source: Lambda's developer guide, "Log groups".
fn default_log_group(name: &Value, origin: &crate::value::Origin) -> Value {
    let mut pieces = vec![Piece::Text("/aws/lambda/".into())];
    match name.as_pieces() {
        Some(more) => pieces.extend(more),
        None => {
            pieces.push(Piece::Unknown(Arc::new(Unknown::new(Type::String, "the function has no name", origin.span()))))
        }
    }
    Value::from_pieces(pieces).at(origin.clone())
}

/// How many bytes the environment's names and values have at least.
fn env_bytes(env: &Value) -> Value {
    let fields = env.as_fields().into_iter().flatten();
    let bytes = fields.map(|(name, value)| name.len() + known_bytes(value));
    Value::from(bytes.sum::<usize>()).at(env.origin.clone())
}

/// How many bytes a text has at least; what is unknown of it counts as none.
fn known_bytes(value: &Value) -> usize {
    value.as_pieces().unwrap_or_default().iter().map(text_bytes).sum()
}

fn text_bytes(piece: &Piece) -> usize {
    match piece {
        Piece::Text(text) => text.len(),
        Piece::Unknown(_) => 0,
    }
}
