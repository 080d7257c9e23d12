// What documented settings evaluate to, at the end of their expressions; off by default.

import * as vscode from "vscode";
import type { Verdict } from "trysquare";

import { range } from "./places";
import type { Roots } from "./roots";
import { settings } from "./root";

/** Hints from the last report. */
export class HintProvider implements vscode.InlayHintsProvider {
  readonly onDidChangeInlayHints: vscode.Event<void>;
  readonly #roots: Roots;

  constructor(roots: Roots) {
    this.#roots = roots;
    this.onDidChangeInlayHints = roots.onChecked;
  }

  provideInlayHints({ uri, getText }: vscode.TextDocument, visible: vscode.Range): vscode.InlayHint[] {
    const root = this.#roots.of(uri);
    if (!root || !settings(uri).get("inlayHints", false)) {
      return [];
    }
    const path = root.path(uri);
    const shown = new Map<string, vscode.InlayHint>();
    for (const { code, evaluated, documented, answer } of root.verdicts()) {
      if (code?.file !== path || code === undefined || evaluated === undefined) {
        continue;
      }
      const at = range(code);
      const written = getText(at).replace(/^"|"$/gu, "");
      if (visible.contains(at) && (written !== evaluated || answer === "fail")) {
        shown.set(`${at.end.line}:${at.end.character}:${evaluated}`, hint(at.end, evaluated, documented, answer));
      }
    }
    return [...shown.values()];
  }
}

function hint(at: vscode.Position, evaluated: string, documented: string | undefined, answer: Verdict["answer"]): vscode.InlayHint {
  const made = new vscode.InlayHint(at, answer === "fail" && documented !== undefined ? `= ${evaluated}, not ${documented}` : `= ${evaluated}`);
  made.paddingLeft = true;
  return made;
}

