//! What `trysquare.hcl` may hold: tables, by which it is read and checked, and from which its JSON Schema is made.

use std::sync::Arc;

use super::ConfigError;
use crate::eval::did_you_mean;
use crate::source::Span;
use crate::value::{Data, Fields, Value};

/// A name, what its value must look like, and what it means.
pub type Attribute = (&'static str, Shape, &'static str);

/// A kind of block.
#[derive(Debug)]
pub struct BlockKind {
    /// Its keyword.
    pub name: &'static str,
    /// What its label says; `None` when it has none.
    pub label: Option<&'static str>,
    /// What it holds; anything, when that is not told.
    pub attributes: Option<&'static [Attribute]>,
    /// What it is for.
    pub meaning: &'static str,
}

/// What a value of the configuration must look like.
#[derive(Debug)]
pub enum Shape {
    /// Text.
    String,
    /// A number.
    Number,
    /// True or false.
    Bool,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A list of texts.
    Strings,
    /// Names to values of one shape.
    Map(&'static Shape),
    /// These attributes, each optional, with what each means.
    Object(&'static [Attribute]),
    /// Anything: a team's own rules know what.
    Any,
}

const FUNCTION: Shape = Shape::Object(&[
    ("app", Shape::String, "The application's short name; stands for {app} elsewhere. Default: the function's name."),
    ("timeout", Shape::Number, "Timeout in seconds."),
    ("memory", Shape::Number, "Memory in MB."),
    ("log_group", Shape::String, "Name of the CloudWatch log group."),
    ("package_type", Shape::OneOf(&["Zip", "Image"]), "How the code is packed: Zip or Image."),
    ("environment", Shape::Map(&Shape::String), "Environment variables of this function, beside those of all."),
    ("custom", Shape::Any, "Anything that rules of your own ask for."),
]);

const ALARM: Shape = Shape::Object(&[
    ("name", Shape::String, "The alarm's name, with {app} for the application or {name} for the function."),
    ("threshold", Shape::Number, "How many occurrences are still fine: 0 means that the first one triggers."),
    ("ratio", Shape::Number, "For durations: the part of the function's timeout that triggers, such as 0.83."),
    ("statistic", Shape::String, "For durations: the statistic that is compared, such as Maximum."),
]);

const ALARMS: Shape = Shape::Object(&[
    ("errors", ALARM, "Failed invocations."),
    ("duration", ALARM, "The time that invocations take."),
    ("throttles", ALARM, "Throttled invocations."),
]);

const LOGGING: Shape = Shape::Object(&[
    ("format", Shape::OneOf(&["JSON", "Text"]), "JSON or Text."),
    ("retention_days", Shape::Number, "Days that the documented functions' log groups keep what is logged."),
]);

const LOG_GROUP: Shape =
    Shape::Object(&[("retention_days", Shape::Number, "Days that this log group keeps what is logged.")]);

const ECR: Shape = Shape::Object(&[
    ("repositories", Shape::Strings, "Names of the repositories that this is about. Default: all that are created."),
    ("scan_on_push", Shape::Bool, "Whether images are scanned when they are pushed."),
    ("lifecycle_policy", Shape::Bool, "Whether old images are cleaned up by a lifecycle policy."),
]);

const VARIABLES: Shape = Shape::Object(&[(
    "functions",
    Shape::String,
    "Name of the variable that holds the functions' figures: an object or map with an entry for each, under its app or \
     its name, in which _ may stand for -.",
)]);

const IMAGE: Shape = Shape::Object(&[
    (
        "tag",
        Shape::String,
        "Pattern of the image's tag, with {app} for the application, {name} for the function and * for any text.",
    ),
    ("ignore_changes", Shape::Strings, "Attributes that every function's lifecycle ignores."),
]);

const IAM: Shape = Shape::Object(&[
    ("role", Shape::String, "Name of the functions' execution role."),
    (
        "buckets",
        Shape::Map(&Shape::OneOf(&["read", "write", "readwrite"])),
        "S3 buckets that the role may use: name to read, write or readwrite.",
    ),
    ("actions", Shape::Strings, "Every action that the role may be granted."),
]);

const TRIGGER: Shape = Shape::Object(&[
    ("branches", Shape::Strings, "Branches that it is for, as patterns."),
    ("tags", Shape::Strings, "Tags that it is for, as patterns."),
    ("paths", Shape::Strings, "Files whose change it is for, as patterns."),
]);

const INPUT: Shape = Shape::Object(&[
    ("type", Shape::OneOf(&["boolean", "choice", "environment", "number", "string"]), "Its type."),
    ("default", Shape::String, "What it is when nobody says otherwise."),
    ("options", Shape::Strings, "All that can be chosen."),
]);

const DEPLOY: Shape = Shape::Object(&[
    ("workflow", Shape::String, "Path of the workflow that deploys."),
    ("auth", Shape::String, "How it signs in to AWS: oidc."),
    ("repository", Shape::String, "The GitHub repository that deploys, as owner/name."),
    (
        "triggers",
        Shape::Map(&TRIGGER),
        "The events that start it, such as push or workflow_dispatch, each with what limits it.",
    ),
    ("inputs", Shape::Strings, "Inputs that it takes when started by hand."),
    ("input_details", Shape::Map(&INPUT), "What is documented about some of the inputs, by their names."),
    ("steps", Shape::Strings, "What it does, in order."),
]);

const WORKFLOWS: Shape =
    Shape::Object(&[("timeout_minutes", Shape::Number, "Every job sets timeout-minutes, to at most this.")]);

/// The sections: name, shape, meaning.
pub const SECTIONS: &[Attribute] = &[
    ("functions", Shape::Map(&FUNCTION), "The Lambda functions, by name."),
    ("alarms", ALARMS, "The alarms that every function has."),
    (
        "environment",
        Shape::Map(&Shape::String),
        "Environment variables that every function has, with {app} for the application and {name} for the function; null \
         asks for any value.",
    ),
    ("logging", LOGGING, "How functions log."),
    ("log_groups", Shape::Map(&LOG_GROUP), "CloudWatch log groups, by name."),
    ("image", IMAGE, "How container images are tagged and who owns them."),
    ("iam", IAM, "What the execution role may do."),
    ("ecr", ECR, "The repositories of container images."),
    ("variables", VARIABLES, "Variables of the root module."),
    ("outputs", Shape::Strings, "Outputs of the root module."),
    ("deploy", DEPLOY, "The workflow that deploys."),
    ("workflows", WORKFLOWS, "What holds for every workflow."),
    ("custom", Shape::Any, "Anything that rules of your own ask for."),
];

/// What stands outside of blocks.
pub const SETTINGS: &[Attribute] = &[("packs", Shape::Strings, "Directories of rules of your own, in the repository.")];

const ROOT: &[Attribute] = &[
    (
        "var_files",
        Shape::Strings,
        "Files of variables, beside those that Terraform reads by itself; paths count from the module.",
    ),
    ("variables", Shape::Map(&Shape::Any), "Values of variables."),
    ("plan", Shape::String, "What `terraform show -json` prints of a plan of it; the path counts from the module."),
];

const RULE: &[Attribute] = &[
    (
        "severity",
        Shape::OneOf(&["error", "warning", "note", "off"]),
        "How much its findings weigh; off switches it off.",
    ),
    ("parameters", Shape::Map(&Shape::Any), "Values of its parameters."),
    ("locked", Shape::Bool, "Whether no comment in a file silences it."),
];

const IGNORE: &[Attribute] = &[
    ("rule", Shape::String, "The rule that is silenced."),
    ("address", Shape::String, "Where: the resource's address, with * for any text. Everywhere by default."),
    ("reason", Shape::String, "Why."),
    ("until", Shape::String, "The last day that it holds, such as 2027-01-31."),
];

/// The blocks.
pub const BLOCKS: &[BlockKind] = &[
    BlockKind { name: "locals", label: None, attributes: None, meaning: "Names for what is said more than once." },
    BlockKind {
        name: "terraform",
        label: Some("the directory of a root module"),
        attributes: Some(ROOT),
        meaning: "A root module to check. Without any, every directory with a provider or a backend.",
    },
    BlockKind { name: "standard", label: None, attributes: Some(SECTIONS), meaning: "What the pages ask for." },
    BlockKind {
        name: "rule",
        label: Some("the rule's id"),
        attributes: Some(RULE),
        meaning: "How a rule is to run here.",
    },
    BlockKind { name: "ignore", label: None, attributes: Some(IGNORE), meaning: "A finding that is meant to be." },
];

/// The shape of a section.
pub(super) fn section(name: &str) -> Option<&'static Shape> {
    SECTIONS.iter().find(|(known, ..)| *known == name).map(|(_, shape, _)| shape)
}

/// Checks a value against a shape; what is wrong is told at the value's own place in the configuration.
pub(super) fn validate(value: &Value, shape: &Shape, path: &str, fallback: Span, errors: &mut Vec<ConfigError>) {
    let span = value.origin.span().unwrap_or(fallback);
    if value.is_null() || matches!(shape, Shape::Any) {
        return;
    }
    if let Some(unknown) = value.as_unknown() {
        errors.push(ConfigError::new(unknown.span.unwrap_or(span), format!("`{path}` is unknown: {}", unknown.reason)));
        return;
    }
    let mut wrong = |wanted: &str| {
        errors.push(ConfigError::new(
            span,
            format!("`{path}` must be {wanted}, and this is a {}", value.ty().friendly()),
        ));
    };
    match shape {
        Shape::Any => {}
        Shape::String if !matches!(value.data, Data::String(_)) => wrong("a string"),
        Shape::Number if !matches!(value.data, Data::Number(_)) => wrong("a number"),
        Shape::Bool if !matches!(value.data, Data::Bool(_)) => wrong("true or false"),
        Shape::String | Shape::Number | Shape::Bool => {}
        Shape::OneOf(choices) => match value.as_str() {
            Some(text) if choices.contains(&text) => {}
            Some(text) => {
                let help = did_you_mean(text, choices.iter().copied());
                let message = format!("`{path}` must be one of {}, and this is {text:?}", choices.join(", "));
                errors.push(ConfigError::new(span, message).with_help(help));
            }
            None => wrong("a string"),
        },
        Shape::Strings => match value.as_items() {
            Some(items) => {
                for (at, item) in items.iter().enumerate() {
                    validate(item, &Shape::String, &format!("{path}[{at}]"), span, errors);
                }
            }
            None => wrong("a list of strings"),
        },
        Shape::Map(element) => match value.as_fields() {
            Some(fields) => {
                for (key, item) in fields {
                    validate(item, element, &format!("{path}[{key:?}]"), span, errors);
                }
            }
            None => wrong("an object"),
        },
        Shape::Object(attributes) => match value.as_fields() {
            Some(fields) => {
                for (key, item) in fields {
                    match attributes.iter().find(|(name, ..)| *name == &**key) {
                        Some((_, shape, _)) => validate(item, shape, &format!("{path}.{key}"), span, errors),
                        None => {
                            errors.push(unknown_attribute(key, path, item.origin.span().unwrap_or(span), attributes))
                        }
                    }
                }
            }
            None => wrong("an object"),
        },
    }
}

/// The value with null for every attribute that is left out, so that rules can ask for each.
pub(super) fn complete(value: &Value, shape: &Shape) -> Value {
    let Some(fields) = value.as_fields() else {
        return value.clone();
    };
    let fields: Fields = match shape {
        Shape::Object(attributes) => {
            let absent = || Value::null().at(value.origin.clone());
            let known = attributes.iter().map(|(name, shape, _)| {
                let field = fields.get(*name).map_or_else(absent, |field| complete(field, shape));
                (Arc::from(*name), field)
            });
            known.collect()
        }
        Shape::Map(element) => fields.iter().map(|(key, item)| (Arc::clone(key), complete(item, element))).collect(),
        _ => return value.clone(),
    };
    Value::object(fields).at(value.origin.clone()).marked(value.sensitive)
}

fn unknown_attribute(
    key: &str,
    path: &str,
    span: Span,
    attributes: &[(&'static str, Shape, &'static str)],
) -> ConfigError {
    let names: Vec<&str> = attributes.iter().map(|(name, ..)| *name).collect();
    let help = did_you_mean(key, names.iter().copied()).unwrap_or_else(|| format!("there are: {}", names.join(", ")));
    ConfigError::new(span, format!("`{path}` has no attribute `{key}`")).with_help(Some(help))
}
