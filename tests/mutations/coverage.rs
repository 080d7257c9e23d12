//! `docs/coverage.md`: what it names is there, and nothing is left out.

use std::collections::{BTreeMap, BTreeSet};

use trysquare::rules::pack;

use super::cases::{self, Case};

const EXAMPLE: &str = "examples/hoopstat-fixed/infrastructure/LAMBDA_DEPLOYMENT.md";

/// A row of a table: what is said, by which rules it is held, and which cases prove it.
struct Row {
    says: String,
    rules: Vec<String>,
    cases: Vec<String>,
}

fn read(path: &str) -> String {
    std::fs::read_to_string(cases::repository().join(path)).unwrap()
}

/// Every row below a line of dashes.
fn rows() -> Vec<Row> {
    let text = read("docs/coverage.md");
    let mut rows = Vec::new();
    let mut in_table = false;
    for line in text.lines() {
        if !line.starts_with('|') {
            in_table = false;
        } else if line.starts_with("|---") {
            in_table = true;
        } else if in_table {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [says, held, proved] = cells.as_slice() else { panic!("not three columns: {line}") };
            rows.push(Row { says: (*says).to_owned(), rules: names(held), cases: names(proved) });
        }
    }
    rows
}

/// Everything between backticks.
fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// A text with single blanks, for comparing what may be broken into lines elsewhere.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pack_rules() -> BTreeSet<String> {
    let id = |path: &str| path.rsplit('/').next().unwrap().trim_end_matches(".md").to_owned();
    pack::PAGES.iter().map(|(path, _)| id(path)).collect()
}

fn all_cases() -> BTreeMap<String, Case> {
    let (breaks, harmless) = cases::all();
    breaks.into_iter().chain(harmless).map(|case| (case.name.clone(), case)).collect()
}

fn none(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "docs/coverage.md: {what}:\n{}", wrong.join("\n"));
}

#[test]
fn quotations_are_in_the_page() {
    let page = flat(&read(EXAMPLE));
    let quoted = rows().into_iter().filter_map(|row| Some(row.says.strip_prefix('“')?.strip_suffix('”')?.to_owned()));
    let wrong: Vec<String> = quoted.filter(|text| !page.contains(text)).collect();
    none("not in the example's page", &wrong);
}

#[test]
fn every_rule_is_in_the_table_and_every_name_exists() {
    let (pack, cases) = (pack_rules(), all_cases());
    let rows = rows();
    let named: BTreeSet<String> = rows.iter().flat_map(|row| row.rules.iter().cloned()).collect();
    let missing: Vec<String> = pack.difference(&named).cloned().collect();
    none("rules that no row names", &missing);
    let unknown = |row: &Row| row.rules.iter().filter(|rule| !pack.contains(*rule)).cloned().collect::<Vec<_>>();
    none("no such rules", &rows.iter().flat_map(unknown).collect::<Vec<_>>());
    let absent = |row: &Row| row.cases.iter().filter(|case| !cases.contains_key(*case)).cloned().collect::<Vec<_>>();
    none("no such cases", &rows.iter().flat_map(absent).collect::<Vec<_>>());
}

#[test]
fn cases_prove_what_their_row_says() {
    let cases = all_cases();
    let mut wrong = Vec::new();
    for row in rows() {
        let found: BTreeSet<&String> =
            row.cases.iter().filter_map(|name| cases.get(name)).flat_map(|case| &case.rules).collect();
        for rule in row.rules.iter().filter(|rule| !found.contains(rule)) {
            wrong.push(format!("{}: no case finds {rule}", row.says));
        }
        for case in row.cases.iter().filter_map(|name| cases.get(name)) {
            // A harmless rewrite has no rules, and neither has a change that ends the check.
            if !case.rules.is_empty() && !case.rules.iter().any(|rule| row.rules.contains(rule)) {
                wrong.push(format!("{}: {} finds {}", row.says, case.name, case.rules.join(", ")));
            }
        }
    }
    none("rows that are not proved", &wrong);
}
