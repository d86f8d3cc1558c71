import type { Check } from "./check.js";
import { excessOn } from "./support/excess.js";
import { mayCreate } from "./support/reach.js";
import { tenantTables } from "../subject/subject.js";

export const c11: Check = {
  id: "C11",
  name: "references-privilege",
  severity: "medium",
  title: "The application may point foreign keys at a tenant's table",
  meaning:
    "A foreign key is checked without row security. A table of the application's own that references this one tells for every value whether some tenant has it, and keeps that tenant from deleting the row.",
  *find(subject) {
    const severity = mayCreate(subject) ? "medium" : "low";
    for (const { relation } of tenantTables(subject)) {
      yield* excessOn(subject, relation, {
        privilege: "REFERENCES",
        power: "ask by a foreign key which rows other tenants have, and block their deletes",
        severity,
      });
    }
  },
};
