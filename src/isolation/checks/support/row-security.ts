import { everyone, type Oid } from "../../catalog/catalog.js";
import { nameOf } from "../../catalog/names.js";
import { heldRoles, mayUse } from "../../catalog/powers.js";
import type { Policy, Relation } from "../../catalog/relation.js";
import { parseExpression, type Node } from "../../sql/parse.js";
import { walk, wordsOf } from "../../sql/walk.js";
import type { ClassifiedTable, Subject } from "../../subject/subject.js";
import { mentionsContext } from "./context.js";

/** Why row security does not hold a role to one tenant, as `postgres is a superuser`; undefined where it does. */
export function unfilteredBecause(
  subject: Subject,
  { relation, tenantColumn }: ClassifiedTable,
  reader: Oid,
): string | undefined {
  const role = subject.catalog.roles.get(reader);
  if (role === undefined) return `role ${reader} is unknown`;
  if (role.superuser) return `${role.name} is a superuser`;
  if (role.bypassRowSecurity) return `${role.name} has BYPASSRLS`;
  if (!relation.rowSecurity) return "it has no row security";
  const held = new Set(heldRoles(subject.catalog, reader));
  if (!relation.forceRowSecurity && held.has(relation.owner)) {
    return `${role.name} owns it and row security is not forced`;
  }
  const applies = ({ roles }: Policy) => roles.some((each) => each === everyone || held.has(each));
  const policies = relation.policies.filter(applies);
  const limits = ({ using }: Policy) => limitsRows(subject, using, tenantColumn?.name);
  if (policies.some((policy) => !policy.permissive && limits(policy))) return undefined;
  const open = policies.find((policy) => policy.permissive && !limits(policy));
  return open === undefined
    ? undefined
    : `its policy ${open.name} shows ${role.name} every tenant's rows`;
}

/** Whether a role may read the table at all. */
export function mayRead(subject: Subject, relation: Relation, reader: Oid): boolean {
  const role = subject.catalog.roles.get(reader);
  if (role === undefined) return false;
  const grants = [...relation.grants, ...relation.columns.flatMap((column) => column.grants)];
  return mayUse(subject.catalog, role, { owner: relation.owner, grants }, "SELECT");
}

/** Whether a predicate asks for the tenant: by the column, or by what the context is read from. */
function limitsRows(subject: Subject, using: string | null, tenantColumn?: string): boolean {
  if (using === null) return true;
  const expression = parseExpression(using);
  if (expression === undefined) return false;
  if (mentionsContext(subject, expression)) return true;
  let found = false;
  walk([expression], (kind, value) => {
    if (kind === "SubLink") found = true;
    if (kind === "ColumnRef") found ||= wordsOf(value["fields"] as Node[]).at(-1) === tenantColumn;
    return undefined;
  });
  return found;
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
