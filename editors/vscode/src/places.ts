// Between the engine's places and the editor's.

import * as vscode from "vscode";
import type { Label, Position, Range } from "trysquare";

/** The engine counts lines from 1, the editor from 0; both count characters in UTF-16. */
export function position({ line, character }: Pick<Position, "line" | "character">): vscode.Position {
  return new vscode.Position(line - 1, character);
}

/** A stretch of a file. */
export function range({ start, end }: Range | Label): vscode.Range {
  return new vscode.Range(position(start), position(end));
}

/** A stretch of a file, as the engine has it. */
export function engineRange({ start, end }: vscode.Range): Range {
  const point = ({ line, character }: vscode.Position): Range["start"] => ({ line: line + 1, character });
  return { start: point(start), end: point(end) };
}

/** A label's file and stretch. */
export function location(root: vscode.Uri, label: Label): vscode.Location {
  return new vscode.Location(vscode.Uri.joinPath(root, label.file), range(label));
}
