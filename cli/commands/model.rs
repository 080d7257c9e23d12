//! `model` and `query`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use serde_json::{Map, Value as Json};
use trysquare::check::Checked;
use trysquare::eval::did_you_mean;
use trysquare::model::Sections;
use trysquare::query;
use trysquare::rules::jsonpath;
use trysquare::value::to_json;

use super::{CommandError, json, workspace};
use crate::args::{ModelArgs, QueryArgs, QueryFormat};
use crate::render::{self, plain};

/// `trysquare model`
pub fn model(args: &ModelArgs) -> Result<ExitCode, CommandError> {
    let (disk, options) = workspace(&args.path, &args.workspace)?;
    let sections = match args.sections.as_slice() {
        [] => Sections::all(),
        names => Sections::named(names),
    };
    let (model, _) = match trysquare::check::model(&disk, &options, &sections) {
        Ok(model) => model,
        Err(checked) => return refused(&checked),
    };
    let Json::Object(mut whole) = to_json(&model) else { return Ok(ExitCode::SUCCESS) };
    if !args.sections.is_empty() {
        let mut part = Map::new();
        for name in &args.sections {
            let Some(section) = whole.remove(name) else {
                let near = did_you_mean(name, whole.keys().map(String::as_str));
                let hint = near.unwrap_or_else(|| "docs/model.md lists them".to_owned());
                return Err(CommandError::Usage(format!("the model has no section `{name}`; {hint}")));
            };
            part.insert(name.clone(), section);
        }
        whole = part;
    }
    json(&whole)?;
    Ok(ExitCode::SUCCESS)
}

/// `trysquare query JSONPATH`
pub fn query(args: &QueryArgs) -> Result<ExitCode, CommandError> {
    let path = jsonpath::parse(&args.jsonpath).map_err(|error| {
        // The path once more, with a mark under the place: a shell shows no spans.
        let before = args.jsonpath.get(..error.at).unwrap_or("").chars().count();
        let help = error.help.map(|help| format!("\n  {help}")).unwrap_or_default();
        let path = plain(&args.jsonpath);
        CommandError::Usage(format!("{}\n  {path}\n  {:before$}^{}", error.message, "", plain(&help)))
    })?;
    let (disk, options) = workspace(&args.path, &args.workspace)?;
    let sections = Sections::of([args.jsonpath.as_str()]);
    let (model, sources) = match trysquare::check::model(&disk, &options, &sections) {
        Ok(model) => model,
        Err(checked) => return refused(&checked),
    };
    let answer = query::answer(&path, &model, &sources);
    match args.format {
        QueryFormat::Json => json(&answer)?,
        QueryFormat::Text => {
            let mut out = BufWriter::new(io::stdout().lock());
            render::query::render(&answer, args.explain, &mut out)?;
            out.flush()?;
        }
    }
    if let (Some(reason), QueryFormat::Text) = (&answer.nothing, args.format) {
        eprintln!("trysquare: {} selects nothing: {}", plain(&args.jsonpath), plain(reason));
    }
    Ok(if answer.nothing.is_some() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// A configuration that keeps the model from being built.
fn refused(checked: &Checked) -> Result<ExitCode, CommandError> {
    render::text::failures(checked, &mut io::stderr().lock())?;
    Ok(ExitCode::from(2))
}
