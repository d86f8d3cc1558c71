import { nameOf } from "../catalog/names.js";
import type { Check } from "./check.js";
import { compositeForeignKey } from "./support/composite-key.js";
import { arrow, crossings } from "./support/crossings.js";
import { actsOnChildren } from "./support/foreign-keys.js";
import { writes } from "./support/reach.js";

export const d1: Check = {
  id: "D1",
  name: "cross-tenant-reference",
  severity: "high",
  title: "A foreign key that lets one tenant's row refer to another's",
  meaning:
    "Foreign keys are checked without row security. One that does not carry the tenant accepts the id of any tenant's row: the reference is then there for joins, counts and whatever reads with more rights; its answer tells whether an id exists anywhere (D3), and it keeps the other tenant from deleting its row.",
  *find(subject) {
    for (const key of crossings(subject)) {
      if (actsOnChildren(key) !== undefined) continue;
      const isWritten = writes(subject, key.child.relation);
      yield {
        subject: nameOf(key.child.relation),
        detail: key.constraint.name,
        message: `${arrow(key)} does not carry the tenant, so it accepts another tenant's row.`,
        mend: compositeForeignKey(subject, key),
        ...(isWritten ? {} : { severity: "low" as const }),
      };
    }
  },
};
