// Written by `UPDATE=1 cargo test --test npm_types` from the Rust types of the same names.

/** One thing that can be done. */
export interface Action {
  /** The edits; none for what only shows something. */
  edits: TextEdit[];
  /** The finding that it is about. */
  fingerprint: string;
  /** Which kind of thing. */
  kind: ActionKind;
  /** The rule whose finding it is about. */
  rule: string;
  /** Whether it can be done unseen. */
  safe: boolean;
  /** What it does, for a menu. */
  title: string;
  /** What to open. */
  url?: string;
}

/** Kinds of actions. */
export type ActionKind = "fix-code" | "fix-page" | "ignore" | "open-rule";

/** The three answers of a rule. */
export type Answer = "pass" | "undetermined" | "fail";

/** Whether a fix can be applied unseen. */
export type Applicability = "safe" | "unsafe";

/** The expression that a verdict hangs on. */
export interface Blocking {
  /** Just past the last. */
  end: Position;
  /** The expression as written, on one line. */
  expression: string;
  /** Path relative to the workspace root. */
  file: string;
  /** First character. */
  start: Position;
}

/** One replacement of bytes. */
export interface Edit {
  /** Just past the last byte. */
  end: number;
  /** Path relative to the workspace root. */
  file: string;
  /** First byte. */
  start: number;
  /** What stands there instead. */
  text: string;
}

/** What an expression evaluates to. */
export interface Evaluation {
  /** The instances of the block or module in which it does; empty where there is only one. */
  addresses: string[];
  /** The places it came by, nearest first. */
  origins: Label[];
  /** Why it is not known, or what is wrong with it. */
  unknown?: string;
  /** As HCL writes it; a sensitive value is not shown. */
  value: string;
}

/** A rule or the configuration that is wrong itself: the check could not do what was asked. */
export interface Failure {
  /** How to mend it. */
  help?: string;
  /** What is wrong. */
  message: string;
  /** Where, when it is somewhere. */
  place?: Label;
}

/** Code and page part here. */
export interface Finding {
  /** The resource or job it is about. */
  address?: string;
  /** How to mend the page instead, so that it says what the code does. */
  document_fix?: Fix;
  /** The same for the same finding when lines move. */
  fingerprint: string;
  /** How to mend the code by edits. */
  fix?: Fix;
  /** How to mend it. */
  help?: string;
  /** What is wrong, in one sentence. */
  message: string;
  /** Where it shows. */
  primary: Label;
  /** Where it came from, and where the page says otherwise. */
  related: Label[];
  /** The rule's id. */
  rule: string;
  /** How much it weighs here. */
  severity: Severity;
  /** The rule's page: an address, or for a rule of the repository's own the path in the workspace. */
  url?: string;
}

/** Edits that mend a finding. */
export interface Fix {
  /** Whether it can be applied unseen. */
  applicability: Applicability;
  /** The edits; they do not overlap. */
  edits: Edit[];
}

/** What there is to know of a place. */
export interface Hover {
  /** The expression, or what a verdict speaks of. */
  range: Range;
  /** What the expression evaluates to, each value once; nothing where there is no expression. */
  values: Evaluation[];
  /** How what is here stands to the documented standards. */
  verdicts: Verdict[];
}

/** A finding of a baseline. */
export interface KnownFinding {
  /** The resource or job it is about. */
  address?: string;
  /** The file in which it showed. */
  file: string;
  /** By this it is known again. */
  fingerprint: string;
  /** What was wrong. */
  message: string;
  /** The rule's id. */
  rule: string;
}

/** A stretch of a file and what there is to say of it. */
export interface Label {
  /** Just past the last. */
  end: Position;
  /** Path relative to the workspace root, with `/`. */
  file: string;
  /** First character. */
  start: Position;
  /** What it is: "set here", "documented here". */
  text: string;
}

/** A place in a file, as editors count. */
export interface Point {
  /** In UTF-16 code units, from 0. */
  character: number;
  /** From 1. */
  line: number;
}

