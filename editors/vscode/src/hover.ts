// What is under the mouse: its value, where that came from, and what the page says.

import * as vscode from "vscode";
import type { Answer, Evaluation, Hover, Label, Verdict } from "trysquare";

import { location, range } from "./places";
import type { Root } from "./root";
import type { Roots } from "./roots";

const MARKS: Record<Answer, string> = { pass: "✓", fail: "✗", undetermined: "?" };

/** Hovers from the engine. */
export class HoverProvider implements vscode.HoverProvider {
  readonly #roots: Roots;

  constructor(roots: Roots) {
    this.#roots = roots;
  }

  provideHover({ uri }: vscode.TextDocument, at: vscode.Position): vscode.Hover | undefined {
    const root = this.#roots.of(uri);
    const path = root?.path(uri);
    if (!root || path === undefined) {
      return undefined;
    }
    const hover = root.ask((workspace) => workspace.hover(path, at.line + 1, at.character));
    return hover ? new vscode.Hover(markdown(root, hover), range(hover.range)) : undefined;
  }
}

function markdown(root: Root, { values, verdicts }: Hover): vscode.MarkdownString[] {
  const all = [...values.map((value) => ofValue(root, value)), ...verdicts.map((verdict) => ofVerdict(root, verdict))];
  return all.map((text) => new vscode.MarkdownString(text));
}

function ofValue(root: Root, { addresses, value, unknown, origins }: Evaluation): string {
  const where = addresses.filter((address) => address !== "").map(code).join(", ");
  const shown = value === "" ? "" : `${fenced(value)}\n`;
  const why = unknown === undefined ? "" : `Not known: ${escape(unknown)}\n\n`;
  const chain = origins.map((label) => `- ${escape(label.text)} ${link(root, label)}`).join("\n");
  return `${where === "" ? "" : `${where}\n`}${shown}${why}${chain}`;
}

function ofVerdict(root: Root, { answer, rule, documented, evaluated, message, page }: Verdict): string {
  const said = documented === undefined ? "" : ` documented ${code(documented)}`;
  const got = evaluated === undefined || evaluated === documented ? "" : `, evaluates to ${code(evaluated)}`;
  const at = page === undefined ? "" : ` ${link(root, page)}`;
  const why = message === undefined || answer === "pass" ? "" : `\n\n${escape(message)}`;
  return `${MARKS[answer]} **${rule}**${said}${got}${at}${why}`;
}

function link(root: Root, label: Label): string {
  const { uri, range: at } = location(root.uri, label);
  const target = uri.with({ fragment: `L${at.start.line + 1},${at.start.character + 1}` });
  return `[${escape(label.file)}:${label.start.line}](${target.toString()})`;
}

/** Text from a file, of which nothing is to be taken for Markdown. */
function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/gu, "\\$&").replace(/\s+/gu, " ");
}

function code(text: string): string {
  return `\`${text.replace(/`/gu, "'").replace(/\s+/gu, " ")}\``;
}

function fenced(text: string): string {
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/gu)].map(([ticks]) => ticks.length + 1)));
  return `${fence}hcl\n${text}\n${fence}`;
}
