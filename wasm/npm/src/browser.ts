// For browsers and web workers: the module is fetched, or handed over.

import { over, type Trysquare } from "./api.js";

export { TrysquareCrash } from "./api.js";
export type * from "./api.js";

/** From where the module can be had. */
export type Source = BufferSource | WebAssembly.Module | Response | Promise<Response> | URL | string;

/** Makes the engine ready. Without a source, the module is fetched from beside this file. */
export async function load(source: Source = new URL("../trysquare.wasm", import.meta.url)): Promise<Trysquare> {
  const given = typeof source === "string" || source instanceof URL ? fetch(source) : source;
  const had = await given;
  if (had instanceof WebAssembly.Module) {
    return over(had);
  }
  if (typeof Response !== "undefined" && had instanceof Response) {
    if (!had.ok) {
      throw new Error(`the module cannot be fetched from ${had.url}: ${had.status} ${had.statusText}`);
    }
    return over(await WebAssembly.compile(await had.arrayBuffer()));
  }
  return over(await WebAssembly.compile(had as BufferSource));
}
