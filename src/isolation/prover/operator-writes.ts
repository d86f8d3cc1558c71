import { nameOf, quoted, sqlName } from "../catalog/names.js";
import type { Finding } from "../report/finding.js";
import type { ClassifiedTable } from "../subject/subject.js";
import { holds, open, unproven, type Outcome } from "./outcome.js";
import type { Rights } from "./rights.js";
import { assigns, insertSql } from "./rows.js";
import { attacks, type Attack } from "./rules.js";
import { spareRow } from "./spare-row.js";
import type { Stage } from "./stage.js";
import { judgeRefusal } from "./trial.js";
import type { World } from "./world.js";

interface Place {
  readonly stage: Stage;
  readonly table: ClassifiedTable;
  readonly rights: Rights;
  readonly world: World;
}

type Write = "insert" | "update" | "delete";

/** Writes to a table that is the operator's: only row security stands behind the privilege. */
export function tryOperatorWrite(place: Place, write: Write): Promise<Outcome> {
  const { stage, table, rights } = place;
  return stage.rolledBack(async () => {
    if (!rights[write]) return holds("no privilege");
    const statement = await statementOf(place, write);
    if (typeof statement !== "string") return unproven(statement.unproven);
    const attempt = await stage.asApp("a", statement);
    if (attempt.ok && attempt.count > 0) return open(operatorWrite(stage, table, write));
    if (!table.relation.rowSecurity) return open(operatorWrite(stage, table, write));
    if (!attempt.ok) return judgeRefusal(attempt, "the statement")!;
    return hasRows(place) ? holds("row security") : unproven("no row is there to be reached");
  });
}

const hasRows = ({ world, table }: Place) =>
  (world.tables.get(table.relation.oid)?.rows.length ?? 0) > 0;

async function statementOf(
  { stage, table: { relation }, rights, world }: Place,
  write: Write,
): Promise<string | { readonly unproven: string }> {
  const name = sqlName(relation);
  if (write === "delete") return `delete from ${name}`;
  if (write === "update") {
    const inKeys = new Set(
      relation.indexes.filter(({ unique }) => unique).flatMap(({ columns }) => columns),
    );
    const settable = relation.columns.filter(
      (each) => rights.updatable.has(each.name) && each.generated === "" && each.identity === "",
    );
    const column = settable.find(({ number }) => !inKeys.has(number)) ?? settable[0];
    if (column === undefined) return { unproven: "no column of it can be set" };
    const [row] = world.tables.get(relation.oid)?.rows ?? [];
    return `update ${name} set ${assigns(column.name, row?.values[column.name] ?? null)}`;
  }
  const row = await spareRow(stage, world, relation.oid, "a");
  if ("unproven" in row) return relation.rowSecurity ? row : `insert into ${name} default values`;
  const given = Object.entries(row.values).filter(([column]) => rights.insertable.has(column));
  return insertSql(name, { values: Object.fromEntries(given) });
}

export function operatorWrite(stage: Stage, table: ClassifiedTable, write: string): Finding {
  const name = sqlName(table.relation);
  return {
    ...accuseTable(attacks.operatorWrite, table, {
      message: `${stage.role.name} may ${write} in ${nameOf(table.relation)}, which is the operator's.`,
      mend: `REVOKE ALL ON ${name} FROM ${quoted(stage.role.name)}, PUBLIC;`,
    }),
    detail: write,
  };
}

export function accuseTable(
  { id, name, severity, title, meaning }: Attack,
  { relation }: ClassifiedTable,
  found: Pick<Finding, "message" | "mend" | "severity">,
): Finding {
  return { rule: { id, name, severity, title, meaning }, subject: nameOf(relation), ...found };
}
