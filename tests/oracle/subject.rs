//! Trysquare's side: evaluates an expression and renders what comes out as the record does.

use trysquare::eval::{Budget, EvalError, Evaluator, FileText, Files, Found, PathStep, Scope};
use trysquare::source::{ReadError, Sources, Span};
use trysquare::syntax::hcl::parse_expression;
use trysquare::value::{Type, Unknown, Value};

use super::notation::{agrees, render};

/// What a result is when a bound was hit, which terraform does not have.
const BOUND: &str = "bound";

/// The result of an expression.
pub fn evaluate(expression: &str) -> String {
    let mut sources = Sources::new();
    // A heredoc's marker wants the end of its line.
    let expression = &*format!("{expression}\n");
    let file = sources.add("case", expression);
    let (expr, problems) = parse_expression(file, expression, 0..expression.len());
    if !problems.is_empty() {
        return "error".to_owned();
    }
    let budget = Budget::new();
    match Evaluator::new(&Surroundings, &budget).evaluate(&expr) {
        Ok(value) => render(&value),
        Err(error) if error.bound => BOUND.to_owned(),
        Err(_) => "error".to_owned(),
    }
}

/// What a difference between made-up expressions is called when nothing explains it.
pub const DIFFERS: &str = "differs";

/// How two results compare. What explains a difference is told in `docs/terraform-compatibility.md`.
pub fn compare(expression: &str, ours: &str, theirs: &str) -> &'static str {
    let logical = expression.contains("&&") || expression.contains("||");
    match (ours, theirs) {
        ("error", "error") => "both fail",
        _ if agrees(ours, theirs) => "same value",
        ("error", _) if theirs.contains('?') => "fails for sure, and terraform only when it knows all",
        (_, "error") if ours.contains('?') => "terraform knows from what is known that it fails",
        (_, "error") if logical => "short circuit",
        _ if ours == theirs.replace("-0", "0") => "negative zero",
        _ if expression.contains(" ? ") && same_but_for_type(ours, theirs) => "type beside a failing result",
        _ => DIFFERS,
    }
}

/// Whether two known values are one but for the types of numbers, bools and strings, lists and tuples.
fn same_but_for_type(ours: &str, theirs: &str) -> bool {
    let bare = |text: &str| text.find(['"', '[', '{']).map_or(text, |at| &text[at..]).replace('"', "");
    let value = |text: &str| text.rsplit_once(") ").map_or_else(|| bare(text), |(_, value)| bare(value));
    let plain = |text: &str| value(text).rsplit(' ').next().unwrap_or("").to_owned();
    plain(ours) == plain(theirs)
}

/// What `prelude.tf` declares, and the files beside it.
struct Surroundings;

impl Scope for Surroundings {
    fn lookup(&self, root: &str, path: &[PathStep], at: Span) -> Result<Found, EvalError> {
        let unknown = |ty: Type, name: &str| {
            let id = Unknown::new(ty, "known after apply", Some(at)).named(format!("{root}.{name}"));
            Value::unknown(Unknown { not_null: true, ..id })
        };
        match (root, path.first().and_then(PathStep::name)) {
            ("terraform_data", Some("u")) => Ok(Found {
                value: Value::record([
                    ("id", unknown(Type::String, "u.id")),
                    ("input", Value::null()),
                    ("output", Value::null()),
                    ("triggers_replace", Value::null()),
                ]),
                used: 1,
            }),
            ("local", Some(name)) => match super::terraform::LOCALS.iter().find(|(local, _)| *local == name) {
                Some((_, text)) => {
                    let (expr, _) = parse_expression(at.file, text, 0..text.len());
                    let budget = Budget::new();
                    Ok(Found { value: Evaluator::new(self, &budget).evaluate(&expr)?, used: 1 })
                }
                None => Err(EvalError::new(at, "no such local")),
            },
            _ => Err(EvalError::new(at, format!("there is no `{root}`"))),
        }
    }

    fn files(&self) -> &dyn Files {
        &Disk
    }
}

struct Disk;

impl Disk {
    fn path(path: &str) -> std::path::PathBuf {
        super::cases::directory().join("files").join(path)
    }
}

impl Files for Disk {
    fn text(&self, path: &str) -> Result<FileText, ReadError> {
        let text = String::from_utf8(self.bytes(path)?).map_err(|_| ReadError::NotUtf8(0))?;
        let mut sources = Sources::new();
        Ok(FileText { file: sources.add(path, &*text), text: text.into() })
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        std::fs::read(Self::path(path)).map_err(|_| ReadError::NotFound)
    }

    fn exists(&self, path: &str) -> Result<bool, ReadError> {
        Ok(Self::path(path).is_file())
    }

    fn under(&self, path: &str) -> Result<Vec<String>, ReadError> {
        let root = Self::path(path);
        let mut found = Vec::new();
        let mut waiting = vec![root.clone()];
        while let Some(directory) = waiting.pop() {
            for entry in std::fs::read_dir(directory).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    waiting.push(path);
                } else {
                    found.push(path.strip_prefix(&root).unwrap().to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        Ok(found)
    }
}
