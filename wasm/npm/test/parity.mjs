// Holds the module's reports against those of the native engine: `node parity.mjs PACKAGE CASES`. `tests/parity.rs`
// writes the cases. Each is checked at once, and again in a workspace that is edited from case to case.

import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [dist, cases] = process.argv.slice(2);
const { check, Workspace } = await import(pathToFileURL(join(dist, "esm/node.js")).href);
const options = { today: "2026-01-01", compliance: true };

const workspace = new Workspace(options);
let held = {};
let count = 0;
const differing = [];
for await (const line of createInterface({ input: createReadStream(cases) })) {
  const { name, files, report } = JSON.parse(line);
  count++;
  const edited = () => {
    Object.keys(held).filter((path) => !(path in files)).forEach((path) => workspace.removeFile(path));
    Object.entries(files).filter(([path, text]) => held[path] !== text).forEach(([path, text]) => workspace.setFile(path, text));
    held = files;
    return workspace.check();
  };
  const inParts = () => {
    const { summary, ...rest } = edited();
    const compliance = workspace.compliance();
    return { ...rest, ...(compliance.length > 0 ? { compliance } : {}), summary };
  };
  for (const [how, ask] of [["at once", () => check(files, options)], ["edited", inParts]]) {
    const got = JSON.stringify(ask());
    if (got !== report) {
      differing.push(name);
      console.log(`${name}, ${how}:\n  native: ${around(report, got)}\n  wasm:   ${around(got, report)}`);
    }
  }
}
console.log(`${count} workspaces, ${differing.length} differences`);
process.exitCode = differing.length === 0 && count > 0 ? 0 : 1;

/** The stretch of a text where it begins to differ from another. */
function around(text, other) {
  const at = [...text].findIndex((c, index) => c !== other[index]);
  return text.slice(Math.max(0, at - 80), at + 120);
}
