// `npx trysquare`: the main commands and flags of the native one, with the same exit status.

import { existsSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { checkFiles, explain, type Label, type Report } from "./node.js";
import { configuredRoot, Disk, workspaceRoot } from "./disk.js";
import { concise, text, type Style } from "./render.js";

const HELP = `Holds Terraform and GitHub Actions workflows against a team's documented standards.

Usage: trysquare check [OPTIONS] [PATH]...
       trysquare explain RULE

Options of check:
      --config <FILE>        The configuration. Default: the trysquare.hcl at the workspace root
      --var <NAME=VALUE>     Set a Terraform variable; dots reach into objects
      --var-file <FILE>      Read Terraform variables from a file
      --format <FORMAT>      text, concise or json [default: text]
      --output <FILE>        Write to a file instead of the terminal
      --fail-on <SEVERITY>   error, warning, note or never [default: warning]
      --no-ignore            Report what comments and ignore blocks silence, too
      --show-undetermined    Also list what could not be decided, and why
      --color <WHEN>         auto, always or never [default: auto]
  -q, --quiet                Print findings only, without the summary
  -h, --help                 Print help
  -V, --version              Print the version

Exit status:
  0  nothing to report at or above --fail-on
  1  findings
  2  trysquare could not do what was asked: usage, configuration, unreadable input
`;

/** An argument is wrong. */
class UsageError extends Error {}

const SEVERITIES = ["note", "warning", "error"];

function run(args: string[]): number {
  const [command, ...rest] = args;
  switch (command) {
    case "check":
      return check(rest);
    case "explain":
      return explainRule(rest);
    case "--version":
    case "-V":
      process.stdout.write(`trysquare ${__VERSION__}\n`);
      return 0;
    case "--help":
    case "-h":
      process.stdout.write(HELP);
      return 0;
    default:
      throw new UsageError(command === undefined ? `say what to do\n\n${HELP}` : `there is no command \`${command}\`; \`trysquare --help\` lists them`);
  }
}

function check(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      config: { type: "string" },
      var: { type: "string", multiple: true, default: [] },
      "var-file": { type: "string", multiple: true, default: [] },
      format: { type: "string", default: "text" },
      output: { type: "string" },
      "fail-on": { type: "string", default: "warning" },
      "no-ignore": { type: "boolean", default: false },
      "show-undetermined": { type: "boolean", default: false },
      color: { type: "string", default: "auto" },
      quiet: { type: "boolean", short: "q", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  oneOf("--format", values.format, ["text", "concise", "json"]);
  oneOf("--fail-on", values["fail-on"], [...SEVERITIES, "never"]);
  oneOf("--color", values.color, ["auto", "always", "never"]);
  const disk = diskOf(leading(positionals), values.config);
  const inside = (path: string): string => {
    const relative = disk.relative(path);
    if (relative === undefined) {
      throw new UsageError(`${path} is not inside the workspace ${disk.root}`);
    }
    return relative;
  };
  const report = checkFiles(disk, {
    ...(values.config === undefined ? {} : { config: inside(values.config) }),
    variables: values.var,
    varFiles: values["var-file"].map(inside),
    today: new Date().toISOString().slice(0, 10),
    noIgnore: values["no-ignore"],
  });
  if (positionals.length > 0) {
    restrict(report, wanted(disk, positionals, values.config !== undefined, values.quiet));
  }
  const style: Style = { color: colored(values.color, values.output), showUndetermined: values["show-undetermined"], quiet: values.quiet };
  const read = (path: string): string => Buffer.from(disk.read(path) ?? []).toString("utf8");
  const formats = {
    text: () => text(report, style, read),
    concise: () => concise(report, style),
    json: () => `${JSON.stringify(report, null, 2)}\n`,
  };
  const printed = formats[values.format as keyof typeof formats]();
  if (values.output === undefined) {
    process.stdout.write(printed);
  } else {
    writeFileSync(values.output, printed);
  }
  return status(report, values["fail-on"]);
}

/** The path whose workspace is checked: the first that has a configuration, else the first. */
function leading(paths: string[]): string {
  return paths.find((path) => existsSync(path) && configuredRoot(path) !== undefined) ?? paths[0] ?? ".";
}

/** The paths whose findings are shown. Hooks are handed whatever changed, be it in the workspace or not. */
function wanted(disk: Disk, paths: string[], configured: boolean, quiet: boolean): string[] {
  return paths.flatMap((path) => {
    const relative = disk.relative(path);
    if (relative !== undefined) {
      return [relative];
    }
    if (!existsSync(path)) {
      throw new UsageError(`there is no ${path}`);
    }
    if (!configured && configuredRoot(path) !== undefined) {
      throw new UsageError(`${path} is in another workspace than ${disk.root}; check one workspace at a time`);
    }
    if (!quiet) {
      process.stderr.write(`trysquare: ${path} is outside the workspace, ${disk.root}\n`);
    }
    return [];
  });
}

function diskOf(path: string, config: string | undefined): Disk {
  try {
    return new Disk(workspaceRoot(config ?? path));
  } catch {
    throw new UsageError(`there is no ${config ?? path}`);
  }
}

function oneOf(flag: string, value: string, allowed: string[]): void {
  if (!allowed.includes(value)) {
    throw new UsageError(`${flag} is one of ${allowed.join(", ")}, and not ${value}`);
  }
}

function colored(when: string, output: string | undefined): boolean {
  return when === "always" || (when === "auto" && output === undefined && process.stdout.isTTY && !process.env["NO_COLOR"]);
}

/** Leaves the findings that touch one of the paths: where they show, where the value was set, or where the page speaks. */
function restrict(report: Report, wanted: string[]): void {
  if (wanted.includes("")) {
    return;
  }
  const within = (file: string): boolean => wanted.some((path) => file === path || file.startsWith(`${path}/`));
  const touched = (labels: Label[]): boolean => labels.some((label) => within(label.file));
  report.findings = report.findings.filter(({ primary, related }) => touched([primary, ...related]));
  const silenced = report.suppressed?.filter(({ finding }) => touched([finding.primary, ...finding.related])) ?? [];
  delete report.suppressed;
  Object.assign(report, silenced.length > 0 ? { suppressed: silenced } : {});
  report.undetermined = report.undetermined.filter(({ blocking }) => blocking === undefined || within(blocking.file));
  const count = (severity: string): number => report.findings.filter((finding) => finding.severity === severity).length;
  const { summary } = report;
  [summary.errors, summary.warnings, summary.notes] = [count("error"), count("warning"), count("note")];
  [summary.undetermined, summary.suppressed] = [report.undetermined.length, silenced.length];
}

function status(report: Report, failOn: string): number {
  if ((report.failures ?? []).length > 0) {
    return 2;
  }
  const least = SEVERITIES.indexOf(failOn);
  return least >= 0 && report.findings.some((finding) => SEVERITIES.indexOf(finding.severity) >= least) ? 1 : 0;
}

function explainRule([rule, ...more]: string[]): number {
  if (rule === undefined || more.length > 0) {
    throw new UsageError("say one rule, by its id, as a finding shows it");
  }
  const page = explain(rule);
  if (page === undefined) {
    throw new UsageError(`there is no rule \`${rule}\``);
  }
  process.stdout.write(page);
  return 0;
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`trysquare: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
