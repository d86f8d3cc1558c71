import { TenantryError } from "../../core/tenantry-error.js";
import type { Catalog, Oid } from "../catalog/catalog.js";
import { heldRoles, mayUse, owns } from "../catalog/powers.js";
import type { Role } from "../catalog/roles.js";
import type { Manifest } from "../manifest/manifest.js";
import type { Assume } from "./read-subject.js";
import type { ClassifiedTable, SubjectOptions } from "./subject.js";

/**
 * The roles that the application logs in with: those that were said, else the logins in tenantry_app,
 * else the logins without special rights that may read tenant tables, else the role that reads this.
 * @throws {TenantryError} `PROOF_IMPOSSIBLE` where a role that was said is not there
 */
export function chooseAppRoles(
  catalog: Catalog,
  tables: ReadonlyMap<Oid, ClassifiedTable>,
  options: SubjectOptions,
  manifest: Manifest | undefined,
  assume: Assume,
): readonly Role[] {
  const said = options.appRoles ?? manifest?.appRoles;
  if (said !== undefined) return said.map((name) => roleNamed(catalog, name));
  const roles = [...catalog.roles.values()];
  const concluded = (found: readonly Role[], why: string) => {
    assume(
      `The application logs in as ${found.map(({ name }) => name).join(", ")}: ${why} (--app-role).`,
    );
    return found;
  };
  // Roles belong to the whole server: a member without rights here is another database's.
  const members = membersOfTenantry(catalog).filter((role) => usesTenants(catalog, tables, role));
  if (members.length > 0) return concluded(members, "a member of tenantry_app");
  const group = roles.find(({ name }) => name === "tenantry_app");
  if (group !== undefined && usesTenants(catalog, tables, group)) {
    return concluded([group], "no login is a member of it yet");
  }
  const plain = roles.filter((role) => isPlainLogin(role) && usesTenants(catalog, tables, role));
  const strangers = plain.filter((role) => !ownsAny(catalog, tables, role));
  if (strangers.length > 0) return concluded(strangers, "it may read tenant tables and owns none");
  if (plain.length > 0) return concluded(plain, "it may read tenant tables");
  const current = roles.find(({ name }) => name === catalog.server.currentRole)!;
  return concluded([current], "no other role may read a tenant table");
}

function membersOfTenantry(catalog: Catalog): readonly Role[] {
  const group = [...catalog.roles.values()].find(({ name }) => name === "tenantry_app");
  if (group === undefined) return [];
  return [...catalog.roles.values()].filter(
    (role) =>
      role.login &&
      !role.superuser &&
      role.oid !== group.oid &&
      heldRoles(catalog, role.oid).includes(group.oid) &&
      mayConnect(catalog, role),
  );
}

/** Roles belong to the whole server: one that may not connect here is another database's. */
function mayConnect(catalog: Catalog, role: Role): boolean {
  const { databaseOwner: owner, databaseGrants: grants } = catalog.server;
  return mayUse(catalog, role, { owner, grants }, "CONNECT");
}

function isPlainLogin(role: Role): boolean {
  return role.login && !role.superuser && !role.predefined;
}

function usesTenants(
  catalog: Catalog,
  tables: ReadonlyMap<Oid, ClassifiedTable>,
  role: Role,
): boolean {
  return tenantRelations(tables).some((relation) => mayUse(catalog, role, relation, "SELECT"));
}

function ownsAny(catalog: Catalog, tables: ReadonlyMap<Oid, ClassifiedTable>, role: Role): boolean {
  return tenantRelations(tables).some(({ owner }) => owns(catalog, role, owner));
}

function tenantRelations(tables: ReadonlyMap<Oid, ClassifiedTable>) {
  return [...tables.values()]
    .filter((table) => table.class === "tenant")
    .map(({ relation }) => relation);
}

function roleNamed(catalog: Catalog, name: string): Role {
  const role = [...catalog.roles.values()].find((each) => each.name === name);
  if (role !== undefined) return role;
  throw new TenantryError("PROOF_IMPOSSIBLE", {
    message: `The server has no role ${JSON.stringify(name)}.`,
    fix: "Name the role that the application logs in with, as --app-role app.",
  });
}
