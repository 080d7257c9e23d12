// Tests the packed extension in a real editor: `node run.mjs TOOLS OUT NODE.vsix WEB.vsix CORRUPT.vsix EXAMPLE`.
// `cargo xtask test-vscode` installs the tools, packs the extension and calls it.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { open } from "./editor.mjs";

const [tools, out, nodeHost, webHost, corrupt, example] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
let port = 18_400 + (process.pid % 500);

const MEMORY = "has 512 MB of memory; documented: 256 MB";
const TIMEOUT = "times out after 30 s; documented: 45 s";

const CASES = {
  async "a drift shows in the code and in Problems"(editor) {
    await editor.file("infrastructure/lambda.tf");
    await editor.showProblems();
    await editor.expectProblem(MEMORY);
    await editor.file("infrastructure/lambda.tf");
    await editor.page.waitForSelector(".monaco-editor .squiggly-error");
    const rows = await editor.problems();
    assert.match(rows.find((row) => row.includes(MEMORY)), /^Error: .* at line 35 and character 17/us);
    await editor.shot("problems");
  },
  async "a workflow is checked as well"(editor) {
    await editor.expectProblem("the deploy workflow has no step verify-image");
  },
  async "hover tells the value, its origin and the page"(editor) {
    await editor.file("infrastructure/lambda.tf");
    await editor.cursor(35, 50);
    await editor.command("Show or Focus Hover");
    const shown = async () => (await editor.page.locator(".monaco-hover:not(.hidden)").allInnerTexts()).join("\n");
    for (const expected of ["512", "infrastructure/variables.tf:67", "✗", "documented 256", "LAMBDA_DEPLOYMENT.md:19"]) {
      await editor.until(`a hover with ${expected}`, async () => (await shown()).includes(expected));
    }
    await editor.shot("hover");
    await editor.press("Escape");
  },
  async "an edit mends it, unsaved, and reverting brings it back"(editor) {
    await editor.file("infrastructure/variables.tf");
    await editor.replace(67, 21, 3, "256");
    await editor.expectProblem(MEMORY, false);
    await editor.command("File: Revert File");
    await editor.expectProblem(MEMORY);
  },
  async "an edit of the page shows in the code"(editor) {
    await editor.file("infrastructure/LAMBDA_DEPLOYMENT.md");
    await editor.replace(19, 55, 3, "45s");
    await editor.expectProblem(TIMEOUT);
    await editor.shot("page");
    await editor.command("File: Revert File");
    await editor.expectProblem(TIMEOUT, false);
  },
  async "a quick fix mends the code"(editor) {
    await editor.file("infrastructure/variables.tf");
    await editor.file("infrastructure/lambda.tf");
    await editor.cursor(35, 20);
    await editor.press("Control+.");
    const fix = editor.page.locator(".action-widget .monaco-list-row", { hasText: "512 → 256" });
    await fix.waitFor();
    await editor.shot("fixes");
    await fix.click();
    await editor.expectProblem(MEMORY, false);
    await editor.file("infrastructure/variables.tf");
    await editor.command("File: Revert File");
    await editor.expectProblem(MEMORY);
  },
  async "a comment silences a finding"(editor) {
    await editor.file("infrastructure/lambda.tf");
    await editor.cursor(35, 20);
    await editor.press("Control+.");
    const ignore = editor.page.locator(".action-widget .monaco-list-row", { hasText: "Ignore lambda-memory" });
    await ignore.waitFor();
    await ignore.click();
    await editor.expectProblem(MEMORY, false);
    const shown = await editor.page.locator(".editor-group-container.active .view-lines").innerText();
    assert.match(shown.replaceAll("\u00a0", " "), /# trysquare:ignore lambda-memory reason/u);
    await editor.shot("ignore");
    await editor.command("File: Revert File");
    await editor.expectProblem(MEMORY);
  },
  async "characters of two units do not move the mark"(editor) {
    await editor.file("infrastructure/lambda.tf");
    await editor.cursor(35, 3);
    await editor.page.keyboard.insertText("/* 🪵🪵 */ ");
    // Two units each: 8 + 2 × 2 - 2 more characters than before.
    await editor.until("the moved mark", async () => (await editor.problems()).some((row) => row.includes(MEMORY) && row.includes("line 35 and character 28")));
    await editor.command("File: Revert File");
  },
  async "a file that cannot be read hides nothing in others"(editor) {
    await editor.file("infrastructure/ecr.tf");
    await editor.cursor(1, 1);
    await editor.page.keyboard.insertText("resource = = {\n");
    await editor.expectProblem("ecr.tf");
    await editor.expectProblem(MEMORY);
    await editor.command("File: Revert File");
  },
};

async function inHost(name, vsix) {
  const editor = await open({ tools, scratch: join(out, name), vsix, example, port: port++ });
  try {
    for (const [what, run] of Object.entries(CASES)) {
      await run(editor);
      console.log(`${name}: ${what}`);
    }
  } catch (error) {
    await editor.shot("failed");
    throw error;
  } finally {
    await editor.close();
  }
}

async function corruptModule() {
  const editor = await open({ tools, scratch: join(out, "corrupt"), vsix: corrupt, example, port: port++ });
  try {
    await editor.page.locator(".notification-toast", { hasText: "trysquare cannot start" }).waitFor();
    console.log("corrupt module: a message says so");
  } finally {
    await editor.close();
  }
}

/** How long after the last key a finding goes, among 500 files. */
async function manyFiles() {
  const prepare = (workspace) => {
    for (let at = 0; at < 500; at++) {
      const dir = join(workspace, `infrastructure/modules/m${at}`);
      mkdirSync(dir, { recursive: true });
      writeFileSync(join(dir, "main.tf"), `variable "name" {\n  type = string\n}\n\nresource "aws_s3_bucket" "this" {\n  bucket = var.name\n}\n`);
    }
  };
  const editor = await open({ tools, scratch: join(out, "many"), vsix: nodeHost, example, port: port++, prepare });
  try {
    await editor.file("infrastructure/variables.tf");
    await editor.showProblems();
    await editor.expectProblem(MEMORY);
    await editor.file("infrastructure/variables.tf");
    await editor.replace(67, 21, 3, "25");
    await editor.expectProblem("has 25 MB of memory");
    const start = Date.now();
    await editor.page.keyboard.type("6");
    await editor.expectProblem("MB of memory", false);
    console.log(`500 more files: a finding goes ${Date.now() - start} ms after the key`);
  } finally {
    await editor.close();
  }
}

await inHost("node", nodeHost);
await inHost("web", webHost);
await corruptModule();
await manyFiles();
