import { keyOf, severities, severityOf, type Finding } from "./finding.js";
import type { Cell, Matrix, Report } from "./report.js";

export interface TextOptions {
  /** Also the matrices row by row; without it only rows that are not all well. Default false. */
  readonly full?: boolean;
  /** Columns of the terminal, for wrapping. Default 100. */
  readonly width?: number;
}

/** The report for people, plain text. */
export function textOf(report: Report, { full = false, width = 100 }: TextOptions = {}): string {
  const wrap = (text: string, indent: string) => wrapped(text, indent, width);
  return [
    report.target.map(([name, value]) => `${name}: ${value}`).join("\n"),
    listOf("Assumed", report.assumptions, wrap),
    ...severities.map((severity) => groupOf(severity, report.findings, wrap)),
    ...report.matrices.map((matrix) =>
      isExplained(matrix) ? explained(matrix, wrap) : matrixOf(matrix, full),
    ),
    // What a matrix explains is not said twice.
    listOf("Not proven", report.matrices.some(isExplained) ? [] : report.unproven, wrap),
    listOf(
      "Suppressed",
      report.suppressed.map(
        ({ finding, reason, until }) =>
          `${keyOf(finding)}: ${reason}${until === undefined ? "" : ` (until ${until})`}`,
      ),
      wrap,
    ),
    listOf("Notes", report.notes, wrap),
    conclusionOf(report),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** One line: what was found, by severity. */
export function conclusionOf(report: Report): string {
  const counts = severities
    .map((severity) => [severity, count(report.findings, severity)] as const)
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => `${number} ${severity}`);
  const found = counts.length === 0 ? "nothing found" : `found ${counts.join(", ")}`;
  const unproven = report.unproven.length > 0 ? `, ${report.unproven.length} not proven` : "";
  const suppressed = report.suppressed.length > 0 ? `, ${report.suppressed.length} suppressed` : "";
  const seconds = (report.milliseconds / 1000).toFixed(1);
  return `${report.tool}: ${found}${unproven}${suppressed} (${report.rules.length} rules, ${seconds} s)`;
}

function count(findings: readonly Finding[], severity: string): number {
  return findings.filter((finding) => severityOf(finding) === severity).length;
}

type Wrap = (text: string, indent: string) => string;

function groupOf(severity: string, findings: readonly Finding[], wrap: Wrap): string {
  const own = findings.filter((finding) => severityOf(finding) === severity);
  if (own.length === 0) return "";
  const byRule = new Map<string, Finding[]>();
  for (const finding of own) {
    byRule.set(finding.rule.id, [...(byRule.get(finding.rule.id) ?? []), finding]);
  }
  const blocks = [...byRule.values()].map((group) => ruleBlock(group, wrap));
  return [`${severity.toUpperCase()} (${own.length})`, ...blocks].join("\n\n");
}

function ruleBlock(group: readonly Finding[], wrap: Wrap): string {
  const { rule } = group[0]!;
  const places = group.map((finding) =>
    [
      wrap(`${placeOf(finding)}${finding.message} [${keyOf(finding)}]`, "    - "),
      ...finding.mend.split("\n").map((line) => `        ${line}`),
    ].join("\n"),
  );
  return [`  ${rule.id}  ${rule.title}`, wrap(rule.meaning, "      "), ...places].join("\n");
}

function placeOf({ place }: Finding): string {
  return place === undefined ? "" : `${place.file}:${place.line}  `;
}

const symbols = { holds: "ok", open: "OPEN", unproven: "?", "not applicable": "-" } as const;

function matrixOf(matrix: Matrix, full: boolean): string {
  const rows = matrix.rows.filter(({ cells }) => full || cells.some(isTelling));
  const well = matrix.rows.length - rows.length;
  const heading = [matrix.what, "", ...matrix.columns];
  const lines = rows.map(({ name, kind = "", cells }) => [
    name,
    kind,
    ...cells.map(({ verdict }) => symbols[verdict]),
  ]);
  const summary =
    well > 0
      ? `${well} of ${matrix.rows.length} ${matrix.what.split(",", 1)[0]!}s hold everywhere`
      : "";
  return [rows.length === 0 ? "" : columns([heading, ...lines]), summary]
    .filter(Boolean)
    .join("\n");
}

const isExplained = (matrix: Matrix) => matrix.isExplained === true;

/** Each row in words: what was asked, the answer, and why. */
function explained({ rows }: Matrix, wrap: Wrap): string {
  const lines = rows.flatMap(({ name, cells }) =>
    cells.map(({ verdict, note = "" }) =>
      [`${symbols[verdict].padEnd(5)} ${name}`, wrap(note, "      ")].join("\n"),
    ),
  );
  return lines.join("\n");
}

function isTelling({ verdict }: Cell): boolean {
  return verdict === "open" || verdict === "unproven";
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function listOf(title: string, sentences: readonly string[], wrap: Wrap): string {
  if (sentences.length === 0) return "";
  return [`${title}:`, ...sentences.map((sentence) => wrap(sentence, "  - "))].join("\n");
}

/** Breaks at spaces; the first line begins with `indent`, the others with as many spaces. */
function wrapped(text: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = indent;
  const hanging = " ".repeat(indent.length);
  for (const word of text.split(/\s+/)) {
    const isEmpty = line === indent || line === hanging;
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = hanging + word;
    } else line += isEmpty ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}
