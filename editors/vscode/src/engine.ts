// The engine, read from beside the extension, in whichever host it runs.

import * as vscode from "vscode";
import { load, type Trysquare } from "trysquare";

/** Reads and compiles the module. */
export async function loadEngine(extension: vscode.Uri): Promise<Trysquare> {
  const module = vscode.Uri.joinPath(extension, "dist", "trysquare.wasm");
  return load(await vscode.workspace.fs.readFile(module));
}
