// The package as its users have it: `node --test package.test.mjs`, with PACKAGE where it is built.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(process.env.PACKAGE ?? join(here, "../../../target/npm"));
const example = resolve(here, "../../../examples/hoopstat");
const { check, Workspace, TrysquareCrash, load } = await import(pathToFileURL(join(dist, "esm/node.js")).href);

const TIMEOUT = 'resource "aws_lambda_function" "f" {\n  function_name = "f"\n  timeout = 901\n}\n';
let project;

before(() => {
  project = mkdtempSync(join(tmpdir(), "trysquare-npm-"));
  mkdirSync(join(project, "node_modules"));
  cpSync(dist, join(project, "node_modules/trysquare"), { recursive: true });
});
after(() => rmSync(project, { recursive: true, force: true }));

const cli = (cwd, ...args) => spawnSync(process.execPath, [join(dist, "esm/cli.js"), ...args], { cwd, encoding: "utf8" });

test("what the README shows runs", () => {
  const blocks = [...readFileSync(join(dist, "README.md"), "utf8").matchAll(/```js\n([\s\S]*?)```/gu)].map(([, code]) => code);
  const printed = blocks.slice(0, 2).map((code, at) => {
    writeFileSync(join(project, `${at}.mjs`), code);
    return execFileSync(process.execPath, [`${at}.mjs`], { cwd: project, encoding: "utf8" });
  });
  assert.match(printed[0], /^main\.tf:4 error: .*901/mu);
  assert.equal(printed[1], "600\n");
});

test("it can be required", () => {
  const code = 'const { check } = require("trysquare"); console.log(check({}).version);';
  assert.equal(execFileSync(process.execPath, ["-e", code], { cwd: project, encoding: "utf8" }), "1\n");
});

test("what browsers get runs in a worker, from bytes", async () => {
  const code = `
    import { parentPort } from "node:worker_threads";
    import { readFileSync } from "node:fs";
    const { load } = await import(${JSON.stringify(pathToFileURL(join(dist, "esm/browser.js")).href)});
    const { check } = await load(readFileSync(${JSON.stringify(join(dist, "trysquare.wasm"))}));
    parentPort.postMessage(check({ "main.tf": ${JSON.stringify(TIMEOUT)} }).findings.length);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  const found = await new Promise((done, failed) => worker.on("message", done).on("error", failed));
  assert.ok(found > 0);
});

test("engines share nothing", async () => {
  const [one, other] = [new Workspace(), new Workspace()];
  one.setFile("main.tf", TIMEOUT);
  assert.ok(one.check().findings.length > 0);
  assert.equal(other.check().findings.length, 0);
  assert.notEqual((await load(readFileSync(join(dist, "trysquare.wasm")))).Workspace, Workspace);
});

test("options that cannot be used are told at once", () => {
  assert.throws(() => new Workspace({ variables: ["x"] }), /NAME=VALUE/u);
  assert.throws(() => new Workspace({ colour: true }), /colour/u);
  assert.throws(() => check({ a: 1 }), /map paths to texts/u);
});

test("a standard is drafted from a page", () => {
  const workspace = new Workspace();
  assert.throws(() => workspace.draft(), /pages/u);
  workspace.setFile("p.md", readFileSync(join(example, "infrastructure/LAMBDA_DEPLOYMENT.md"), "utf8"));
  assert.match(workspace.draft("p.md"), /document\("p\.md"\)/u);
});

test("a workspace that stumbled says what to report, and can be used on", () => {
  // An instance that traps, as one that panicked does; those after it are whole.
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports) {
    WebAssembly.Instance = Instance;
    const { exports } = new Instance(module, imports);
    const trap = () => {
      throw new WebAssembly.RuntimeError("unreachable");
    };
    return { exports: { ...exports, workspace_check: trap } };
  };
  const workspace = new Workspace();
  workspace.setFile("main.tf", TIMEOUT);
  assert.throws(() => workspace.check(), (error) => error instanceof TrysquareCrash && /Please report it.*unreachable/u.test(error.message));
  assert.ok(workspace.check().findings.some(({ rule }) => rule === "lambda-limits"));
});

test("deep references end in an answer", () => {
  const locals = Array.from({ length: 3000 }, (_, at) => `  l${at} = local.l${at + 1}\n`).join("");
  const report = check({ "main.tf": `terraform {\n  backend "local" {}\n}\nlocals {\n${locals}  l3000 = 1\n}\noutput "x" {\n  value = local.l0\n}\n` });
  assert.equal(report.version, 1);
  const nested = `locals {\n  x = ${"[".repeat(5000)}${"]".repeat(5000)}\n}\n`;
  assert.equal(check({ "main.tf": nested }).version, 1);
});

test("the command ends as the native one does", () => {
  const found = cli(example, "check", "--format", "concise");
  assert.equal(found.status, 1);
  assert.match(found.stdout, /^infrastructure\/lambda\.tf:35:17 error: .* \[lambda-memory\]$/mu);
  assert.match(cli(example, "check").stdout, /documented here[\s\S]*Found 8 errors\./u);
  assert.equal(JSON.parse(cli(example, "check", "--format", "json").stdout).summary.errors, 8);
  assert.equal(cli(example, "check", "--fail-on", "never").status, 0);
  assert.equal(cli(example, "check", "infrastructure/iam.tf", "--format", "concise").stdout.trim().split("\n").length, 1);
  assert.equal(cli(`${example}-fixed`, "check").status, 0);
  for (const wrong of [[], ["chekc"], ["check", "gone"], ["check", "--format", "xml"], ["check", "--frob"]]) {
    const { status, stderr } = cli(example, ...wrong);
    assert.equal(status, 2, wrong.join(" "));
    assert.match(stderr, /^trysquare: /u);
  }
});

test("the command reads what git does not ignore, and nothing outside the root", () => {
  const dir = join(project, "repository");
  mkdirSync(join(dir, "kept/ignored"), { recursive: true });
  mkdirSync(join(dir, ".git"));
  writeFileSync(join(dir, "trysquare.hcl"), "");
  writeFileSync(join(project, "secret.txt"), "secret");
  symlinkSync(join(project, "secret.txt"), join(dir, "link.txt"));
  writeFileSync(join(dir, ".gitignore"), "*.gen.tf\n!kept.gen.tf\n");
  writeFileSync(join(dir, "kept/.gitignore"), "/ignored/\n");
  for (const [path, name] of [["main.tf", "a"], ["x.gen.tf", "b"], ["kept.gen.tf", "c"], ["kept/ignored/main.tf", "d"]]) {
    writeFileSync(join(dir, path), TIMEOUT.replaceAll('"f"', `"${name}"`));
  }
  writeFileSync(join(dir, "out.tf"), 'output "o" {\n  value = [file("../secret.txt"), file("link.txt")]\n}\n');
  const { stdout } = cli(dir, "check", "--format", "json");
  const limits = JSON.parse(stdout).findings.filter(({ rule }) => rule === "lambda-limits");
  assert.deepEqual(limits.map(({ primary }) => primary.file).sort(), ["kept.gen.tf", "main.tf"]);
  assert.ok(!stdout.includes("secret\""));
});
