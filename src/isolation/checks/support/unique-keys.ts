import { valuesOf, type KeyValues } from "../../catalog/key-values.js";
import type { Index } from "../../catalog/relation.js";
import { parseSql, type Node } from "../../sql/parse.js";
import { walk, wordsOf } from "../../sql/walk.js";
import { tenantTables, type ClassifiedTable, type Subject } from "../../subject/subject.js";
import type { Severity } from "../../report/finding.js";
import { registryOf } from "./foreign-keys.js";
import { writes } from "./reach.js";

/** A unique key, primary key or exclusion that holds across tenants. */
export interface GlobalKey {
  readonly table: ClassifiedTable;
  readonly index: Index;
  readonly values: KeyValues;
}

export const severityOfKey: Readonly<Record<KeyValues, Severity>> = {
  natural: "medium",
  counted: "medium",
  random: "low",
};

/** Of tenant tables that the app writes to; those of the tenants' own table are global by nature. */
export function globalKeys(subject: Subject): readonly GlobalKey[] {
  const registry = registryOf(subject)?.oid;
  return tenantTables(subject).flatMap((table) => {
    const { relation } = table;
    if (relation.oid === registry || relation.isPartition || !writes(subject, relation)) return [];
    return relation.indexes
      .filter((index) => (index.unique || index.exclusion) && !holdsTenant(table, index))
      .map((index) => ({ table, index, values: valuesOf(relation, index) }));
  });
}

function holdsTenant({ tenantColumn }: ClassifiedTable, index: Index): boolean {
  if (tenantColumn === undefined) return false;
  if (index.columns.includes(tenantColumn.number)) return true;
  if (!index.columns.includes(0)) return false;
  const parsed = parseSql(index.definition);
  if ("problem" in parsed) return false;
  const [statement] = parsed.statements;
  if (statement === undefined || !("IndexStmt" in statement.node)) return false;
  let found = false;
  walk(statement.node.IndexStmt.indexParams, (kind, value) => {
    if (kind === "ColumnRef") found ||= wordsOf(value["fields"] as Node[])[0] === tenantColumn.name;
    return undefined;
  });
  return found;
}
