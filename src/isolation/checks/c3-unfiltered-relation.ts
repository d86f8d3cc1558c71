import { nameOf, sqlName } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import type { Subject } from "../subject/subject.js";
import type { Check } from "./check.js";
import { usableRows } from "./support/reach.js";
import { tenantTablesBelow } from "./support/views.js";
import { granteesOf, listed, privilegesOf, whoever } from "./support/wording.js";

export const c3: Check = {
  id: "C3",
  name: "materialized-view-or-foreign-table",
  severity: "critical",
  title: "Tenants' rows in a materialized view or a foreign table that the application reads",
  meaning:
    "Row security cannot be put on a materialized view or on a foreign table. A materialized view holds what its owner saw when it was refreshed, usually all tenants' rows, and whoever may read it reads all of it; a foreign table is read with the rights of its user mapping on the other server.",
  *find(subject) {
    for (const relation of subject.catalog.relations.values()) {
      const what = contentOf(subject, relation);
      if (what === undefined) continue;
      const ways = usableRows(subject, relation, ["SELECT", "INSERT", "UPDATE", "DELETE"]);
      if (ways.length === 0) continue;
      yield {
        subject: nameOf(relation),
        message: `${nameOf(relation)} is a ${relation.kind} with ${what}, and ${whoever(ways)} may ${privilegesOf(ways)} it.`,
        mend: `REVOKE ${privilegesOf(ways).replaceAll(" and ", ", ")} ON ${sqlName(relation)} FROM ${granteesOf(subject, ways)};
-- and let the application read it through a view with security_barrier that compares the tenant`,
      };
    }
  },
};

function contentOf(subject: Subject, relation: Relation): string | undefined {
  if (relation.kind === "foreign table") {
    return subject.tables.get(relation.oid)?.class === "tenant" ? "tenants' rows" : undefined;
  }
  if (relation.kind !== "materialized view") return undefined;
  const tables = tenantTablesBelow(subject, relation);
  return tables.length > 0 ? `rows of ${listed(tables.map(nameOf))}` : undefined;
}
