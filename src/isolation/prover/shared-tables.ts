import { nameOf, quoted, sqlName } from "../catalog/names.js";
import type { ClassifiedTable } from "../subject/subject.js";
import type { Finding } from "../report/finding.js";
import { holds, notApplicable, open, unproven, type Outcome } from "./outcome.js";
import type { Rights } from "./rights.js";
import { attacks, type Attack } from "./rules.js";
import type { Stage } from "./stage.js";
import { rowOf, type Row } from "./try-table.js";

/** Tables that are not a tenant's: what all read nobody writes, and what is the operator's nobody reads. */
export async function trySharedTable(
  stage: Stage,
  table: ClassifiedTable,
  rights: Rights,
): Promise<Row> {
  const { relation } = table;
  if (table.class === "unclassified") return unclassified(table, rights);
  if (table.class === "operator") return operatorTable(stage, table, rights);
  const writes = (["insert", "update", "delete", "truncate"] as const).filter(
    (right) => rights[right],
  );
  const finding = accuse(attacks.globalWrite, table, {
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

async function operatorTable(stage: Stage, table: ClassifiedTable, rights: Rights): Promise<Row> {
  const reads = await readsRows(stage, table, rights);
  return rowOf((operation) => {
    if (operation === "read") return reads;
    if (operation === "insert" || operation === "update" || operation === "delete") {
      return rights[operation] ? unproven("may be written; not tried") : holds("no privilege");
    }
    return notApplicable("operator");
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
    accuse(attacks.operatorRead, table, {
      message: `${stage.role.name} may read ${nameOf(relation)}, which is the operator's.`,
      ...(/journal/.test(table.why) ? { severity: "low" as const } : {}),
      mend: `REVOKE ALL ON ${sqlName(relation)} FROM ${quoted(stage.role.name)}, PUBLIC;`,
    }),
  );
}

function accuse(
  { id, name, severity, title, meaning }: Attack,
  { relation }: ClassifiedTable,
  found: Pick<Finding, "message" | "mend" | "severity">,
): Finding {
  return { rule: { id, name, severity, title, meaning }, subject: nameOf(relation), ...found };
}
