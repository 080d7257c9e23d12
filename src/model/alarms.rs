//! CloudWatch alarms, joined to the functions they watch.

use std::collections::HashSet;
use std::sync::Arc;

use super::functions::Function;
use super::join::Index;
use super::{Found, as_type, block_field, blocks, required_text};
use crate::value::{Answer, Data, Fields, Origin, Type, Unknown, Value, equals};

/// The namespace of Lambda's metrics.
const LAMBDA: &str = "AWS/Lambda";

/// What of Lambda an alarm can watch, and what we call it.
const KINDS: &[(&str, &str)] = &[("Errors", "errors"), ("Duration", "duration"), ("Throttles", "throttles")];

/// Every `aws_cloudwatch_metric_alarm` instance; each is added to the function it watches.
pub(super) fn join(all: &[Found<'_, '_>], functions: &mut [Function]) -> Vec<Value> {
    let alarms = all.iter().filter(|found| found.is("aws_cloudwatch_metric_alarm"));
    let names = Index::new(functions.iter().map(|function| function.field("function_name")));
    let read: Vec<(Fields, Watched, Origin)> = alarms
        .map(|found| {
            let mut fields = read(found);
            let watched = Watched::of(&fields, &names);
            fields.insert("function".into(), watched.value(functions, &fields));
            fields.insert("function_name".into(), watched_name(&fields));
            (fields, watched, found.address().origin)
        })
        .collect();
    let named = read.iter().map(|(fields, ..)| fields).filter(|fields| has_documented_name(fields));
    let named: HashSet<Watch> = named.filter_map(watch).collect();
    let mut joined = Vec::with_capacity(read.len());
    for (mut fields, watched, origin) in read {
        fields.insert("documented".into(), is_documented(&fields, &named));
        let alarm = Value::object(fields).at(origin);
        watched.attach(functions, &alarm);
        joined.push(alarm);
    }
    joined
}

/// What the standard says of alarms of this kind for the function that is watched; `None` when nothing.
fn documented_of(alarm: &Fields) -> Option<&Value> {
    let standard = alarm.get("function")?.field("standard")?;
    standard.field("alarms")?.field(alarm.get("kind")?.as_str()?).filter(|documented| !documented.is_null())
}

/// Whether this is the alarm that the page speaks of: of those of one kind for one function it is the one with the
/// documented name; where none has that name, any of them may be meant. `named` is what there are alarms with that
/// name for.
fn is_documented(alarm: &Fields, named: &HashSet<Watch>) -> Value {
    let parts = [alarm.get("kind"), alarm.get("function"), alarm.get("function").and_then(|of| of.field("standard"))];
    if let Some(unknown) = parts.into_iter().flatten().find_map(Value::as_unknown) {
        return Value::unknown(unknown.derived(Type::Bool));
    }
    let Some(documented) = documented_of(alarm) else {
        return Value::from(false);
    };
    if documented.field("name").is_none_or(Value::is_null) {
        return Value::from(true);
    }
    let another = watch(alarm).is_some_and(|watch| named.contains(&watch));
    Value::from(has_documented_name(alarm) || !another)
}

fn has_documented_name(alarm: &Fields) -> bool {
    let wanted = documented_of(alarm).and_then(|documented| documented.field("name")).filter(|name| !name.is_null());
    let pair = alarm.get("name").zip(wanted);
    pair.is_some_and(|(name, wanted)| matches!(equals(name, wanted), Answer::Yes))
}

/// What an alarm is for: its kind, and the address of the function that it watches.
type Watch = (Arc<str>, Arc<str>);

fn watch(alarm: &Fields) -> Option<Watch> {
    let text = |value: &Value| value.as_str().map(Arc::from);
    Some((text(alarm.get("kind")?)?, text(alarm.get("function")?.field("address")?)?))
}

