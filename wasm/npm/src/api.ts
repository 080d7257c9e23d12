// What the package offers, over a compiled module.

import { ask, instantiate, type Engine, type EngineWorkspace, type Files } from "./engine.js";
import type { Action, Hover, Range, Report, Verdict } from "./report.js";

export { TrysquareCrash, type Files } from "./engine.js";
export type * from "./report.js";

/** How to check. */
export interface Options {
  /** Path of the configuration; by default `trysquare.hcl` in the root, if it is there. */
  config?: string;
  /** Terraform variables, as `NAME=VALUE`; dots reach into objects. */
  variables?: string[];
  /** Files of Terraform variables, relative to the root. */
  varFiles?: string[];
  /** The date, as `YYYY-MM-DD`, by which suppressions expire; without one, none does. */
  today?: string;
  /** Whether comments and `ignore` blocks silence nothing. */
  noIgnore?: boolean;
  /** Whether the report also tells how the code stands to each documented standard; a workspace is asked for that apart. */
  compliance?: boolean;
}

/** A workspace that is edited and checked again; what was made of unchanged files is kept. */
export interface Workspace {
  /** Adds a file, or gives it another text. Paths are relative to the root, with `/`. */
  setFile(path: string, text: string): void;
  /** Takes a file away. */
  removeFile(path: string): void;
  /** The report on the files as they are. */
  check(): Report;
  /** How the code stands to each documented standard. */
  compliance(): Verdict[];
  /** What is known of a place: what it evaluates to, where that came from, what the page says. Lines count from 1, characters from 0 in UTF-16. */
  hover(path: string, line: number, character: number): Hover | null;
  /** What can be done about the findings that touch a range. */
  fixes(path: string, range: Range): Action[];
  /** The text of a `trysquare.hcl` bound to a page, or else to the page that says most; throws when none says anything. */
  draft(page?: string): string;
}

/** The engine, ready. */
export interface Trysquare {
  /** Checks files, given as a map from path to text. */
  check(files: Record<string, string>, options?: Options): Report;
  /** Checks files that are read when they are asked for. */
  checkFiles(files: Files, options?: Options): Report;
  /** A rule's page, as Markdown. */
  explain(rule: string): string | undefined;
  /** A workspace without files. */
  Workspace: new (options?: Options) => Workspace;
}

/** The engine over a compiled module. */
export function over(module: WebAssembly.Module): Trysquare {
  let shared: Engine | undefined;
  const once = <T>(question: (engine: Engine) => T): T => {
    const engine = (shared ??= instantiate(module));
    return ask(engine, () => question(engine), () => (shared = undefined));
  };
  return {
    check: (files, options = {}) =>
      JSON.parse(once((engine) => engine.check(JSON.stringify(files), JSON.stringify(options)))) as Report,
    checkFiles: (files, options = {}) =>
      JSON.parse(once((engine) => engine.checkFiles(files, JSON.stringify(options)))) as Report,
    explain: (rule) => once((engine) => engine.explain(rule)),
    Workspace: class extends KeptWorkspace {
      constructor(options?: Options) {
        super(() => instantiate(module), options);
      }
    },
  };
}

/** A workspace with an engine of its own, which is replaced when it stumbles. */
export class KeptWorkspace implements Workspace {
  readonly #instantiate: () => Engine;
  readonly #options: string;
  readonly #files = new Map<string, string>();
  #current: { engine: Engine; workspace: EngineWorkspace } | undefined;

  constructor(instantiate: () => Engine, options: Options = {}) {
    this.#instantiate = instantiate;
    this.#options = JSON.stringify(options);
    // Options that cannot be used are told at once.
    this.#ask(() => undefined);
  }

  setFile(path: string, text: string): void {
    this.#files.set(path, text);
    this.#tell((workspace) => workspace.setFile(path, text));
  }

  removeFile(path: string): void {
    this.#files.delete(path);
    this.#tell((workspace) => workspace.removeFile(path));
  }

  check(): Report {
    return JSON.parse(this.#ask((workspace) => workspace.check())) as Report;
  }

  compliance(): Verdict[] {
    return JSON.parse(this.#ask((workspace) => workspace.compliance())) as Verdict[];
  }

  hover(path: string, line: number, character: number): Hover | null {
    return JSON.parse(this.#ask((workspace) => workspace.hover(path, line, character))) as Hover | null;
  }

  fixes(path: string, range: Range): Action[] {
    return JSON.parse(this.#ask((workspace) => workspace.fixes(path, JSON.stringify(range)))) as Action[];
  }

  draft(page?: string): string {
    return this.#ask((workspace) => workspace.draft(page));
  }

  /** Passes a change on, unless there is no engine: the next one gets all files. */
  #tell(change: (workspace: EngineWorkspace) => void): void {
    if (this.#current) {
      this.#ask(change);
    }
  }

  #ask<T>(question: (workspace: EngineWorkspace) => T): T {
    const current = this.#current;
    if (current) {
      return ask(current.engine, () => question(current.workspace), () => (this.#current = undefined));
    }
    const engine = this.#instantiate();
    return ask(
      engine,
      () => {
        const workspace = new engine.Workspace(this.#options);
        this.#files.forEach((text, path) => workspace.setFile(path, text));
        this.#current = { engine, workspace };
        return question(workspace);
      },
      () => (this.#current = undefined),
    );
  }
}
