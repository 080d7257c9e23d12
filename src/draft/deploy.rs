//! What a page says of deployments.

use super::functions::inline_code;
use super::page::{Page, Sentence, Table};
use super::{Leaf, Writer, find, quote};
use crate::workflow::StepKind;

/// The steps of a deployment, with words that tell of each; all of a line's words must be there.
const STEPS: &[(StepKind, &[&[&str]])] = &[
    (StepKind::DetectChanges, &[&["detect", "change"], &["find", "change"]]),
    (StepKind::VerifyImage, &[&["verif", "image"], &["check", "image"], &["image", "exist"]]),
    (StepKind::UpdateFunction, &[&["updat", "function"], &["deploy", "function"], &["update", "code"]]),
    (StepKind::HealthCheck, &[&["health"], &["smoke"], &["test", "deployment"], &["invoke"]]),
    (StepKind::WaitActive, &[&["wait", "active"], &["become", "active"], &["monitor", "status"]]),
];

pub(super) fn leaves(page: &Page, writer: &mut Writer<'_>) -> Vec<Leaf> {
    let workflow = workflow(page, writer);
    if workflow.is_none() {
        return Vec::new();
    }
    let found = [workflow, auth(page, writer), repository(page, writer), inputs(page, writer), steps(page, writer)];
    let mut leaves: Vec<Leaf> = found.into_iter().flatten().collect();
    leaves.extend(job_minutes(page, writer));
    leaves
}

fn workflow(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    let path = ["deploy", "workflow"];
    let releases = |sentence: &&Sentence| {
        let text = page.of(sentence).to_lowercase();
        ["deploy", "release", "ship"].iter().any(|word| text.contains(word))
    };
    for sentence in page.sentences.iter().filter(releases) {
        let text = page.of(sentence);
        if let Some(whole) = find(text, r"`(\.github/workflows/[\w.-]+\.ya?ml)`") {
            return Some(Leaf::new(&path, writer.found(sentence, &whole, "([^`]+)")?));
        }
        if let Some(name) = find(text, r"(?i)workflow\s+`([\w-]+\.ya?ml)`") {
            let expression = writer.found(sentence, &name, "([^`]+)")?;
            return Some(Leaf::new(&path, format!("\".github/workflows/${{{expression}}}\"")));
        }
    }
    None
}

fn auth(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    let found = page.sentences.iter().find_map(|sentence| {
        let at = find(page.of(sentence), r"\b(OIDC)\b")?;
        writer.found(sentence, &at, "(OIDC)")
    })?;
    Some(Leaf::new(&["deploy", "auth"], format!("lower({found})")))
}

fn repository(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    page.sentences.iter().find_map(|sentence| {
        let text = page.of(sentence);
        let is_of_github = ["github", "oidc", "deploy"].iter().any(|word| text.to_lowercase().contains(word));
        let is_of_images = text.contains("ECR") || text.contains("image");
        let at = find(text, r"(?i)repository\s+`([\w.-]+/[\w.-]+)`").filter(|_| is_of_github && !is_of_images)?;
        Some(Leaf::new(&["deploy", "repository"], writer.found(sentence, &at, "([^`]+)")?))
    })
}

