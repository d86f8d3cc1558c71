import { nameOf, sqlName } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import { dataCommands, mayRun } from "../policies/index.js";
import { tenantTables } from "../subject/subject.js";
import type { Check } from "./check.js";
import { waysOf } from "./support/ways.js";

export const a1: Check = {
  id: "A1",
  name: "row-security-off",
  severity: "critical",
  title: "A tenant table without row security",
  meaning:
    "Nothing but the application's own WHERE clauses keeps tenants apart: one forgotten clause shows a customer everybody's rows. Policies that were written for the table sleep until row security is enabled.",
  *find(subject) {
    const { catalog } = subject;
    const ways = waysOf(subject);
    const reaches = (relation: Relation) =>
      ways.some(({ role }) =>
        dataCommands.some((command) => mayRun(catalog, role, relation, command)),
      );
    // A role that reaches no tenant table at all is hardly the one that the application logs in with.
    const isApp = tenantTables(subject).some(({ relation }) => reaches(relation));
    for (const { relation } of tenantTables(subject)) {
      if (relation.rowSecurity || relation.kind === "foreign table") continue;
      const reached = !isApp || reaches(relation);
      // Through its parent a partition answers to the parent's policies.
      if (!reached && relation.isPartition) continue;
      const dormant = relation.policies.length;
      const sleeping = dormant > 0 ? `, so its policies (${dormant}) do nothing` : "";
      const unreached = "; the application has no privilege on it at present";
      yield {
        subject: nameOf(relation),
        message: `${nameOf(relation)} has row security disabled${sleeping}${reached ? "" : unreached}.`,
        mend: `ALTER TABLE ${sqlName(relation)} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;`,
        ...(reached ? {} : { severity: "low" as const }),
      };
    }
  },
};
