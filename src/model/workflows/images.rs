//! Which image a function gets, and whether its tag is as documented.

use super::Subjects;
use super::values::{reached, text, truth, untold};
use crate::rules::matches_glob;
use crate::source::Span;
use crate::value::{Answer, Value, equals};
use crate::workflow::{Alternative, Deployment, Given, Piece, Text, function_name, split_image};

/// Each function that a deployment names together with an image that it can get, and whether the image's tag is as
/// documented for it.
pub(super) fn pairs(deployment: &Deployment, subjects: &Subjects<'_>) -> Value {
    let place = deployment.image.as_ref().map_or(deployment.span, |image| image.span);
    let pairs = deployment.pairs.iter().filter_map(|(function, image)| {
        let name = function_name(&function.text);
        if name.pieces().is_empty() || image.text.pieces().is_empty() {
            return None;
        }
        Some(pair(&name, function.origin, image, place, subjects))
    });
    let pairs: Vec<Value> = pairs.collect();
    // One image that is tagged otherwise is enough to say so; what others may be adds nothing.
    let fails = |pair: &Value| pair.field("follows").and_then(Value::as_bool) == Some(false);
    let failing: Vec<&Value> = pairs.iter().filter(|pair| fails(pair)).collect();
    let open = |pair: &Value| pair.field("follows").is_some_and(|follows| follows.as_unknown().is_some());
    let same = |a: &Value, b: &Value| matches!(equals_field(a, b, "function"), Answer::Yes);
    let told = pairs.iter().filter(|pair| !open(pair) || !failing.iter().any(|failing| same(failing, pair)));
    Value::tuple(told.cloned().collect()).written_at(deployment.span)
}

fn equals_field(a: &Value, b: &Value, name: &str) -> Answer {
    match (a.field(name), b.field(name)) {
        (Some(a), Some(b)) => equals(a, b),
        _ => Answer::No,
    }
}

fn pair(name: &Text, origin: Option<Span>, image: &Alternative, place: Span, subjects: &Subjects<'_>) -> Value {
    let mut answer: Option<Answer> = None;
    let mut shown = (tag(&image.text), Value::null());
    for row in subjects.documented {
        let documented = row.field("name").cloned().unwrap_or_default();
        let pattern = row.field("image").and_then(|image| image.field("tag")).cloned().unwrap_or_default();
        let Some(known) = documented.as_str().filter(|known| name.can_be(known) && pattern.as_str().is_some()) else {
            continue;
        };
        let solved = name.solve(known);
        let given = solved.as_ref().map(|(symbol, value)| Given::that(symbol, value)).unwrap_or_default();
        let image_of = image.text.under(&given);
        let tag = tag(&image_of);
        let follows = follows(&tag, &pattern, place);
        // Of a function of which nothing is known, the image's name has to say that it is meant for this one.
        let tied = name.as_unknown().is_none() || image_of != image.text;
        let follows = match follows {
            Answer::No if !tied => untold("the workflow decides which function gets this image", place),
            other => other,
        };
        if answer.is_none() || matches!((&answer, &follows), (Some(Answer::Yes), Answer::No)) {
            shown = (tag, pattern);
        }
        answer = Some(match (answer, follows) {
            (None, follows) => follows,
            (Some(Answer::Yes), Answer::Yes) => Answer::Yes,
            (Some(Answer::No), Answer::No) => Answer::No,
            (Some(Answer::Unknown(unknown)), _) | (_, Answer::Unknown(unknown)) => Answer::Unknown(unknown),
            _ => untold("the tag is as documented for some of the functions that this can be", place),
        });
    }
    let (tag, pattern) = shown;
    let tag = match &tag {
        Tag::Is(tag) => text(tag, image.origin.unwrap_or(place)),
        Tag::Digest | Tag::Unknown => Value::null(),
    };
    Value::record([
        ("function", reached(name, origin, place)),
        ("image", reached(&image.text, image.origin, place)),
        ("tag", tag),
        ("pattern", pattern),
        ("documented", Value::from(answer.is_some())),
        ("follows", truth(answer.unwrap_or(Answer::Yes))),
    ])
    .written_at(place)
}

/// The tag in an image's name.
pub(super) enum Tag {
    Is(Text),
    /// A digest stands in its place.
    Digest,
    /// It may be in a part that is not known.
    Unknown,
}

pub(super) fn tag(image: &Text) -> Tag {
    if image.split_once('@').is_some() {
        return Tag::Digest;
    }
    match split_image(image) {
        (_, Some(tag)) => Tag::Is(tag),
        // Without a tag, `latest` is meant.
        (name, None) if name.as_known().is_some() || name.suffix().contains('/') => Tag::Is(Text::known("latest")),
        (_, None) => Tag::Unknown,
    }
}

/// Whether a tag begins with something of which enough is known to tell that it does not begin as the pattern does: the
/// hash of a commit, or the number of a run.
fn begins_otherwise(tag: &Text, pattern: &str) -> bool {
    let Some(Piece::Unknown(symbol)) = tag.pieces().first() else {
        return false;
    };
    let wanted = pattern.split(['*', '?']).next().unwrap_or("").chars();
    let commit = ["$(git rev-parse ", "${GITHUB_SHA"].iter().any(|start| symbol.starts_with(start));
    let short = ["--short", "…"].iter().any(|sign| symbol.contains(sign));
    match &**symbol {
        // A commit's whole hash has 40 digits, a shortened one at least 4.
        symbol if symbol == "github.sha" || commit && !symbol.contains("--abbrev-ref") => {
            wanted.take(if short { 4 } else { 40 }).any(|c| !c.is_ascii_hexdigit() || c.is_ascii_uppercase())
        }
        "github.run_id" | "github.run_number" => wanted.take(1).any(|c| !c.is_ascii_digit()),
        _ => false,
    }
}

fn follows(tag: &Tag, pattern: &Value, place: Span) -> Answer {
    let tag = match tag {
        Tag::Is(tag) => tag,
        Tag::Digest => return untold("the image is named by its digest, and its tag is not known", place),
        Tag::Unknown => return untold("the image's tag is known when the workflow runs", place),
    };
    if let Some(pattern) = pattern.as_str()
        && begins_otherwise(tag, pattern)
    {
        return Answer::No;
    }
    let follows = matches_glob(&text(tag, place), pattern);
    match (follows.as_bool(), follows.first_unknown()) {
        (Some(truth), _) => Answer::of(truth),
        (None, Some(unknown)) => Answer::Unknown(unknown.clone()),
        (None, None) => untold("the tag cannot be compared", place),
    }
}
