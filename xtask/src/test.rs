//! `cargo xtask test`

use std::fs;
use std::process::Command;

use crate::{cargo, output, root, run};

/// The target of the WebAssembly module.
pub const WASM: &str = "wasm32-unknown-unknown";

/// What the engine must not depend on: the terminal and the disk are the command line's.
const CLI_ONLY: &[&str] = &["clap", "ignore", "miette", "quick-junit", "schemars", "supports-hyperlinks", "rayon"];

/// Everything that has to hold, cheapest first.
pub fn all() -> Result<(), String> {
    step("format");
    component("rustfmt")?;
    run(cargo().args(["fmt", "--all", "--check"]))?;

    step("lints");
    component("clippy")?;
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]))?;

    step("documentation");
    run(cargo()
        .args(["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"])
        .env("RUSTDOCFLAGS", "--deny warnings"))?;

    step("tests");
    run(cargo().args(["test", "--quiet"]))?;

    step("WebAssembly");
    target(WASM)?;
    run(cargo().args(["build", "--quiet", "--package", "trysquare-wasm", "--target", WASM]))?;
    let tree = output(cargo().args([
        "tree",
        "--package",
        "trysquare-wasm",
        "--target",
        WASM,
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]))?;
    match tree.lines().find(|line| CLI_ONLY.iter().any(|name| line.split(' ').next() == Some(*name))) {
        Some(line) => Err(format!("the WebAssembly module depends on {line}, which belongs to the command line alone")),
        None => Ok(()),
    }?;

    step("package");
    package()?;

    step("npm package");
    crate::npm::test()?;

    step("workflows");
    crate::workflows::all()?;

    step("hooks");
    crate::hooks::all()?;

    println!("Everything holds.");
    Ok(())
}

/// A crate that is published is fetched by everybody who installs it.
const MAX_CRATE: u64 = 1 << 20;

/// The crate as it would be published: it builds from what is in it, and is small.
fn package() -> Result<(), String> {
    run(cargo().args(["package", "--quiet", "--package", "trysquare", "--locked", "--allow-dirty"]))?;
    let path = root().join(concat!("target/package/trysquare-", env!("CARGO_PKG_VERSION"), ".crate"));
    let size = fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?.len();
    if size > MAX_CRATE {
        return Err(format!("the crate has {size} bytes, and at most {MAX_CRATE} are wanted: what is in it?"));
    }
    Ok(())
}

fn step(name: &str) {
    println!("── {name}");
}

/// Installs a part of the toolchain, unless it is there.
fn component(name: &str) -> Result<(), String> {
    let probe = if name == "rustfmt" { "fmt" } else { name };
    if cargo().args([probe, "--version"]).output().is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    rustup(&["component", "add", name])
}

/// Installs a target of the toolchain, unless it is there.
pub fn target(name: &str) -> Result<(), String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let libraries = output(Command::new(rustc).args(["--print", "target-libdir", "--target", name]))?;
    if std::path::Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    rustup(&["target", "add", name])
}

fn rustup(arguments: &[&str]) -> Result<(), String> {
    run(Command::new("rustup").args(arguments))
        .map_err(|error| format!("{} is needed and could not be installed: {error}", arguments.last().unwrap_or(&"it")))
}
