import { isTenantryError } from "../../../src/core/tenantry-error.js";
import { codeIn } from "../support/outcome.js";
import { createOrmStage, refill, switchRowSecurityOff } from "../../conformance/orm/stage.js";
import type { Stage } from "../support/stage.js";
import type { TestServer } from "../../support/servers.js";

/**
 * `own`: it gives or changes rows, and only the tenant's. `refused`: by Tenantry, before it is sent.
 */
export type Outcome = "own" | "refused";

export interface Probe<Db> {
  readonly name: string;
  readonly outcome: Outcome;
  /** What one tenant's code does, with ids that the other tenant has too. */
  readonly run: (db: Db, otherTenant: string) => unknown;
}

/** No row security, and a table whose key knows no tenant: the extension's filter is all there is. */
export async function createProbeStage(server: TestServer): Promise<Stage> {
  const stage = await createOrmStage(server);
  await switchRowSecurityOff(stage);
  await stage.admin(
    "create table label (id integer primary key, title text not null, tenant_id uuid)",
  );
  await stage.admin("grant select, insert, update, delete on label to tenantry_app");
  return stage;
}

async function refillAll(stage: Stage): Promise<void> {
  await refill(stage);
  await stage.admin("truncate label");
  await stage.admin(
    "insert into label (id, title, tenant_id) values (1, 'b-label', $1), (2, 'a-label', $2)",
    [stage.b.id, stage.a.id],
  );
}

const everything = `select jsonb_agg(x order by x->>'title')::text as all from (
  select to_jsonb(p) as x from project p union all select to_jsonb(t) from task t
  union all select to_jsonb(l) from label l) rows where x->>'tenant_id' = $1`;

/** What came of it: an outcome, or what went wrong. */
export async function probe<Db>(stage: Stage, db: Db, { run }: Probe<Db>): Promise<string> {
  await refillAll(stage);
  const others = async () => JSON.stringify(await stage.admin(everything, [stage.b.id]));
  const before = await others();
  let seen: string;
  try {
    seen = JSON.stringify(
      await stage.asA(async () => await run(db, stage.b.id)),
      (_, value: unknown) => (typeof value === "bigint" ? String(value) : value),
    );
  } catch (error) {
    const cause =
      error instanceof Error && !isTenantryError(error) ? (error.cause ?? error) : error;
    seen = isTenantryError(cause, "STATEMENT_REFUSED") ? "refused" : `fails: ${codeIn(cause)}`;
  }
  if ((await others()) !== before) return "changed rows of the other tenant";
  if (/"b-/.test(seen)) return `saw rows of the other tenant: ${seen}`;
  return seen === "refused" || seen.startsWith("fails: ") ? seen : "own";
}
