import { nameOf, sqlName } from "../catalog/names.js";
import type { Check } from "./check.js";
import { tenantTables } from "../subject/subject.js";
import { usableRows } from "./support/reach.js";
import { unfilteredBecause } from "./support/row-security.js";
import { granteesOf, privilegesOf, whoever } from "./support/wording.js";

export const c7: Check = {
  id: "C7",
  name: "partition-reached-directly",
  severity: "critical",
  title: "A partition or child table that the application reaches past its parent's policies",
  meaning:
    "A statement that names a partition or an inheritance child answers to the policies of that table alone; those of the parent are not asked. GRANT ON ALL TABLES gives the application such rights without anybody noticing.",
  *find(subject) {
    for (const table of tenantTables(subject)) {
      const { relation } = table;
      if (relation.parents.length === 0 || relation.kind === "foreign table") continue;
      const ways = usableRows(subject, relation, ["SELECT", "INSERT", "UPDATE", "DELETE"]);
      if (ways.length === 0) continue;
      const because = relation.rowSecurity
        ? openFor(subject.appRoles, (role) => unfilteredBecause(subject, table, role))
        : "it has no row security of its own";
      if (because === undefined) continue;
      const parent = subject.catalog.relations.get(relation.parents[0]!);
      yield {
        subject: nameOf(relation),
        message: `${nameOf(relation)} is a part of ${parent ? nameOf(parent) : "another table"}, ${because}, and ${whoever(ways)} may ${privilegesOf(ways)} it directly.`,
        mend: `REVOKE ALL ON ${sqlName(relation)} FROM ${granteesOf(subject, ways)};
ALTER TABLE ${sqlName(relation)} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;`,
      };
    }
  },
};

function openFor(
  roles: readonly { readonly oid: number; readonly superuser: boolean }[],
  because: (role: number) => string | undefined,
): string | undefined {
  const reasons = roles.filter(({ superuser }) => !superuser).map(({ oid }) => because(oid));
  return reasons.find((reason) => reason !== undefined);
}
