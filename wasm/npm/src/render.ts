// Reports as text, for people.

import type { Failure, Finding, Label, Report } from "./report.js";

/** How to lay out. */
export interface Style {
  color: boolean;
  showUndetermined: boolean;
  quiet: boolean;
}

/** Text with control characters made visible: what comes from a file must not steer the terminal. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/** One line a finding, as `--format concise` of the native command prints it. */
export function concise(report: Report, style: Style): string {
  const at = (label: Label): string => `${plain(label.file)}:${label.start.line}:${label.start.column}`;
  const failures = report.failures ?? [];
  return [
    ...failures.map(({ place, message }) => `${place ? `${at(place)} ` : ""}failure: ${plain(message)}\n`),
    ...report.findings.map((finding) => `${at(finding.primary)} ${finding.severity}: ${plain(finding.message)} [${finding.rule}]\n`),
    ...(style.showUndetermined ? report.undetermined : []).map(({ blocking, address, message, rule }) => {
      const place = blocking ? `${plain(blocking.file)}:${blocking.start.line}:${blocking.start.column} ` : "";
      return `${place}undetermined: ${address ? `${plain(address)}: ` : ""}${plain(message)} [${rule}]\n`;
    }),
  ].join("");
}

/** Each finding with the code, where its value was set, and the line of the page that says otherwise. */
export function text(report: Report, style: Style, read: (path: string) => string): string {
  const failures = (report.failures ?? []).map((failure) => failureText(failure, style, read));
  const findings = report.findings.map((finding) => findingText(finding, style, read));
  const undetermined = style.showUndetermined ? concise({ ...report, failures: [], findings: [] }, style) : "";
  return [...failures, ...findings, undetermined, style.quiet ? "" : summary(report)].join("");
}

const COLORS = { error: "31", warning: "33", note: "36", failure: "31", page: "2" };

function paint(text: string, kind: keyof typeof COLORS, style: Style): string {
  return style.color ? `\u001b[${COLORS[kind]}m${text}\u001b[0m` : text;
}

function failureText({ message, help, place }: Failure, style: Style, read: (path: string) => string): string {
  const frame = place ? codeFrame(place, read) : "";
  return `${paint("failure", "failure", style)}: ${plain(message)}\n${frame}${help ? `  help: ${plain(help)}\n` : ""}\n`;
}

function findingText(finding: Finding, style: Style, read: (path: string) => string): string {
  const head = `${paint(finding.severity, finding.severity, style)}[${finding.rule}]: ${plain(finding.message)}\n`;
  const frames = [finding.primary, ...finding.related].map((label) => codeFrame(label, read));
  return `${head}${frames.join("")}${finding.help ? `  help: ${plain(finding.help)}\n` : ""}\n`;
}

/** The line of a label, with what is marked underlined. */
function codeFrame({ file, start, end, text }: Label, read: (path: string) => string): string {
  const line = (read(file).split("\n")[start.line - 1] ?? "").replace(/\r$/u, "");
  const number = String(start.line);
  const gutter = " ".repeat(number.length);
  const last = start.line === end.line ? Math.max(end.character, start.character + 1) : line.length;
  const pad = line.slice(0, start.character).replace(/[^\t]/gu, " ");
  const mark = "^".repeat(Math.max(1, last - start.character));
  return `${gutter} --> ${plain(file)}:${start.line}:${start.column}\n${number} | ${plain(line)}\n${gutter} | ${pad}${mark} ${plain(text)}`.trimEnd() + "\n";
}

function summary({ summary, failures }: Report): string {
  if ((failures ?? []).length > 0) {
    return "";
  }
  const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? "" : "s"}`;
  const found = [
    [summary.errors, "error"],
    [summary.warnings, "warning"],
    [summary.notes, "note"],
  ] as const;
  const parts = found.filter(([number]) => number > 0).map(([number, one]) => count(number, one));
  const read = `Read ${count(summary.files, "file")}: ${count(summary.resources, "resource")}, ${count(summary.workflows, "workflow")}.`;
  return `${read}\nFound ${parts.length === 0 ? "nothing" : parts.join(", ")}.\n`;
}
