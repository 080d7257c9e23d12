//! A workspace that is edited answers as one that is read anew, and knows what is under the cursor.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use trysquare::check::{Options, check};
use trysquare::report::{Label, Report};
use trysquare::source::MemoryProvider;
use trysquare::workspace::{Action, ActionKind, Hover, Point, Range, Workspace};

type Files = Vec<(String, String)>;

fn collect(root: &Path, dir: &Path, files: &mut Files) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

fn hoopstat() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hoopstat");
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    files.sort();
    files
}

fn opened(files: &Files) -> Workspace {
    let mut workspace = Workspace::new(Options::default());
    for (path, text) in files {
        workspace.set_file(path, text.as_str());
    }
    workspace
}

fn anew(files: &Files, compliance: bool) -> Report {
    let provider: MemoryProvider = files.iter().cloned().collect();
    check(&provider, &Options { compliance, ..Options::default() }).report
}

/// Takes lines out of each file in turn and puts them back, then takes whole files away.
#[test]
fn edits_end_in_the_report_of_the_files_as_they_are() {
    let mut files = hoopstat();
    let mut workspace = opened(&files);
    let mut reports = std::collections::BTreeSet::new();
    let mut same = |workspace: &mut Workspace, files: &Files, what: &str| {
        assert!(*workspace.check() == anew(files, false), "differs {what}");
        reports.insert(serde_json::to_string(workspace.check()).unwrap());
    };
    for at in 0..files.len() {
        let (path, text) = files[at].clone();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for line in (at % 7..lines.len()).step_by(19) {
            let edited: String = [&lines[..line], &lines[line + 1..]].concat().concat();
            workspace.set_file(&path, edited.as_str());
            files[at].1 = edited;
            same(&mut workspace, &files, &format!("without line {} of {path}", line + 1));
        }
        workspace.set_file(&path, text.as_str());
        files[at].1 = text;
    }
    for path in ["infrastructure/LAMBDA_DEPLOYMENT.md", "infrastructure/variables.tf", "trysquare.hcl"] {
        let at = files.iter().position(|(known, _)| known == path).unwrap();
        let gone = files.remove(at);
        workspace.remove_file(path);
        same(&mut workspace, &files, &format!("without {path}"));
        workspace.set_file(&gone.0, gone.1.as_str());
        files.insert(at, gone);
    }
    same(&mut workspace, &files, "at the end");
    assert_eq!(workspace.compliance(), anew(&files, true).compliance);
    assert!(reports.len() > 20, "most edits change the report, and there were {}", reports.len());
}

/// The point where `^` stands in a stretch, in a file.
fn place(files: &Files, path: &str, marked: &str) -> Point {
    let (_, text) = files.iter().find(|(known, _)| known == path).unwrap();
    let (before, after) = marked.split_once('^').unwrap();
    let at = text.find(&format!("{before}{after}")).unwrap_or_else(|| panic!("{path} has no {marked}")) + before.len();
    let line = text[..at].matches('\n').count() + 1;
    let character = text[text[..at].rfind('\n').map_or(0, |at| at + 1)..at].encode_utf16().count();
    Point { line: u32::try_from(line).unwrap(), character: u32::try_from(character).unwrap() }
}

fn shown(hover: &Option<Hover>) -> String {
    let Some(hover) = hover else {
        return "nothing\n".to_owned();
    };
    let label = |label: &Label| format!("{}:{}:{} {}", label.file, label.start.line, label.start.column, label.text);
    let Range { start, end } = hover.range;
    let mut out = format!("{}:{}-{}:{}\n", start.line, start.character, end.line, end.character);
    for evaluation in &hover.values {
        let _ = writeln!(out, "= {} {}", evaluation.value, evaluation.addresses.join(" "));
        if let Some(unknown) = &evaluation.unknown {
            let _ = writeln!(out, "  unknown: {unknown}");
        }
        for origin in &evaluation.origins {
            let _ = writeln!(out, "  {}", label(origin).trim_end());
        }
    }
    for verdict in &hover.verdicts {
        let page = verdict.page.as_ref().map(label).unwrap_or_default();
        let documented = verdict.documented.as_deref().unwrap_or("-");
        let _ = writeln!(out, "{:?} {}: documented {documented} {}", verdict.answer, verdict.rule, page.trim_end());
    }
    out
}

