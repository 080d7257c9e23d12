//! Type constraints: `object({ timeout = optional(number, 30) })` as written in a variable's `type`.

use std::sync::Arc;

use super::EvalError;
use crate::syntax::hcl::ast::{Expr, ExprKind};
use crate::value::{ObjectType, OptionalAttribute, Type, Value, convert};

const KEYWORDS: &[&str] = &["any", "bool", "number", "string", "list", "set", "map", "tuple", "object"];

/// Reads a type constraint. `default` evaluates the defaults of `optional(…)`.
///
/// # Errors
/// When it is none.
pub fn read(expr: &Expr, default: &dyn Fn(&Expr) -> Result<Value, EvalError>) -> Result<Type, EvalError> {
    match &expr.kind {
        // Terraform 0.11 wrote types as strings, and files from then are still read.
        ExprKind::Variable(name) => keyword(name, expr),
        ExprKind::Text(name) => keyword(name, expr),
        ExprKind::Parens(inner) => read(inner, default),
        ExprKind::Call { name, arguments, .. } => match (&*name.value, arguments.as_slice()) {
            ("list", [element]) => Ok(Type::list(read(element, default)?)),
            ("set", [element]) => Ok(Type::set(read(element, default)?)),
            ("map", [element]) => Ok(Type::map(read(element, default)?)),
            ("tuple", [Expr { kind: ExprKind::Tuple(items), .. }]) => {
                Ok(Type::Tuple(items.iter().map(|item| read(item, default)).collect::<Result<Vec<_>, _>>()?.into()))
            }
            ("object", [Expr { kind: ExprKind::Object(items), .. }]) => object(items, default),
            ("optional", _) => Err(EvalError::new(expr.span, "`optional` is for attributes of `object({…})` only")),
            ("list" | "set" | "map" | "tuple" | "object", _) => {
                Err(EvalError::new(expr.span, format!("`{}` takes one argument that says what is in it", name.value)))
            }
            (other, _) => Err(unknown_type(other, expr)),
        },
        _ => Err(EvalError::new(expr.span, "this is not a type")
            .with_help("types are written such as `string`, `list(string)` or `object({ timeout = number })`")),
    }
}

fn keyword(name: &str, expr: &Expr) -> Result<Type, EvalError> {
    Ok(match name {
        "any" => Type::Any,
        "bool" => Type::Bool,
        "number" => Type::Number,
        "string" => Type::String,
        "list" => Type::list(Type::Any),
        "map" => Type::map(Type::Any),
        "set" | "tuple" | "object" => {
            return Err(EvalError::new(expr.span, format!("`{name}` takes an argument that says what is in it")));
        }
        other => return Err(unknown_type(other, expr)),
    })
}

fn unknown_type(name: &str, expr: &Expr) -> EvalError {
    EvalError::new(expr.span, format!("`{name}` is not a type")).suggesting(name, KEYWORDS.iter().copied())
}

fn object(
    items: &[crate::syntax::hcl::ast::ObjectItem],
    default: &dyn Fn(&Expr) -> Result<Value, EvalError>,
) -> Result<Type, EvalError> {
    let mut object = ObjectType::default();
    for item in items {
        let name = match &item.key.kind {
            ExprKind::Variable(name) | ExprKind::Text(name) => Arc::clone(name),
            _ => return Err(EvalError::new(item.key.span, "an attribute's name is a plain name")),
        };
        let mut wanted = &item.value;
        if let ExprKind::Call { name: called, arguments, .. } = &item.value.kind
            && &*called.value == "optional"
        {
            let Some(inner) = arguments.first().filter(|_| arguments.len() <= 2) else {
                return Err(EvalError::new(
                    item.value.span,
                    "`optional` takes the attribute's type and, if wanted, a default",
                ));
            };
            wanted = inner;
            let ty = read(inner, default)?;
            let value = match arguments.get(1) {
                None => None,
                Some(expr) => Some(convert(&default(expr)?, &ty).map_err(|error| {
                    EvalError::new(expr.span, format!("the default does not fit the type: {error}"))
                })?),
            };
            object.optional.insert(Arc::clone(&name), OptionalAttribute { default: value });
        }
        object.attributes.insert(name, read(wanted, default)?);
    }
    Ok(Type::Object(Arc::new(object)))
}
