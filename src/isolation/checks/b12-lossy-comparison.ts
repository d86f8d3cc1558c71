import { sqlName, quoted } from "../catalog/names.js";
import { comparesLoosely } from "../policies/index.js";
import type { ClassifiedTable, Subject } from "../subject/subject.js";
import type { Check } from "./check.js";
import { leakFindings } from "./support/leak-findings.js";
import { floorSql } from "./support/policy-mend.js";

export const b12: Check = {
  id: "B12",
  name: "lossy-comparison",
  severity: "high",
  title: "Tenants are compared under a conversion that makes different ones equal",
  meaning:
    "A cast to varchar(n), a floating-point number or an integer, a function such as left() or lower(), or a type that ignores case or trailing spaces, takes two different tenants for one. Each then sees the other's rows.",
  *find(subject) {
    yield* leakFindings(
      subject,
      (leak) => leak.case.kind === "lossy",
      ({ table, policy, case: { text } }, who) => ({
        message: `Policy ${policy} on ${table.relation.schema}.${table.relation.name} compares ${table.tenantColumn?.name ?? "the tenant"} (${table.tenantColumn?.type ?? "?"}) loosely for ${who}: ${text}.`,
        mend: mendOf(subject, table),
      }),
    );
  },
};

function mendOf(subject: Subject, table: ClassifiedTable): string {
  const { relation, tenantColumn } = table;
  if (tenantColumn === undefined || !comparesLoosely(relation, tenantColumn)) {
    return `${floorSql(subject, table)}\n-- compare the column as it is, with the setting cast to the column's own type`;
  }
  const name = quoted(tenantColumn.name);
  return `Give ${name} a type that tells all tenants apart. Policies and views that name it stand in the way: drop them, ALTER TABLE ${sqlName(relation)} ALTER COLUMN ${name} TYPE text, and make them again with the setting as text.`;
}
