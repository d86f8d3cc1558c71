import { everyone, type Catalog } from "../catalog/catalog.js";
import { heldRoles, owns } from "../catalog/powers.js";
import type { Command, Policy, Relation } from "../catalog/relation.js";
import type { Role } from "../catalog/roles.js";

/** Why row security does not hold this role on this table; undefined where it does. */
export function whyUnfiltered(
  catalog: Catalog,
  role: Role,
  relation: Relation,
): string | undefined {
  if (role.superuser) return `${role.name} is a superuser`;
  if (relation.kind === "foreign table") return "a foreign table has no row security";
  if (!relation.rowSecurity) return "row security is off";
  if (role.bypassRowSecurity) return `${role.name} has BYPASSRLS`;
  if (!relation.forceRowSecurity && owns(catalog, role, relation.owner)) {
    return `${role.name} has the owner's rights and row security is not forced`;
  }
  return undefined;
}

/** The policies that are asked for a command, by a role with all whose rights it has without SET ROLE. */
export function policiesFor(
  catalog: Catalog,
  role: Role,
  relation: Relation,
  command: Exclude<Command, "ALL">,
): readonly Policy[] {
  const held = new Set(heldRoles(catalog, role.oid));
  return relation.policies.filter(
    (policy) =>
      (policy.command === "ALL" || policy.command === command) &&
      (role.superuser || policy.roles.some((each) => each === everyone || held.has(each))),
  );
}

/** What new rows are asked: WITH CHECK, or USING where there is none, but for INSERT. */
export function checkOf(policy: Policy): string | null {
  return policy.check ?? (policy.command === "INSERT" ? null : policy.using);
}

/** Whether a role may run a command on the table, or on any column of it. */
export function mayRun(
  catalog: Catalog,
  role: Role,
  relation: Relation,
  command: Exclude<Command, "ALL">,
): boolean {
  if (role.superuser) return true;
  const held = new Set(heldRoles(catalog, role.oid));
  const grants = [...relation.grants, ...relation.columns.flatMap((column) => column.grants)];
  return grants.some(
    ({ grantee, privilege }) =>
      privilege === command && (grantee === everyone || held.has(grantee)),
  );
}

/** Whether a role may write the column with a command. */
export function mayWriteColumn(
  catalog: Catalog,
  role: Role,
  relation: Relation,
  column: string,
  command: "INSERT" | "UPDATE",
): boolean {
  if (role.superuser) return true;
  const held = new Set(heldRoles(catalog, role.oid));
  const own = relation.columns.find(({ name }) => name === column)?.grants ?? [];
  return [...relation.grants, ...own].some(
    ({ grantee, privilege }) =>
      privilege === command && (grantee === everyone || held.has(grantee)),
  );
}
