// For Node: the module lies beside this package, and is ready at once.

import { readFileSync } from "node:fs";

import { KeptWorkspace, over, type Options, type Trysquare } from "./api.js";
import { load as loadFrom, type Source } from "./browser.js";
import { instantiate } from "./engine.js";

export { TrysquareCrash } from "./api.js";
export type * from "./api.js";
export type { Source };

let compiled: WebAssembly.Module | undefined;
let shared: Trysquare | undefined;

function module(): WebAssembly.Module {
  return (compiled ??= new WebAssembly.Module(readFileSync(new URL("../trysquare.wasm", import.meta.url))));
}

function trysquare(): Trysquare {
  return (shared ??= over(module()));
}

/** Checks files, given as a map from path to text. */
export const check: Trysquare["check"] = (files, options) => trysquare().check(files, options);

/** Checks files that are read when they are asked for. */
export const checkFiles: Trysquare["checkFiles"] = (files, options) => trysquare().checkFiles(files, options);

/** A rule's page, as Markdown. */
export const explain: Trysquare["explain"] = (rule) => trysquare().explain(rule);

/** A workspace that is edited and checked again; what was made of unchanged files is kept. */
export class Workspace extends KeptWorkspace {
  constructor(options?: Options) {
    super(() => instantiate(module()), options);
  }
}

/** Makes an engine ready from a module that is handed over, as browsers have to; in Node there is no need to. */
export async function load(source?: Source): Promise<Trysquare> {
  return source === undefined ? trysquare() : loadFrom(source);
}
