import { everyone, type Catalog, type Grant, type Oid } from "./catalog.js";
import type { Membership, Role } from "./roles.js";

type Memberships = Pick<Catalog, "roles" | "memberships">;

/** The role and all whose rights it has without SET ROLE, in order of distance. */
export function heldRoles({ memberships }: Memberships, role: Oid): readonly Oid[] {
  return closure(role, memberships, ({ inherit }) => inherit);
}

/** The role and all that it may become by SET ROLE, in order of distance. */
export function settableRoles({ memberships }: Memberships, role: Oid): readonly Oid[] {
  return closure(role, memberships, ({ set }) => set);
}

/** Every role whose rights it can come by: those it has, and those it has after SET ROLE. */
export function reachableRoles(catalog: Memberships, role: Oid): readonly Oid[] {
  return [...new Set(settableRoles(catalog, role).flatMap((each) => heldRoles(catalog, each)))];
}

/** Whether a role has a privilege by itself: through PUBLIC, a group whose rights it has, or as owner. */
export function mayUse(
  catalog: Memberships,
  role: Role,
  object: { readonly owner: Oid; readonly grants: readonly Grant[] },
  privilege: string,
): boolean {
  if (role.superuser) return true;
  const held = new Set(heldRoles(catalog, role.oid));
  return object.grants.some(
    (grant) =>
      grant.privilege === privilege && (grant.grantee === everyone || held.has(grant.grantee)),
  );
}

/** Whether it owns an object, itself or through a group whose rights it has. */
export function owns(catalog: Memberships, role: Role, owner: Oid): boolean {
  return role.superuser || heldRoles(catalog, role.oid).includes(owner);
}

function closure(
  start: Oid,
  memberships: readonly Membership[],
  passes: (membership: Membership) => boolean,
): readonly Oid[] {
  const found = [start];
  for (const role of found) {
    for (const membership of memberships) {
      if (membership.member !== role || !passes(membership)) continue;
      if (!found.includes(membership.role)) found.push(membership.role);
    }
  }
  return found;
}
