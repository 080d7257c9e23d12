// The module as wasm-bindgen gives it, and what becomes of it when it stumbles.

import { glue } from "../build/glue.mjs";

/** Files that are read when they are asked for. */
export interface Files {
  /** Every file under the root that is not ignored, sorted; paths relative to the root, with `/`. */
  list(): string[];
  /** The names of the files directly in a directory, sorted; also in one that `list` leaves out. */
  listDir(dir: string): string[];
  /** Whether a file (not a directory) is there. */
  exists(path: string): boolean;
  /** The bytes of a file, when it can be read. */
  read(path: string): Uint8Array | undefined;
  /** Why a file cannot be read: `not-found`, `outside-root`, `too-large` or other words. */
  refusal(path: string): string;
}

/** The bridge of `wasm/src/lib.rs`. */
export interface Engine {
  check(files: string, options: string): string;
  checkFiles(files: Files, options: string): string;
  explain(rule: string): string | undefined;
  lastPanic(): string;
  Workspace: new (options: string) => EngineWorkspace;
}

/** The bridge's workspace. */
export interface EngineWorkspace {
  setFile(path: string, text: string): void;
  removeFile(path: string): void;
  check(): string;
  compliance(): string;
  hover(path: string, line: number, character: number): string;
  draft(page?: string): string;
  fixes(path: string, range: string): string;
}

/** A fresh instance of the module: it shares nothing with others. */
export function instantiate(module: WebAssembly.Module): Engine {
  const engine = glue();
  engine.initSync({ module });
  return engine;
}

/** Where defects are reported. */
const ISSUES = "https://github.com/trysquare/trysquare/issues";

/** The engine stumbled over its input. That is a defect of trysquare's, never of the input's. */
export class TrysquareCrash extends Error {
  override name = "TrysquareCrash";
}

/**
 * Asks the engine something. When it stumbles, its instance is of no further use: `lost` is called to forget it, and
 * the error says what to report.
 */
export function ask<T>(engine: Engine, question: () => T, lost: () => void): T {
  try {
    return question();
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) {
      throw error;
    }
    lost();
    throw new TrysquareCrash(
      `trysquare stumbled, which is a defect of its own. Please report it at ${ISSUES} with the files, as far as you may share them, and this: ${details(engine, error)}`,
      { cause: error },
    );
  }
}

function details(engine: Engine, error: Error): string {
  try {
    return engine.lastPanic() || error.message;
  } catch {
    return error.message;
  }
}
