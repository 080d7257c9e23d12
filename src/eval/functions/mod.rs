//! Terraform's functions, one file a group.
//!
//! A function says what it takes in its [`Function`] row; `call` then does for all of them what
//! Terraform does: counts and converts the arguments, refuses nulls, answers unknown when an
//! argument is unknown, and hands sensitivity on.

mod collection;
mod conversion;
mod date;
mod encoding;
mod filesystem;
mod floating;
mod format;
mod hash;
mod ip;
mod json;
mod number;
mod partial;
mod pattern;
mod placeholder;
mod provider;
mod re2;
mod reshape;
mod string;
mod templates;
mod yaml;

pub use encoding::write_json;
pub use json::read_json;
pub use partial::trim_prefix;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::{Budget, EvalError, Evaluated, Evaluator};
use crate::source::Span;
use crate::syntax::hcl::ast::Name;
use crate::value::{Data, Origin, Type, Unknown, Value, convert};

/// One function.
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// What it takes, in order.
    pub parameters: &'static [Parameter],
    /// What further arguments it takes, any number of them.
    pub rest: Option<Parameter>,
    /// What it gives, when its arguments are unknown.
    pub returns: Kind,
    /// The function itself. Its arguments are converted, and known and not null unless the parameter allows it.
    pub run: fn(&Call<'_>) -> Outcome,
}

/// One parameter.
#[derive(Clone, Copy)]
pub struct Parameter {
    /// Its name, for messages.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Whether it may be null.
    pub null: bool,
    /// Whether the function deals with unknown values itself.
    pub unknown: bool,
    /// Whether the function hands sensitivity on itself, so that only what is sensitive stays so.
    /// Otherwise anything sensitive anywhere in the argument makes the whole result sensitive.
    pub marks: bool,
}

