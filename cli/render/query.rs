//! What `trysquare query` prints: a line for each hit and, when asked for, the way of its value as a tree.

use std::io::{self, Write};

use serde_json::Value as Json;
use trysquare::query::{Answer, Hit, Open, Station};
use trysquare::report::Blocking;

use super::plain;

/// Longer values are printed over several lines.
const WIDTH: usize = 100;

/// Writes the hits.
pub fn render(answer: &Answer, explain: bool, out: &mut dyn Write) -> io::Result<()> {
    for hit in &answer.hits {
        line(hit, out)?;
        if explain {
            tree(&branches(hit), "", out)?;
        }
    }
    Ok(())
}

fn line(hit: &Hit, out: &mut dyn Write) -> io::Result<()> {
    if let Some(station) = &hit.origin {
        write!(out, "{}: ", place(&station.at))?;
    }
    let value = match &hit.unknown {
        Some(open) => unknown(&hit.value, open),
        None => value(&hit.value),
    };
    write!(out, "{} = {}", plain(&hit.path), plain(&value))?;
    if let Some(address) = &hit.address {
        write!(out, " ({})", plain(address))?;
    }
    if let Some(open) = &hit.perhaps {
        write!(out, ", perhaps: {}", plain(&open.reason))?;
    }
    writeln!(out)
}

fn place(at: &Blocking) -> String {
    format!("{}:{}:{}", plain(&at.file), at.start.line, at.start.column)
}

fn unknown(value: &Json, open: &Open) -> String {
    match value.get("$unknown").and_then(Json::as_str) {
        Some(partly) if partly != open.reason => format!("{partly}; {}", open.reason),
        _ => format!("unknown: {}", open.reason),
    }
}

fn value(value: &Json) -> String {
    let short = value.to_string();
    if short.chars().count() <= WIDTH { short } else { serde_json::to_string_pretty(value).unwrap_or(short) }
}

/// A line of a tree and what hangs below it.
struct Branch {
    text: String,
    below: Vec<Branch>,
}

fn branches(hit: &Hit) -> Vec<Branch> {
    let mut branches: Vec<Branch> = hit.origin.iter().map(|station| branch(station, None)).collect();
    let open = hit.unknown.iter().map(|open| ("cannot be known", open));
    for (what, open) in open.chain(hit.perhaps.iter().map(|open| ("whether it is selected hangs on", open))) {
        let is_new = |at: &Blocking| hit.origin.as_ref().is_none_or(|station| station.at != *at);
        branches.extend(open.blocking.as_ref().filter(|at| is_new(at)).map(|at| Branch {
            text: format!("{what}: {}  [{}]", plain(&at.expression), place(at)),
            below: Vec::new(),
        }));
    }
    branches.extend(hit.documented.as_ref().map(|documented| Branch {
        text: format!("documented {}: {}", plain(&documented.field), plain(&value(&documented.value))),
        below: documented.origin.iter().map(|station| branch(station, None)).collect(),
    }));
    branches
}

/// A station; what it is written in is said where that differs from the station above.
fn branch(station: &Station, above: Option<&str>) -> Branch {
    let within = station.within.as_deref();
    let told = within.filter(|within| above != Some(within)).map(|within| format!(", {within}")).unwrap_or_default();
    Branch {
        text: format!("{}  [{}{}]", plain(&station.at.expression), place(&station.at), plain(&told)),
        below: station.from.iter().map(|station| branch(station, within)).collect(),
    }
}

fn tree(branches: &[Branch], indent: &str, out: &mut dyn Write) -> io::Result<()> {
    for (at, branch) in branches.iter().enumerate() {
        let is_last = at + 1 == branches.len();
        let (mark, below) = if is_last { ("└─", "   ") } else { ("├─", "│  ") };
        writeln!(out, "{indent}{mark} {}", branch.text)?;
        tree(&branch.below, &format!("{indent}{below}"), out)?;
    }
    Ok(())
}
