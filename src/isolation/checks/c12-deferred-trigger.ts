import { nameOf, quoted, sqlName } from "../catalog/names.js";
import { tenantTables } from "../subject/subject.js";
import type { Check } from "./check.js";
import { bodyOf } from "../catalog/function-body.js";
import { mentionsContext } from "./support/context.js";
import { signature } from "./support/wording.js";

export const c12: Check = {
  id: "C12",
  name: "deferred-trigger-reads-context",
  severity: "medium",
  title: "A deferred trigger that asks for the current tenant",
  meaning:
    "A deferred trigger runs at the end of the transaction and finds whatever tenant is set then, not the one that was set when the row was written. Where a transaction changes its tenant, rows of one are stamped as the other's.",
  *find(subject) {
    for (const { relation } of tenantTables(subject)) {
      for (const trigger of relation.triggers) {
        const routine = subject.catalog.functions.get(trigger.function);
        if (!trigger.deferrable || trigger.enabled === "disabled" || routine === undefined)
          continue;
        const body = bodyOf(routine);
        if (body === undefined || !mentionsContext(subject, body.nodes)) continue;
        yield {
          subject: nameOf(relation),
          detail: trigger.name,
          message: `The deferrable trigger ${trigger.name} of ${nameOf(relation)} runs ${signature(routine)}, which asks for the tenant that is set at COMMIT.`,
          mend: `DROP TRIGGER ${quoted(trigger.name)} ON ${sqlName(relation)};
${trigger.definition.replace(/ (NOT )?DEFERRABLE( INITIALLY (DEFERRED|IMMEDIATE))?/, "")};
-- or take the tenant from NEW in the function`,
        };
      }
    }
  },
};
