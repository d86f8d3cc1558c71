import type { Oid } from "../../catalog/catalog.js";
import { nameOf } from "../../catalog/names.js";
import { heldRoles, mayUse } from "../../catalog/powers.js";
import type { Relation } from "../../catalog/relation.js";
import { effective, whyUnfiltered } from "../../policies/index.js";
import type { ClassifiedTable, Subject } from "../../subject/subject.js";

/** Why row security does not hold a role to one tenant, as `postgres is a superuser`; undefined where it does. */
export function unfilteredBecause(
  subject: Subject,
  table: ClassifiedTable,
  reader: Oid,
): string | undefined {
  const role = subject.catalog.roles.get(reader);
  if (role === undefined) return `role ${reader} is unknown`;
  const unfiltered = whyUnfiltered(subject.catalog, role, table.relation);
  if (unfiltered !== undefined) return unfiltered;
  const { verdict, leaks } = effective(subject, table, { role, login: role }, "SELECT");
  if (verdict !== "leaks") return undefined;
  return `its policy ${leaks[0]?.policy ?? ""} shows ${role.name} every tenant's rows`;
}

/** Whether a role may read the table at all. */
export function mayRead(subject: Subject, relation: Relation, reader: Oid): boolean {
  const role = subject.catalog.roles.get(reader);
  if (role === undefined) return false;
  const grants = [...relation.grants, ...relation.columns.flatMap((column) => column.grants)];
  return mayUse(subject.catalog, role, { owner: relation.owner, grants }, "SELECT");
}

/** Why policies do not hold a role at all, where they do not. */
export function bypasses(subject: Subject, oid: Oid): string | undefined {
  const role = subject.catalog.roles.get(oid);
  if (role?.superuser === true) return `${role.name} is a superuser`;
  if (role?.bypassRowSecurity === true) return `${role.name} has BYPASSRLS`;
  const owned = [...subject.tables.values()].find(
    ({ relation, class: kind }) =>
      kind === "tenant" &&
      relation.rowSecurity &&
      !relation.forceRowSecurity &&
      heldRoles(subject.catalog, oid).includes(relation.owner),
  );
  if (owned === undefined) return undefined;
  return `${role?.name ?? "its owner"} owns ${nameOf(owned.relation)}, whose row security is not forced`;
}
