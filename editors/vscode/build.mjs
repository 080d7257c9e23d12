// Builds the extension from its sources and from the npm package in `target/npm` (`cargo xtask npm`).

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const engine = join(here, "../../target/npm");

execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "--project", here], { stdio: "inherit" });
mkdirSync(join(here, "dist"), { recursive: true });
copyFileSync(join(engine, "trysquare.wasm"), join(here, "dist/trysquare.wasm"));
// One file serves both hosts: it uses nothing but the editor's own interfaces.
await build({
  absWorkingDir: here,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  format: "cjs",
  platform: "browser",
  target: "es2022",
  external: ["vscode"],
  alias: { trysquare: join(engine, "esm/browser.js") },
  // The module is handed over, never fetched.
  define: { "import.meta.url": '"file:///"' },
  logLevel: "warning",
});
