import { granted } from "./support/reach.js";
import { owns } from "../catalog/powers.js";
import type { Check } from "./check.js";
import { roleName } from "./support/wording.js";

export const c15: Check = {
  id: "C15",
  name: "large-objects",
  severity: "high",
  title: "Large objects that belong to no tenant",
  meaning:
    "Large objects have an owner and grants, but no row security. All that the application stores has one owner, so that any tenant's statement reads any tenant's object by its number, and the numbers are there for everyone in pg_largeobject_metadata.",
  *find(subject) {
    for (const objects of subject.catalog.largeObjects) {
      const { owner, count } = objects;
      const byOwner = subject.appRoles.some(
        (role) => !role.superuser && owns(subject.catalog, role, owner),
      );
      if (!byOwner && granted(subject, objects, ["SELECT", "UPDATE"]).length === 0) continue;
      yield {
        subject: `large objects of ${roleName(subject, owner)}`,
        message: `The application may read ${count === 1 ? "a large object" : `${count} large objects`} of ${roleName(subject, owner)}, whichever tenant's ${count === 1 ? "it is" : "they are"}.`,
        mend: "Move what they hold into a bytea column of a tenant table, or into object storage under a key that begins with the tenant; then lo_unlink() each.",
      };
    }
  },
};
