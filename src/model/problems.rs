//! What could not be read.

use super::Facts;
use crate::source::Span;
use crate::terraform::Problem;
use crate::value::Value;

/// `$.problems`
pub(super) fn all(facts: &Facts<'_, '_>) -> Value {
    let items = facts.problems.iter().map(|problem| {
        let (message, help, span) = match problem {
            Problem::Syntax(problem) => (problem.message.clone(), problem.help.clone(), problem.span),
            Problem::Unreadable(path, error) => {
                // Its text cannot be had, but a finding needs a place in it.
                let file = facts.reader.add(path, "");
                (format!("the file cannot be read: {error}"), None, Span::new(file, 0, 0))
            }
        };
        Value::record([("message", Value::string(message)), ("help", help.map_or_else(Value::null, Value::string))])
            .written_at(span)
    });
    Value::tuple(items.collect())
}
