import type { Catalog, Oid } from "../catalog/catalog.js";

/** The role and all that it is a member of, whatever the membership allows. */
export function memberOf({ memberships }: Pick<Catalog, "memberships">, role: Oid): readonly Oid[] {
  const found = [role];
  for (const each of found) {
    for (const membership of memberships) {
      if (membership.member === each && !found.includes(membership.role)) {
        found.push(membership.role);
      }
    }
  }
  return found;
}
