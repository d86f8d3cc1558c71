import { nameOf, quoted, sqlName } from "../catalog/names.js";
import { columnCannotBeNull } from "../catalog/nullable.js";
import { policyLeaks } from "../policies/index.js";
import { tenantTables } from "../subject/subject.js";
import type { Check } from "./check.js";

export const b11: Check = {
  id: "B11",
  name: "nullable-tenant",
  severity: "high",
  title: "Rows may have no tenant",
  meaning:
    "Where the tenant column takes NULL, a row can belong to nobody. Policies that show such rows to everyone let one tenant plant a row that all others see, or make another's row global. Where they do not, the row is lost to its owner, and composite foreign keys are not checked for it.",
  *find(subject) {
    const leaks = policyLeaks(subject).filter(({ case: { kind } }) => kind === "shared rows");
    for (const table of tenantTables(subject)) {
      const { relation, tenantColumn } = table;
      if (tenantColumn === undefined || relation.isPartition) continue;
      if (columnCannotBeNull(relation, tenantColumn)) continue;
      const leak = leaks.find((each) => each.table === table);
      const name = `${nameOf(relation)}.${tenantColumn.name}`;
      yield {
        subject: nameOf(relation),
        message:
          leak === undefined
            ? `${name} may be NULL.`
            : `${name} may be NULL, and policy ${leak.policy} opens such rows to every tenant (${leak.commands.join(", ")}).`,
        mend: [
          `ALTER TABLE ${sqlName(relation)} ADD CONSTRAINT tenant_is_known CHECK (${quoted(tenantColumn.name)} IS NOT NULL) NOT VALID;`,
          `-- fill in the tenant of the rows that have none, then`,
          `ALTER TABLE ${sqlName(relation)} VALIDATE CONSTRAINT tenant_is_known;`,
          `ALTER TABLE ${sqlName(relation)} ALTER COLUMN ${quoted(tenantColumn.name)} SET NOT NULL;`,
          `ALTER TABLE ${sqlName(relation)} DROP CONSTRAINT tenant_is_known;`,
        ].join("\n"),
        ...(leak === undefined ? { severity: "medium" as const } : {}),
      };
    }
  },
};
