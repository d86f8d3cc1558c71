import { everyone, type Grant, type Oid } from "../../catalog/catalog.js";
import { heldRoles, reachableRoles } from "../../catalog/powers.js";
import type { Column, Relation } from "../../catalog/relation.js";
import type { Role } from "../../catalog/roles.js";
import type { Subject } from "../../subject/subject.js";

/** What has an owner and grants. */
export interface Grantable {
  readonly owner: Oid;
  readonly grants: readonly Grant[];
}

/** One way by which the application comes by a privilege. */
export interface Way {
  readonly privilege: string;
  /** To whom it was granted: 0 is PUBLIC. */
  readonly grantee: Oid;
  /** As `app`, `app through staff`, `app after SET ROLE staff`, `PUBLIC`. */
  readonly who: string;
}

/**
 * The ways by which the app's roles come by any of the privileges through grants, whoever the grant
 * names: themselves, their groups, roles they may become, PUBLIC. What superusers and owners have
 * without a grant is not counted: other checks judge that.
 */
export function granted(
  subject: Subject,
  { owner, grants }: Grantable,
  privileges: readonly string[],
): readonly Way[] {
  return waysFor(
    subject,
    grants.filter(({ grantee }) => grantee !== owner),
    privileges,
  );
}

/** As `granted`, with what the owner has. */
export function usable(
  subject: Subject,
  { grants }: Grantable,
  privileges: readonly string[],
): readonly Way[] {
  return waysFor(subject, grants, privileges);
}

/** The same for a table or view, with what is granted on single columns and by PostgreSQL's data roles. */
export function usableRows(
  subject: Subject,
  relation: Relation,
  privileges: readonly string[],
): readonly Way[] {
  if (!mayEnter(subject, relation.schema)) return [];
  const onColumns = relation.columns.flatMap(({ grants }) => grants);
  return waysFor(
    subject,
    [...relation.grants, ...onColumns, ...dataRoleGrants(subject)],
    privileges,
  );
}

/** Whether the app's statements can write to a table at all: as superuser, as owner or by a grant. */
export function writes(
  subject: Subject,
  relation: Relation,
  privileges: readonly string[] = ["INSERT", "UPDATE"],
): boolean {
  if (subject.appRoles.some(({ superuser }) => superuser)) return true;
  return usableRows(subject, relation, privileges).length > 0;
}

/** Whether the app may update this very column. */
export function updates(subject: Subject, relation: Relation, column: Column): boolean {
  const grants = [...relation.grants, ...column.grants, ...dataRoleGrants(subject)];
  return waysFor(subject, grants, ["UPDATE"]).length > 0;
}

export function mayEnter(subject: Subject, schemaName: string): boolean {
  const schema = subject.catalog.schemas.find(({ name }) => name === schemaName);
  if (schema === undefined) return false;
  if (subject.appRoles.some(({ superuser }) => superuser)) return true;
  return waysFor(subject, [...schema.grants, ...dataRoleGrants(subject)], ["USAGE"]).length > 0;
}

/** Whether the app can create tables or functions anywhere; temporary ones count. */
export function mayCreate(subject: Subject): boolean {
  const { schemas, server } = subject.catalog;
  return (
    schemas.some((schema) => usable(subject, schema, ["CREATE"]).length > 0) ||
    waysFor(subject, server.databaseGrants, ["CREATE", "TEMPORARY", "TEMP"]).length > 0
  );
}

function waysFor(
  subject: Subject,
  grants: readonly Grant[],
  privileges: readonly string[],
): readonly Way[] {
  const ways = new Map<string, Way>();
  for (const role of subject.appRoles) {
    const held = new Set(heldRoles(subject.catalog, role.oid));
    const reachable = new Set(reachableRoles(subject.catalog, role.oid));
    for (const { grantee, privilege } of grants) {
      if (!privileges.includes(privilege)) continue;
      if (grantee !== everyone && !reachable.has(grantee)) continue;
      const who = describe(subject, role, grantee, held.has(grantee));
      ways.set(`${privilege} ${who}`, { privilege, grantee, who });
    }
  }
  return [...ways.values()];
}

function describe(subject: Subject, role: Role, grantee: Oid, held: boolean): string {
  if (grantee === everyone) return "PUBLIC";
  if (grantee === role.oid) return role.name;
  const group = subject.catalog.roles.get(grantee)?.name ?? `role ${grantee}`;
  return held ? `${role.name} through ${group}` : `${role.name} after SET ROLE ${group}`;
}

/** pg_read_all_data and pg_write_all_data stand for a grant on everything. */
function dataRoleGrants({ catalog }: Subject): readonly Grant[] {
  const privileges: Readonly<Record<string, readonly string[]>> = {
    pg_read_all_data: ["SELECT", "USAGE"],
    pg_write_all_data: ["INSERT", "UPDATE", "DELETE", "USAGE"],
  };
  return [...catalog.roles.values()].flatMap(({ oid, name }) =>
    (privileges[name] ?? []).map((privilege) => ({ grantee: oid, privilege })),
  );
}
