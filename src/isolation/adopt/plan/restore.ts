import { everyone, type Catalog, type Grant } from "../../catalog/catalog.js";
import { literal, quoted, sqlName } from "../../catalog/names.js";
import type { Policy, Relation } from "../../catalog/relation.js";
import { dollarQuoted, regclass } from "./sql.js";

const ownRoles = ["tenantry_app", "tenantry_operator"];

/** Owner and grants as they were; the sequences that its columns own follow a table's owner. */
export function restoreAccess(catalog: Catalog, relation: Relation): readonly string[] {
  const kind =
    relation.kind === "view"
      ? "view"
      : relation.kind === "materialized view"
        ? "materialized view"
        : relation.kind === "foreign table"
          ? "foreign table"
          : "table";
  const owner = catalog.roles.get(relation.owner)?.name ?? "current_user";
  const name = sqlName(relation);
  return [
    `revoke all on ${name} from public, ${ownRoles.join(", ")}`,
    ...(kind === "table" ? [closeSequences(catalog, relation)] : []),
    `alter ${kind} ${name} owner to ${quoted(owner)}`,
    ...grantsBack(catalog, relation.grants, name, relation.owner),
  ];
}

/** What Tenantry's roles got on the sequences of a table's columns, and had not before. */
function closeSequences(catalog: Catalog, relation: Relation): string {
  const before = [...catalog.relations.values()].filter(
    ({ kind, grants }) =>
      kind === "sequence" &&
      grants.some(({ grantee }) => ownRoles.includes(catalog.roles.get(grantee)?.name ?? "")),
  );
  const kept = before.map((sequence) => literal(sqlName(sequence))).join(", ");
  return dollarQuoted(`declare
  own regclass;
begin
  for own in select d.objid::regclass from pg_catalog.pg_depend d
    join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
    where d.refobjid = ${regclass(relation)} and d.deptype in ('a', 'i') and d.objid <> all (array[${kept}]::regclass[])
  loop
    execute pg_catalog.format('revoke all on sequence %s from ${ownRoles.join(", ")}', own);
  end loop;
end`);
}

function grantsBack(
  catalog: Catalog,
  grants: readonly Grant[],
  name: string,
  owner: number,
): readonly string[] {
  const byGrantee = new Map<number, string[]>();
  for (const { grantee, privilege } of grants) {
    if (grantee !== owner) byGrantee.set(grantee, [...(byGrantee.get(grantee) ?? []), privilege]);
  }
  return [...byGrantee].map(([grantee, privileges]) => {
    const to =
      grantee === everyone ? "public" : quoted(catalog.roles.get(grantee)?.name ?? "public");
    return `grant ${privileges.join(", ").toLowerCase()} on ${name} to ${to}`;
  });
}

export function restorePolicies(catalog: Catalog, relation: Relation): readonly string[] {
  const name = sqlName(relation);
  const own = relation.policies.map(({ name: policy }) => policy);
  const added = ["tenantry_floor", "tenantry_tenant", "tenantry_operator"].filter(
    (policy) => !own.includes(policy),
  );
  const dropped = relation.policies.filter(
    ({ permissive, name: policy }) => permissive && !policy.startsWith("tenantry_"),
  );
  return [
    ...added.map((policy) => `drop policy if exists ${policy} on ${name}`),
    ...dropped.flatMap((policy) => [
      `drop policy if exists ${quoted(policy.name)} on ${name}`,
      createPolicy(catalog, name, policy),
    ]),
    ...(relation.forceRowSecurity ? [] : [`alter table ${name} no force row level security`]),
    ...(relation.rowSecurity ? [] : [`alter table ${name} disable row level security`]),
  ];
}

function createPolicy(catalog: Catalog, name: string, policy: Policy): string {
  const roles = policy.roles.map((role) =>
    role === everyone ? "public" : quoted(catalog.roles.get(role)?.name ?? "public"),
  );
  return [
    `create policy ${quoted(policy.name)} on ${name} for ${policy.command.toLowerCase()} to ${roles.join(", ")}`,
    ...(policy.using === null ? [] : [`using (${policy.using})`]),
    ...(policy.check === null ? [] : [`with check (${policy.check})`]),
  ].join(" ");
}
