// One word on how things stand, in the status bar.

import * as vscode from "vscode";

import type { Roots } from "./roots";

/** How many findings there are; a click shows them. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("trysquare", vscode.StatusBarAlignment.Left);
  readonly #subscription: vscode.Disposable;

  constructor(roots: Roots) {
    this.#item.name = "trysquare";
    this.#item.command = "workbench.actions.view.problems";
    this.#subscription = roots.onChecked(() => this.#show(roots));
  }

  dispose(): void {
    vscode.Disposable.from(this.#item, this.#subscription).dispose();
  }

  #show(roots: Roots): void {
    const reports = roots.all().flatMap(({ report }) => (report ? [report] : []));
    const total = (count: (at: (typeof reports)[number]) => number): number => reports.reduce((sum, report) => sum + count(report), 0);
    const failures = total((report) => report.failures?.length ?? 0);
    const found = total((report) => report.findings.length);
    const open = total((report) => report.undetermined.length);
    this.#item.text = failures > 0 ? "$(error) trysquare" : found > 0 ? `$(warning) trysquare ${found}` : "$(check) trysquare";
    this.#item.tooltip =
      failures > 0
        ? "The configuration keeps trysquare from checking"
        : `${found === 0 ? "Code and page agree" : `Code and page part in ${found} place${found === 1 ? "" : "s"}`}${open === 0 ? "" : `; ${open} cannot be decided`}`;
    this.#item.show();
  }
}
