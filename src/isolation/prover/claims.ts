import type { Subject } from "../subject/subject.js";
import type { Claims } from "./acting.js";
import type { SeededWorld, TenantLabel } from "./seed/contract.js";

/** What is said of each tenant to the policies. */
export function claimsOf(
  subject: Subject,
  ids: Readonly<Record<TenantLabel, string>>,
  world?: SeededWorld,
): Readonly<Record<TenantLabel, Claims>> {
  const columns = [
    ...new Set(
      [...subject.tables.values()].flatMap(({ tenantColumn }) => tenantColumn?.name ?? []),
    ),
  ].filter((name) => name !== "id");
  const of = (tenant: TenantLabel): Claims => ({
    tenant: ids[tenant],
    user: world === undefined ? undefined : userOf(world, tenant),
    columns,
  });
  return { a: of("a"), b: of("b") };
}

const memberships = /member|user|role|seat|profile/i;
const people = /^(user|member|account|profile|person|auth_user)_?(id|uuid)$/i;

/** Of a user who belongs to the tenant: what a table of memberships says. */
function userOf(world: SeededWorld, tenant: TenantLabel): string | undefined {
  for (const { table, rows } of world.tables.values()) {
    const { relation, tenantColumn } = table;
    if (tenantColumn === undefined || !memberships.test(relation.name)) continue;
    const column = relation.columns.find(({ name }) => people.test(name));
    const user = rows.find((row) => row.tenant === tenant)?.values[column?.name ?? ""];
    if (typeof user === "string") return user;
  }
  return undefined;
}
