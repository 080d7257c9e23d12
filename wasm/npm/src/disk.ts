// Files from the disk, and never from outside the workspace root; as `cli/disk.rs` reads them.

import { existsSync, readdirSync, readFileSync, realpathSync, statSync, type Dirent } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ignore, { type Ignore } from "ignore";

import type { Files } from "./api.js";

/** Larger files are not read: no configuration is that large. */
const MAX_BYTES = 16 << 20;
/** Directories that are never listed. */
const LEFT_OUT = new Set([".git", ".terraform", "node_modules"]);
/** Files that say what git, and those who follow it, leave out. */
const IGNORE_FILES = [".gitignore", ".ignore"];

/** What one directory's files say of the paths below it. */
interface Rules {
  dir: string;
  rules: Ignore;
}

/** A directory on the disk. */
export class Disk implements Files {
  readonly root: string;

  constructor(root: string) {
    this.root = realpathSync(root);
  }

  /** A path given by a person, relative to the root; `undefined` when it lies outside or is not there. */
  relative(path: string): string | undefined {
    try {
      const inside = relative(this.root, realpathSync(path));
      return inside === ".." || inside.startsWith(`..${sep}`) || resolve(inside) === inside ? undefined : slashed(inside);
    } catch {
      return undefined;
    }
  }

  list(): string[] {
    const files: string[] = [];
    this.#walk("", rulesAbove(this.root), files);
    return files.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  #walk(dir: string, above: Rules[], files: string[]): void {
    const full = join(this.root, dir);
    const own = rulesIn(full);
    const rules = own ? [...above, own] : above;
    for (const entry of entries(full)) {
      const path = dir === "" ? entry.name : `${dir}/${entry.name}`;
      if (LEFT_OUT.has(entry.name) || isIgnored(join(full, entry.name), entry.isDirectory(), rules)) {
        continue;
      }
      if (entry.isDirectory()) {
        this.#walk(path, rules, files);
      } else {
        files.push(path);
      }
    }
  }

  listDir(dir: string): string[] {
    const target = this.#resolve(dir);
    if (target === undefined) {
      return [];
    }
    const isFile = (entry: Dirent): boolean => !(statSync(join(target, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false);
    return entries(target).filter(isFile).map((entry) => entry.name).sort();
  }

  exists(path: string): boolean {
    const target = this.#resolve(path);
    return target !== undefined && (statSync(target, { throwIfNoEntry: false })?.isFile() ?? false);
  }

  read(path: string): Uint8Array | undefined {
    const target = this.#resolve(path);
    if (target === undefined || this.#unfit(target) !== undefined) {
      return undefined;
    }
    try {
      return readFileSync(target);
    } catch {
      return undefined;
    }
  }

  refusal(path: string): string {
    const full = join(this.root, path);
    if (!existsSync(full)) {
      return "not-found";
    }
    const target = this.#resolve(path);
    if (target === undefined) {
      return "outside-root";
    }
    try {
      return this.#unfit(target) ?? (readFileSync(target), "not-found");
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Why a file is not read at all. */
  #unfit(target: string): string | undefined {
    const stat = statSync(target);
    if (stat.isDirectory()) {
      return "not-found";
    }
    return stat.size > MAX_BYTES || !stat.isFile() ? "too-large" : undefined;
  }

  /** The file a path leads to, links followed, as long as that is inside the root. */
  #resolve(path: string): string | undefined {
    try {
      const target = realpathSync(join(this.root, path));
      return target === this.root || target.startsWith(this.root.endsWith(sep) ? this.root : this.root + sep) ? target : undefined;
    } catch {
      return undefined;
    }
  }
}

/** The nearest directory at or above `path` that holds a trysquare.hcl, else one with a .git, else `path` itself. */
export function workspaceRoot(path: string): string {
  return configuredRoot(path) ?? holder(path, ".git") ?? directory(path);
}

/** The nearest directory at or above a path that holds a trysquare.hcl. */
export function configuredRoot(path: string): string | undefined {
  return holder(path, "trysquare.hcl");
}

function holder(path: string, name: string): string | undefined {
  return upwards(directory(path)).find((dir) => existsSync(join(dir, name)));
}

function directory(path: string): string {
  const real = realpathSync(path);
  return statSync(real).isFile() ? dirname(real) : real;
}

function upwards(dir: string): string[] {
  const above = dirname(dir);
  return above === dir ? [dir] : [dir, ...upwards(above)];
}

function entries(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    return [];
  }
}

function rulesIn(dir: string, names: string[] = IGNORE_FILES): Rules | undefined {
  const texts = names.map((name) => join(dir, name)).filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8"));
  return texts.length === 0 ? undefined : { dir, rules: ignore({ allowRelativePaths: true }).add(texts.join("\n")) };
}

/** The rules of the directories above the root, up to the repository's, and of the repository itself. */
function rulesAbove(root: string): Rules[] {
  const dirs = upwards(root);
  const repository = dirs.findIndex((dir) => existsSync(join(dir, ".git")));
  const above = repository < 0 ? dirs : dirs.slice(0, repository + 1);
  const own = above.map((dir) => (dir === root ? undefined : rulesIn(dir)));
  const exclude = repository < 0 ? undefined : rulesIn(above[repository] ?? root, [join(".git", "info", "exclude")]);
  return [...own, exclude].filter((rules) => rules !== undefined).reverse();
}

/** Whether the last of the rules that speaks of a path leaves it out. */
function isIgnored(path: string, isDirectory: boolean, all: Rules[]): boolean {
  return all.reduce((ignored, { dir, rules }) => {
    const verdict = rules.test(slashed(relative(dir, path)) + (isDirectory ? "/" : ""));
    return verdict.ignored || (ignored && !verdict.unignored);
  }, false);
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}
