import type { Check } from "./check.js";
import { leakFindings, leaksRowsToo } from "./support/leak-findings.js";
import { floorSql } from "./support/policy-mend.js";

const kinds = new Set(["open", "loose", "user", "parent alone", "constant"]);

export const b4: Check = {
  id: "B4",
  name: "check-omits-tenant",
  severity: "high",
  title: "New rows are not asked for their tenant",
  meaning:
    "USING says which rows are seen, WITH CHECK what may be written. Where WITH CHECK leaves the tenant out, anyone can insert rows into another tenant, or move their own there by an UPDATE. Tests with RETURNING miss it, since that asks the SELECT policies as well.",
  *find(subject) {
    yield* leakFindings(
      subject,
      (leak, all) =>
        leak.use === "write" &&
        kinds.has(leak.case.kind) &&
        !(leak.case.kind === "loose" && leaksRowsToo(leak, all)),
      ({ table, policy, case: { text } }, who) => ({
        message: `Policy ${policy} on ${table.relation.schema}.${table.relation.name} lets rows be written for any tenant (${who}): its check is ${text}.`,
        mend: floorSql(subject, table),
      }),
    );
  },
};
