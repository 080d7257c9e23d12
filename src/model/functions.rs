//! Lambda functions with everything that belongs to them.

use std::sync::Arc;

use super::iam::Iam;
use super::{Found, Joined, as_type, block_field, join};
use crate::terraform::ignored_changes;
use crate::value::{Fields, Piece, Type, Unknown, Value};

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

    pub(super) fn into_value(mut self) -> Value {
        let origin = self.field("address").origin;
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

/// Every `aws_lambda_function` instance.
pub(super) fn find(all: &[Found<'_, '_>], documented: &[Value], iam: &Iam) -> Vec<Function> {
    all.iter().filter(|found| found.is("aws_lambda_function")).map(|found| function(found, documented, iam)).collect()
}

fn function(found: &Found<'_, '_>, documented: &[Value], iam: &Iam) -> Function {
    let address = found.address();
    let origin = address.origin.clone();
    let name = as_type(found.attribute("function_name"), &Type::String);
    let standard = documented_as(documented, &name);
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
    let ignored = ignored_changes(&found.instance.block)
        .unwrap_or_else(|| Value::list(Type::String, Vec::new()).at(origin.clone()));
    let role = iam.role_of(&found.attribute("role"));
    let fields = [
        ("address", address),
        ("module", Value::string(Arc::clone(&found.instance.owner.address))),
        ("function_name", name),
        ("arn", found.attribute("arn")),
        ("app", app),
        ("timeout", found.number("timeout")),
        ("memory_size", found.number("memory_size")),
        ("ephemeral_storage", ephemeral_storage(found)),
        ("package_type", found.attribute("package_type")),
        ("image_uri", found.configured("image_uri")),
        ("env", env),
        ("log_group", log_group),
        ("log_format", log_format),
        ("ignore_changes", ignored),
        ("role", role),
    ];
    let fields = fields.into_iter().map(|(name, value)| (Arc::from(name), value)).collect();
    Function { fields, standard, alarms: Vec::new() }
}

/// Size of `/tmp` in MB; 512 when it is not set.
fn ephemeral_storage(found: &Found<'_, '_>) -> Value {
    let size = found.block("ephemeral_storage").map(|block| block_field(&block, "size")).filter(|size| !size.is_null());
    as_type(size.unwrap_or_else(|| Value::from(512_i64).at(found.address().origin)), &Type::Number)
}

/// The documented function of a name; null when there is none, unknown when that cannot be told.
fn documented_as(documented: &[Value], name: &Value) -> Value {
    let names: Vec<(Value, &Value)> =
        documented.iter().map(|row| (row.field("name").cloned().unwrap_or_default(), row)).collect();
    match join(&names, |(documented, _)| documented, name) {
        Joined::One((_, row)) => (*row).clone(),
        Joined::None => Value::null().at(name.origin.clone()),
        Joined::Unknown(unknown) => {
            let origin = name.origin.clone();
            Value::unknown(unknown.derived(Type::Any)).at(origin)
        }
    }
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
