// The compliance matrix: functions by documented standards.

import * as vscode from "vscode";
import type { Answer, Verdict } from "trysquare";

import type { Roots } from "./roots";

const MARKS: Record<Answer, string> = { pass: "✓", fail: "✗", undetermined: "?" };

/** Shows how each function stands to each documented standard. */
export function showCompliance(roots: Roots): void {
  const panel = vscode.window.createWebviewPanel("trysquare.compliance", "Code and page", vscode.ViewColumn.Beside, {});
  const show = (): void => void (panel.webview.html = page(roots));
  const subscription = roots.onChecked(show);
  panel.onDidDispose(() => subscription.dispose());
  show();
}

function page(roots: Roots): string {
  const verdicts = roots.all().flatMap((root) => root.verdicts());
  const about = verdicts.filter((verdict) => verdict.function !== undefined && verdict.documented !== undefined);
  const functions = [...new Set(about.map((verdict) => verdict.function))].sort();
  const rules = [...new Set(about.map(({ rule }) => rule))].sort();
  const cell = (name: string | undefined, rule: string): string =>
    about.filter((verdict) => verdict.function === name && verdict.rule === rule).map(cellText).join("<br>");
  const rows = functions.map(
    (name) => `<tr><th scope="row">${escape(name ?? "")}</th>${rules.map((rule) => `<td>${cell(name, rule)}</td>`).join("")}</tr>`,
  );
  const table =
    rows.length === 0
      ? "<p>No function is held against a documented standard here.</p>"
      : `<table><thead><tr><td></td>${rules.map((rule) => `<th scope="col">${escape(rule)}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
table { border-collapse: collapse; }
th, td { padding: 0.3em 0.6em; border: 1px solid var(--vscode-editorWidget-border); text-align: left; }
.fail { color: var(--vscode-errorForeground); }
.undetermined { color: var(--vscode-editorWarning-foreground); }
</style>
<title>Code and page</title>
</head>
<body>${table}</body>
</html>`;
}

function cellText({ answer, about, evaluated, documented }: Verdict): string {
  const shown = answer === "fail" ? `${evaluated ?? "—"}, documented ${documented ?? "—"}` : (evaluated ?? documented ?? "");
  return `<span class="${answer}">${MARKS[answer]} ${escape(about === undefined ? shown : `${about}: ${shown}`)}</span>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/gu, (c) => `&#${c.charCodeAt(0)};`);
}
