import { nameOf, sqlName } from "../catalog/names.js";
import type { Check } from "./check.js";
import { usableRows } from "./support/reach.js";
import { granteesOf, privilegesOf, whoever } from "./support/wording.js";

/** The journals and keys of Tenantry's own are granted by its migrations, as narrowly as they can be. */
const own = "tenantry";

export const c19: Check = {
  id: "C19",
  name: "operator-table",
  severity: "high",
  title: "The application reaches a table that is the operator's alone",
  meaning:
    "The table was classified as the operator's: it holds what concerns all tenants, and has no policies that would keep them apart. Whatever the application may read of it, every tenant may read.",
  *find(subject) {
    for (const { relation, class: kind, why } of subject.tables.values()) {
      if (kind !== "operator" || relation.schema === own) continue;
      const ways = usableRows(subject, relation, ["SELECT", "INSERT", "UPDATE", "DELETE"]);
      if (ways.length === 0) continue;
      yield {
        subject: nameOf(relation),
        message: `${whoever(ways)} may ${privilegesOf(ways)} ${nameOf(relation)}, which is the operator's.`,
        mend: `REVOKE ALL ON ${sqlName(relation)} FROM ${granteesOf(subject, ways)};`,
        ...(/journal/.test(why) ? { severity: "low" as const } : {}),
      };
    }
  },
};
