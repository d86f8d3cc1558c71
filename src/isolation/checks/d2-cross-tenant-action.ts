import { nameOf } from "../catalog/names.js";
import type { Check } from "./check.js";
import { compositeForeignKey } from "./support/composite-key.js";
import { arrow, crossings } from "./support/crossings.js";
import { actsOnChildren } from "./support/foreign-keys.js";
import { writes } from "./support/reach.js";

export const d2: Check = {
  id: "D2",
  name: "cross-tenant-cascade",
  severity: "critical",
  title: "A foreign key by which one tenant's delete or update changes another's rows",
  meaning:
    "What CASCADE, SET NULL and SET DEFAULT do is done without row security. Where the foreign key does not carry the tenant, a row of one tenant can refer to another's, and when that is deleted, or its key is changed, the first one's row goes or changes with it. All that D1 says of such a reference holds here too.",
  *find(subject) {
    for (const key of crossings(subject)) {
      const action = actsOnChildren(key);
      if (action === undefined) continue;
      const isWritten = writes(subject, key.child.relation);
      yield {
        subject: nameOf(key.child.relation),
        detail: key.constraint.name,
        message: `${arrow(key)} does not carry the tenant, and ${action}: across tenants too.`,
        mend: compositeForeignKey(subject, key),
        ...(isWritten ? {} : { severity: "medium" as const }),
      };
    }
  },
};
