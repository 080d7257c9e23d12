//! Trysquare's evaluator held against Terraform's.
//!
//! `cases/*.txt` hold expressions with what the terraform binary made of them. Every run compares
//! trysquare with that record. Where terraform is installed and `TRYSQUARE_ORACLE=1` or `CI` is
//! set, the record is derived again and compared, and so are expressions made up by a generator.
//! `TRYSQUARE_ORACLE=record` writes the record anew.

#![allow(clippy::disallowed_methods, reason = "tests run terraform and read their own files")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod cases;
mod generate;
mod subject;
mod terraform;

#[path = "../support/notation.rs"]
mod notation;
#[path = "../support/terraform.rs"]
mod support;

use std::collections::BTreeMap;

use support::say;

fn report(what: &str, differences: &[String], compared: usize) {
    say(&format!("{what}: {compared} compared, {} differ", differences.len()));
    assert!(differences.is_empty(), "{what}:\n{}", differences.join("\n"));
}

#[test]
fn trysquare_agrees_with_the_record() {
    let mut differences = Vec::new();
    let mut compared = 0;
    for file in cases::load() {
        for case in &file.cases {
            compared += 1;
            let ours = subject::evaluate(&case.expression);
            let expected = case.on_purpose.as_ref().unwrap_or(&case.expected);
            if !notation::agrees(&ours, expected) {
                differences.push(format!(
                    "{}: {}\n  terraform: {}\n  trysquare: {ours}",
                    file.name, case.expression, case.expected
                ));
            }
        }
    }
    report("record", &differences, compared);
}

#[test]
fn the_record_is_what_terraform_says() {
    let Some(recording) = support::wanted() else { return };
    let mut files = cases::load();
    let expressions: Vec<String> =
        files.iter().flat_map(|file| file.cases.iter().map(|case| case.expression.clone())).collect();
    let results = terraform::evaluate(&expressions);
    let mut differences = Vec::new();
    let mut results = results.into_iter();
    for file in &mut files {
        for case in &mut file.cases {
            let real = results.next().unwrap();
            // Terraform compares the attributes of objects in an order that changes from run to run, and may stop at
            // an unknown one or at one that settles it; either is what it says.
            let by_chance = case.expected == "?" && subject::evaluate(&case.expression) == real;
            if real != case.expected && !by_chance {
                differences.push(format!(
                    "{}: {}\n  recorded:  {}\n  terraform: {real}",
                    file.name, case.expression, case.expected
                ));
            }
            case.expected = real;
        }
    }
    if recording {
        files.iter().for_each(cases::save);
        say(&format!("recorded {} results of terraform", expressions.len()));
        return;
    }
    report("reality", &differences, expressions.len());
}

#[test]
fn generated_expressions_agree() {
    if support::wanted() != Some(false) {
        return;
    }
    let seed = std::env::var("TRYSQUARE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_250_301);
    let expressions = generate::expressions(seed, 3_000);
    let results = terraform::evaluate(&expressions);
    let mut differences = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (expression, theirs) in expressions.iter().zip(&results) {
        let ours = subject::evaluate(expression);
        let verdict = subject::compare(expression, &ours, theirs);
        *counts.entry(verdict).or_default() += 1;
        if verdict == subject::DIFFERS {
            differences.push(format!("{expression}\n  terraform: {theirs}\n  trysquare: {ours}"));
        }
    }
    say(&format!("generated with seed {seed}: {counts:?}"));
    report("generated", &differences, expressions.len());
}
