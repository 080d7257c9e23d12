// The rules' pages, which the engine carries with it.

import * as vscode from "vscode";
import type { Trysquare } from "trysquare";

import type { Roots } from "./roots";

/** Rules' pages as documents. */
export class RulePages implements vscode.TextDocumentContentProvider {
  static readonly scheme = "trysquare-rule";
  readonly #engine: Trysquare;

  constructor(engine: Trysquare) {
    this.#engine = engine;
  }

  provideTextDocumentContent({ path }: vscode.Uri): string {
    const rule = path.replace(/^\/|\.md$/gu, "");
    return this.#engine.explain(rule) ?? `There is no page about the rule \`${rule}\`.`;
  }
}

/** Shows a rule's page; without a rule, asks which. */
export async function explainRule(roots: Roots, rule?: string): Promise<void> {
  const wanted = rule ?? (await vscode.window.showQuickPick(known(roots), { placeHolder: "Which rule?" }));
  if (wanted !== undefined) {
    const uri = vscode.Uri.from({ scheme: RulePages.scheme, path: `/${wanted}.md` });
    await vscode.commands.executeCommand("markdown.showPreview", uri);
  }
}

/** The rules that the reports speak of, those with findings first. */
function known(roots: Roots): string[] {
  const found = roots.all().flatMap(({ report }) => report?.findings.map(({ rule }) => rule) ?? []);
  const others = roots.all().flatMap((root) => [...root.verdicts(), ...(root.report?.skipped ?? [])].map(({ rule }) => rule));
  return [...new Set([...found.sort(), ...others.sort()])];
}
