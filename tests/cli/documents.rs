//! README and its like: what they show is what is printed.
//!
//! A block that follows `<!-- prints: ARGUMENTS -->` is compared with what `trysquare ARGUMENTS`
//! prints; with UPDATE=1 in the environment it is written anew.

use std::fs;

use super::run::{root, trysquare};

#[test]
fn the_readme_shows_real_output() {
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let mut updated = String::new();
    let mut copied = 0;
    let mut blocks = 0;
    for (at, _) in text.match_indices("<!-- prints: ") {
        let arguments = text[at + "<!-- prints: ".len()..].split(" -->").next().unwrap();
        let fence = at + text[at..].find("```").unwrap();
        let start = fence + text[fence..].find('\n').unwrap() + 1;
        let end = start + text[start..].find("```").unwrap();
        let output = trysquare(&arguments.split(' ').collect::<Vec<_>>());
        updated.push_str(&text[copied..start]);
        updated.push_str(&output.stdout);
        copied = end;
        blocks += 1;
    }
    updated.push_str(&text[copied..]);
    assert!(blocks > 0, "the README shows no output");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &updated).unwrap();
    } else {
        assert!(
            text == updated,
            "README.md is not current; run `UPDATE=1 cargo test --test cli` and look at the difference"
        );
    }
}
