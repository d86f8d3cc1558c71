import { literal, quoted } from "../../catalog/names.js";
import type { Policy } from "../../catalog/relation.js";
import { made, type Site } from "./mutant.js";

/** Drops the restrictive policies: what else lets a row through is no longer held back. */
export function dropFloors({ target, sql }: Site): readonly string[] {
  return target.relation.policies
    .filter(({ permissive }) => !permissive)
    .map(({ name }) => `drop policy ${quoted(name)} on ${sql}`);
}

/** A permissive policy for everybody, beside those that are there. */
export function letThrough({ sql }: Site, rest: string): string {
  return `create policy ${made} on ${sql} as permissive ${rest}`;
}

/** `condition or …` in every policy of the table. */
export function loosen(site: Site, condition: string): readonly string[] {
  return inEveryPolicy(site, (old) => `(${condition}) or (${old})`);
}

/** The same, and what was there is not even evaluated: a cast that fails would still refuse. */
export function loosenFirst(site: Site, condition: string): readonly string[] {
  return inEveryPolicy(site, (old) => `case when ${condition} then true else (${old}) end`);
}

function inEveryPolicy({ target, sql }: Site, change: (old: string) => string): readonly string[] {
  return target.relation.policies.map(({ name, using, check }) => {
    const clauses = [
      ...(using === null ? [] : [`using (${change(using)})`]),
      ...(check === null ? [] : [`with check (${change(check)})`]),
    ];
    return `alter policy ${quoted(name)} on ${sql} ${clauses.join(" ")}`;
  });
}

/** Every permissive policy gets another condition; USING, WITH CHECK or both. */
export function rewrite(
  site: Site,
  clausesOf: (policy: Policy) => string,
  commands: readonly string[] = ["ALL"],
): readonly string[] {
  return site.target.relation.policies
    .filter(({ permissive, command }) => permissive && commands.includes(command))
    .map((policy) => `alter policy ${quoted(policy.name)} on ${site.sql} ${clausesOf(policy)}`);
}

/** One policy in the place of all others. */
export function onlyPolicy({ target, sql }: Site, condition: string): readonly string[] {
  return [
    ...target.relation.policies.map(({ name }) => `drop policy ${quoted(name)} on ${sql}`),
    `create policy ${made} on ${sql} using (${condition}) with check (${condition})`,
  ];
}

/** The setting that says the tenant, as an expression that gives a text. */
export function told({ subject }: Site): string {
  const name = subject.context.sealed ? "tenantry.scope" : subject.context.settings[0];
  return `coalesce(pg_catalog.current_setting(${literal(name ?? "")}, true), '')`;
}

export const tellsTenant = ({ subject }: Site) =>
  subject.context.sealed || subject.context.settings.length > 0;

export const hasPolicies = ({ target }: Site) =>
  target.relation.rowSecurity && target.relation.policies.length > 0;

/** A setting of the mutant's own: policies that believe it are as bare as can be. */
export const bareSetting = "tenantry_mutant.tenant";

/** The tenant column compared with the bare setting. */
export function bareCondition({ target, tenant }: Site, told?: string): string {
  const type = typeOfTenant(target);
  const text = told ?? `pg_catalog.current_setting('${bareSetting}', true)`;
  return `${tenant} = nullif(${text}, '')::${type}`;
}

export function typeOfTenant({ relation, tenantColumn }: Site["target"]): string {
  return relation.columns.find(({ name }) => name === tenantColumn)?.type ?? "text";
}

/** B's id, of the column's type. */
export function tenantB({ target }: Site): string {
  return `${literal(target.world.tenants.b)}::${typeOfTenant(target)}`;
}
