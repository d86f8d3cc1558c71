import { sqlName } from "../catalog/names.js";
import type { Power } from "./power.js";
import { withoutTriggers } from "./probes/write.js";
import { insertSql } from "./rows.js";
import type { SeededTable } from "./seed/contract.js";
import type { Session } from "./session.js";

/**
 * Makes the rows of the proof again in a session that must not say any tenant. A login that row
 * security binds may do so where it owns the tables: it is not forced on it meanwhile.
 * @returns those that hold no rows now
 */
export async function fillFresh(
  session: Session,
  power: Power,
  tables: readonly SeededTable[],
): Promise<ReadonlySet<SeededTable>> {
  await session.send("savepoint unfilled");
  const free = power.seesAll ? [] : await unforce(session, tables);
  if (power.restsTriggers) await session.send(withoutTriggers);
  await insertAll(session, tables);
  const empty = new Set<SeededTable>();
  for (const seeded of tables) {
    const found = await session.attempt(
      [],
      `select 1 from ${sqlName(seeded.table.relation)} limit 1`,
    );
    if (!found.ok || found.count === 0) empty.add(seeded);
  }
  if (power.restsTriggers) await session.send("set local session_replication_role = origin");
  if (free.length === 0) return empty;
  const forced = await session.attempt(
    ["set constraints all immediate", ...forcing(free, "")],
    "select 1",
  );
  if (forced.ok) return empty;
  await session.send("rollback to savepoint unfilled");
  return new Set(tables);
}

function forcing(tables: readonly SeededTable[], not: "no " | ""): readonly string[] {
  return tables.map(
    ({ table }) => `alter table ${sqlName(table.relation)} ${not}force row level security`,
  );
}

/** @returns those that are its own */
async function unforce(
  session: Session,
  tables: readonly SeededTable[],
): Promise<readonly SeededTable[]> {
  const done: SeededTable[] = [];
  for (const seeded of tables.filter(({ table }) => table.relation.forceRowSecurity)) {
    const [statement] = forcing([seeded], "no ");
    if ((await session.attempt([], statement!)).ok) done.push(seeded);
  }
  return done;
}

/** Again and again while more come in: where foreign keys do not rest, parents go first. */
async function insertAll(session: Session, tables: readonly SeededTable[]): Promise<void> {
  let left = tables.flatMap(insertsOf);
  for (;;) {
    const refused: string[] = [];
    for (const statement of left) {
      if (!(await session.attempt([], statement)).ok) refused.push(statement);
    }
    if (refused.length === 0 || refused.length === left.length) return;
    left = refused;
  }
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
