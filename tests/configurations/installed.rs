//! Modules that `terraform init` fetched. Terraform itself is not asked: it would fetch them.

use super::cases::Case;
use super::subject;

/// What comes of a root module that calls `example/m/aws`, with this manifest and a module at this place.
fn with_manifest(manifest: &str, module: &str) -> Vec<String> {
    let root = "module \"m\" {\n  source = \"example/m/aws\"\n}\noutput \"o\" {\n  value = module.m.o\n}\n";
    let files = [
        ("main.tf", root),
        (".terraform/modules/modules.json", manifest),
        (module, "output \"o\" {\n  value = 5\n}\n"),
    ];
    let case = Case {
        heading: "installed".to_owned(),
        comments: Vec::new(),
        files: files.map(|(path, text)| (path.to_owned(), text.to_owned())).to_vec(),
        expected: Vec::new(),
        on_purpose: Vec::new(),
    };
    subject::evaluate(&case).0
}

#[test]
fn a_fetched_module_is_read() {
    let manifest = r#"{"Modules": [{"Key": "m", "Dir": ".terraform/modules/m"}]}"#;
    assert_eq!(with_manifest(manifest, ".terraform/modules/m/main.tf"), ["output o = number 5"]);
}

#[test]
fn a_manifest_that_lies_makes_outputs_unknown() {
    let unknown = ["output o = ?"];
    for manifest in [
        r#"{"Modules": [{"Key": "m", "Dir": ".terraform/modules/gone"}]}"#,
        r#"{"Modules": [{"Key": "m", "Dir": "../../etc"}]}"#,
        r#"{"Modules": [{"Key": "m", "Dir": "/etc"}]}"#,
        r#"{"Modules": [{"Key": "other", "Dir": ".terraform/modules/m"}]}"#,
        r#"{"Modules": "none"}"#,
        "not JSON",
    ] {
        assert_eq!(with_manifest(manifest, ".terraform/modules/m/main.tf"), unknown, "{manifest}");
    }
}
