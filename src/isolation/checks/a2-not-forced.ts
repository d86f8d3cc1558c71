import { nameOf, sqlName } from "../catalog/names.js";
import { tenantTables } from "../subject/subject.js";
import type { Check } from "./check.js";
import { heldOf, roleNamed } from "./support/ways.js";

export const a2: Check = {
  id: "A2",
  name: "not-forced",
  severity: "critical",
  title: "Row security that does not hold the table's owner",
  meaning:
    "Without FORCE, policies are not asked of the owner, nor of any role that has the owner's rights. Where the application logs in as one of these, it reads and writes every tenant's rows as if there were no policies. Where it does not, jobs and migrations that run as the owner do.",
  *find(subject) {
    const { catalog } = subject;
    const held = heldOf(subject);
    for (const { relation } of tenantTables(subject)) {
      if (!relation.rowSecurity || relation.forceRowSecurity) continue;
      const owner = roleNamed(catalog, relation.owner);
      const way = held.find(({ role, login }) => role.oid === relation.owner && !login.superuser);
      const after = way?.after === undefined ? "" : ` after SET ROLE ${way.after.name}`;
      yield {
        subject: nameOf(relation),
        message:
          way === undefined
            ? `${nameOf(relation)} does not force row security: its owner ${owner} sees every tenant's rows, though the application does not act as it.`
            : `${nameOf(relation)} does not force row security, and ${way.login.name} has the rights of its owner ${owner}${after}.`,
        mend: `ALTER TABLE ${sqlName(relation)} FORCE ROW LEVEL SECURITY;`,
        ...(way === undefined ? { severity: "low" as const } : {}),
      };
    }
  },
};
