// What can be done about a finding: mend the code, mend the page, ignore it with a reason, read the rule.

import * as vscode from "vscode";
import type { Action, TextEdit } from "trysquare";

import { SOURCE } from "./diagnostics";
import { engineRange, range } from "./places";
import type { Root } from "./root";
import type { Roots } from "./roots";

/** Quick fixes from the engine. */
export class ActionProvider implements vscode.CodeActionProvider {
  static readonly metadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
  readonly #roots: Roots;

  constructor(roots: Roots) {
    this.#roots = roots;
  }

  provideCodeActions({ uri }: vscode.TextDocument, at: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const root = this.#roots.of(uri);
    const path = root?.path(uri);
    if (!root || path === undefined) {
      return [];
    }
    const actions = root.ask((workspace) => workspace.fixes(path, engineRange(at))) ?? [];
    const ours = context.diagnostics.filter(({ source }) => source === SOURCE);
    return actions.map((action) => codeAction(root, action, ours));
  }
}

function codeAction(root: Root, action: Action, diagnostics: readonly vscode.Diagnostic[]): vscode.CodeAction {
  const made = new vscode.CodeAction(action.title, vscode.CodeActionKind.QuickFix);
  made.diagnostics = diagnostics.filter(({ code }) => (typeof code === "object" ? code.value : code) === action.rule);
  made.isPreferred = action.kind === "fix-code" && action.safe;
  if (action.kind === "open-rule") {
    made.command = { command: "trysquare.explainRule", title: action.title, arguments: [action.rule] };
    return made;
  }
  made.edit = new vscode.WorkspaceEdit();
  for (const file of new Set(action.edits.map((edit) => edit.file))) {
    const uri = vscode.Uri.joinPath(root.uri, file);
    const edits = action.edits.filter((edit) => edit.file === file);
    if (action.kind === "ignore") {
      made.edit.set(uri, edits.map(reasoned));
    } else {
      made.edit.set(uri, edits.map((edit) => vscode.TextEdit.replace(range(edit.range), edit.text)));
    }
  }
  return made;
}

/** An edit whose reason is marked to be written over. */
function reasoned({ range: at, text }: TextEdit): vscode.SnippetTextEdit {
  const snippet = text.replace(/[\\$}]/gu, "\\$&").replace(/\breason\b/u, "${1:reason}");
  return vscode.SnippetTextEdit.replace(range(at), new vscode.SnippetString(snippet));
}
