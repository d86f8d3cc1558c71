import { nameOf, sqlName } from "../catalog/names.js";
import type { Check } from "./check.js";
import { usableRows } from "./support/reach.js";
import { privilegesOf, whoever } from "./support/wording.js";

export const c18: Check = {
  id: "C18",
  name: "unclassified-table",
  severity: "medium",
  title: "A table that the application uses and nobody classified",
  meaning:
    "No manifest says whose rows the table holds and no column of it tells. If they are a tenant's, nothing keeps them apart, and no other check looks at the table. A person has to say: a tenant's, everybody's or the operator's.",
  *find(subject) {
    for (const { relation, class: kind, why } of subject.tables.values()) {
      if (kind !== "unclassified" || relation.isPartition) continue;
      const ways = usableRows(subject, relation, ["SELECT", "INSERT", "UPDATE", "DELETE"]);
      if (ways.length === 0 && !subject.appRoles.some(({ superuser }) => superuser)) continue;
      const may = ways.length === 0 ? "The application" : whoever(ways);
      yield {
        subject: nameOf(relation),
        message: `${may} may ${ways.length === 0 ? "use" : privilegesOf(ways)} ${nameOf(relation)}, and nobody said whose rows it holds: ${why}.`,
        mend: subject.context.sealed
          ? `SELECT tenantry.protect('${sqlName(relation)}');
-- or, where the rows are nobody's: SELECT tenantry.share('${sqlName(relation)}', 'why')`
          : `Name ${nameOf(relation)} in tenantry.manifest.json, which tenantry adopt writes: as a tenant's, or as global or operator with the reason.`,
      };
    }
  },
};
