// All workspaces of the engine, and when they are checked.

import * as vscode from "vscode";
import type { Trysquare } from "trysquare";

import { Root, settings } from "./root";

/** Directories with a trysquare.hcl beyond this are not checked. */
const MAX_ROOTS = 50;
const FILE_NAME = "trysquare.hcl";

/** The directories that are checked, each on its own. */
export class Roots implements vscode.Disposable {
  readonly #engine: Trysquare;
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #checked = new vscode.EventEmitter<void>();
  #roots: Root[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #changed = new Set<Root>();

  /** Fires after each check. */
  readonly onChecked = this.#checked.event;

  constructor(engine: Trysquare) {
    this.#engine = engine;
    const watcher = vscode.workspace.createFileSystemWatcher("**/*");
    const changed = (uri: vscode.Uri): void => void this.#readFile(uri);
    const moved = (uri: vscode.Uri): void => (uri.path.endsWith(`/${FILE_NAME}`) ? void this.find() : changed(uri));
    this.#subscriptions.push(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(moved),
      watcher.onDidDelete(moved),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#setText(document)),
      vscode.workspace.onDidOpenTextDocument((document) => this.#setText(document)),
      // What was not saved is gone.
      vscode.workspace.onDidCloseTextDocument(({ uri }) => void this.#readFile(uri)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.find()),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("trysquare") && void this.find()),
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    vscode.Disposable.from(...this.#subscriptions, ...this.#roots, this.#checked).dispose();
  }

  /** All of them. */
  all(): readonly Root[] {
    return this.#roots;
  }

  /** The nearest that a file is in. */
  of(uri: vscode.Uri): Root | undefined {
    const holding = this.#roots.filter((root) => root.path(uri) !== undefined);
    return holding.sort((a, b) => b.uri.path.length - a.uri.path.length)[0];
  }

  /** Looks for the directories anew, reads all their files and checks them. */
  async find(): Promise<void> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => settings(uri).get("enable", true));
    const uris = (await Promise.all(folders.map(({ uri }) => rootsIn(uri)))).flat();
    this.#roots.forEach((root) => root.dispose());
    this.#roots = uris.map((uri) => new Root(uri, this.#engine));
    await Promise.all(this.#roots.map((root) => root.read()));
    this.#check(this.#roots);
  }

  async #readFile(uri: vscode.Uri): Promise<void> {
    const open = vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString() && !document.isClosed);
    if (open) {
      return;
    }
    const holding = this.#roots.filter((root) => root.path(uri) !== undefined);
    await Promise.all(holding.map((root) => root.readFile(uri)));
    this.#soon(holding);
  }

  #setText(document: vscode.TextDocument): void {
    const holding = this.#roots.filter((root) => root.path(document.uri) !== undefined);
    holding.forEach((root) => root.setText(document.uri, document.getText()));
    this.#soon(holding);
  }

  /** Checks once nobody has typed for a while. */
  #soon(roots: Root[]): void {
    const [first] = roots;
    if (first === undefined) {
      return;
    }
    roots.forEach((root) => this.#changed.add(root));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const changed = [...this.#changed];
      this.#changed.clear();
      this.#check(changed);
    }, settings(first.uri).get("delay", 150));
  }

  #check(roots: readonly Root[]): void {
    roots.filter((root) => this.#roots.includes(root)).forEach((root) => root.check());
    this.#checked.fire();
  }
}

/** The directories of a folder that hold a trysquare.hcl, else the folder itself. */
async function rootsIn(folder: vscode.Uri): Promise<vscode.Uri[]> {
  const pattern = new vscode.RelativePattern(folder, `**/${FILE_NAME}`);
  const found = await vscode.workspace.findFiles(pattern, "**/{node_modules,.git,.terraform}/**", MAX_ROOTS);
  return found.length === 0 ? [folder] : found.map((uri) => vscode.Uri.joinPath(uri, ".."));
}
