// A first trysquare.hcl, bound to the page that is shown.

import * as vscode from "vscode";

import type { Roots } from "./roots";

/** Writes a trysquare.hcl beside the workspace's root and shows it, not saved yet. */
export async function createStandard(roots: Roots): Promise<void> {
  const page = vscode.window.activeTextEditor?.document.uri;
  const root = page && roots.of(page);
  const path = page && root?.path(page);
  if (root === undefined || path?.endsWith(".md") !== true) {
    void vscode.window.showInformationMessage("Open the Markdown page that documents your functions first.");
    return;
  }
  const uri = vscode.Uri.joinPath(root.uri, "trysquare.hcl");
  const edit = new vscode.WorkspaceEdit();
  try {
    const text = root.ask((workspace) => workspace.draft(path));
    if (text === undefined) {
      return;
    }
    edit.createFile(uri, { contents: new TextEncoder().encode(text) });
  } catch (error) {
    void vscode.window.showWarningMessage(`No trysquare.hcl can be written: ${error instanceof Error ? error.message : String(error)}.`);
    return;
  }
  if (await vscode.workspace.applyEdit(edit)) {
    await vscode.window.showTextDocument(uri);
  } else {
    void vscode.window.showWarningMessage("There is a trysquare.hcl already.");
  }
}
