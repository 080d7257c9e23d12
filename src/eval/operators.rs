//! Operators.

use std::sync::Arc;

use super::{EvalError, Evaluated};
use crate::source::Span;
use crate::syntax::hcl::ast::{BinaryOp, UnaryOp};
use crate::value::{Answer, Data, Number, Origin, Type, Unknown, Value, convert, equals};

/// An operand that is of the right type, or the unknown it is.
type Operand<T> = Result<T, Arc<Unknown>>;

/// The truth of a condition.
///
/// # Errors
/// When it is null or no bool.
pub fn truth(value: &Value, span: Span) -> Result<Operand<bool>, EvalError> {
    operand(value, &Type::Bool, span).map(|value| value.map(|value| value.as_bool().unwrap_or(false)))
}

fn operand(value: &Value, ty: &Type, span: Span) -> Result<Operand<Value>, EvalError> {
    if value.is_null() {
        return Err(EvalError::new(span, format!("a {ty} is needed here, and this is null")));
    }
    let value = convert(value, ty).map_err(|error| EvalError::new(span, format!("a {ty} is needed here: {error}")))?;
    Ok(match &value.data {
        Data::Unknown(unknown) => Err(Arc::clone(unknown)),
        _ => Ok(value),
    })
}

/// Whether an operator gives a number; all others give a bool.
pub(super) fn gives_number(operator: BinaryOp) -> bool {
    matches!(operator, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo)
}

pub(super) fn unary(operator: UnaryOp, value: &Value, span: Span, at: Span) -> Evaluated {
    let ty = if operator == UnaryOp::Not { Type::Bool } else { Type::Number };
    let result = match operand(value, &ty, at)? {
        Err(unknown) => Value::unknown(unknown.derived(ty)),
        Ok(operand) => match (operator, &operand.data) {
            (UnaryOp::Negate, Data::Number(number)) => number.neg().into(),
            (_, data) => Value::from(!matches!(data, Data::Bool(true))),
        },
    };
    Ok(result.at(Origin::derived(span, [value.origin.clone()])).marked(value.sensitive))
}

pub(super) fn binary(operator: BinaryOp, left: (&Value, Span), right: (&Value, Span), span: Span) -> Evaluated {
    let result = match operator {
        BinaryOp::Equal => answer(equals(left.0, right.0), false),
        BinaryOp::NotEqual => answer(equals(left.0, right.0), true),
        _ => arithmetic(operator, left, right, span)?,
    };
    let origin = Origin::derived(span, [left.0.origin.clone(), right.0.origin.clone()]);
    Ok(result.at(origin).marked(left.0.holds_sensitive() || right.0.holds_sensitive()))
}

fn answer(answer: Answer, negate: bool) -> Value {
    match answer {
        Answer::Yes => Value::from(!negate),
        Answer::No => Value::from(negate),
        Answer::Unknown(unknown) => Value::unknown(unknown.derived(Type::Bool)),
    }
}

/// `&&` and `||`. An operand that settles the matter does so even where the other one fails.
pub(super) fn logical(operator: BinaryOp, left: (Evaluated, Span), right: (Evaluated, Span), span: Span) -> Evaluated {
    let known = |side: &(Evaluated, Span)| match &side.0 {
        Ok(value) => truth(value, side.1).map(|truth| truth.ok()),
        Err(_) => Ok(None),
    };
    let (a, b) = (known(&left)?, known(&right)?);
    let decisive = operator == BinaryOp::Or;
    let sides = [left.0, right.0];
    let values = || sides.iter().filter_map(|side| side.as_ref().ok());
    let result = match (a, b) {
        (Some(known), _) | (_, Some(known)) if known == decisive => Value::from(decisive),
        (Some(_), Some(_)) => Value::from(!decisive),
        _ => {
            // Where both hang, the left one is told of, and what is wrong with the right one does not matter yet.
            let [first, second] = &sides;
            let blocking = if a.is_none() { first } else { second };
            match blocking {
                Err(error) => return Err(error.clone()),
                Ok(value) => match value.first_unknown() {
                    Some(unknown) => Value::unknown(unknown.derived(Type::Bool)),
                    None => return Err(EvalError::new(span, "a bool is needed here")),
                },
            }
        }
    };
    let sensitive = values().any(Value::holds_sensitive);
    let origin = Origin::derived(span, values().map(|value| value.origin.clone()));
    Ok(result.at(origin).marked(sensitive))
}

fn arithmetic(operator: BinaryOp, left: (&Value, Span), right: (&Value, Span), span: Span) -> Evaluated {
    let (a, b) = (operand(left.0, &Type::Number, left.1)?, operand(right.0, &Type::Number, right.1)?);
    let compares =
        matches!(operator, BinaryOp::Greater | BinaryOp::GreaterEqual | BinaryOp::Less | BinaryOp::LessEqual);
    let (a, b) = match (a, b) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(unknown), _) | (_, Err(unknown)) => {
            return Ok(Value::unknown(unknown.derived(if compares { Type::Bool } else { Type::Number })));
        }
    };
    let (Some(a), Some(b)) = (a.as_number(), b.as_number()) else {
        return Err(EvalError::new(span, "numbers are needed here"));
    };
    let number = |result: Option<Number>| {
        result.map(Value::from).ok_or_else(|| {
            if b.is_zero() && operator == BinaryOp::Divide {
                EvalError::new(right.1, "division by zero")
            } else {
                EvalError::bound(span, "the result is out of every sensible range")
            }
        })
    };
    match operator {
        BinaryOp::Add => number(a.add(b)),
        BinaryOp::Subtract => number(a.sub(b)),
        BinaryOp::Multiply => number(a.mul(b)),
        BinaryOp::Divide => number(a.div(b)),
        BinaryOp::Modulo => number(a.rem(b)),
        BinaryOp::Greater => Ok((a > b).into()),
        BinaryOp::GreaterEqual => Ok((a >= b).into()),
        BinaryOp::Less => Ok((a < b).into()),
        _ => Ok((a <= b).into()),
    }
}
