// Makes the package in the directory given: `node build.mjs OUT`. `cargo xtask npm` calls it with the module built.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
const { devDependencies, ...manifest } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));

// Each call of `glue` runs what wasm-bindgen wrote anew, so that engines share nothing.
const bindings = readFileSync(join(here, "build/trysquare_wasm.js"), "utf8");
writeFileSync(join(here, "build/glue.mjs"), `export function glue() {\n${bindings}\nreturn wasm_bindgen;\n}\n`);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "--project", here], { stdio: "inherit" });

const common = { absWorkingDir: here, bundle: true, target: "es2022", legalComments: "inline", logLevel: "warning" };
const define = { __VERSION__: JSON.stringify(manifest.version) };
const esm = { ...common, format: "esm", outdir: join(out, "esm") };
await build({ ...esm, entryPoints: ["src/browser.ts"], platform: "browser" });
await build({ ...esm, entryPoints: ["src/node.ts"], platform: "node" });
await build({ ...esm, entryPoints: ["src/cli.ts"], platform: "node", define, banner: { js: "#!/usr/bin/env node" } });
await build({
  ...common,
  entryPoints: ["src/node.ts"],
  format: "cjs",
  platform: "node",
  outdir: join(out, "cjs"),
  define: { "import.meta.url": "here" },
  banner: { js: 'const here = require("node:url").pathToFileURL(__filename);' },
});
for (const [kind, type] of [["esm", "module"], ["cjs", "commonjs"]]) {
  for (const name of ["api", "browser", "engine", "node", "report"]) {
    cpSync(join(here, `build/types/${name}.d.ts`), join(out, kind, `${name}.d.ts`));
  }
  writeFileSync(join(out, kind, "package.json"), `${JSON.stringify({ type })}\n`);
}
cpSync(join(here, "build/trysquare.wasm"), join(out, "trysquare.wasm"));
for (const name of ["README.md", "../../LICENSE-MIT", "../../LICENSE-APACHE"]) {
  cpSync(join(here, name), join(out, name.split("/").pop()));
}
writeFileSync(join(out, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