fn read(found: &Found<'_, '_>) -> Fields {
    let metric = Metric::of(found);
    let kind = kind(&metric.namespace, &metric.name);
    let fields = [
        ("address", found.address()),
        ("name", required_text(found.configured("alarm_name"))),
        ("kind", kind),
        ("math", metric.math),
        ("metric", metric.name),
        ("namespace", metric.namespace),
        ("statistic", as_type(metric.statistic, &Type::String)),
        ("period", as_type(metric.period, &Type::Number)),
        ("dimensions", metric.dimensions),
        ("comparison", as_type(found.configured("comparison_operator"), &Type::String)),
        ("threshold", as_type(found.configured("threshold"), &Type::Number)),
        ("evaluation_periods", as_type(found.configured("evaluation_periods"), &Type::Number)),
        ("datapoints_to_alarm", as_type(found.configured("datapoints_to_alarm"), &Type::Number)),
        ("treat_missing_data", as_type(found.attribute("treat_missing_data"), &Type::String)),
    ];
    fields.into_iter().map(|(name, value)| (Arc::from(name), value)).collect()
}

/// What an alarm measures: written in the alarm itself, or in its only `metric_query`.
struct Metric {
    /// Whether it is computed from several, or by an expression.
    math: Value,
    name: Value,
    namespace: Value,
    statistic: Value,
    period: Value,
    dimensions: Value,
}

impl Metric {
    fn of(found: &Found<'_, '_>) -> Self {
        let queries = blocks(&found.configured("metric_query"));
        if queries.is_empty() {
            let statistic = found.configured("statistic");
            let statistic = if statistic.is_null() { found.configured("extended_statistic") } else { statistic };
            return Self {
                math: Value::from(false),
                name: found.configured("metric_name"),
                namespace: found.configured("namespace"),
                statistic,
                period: found.configured("period"),
                dimensions: found.configured("dimensions"),
            };
        }
        let metric = match queries.as_slice() {
            [only] => blocks(&block_field(only, "metric")).into_iter().next(),
            _ => None,
        };
        match metric {
            Some(metric) => Self {
                math: Value::from(false),
                name: block_field(&metric, "metric_name"),
                namespace: block_field(&metric, "namespace"),
                statistic: block_field(&metric, "stat"),
                period: block_field(&metric, "period"),
                dimensions: block_field(&metric, "dimensions"),
            },
            None => Self::computed(&queries),
        }
    }

    /// What can be told of metric math: what it is about, where all that it is computed from agree.
    fn computed(queries: &[Value]) -> Self {
        let place = queries.first().map(|query| query.origin.clone()).unwrap_or_default();
        let unknown = || {
            let unknown = Unknown::new(Type::Any, "it is computed by metric math", place.span());
            Value::unknown(unknown).at(place.clone())
        };
        let metrics: Vec<Value> = queries.iter().flat_map(|query| blocks(&block_field(query, "metric"))).collect();
        let told = |field: &str, tells: &dyn Fn(&Value) -> bool| {
            let values: Vec<Value> = metrics.iter().map(|metric| block_field(metric, field)).collect();
            let first = values.first().filter(|_| !queries.iter().any(looks_for_metrics) && values.iter().all(tells));
            first.cloned().unwrap_or_else(unknown)
        };
        let in_lambda = |namespace: &Value| equals(namespace, &Value::from(LAMBDA));
        let elsewhere = metrics.iter().all(|metric| matches!(in_lambda(&block_field(metric, "namespace")), Answer::No));
        let same = |field: &str| {
            let first = metrics.first().map(|metric| block_field(metric, field)).unwrap_or_default();
            told(field, &|value| matches!(equals(&first, value), Answer::Yes))
        };
        Self {
            math: Value::from(true).at(place.clone()),
            // What is computed of errors need not be a number of errors; what has none to do with them is not.
            name: told("metric_name", &|name| {
                name.as_str().is_some_and(|name| KINDS.iter().all(|(of, _)| *of != name))
            }),
            namespace: if elsewhere { told("namespace", &|_| true) } else { same("namespace") },
            statistic: unknown(),
            period: unknown(),
            dimensions: same("dimensions"),
        }
    }
}

/// Whether a query finds its metrics by itself, by `SEARCH` or an SQL query.
fn looks_for_metrics(query: &Value) -> bool {
    let expression = block_field(query, "expression");
    match expression.as_str() {
        Some(text) => text.contains("SEARCH") || text.contains("SELECT"),
        None => !expression.is_null(),
    }
}

