import type { Check } from "./check.js";
import { excessOn } from "./support/excess.js";

export const c9: Check = {
  id: "C9",
  name: "truncate-privilege",
  severity: "critical",
  title: "The application may TRUNCATE a table of all tenants",
  meaning:
    "TRUNCATE knows no row security: whoever has the privilege empties the table for every tenant in one statement. It usually comes with GRANT ALL.",
  *find(subject) {
    for (const { relation, class: kind } of subject.tables.values()) {
      if (kind === "unclassified") continue;
      yield* excessOn(subject, relation, {
        privilege: "TRUNCATE",
        power: "empty it for all tenants at once",
        severity: kind === "tenant" ? "critical" : "high",
      });
    }
  },
};
