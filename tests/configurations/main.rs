//! Trysquare's evaluation of whole configurations held against Terraform's.
//!
//! `cases/*.txt` hold configurations with the outputs and resource instances that the terraform
//! binary plans for them, or that it refuses them. Every run compares trysquare with that record.
//! Where terraform is installed and `TRYSQUARE_ORACLE=1` or `CI` is set, the record is derived
//! again and compared. `TRYSQUARE_ORACLE=record` writes the record anew.

#![allow(clippy::disallowed_methods, reason = "tests run terraform and read their own files")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod cases;
mod installed;
mod planned;
mod subject;

#[path = "../support/notation.rs"]
mod notation;
#[path = "../support/terraform.rs"]
mod terraform;

fn report(what: &str, differences: &[String], compared: usize) {
    terraform::say(&format!("{what}: {compared} compared, {} differ", differences.len()));
    assert!(differences.is_empty(), "{what}: {} of {compared} differ\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn trysquare_agrees_with_the_record() {
    let mut differences = Vec::new();
    let mut compared = 0;
    for file in cases::load() {
        for case in &file.cases {
            compared += 1;
            let (ours, notes) = subject::evaluate(case);
            let expected = if case.on_purpose.is_empty() { &case.expected } else { &case.on_purpose };
            let agrees = ours.len() == expected.len() && ours.iter().zip(expected).all(|(a, b)| subject::agrees(a, b));
            if !agrees {
                differences.push(format!(
                    "{}/{}\n  terraform: {}\n  trysquare: {}\n  {notes}",
                    file.name,
                    case.heading,
                    case.expected.join("\n             "),
                    ours.join("\n             ")
                ));
            }
        }
    }
    report("record", &differences, compared);
}

#[test]
fn the_record_is_what_terraform_says() {
    let Some(recording) = terraform::wanted() else { return };
    let mut files = cases::load();
    let mut results = planned::all(files.iter().flat_map(|file| &file.cases)).into_iter();
    let mut differences = Vec::new();
    let mut compared = 0;
    for file in &mut files {
        for case in &mut file.cases {
            compared += 1;
            let real = results.next().unwrap();
            if real != case.expected {
                let (recorded, real) = (case.expected.join("\n  "), real.join("\n  "));
                differences
                    .push(format!("{}/{}\nrecorded\n  {recorded}\nterraform\n  {real}", file.name, case.heading));
            }
            case.expected = real;
        }
    }
    if recording {
        files.iter().for_each(cases::save);
        terraform::say(&format!("recorded what terraform makes of {compared} configurations"));
        return;
    }
    report("reality", &differences, compared);
}

#[test]
fn with_a_plan_everything_is_as_planned() {
    if terraform::wanted() != Some(false) {
        return;
    }
    let recorded = cases::load();
    let cases = recorded.iter().flat_map(|file| &file.cases);
    let fine = |case: &&cases::Case| case.on_purpose.is_empty() && case.expected != ["error"] && !case.is_alone();
    let together = planned::together(cases.filter(fine));
    let ours = subject::evaluate_planned(&together.files, &together.plan);
    assert_eq!(ours.len(), together.lines.len());
    let pairs = ours.iter().zip(&together.lines).filter(|(ours, theirs)| !subject::agrees(ours, theirs));
    let differences: Vec<String> = pairs.map(|(ours, theirs)| format!("{theirs}\n  trysquare: {ours}")).collect();
    report("with a plan", &differences, ours.len());
}
