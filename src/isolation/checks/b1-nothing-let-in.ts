import { nameOf, quoted, sqlName } from "../catalog/names.js";
import { askersOf, commandVerdicts } from "../policies/index.js";
import { tenantTables } from "../subject/subject.js";
import type { Check } from "./check.js";
import { contextSql } from "./support/policy-mend.js";

export const b1: Check = {
  id: "B1",
  name: "nothing-let-in",
  severity: "low",
  title: "A command that is granted and that no policy lets through",
  meaning:
    "This is an outage rather than a leak: the role has the privilege, but row security refuses every row, since no permissive policy for the command applies to it, or since a policy FOR INSERT has no WITH CHECK. Such errors tempt people to connect as the owner instead. (Without a WITH CHECK of its own, a policy FOR ALL or FOR UPDATE asks its USING of new rows as well, so that alone opens nothing.)",
  *find(subject) {
    for (const table of tenantTables(subject)) {
      const { relation } = table;
      if (!relation.rowSecurity) continue;
      for (const { role, login } of askersOf(subject)) {
        if (role !== login) continue;
        const refused = commandVerdicts(subject, table, role)
          .filter(
            ({ verdict, why, as }) =>
              verdict === "denied" && as === undefined && !/privilege/.test(why),
          )
          .map(({ command }) => command);
        if (refused.length === 0) continue;
        const bound = `${quoted(table.tenantColumn?.name ?? "tenant_id")} = ${contextSql(subject, table)}`;
        yield {
          subject: nameOf(relation),
          detail: role.name,
          message: `${role.name} is granted ${refused.join(", ")} on ${nameOf(relation)}, and no policy lets a row through.`,
          mend:
            table.tenantColumn === undefined
              ? `Write a permissive policy for ${refused.join(", ")} on ${sqlName(relation)} that follows its parent, or revoke the privilege.`
              : `CREATE POLICY tenant_access ON ${sqlName(relation)} FOR ALL TO ${quoted(role.name)} USING (${bound}) WITH CHECK (${bound});`,
        };
      }
    }
  },
};
