import { setTimeout as wait } from "node:timers/promises";
import type { MigrationClient } from "../../../database/migrations/client.js";
import type { Statement } from "../plan/step.js";
import { failed, isPassing } from "./failures.js";

export interface Patience {
  /** How long a statement waits for a lock, in milliseconds. */
  readonly lockTimeout: number;
  /** How often it is tried again after that. */
  readonly retries: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs one statement, again where it only lost the race for a lock, waiting longer each time.
 * @throws {TenantryError} `PROOF_IMPOSSIBLE`, with the step and what PostgreSQL says
 */
export async function runStatement(
  client: MigrationClient,
  statement: Statement,
  title: string,
  { lockTimeout, retries, signal }: Patience,
  say: (message: string) => void,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await runOnce(client, statement, lockTimeout);
    } catch (cause) {
      if (!isPassing(cause) || attempt >= retries || signal?.aborted === true) {
        throw failed(title, typeof statement === "string" ? statement : statement.build, cause);
      }
      const { message } = cause as Error;
      say(`${title}: ${message}; trying again (${attempt + 1} of ${retries})`);
      await wait(Math.min(200 * 2 ** attempt, 10_000), undefined, signal && { signal });
    }
  }
}

async function runOnce(
  client: MigrationClient,
  statement: Statement,
  lockTimeout: number,
): Promise<void> {
  const within = async (milliseconds: number, sql: string) => {
    await client.query(`set lock_timeout = ${Math.floor(milliseconds)}`);
    await client.query(sql);
  };
  if (typeof statement === "string") return within(lockTimeout, statement);
  await within(lockTimeout, statement.clear);
  try {
    await within(0, statement.build);
  } catch (error) {
    // Where this fails too, the next run does it.
    await within(lockTimeout, statement.clear).catch(() => undefined);
    throw error;
  }
}
