// What the build puts in.

declare module "*/build/glue.mjs" {
  /** What wasm-bindgen wrote, as a function: each call gives an engine with a state of its own. */
  export function glue(): import("./engine.js").Engine & {
    initSync(from: { module: WebAssembly.Module }): void;
  };
}

/** The package's version. */
declare const __VERSION__: string;
