//! Strings: case, trimming, joining, splitting, cutting.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation as _;

use super::partial::{self, Likelihood};
use super::{Call, Function, Kind, Outcome, Parameter, Refusal, hangs_on};
use crate::value::{Data, Piece, Type, Value};

const STRING: Parameter = Parameter::new("str", Kind::String);
/// A string of which the known parts are worked on.
const PARTIAL: Parameter = STRING.or_unknown();

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "chomp", parameters: &[PARTIAL], rest: None, returns: Kind::String, run: chomp },
    Function { name: "lower", parameters: &[PARTIAL], rest: None, returns: Kind::String, run: lower },
    Function { name: "upper", parameters: &[PARTIAL], rest: None, returns: Kind::String, run: upper },
    Function { name: "title", parameters: &[STRING], rest: None, returns: Kind::String, run: title },
    Function { name: "strrev", parameters: &[STRING], rest: None, returns: Kind::String, run: reverse },
    Function { name: "trimspace", parameters: &[PARTIAL], rest: None, returns: Kind::String, run: trim_space },
    Function {
        name: "trim",
        parameters: &[PARTIAL, Parameter::new("cutset", Kind::String)],
        rest: None,
        returns: Kind::String,
        run: trim,
    },
    Function {
        name: "trimprefix",
        parameters: &[PARTIAL, Parameter::new("prefix", Kind::String)],
        rest: None,
        returns: Kind::String,
        run: |call| Ok(partial::trim_prefix(call.argument(0), call.text(1)).at(Default::default())),
    },
    Function {
        name: "trimsuffix",
        parameters: &[PARTIAL, Parameter::new("suffix", Kind::String)],
        rest: None,
        returns: Kind::String,
        run: |call| Ok(partial::trim_suffix(call.argument(0), call.text(1)).at(Default::default())),
    },
    Function {
        name: "startswith",
        parameters: &[PARTIAL, Parameter::new("prefix", Kind::String)],
        rest: None,
        returns: Kind::Bool,
        run: |call| Ok(answer(partial::starts_with(call.argument(0), call.text(1)))),
    },
    Function {
        name: "endswith",
        parameters: &[PARTIAL, Parameter::new("suffix", Kind::String)],
        rest: None,
        returns: Kind::Bool,
        run: |call| Ok(answer(partial::ends_with(call.argument(0), call.text(1)))),
    },
    Function {
        name: "strcontains",
        parameters: &[PARTIAL, Parameter::new("substr", Kind::String)],
        rest: None,
        returns: Kind::Bool,
        run: |call| Ok(answer(partial::contains(call.argument(0), call.text(1)))),
    },
    Function {
        name: "indent",
        parameters: &[Parameter::new("spaces", Kind::Number), STRING],
        rest: None,
        returns: Kind::String,
        run: indent,
    },
    Function {
        name: "join",
        parameters: &[Parameter::new("separator", Kind::String)],
        rest: Some(Parameter::new("lists", Kind::Strings)),
        returns: Kind::String,
        run: join,
    },
    Function {
        name: "split",
        parameters: &[Parameter::new("separator", Kind::String), STRING],
        rest: None,
        returns: Kind::Strings,
        run: split,
    },
    Function {
        name: "substr",
        parameters: &[PARTIAL, Parameter::new("offset", Kind::Number), Parameter::new("length", Kind::Number)],
        rest: None,
        returns: Kind::String,
        run: substring,
    },
    Function {
        name: "sort",
        parameters: &[Parameter::new("list", Kind::Strings)],
        rest: None,
        returns: Kind::Strings,
        run: sort,
    },
];

fn answer(likelihood: Likelihood) -> Value {
    match likelihood {
        Likelihood::Decided(truth) => truth.into(),
        Likelihood::Hangs(unknown) => hangs_on(&unknown, Type::Bool),
    }
}

/// Go maps case character by character; where Unicode makes several of one, the character stays.
fn one_to_one<I: Iterator<Item = char>>(character: char, mut mapped: I) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}

fn lower(call: &Call<'_>) -> Outcome {
    let edit =
        |text: &str| text.chars().map(|c| if c == 'İ' { 'i' } else { one_to_one(c, c.to_lowercase()) }).collect();
    Ok(partial::map_text(call.argument(0), "lower", edit))
}

fn upper(call: &Call<'_>) -> Outcome {
    let edit = |text: &str| text.chars().map(|c| one_to_one(c, c.to_uppercase())).collect();
    Ok(partial::map_text(call.argument(0), "upper", edit))
}

/// Upper case after whatever Go takes for a word's end: letters, digits and `_` go on with a word,
/// and so does anything beyond ASCII that is no blank.
fn title(call: &Call<'_>) -> Outcome {
    let mut after_word_end = true;
    let text: String = call
        .text(0)
        .chars()
        .map(|c| {
            let title = if after_word_end { title_case(c) } else { c };
            after_word_end = if c.is_ascii() { !c.is_ascii_alphanumeric() && c != '_' } else { c.is_whitespace() };
            title
        })
        .collect();
    Ok(Value::string(text))
}

