// For browsers and web workers: the module is fetched, or handed over.

import { over, type Trysquare } from "./api.js";

export { TrysquareCrash } from "./api.js";
export type * from "./api.js";

/** From where the module can be had. */
export type Source = BufferSource | WebAssembly.Module | Response | Promise<Response> | URL | string;

/** Makes the engine ready. Without a source, the module is fetched from beside this file. */
export async function load(source: Source = new URL("../trysquare.wasm", import.meta.url)): Promise<Trysquare> {
  const given = await (typeof source === "string" || source instanceof URL ? fetch(source) : source);
  if (given instanceof WebAssembly.Module) {
    return over(given);
  }
  return over(await WebAssembly.compile("arrayBuffer" in given ? await body(given) : given));
}

async function body(response: Response): Promise<ArrayBuffer> {
  if (!response.ok) {
    throw new Error(`the module cannot be fetched from ${response.url}: ${response.status} ${response.statusText}`);
  }
  return response.arrayBuffer();
}
