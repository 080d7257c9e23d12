//! `format` and `formatlist`, with the verbs of Go's `fmt` that Terraform lets through.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation as _;

use super::encoding::{to_json_text, write_string};
use super::{Call, Function, Kind, Outcome, Parameter, Refusal, hangs_on, never_known, partial};
use crate::eval::Budget;
use crate::value::{Data, Decimal, Number, Origin, Piece, Type, Value, convert};

const FORMAT: Parameter = Parameter::new("format", Kind::String);
const ARGUMENTS: Parameter = Parameter::new("args", Kind::Any).or_null().or_unknown();

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "format", parameters: &[FORMAT], rest: Some(ARGUMENTS), returns: Kind::String, run: format_one },
    Function {
        name: "formatlist",
        parameters: &[FORMAT],
        rest: Some(ARGUMENTS),
        returns: Kind::Strings,
        run: format_list,
    },
];

/// `%[flags][width][.precision][[index]]verb`.
#[derive(Default)]
struct Verb {
    letter: char,
    argument: usize,
    zero: bool,
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    width: usize,
    precision: Option<usize>,
}

/// Terraform leaves what it makes of a `null` without a type unknown for good.
fn untyped_null(call: &Call<'_>) -> bool {
    call.arguments.iter().any(|argument| matches!(argument.data, Data::Null(Type::Any)))
}

fn format_one(call: &Call<'_>) -> Outcome {
    if untyped_null(call) {
        return Ok(never_known(Type::String, "Terraform formats no `null` without a type", call));
    }
    let arguments: Vec<&Value> = call.arguments.iter().skip(1).collect();
    let pieces = formatted(call.text(0), &arguments)?;
    let value = Value::from_pieces(pieces);
    call.allow_string(value.as_str().map_or(0, str::len))?;
    Ok(value)
}

fn format_list(call: &Call<'_>) -> Outcome {
    if untyped_null(call) {
        return Ok(never_known(Type::list(Type::String), "Terraform formats no `null` without a type", call));
    }
    let mut count = None;
    for (at, argument) in call.arguments.iter().enumerate().skip(1) {
        if let Data::Unknown(unknown) = &argument.data
            && !unknown.ty.is_primitive()
        {
            return Ok(hangs_on(unknown, Type::list(Type::String)));
        }
        let Some(items) = argument.as_items() else { continue };
        match count {
            Some((_, length)) if length != items.len() => {
                return Err(Refusal::argument(
                    at,
                    format!("the lists must be equally long; this one has {} elements and not {length}", items.len()),
                ));
            }
            None => count = Some((at, items.len())),
            Some(_) => {}
        }
    }
    let rounds = count.map_or(1, |(_, length)| length);
    call.allow_elements(rounds)?;
    let mut items = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let arguments: Vec<&Value> = call
            .arguments
            .iter()
            .skip(1)
            .map(|argument| argument.as_items().and_then(|items| items.get(round)).unwrap_or(argument))
            .collect();
        let value = Value::from_pieces(formatted(call.text(0), &arguments)?);
        call.allow_string(value.as_str().map_or(0, str::len))?;
        let origins = std::iter::once(call.argument(0)).chain(arguments).map(|argument| argument.origin.clone());
        items.push(value.at(Origin::derived(call.span, origins)));
    }
    Ok(Value::list(Type::String, items))
}

