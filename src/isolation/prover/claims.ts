import type { Subject } from "../subject/subject.js";
import type { Claims } from "./acting.js";
import { policyHelpers } from "./objects/helpers.js";
import type { SeededWorld, TenantLabel } from "./seed/contract.js";

export type Users = Readonly<Record<TenantLabel, string | undefined>>;

/** What is said of each tenant to the policies. */
export function claimsOf(
  subject: Subject,
  ids: Readonly<Record<TenantLabel, string>>,
  users?: Users,
): Readonly<Record<TenantLabel, Claims>> {
  const columns = [...subject.tables.values()]
    .flatMap(({ tenantColumn }) => tenantColumn?.name ?? [])
    .filter((name) => name !== "id");
  const names = [...new Set([...columns, ...claimsAsked(subject)])];
  const of = (tenant: TenantLabel): Claims => ({
    tenant: ids[tenant],
    user: users?.[tenant],
    names,
  });
  return { a: of("a"), b: of("b") };
}

/** Claims that mean something else, or hold others. */
const registered =
  /^(iss|sub|aud|exp|nbf|iat|jti|azp|scope|role|email|phone|aal|amr|session_id|is_anonymous|(app|user)_metadata|https?:.*)$/i;

/** What policies and their functions take out of a token, as `->> 'org'` and `#>> '{app_metadata,org}'`. */
function claimsAsked({ catalog }: Subject): readonly string[] {
  const policies = [...catalog.relations.values()].flatMap((relation) => relation.policies);
  const texts = [
    ...policies.flatMap(({ using, check }) => [using ?? "", check ?? ""]),
    ...policyHelpers(catalog, policies).map(({ source }) => source),
  ];
  const names = texts.flatMap((text) => [
    ...Array.from(text.matchAll(/->>?\s*'([^'{]{1,63})'/g), ([, name]) => name!),
    ...Array.from(text.matchAll(/#>>?\s*'\{([^}']{1,200})\}'/g), ([, path]) => path!).flatMap(
      (path) => path.split(",").map((each) => each.trim()),
    ),
  ]);
  return names.filter((name) => !registered.test(name));
}

const memberships = /member|user|role|seat|profile/i;
const people = /^(users?|profiles?|accounts?|members?|people|persons?)$/i;
const person = /^(user|member|account|profile|person|auth_user)_?(id|uuid)$/i;

/** Users who belong to the tenants: as tables of memberships say, or tables of users themselves. */
export function usersOf({ tables }: SeededWorld): Users {
  const all = [...tables.values()].filter(({ table }) => table.tenantColumn !== undefined);
  const of = (tenant: TenantLabel): string | undefined => {
    for (const { table, rows } of all.filter(({ table: { relation } }) =>
      memberships.test(relation.name),
    )) {
      const column = table.relation.columns.find(({ name }) => person.test(name));
      const user = rows.find((row) => row.tenant === tenant)?.values[column?.name ?? ""];
      if (typeof user === "string") return user;
    }
    const list = all.find(({ table: { relation } }) => people.test(relation.name));
    return list?.rows.find((row) => row.tenant === tenant)?.values["id"] ?? undefined;
  };
  return { a: of("a"), b: of("b") };
}
