//! Numbers.

use num_bigint::BigInt;

use super::{Call, Function, Kind, Outcome, Parameter, Refusal, floating, hangs_on};
use crate::value::{Data, Number, Type, Value, convert};

const NUMBER: Parameter = Parameter::new("num", Kind::Number);

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "abs", parameters: &[NUMBER], rest: None, returns: Kind::Number, run: absolute },
    Function { name: "ceil", parameters: &[NUMBER], rest: None, returns: Kind::Number, run: |c| map(c, Number::ceil) },
    Function {
        name: "floor",
        parameters: &[NUMBER],
        rest: None,
        returns: Kind::Number,
        run: |c| map(c, Number::floor),
    },
    Function {
        name: "log",
        parameters: &[NUMBER, Parameter::new("base", Kind::Number)],
        rest: None,
        returns: Kind::Number,
        run: |call| doubles(call, |number, base| floating::ln(number) / floating::ln(base)),
    },
    Function {
        name: "pow",
        parameters: &[NUMBER, Parameter::new("power", Kind::Number)],
        rest: None,
        returns: Kind::Number,
        run: |call| doubles(call, floating::pow),
    },
    Function {
        name: "max",
        parameters: &[],
        rest: Some(Parameter::new("numbers", Kind::Number)),
        returns: Kind::Number,
        run: |call| extreme(call, Ord::max),
    },
    Function {
        name: "min",
        parameters: &[],
        rest: Some(Parameter::new("numbers", Kind::Number)),
        returns: Kind::Number,
        run: |call| extreme(call, Ord::min),
    },
    Function {
        name: "parseint",
        parameters: &[Parameter::new("number", Kind::Any), Parameter::new("base", Kind::Number)],
        rest: None,
        returns: Kind::Number,
        run: parse_integer,
    },
    Function { name: "signum", parameters: &[NUMBER], rest: None, returns: Kind::Number, run: signum },
    Function {
        name: "sum",
        parameters: &[Parameter::new("list", Kind::Any).or_unknown()],
        rest: None,
        returns: Kind::Number,
        run: sum,
    },
    Function {
        name: "range",
        parameters: &[],
        rest: Some(Parameter::new("params", Kind::Number)),
        returns: Kind::Numbers,
        run: range,
    },
];

/// The most elements that Terraform's `range` makes.
const MAX_RANGE: usize = 1024;

fn number<'c>(call: &'c Call<'_>, at: usize) -> &'c Number {
    call.argument(at).as_number().unwrap_or(&Number::ZERO)
}

fn map(call: &Call<'_>, of: impl Fn(&Number) -> Number) -> Outcome {
    Ok(of(number(call, 0)).into())
}

fn absolute(call: &Call<'_>) -> Outcome {
    map(call, |number| if number.is_negative() { number.neg() } else { number.clone() })
}

/// Terraform computes these with doubles.
fn doubles(call: &Call<'_>, of: impl Fn(f64, f64) -> f64) -> Outcome {
    let result = of(number(call, 0).to_f64(), number(call, 1).to_f64());
    if result.is_nan() {
        return Err(Refusal::call("the result is not a number"));
    }
    Number::double(result).map(Value::from).ok_or_else(|| Refusal::call("the result is infinite"))
}

fn extreme(call: &Call<'_>, choose: impl Fn(Number, Number) -> Number) -> Outcome {
    let numbers = call.arguments.iter().filter_map(Value::as_number).cloned();
    let Some(found) = numbers.reduce(choose) else {
        return Err(Refusal::call("it takes at least one number"));
    };
    let chosen = call.arguments.iter().find(|argument| argument.as_number() == Some(&found));
    Ok(chosen.cloned().unwrap_or_default())
}

fn signum(call: &Call<'_>) -> Outcome {
    let number = call.integer(0)?;
    Ok(Value::from(number.signum()))
}

fn parse_integer(call: &Call<'_>) -> Outcome {
    let Some(text) = call.argument(0).as_str() else {
        return Err(Refusal::argument(
            0,
            format!("a string is needed, and this is {}", call.argument(0).ty().friendly()),
        ));
    };
    let base = call.integer(1)?;
    if !(2..=62).contains(&base) {
        return Err(Refusal::argument(1, "the base must be from 2 to 62"));
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = if digits.len() > 10_000 { None } else { digits_in(digits, base) };
    match value {
        Some(value) => Ok(Number::from_bigint(if negative { -value } else { value }).into()),
        None => Err(Refusal::argument(0, format!("this is not a number of base {base}"))),
    }
}

/// Digits beyond 9 are letters; case counts only where the base needs more than 36 of them.
fn digits_in(text: &str, base: i64) -> Option<BigInt> {
    if text.is_empty() {
        return None;
    }
    text.chars().try_fold(BigInt::from(0), |value, character| {
        let digit = match character {
            '0'..='9' => u32::from(character) - u32::from('0'),
            'a'..='z' => u32::from(character) - u32::from('a') + 10,
            'A'..='Z' if base <= 36 => u32::from(character) - u32::from('A') + 10,
            'A'..='Z' => u32::from(character) - u32::from('A') + 36,
            _ => return None,
        };
        (i64::from(digit) < base).then(|| value * base + digit)
    })
}

fn sum(call: &Call<'_>) -> Outcome {
    let list = call.argument(0);
    if let Data::Unknown(unknown) = &list.data {
        return Ok(hangs_on(unknown, Type::Number));
    }
    let Some(items) = list.as_items() else {
        return Err(Refusal::argument(0, format!("a list is needed, and this is {}", list.ty().friendly())));
    };
    if items.is_empty() {
        return Err(Refusal::argument(0, "an empty list has no sum"));
    }
    if let Some(unknown) = list.first_unknown() {
        return Ok(hangs_on(unknown, Type::Number));
    }
    let mut total = Number::ZERO;
    for item in items {
        let item = convert(item, &Type::Number).ok().filter(|item| !item.is_null());
        let Some(number) = item.as_ref().and_then(Value::as_number) else {
            return Err(Refusal::argument(0, "every element must be a number"));
        };
        total = total.add(number).ok_or_else(|| Refusal::bound("the sum is out of every sensible range"))?;
    }
    Ok(total.into())
}

fn range(call: &Call<'_>) -> Outcome {
    let zero = Number::ZERO;
    let one = |down: bool| Number::from(if down { -1i64 } else { 1 });
    let (start, end, step) = match call.arguments.len() {
        1 => (zero, number(call, 0).clone(), one(number(call, 0).is_negative())),
        2 => (number(call, 0).clone(), number(call, 1).clone(), one(number(call, 1) < number(call, 0))),
        3 => (number(call, 0).clone(), number(call, 1).clone(), number(call, 2).clone()),
        _ => return Err(Refusal::call("it takes one, two or three numbers")),
    };
    if step.is_zero() {
        return Err(Refusal::argument(2, "the step cannot be zero"));
    }
    let down = step.is_negative();
    if (down && end > start) || (!down && end < start) {
        return Err(Refusal::argument(1, "the end lies the other way from where the step leads"));
    }
    let mut items = Vec::new();
    let mut current = start;
    while if down { current > end } else { current < end } {
        if items.len() >= MAX_RANGE {
            return Err(Refusal::call(format!("it would make more than {MAX_RANGE} numbers, which Terraform refuses")));
        }
        items.push(Value::from(current.clone()));
        current = current.add(&step).ok_or_else(|| Refusal::bound("the numbers are out of every sensible range"))?;
    }
    call.spend(items.len())?;
    Ok(Value::list(Type::Number, items))
}
