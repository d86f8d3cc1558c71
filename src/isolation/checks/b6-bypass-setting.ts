import type { Check } from "./check.js";
import { leakFindings } from "./support/leak-findings.js";
import { floorSql } from "./support/policy-mend.js";

export const b6: Check = {
  id: "B6",
  name: "bypass-setting",
  severity: "high",
  title: "A policy that a setting switches off",
  meaning:
    "The policy has a way out that looks at no column of the row: a setting such as app.bypass_rls, or a claim. Any statement can set it, injected SQL included, and one request that forgets to reset it opens every tenant to the next on the same connection.",
  *find(subject) {
    yield* leakFindings(
      subject,
      (leak) => leak.case.kind === "bypass",
      ({ table, policy, case: { text } }, who) => ({
        message: `Policy ${policy} on ${table.relation.schema}.${table.relation.name} lets every row through for ${who} while ${text}.`,
        mend: `${floorSql(subject, table)}\n-- work across tenants gets a database role of its own, with a policy TO that role, instead of a setting`,
      }),
    );
  },
};
