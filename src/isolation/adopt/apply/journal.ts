import { rowsOf, type MigrationClient } from "../../../database/migrations/client.js";
import { schema } from "../plan/stages/prepare.js";
import { fileOf } from "../plan/write-plan.js";
import type { Plan, Statement } from "../plan/step.js";

/** A step of a plan that was begun, as the database remembers it. */
export interface JournalStep {
  readonly position: number;
  readonly stage: number;
  readonly file: string;
  readonly title: string;
  readonly statements: readonly Statement[];
  readonly undo: readonly Statement[];
  /** `waiting`; `begun`, whether or not it ended; `done`. */
  readonly state: "waiting" | "begun" | "done";
}

/** The plan that was begun in this database; undefined where none was. */
export async function readJournal(
  client: MigrationClient,
): Promise<readonly JournalStep[] | undefined> {
  const [found] = await rowsOf<{ is: boolean }>(
    client,
    "select pg_catalog.to_regclass('tenantry_adopt.step') is not null as is",
  );
  if (found?.is !== true) return undefined;
  return rowsOf<JournalStep>(
    client,
    "select position, stage, file, title, statements, undo, state from tenantry_adopt.step order by position",
  );
}

/**
 * Keeps a plan in the database before its first step, so that an interrupted run goes on with the same
 * plan, and the way back starts from what was there.
 */
export async function keepPlan(
  client: MigrationClient,
  plan: Plan,
): Promise<readonly JournalStep[]> {
  const steps = plan.stages.flatMap((stage) => stage.steps.map((step) => ({ stage, step })));
  await client.query("begin");
  try {
    await client.query(schema);
    await client.query(`create table tenantry_adopt.step (
      position integer primary key, stage integer not null, file text not null, title text not null,
      statements jsonb not null, undo jsonb not null,
      state text not null default 'waiting' check (state in ('waiting', 'begun', 'done')))`);
    await client.query("revoke all on tenantry_adopt.step from public");
    for (const [position, { stage, step }] of steps.entries()) {
      await client.query("insert into tenantry_adopt.step values ($1, $2, $3, $4, $5, $6)", [
        position,
        stage.number,
        fileOf(stage),
        step.title,
        JSON.stringify(step.statements),
        JSON.stringify(step.undo),
      ]);
    }
    await client.query(
      "select tenantry.restrict('tenantry_adopt.step', 'the plan of tenantry adopt')",
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
  return (await readJournal(client))!;
}

export async function note(
  client: MigrationClient,
  { position }: JournalStep,
  state: JournalStep["state"],
): Promise<void> {
  await client.query("update tenantry_adopt.step set state = $2 where position = $1", [
    position,
    state,
  ]);
}

/** Ends the memory of a plan that was taken back, with the helpers. */
export async function forget(client: MigrationClient): Promise<void> {
  await client.query(
    "delete from tenantry.manifest where relation = pg_catalog.to_regclass('tenantry_adopt.step')",
  );
  await client.query("drop schema if exists tenantry_adopt cascade");
}
