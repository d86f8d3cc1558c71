import { literal, quoted } from "../../../catalog/names.js";
import { attacks } from "../../rules.js";
import { made, type Site, type TableMutant } from "../mutant.js";
import { bareCondition, bareSetting, hasPolicies, onlyPolicy } from "../policies.js";

/** The table believes a plain setting; and something more. */
function bare(
  name: string,
  gaps: string,
  expect: TableMutant["expect"],
  more: TableMutant["sql"] = (site) => onlyPolicy(site, bareCondition(site)),
): TableMutant {
  return { name, gaps, expect, on: "table", settings: [bareSetting], fits: hasPolicies, sql: more };
}

/** @param whose as `role app` */
function fresh(name: string, whose: (site: Site) => string): TableMutant {
  return bare(name, "B15", [attacks.defaultTenant], (site) => [
    ...onlyPolicy(site, bareCondition(site)),
    `alter ${whose(site)} set ${bareSetting} = ${literal(site.target.world.tenants.b)}`,
  ]);
}

/** A helper whose answer a plan keeps. */
function frozen(name: string, body: string): TableMutant {
  return bare(name, "B13", [attacks.planCache], (site) => [
    `create function public.${made}() returns text immutable ${body}`,
    ...onlyPolicy(site, bareCondition(site, `public.${made}()`)),
  ]);
}

const databaseOf = ({ subject }: Site) => quoted(subject.catalog.server.database);
const setting = `pg_catalog.current_setting('${bareSetting}', true)`;

export const sessionMutants: readonly TableMutant[] = [
  bare("bare-setting", "F3", [attacks.contextFlip]),
  bare("bare-setting-asked-once", "F3", [attacks.contextFlip], (site) =>
    onlyPolicy(site, bareCondition(site, `(select ${setting})`)),
  ),
  fresh("role-has-a-tenant", ({ app }) => `role ${app}`),
  fresh("role-has-a-tenant-here", (site) => `role ${site.app} in database ${databaseOf(site)}`),
  fresh("database-has-a-tenant", (site) => `database ${databaseOf(site)}`),
  frozen("immutable-helper", `language sql as $mutant$ select ${setting} $mutant$`),
  frozen(
    "immutable-procedural-helper",
    `language plpgsql as $mutant$ begin return ${setting}; end $mutant$`,
  ),
];
