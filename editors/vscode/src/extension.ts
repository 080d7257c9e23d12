// Shows where code and page part, while somebody types.

import * as vscode from "vscode";

import { ActionProvider } from "./actions";
import { showCompliance } from "./compliance";
import { createStandard } from "./draft";
import { loadEngine } from "./engine";
import { HoverProvider } from "./hover";
import { HintProvider } from "./hints";
import { markPages } from "./pages";
import { Roots } from "./roots";
import { explainRule, RulePages } from "./rules";
import { StatusBar } from "./status";

/** The files that the engine speaks of. */
const SELECTOR: vscode.DocumentSelector = { pattern: "**/*.{tf,tofu,tf.json,tfvars,hcl,md,yml,yaml}" };

/** Called by the editor when a workspace has something to check. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  try {
    await start(context);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`trysquare cannot start: ${why}. Installing it again may help.`);
  }
}

async function start(context: vscode.ExtensionContext): Promise<void> {
  const engine = await loadEngine(context.extensionUri);
  const roots = new Roots(engine);
  context.subscriptions.push(
    roots,
    new StatusBar(roots),
    markPages(roots),
    vscode.languages.registerHoverProvider(SELECTOR, new HoverProvider(roots)),
    vscode.languages.registerCodeActionsProvider(SELECTOR, new ActionProvider(roots), ActionProvider.metadata),
    vscode.languages.registerInlayHintsProvider(SELECTOR, new HintProvider(roots)),
    vscode.workspace.registerTextDocumentContentProvider(RulePages.scheme, new RulePages(engine)),
    vscode.commands.registerCommand("trysquare.check", () => roots.find()),
    vscode.commands.registerCommand("trysquare.showCompliance", () => showCompliance(roots)),
    vscode.commands.registerCommand("trysquare.createStandard", () => createStandard(roots)),
    vscode.commands.registerCommand("trysquare.explainRule", (rule?: string) => explainRule(roots, rule)),
  );
  await roots.find();
}
