//! Writing a value where another stands, in the notation of that place: `5min` becomes `10min`, and `"JSON"` keeps
//! its quotes.

use super::read::constant;
use crate::document;
use crate::source::FileId;
use crate::syntax::hcl;
use crate::value::{Answer, Data, Number, Value, convert, equals, render};

/// Signs around a value that are no part of it.
const WRAPPING: [char; 5] = ['`', '"', '\'', '*', ' '];

/// What to write in the file at `path` in the place of `written`, which means `old` there, so that it means `new`.
/// `None` when it cannot be told what `written` means.
#[must_use]
pub fn rewrite(path: &str, written: &str, old: &Value, new: &Value) -> Option<String> {
    if new.is_null() || old.holds_sensitive() || new.holds_sensitive() {
        return None;
    }
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "tf" | "tfvars" | "hcl" => in_hcl(written, old, new).or_else(|| in_prose(written, old, new)),
        "json" => in_json(written, old, new),
        _ => in_prose(written, old, new),
    }
}

fn in_hcl(written: &str, old: &Value, new: &Value) -> Option<String> {
    let (expr, problems) = hcl::parse_expression(FileId(0), written, 0..written.len());
    if !problems.is_empty() {
        return None;
    }
    if means(&constant(&expr).ok()?, old) { hcl::literal(new) } else { None }
}

fn in_json(written: &str, old: &Value, new: &Value) -> Option<String> {
    let text = |json: &serde_json::Value| match json {
        serde_json::Value::String(text) => Some(Value::string(text.as_str())),
        serde_json::Value::Number(number) => Number::parse(&number.to_string()).map(Value::from),
        serde_json::Value::Bool(truth) => Some(Value::from(*truth)),
        _ => None,
    };
    let json: serde_json::Value = serde_json::from_str(written).ok()?;
    if !means(&text(&json)?, old) {
        return None;
    }
    match &new.data {
        // In `.tf.json` a text is a template.
        Data::String(text) if text.contains("${") || text.contains("%{") => None,
        Data::String(text) => serde_json::to_string(&**text).ok(),
        Data::Number(_) | Data::Bool(_) => Some(render(new)),
        _ => None,
    }
}

/// Whether a written value is the old one; Terraform takes `"30"` for a number as well.
fn means(written: &Value, old: &Value) -> bool {
    convert(written, &old.ty()).is_ok_and(|value| matches!(equals(&value, old), Answer::Yes))
}

/// In a page, in YAML, or within a text.
fn in_prose(written: &str, old: &Value, new: &Value) -> Option<String> {
    let core = written.trim_matches(WRAPPING);
    let before = written.len() - written.trim_start_matches(WRAPPING).len();
    let (head, tail) = (written.get(..before)?, written.get(before + core.len()..)?);
    let text = match (&old.data, &new.data) {
        (Data::String(old), Data::String(new)) if core == &**old && is_tame(new) => new.to_string(),
        (Data::Bool(_), Data::Bool(_)) if core == render(old) => render(new),
        (Data::Number(old), Data::Number(new)) => quantity(core, old, new)?,
        _ => return None,
    };
    Some(format!("{head}{text}{tail}"))
}

/// Whether a text means itself in every notation.
fn is_tame(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/' || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '*'))
}

/// A number, with its unit if it has one.
fn quantity(core: &str, old: &Number, new: &Number) -> Option<String> {
    if Number::parse(core).as_ref() == Some(old) {
        return Some(render(&Value::from(new.clone())));
    }
    let (old, new) = (old.to_f64(), new.to_f64());
    let seconds = || in_unit(core, old, new, "s", document::seconds);
    seconds().or_else(|| in_unit(core, old, new, "MB", document::megabytes))
}

/// A quantity in the unit of another, or in the smallest unit where it would not be whole in that.
fn in_unit(core: &str, old: f64, new: f64, smallest: &str, read: fn(&str) -> Option<f64>) -> Option<String> {
    let same = |text: &str, wanted: f64| read(text).is_some_and(|read| (read - wanted).abs() < 1e-9);
    if !same(core, old) {
        return None;
    }
    let digits = core.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = core.split_at(digits);
    let blank = unit.get(..unit.len() - unit.trim_start().len())?;
    let count = new * number.parse::<f64>().ok()? / old;
    let unit = match (number == "1", count == 1.0) {
        (false, true) if is_word(unit) => unit.trim_end_matches('s').to_owned(),
        (true, false) if is_word(unit) && !unit.ends_with('s') => format!("{unit}s"),
        _ => unit.to_owned(),
    };
    let candidates = [format!("{count}{unit}"), format!("{new}{blank}{smallest}")];
    let is_whole = |text: &&String| !text.contains('.') && same(text, new);
    candidates.iter().find(is_whole).cloned()
}

/// Whether a unit is written out, such as `minutes`, so that it has a plural.
fn is_word(unit: &str) -> bool {
    ["second", "minute", "hour", "day", "megabyte", "gigabyte"].contains(&unit.trim().trim_end_matches('s'))
}

#[cfg(test)]
mod tests {
    use super::rewrite;
    use crate::value::Value;

    fn number(path: &str, written: &str, old: i64, new: i64) -> Option<String> {
        rewrite(path, written, &Value::from(old), &Value::from(new))
    }

    #[test]
    fn quantities_keep_their_notation() {
        for (written, old, new, wanted) in [
            ("5min", 300, 600, "10min"),
            ("5min", 300, 45, "45s"),
            ("`5 min`", 300, 90, "`90 s`"),
            ("30s", 30, 60, "60s"),
            ("30", 30, 60, "60"),
            ("5 minutes", 300, 60, "1 minute"),
            ("1 hour", 3600, 7200, "2 hours"),
            ("1h 30m", 5400, 3600, "3600s"),
            ("512MB", 512, 1024, "1024MB"),
            ("1 GB", 1024, 2048, "2 GB"),
            ("1 GB", 1024, 512, "512 MB"),
        ] {
            assert_eq!(number("page.md", written, old, new).as_deref(), Some(wanted), "{written}");
        }
        assert_eq!(number("page.md", "5min", 5, 6), None);
        assert_eq!(number("page.md", "about 5", 5, 6), None);
    }

    #[test]
    fn literals_are_written_as_their_language_has_them() {
        let text = |path, written, old, new| rewrite(path, written, &Value::string(old), &Value::string(new));
        assert_eq!(number("main.tf", "300", 300, 30).as_deref(), Some("30"));
        assert_eq!(number("main.tf", "\"300\"", 300, 30).as_deref(), Some("30"));
        assert_eq!(number("main.tf", "var.timeout", 300, 30), None);
        assert_eq!(number("trysquare.hcl", "\"5min\"", 300, 30).as_deref(), Some("\"30s\""));
        assert_eq!(number("main.tf.json", "300", 300, 30).as_deref(), Some("30"));
        assert_eq!(text("main.tf", "\"Text\"", "Text", "JSON").as_deref(), Some("\"JSON\""));
        assert_eq!(text("main.tf.json", "\"Text\"", "Text", "a \"b\"").as_deref(), Some("\"a \\\"b\\\"\""));
        assert_eq!(text("main.tf.json", "\"Text\"", "Text", "${a}"), None);
        assert_eq!(text("page.md", "`/a/b`", "/a/b", "/c").as_deref(), Some("`/c`"));
        assert_eq!(text("page.md", "`/a/b`", "/a/b", "c|d"), None);
    }
}
