//! Sentences about alarms: their names, and when they go off.

use super::functions::{Piece, inline_code, pieces};
use super::page::{Page, Sentence};
use super::{Leaf, Writer, find};

/// The kinds of alarm, with words that tell of each.
const KINDS: &[(&str, &[&str])] = &[
    ("errors", &["error", "fail"]),
    ("duration", &["duration", "slow", "latency", "execution time"]),
    ("throttles", &["throttl", "turned away"]),
];
/// Statistics by the names that CloudWatch has for them.
const STATISTICS: &[&str] = &["Maximum", "Average", "Minimum"];

pub(super) fn leaves(page: &Page, writer: &mut Writer<'_>) -> Vec<Leaf> {
    let about_alarms: Vec<&Sentence> =
        page.sentences.iter().filter(|sentence| is_about_alarms(page, sentence)).collect();
    let mut leaves = Vec::new();
    for (kind, words) in KINDS {
        let tells = |sentence: &&&Sentence| {
            let text = page.of(sentence).to_lowercase();
            words.iter().any(|word| text.contains(word))
        };
        // The sentence with the alarm's name is meant before others that mention the same thing.
        let mut telling: Vec<&Sentence> = about_alarms.iter().filter(tells).copied().collect();
        telling.sort_by_key(|sentence| name_in(page, sentence).is_none());
        let mut first = |read: &mut dyn FnMut(&Sentence) -> Option<Leaf>| {
            leaves.extend(telling.iter().find_map(|sentence| read(sentence)));
        };
        first(&mut |sentence| name(page, writer, sentence, kind));
        if *kind == "duration" {
            first(&mut |sentence| ratio(writer, page, sentence));
            first(&mut |sentence| statistic(writer, page, sentence));
        } else {
            first(&mut |sentence| threshold(writer, page, sentence, kind));
        }
    }
    leaves
}

fn is_about_alarms(page: &Page, sentence: &Sentence) -> bool {
    let mentions = |text: &str| ["alarm", "alert", "cloudwatch"].iter().any(|word| text.to_lowercase().contains(word));
    let heading = page.section_at(sentence.range.start).map_or("", |section| section.name.as_str());
    mentions(page.of(sentence)) || mentions(heading) || name_in(page, sentence).is_some()
}

/// The alarm's name in a sentence: inline code that names the application or the function.
fn name_in<'p>(page: &'p Page, sentence: &Sentence) -> Option<&'p str> {
    inline_code(page.of(sentence)).into_iter().find(|code| {
        let pieces = pieces(code);
        let is_known = |piece: &Piece| match piece {
            Piece::Text(text) => !text.contains([':', '/']),
            Piece::Name(name) => placeholder(name).is_some(),
        };
        pieces.len() > 1 && pieces.iter().all(is_known)
    })
}

/// What a placeholder of the page stands for.
pub(super) fn placeholder(name: &str) -> Option<&'static str> {
    match name.replace(['-', ' '], "_").as_str() {
        "app" | "app_name" | "application" | "application_name" | "service" | "service_name" => Some("{app}"),
        "name" | "function" | "function_name" | "lambda" | "lambda_name" => Some("{name}"),
        _ => None,
    }
}

fn name(page: &Page, writer: &mut Writer<'_>, sentence: &Sentence, kind: &'static str) -> Option<Leaf> {
    let code = name_in(page, sentence)?;
    let expression = writer.code(sentence, code)?;
    Some(Leaf::new(&["alarms", kind, "name"], named(code, expression)))
}

/// The expression with the page's placeholders made those of a standard.
fn named(code: &str, expression: String) -> String {
    let marks = code.match_indices(['<', '{']).filter_map(|(open, sign)| {
        let close = code.get(open..)?.find(if sign == "<" { '>' } else { '}' })? + open;
        let is_dollar = code.get(..open)?.ends_with('$');
        code.get(open - usize::from(is_dollar)..=close)
    });
    marks.fold(expression, |expression, mark| {
        match placeholder(&mark.to_lowercase().replace(['<', '>', '{', '}', '$'], "")) {
            Some(own) if own != mark => format!("replace({expression}, {}, \"{own}\")", super::quote(mark)),
            _ => expression,
        }
    })
}

/// How many are put up with: "any error", "at the 4th failure", "more than 3 errors".
fn threshold(writer: &mut Writer<'_>, page: &Page, sentence: &Sentence, kind: &'static str) -> Option<Leaf> {
    let text = page.of(sentence);
    let path = ["alarms", kind, "threshold"];
    let above = find(text, r"(?i)\b(?:more than|over|above|exceeds?)\s+(\d+)\b");
    let reached = find(text, r"(?i)\b(?:at least|after|from|reaches)\s+(\d+)\b")
        .or_else(|| find(text, r"(?i)\b(\d+)(?:st|nd|rd|th)\b"))
        .or_else(|| find(text, r"(?i)\b(\d+)\s+(?:or more|failed|throttled|error|failure)"));
    if let Some(number) = above {
        let expression = writer.found(sentence, &number, r"(\d+)")?;
        return Some(Leaf::new(&path, format!("tonumber({expression})")).commented("So many are put up with."));
    }
    if let Some(number) = reached {
        let expression = writer.found(sentence, &number, r"(\d+)")?;
        return Some(Leaf::new(&path, format!("{expression} - 1")).commented("The one before it is put up with."));
    }
    let word = find(text, r"(?i)\b(any|every|each)\s+(?:\w+\s+)?(?:error|fail|throttl)")
        .or_else(|| find(text, r"(?i)\b(any)\b"))
        .or_else(|| find(text, r"(?i)\b(detects)\b"))?;
    let word_text = text.get(word.clone())?;
    let expression = writer.found(sentence, &word, &format!("({word_text})"))?;
    let expression = format!("index([{}], {expression})", super::quote(word_text));
    Some(Leaf::new(&path, expression).commented(&format!("\"{word_text}\": 0 are put up with.")))
}

/// "83% of timeout"
fn ratio(writer: &mut Writer<'_>, page: &Page, sentence: &Sentence) -> Option<Leaf> {
    let number = find(page.of(sentence), r"(\d+(?:\.\d+)?)\s*(?:%|percent)")?;
    let expression = writer.found(sentence, &number, r"(\d+(?:\.\d+)?)")?;
    Some(Leaf::new(&["alarms", "duration", "ratio"], format!("{expression} / 100")))
}

fn statistic(writer: &mut Writer<'_>, page: &Page, sentence: &Sentence) -> Option<Leaf> {
    let is_percentile = |code: &str| code.strip_prefix('p').is_some_and(|rest| rest.parse::<f64>().is_ok());
    let codes = inline_code(page.of(sentence));
    let code = codes.into_iter().find(|code| STATISTICS.contains(code) || is_percentile(code))?;
    Some(Leaf::new(&["alarms", "duration", "statistic"], writer.code(sentence, code)?))
}
