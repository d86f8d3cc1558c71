import { describeRefusal } from "./attempt.js";
import { insertSql } from "./rows.js";
import { harmlessAssignment } from "./probes/write.js";
import { spareRow } from "./spare-row.js";
import type { Stage } from "./stage.js";
import type { Target } from "./target.js";
import type { Control } from "./trial.js";

/** What A can do with its own rows: where that is nothing, that B's are out of reach means nothing. */
export async function controlOf(stage: Stage, target: Target): Promise<Control> {
  const insert = target.rights.insert
    ? await insertOwn(stage, target)
    : { unproven: "no privilege" };
  const seen = await seesOwn(stage, target);
  if (seen === true) return { dead: undefined, insert };
  if ("ok" in insert && insert.ok) return { dead: undefined, insert };
  if (await changesOwn(stage, target)) return { dead: undefined, insert };
  return { dead: seen, insert };
}

async function seesOwn(stage: Stage, target: Target): Promise<true | string> {
  const { sql, own, ownRow, rowsOf, rights } = target;
  if (!rights.select) return "nothing of A's own could be done: no privilege suffices";
  const byKey = own.key.every((column) => rights.readable.has(column)) && own.key.length > 0;
  const where = byKey ? ` where ${ownRow} and ${rowsOf.a}` : "";
  const attempt = await stage.rolledBack(() =>
    stage.asApp("a", `select 1 from ${sql}${where} limit 1`),
  );
  if (!attempt.ok) return `reading A's own row failed: ${describeRefusal(attempt)}`;
  if (attempt.rows.length > 0) return true;
  const { tenantColumn, world } = target;
  const held = tenantColumn === undefined ? null : own.values[tenantColumn];
  if (held != null && held !== world.tenants.a) {
    return `A does not see its own row: its ${tenantColumn!} is ${held}, which is no tenant of the table whose rows are the tenants (--root)`;
  }
  const { settings, sealed } = target.subject.context;
  const told = sealed ? [...settings, "tenantry.scope"] : settings;
  return told.length === 0
    ? "A does not see its own row: nothing tells the policies who asks (--setting)"
    : `A does not see its own row with ${told.join(", ")} set (--setting)`;
}

function insertOwn(stage: Stage, target: Target): Promise<Control["insert"]> {
  return stage.rolledBack(async () => {
    const fresh = await spareRow(stage, target.world, target.relation.oid, "a");
    if ("unproven" in fresh) return fresh;
    const allowed = Object.entries(fresh.values).filter(([name]) =>
      target.rights.insertable.has(name),
    );
    const values = Object.fromEntries(allowed);
    return stage.asApp("a", insertSql(target.sql, { values }));
  });
}

/** For tables that may be written and not read. */
async function changesOwn(stage: Stage, target: Target): Promise<boolean> {
  const assignment = harmlessAssignment(target);
  if (assignment === undefined || !target.rights.update) return false;
  const attempt = await stage.rolledBack(() =>
    stage.asApp("a", `update ${target.sql} set ${assignment}`),
  );
  return attempt.ok && attempt.count > 0;
}
