import { everyone } from "../catalog/catalog.js";
import { nameOf, quoted, sqlName } from "../catalog/names.js";
import { heldRoles } from "../catalog/powers.js";
import { askersOf, commandVerdicts, meaningOf } from "../policies/index.js";
import { tenantTables } from "../subject/subject.js";
import type { Check } from "./check.js";
import { roleNamed } from "./support/ways.js";

export const b5: Check = {
  id: "B5",
  name: "floor-not-for-everyone",
  severity: "high",
  title: "A restrictive floor that holds only some roles",
  meaning:
    "A restrictive policy TO a role is asked only of roles that have its rights by inheritance. A member with NOINHERIT, and every other role that comes to be granted the table, passes under it. A floor has to be TO PUBLIC.",
  *find(subject) {
    const { catalog } = subject;
    for (const table of tenantTables(subject)) {
      const { relation } = table;
      if (!relation.rowSecurity) continue;
      for (const policy of relation.policies) {
        if (policy.permissive || policy.roles.includes(everyone) || policy.using === null) continue;
        const askers = askersOf(subject);
        const binds = askers.some((asker) =>
          meaningOf(policy.using!, table, asker, subject).cases.some(
            ({ contexts }) => contexts.length > 0,
          ),
        );
        if (!binds) continue;
        const passing = askers.find(
          ({ role }) =>
            !policy.roles.some((each) => heldRoles(catalog, role.oid).includes(each)) &&
            commandVerdicts(subject, table, role).some(({ verdict }) => verdict === "leaks"),
        );
        const roles = policy.roles.map((oid) => roleNamed(catalog, oid)).join(", ");
        yield {
          subject: nameOf(relation),
          detail: policy.name,
          message: `The restrictive policy ${policy.name} on ${nameOf(relation)} holds ${roles} only${passing === undefined ? "; another role that is granted the table is not held" : `, and ${passing.role.name} passes under it`}.`,
          mend: `ALTER POLICY ${quoted(policy.name)} ON ${sqlName(relation)} TO PUBLIC;`,
          ...(passing === undefined ? { severity: "low" as const } : {}),
        };
      }
    }
  },
};
