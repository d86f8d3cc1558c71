import { setTimeout as wait } from "node:timers/promises";
import type { MigrationClient } from "../../../database/migrations/client.js";
import { TenantryError } from "../../../core/tenantry-error.js";

export interface Patience {
  /** How long a statement waits for a lock, in milliseconds. */
  readonly lockTimeout: number;
  /** How often it is tried again after that. */
  readonly retries: number;
}

/** lock_not_available, deadlock_detected, serialization_failure */
const passing = ["55P03", "40P01", "40001"];

/**
 * Runs one statement, again where it only lost the race for a lock, waiting longer each time.
 * @throws {TenantryError} `PROOF_IMPOSSIBLE`, with the step and what PostgreSQL says
 */
export async function runStatement(
  client: MigrationClient,
  statement: string,
  title: string,
  { lockTimeout, retries }: Patience,
  onRetry: (message: string) => void,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await client.query(`set lock_timeout = ${Math.floor(lockTimeout)}`);
      await client.query(statement);
      return;
    } catch (cause) {
      const { code = "", message } = cause as { code?: string; message: string };
      if (!passing.includes(code) || attempt >= retries) throw failed(title, statement, cause);
      onRetry(`${title}: ${message}; trying again (${attempt + 1} of ${retries})`);
      await wait(Math.min(200 * 2 ** attempt, 10_000));
    }
  }
}

function failed(title: string, statement: string, cause: unknown): TenantryError {
  const { message, code, detail, hint } = cause as Partial<Record<string, string>>;
  const shown = statement.length > 300 ? `${statement.slice(0, 300)}…` : statement;
  const fix = passing.includes(code ?? "")
    ? "Something holds the lock for long: see pg_stat_activity, then run `tenantry adopt --apply` again; it goes on here."
    : (hint ??
      "Mend what PostgreSQL names, then run `tenantry adopt --apply` again; it goes on here. --rollback takes back what was done.");
  return new TenantryError("PROOF_IMPOSSIBLE", {
    message: `The step "${title}" failed: ${message ?? String(cause)}${detail === undefined ? "" : ` (${detail})`}. The statement: ${shown}`,
    fix,
    cause,
  });
}
