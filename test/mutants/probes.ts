import type pg from "pg";
import type { Arena } from "../attacks/support/arena.js";
import type { Attack } from "../attacks/support/attack.js";
import { looksAround } from "../attacks/support/control.js";
import { fire } from "../attacks/support/fire.js";
import { noTenant } from "../../src/core/seal/seal.js";
import { sealOf, underSeal, withBare } from "../database/support/bare.js";

/** @returns what is wrong, or null where all is well */
export type Probe = (arena: Arena, app: pg.Client) => Promise<string | null>;

const direct = "PostgreSQL, with A's genuine seal";

/** For guards that are too tight: an outage is found, too. */
const own: Readonly<Record<string, Probe>> = {
  "sees-its-own-rows": async (arena, app) => {
    const seen = await looksAround(direct, arena, app).catch((error: unknown) => String(error));
    const text = JSON.stringify(seen);
    return text === '[{"n":3}]' ? null : `A sees ${text}`;
  },
  "sees-its-own-rows-by-a-cached-plan": async (arena, app) => {
    const { ofA } = await byCachedPlan(arena, app);
    return ofA === '[{"body":"a-own-1"},{"body":"a-own-2"},{"body":"a-own-3"}]'
      ? null
      : `A sees ${ofA}`;
  },
  "a-cached-plan-serves-another-tenant": async (arena, app) => {
    const { ofA } = await byCachedPlan(arena, app);
    return ofA.includes("b-canary") ? `A sees ${ofA}` : null;
  },
  "an-operator-without-a-record-sees-nothing": async (arena) => {
    const seal = sealOf(arena, noTenant, { purpose: "operator" });
    // Somebody else's work is under way at the same time, with its record committed.
    await arena.tenantry.asOperator({ actor: "ada", reason: "x" }, async () => 0);
    return seenByOperator(arena, ["select set_config('tenantry.operator', $1, true)", [seal]]);
  },
  "an-operator-without-a-seal-sees-nothing": (arena) =>
    seenByOperator(arena, [
      "select tenantry.begin_operator($1, 'ada', 'x')",
      [`t1.00000000.9999999999.${noTenant}..${"0".repeat(64)}`],
    ]),
  "operator-work-leaves-its-record": async (arena) => {
    await arena.admin("delete from tenantry.operator_record");
    await arena.tenantry.asOperator({ actor: "ada", reason: "x" }, async () => 0);
    const records = await arena.admin("select from tenantry.operator_record");
    return records.length === 1 ? null : `${records.length} records`;
  },
};

/** What an operator sees that went no further than `opening`. */
async function seenByOperator(arena: Arena, opening: [string, unknown[]]): Promise<string | null> {
  const rows = await withBare(arena.database.operatorUrl, (operator) =>
    underSeal(operator, null, opening, "select body from note"),
  ).catch(() => []);
  return rows.length === 0 ? null : `the operator sees ${JSON.stringify(rows)}`;
}

export async function probeNamed(name: string): Promise<Probe> {
  if (own[name] !== undefined) return own[name];
  const { attack } = (await import(`../attacks/${name}.ts`)) as { attack: Attack };
  return async (arena, app) => {
    const { leaked, evidence } = await fire(attack, direct, arena, app, true);
    return leaked ? evidence : null;
  };
}

let cachedPlans = 0;

/** A plan that is made for B and kept, then used by A. */
async function byCachedPlan(arena: Arena, app: pg.Client): Promise<{ ofA: string }> {
  const name = `cached ${(cachedPlans += 1)}`;
  await app.query("set plan_cache_mode = force_generic_plan");
  const as = async (tenantId: string) => {
    await app.query("begin");
    try {
      await app.query("select set_config('tenantry.scope', $1, true)", [sealOf(arena, tenantId)]);
      const statement = { name, text: "select body from note order by id" };
      return JSON.stringify((await app.query(statement)).rows);
    } catch (error) {
      return String(error);
    } finally {
      await app.query("rollback");
    }
  };
  for (let i = 0; i < 3; i++) await as(arena.b.id);
  const ofA = await as(arena.a.id);
  await app.query("reset plan_cache_mode");
  return { ofA };
}
