import { nameOf, quoted, sqlName } from "../catalog/names.js";
import { policyBonds } from "../policies/index.js";
import { tenantTables, type ClassifiedTable, type Subject } from "../subject/subject.js";
import type { Check, Found } from "./check.js";

/** Of this many rows a scan through all is felt. */
const many = 10_000;

export const b16: Check = {
  id: "B16",
  name: "slow-policy",
  severity: "medium",
  title: "A policy that no index serves",
  meaning:
    "Every statement on the table asks for the tenant. Where the policy casts the column, or no index begins with it, PostgreSQL reads every tenant's rows to find one's own: slow for all, slower the more the others have, and a measure of how much they have.",
  *find(subject) {
    const cast = new Set<number>();
    for (const { table, policy, case: found } of policyBonds(subject)) {
      if (found.cast === undefined || cast.has(table.relation.oid)) continue;
      cast.add(table.relation.oid);
      yield castFinding(table, policy, found.cast, found.text);
    }
    yield* withoutIndex(subject);
  },
};

function castFinding(
  { relation, tenantColumn }: ClassifiedTable,
  policy: string,
  cast: string,
  text: string,
): Found {
  const name = tenantColumn?.name ?? "tenant_id";
  return {
    subject: nameOf(relation),
    detail: policy,
    message: `Policy ${policy} on ${nameOf(relation)} casts the column (${name}${cast}), so no index on ${name} is used: ${text}.`,
    mend: `In ${policy}, cast the setting instead of the column: ${quoted(name)} = (select nullif(current_setting(…, true), '')::${tenantColumn?.type ?? "uuid"}).`,
  };
}

function* withoutIndex(subject: Subject): Iterable<Found> {
  for (const { relation, tenantColumn } of tenantTables(subject)) {
    if (tenantColumn === undefined || relation.isPartition || !relation.rowSecurity) continue;
    const leads = relation.indexes.some(
      ({ valid, predicate, columns }) =>
        valid && predicate === null && columns[0] === tenantColumn.number,
    );
    if (leads) continue;
    const large = relation.estimatedRows >= many;
    yield {
      subject: nameOf(relation),
      detail: "index",
      message: `No index of ${nameOf(relation)} begins with ${tenantColumn.name}.`,
      mend: `CREATE INDEX ${relation.kind === "partitioned table" ? "" : "CONCURRENTLY "}ON ${sqlName(relation)} (${quoted(tenantColumn.name)});`,
      ...(large ? {} : { severity: "low" as const }),
    };
  }
}