/// A type that can stand in a table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any type.
    Any,
    /// A list, set or tuple. The function converts and checks it; here it keeps what is unknown,
    /// but known to be something else, from being let through.
    Sequence,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(any)`
    List,
    /// `list(string)`
    Strings,
    /// `list(bool)`
    Bools,
    /// `list(number)`
    Numbers,
    /// `set(any)`
    Set,
    /// `set(string)`
    StringSet,
    /// `map(any)`
    Map,
    /// `map(list(string))`
    StringLists,
}

impl Kind {
    fn ty(self) -> Type {
        match self {
            Self::Any | Self::Sequence => Type::Any,
            Self::Bool => Type::Bool,
            Self::Number => Type::Number,
            Self::String => Type::String,
            Self::List => Type::list(Type::Any),
            Self::Strings => Type::list(Type::String),
            Self::Bools => Type::list(Type::Bool),
            Self::Numbers => Type::list(Type::Number),
            Self::Set => Type::set(Type::Any),
            Self::StringSet => Type::set(Type::String),
            Self::Map => Type::map(Type::Any),
            Self::StringLists => Type::map(Type::list(Type::String)),
        }
    }

    /// Whether an unknown of this type may turn out to be what the function wants.
    fn admits(self, unknown: &Type) -> bool {
        self != Self::Sequence || matches!(unknown, Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_))
    }
}

impl Parameter {
    /// A parameter that must be known and not null.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, null: false, unknown: false, marks: false }
    }

    /// Null is fine.
    #[must_use]
    pub const fn or_null(mut self) -> Self {
        self.null = true;
        self
    }

    /// Unknown is fine.
    #[must_use]
    pub const fn or_unknown(mut self) -> Self {
        self.unknown = true;
        self
    }

    /// The function hands sensitivity on itself.
    #[must_use]
    pub const fn keeping_marks(mut self) -> Self {
        self.marks = true;
        self
    }
}

/// A call under way.
pub struct Call<'c> {
    /// The function's arguments.
    pub arguments: &'c [Value],
    /// Where each is written.
    pub spans: &'c [Span],
    /// Where the whole call is written.
    pub span: Span,
    /// The evaluator, for the few functions that evaluate or read files.
    pub evaluator: &'c Evaluator<'c>,
}

/// What a function gives.
pub type Outcome = Result<Value, Refusal>;

/// Why a function gives no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The argument at fault, counted from 0; `None` for the call as a whole.
    pub argument: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// Whether a bound was hit.
    pub bound: bool,
}

impl Refusal {
    /// The call as a whole is at fault.
    pub fn call(message: impl Into<String>) -> Self {
        Self { argument: None, message: message.into(), bound: false }
    }

    /// One argument is at fault.
    pub fn argument(argument: usize, message: impl Into<String>) -> Self {
        Self { argument: Some(argument), message: message.into(), bound: false }
    }

    /// The result would be larger than we allow.
    pub fn bound(message: impl Into<String>) -> Self {
        Self { argument: None, message: message.into(), bound: true }
    }
}

impl Call<'_> {
    /// An argument; null when it was not given.
    #[must_use]
    pub fn argument(&self, at: usize) -> &Value {
        const ABSENT: &Value = &Value { data: Data::Null(Type::Any), origin: Origin::NONE, sensitive: false };
        self.arguments.get(at).unwrap_or(ABSENT)
    }

    /// The text of a string argument.
    #[must_use]
    pub fn text(&self, at: usize) -> &str {
        self.argument(at).as_str().unwrap_or("")
    }

    /// The elements of a list, set or tuple argument.
    #[must_use]
    pub fn items(&self, at: usize) -> &[Value] {
        self.argument(at).as_items().unwrap_or(&[])
    }

    /// A whole number argument.
    ///
    /// # Errors
    /// When it has a fraction or is out of range.
    pub fn integer(&self, at: usize) -> Result<i64, Refusal> {
        self.argument(at)
            .as_number()
            .and_then(crate::value::Number::as_i64)
            .ok_or_else(|| Refusal::argument(at, "a whole number is needed here"))
    }

    /// Spends for a result of `size` elements or bytes.
    ///
    /// # Errors
    /// When there is not that much left.
    pub fn spend(&self, size: usize) -> Result<(), Refusal> {
        self.evaluator.budget().spend(size, self.span).map_err(|error| Refusal::bound(error.message))
    }

    /// A string of this many bytes may be built.
    ///
    /// # Errors
    /// When it is longer than we allow.
    pub fn allow_string(&self, bytes: usize) -> Result<(), Refusal> {
        if bytes > Budget::MAX_STRING {
            return Err(Refusal::bound("the result is a longer string than trysquare allows"));
        }
        self.spend(bytes / Budget::BYTES_A_STEP)
    }

    /// A collection of this many elements may be built.
    ///
    /// # Errors
    /// When it has more than we allow.
    pub fn allow_elements(&self, count: usize) -> Result<(), Refusal> {
        if count > Budget::MAX_ELEMENTS {
            return Err(Refusal::bound("the result is a larger collection than trysquare allows"));
        }
        self.spend(count)
    }
}

/// The unknown of type `ty` that a result is which hangs on `unknown`. It will not be null.
fn hangs_on(unknown: &Unknown, ty: Type) -> Value {
    Value::unknown(Unknown { not_null: true, ..unknown.derived(ty) }).at(Origin::NONE)
}

/// The result with a place: what it was computed from, or, when it is a value from elsewhere that was only handed on,
/// the call on its way. Elements that were made here come from where the whole does.
fn placed(mut value: Value, computed: &Origin, handed_on: Option<Span>) -> Value {
    let without = |value: &Value| value.origin.is_empty();
    let settle = |value: &mut Value| {
        if without(value) {
            value.origin = computed.clone();
        }
    };
    match &mut value.data {
        Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) if items.iter().any(without) => {
            Arc::make_mut(items).iter_mut().for_each(settle);
        }
        Data::Map(_, fields) if fields.values().any(without) => Arc::make_mut(fields).values_mut().for_each(settle),
        Data::Object(object) if object.fields.values().any(without) => {
            Arc::make_mut(object).fields.values_mut().for_each(settle);
        }
        _ => {}
    }
    match (value.origin.span(), handed_on) {
        (None, _) => value.at(computed.clone()),
        (Some(span), Some(call)) if !call.contains(span) => value.via(call),
        _ => value,
    }
}

/// A result that no file can tell.
fn never_known(ty: Type, reason: &str, call: &Call<'_>) -> Value {
    Value::unknown(Unknown { not_null: true, ..Unknown::new(ty, reason, Some(call.span)) }).at(Origin::NONE)
}

const GROUPS: &[&[Function]] = &[
    collection::FUNCTIONS,
    conversion::FUNCTIONS,
    date::FUNCTIONS,
    encoding::FUNCTIONS,
    filesystem::FUNCTIONS,
    format::FUNCTIONS,
    hash::FUNCTIONS,
    ip::FUNCTIONS,
    json::FUNCTIONS,
    number::FUNCTIONS,
    pattern::FUNCTIONS,
    provider::FUNCTIONS,
    reshape::FUNCTIONS,
    string::FUNCTIONS,
    templates::FUNCTIONS,
    yaml::FUNCTIONS,
];

fn table() -> &'static HashMap<&'static str, &'static Function> {
    static TABLE: OnceLock<HashMap<&'static str, &'static Function>> = OnceLock::new();
    TABLE.get_or_init(|| {
        GROUPS.iter().flat_map(|group| group.iter()).map(|function| (function.name, function)).collect()
    })
}

/// The names of all functions, sorted.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = table().keys().copied().chain(["try", "can"]).collect();
    names.sort_unstable();
    names
}

/// What a function takes and gives, as far as that can be told before it is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// How many arguments it needs.
    pub least: usize,
    /// Whether it takes more than that.
    pub more: bool,
    /// The type of what it gives.
    pub returns: Type,
}

impl Signature {
    /// What is wrong with this many arguments, as a clause.
    #[must_use]
    pub fn refuses(&self, count: usize) -> Option<String> {
        let fits = if self.more { count >= self.least } else { count == self.least };
        let wanted = match (self.least, self.more) {
            (1, true) => "at least one argument".to_owned(),
            (least, true) => format!("at least {least} arguments"),
            (1, false) => "one argument".to_owned(),
            (0, false) => "no arguments".to_owned(),
            (least, false) => format!("{least} arguments"),
        };
        (!fits).then(|| format!("takes {wanted}, and here are {count}"))
    }
}

/// The signature of a function of Terraform's; `None` when there is none of that name.
#[must_use]
pub fn signature(name: &str) -> Option<Signature> {
    match name {
        "try" => Some(Signature { least: 1, more: true, returns: Type::Any }),
        "can" => Some(Signature { least: 1, more: false, returns: Type::Bool }),
        _ => table().get(name).map(|function| function.signature()),
    }
}

impl Function {
    fn signature(&self) -> Signature {
        Signature { least: self.parameters.len(), more: self.rest.is_some(), returns: self.returns.ty() }
    }
}

/// What looking through an argument once costs.
fn weight(value: &Value) -> usize {
    match &value.data {
        Data::String(text) => text.len() / 64,
        Data::Tuple(items) | Data::List(_, items) | Data::Set(_, items) => items.len() / 4,
        Data::Map(_, fields) => fields.len() / 4,
        Data::Object(object) => object.fields.len() / 4,
        _ => 0,
    }
}

/// The provider that a function is of, when it is not Terraform's own.
fn other_provider(function: &str) -> Option<&str> {
    let (provider, _) = function.strip_prefix("provider::")?.split_once("::")?;
    (provider != "terraform").then_some(provider)
}

/// Calls a function by name.
pub(super) fn call(
    evaluator: &Evaluator<'_>,
    name: &Name,
    arguments: &[Value],
    spans: &[Span],
    span: Span,
) -> Evaluated {
    let called = name.value.strip_prefix("core::").unwrap_or(&name.value);
    let Some(function) = table().get(called) else {
        if let Some(result) = evaluator.scope().function(called, arguments, span) {
            return result;
        }
        if let Some(provider) = other_provider(called) {
            let reason = format!("only the provider `{provider}` can compute it");
            return Ok(Value::unknown(Unknown::new(Type::Any, reason, Some(span))));
        }
        let error = EvalError::new(name.span, format!("there is no function `{called}`"));
        let known = names();
        let extra = evaluator.scope().function_names();
        return Err(error.suggesting(called, known.into_iter().chain(extra)));
    };
    if let Some(reason) = evaluator.scope().forbids(called) {
        return Err(EvalError::new(name.span, reason));
    }
    evaluator.budget().spend(1 + arguments.iter().map(weight).sum::<usize>(), span)?;
    let count = arguments.len();
    if let Some(refusal) = function.signature().refuses(count) {
        return Err(EvalError::new(span, format!("`{called}` {refusal}")));
    }
    let at = |index: usize| spans.get(index).copied().unwrap_or(span);
    let mut sensitive = false;
    let mut unknown: Option<Arc<Unknown>> = None;
    let mut converted = Vec::with_capacity(count);
    for (index, argument) in arguments.iter().enumerate() {
        let Some(parameter) = function.parameters.get(index).or(function.rest.as_ref()) else {
            break;
        };
        if argument.is_null() && !parameter.null {
            return Err(EvalError::new(at(index), format!("`{}` of `{called}` must not be null", parameter.name)));
        }
        let value = convert(argument, &parameter.kind.ty()).map_err(|error| {
            EvalError::new(at(index), format!("`{}` of `{called}` does not fit: {error}", parameter.name))
        })?;
        let unknowable = matches!(value.data, Data::Unknown(_) | Data::Partial(_));
        if unknowable && !parameter.kind.admits(&value.ty()) {
            let found = value.ty().friendly();
            let message = format!("`{}` of `{called}` must be a list, and this is {found}", parameter.name);
            return Err(EvalError::new(at(index), message));
        }
        sensitive |= !parameter.marks && value.holds_sensitive();
        if !parameter.unknown && unknowable {
            unknown = unknown.or_else(|| value.first_unknown().cloned());
        }
        converted.push(value);
    }
    let origin = Origin::derived(span, arguments.iter().map(|argument| argument.origin.clone()));
    if let Some(unknown) = unknown {
        return Ok(hangs_on(&unknown, function.returns.ty()).at(origin).marked(sensitive));
    }
    let running = Call { arguments: &converted, spans, span, evaluator };
    match (function.run)(&running) {
        Ok(value) => {
            let handed_on = evaluator.scope().records_references().then_some(span);
            Ok(placed(value, &origin, handed_on).marked(sensitive))
        }
        Err(refusal) => {
            let place = refusal.argument.map_or(span, at);
            let message = format!("`{called}`: {}", refusal.message);
            if refusal.bound && refusal.argument.is_some() {
                // What the argument names cannot be looked at, which says nothing of what is around the call.
                let unknown = Unknown { not_null: true, ..Unknown::new(function.returns.ty(), message, Some(place)) };
                return Ok(Value::unknown(unknown).at(origin).marked(sensitive));
            }
            Err(if refusal.bound { EvalError::bound(place, message) } else { EvalError::new(place, message) })
        }
    }
}

#[cfg(test)]
mod tests;