/// The format with its verbs filled in. An unknown argument is an unknown piece.
fn formatted(format: &str, arguments: &[&Value]) -> Result<Vec<Piece>, Refusal> {
    let mut pieces = Vec::new();
    let mut next = 1;
    let mut highest = 0;
    let mut length = format.len();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        pieces.push(Piece::Text(rest.get(..at).unwrap_or("").into()));
        let after = rest.get(at + 1..).unwrap_or("");
        if let Some(after) = after.strip_prefix('%') {
            pieces.push(Piece::Text("%".into()));
            rest = after;
            continue;
        }
        let (verb, after) = read_verb(after, next)?;
        highest = highest.max(verb.argument);
        next = verb.argument + 1;
        let Some(argument) = verb.argument.checked_sub(1).and_then(|index| arguments.get(index)) else {
            return Err(Refusal::argument(
                0,
                format!("`%{}` wants argument {}, and there are {}", verb.letter, verb.argument, arguments.len()),
            ));
        };
        let written = write_verb(&verb, argument)?;
        length += written.iter().map(piece_length).sum::<usize>();
        if length > Budget::MAX_STRING {
            return Err(Refusal::bound("the result is a longer string than trysquare allows"));
        }
        pieces.extend(written);
        rest = after;
    }
    pieces.push(Piece::Text(rest.into()));
    if highest < arguments.len() {
        return Err(Refusal::argument(highest + 1, "more arguments than the format has verbs"));
    }
    Ok(pieces)
}

fn piece_length(piece: &Piece) -> usize {
    match piece {
        Piece::Text(text) => text.len(),
        Piece::Unknown(_) => 0,
    }
}

fn read_verb(text: &str, next: usize) -> Result<(Verb, &str), Refusal> {
    let bad = || Refusal::argument(0, "the format has an incomplete or unknown verb");
    let mut verb = Verb { argument: next, ..Verb::default() };
    let mut rest = text;
    loop {
        let flag = rest.chars().next().ok_or_else(bad)?;
        match flag {
            '#' => verb.sharp = true,
            '0' => verb.zero = true,
            '-' => verb.minus = true,
            '+' => verb.plus = true,
            ' ' => verb.space = true,
            _ => break,
        }
        rest = rest.get(1..).unwrap_or("");
    }
    let number = |rest: &mut &str| -> Option<usize> {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        *rest = after;
        if number.is_empty() { Some(0) } else { number.parse().ok() }
    };
    verb.width = number(&mut rest).ok_or_else(bad)?;
    if let Some(after) = rest.strip_prefix('.') {
        rest = after;
        verb.precision = Some(number(&mut rest).ok_or_else(bad)?);
    }
    if let Some(after) = rest.strip_prefix('[') {
        rest = after;
        if rest.starts_with('0') {
            return Err(bad());
        }
        verb.argument = number(&mut rest).filter(|&index| index > 0).ok_or_else(bad)?;
        rest = rest.strip_prefix(']').ok_or_else(bad)?;
    }
    verb.letter = rest.chars().next().filter(char::is_ascii_alphabetic).ok_or_else(bad)?;
    if verb.width.max(verb.precision.unwrap_or(0)) > Budget::MAX_STRING {
        return Err(Refusal::bound("the format asks for a longer string than trysquare allows"));
    }
    Ok((verb, rest.get(1..).unwrap_or("")))
}

fn write_verb(verb: &Verb, argument: &Value) -> Result<Vec<Piece>, Refusal> {
    let unfit = |what: &str| Refusal::argument(verb.argument, format!("`%{}` needs {what}", verb.letter));
    if verb.letter != 'v' && argument.is_null() {
        return Err(unfit("a value, and this is null"));
    }
    if let Some(unknown) = argument.first_unknown() {
        let plain = verb.width == 0 && verb.precision.is_none() && !verb.sharp && matches!(verb.letter, 's' | 'v');
        return Ok(match &argument.data {
            Data::Partial(pieces) if plain => pieces.to_vec(),
            Data::Unknown(unknown) if plain => vec![Piece::Unknown(Arc::clone(unknown))],
            _ => vec![partial::changed(unknown, None)],
        });
    }
    let text = match verb.letter {
        'v' => as_is(verb, argument),
        't' => {
            let truth = convert(argument, &Type::Bool).map_err(|_| unfit("a bool"))?;
            truth.as_bool().unwrap_or(false).to_string()
        }
        's' | 'q' => {
            let text = convert(argument, &Type::String).map_err(|_| unfit("a string"))?;
            string(verb, text.as_str().unwrap_or(""))
        }
        'b' | 'd' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' => {
            let number = convert(argument, &Type::Number).map_err(|_| unfit("a number"))?;
            let number = number.as_number().ok_or_else(|| unfit("a number"))?;
            if matches!(verb.letter, 'b' | 'd' | 'o' | 'x' | 'X') {
                integer(verb, number).ok_or_else(|| unfit("a whole number"))?
            } else {
                float(verb, number)
            }
        }
        _ => return Err(Refusal::argument(0, format!("there is no verb `%{}`", verb.letter))),
    };
    Ok(vec![Piece::Text(text.into())])
}

