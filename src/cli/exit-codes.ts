import type { ErrorCode } from "../core/errors.js";
import { isTenantryError } from "../core/tenantry-error.js";

/** What the process ends with. `dev -- command` ends with the command's own code. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
} as const;

/** Of the commands that judge. What could not be tried is never taken for a good verdict. */
export const verdictCodes = { clean: 0, findings: 1, couldNotRun: 2 } as const;

export const verdictCodeHelp = `Exit codes:
  0  nothing was found
  1  findings, at or above --fail-on where the command has it
  2  could not run: the error says why and what to do`;

export const exitCodeHelp = `Exit codes:
  0  done
  1  refused or failed; the error says why and what to do
  2  the command line was not understood
  3  the database could not be reached or started`;

const unreachable: readonly ErrorCode[] = [
  "DATABASE_UNAVAILABLE",
  "POOL_EXHAUSTED",
  "EMBEDDED_UNAVAILABLE",
];

export function exitCodeOf(error: unknown): number {
  if (!isTenantryError(error)) return exitCodes.failed;
  if (error.code === "USAGE") return exitCodes.usage;
  return unreachable.includes(error.code) ? exitCodes.unreachable : exitCodes.failed;
}
