import type { MigrationClient } from "../../../database/migrations/client.js";
import { TenantryError } from "../../../core/tenantry-error.js";
import type { Plan } from "../plan/step.js";
import { forget, keepPlan, note, readJournal, type JournalStep } from "./journal.js";
import { runStatement, type Patience } from "./run-statement.js";

export interface ApplyOptions {
  /** The last stage that is run, by its number; the rest waits. Default: all. */
  readonly until?: number;
  /** In milliseconds. Default 3000. */
  readonly lockTimeout?: number;
  /** After a lock could not be had. Default 10. */
  readonly retries?: number;
  /** Told of each step as it begins, and of waits. */
  readonly onProgress?: (line: string) => void;
  /** Stops between two statements; what is under way ends by itself or is cancelled by the caller. */
  readonly signal?: AbortSignal;
}

export interface Applied {
  /** Steps that ran now. */
  readonly ran: number;
  /** Steps that still wait. */
  readonly waiting: number;
}

const lockName =
  "select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('tenantry adopt', 0)) as got";
const unlock =
  "select pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended('tenantry adopt', 0))";

/**
 * Runs a plan, or goes on with the one that was begun in this database, whatever `plan` would be now.
 * @param client one connection, in no transaction
 * @throws {TenantryError} `PROOF_IMPOSSIBLE`
 */
export async function applyPlan(
  client: MigrationClient,
  plan: () => Promise<Plan>,
  options: ApplyOptions = {},
): Promise<Applied> {
  return alone(client, async () => {
    const journal = (await readJournal(client)) ?? (await keepPlan(client, await plan()));
    const due = journal.filter(
      ({ state, stage }) => state !== "done" && stage <= (options.until ?? 99),
    );
    for (const [index, step] of due.entries()) {
      options.onProgress?.(`[${index + 1}/${due.length}] ${step.file}: ${step.title}`);
      await note(client, step, "begun");
      await runAll(client, step.title, step.statements, options);
      await note(client, step, "done");
    }
    return {
      ran: due.length,
      waiting: journal.filter(({ state }) => state !== "done").length - due.length,
    };
  });
}

/** Takes back what was begun of a plan, last step first. @returns how many steps */
export async function rollBackPlan(
  client: MigrationClient,
  options: ApplyOptions = {},
): Promise<number> {
  return alone(client, async () => {
    const journal = await readJournal(client);
    if (journal === undefined) {
      throw new TenantryError("PROOF_IMPOSSIBLE", {
        message: "No plan was begun in this database.",
        fix: "There is nothing to take back; files that were run by hand are taken back with those under rollback/.",
      });
    }
    const due = journal.filter(({ state }) => state !== "waiting").reverse();
    for (const [index, step] of due.entries()) {
      options.onProgress?.(`[${index + 1}/${due.length}] back: ${step.title}`);
      await note(client, step, "begun");
      await runAll(client, `back: ${step.title}`, step.undo, options);
      await note(client, step, "waiting");
    }
    await forget(client);
    return due.length;
  });
}

async function runAll(
  client: MigrationClient,
  title: string,
  statements: JournalStep["statements"],
  { lockTimeout = 3000, retries = 10, onProgress = () => undefined, signal }: ApplyOptions,
): Promise<void> {
  const patience: Patience = { lockTimeout, retries };
  for (const statement of statements) {
    if (signal?.aborted === true) throw interrupted();
    await runStatement(client, statement, title, patience, onProgress);
  }
}

function interrupted(): TenantryError {
  return new TenantryError("PROOF_IMPOSSIBLE", {
    message: "Interrupted.",
    fix: "Run `tenantry adopt --apply` again to go on, or --rollback to take back what was done.",
  });
}

/** Two at once would trip over one another. */
async function alone<T>(client: MigrationClient, work: () => Promise<T>): Promise<T> {
  const { rows } = await client.query(lockName);
  if (rows[0]?.["got"] !== true) {
    throw new TenantryError("PROOF_IMPOSSIBLE", {
      message: "Another `tenantry adopt` is at work in this database.",
      fix: "Wait until it has ended.",
    });
  }
  try {
    return await work();
  } finally {
    await client.query(unlock).catch(() => undefined);
  }
}
