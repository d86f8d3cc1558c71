import { createHash } from "node:crypto";
import { everyone, type Catalog, type Grant, type Oid } from "../catalog/catalog.js";
import type { DatabaseFunction } from "../catalog/functions.js";
import type { Relation } from "../catalog/relation.js";

/** Tenantry's own roles; every other name is the installation's own. */
const ownRoles = ["tenantry_owner", "tenantry_app", "tenantry_operator", "tenantry_identity"];

/**
 * What stands in Tenantry's schema: the name of each object → a digest of all that bears on isolation:
 * bodies, owners, privileges, volatility, settings, row security. The texts of policies are left out,
 * since each release of PostgreSQL prints them in its own way.
 */
export function fingerprintOf(catalog: Catalog): ReadonlyMap<string, string> {
  const own = <T extends { readonly schema: string }>(objects: ReadonlyMap<Oid, T>) =>
    [...objects.values()].filter(({ schema }) => schema === "tenantry");
  const schema = catalog.schemas.find(({ name }) => name === "tenantry");
  const entries = [
    ...(schema === undefined
      ? []
      : [["schema tenantry", digest([schemaGrants(catalog, schema.grants)])] as const]),
    ...own(catalog.functions).map(
      (each) =>
        [`function tenantry.${each.name}(${each.arguments})`, ofFunction(catalog, each)] as const,
    ),
    ...own(catalog.relations).map(
      (each) => [`${each.kind} tenantry.${each.name}`, ofRelation(catalog, each)] as const,
    ),
  ];
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function ofFunction(catalog: Catalog, each: DatabaseFunction): string {
  return digest([
    each.language,
    each.securityDefiner,
    each.volatility,
    each.leakproof,
    [...each.settings].sort(),
    each.source,
    roleName(catalog, each.owner),
    grantsOf(catalog, each.grants),
  ]);
}

function ofRelation(catalog: Catalog, each: Relation): string {
  const policies = each.policies.map(({ name, command, permissive, roles }) => [
    name,
    command,
    permissive,
    roles.map((role) => roleName(catalog, role)).sort(),
  ]);
  const triggers = each.triggers.map(({ name, enabled }) => [name, enabled]);
  return digest([
    each.rowSecurity,
    each.forceRowSecurity,
    [...each.options].sort(),
    roleName(catalog, each.owner),
    // MAINTAIN came with PostgreSQL 17, and an owner has it anyway.
    grantsOf(catalog, each.grants).filter((grant) => !grant.endsWith(" MAINTAIN")),
    each.columns.map(({ name, grants }) => [name, grantsOf(catalog, grants)]),
    policies,
    triggers,
    each.rules.map(({ name, enabled }) => [name, enabled]),
  ]);
}

/** Whoever else may enter the schema finds it guarded; whoever may create there does not. */
function schemaGrants(catalog: Catalog, grants: readonly Grant[]): string[] {
  return grantsOf(catalog, grants).filter((grant) => grant !== "another role USAGE");
}

function grantsOf(catalog: Catalog, grants: readonly Grant[]): string[] {
  const named = grants.map(
    ({ grantee, privilege }) => `${roleName(catalog, grantee)} ${privilege}`,
  );
  return [...new Set(named)].sort();
}

function roleName(catalog: Catalog, role: Oid): string {
  if (role === everyone) return "PUBLIC";
  const name = catalog.roles.get(role)?.name ?? "";
  return ownRoles.includes(name) ? name : "another role";
}

function digest(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
