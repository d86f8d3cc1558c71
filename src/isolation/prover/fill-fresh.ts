import { sqlName } from "../catalog/names.js";
import type { Power } from "./power.js";
import { withoutTriggers } from "./probes/write.js";
import { insertSql } from "./rows.js";
import type { SeededTable } from "./seed/contract.js";
import type { Session } from "./session.js";

/**
 * Makes the rows of the proof again in a session that must not say any tenant; parents first, where
 * foreign keys do not rest.
 * @returns those that hold no rows now
 */
export async function fillFresh(
  session: Session,
  power: Power,
  tables: readonly SeededTable[],
): Promise<ReadonlySet<SeededTable>> {
  if (power.restsTriggers) await session.send(withoutTriggers);
  let left = tables;
  for (;;) {
    const empty: SeededTable[] = [];
    for (const seeded of left) if (!(await fillOne(session, power, seeded))) empty.push(seeded);
    const isDone = power.restsTriggers || empty.length === 0 || empty.length === left.length;
    left = empty;
    if (isDone) break;
  }
  if (power.restsTriggers) await session.send("set local session_replication_role = origin");
  return new Set(left);
}

/** A login that row security binds may do so where the table is its own: it is not forced meanwhile. */
async function fillOne(session: Session, power: Power, seeded: SeededTable): Promise<boolean> {
  const { relation } = seeded.table;
  const name = sqlName(relation);
  const isForced = !power.seesAll && relation.forceRowSecurity;
  await session.send("savepoint unfilled");
  if (isForced) await session.attempt([], `alter table ${name} no force row level security`);
  for (const statement of insertsOf(seeded)) await session.attempt([], statement);
  const found = await session.attempt([], `select 1 from ${name} limit 1`);
  const settled = isForced
    ? await session.attempt(
        ["set constraints all immediate"],
        `alter table ${name} force row level security`,
      )
    : found;
  const isFilled = found.ok && found.count > 0 && settled.ok;
  await session.send(`${isFilled ? "release" : "rollback to"} savepoint unfilled`);
  return isFilled;
}

function insertsOf({ table: { relation }, rows }: SeededTable): readonly string[] {
  const generated = new Set(
    relation.columns.filter((column) => column.generated !== "").map(({ name }) => name),
  );
  return rows.map(({ values }) => {
    const given = Object.entries(values).filter(([column]) => !generated.has(column));
    return insertSql(sqlName(relation), { values: Object.fromEntries(given) });
  });
}
