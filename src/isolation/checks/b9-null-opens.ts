import type { Check } from "./check.js";
import { leakFindings } from "./support/leak-findings.js";
import { floorSql } from "./support/policy-mend.js";

export const b9: Check = {
  id: "B9",
  name: "null-opens",
  severity: "critical",
  title: "A policy that opens where no tenant is set",
  meaning:
    "A request whose tenant was lost should see nothing; here it sees everything. On a fresh connection the setting is NULL, on one that was used before it is an empty text, so that the leak comes and goes with the pool and tests rarely meet it.",
  *find(subject) {
    yield* leakFindings(
      subject,
      (leak) => leak.case.kind === "null opens",
      ({ table, policy, case: { text } }, who) => ({
        message: `Policy ${policy} on ${table.relation.schema}.${table.relation.name} lets every row through for ${who} where no tenant is set: ${text}.`,
        mend: floorSql(subject, table),
      }),
    );
  },
};
