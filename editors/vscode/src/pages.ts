// Marks in the page: how many places disagree with what is written here.

import * as vscode from "vscode";
import type { Label } from "trysquare";

import { range } from "./places";
import type { Roots } from "./roots";

/** Keeps the marks of visible pages in step with the reports. */
export function markPages(roots: Roots): vscode.Disposable {
  const mark = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor("editorWarning.foreground"), margin: "0 0 0 1ch" },
    border: "1px dotted",
    borderColor: new vscode.ThemeColor("editorWarning.foreground"),
  });
  const show = (): void => vscode.window.visibleTextEditors.forEach((editor) => editor.setDecorations(mark, marks(roots, editor.document.uri)));
  return vscode.Disposable.from(mark, roots.onChecked(show), vscode.window.onDidChangeVisibleTextEditors(show));
}

function marks(roots: Roots, uri: vscode.Uri): vscode.DecorationOptions[] {
  const root = roots.of(uri);
  const path = root?.path(uri);
  if (root === undefined || path?.endsWith(".md") !== true) {
    return [];
  }
  const failed = root.verdicts().filter(({ answer, page }) => answer === "fail" && page?.file === path);
  const places = new Map<string, { label: Label; count: number }>();
  for (const { page } of failed) {
    if (page !== undefined) {
      const key = `${page.start.offset}-${page.end.offset}`;
      places.set(key, { label: page, count: (places.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...places.values()].map(({ label, count }) => ({
    range: range(label),
    renderOptions: { after: { contentText: count === 1 ? "1 place disagrees" : `${count} places disagree` } },
  }));
}
