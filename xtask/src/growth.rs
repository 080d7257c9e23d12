//! How the time of a check grows with the workspace: one that is generated in two sizes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::bench::{median, peak_memory};
use crate::{output, root};

/// Modules of the small workspace; the large one has ten times as many.
const SMALL: usize = 20;
const LARGE: usize = 10 * SMALL;

/// Checks both workspaces and prints what a file costs in each.
pub fn all(binary: &Path, start: Duration) -> Result<(), String> {
    println!("\nA generated workspace in two sizes, without the process start:");
    let mut costs = Vec::new();
    for modules in [SMALL, LARGE] {
        let (directory, files) = generate(modules).map_err(|error| format!("the workspace: {error}"))?;
        let mut check = Command::new(binary);
        check.args(["check", "--format", "json", "--fail-on", "note"]).arg(&directory);
        // It agrees with its page, so whatever is found is a mistake of ours and no measure.
        output(&mut check)?;
        let time = median(&mut check)?.saturating_sub(start).as_secs_f64();
        let cost = time / files as f64;
        println!("{modules:>12} modules, {files:>5} files  {:8.2} ms  {:6.1} µs a file", time * 1e3, cost * 1e6);
        if let Some(memory) = peak_memory(binary, &directory) {
            println!("{:>44}  {memory} kB resident at most", "");
        }
        costs.push(cost);
    }
    if let [small, large] = costs.as_slice() {
        println!("{:>44}  {:.2} × the time a file, where 1 is linear", "", large / small);
    }
    Ok(())
}

/// Writes a workspace of so many modules, each a service of two functions with its role, bucket and alarms, and the
/// page that it is held against. Each service but the first works on what another one writes.
fn generate(modules: usize) -> std::io::Result<(PathBuf, usize)> {
    let template = root().join("benches/growth");
    let directory = root().join(format!("target/growth/{modules}"));
    if directory.exists() {
        std::fs::remove_dir_all(&directory)?;
    }
    std::fs::create_dir_all(&directory)?;
    let parts: Vec<PathBuf> =
        std::fs::read_dir(template.join("module"))?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    let mut calls = String::new();
    let mut page =
        "# Services\n\n## Functions\n\n| Function | Timeout | Memory | Log group |\n|--|--|--|--|\n".to_owned();
    for at in 0..modules {
        let own = directory.join(format!("modules/service-{at}"));
        std::fs::create_dir_all(&own)?;
        for part in &parts {
            std::fs::copy(part, own.join(part.file_name().unwrap_or_default()))?;
        }
        calls.push_str(&call(at));
        for (function, timeout, memory) in [("api", "30s", 256), ("worker", "5min", 1024)] {
            let _ = writeln!(page, "| service-{at}-{function} | {timeout} | {memory} MB | /services/service-{at} |");
        }
    }
    for name in ["root.tf", "trysquare.hcl"] {
        std::fs::copy(template.join(name), directory.join(name))?;
    }
    std::fs::write(directory.join("services.tf"), calls)?;
    std::fs::write(directory.join("SERVICES.md"), page)?;
    Ok((directory, modules * parts.len() + 4))
}

fn call(at: usize) -> String {
    let upstream = match at {
        0 => "null".to_owned(),
        _ => format!("module.service_{}.bucket_arn", at / 2),
    };
    format!(
        r#"
module "service_{at}" {{
  source = "./modules/service-{at}"

  service  = "service-{at}"
  upstream = {upstream}
  tags     = var.tags

  functions = {{
    api    = {{ timeout = 30 }}
    worker = {{ timeout = 300, memory_size = 1024, environment = {{ shard = "{at}" }} }}
  }}
}}
"#
    )
}
