//! The guide: its files are written, its commands run, and they print what it says.
//!
//! A block whose info string names a file after the language is that file. In a `console` block a line that begins with
//! `$ ` is a command, and the lines up to the next one are what it prints. With UPDATE=1 they are written anew.

// The commands are those of GNU: `sed` differs elsewhere.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use super::run::{ENVIRONMENT, Scratch, root};

/// What a command prints, on both outputs, in a shell that finds the binary under test.
fn shell(dir: &Path, command: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_trysquare"));
    let path = format!("{}:{}", binary.parent().unwrap().display(), env::var("PATH").unwrap());
    let mut command_line = Command::new("sh");
    ENVIRONMENT.iter().for_each(|name| {
        command_line.env_remove(name);
    });
    let output = command_line
        .args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .current_dir(dir)
        .env("PATH", path)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// A console block with what its commands print now.
fn replayed(dir: &Path, block: &str) -> String {
    let commands = block.lines().filter(|line| line.starts_with("$ "));
    commands.map(|line| format!("{line}\n{}", shell(dir, &line[2..]))).collect()
}

#[test]
fn the_guide_is_what_happens() {
    let page = root().join("docs/guide.md");
    let text = fs::read_to_string(&page).unwrap();
    let scratch = Scratch::new("guide");
    let mut updated = String::new();
    let mut lines = text.split_inclusive('\n');
    let mut commands = 0;
    while let Some(line) = lines.next() {
        updated.push_str(line);
        let fence: String = line.chars().take_while(|c| *c == '`').collect();
        if fence.len() < 3 {
            continue;
        }
        let body: String = lines.by_ref().take_while(|line| line.trim_end() != fence).collect();
        match line.trim_end()[fence.len()..].split_once(' ') {
            Some((_, file)) => {
                scratch.file(file, &body);
                updated.push_str(&body);
            }
            None if line.trim_end().ends_with("console") => {
                commands += 1;
                updated.push_str(&replayed(scratch.path(), &body));
            }
            None => updated.push_str(&body),
        }
        updated.push_str(&format!("{fence}\n"));
    }
    assert!(commands > 5, "the guide runs almost nothing");
    if env::var_os("UPDATE").is_some() {
        fs::write(&page, &updated).unwrap();
    } else {
        assert!(text == updated, "docs/guide.md is not current; run `UPDATE=1 cargo test --test cli guide`");
    }
}
