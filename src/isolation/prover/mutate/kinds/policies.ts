import { columnNames, quoted } from "../../../catalog/names.js";
import { attacks } from "../../rules.js";
import { made, type Site, type TableMutant } from "../mutant.js";
import {
  dropFloors,
  hasPolicies,
  letThrough,
  loosen,
  loosenFirst,
  onlyPolicy,
  rewrite,
  tellsTenant,
  tenantB,
  told,
  typeOfTenant,
} from "../policies.js";

const { foreignRead, foreignUpdate, foreignDelete, forgedInsert, moveAway } = attacks;
const everything = [foreignRead, foreignUpdate, foreignDelete, forgedInsert];

function policy(
  name: string,
  gaps: string,
  expect: TableMutant["expect"],
  sql: TableMutant["sql"],
  fits: (site: Site) => boolean = () => true,
): TableMutant {
  return { name, gaps, expect, sql, on: "table", fits: (site) => hasPolicies(site) && fits(site) };
}

/** The floors gone, and one more permissive policy. */
function opened(name: string, gaps: string, expect: TableMutant["expect"], rest: string) {
  return policy(name, gaps, expect, (site) => [...dropFloors(site), letThrough(site, rest)]);
}

const isPermissiveForAll = ({ target }: Site) =>
  target.relation.policies.some(({ permissive, command }) => permissive && command === "ALL");

const isUuid = ({ target }: Site) => /^[0-9a-f-]{36}$/.test(target.world.tenants.a);

export const policyMutants: readonly TableMutant[] = [
  opened("select-true", "B3", [foreignRead], "for select using (true)"),
  opened("insert-check-true", "B4", [forgedInsert], "for insert with check (true)"),
  opened("update-true", "B2", [foreignUpdate], "for update using (true) with check (true)"),
  opened("update-check-true", "B4", [moveAway], "for update using (false) with check (true)"),
  opened("delete-true", "B2", [foreignDelete], "for delete using (true)"),
  opened("all-true", "B3", everything, "for all using (true) with check (true)"),
  policy("or-true", "B3", everything, (site) => loosen(site, "true")),
  policy("self-comparison", "B7", everything, (site) =>
    loosen(site, `${site.tenant} = ${site.tenant}`),
  ),
  policy("using-true-check-tight", "B2", [foreignRead, foreignDelete], (site) => [
    ...dropFloors(site),
    letThrough(site, "for all using (true) with check (false)"),
  ]),
  policy(
    "check-omits-tenant",
    "B4",
    [forgedInsert, moveAway],
    (site) => [...dropFloors(site), ...rewrite(site, () => "with check (true)")],
    isPermissiveForAll,
  ),
  policy("floor-for-another-role", "B5", [foreignRead], (site) => [
    ...dropFloors(site),
    `create policy ${made}_floor on ${site.sql} as restrictive to current_user using (false)`,
    letThrough(site, "for all using (true)"),
  ]),
  policy("lossy-comparison", "B12", everything, (site) =>
    loosen(
      site,
      `pg_catalog.length(${site.tenant}::text) = pg_catalog.length(${tenantB(site)}::text)`,
    ),
  ),
  policy(
    "empty-setting-opens",
    "B9 B10",
    [attacks.readWithoutTenant],
    (site) => loosenFirst(site, `${told(site)} = ''`),
    tellsTenant,
  ),
  policy(
    "nonsense-opens",
    "B9",
    [attacks.readWithoutTenant],
    (site) => loosenFirst(site, `${told(site)} <> '' and ${told(site)} !~ '[0-9a-f-]{36}'`),
    (site) => tellsTenant(site) && isUuid(site),
  ),
  policy("helper-gives-another-tenant", "B8", [foreignRead], (site) => [
    `create function public.${made}() returns ${typeOfTenant(site.target)} language sql stable as $$ select ${tenantB(site)} $$`,
    ...onlyPolicy(site, `${site.tenant} = public.${made}()`),
  ]),
  policy("helper-gives-all-tenants", "B8", [foreignRead], (site) => [
    `create function public.${made}() returns setof ${typeOfTenant(site.target)} language sql stable security definer as $$ select ${site.tenant} from ${site.sql} $$`,
    ...onlyPolicy(site, `${site.tenant} in (select public.${made}())`),
  ]),
  policy("null-tenant-shown", "B11", [attacks.nullTenant], (site) => [
    ...dropNotNull(site),
    ...loosen(site, `${site.tenant} is null`),
  ]),
];

/** A primary key that carries the tenant goes first, with the foreign keys that lead to it. */
function dropNotNull({ target, sql, tenant }: Site): readonly string[] {
  const { relation, tenantColumn } = target;
  const key = relation.constraints.find(({ kind }) => kind === "primary key");
  const isInKey = key !== undefined && columnNames(relation, key.columns).includes(tenantColumn!);
  return [
    ...(isInKey ? [`alter table ${sql} drop constraint ${quoted(key.name)} cascade`] : []),
    `alter table ${sql} alter column ${tenant} drop not null`,
  ];
}