/// The name that the alarm's `FunctionName` dimension gives; null when it has none.
fn watched_name(alarm: &Fields) -> Value {
    let dimensions = alarm.get("dimensions").cloned().unwrap_or_default();
    match (dimensions.field("FunctionName"), &dimensions.data) {
        (Some(name), _) => as_type(name.clone(), &Type::String),
        (None, Data::Unknown(unknown)) => Value::unknown(unknown.derived(Type::String)).at(dimensions.origin),
        (None, _) => Value::null().at(dimensions.origin),
    }
}

fn kind(namespace: &Value, metric: &Value) -> Value {
    let lambda = equals(namespace, &Value::from(LAMBDA));
    match (lambda, metric.as_str()) {
        (Answer::No, _) => Value::null().at(namespace.origin.clone()),
        (Answer::Unknown(unknown), _) => Value::unknown(unknown.derived(Type::String)).at(namespace.origin.clone()),
        (Answer::Yes, Some(name)) => {
            let known = KINDS.iter().find(|(metric, _)| *metric == name).map(|(_, kind)| *kind);
            Value::string(known.unwrap_or(name)).at(metric.origin.clone())
        }
        (Answer::Yes, None) => match metric.first_unknown() {
            Some(unknown) => Value::unknown(unknown.derived(Type::String)).at(metric.origin.clone()),
            None => Value::null().at(metric.origin.clone()),
        },
    }
}

/// Which functions an alarm watches, by index.
enum Watched {
    /// This one.
    One(usize),
    /// Not one of ours, or no single function.
    None,
    /// Perhaps one of these.
    Perhaps(Vec<usize>, Arc<Unknown>),
}

impl Watched {
    fn of(alarm: &Fields, names: &Index) -> Self {
        let Some(kind) = alarm.get("kind") else {
            return Self::None;
        };
        if kind.is_null() {
            return Self::None;
        }
        let dimensions = alarm.get("dimensions").cloned().unwrap_or_default();
        let name = match (&dimensions.data, dimensions.field("FunctionName")) {
            (_, Some(name)) => name.clone(),
            (Data::Unknown(unknown), None) => {
                return Self::Perhaps((0..names.len()).collect(), Arc::clone(unknown));
            }
            _ => return Self::None,
        };
        if let Some(at) = names.equal(&name).next() {
            return Self::One(at);
        }
        let (perhaps, mut blocking): (Vec<usize>, Vec<Arc<Unknown>>) = names.perhaps(&name).unzip();
        match blocking.pop() {
            Some(unknown) => Self::Perhaps(perhaps, unknown),
            None => Self::None,
        }
    }

    /// The function as the alarm shows it.
    fn value(&self, functions: &[Function], alarm: &Fields) -> Value {
        let origin = alarm.get("dimensions").map(|value| value.origin.clone()).unwrap_or_default();
        match self {
            Self::One(at) => functions.get(*at).map(Function::summary).unwrap_or_default(),
            Self::None => Value::null().at(origin),
            Self::Perhaps(_, unknown) => Value::unknown(unknown.derived(Type::Any)).at(origin),
        }
    }

    fn attach(&self, functions: &mut [Function], alarm: &Value) {
        match self {
            Self::One(at) => {
                functions.get_mut(*at).into_iter().for_each(|function| function.alarms.push(alarm.clone()))
            }
            Self::None => {}
            // What no page speaks of is nobody's missing alarm.
            Self::Perhaps(..) if alarm.field("kind").and_then(Value::as_str).is_some_and(is_other) => {}
            Self::Perhaps(several, unknown) => {
                for at in several {
                    if let Some(function) = functions.get_mut(*at) {
                        function.alarms.push(perhaps(alarm, unknown));
                    }
                }
            }
        }
    }
}

/// Whether a kind is none of those that a standard can ask for.
fn is_other(kind: &str) -> bool {
    KINDS.iter().all(|(_, known)| *known != kind)
}

/// An alarm that may or may not watch a function: what it is of is unknown there, the rest is as it is.
fn perhaps(alarm: &Value, unknown: &Arc<Unknown>) -> Value {
    let mut fields = alarm.as_fields().cloned().unwrap_or_default();
    fields.insert("kind".into(), Value::unknown(unknown.derived(Type::String)));
    Value::object(fields).at(alarm.origin.clone())
}