/// Letters that are two in one have a third form for the start of a word.
fn title_case(character: char) -> char {
    match character {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        other => one_to_one(other, other.to_uppercase()),
    }
}

fn reverse(call: &Call<'_>) -> Outcome {
    Ok(Value::string(call.text(0).graphemes(true).rev().collect::<String>()))
}

fn chomp(call: &Call<'_>) -> Outcome {
    Ok(partial::trim(call.argument(0), false, |c| c == '\n' || c == '\r'))
}

fn trim_space(call: &Call<'_>) -> Outcome {
    Ok(partial::trim(call.argument(0), true, char::is_whitespace))
}

fn trim(call: &Call<'_>) -> Outcome {
    let cutset = call.text(1);
    Ok(partial::trim(call.argument(0), true, |c| cutset.contains(c)))
}

fn indent(call: &Call<'_>) -> Outcome {
    let spaces = call.integer(0)?;
    let spaces =
        usize::try_from(spaces).map_err(|_| Refusal::argument(0, "the number of spaces cannot be negative"))?;
    let text = call.text(1);
    let lines = text.matches('\n').count();
    call.allow_string(lines.saturating_mul(spaces).saturating_add(text.len()))?;
    Ok(Value::string(text.replace('\n', &format!("\n{}", " ".repeat(if lines > 0 { spaces } else { 0 })))))
}

fn join(call: &Call<'_>) -> Outcome {
    if call.arguments.len() < 2 {
        return Err(Refusal::call("it takes at least one list"));
    }
    let separator: Arc<str> = call.text(0).into();
    let mut pieces = Vec::new();
    let mut length = 0;
    for (at, list) in call.arguments.iter().enumerate().skip(1) {
        for item in list.as_items().unwrap_or(&[]) {
            if item.is_null() {
                return Err(Refusal::argument(at, "a null element cannot be part of a string"));
            }
            if length > 0 {
                pieces.push(Piece::Text(Arc::clone(&separator)));
            }
            length += 1 + separator.len() + item.as_str().map_or(0, str::len);
            pieces.extend(partial::pieces(item));
        }
    }
    call.allow_string(length)?;
    Ok(Value::from_pieces(pieces))
}

fn split(call: &Call<'_>) -> Outcome {
    let (separator, text) = (call.text(0), call.text(1));
    let origin = &call.argument(1).origin;
    let mut items = Vec::new();
    if separator.is_empty() {
        items.extend(text.char_indices().map(|(at, c)| {
            let end = at + c.len_utf8();
            Value::string(c.to_string()).at(origin.slice(at, end))
        }));
    } else {
        let mut start = 0;
        for part in text.split(separator) {
            let end = start + part.len();
            items.push(Value::string(part).at(origin.slice(start, end)));
            start = end + separator.len();
        }
    }
    call.allow_elements(items.len())?;
    Ok(Value::list(Type::String, items))
}

fn substring(call: &Call<'_>) -> Outcome {
    let value = call.argument(0);
    let (offset, length) = (call.integer(1)?, call.integer(2)?);
    let known = partial::known_start(value);
    let clusters: Vec<&str> = known.graphemes(true).collect();
    let count = i64::try_from(clusters.len()).unwrap_or(i64::MAX);
    // Of a partly known string, only what lies wholly before the first unknown part can be told.
    if let Some(unknown) = value.first_unknown()
        && (offset < 0 || length < 0 || offset.saturating_add(length) >= count)
    {
        return Ok(hangs_on(unknown, Type::String));
    }
    let start = if offset < 0 { offset.saturating_add(count).max(0) } else { offset };
    if offset >= 0 && length == 0 || start >= count {
        return Ok(Value::string(""));
    }
    let rest = clusters.iter().skip(usize::try_from(start).unwrap_or(usize::MAX));
    // Terraform counts the length after it took the first character, so that from the end 0 means all.
    let taken: String = match usize::try_from(length) {
        Ok(length) if length > 0 => rest.take(length).copied().collect(),
        _ => rest.copied().collect(),
    };
    Ok(Value::string(taken))
}

fn sort(call: &Call<'_>) -> Outcome {
    let list = call.argument(0);
    let mut items = call.items(0).to_vec();
    if let Some(unknown) = list.first_unknown() {
        // How many there are is known, but not which comes where.
        items.fill(hangs_on(unknown, Type::String));
        return Ok(Value::list(Type::String, items));
    }
    if items.iter().any(Value::is_null) {
        return Err(Refusal::argument(0, "a null element cannot be sorted"));
    }
    items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Ok(Value::new(Data::List(Type::String, Arc::new(items))))
}