/**
 * A place in a file: lines and columns from 1, columns in Unicode scalar values, offsets in bytes. Editors count
 * otherwise: from 0, in UTF-16.
 */
export interface Position {
  /** UTF-16 code units before it on its line. */
  character: number;
  /** From 1. */
  column: number;
  /** From 1. */
  line: number;
  /** In bytes, from 0. */
  offset: number;
}

/** A stretch of a file, as editors count. */
export interface Range {
  /** Just past the last. */
  end: Point;
  /** First character. */
  start: Point;
}

/** Everything a check has to say. */
export interface Report {
  /** How the code stands to each documented standard; only when that was asked for. */
  compliance?: Verdict[];
  /** What kept the check from doing what was asked; exit status 2. */
  failures?: Failure[];
  /** What is wrong, by file and place. */
  findings: Finding[];
  /** What the baseline lists and is not found any more: it can be taken out there. */
  resolved?: KnownFinding[];
  /** Rules that did not run. */
  skipped: Skipped[];
  /** Counts. */
  summary: Summary;
  /** What is wrong and silenced, in the same order. */
  suppressed?: Suppressed[];
  /** Who made it. */
  tool: Tool;
  /** What could not be decided. */
  undetermined: Undetermined[];
  /** Of this format; grows when its meaning changes. */
  version: number;
}

/** How much a finding weighs. */
export type Severity = "note" | "warning" | "error";

/** A rule that did not run. */
export interface Skipped {
  /** Why. */
  reason: string;
  /** The rule's id. */
  rule: string;
}

/** Counts. */
export interface Summary {
  /** Findings of severity error. */
  errors: number;
  /** Files that were read. */
  files: number;
  /** Findings of severity note. */
  notes: number;
  /** Resource instances that were evaluated. */
  resources: number;
  /** Findings that a comment, the configuration or a baseline silences. */
  suppressed: number;
  /** Verdicts that could not be reached. */
  undetermined: number;
  /** Findings of severity warning. */
  warnings: number;
  /** Workflows that were read. */
  workflows: number;
}

/**
 * A finding that somebody decided to live with. It is not among the findings, weighs nothing, and is
 * counted in [`Summary::suppressed`].
 */
export interface Suppressed {
  /** By what. */
  by: SuppressedBy;
  /** What is silenced. */
  finding: Finding;
  /** The comment, or the head of the `ignore` block; a baseline has no place. */
  place?: Label;
  /** Why; a baseline gives no reasons. */
  reason?: string;
  /** The last day on which it is silenced, as `YYYY-MM-DD`. */
  until?: string;
}

/** What silenced a finding. */
export type SuppressedBy = "comment" | "configuration" | "baseline";

/** A replacement of text. */
export interface TextEdit {
  /** Path relative to the workspace root. */
  file: string;
  /** What is replaced. */
  range: Range;
  /** What stands there instead. */
  text: string;
}

/** Who made the report. */
export interface Tool {
  /** `trysquare` */
  name: string;
  /** Such as `0.1.0`. */
  version: string;
}

/** A rule that could not be decided for something. */
export interface Undetermined {
  /** The resource or job it is about. */
  address?: string;
  /** What it hangs on, when that is written somewhere. */
  blocking?: Blocking;
  /** Why it could not be decided. */
  message: string;
  /** The rule's id. */
  rule: string;
}

/** What one rule says of one thing. */
export interface Verdict {
  /** Which of several alike, such as the name of an environment variable. */
  about?: string;
  /** The resource or job it is about. */
  address?: string;
  /** Whether it holds. */
  answer: Answer;
  /** Where the code says it, or what the verdict hangs on. */
  code?: Label;
  /** What the page says, when that is one short value. */
  documented?: string;
  /** What the code says, when that is one short known value. */
  evaluated?: string;
  /** Name of the function it is about, for the rules that are about functions. */
  function?: string;
  /** The finding's message, or why it cannot be decided. */
  message?: string;
  /** Where that value came from, nearest first. */
  origins?: Label[];
  /** Where it is documented. */
  page?: Label;
  /** The rule's id. */
  rule: string;
}
