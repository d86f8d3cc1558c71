import { writeFile } from "node:fs/promises";
import { manifestFileName } from "../isolation/manifest/manifest.js";
import { severities, type Severity } from "../isolation/report/finding.js";
import { htmlOf } from "../isolation/report/html.js";
import { fails } from "../isolation/report/judge.js";
import { jsonOf } from "../isolation/report/json.js";
import type { Report } from "../isolation/report/report.js";
import { sarifOf } from "../isolation/report/sarif.js";
import { textOf } from "../isolation/report/text.js";
import type { Invocation, OptionSpec } from "./command.js";
import { verdictCodes } from "./exit-codes.js";
import { stringOption } from "./parse.js";
import { usageError } from "./usage-error.js";

/** The options of every command that ends with a report. */
export const reportOptions: Readonly<Record<string, OptionSpec>> = {
  html: {
    type: "string",
    value: "<file>",
    description: "also write the report as one self-contained page",
  },
  sarif: { type: "string", value: "<file>", description: "also write it as SARIF 2.1.0" },
  full: { type: "boolean", description: "print the whole matrix, not only what is not well" },
  "fail-on": {
    type: "string",
    value: "<severity>",
    description: "end with 1 from this severity up: critical, high, medium or low (default: low)",
  },
};

/** Read before the work, so that a typing error costs no minute. @throws {TenantryError} `USAGE` */
export function failOnOption(invocation: Invocation): Severity {
  const text = stringOption(invocation, "fail-on") ?? "low";
  const severity = severities.find((each) => each === text);
  if (severity !== undefined) return severity;
  throw usageError(
    `--fail-on is ${JSON.stringify(text)}.`,
    `Give one of ${severities.join(", ")}.`,
  );
}

/**
 * Prints the report and writes the files that were asked for.
 * @returns the exit code
 */
export async function printReport(
  invocation: Invocation,
  report: Report,
  failOn: Severity,
): Promise<number> {
  const { terminal, json } = invocation;
  const anchor = stringOption(invocation, "manifest") ?? manifestFileName;
  await write(invocation, "html", () => htmlOf(report));
  await write(invocation, "sarif", () => `${JSON.stringify(sarifOf(report, anchor), null, 2)}\n`);
  if (json) terminal.out(`${JSON.stringify(jsonOf(report))}\n`);
  else terminal.out(`${textOf(report, { full: invocation.options["full"] === true })}\n`);
  return fails(report, failOn) ? verdictCodes.findings : verdictCodes.clean;
}

async function write(invocation: Invocation, option: string, content: () => string) {
  const file = stringOption(invocation, option);
  if (file === undefined) return;
  try {
    await writeFile(file, content());
  } catch (error) {
    throw usageError(
      `--${option} cannot be written: ${(error as Error).message}.`,
      "Name a file in a folder that exists.",
    );
  }
  if (!invocation.json) invocation.terminal.err(`wrote ${file}\n`);
}
