import { isTenantryError } from "../core/tenantry-error.js";
import type { Invocation, Terminal } from "./command.js";
import { exitCodes } from "./exit-codes.js";

/**
 * The result: for people, or one line of JSON for programs.
 * @returns the exit code of success
 */
export function printResult({ json, terminal }: Invocation, result: unknown, text: string): number {
  if (json) terminal.out(`${JSON.stringify(result)}\n`);
  else if (text !== "") terminal.out(`${text}\n`);
  return exitCodes.ok;
}

/** Progress goes to stderr, so that stdout holds nothing but the result. */
export function stepPrinter({ json, terminal }: Invocation): (step: string) => void {
  return (step) => {
    if (!json) terminal.err(`${step}\n`);
  };
}

export function printError(terminal: Terminal, error: unknown, json: boolean): void {
  const { message } = error as Error;
  const text = redact(message || String(error), terminal.env);
  if (!json) return terminal.err(`tenantry: ${text}\n`);
  const code = isTenantryError(error) ? error.code : "UNEXPECTED";
  terminal.err(`${JSON.stringify({ error: { code, message: text } })}\n`);
}

/** Messages hold no secrets; should one of another library do so, it is taken out here. */
function redact(text: string, env: Terminal["env"]): string {
  const withoutPasswords = text.replace(/(:\/\/[^\s:@/]*:)[^\s@]*@/g, "$1…@");
  const secret = env["TENANTRY_SECRET"];
  return secret ? withoutPasswords.replaceAll(secret, "…") : withoutPasswords;
}

/** Rows in columns, with a heading. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? "").length)),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
