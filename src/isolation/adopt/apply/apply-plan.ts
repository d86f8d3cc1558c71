import type { MigrationClient } from "../../../database/migrations/client.js";
import { isTenantryError, TenantryError } from "../../../core/tenantry-error.js";
import type { Plan, Statement } from "../plan/step.js";
import { alone } from "./alone.js";
import { failed, interrupted } from "./failures.js";
import { forget, keepPlan, note, readJournal, type JournalStep } from "./journal.js";
import { listening } from "./progress.js";
import { runStatement, type Patience } from "./run-statement.js";

export interface ApplyOptions {
  /** The last stage that is run, by its number; the rest waits. Default: all. */
  readonly until?: number;
  /** In milliseconds. Default 3000. */
  readonly lockTimeout?: number;
  /** After a lock could not be had. Default 10. */
  readonly retries?: number;
  /** Told of each step as it begins, of batches that are done, and of waits. */
  readonly onProgress?: (line: string) => void;
  /** Stops between two statements; whoever aborts cancels the one under way, or lets it end. */
  readonly signal?: AbortSignal;
}

export interface Applied {
  /** Steps that ran now. */
  readonly ran: number;
  /** Steps that still wait. */
  readonly waiting: number;
}

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
    const journal = (await readJournal(client)) ?? (await begin(client, await plan(), options));
    const due = journal.filter(
      ({ state, stage }) => state !== "done" && stage <= (options.until ?? 99),
    );
    await runSteps(client, due, options, {
      line: ({ file, title }) => `${file}: ${title}`,
      statements: (step) => step.statements,
      end: "done",
    });
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
    await runSteps(client, due, options, {
      line: ({ title }) => `back: ${title}`,
      statements: (step) => step.undo,
      end: "waiting",
    });
    await forget(client);
    return due.length;
  });
}

/** Leaves nothing behind where the plan could not be carried out. */
async function begin(
  client: MigrationClient,
  plan: Plan,
  options: ApplyOptions,
): Promise<readonly JournalStep[]> {
  const { patience, say } = settingsOf(options);
  for (const { title, statements } of plan.conditions) {
    for (const each of statements) await runStatement(client, each, title, patience, say);
  }
  return keepPlan(client, plan);
}

interface Direction {
  readonly line: (step: JournalStep) => string;
  readonly statements: (step: JournalStep) => readonly Statement[];
  readonly end: JournalStep["state"];
}

async function runSteps(
  client: MigrationClient,
  due: readonly JournalStep[],
  options: ApplyOptions,
  { line, statements, end }: Direction,
): Promise<void> {
  const { patience, say } = settingsOf(options);
  const { signal } = options;
  await listening(client, say, async () => {
    for (const [index, step] of due.entries()) {
      say(`[${index + 1}/${due.length}] ${line(step)}`);
      try {
        await note(client, step, "begun");
        for (const statement of statements(step)) {
          if (signal?.aborted === true) throw interrupted();
          await runStatement(client, statement, line(step), patience, say);
        }
        await note(client, step, end);
      } catch (error) {
        if (signal?.aborted === true) throw interrupted(error);
        throw isTenantryError(error) ? error : failed(line(step), "of the plan itself", error);
      }
    }
  });
}

function settingsOf(options: ApplyOptions): { patience: Patience; say: (line: string) => void } {
  const { lockTimeout = 3000, retries = 10, onProgress = () => undefined, signal } = options;
  return { patience: { lockTimeout, retries, signal }, say: onProgress };
}
