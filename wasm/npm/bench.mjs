// Measures the package built in the directory given: `node bench.mjs PACKAGE EXAMPLE`. `cargo xtask bench` calls it.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [dist, example] = process.argv.slice(2).map((path) => resolve(path));
const KEYSTROKES = 200;

const milliseconds = (from) => performance.now() - from;
const quantile = (times, q) => times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * q))];
const say = (name, text) => console.log(`${name.padStart(56)}  ${text}`);

function files(root, dir = root) {
  return Object.assign(
    {},
    ...readdirSync(dir).map((name) => {
      const path = join(dir, name);
      return statSync(path).isDirectory() ? files(root, path) : { [relative(root, path)]: readFileSync(path, "utf8") };
    }),
  );
}

/** A root module of about `lines` lines in one file, and the page that documents its functions. */
export function large(lines) {
  const block = (name) => `resource "aws_lambda_function" "${name}" {
  function_name = "${name}"
  role          = aws_iam_role.run.arn
  package_type  = "Image"
  image_uri     = "\${aws_ecr_repository.main.repository_url}:${name}-latest"
  timeout       = var.timeouts["${name}"]
  memory_size   = 256

  environment {
    variables = merge(local.variables, { APP_NAME = "${name}" })
  }

  lifecycle {
    ignore_changes = [image_uri]
  }
}

resource "aws_cloudwatch_metric_alarm" "${name}" {
  alarm_name          = "lambda-errors-${name}"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  statistic           = "Sum"
  dimensions          = { FunctionName = aws_lambda_function.${name}.function_name }
}
`;
  const names = Array.from({ length: Math.round(lines / 30) }, (_, at) => `job_${at}`);
  return {
    "main.tf": names.map(block).join("\n"),
    "variables.tf": `variable "timeouts" {\n  type    = map(number)\n  default = { ${names.map((name) => `${name} = 30`).join(", ")} }\n}\n
locals {\n  variables = { LOG_LEVEL = "INFO" }\n}\n
resource "aws_ecr_repository" "main" {\n  name = "jobs"\n}\n
resource "aws_iam_role" "run" {\n  name               = "run"\n  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })\n}\n`,
    "jobs.md": `# Jobs\n\n## Functions\n\n| Name | Timeout | Memory |\n|---|---|---|\n${names.map((name) => `| ${name} | 30s | 256MB |`).join("\n")}\n`,
    "trysquare.hcl": `standard {
  functions = {
    for row in document("jobs.md").tables["Functions"] :
    row["Name"] => { timeout = duration(row["Timeout"]), memory = megabytes(row["Memory"]) }
  }
  alarms      = { errors = { name = "lambda-errors-{app}", threshold = 0 } }
  environment = { LOG_LEVEL = "INFO" }
}
`,
  };
}

const module = readFileSync(join(dist, "trysquare.wasm"));
say("trysquare.wasm", `${(module.length / 1000).toFixed(0)} kB, ${(gzipSync(module, { level: 9 }).length / 1000).toFixed(0)} kB gzip`);

const given = files(example);
let from = performance.now();
const { load } = await import(pathToFileURL(join(dist, "esm/node.js")));
const engine = await load(await WebAssembly.compile(module));
say("compile", `${milliseconds(from).toFixed(1)} ms`);
from = performance.now();
engine.check(given);
say(`instantiate and first check of ${relative(process.cwd(), example)}`, `${milliseconds(from).toFixed(1)} ms`);
const again = Array.from({ length: 30 }, () => {
  const start = performance.now();
  engine.check(given);
  return milliseconds(start);
});
say("the same again, median", `${quantile(again, 0.5).toFixed(1)} ms`);

for (const [name, workspaceFiles, path, mark] of [
  [`${relative(process.cwd(), example)}`, given, "infrastructure/lambda.tf", "timeout"],
  ["a file of 2,000 lines", large(2000), "main.tf", "threshold           = 0"],
]) {
  const workspace = new engine.Workspace();
  Object.entries(workspaceFiles).forEach(([file, text]) => workspace.setFile(file, text));
  const { findings, summary } = workspace.check();
  const text = workspaceFiles[path];
  const at = text.indexOf(mark) + mark.length;
  const times = Array.from({ length: KEYSTROKES }, (_, key) => {
    const typed = text.slice(0, at) + " ".repeat(key % 7) + text.slice(at);
    const start = performance.now();
    workspace.setFile(path, typed);
    workspace.check();
    return milliseconds(start);
  });
  say(`keystroke in ${name}, median and p95 of ${KEYSTROKES}`, `${quantile(times, 0.5).toFixed(1)} ms, ${quantile(times, 0.95).toFixed(1)} ms  (${text.split("\n").length} lines, ${summary.resources} resources, ${findings.length} findings)`);
}
