import { columnNames } from "../catalog/names.js";
import type { Subject } from "../subject/subject.js";
import type { Claims } from "./acting.js";
import { policyHelpers } from "./objects/helpers.js";
import type { SeededTable, SeededWorld, TenantLabel } from "./seed/contract.js";

export type Users = Readonly<Record<TenantLabel, string | undefined>>;

/** What is said of each tenant to the policies. */
export function claimsOf(
  names: readonly string[],
  ids: Readonly<Record<TenantLabel, string>>,
  users?: Users,
): Readonly<Record<TenantLabel, Claims>> {
  const of = (label: TenantLabel) => ({ tenant: ids[label], user: users?.[label], names });
  return { a: of("a"), b: of("b") };
}

/** Claims that may hold the tenant: as its columns are called, and as policies ask for them. */
export function claimNames(subject: Subject): readonly string[] {
  const columns = [...subject.tables.values()]
    .flatMap(({ tenantColumn }) => tenantColumn?.name ?? [])
    .filter((name) => name !== "id");
  return [...new Set([...columns, ...claimsAsked(subject)])];
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

const memberships = /member|user|role|seat|profile|access/i;
const people = /^(app_|auth_)?(users?|profiles?|accounts?|members?|people|persons?)$/i;
const person = /^(user|member|account|profile|person|auth_user)_?(id|uuid)$/i;

/**
 * Users who belong to the tenants: as tables of memberships say, or else any table that refers to the
 * users, or the table of users itself.
 */
export function usersOf({ tables }: SeededWorld): Users {
  const all = [...tables.values()].filter(({ table }) => table.tenantColumn !== undefined);
  const isPeople = (oid: number | undefined) =>
    oid !== undefined && people.test(tables.get(oid)?.table.relation.name ?? "");
  const places = [
    ...all.flatMap((seeded) =>
      memberships.test(seeded.table.relation.name)
        ? placesIn(seeded, (name) => person.test(name))
        : [],
    ),
    ...all.flatMap((seeded) => {
      const { relation } = seeded.table;
      const referring = relation.constraints
        .filter(({ references, columns }) => isPeople(references?.relation) && columns.length === 1)
        .flatMap(({ columns }) => columnNames(relation, columns));
      return placesIn(seeded, (name) => referring.includes(name));
    }),
    ...all.flatMap((seeded) =>
      isPeople(seeded.table.relation.oid) ? placesIn(seeded, (name) => name === "id") : [],
    ),
  ].filter(({ table: { tenantColumn }, column }) => column !== tenantColumn?.name);
  // Of somebody who belongs to both nothing could be concluded.
  for (const { rows, column } of places) {
    const of = (tenant: TenantLabel) => rows.find((row) => row.tenant === tenant)?.values[column];
    const [a, b] = [of("a"), of("b")];
    if (typeof a === "string" && typeof b === "string" && a !== b) return { a, b };
  }
  return { a: undefined, b: undefined };
}

function placesIn(seeded: SeededTable, isWanted: (column: string) => boolean) {
  return seeded.table.relation.columns
    .filter(({ name }) => isWanted(name))
    .map(({ name }) => ({ ...seeded, column: name }));
}
