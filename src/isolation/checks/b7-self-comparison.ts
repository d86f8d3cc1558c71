import type { Check } from "./check.js";
import { leakFindings } from "./support/leak-findings.js";
import { floorSql } from "./support/policy-mend.js";

export const b7: Check = {
  id: "B7",
  name: "self-comparison",
  severity: "critical",
  title: "A policy that compares a column with itself",
  meaning:
    "In a sub-select an unqualified name belongs to the inner table if that has such a column. tenant_id = m.tenant_id, meant to join the row with its membership, is then stored as m.tenant_id = m.tenant_id, which is always true: a member of any tenant sees all of them.",
  *find(subject) {
    yield* leakFindings(
      subject,
      (leak) => leak.case.kind === "self comparison",
      ({ table, policy, case: { text } }, who) => ({
        message: `Policy ${policy} on ${table.relation.schema}.${table.relation.name} compares a column with itself (${text}), so it does not hold ${who}.`,
        mend: `${floorSql(subject, table)}\n-- and in ${policy}, write ${table.relation.name}.${table.tenantColumn?.name ?? "tenant_id"} for the row's own column`,
      }),
    );
  },
};
