import { nameOf, quoted, sqlName } from "../catalog/names.js";
import type { ClassifiedTable } from "../subject/subject.js";
import { holds, notApplicable, open, unproven, type Outcome } from "./outcome.js";
import type { Rights } from "./rights.js";
import { accuseTable, operatorWrite, tryOperatorWrite } from "./operator-writes.js";
import type { Operation } from "./probes/probe.js";
import { attacks } from "./rules.js";
import type { Stage } from "./stage.js";
import { rowOf, type Row } from "./try-table.js";
import type { World } from "./world.js";

/** Tables that are not a tenant's: what all read nobody writes, and what is the operator's nobody reads. */
export async function trySharedTable(
  stage: Stage,
  table: ClassifiedTable,
  rights: Rights,
  world: World,
): Promise<Row> {
  const { relation } = table;
  if (table.class === "unclassified") return unclassified(table, rights);
  if (table.class === "operator") return operatorTable(stage, table, rights, world);
  const writes = (["insert", "update", "delete", "truncate"] as const).filter(
    (right) => rights[right],
  );
  const finding = accuseTable(attacks.globalWrite, table, {
    message: `${stage.role.name} may ${writes.join(", ")} in ${nameOf(relation)}, which all tenants read.`,
    mend: `REVOKE ${writes.join(", ").toUpperCase()} ON ${sqlName(relation)} FROM ${quoted(stage.role.name)}, PUBLIC;`,
  });
  return rowOf((operation) => {
    if (operation === "insert" || operation === "update" || operation === "delete") {
      return rights[operation] ? open(finding) : holds("no privilege");
    }
    if (operation === "privilege") return rights.truncate ? open(finding) : holds();
    return notApplicable("global");
  });
}

function unclassified({ why }: ClassifiedTable, rights: Rights): Row {
  const any = rights.select || rights.insert || rights.update || rights.delete;
  return rowOf((operation) => {
    if (!any) return operation === "privilege" ? holds() : holds("no privilege");
    return unproven(`not classified: ${why}`);
  });
}

async function operatorTable(
  stage: Stage,
  table: ClassifiedTable,
  rights: Rights,
  world: World,
): Promise<Row> {
  const reads = await readsRows(stage, table, rights);
  const writes = new Map<Operation, Outcome>();
  for (const operation of ["insert", "update", "delete"] as const) {
    writes.set(operation, await tryOperatorWrite({ stage, table, rights, world }, operation));
  }
  return rowOf((operation) => {
    if (operation === "read") return reads;
    if (operation === "privilege" && rights.truncate) {
      return open(operatorWrite(stage, table, "truncate"));
    }
    return writes.get(operation) ?? notApplicable("operator");
  });
}

async function readsRows(stage: Stage, table: ClassifiedTable, rights: Rights): Promise<Outcome> {
  const { relation } = table;
  if (!rights.select) return holds("no privilege");
  // What Tenantry lets the application read of its own holds no tenant's data.
  if (relation.schema === "tenantry") return notApplicable("Tenantry's own");
  const columns = [...rights.readable].map(quoted).join(", ");
  const statement = `select ${columns} from ${sqlName(relation)} limit 1`;
  const attempt = await stage.rolledBack(() => stage.asApp("a", statement));
  if (!attempt.ok) return holds();
  if (attempt.rows.length === 0 && relation.rowSecurity) return holds("row security");
  return open(
    accuseTable(attacks.operatorRead, table, {
      message: `${stage.role.name} may read ${nameOf(relation)}, which is the operator's.`,
      ...(/journal/.test(table.why) ? { severity: "low" as const } : {}),
      mend: `REVOKE ALL ON ${sqlName(relation)} FROM ${quoted(stage.role.name)}, PUBLIC;`,
    }),
  );
}