#[test]
fn hover_tells_value_origin_and_standard() {
    let files = hoopstat();
    let mut workspace = opened(&files);
    let mut hover = |path: &str, marked: &str| {
        let at = place(&files, path, marked);
        format!("── {path}: {marked}\n{}", shown(&workspace.hover(path, at)))
    };
    let all = [
        hover("infrastructure/lambda.tf", "memory_size = var.lambda_config.mcp_server.memory^_size"),
        hover("infrastructure/lambda.tf", "timeout     = var.lambda_config.mcp^_server.timeout"),
        hover("infrastructure/lambda.tf", "time^out     = var.lambda_config.mcp_server.timeout"),
        hover("infrastructure/alarms.tf", "each.value.tim^eout * 1000 * local"),
        hover("infrastructure/alarms.tf", "each.value.timeout * 10^00 * local"),
        hover("infrastructure/variables.tf", "      memory_size = 51^2"),
        hover("infrastructure/LAMBDA_DEPLOYMENT.md", "| Answers MCP requests | 30s | 25^6MB"),
        hover("infrastructure/LAMBDA_DEPLOYMENT.md", "| Function ^Name"),
        hover("trysquare.hcl", "duration(row[\"Tim^eout\"])"),
        hover(".github/workflows/deploy.yml", "name: Dep^loy"),
    ];
    insta::assert_snapshot!(all.concat());
    assert_eq!(workspace.hover("gone.tf", Point { line: 1, character: 0 }), None);
}

/// The file after an action's edits to it.
fn applied(files: &Files, action: &Action) -> Files {
    let mut files = files.clone();
    for edit in action.edits.iter().rev() {
        let (_, text) = files.iter_mut().find(|(path, _)| *path == edit.file).unwrap();
        let offset = |point: Point| {
            let start: usize = text.split_inclusive('\n').take(point.line as usize - 1).map(str::len).sum();
            let units = text[start..].chars().scan(0, |units, c| {
                *units += c.len_utf16();
                (*units <= point.character as usize).then_some(c.len_utf8())
            });
            start + units.sum::<usize>()
        };
        let range = offset(edit.range.start)..offset(edit.range.end);
        text.replace_range(range, &edit.text);
    }
    files
}

/// What is offered on a line is done, and then the finding is gone.
#[test]
fn actions_mend_what_they_are_about() {
    let mut files = hoopstat();
    // Characters of two UTF-16 units before the place.
    for (path, text) in &mut files {
        if path.ends_with("variables.tf") {
            *text = text.replace("      memory_size = 512", "/* 🪵🪵 */ memory_size = 512");
        }
    }
    let mut workspace = opened(&files);
    let at = place(&files, "infrastructure/variables.tf", "/* 🪵🪵 */ memory_size = 51^2");
    let actions = workspace.actions("infrastructure/variables.tf", Range { start: at, end: at });
    let titles: Vec<&str> = actions.iter().map(|action| action.title.as_str()).collect();
    insta::assert_debug_snapshot!(titles);
    let memory = |files: &Files| {
        let report = opened(files).check().clone();
        assert!(report.failures.is_empty());
        report.findings.iter().filter(|finding| finding.rule == "lambda-memory").count()
    };
    assert_eq!(memory(&files), 1);
    let fix = actions.iter().find(|action| action.kind == ActionKind::FixCode).unwrap();
    let fixed = applied(&files, fix);
    assert_eq!(memory(&fixed), 0);
    assert!(fixed.iter().any(|(_, text)| text.contains("/* 🪵🪵 */ memory_size = 256\n")));
    let ignore = actions.iter().find(|action| action.kind == ActionKind::Ignore).unwrap();
    let ignored = applied(&files, ignore);
    let comment = "  # trysquare:ignore lambda-memory reason\n  memory_size = var.lambda_config.mcp_server.memory_size";
    assert!(ignored.iter().any(|(_, text)| text.contains(comment)));
    assert_eq!(memory(&ignored), 0);
}