fn as_is(verb: &Verb, value: &Value) -> String {
    let text = match &value.data {
        Data::String(text) if !verb.sharp => text.to_string(),
        Data::Number(number) if !verb.sharp => {
            let digits = Decimal::shortest(number);
            let sign = if digits.is_negative() { "-" } else { "" };
            format!("{sign}{}", digits.general(None))
        }
        _ => to_json_text(value),
    };
    padded(verb, text)
}

fn string(verb: &Verb, text: &str) -> String {
    let cut: String = match verb.precision {
        Some(precision) if precision > 0 => text.graphemes(true).take(precision).collect(),
        _ => text.to_owned(),
    };
    if verb.letter == 's' {
        return padded(verb, cut);
    }
    let mut quoted = String::new();
    write_string(&cut, &mut quoted);
    padded(verb, quoted)
}

/// Pads what is no number: by characters as people count them, and with zeros on either side.
fn padded(verb: &Verb, text: String) -> String {
    let length = text.graphemes(true).count();
    if verb.width <= length {
        return text;
    }
    let padding = if verb.zero { "0" } else { " " }.repeat(verb.width - length);
    if verb.minus { text + &padding } else { padding + &text }
}

fn integer(verb: &Verb, number: &Number) -> Option<String> {
    let integer = number.to_bigint()?;
    let radix = match verb.letter {
        'b' => 2,
        'o' => 8,
        'd' => 10,
        _ => 16,
    };
    let mut digits = integer.magnitude().to_str_radix(radix);
    let prefix = match verb.letter {
        'b' if verb.sharp => "0b",
        'o' if verb.sharp => "0",
        'x' if verb.sharp => "0x",
        'X' if verb.sharp => "0X",
        _ => "",
    };
    if verb.letter == 'X' {
        digits = digits.to_uppercase();
    }
    match verb.precision {
        Some(0) if number.is_zero() => return Some(String::new()),
        Some(precision) if digits.len() < precision => {
            digits = format!("{}{digits}", "0".repeat(precision - digits.len()));
        }
        _ => {}
    }
    let head = format!("{}{prefix}", sign(verb, number.is_negative()));
    Some(numeric_padding(verb, &head, digits, verb.precision.is_none()))
}

fn float(verb: &Verb, number: &Number) -> String {
    let negative = number.is_negative();
    let digits = match verb.letter {
        'f' => Decimal::exact(number).fixed(Some(verb.precision.unwrap_or(6))),
        'e' | 'E' => Decimal::exact(number).exponential(Some(verb.precision.unwrap_or(6))),
        _ => match verb.precision {
            Some(precision) => Decimal::exact(number).general(Some(precision)),
            None => Decimal::shortest(number).general(None),
        },
    };
    let digits = if verb.letter.is_ascii_uppercase() { digits.to_uppercase() } else { digits };
    numeric_padding(verb, sign(verb, negative), digits, true)
}

fn sign(verb: &Verb, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

fn numeric_padding(verb: &Verb, head: &str, digits: String, zeros: bool) -> String {
    let missing = verb.width.saturating_sub(head.len() + digits.len());
    if verb.minus {
        format!("{head}{digits}{}", " ".repeat(missing))
    } else if verb.zero && zeros {
        format!("{head}{}{digits}", "0".repeat(missing))
    } else {
        format!("{}{head}{digits}", " ".repeat(missing))
    }
}
