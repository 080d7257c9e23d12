// A report as the editor's diagnostics.

import * as vscode from "vscode";
import type { Failure, Finding, Report, Severity, Undetermined } from "trysquare";

import { location, range } from "./places";

/** What the diagnostics say they come from. */
export const SOURCE = "trysquare";

const SEVERITIES: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  note: vscode.DiagnosticSeverity.Information,
};

/** The diagnostics of a report, by file. */
export function diagnostics(root: vscode.Uri, report: Report, showUndetermined: boolean): [vscode.Uri, vscode.Diagnostic[]][] {
  const byFile = new Map<string, vscode.Diagnostic[]>();
  const add = (file: string, diagnostic: vscode.Diagnostic): void => {
    byFile.set(file, [...(byFile.get(file) ?? []), diagnostic]);
  };
  for (const finding of report.findings) {
    add(finding.primary.file, ofFinding(root, finding));
  }
  for (const failure of report.failures ?? []) {
    add(failure.place?.file ?? "trysquare.hcl", ofFailure(failure));
  }
  for (const undetermined of showUndetermined ? report.undetermined : []) {
    if (undetermined.blocking) {
      add(undetermined.blocking.file, ofUndetermined(undetermined, range({ ...undetermined.blocking, text: "" })));
    }
  }
  return [...byFile].map(([file, found]) => [vscode.Uri.joinPath(root, file), found]);
}

function ofFinding(root: vscode.Uri, finding: Finding): vscode.Diagnostic {
  const message = finding.help === undefined ? finding.message : `${finding.message}\n${finding.help}`;
  const diagnostic = new vscode.Diagnostic(range(finding.primary), message, SEVERITIES[finding.severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = finding.url === undefined ? finding.rule : { value: finding.rule, target: vscode.Uri.parse(finding.url) };
  diagnostic.relatedInformation = finding.related.map(
    (label) => new vscode.DiagnosticRelatedInformation(location(root, label), label.text),
  );
  return diagnostic;
}

function ofFailure({ message, help, place }: Failure): vscode.Diagnostic {
  const at = place ? range(place) : new vscode.Range(0, 0, 0, 0);
  const diagnostic = new vscode.Diagnostic(at, help === undefined ? message : `${message}\n${help}`);
  diagnostic.source = SOURCE;
  return diagnostic;
}

function ofUndetermined({ rule, message }: Undetermined, at: vscode.Range): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(at, `${rule} cannot be decided: ${message}`, vscode.DiagnosticSeverity.Information);
  diagnostic.source = SOURCE;
  diagnostic.code = rule;
  return diagnostic;
}
