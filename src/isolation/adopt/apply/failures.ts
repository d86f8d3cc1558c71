import { TenantryError } from "../../../core/tenantry-error.js";

/** lock_not_available, deadlock_detected, serialization_failure */
const passing = ["55P03", "40P01", "40001"];

/** Only the race for a lock was lost: another attempt may win it. */
export function isPassing(cause: unknown): boolean {
  return passing.includes((cause as { code?: string }).code ?? "");
}

export function failed(title: string, statement: string, cause: unknown): TenantryError {
  if (isLost(cause)) return lost(title, cause);
  const { message, detail, hint } = cause as Partial<Record<string, string>>;
  const shown = statement.length > 300 ? `${statement.slice(0, 300)}…` : statement;
  const fix = isPassing(cause)
    ? "Something holds the lock for long: see pg_stat_activity, then run the same command again; it goes on here."
    : (hint ??
      "Mend what PostgreSQL names, then run the same command again; it goes on here. `tenantry adopt --rollback` takes back what was done.");
  return new TenantryError("PROOF_IMPOSSIBLE", {
    message: `The step "${title}" failed: ${message ?? String(cause)}${detail === undefined ? "" : ` (${detail})`}. The statement: ${shown}`,
    fix,
    cause,
  });
}

/** The server's end of the session is FATAL; a broken connection has no severity at all. */
function isLost(cause: unknown): boolean {
  return (cause as { severity?: string }).severity !== "ERROR";
}

function lost(title: string, cause: unknown): TenantryError {
  return new TenantryError("PROOF_IMPOSSIBLE", {
    message: `The connection to the database was lost in the step "${title}": ${(cause as Error).message}.`,
    fix: "Run the same command again: it goes on here, and clears away what a broken-off index build left. Behind a pooler connect to the server itself.",
    cause,
  });
}

export function interrupted(cause?: unknown): TenantryError {
  return new TenantryError("PROOF_IMPOSSIBLE", {
    message: "Interrupted. What the statement under way had begun was taken back.",
    fix: "Run the same command again to go on, or `tenantry adopt --rollback` to take back what was done.",
    ...(cause === undefined ? {} : { cause }),
  });
}

export function busy(pid: number | undefined): TenantryError {
  const who = pid === undefined ? "" : ` (backend ${pid})`;
  const end = pid === undefined ? "" : `; pg_terminate_backend(${pid}) ends one left behind`;
  return new TenantryError("PROOF_IMPOSSIBLE", {
    message: `Another \`tenantry adopt\` is at work in this database${who}.`,
    fix: `Wait until it has ended${end}.`,
  });
}
