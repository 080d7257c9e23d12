//! `cargo xtask npm`: the package `trysquare`, from the engine to what is published.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::{cargo, root, run, test};

/// Makes the package and says where it is.
pub fn package() -> Result<PathBuf, String> {
    let project = root().join("wasm/npm");
    let build = project.join("build");
    test::target(test::WASM)?;
    run(cargo().args([
        "build",
        "--quiet",
        "--package",
        "trysquare-wasm",
        "--target",
        test::WASM,
        "--profile",
        "wasm",
    ]))?;
    fs::create_dir_all(&build).map_err(|error| format!("{}: {error}", build.display()))?;
    bindings(&build)?;
    install(&project)?;
    optimise(&project)?;
    let out = root().join("target/npm");
    run(Command::new("node").current_dir(&project).arg("build.mjs").arg(&out))?;
    Ok(out)
}

/// What stands between JavaScript and the module.
fn bindings(build: &Path) -> Result<(), String> {
    let module = root().join("target").join(test::WASM).join("wasm/trysquare_wasm.wasm");
    let mut bindgen = Bindgen::new();
    let bindgen = bindgen.input_path(module).typescript(false).remove_name_section(true).omit_default_module_path(true);
    let bindgen = bindgen.no_modules(true).map_err(|error| error.to_string())?;
    bindgen.generate(build).map_err(|error| format!("the module's JavaScript cannot be written: {error:#}"))
}

/// Installs what a JavaScript project is built with, unless it is there.
pub fn install(project: &Path) -> Result<(), String> {
    if project.join("node_modules").is_dir() {
        return Ok(());
    }
    run(Command::new("npm").current_dir(project).args(["ci", "--no-audit", "--no-fund"]))
        .map_err(|error| format!("Node 20 with npm, and what {} names, are needed: {error}", project.display()))
}

fn optimise(project: &Path) -> Result<(), String> {
    let tool = project.join("node_modules/.bin/wasm-opt");
    let features = [
        "--enable-bulk-memory",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-mutable-globals",
        "--enable-reference-types",
        "--enable-multivalue",
    ];
    run(Command::new(tool).current_dir(project.join("build")).args(features).args([
        "-O2",
        "--strip-producers",
        "trysquare_wasm_bg.wasm",
        "-o",
        "trysquare.wasm",
    ]))
}

/// Tests the package as its users have it, and holds the module against the native engine.
pub fn test() -> Result<(), String> {
    let out = package()?;
    run(Command::new("node")
        .current_dir(root().join("wasm/npm/test"))
        .env("PACKAGE", out)
        .args(["--test", "package.test.mjs"]))?;
    run(cargo().args(["test", "--quiet", "--test", "parity", "--", "--ignored"]))
}

/// Measures the package, beside the native engine in the same run.
pub fn bench() -> Result<(), String> {
    let out = package()?;
    let example = root().join("examples/hoopstat");
    run(Command::new("node").current_dir(root()).arg("wasm/npm/bench.mjs").arg(out).arg(example))
}
