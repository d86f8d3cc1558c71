import { columnNames, nameOf, quoted, sqlName } from "../catalog/names.js";
import type { Subject } from "../subject/subject.js";
import type { Check } from "./check.js";
import { arrow } from "./support/crossings.js";
import {
  carriesTenant,
  foreignKeys,
  leadsToRoot,
  type ForeignKey,
} from "./support/foreign-keys.js";
import { updates, usableRows, writes } from "./support/reach.js";

export const d3: Check = {
  id: "D3",
  name: "existence-oracle",
  severity: "medium",
  title: "A foreign key that tells what exists where the application cannot look",
  meaning:
    "An insert that refers to a row succeeds where the row exists and fails where it does not, whatever row security hides, and it holds a lock that keeps the row from being deleted. These foreign keys lead to the tenants themselves by another column than the tenant's, or to a table that the application may not read. Between tenants' tables D1 and D2 say the same of each key.",
  *find(subject) {
    for (const key of foreignKeys(subject)) {
      const { child, parent, constraint } = key;
      const what = hiddenRows(subject, key);
      if (what === undefined || !writes(subject, child.relation)) continue;
      yield {
        subject: nameOf(child.relation),
        detail: constraint.name,
        message: `${arrow(key)} tells the application ${what}.`,
        mend: `ALTER TABLE ${sqlName(child.relation)} DROP CONSTRAINT ${quoted(constraint.name)};
-- or keep it, and let only the operator write ${columnNames(child.relation, constraint.columns).map(quoted).join(", ")}: REVOKE INSERT, UPDATE on these columns`,
        severity: parent.class === "tenant" ? "medium" : "low",
      };
    }
  },
};

function hiddenRows(subject: Subject, key: ForeignKey): string | undefined {
  const { child, parent, constraint } = key;
  const columns = child.relation.columns.filter(({ number }) =>
    constraint.columns.includes(number),
  );
  const isChosen = columns.some((column) => updates(subject, child.relation, column));
  // Its value is the policies' to hold, wherever the tenants are listed.
  if (constraint.columns.every((number) => number === child.tenantColumn?.number)) return undefined;
  if (leadsToRoot(subject, key)) {
    return carriesTenant(key) || !isChosen ? undefined : "which other tenants there are";
  }
  if (parent.class !== "operator" || usableRows(subject, parent.relation, ["SELECT"]).length > 0) {
    return undefined;
  }
  return `which rows ${nameOf(parent.relation)} has, which it may not read`;
}