/// The inputs of a start by hand: a table of them, or a call of `gh` that names them, or a sentence that does.
fn inputs(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    let path = ["deploy", "inputs"];
    let is_of_inputs = |table: &&Table| table.columns.first().is_some_and(|column| column.to_lowercase() == "input");
    if let Some(table) = page.tables.iter().find(is_of_inputs) {
        let column = quote(table.columns.first()?);
        let table = quote(&table.name);
        return Some(Leaf::new(&path, format!("[for row in local.page.tables[{table}] : trim(row[{column}], \"`\")]")));
    }
    let call = page.code.iter().find(|code| page.slice(code).contains("gh workflow run"));
    if let Some(code) = call {
        let flag = ["--field", "-f", "--raw-field", "-F"]
            .into_iter()
            .find(|flag| page.slice(code).contains(&format!("{flag} ")))?;
        let text = writer.text_at(code.start)?;
        return Some(Leaf::new(&path, format!("flatten(regexall(\"{flag} ([\\\\w-]+)=\", {text}))")));
    }
    let sentence = page.sentences.iter().find(|sentence| {
        let codes = inline_code(page.of(sentence));
        let is_input = |code: &&str| code.chars().all(|c| c.is_ascii_lowercase() || "-_".contains(c));
        let section = page.section_at(sentence.range.start).map(|section| page.slice(&section.range).to_lowercase());
        section.is_some_and(|section| section.contains("workflow"))
            && page.of(sentence).to_lowercase().contains("start")
            && codes.len() > 1
            && codes.iter().all(is_input)
    })?;
    let codes = inline_code(page.of(sentence));
    let expressions: Option<Vec<String>> = codes.into_iter().map(|code| writer.code(sentence, code)).collect();
    let lines: String = expressions?.iter().map(|expression| format!("      {expression},\n")).collect();
    Some(Leaf::new(&path, format!("[\n{lines}    ]")))
}

/// The steps in their order: by the names that trysquare has for them, or by the words of a numbered list.
fn steps(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    let path = ["deploy", "steps"];
    let names: Vec<&str> = STEPS.iter().map(|(kind, _)| kind.name()).collect();
    let named = |sentence: &&Sentence| names.iter().any(|name| page.of(sentence).contains(&format!("`{name}`")));
    if let Some(sentence) = page.sentences.iter().find(named) {
        let text = writer.text_at(sentence.range.start)?;
        let expression = format!("flatten(regexall(\"`({})`\", {text}))", names.join("|"));
        return Some(Leaf::new(&path, expression).commented("In the order in which the page names them."));
    }
    let items: Vec<(&Sentence, &str)> = page
        .sentences
        .iter()
        .filter(|sentence| sentence.numbered)
        .filter_map(|sentence| Some((sentence, page.of(sentence).split("**").nth(1)?)))
        .collect();
    let (first, _) = items.iter().find(|(_, title)| kind(title).is_some())?;
    let section = page.section_at(first.range.start)?;
    let here = items.iter().filter(|(sentence, _)| section.range.contains(&sentence.range.start));
    let pairs: Option<Vec<(&str, StepKind)>> =
        here.map(|(sentence, title)| Some((*title, kind(title).or_else(|| kind(page.of(sentence)))?))).collect();
    let pairs = pairs?;
    let width = pairs.iter().map(|(title, _)| quote(title).len()).max().unwrap_or(0);
    let lines: String =
        pairs.iter().map(|(title, kind)| format!("        {:width$} = \"{}\"\n", quote(title), kind.name())).collect();
    let text = writer.text_at(first.range.start)?;
    let expression = format!(
        "[\n      for item in regexall(\"(?m)^\\\\d+\\\\. \\\\*\\\\*([^*]+)\\\\*\\\\*\", {text}) : {{\n{lines}      }}[item[0]]\n    ]"
    );
    Some(
        Leaf::new(&path, expression)
            .commented("The numbered list, in its order, with the names that trysquare has for steps."),
    )
}

fn kind(text: &str) -> Option<StepKind> {
    let text = text.to_lowercase();
    let tells = |all: &[&[&str]]| all.iter().any(|words| words.iter().all(|word| text.contains(word)));
    STEPS.iter().find(|(_, words)| tells(words)).map(|(kind, _)| *kind)
}

fn job_minutes(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    page.sentences.iter().find_map(|sentence| {
        let text = page.of(sentence);
        let is_of_jobs = text.to_lowercase().contains("job");
        let at = find(text, r"(\d+)\s+minutes").filter(|_| is_of_jobs)?;
        let expression = format!("tonumber({})", writer.found(sentence, &at, r"(\d+)")?);
        Some(Leaf::new(&["workflows", "timeout_minutes"], expression))
    })
}
