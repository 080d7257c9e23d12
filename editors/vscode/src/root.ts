// One workspace of the engine: the directory of a trysquare.hcl, or a folder without one.

import * as vscode from "vscode";
import { TrysquareCrash, type Report, type Trysquare, type Verdict, type Workspace } from "trysquare";

import { diagnostics } from "./diagnostics";

/** Files that a check may ask for. */
const FILES = "**/*.{tf,tofu,tf.json,tfvars,hcl,md,yml,yaml,json,sh,tftpl,tpl,csv,txt}";
const LEFT_OUT = "**/{node_modules,.git,.terraform}/**";
/** Larger files are no configuration. */
const MAX_BYTES = 1 << 20;
/** Files beyond this are not read. */
const MAX_FILES = 20_000;

/** A workspace of the engine, kept in step with the files and buffers below a directory. */
export class Root implements vscode.Disposable {
  readonly uri: vscode.Uri;
  report: Report | undefined;
  readonly #engine: Trysquare;
  readonly #found: vscode.DiagnosticCollection;
  #workspace: Workspace;

  constructor(uri: vscode.Uri, engine: Trysquare) {
    this.uri = uri;
    this.#engine = engine;
    this.#found = vscode.languages.createDiagnosticCollection(`trysquare ${uri.toString()}`);
    this.#workspace = this.#fresh();
  }

  dispose(): void {
    this.#found.dispose();
  }

  /** Reads every file anew, unsaved buffers as they are. */
  async read(): Promise<void> {
    this.#workspace = this.#fresh();
    const files = await vscode.workspace.findFiles(new vscode.RelativePattern(this.uri, FILES), LEFT_OUT, MAX_FILES);
    await Promise.all(files.map((uri) => this.readFile(uri)));
    vscode.workspace.textDocuments.forEach((document) => this.setText(document.uri, document.getText()));
  }

  /** Reads one file from the disk; one that is gone is taken away. */
  async readFile(uri: vscode.Uri): Promise<void> {
    const path = this.path(uri);
    if (path === undefined) {
      return;
    }
    try {
      const bytes = await vscode.workspace.fs.readFile(uri);
      if (bytes.length <= MAX_BYTES) {
        this.#workspace.setFile(path, new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
      }
    } catch {
      this.#workspace.removeFile(path);
    }
  }

  /** Gives a file the text of a buffer. */
  setText(uri: vscode.Uri, text: string): void {
    const path = this.path(uri);
    if (path !== undefined) {
      this.#workspace.setFile(path, text);
    }
  }

  /** The path of a file below this directory. */
  path(uri: vscode.Uri): string | undefined {
    const base = this.uri.path.endsWith("/") ? this.uri.path : `${this.uri.path}/`;
    const isBelow = uri.scheme === this.uri.scheme && uri.authority === this.uri.authority && uri.path.startsWith(base);
    return isBelow ? uri.path.slice(base.length) : undefined;
  }

  /** Checks, and shows what is found. */
  check(): void {
    this.report = this.ask((workspace) => workspace.check());
    const showUndetermined = settings(this.uri).get("showUndetermined", false);
    this.#found.clear();
    if (this.report) {
      this.#found.set(diagnostics(this.uri, this.report, showUndetermined));
    }
  }

  /** How the code stands to each documented standard; worked out when it is asked for. */
  verdicts(): Verdict[] {
    return this.ask((workspace) => workspace.compliance()) ?? [];
  }

  /** Asks the engine; should it stumble, that is said, and the next question finds it on its feet. */
  ask<T>(question: (workspace: Workspace) => T): T | undefined {
    try {
      return question(this.#workspace);
    } catch (error) {
      if (!(error instanceof TrysquareCrash)) {
        throw error;
      }
      void vscode.window.showErrorMessage(error.message);
      return undefined;
    }
  }

  #fresh(): Workspace {
    const from = settings(this.uri);
    return new this.#engine.Workspace({
      variables: from.get("variables", []),
      varFiles: from.get("varFiles", []),
      today: new Date().toISOString().slice(0, 10),
    });
  }
}

/** The settings that hold for a directory. */
export function settings(uri: vscode.Uri): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("trysquare", uri);
}
