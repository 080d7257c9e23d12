//! The mended example, changed in one place at a time.
//!
//! `examples/hoopstat-fixed` agrees with its page in every sentence. Each case in `cases/*.txt` changes it: a
//! **break** makes one sentence of the page untrue, in one of the many ways that people write Terraform and
//! workflows, and must be found by the rule it names and by no other; a **harmless** rewrite says the same thing in
//! other words, and must stay clean. `docs/coverage.md` says which sentence which cases prove.
//!
//! `cases.rs` describes the format. `TRYSQUARE_CASE=WORD cargo test --test mutations` runs the cases whose names hold
//! the word, and prints all that each of them finds.

// Tests read files and the environment; what goes wrong there should end them.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod cases;
mod coverage;

mod run;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cases::{Case, Example};

/// Cases are independent of each other; two threads are what the smallest CI machine has.
const THREADS: usize = 2;

fn every(cases: &[Case]) {
    let example = Example::read();
    let word = std::env::var("TRYSQUARE_CASE").ok();
    let wanted: Vec<&Case> =
        cases.iter().filter(|case| word.as_ref().is_none_or(|word| case.name.contains(word.as_str()))).collect();
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = run::run(&example, case);
                    if word.is_some() {
                        eprintln!("{}:\n{}", case.name, outcome.as_ref().unwrap_or_else(|difference| difference));
                    }
                    if let Err(difference) = outcome {
                        failed.lock().unwrap().push((case.place.clone(), case.name.clone(), difference));
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap();
    failed.sort();
    let lines: Vec<String> = failed.iter().map(|(place, name, why)| format!("{place} {name}\n{why}")).collect();
    assert!(failed.is_empty(), "{} of {} cases fail:\n\n{}", failed.len(), wanted.len(), lines.join("\n"));
}

#[test]
fn every_break_is_found_by_its_rule_alone() {
    every(&cases::breaks());
}

#[test]
fn every_harmless_rewrite_stays_clean() {
    every(&cases::harmless());
}

#[test]
fn there_are_many_of_both() {
    let (breaks, harmless) = (cases::breaks().len(), cases::harmless().len());
    assert!(breaks >= 290 && harmless >= 110, "{breaks} breaks and {harmless} harmless rewrites");
}
