import { attacks } from "../../rules.js";
import { made, madeBeside, type Site, type TableMutant } from "../mutant.js";
import { dropFloors, hasPolicies, letThrough, tenantB } from "../policies.js";

const { sideEffect, foreignUpdate, foreignDelete } = attacks;
type Sql = TableMutant["sql"];

function effect(name: string, gaps: string, expect: TableMutant["expect"], sql: Sql): TableMutant {
  return { name, gaps, expect, on: "table", sql };
}

/** Whether an INSERT may leave the tenant out. */
const hasDefault = ({ target }: Site) =>
  target.relation.columns.find(({ name }) => name === target.tenantColumn)?.default != null;

const touchB = (site: Site) =>
  `update ${site.sql} set ${site.canary} = ${site.canary} where ${site.tenant} = ${tenantB(site)}`;
const deleteB = (site: Site) => `delete from ${site.sql} where ${site.tenant} = ${tenantB(site)}`;

/** A rule works with the rights of the table's owner: here the prover's, whom no policy binds. */
const rule = (event: string, action: (site: Site) => string) => (site: Site) => [
  `alter table ${site.sql} owner to current_user`,
  `create rule ${made} as on ${event} to ${site.sql} do also ${action(site)}`,
];

/** A trigger's function that is SECURITY DEFINER works with its owner's. */
const trigger = (event: string, action: (site: Site) => string) => (site: Site) => [
  `create function ${madeBeside(site)}() returns trigger language plpgsql security definer as $mutant$ begin ${action(site)}; return null; end $mutant$`,
  `create trigger ${made} after ${event} on ${site.sql} for each row when (pg_catalog.pg_trigger_depth() = 0) execute function ${madeBeside(site)}()`,
];

export const effectMutants: readonly TableMutant[] = [
  { ...effect("rule-on-insert", "C6", [sideEffect], rule("insert", touchB)), fits: hasDefault },
  effect("rule-on-update", "C6", [foreignUpdate], rule("update", deleteB)),
  effect("rule-on-delete", "C6", [foreignDelete], rule("delete", touchB)),
  {
    ...effect("trigger-on-insert", "C12", [sideEffect], trigger("insert", touchB)),
    fits: hasDefault,
  },
  effect("trigger-on-update", "C12", [foreignUpdate], trigger("update", touchB)),
  effect("trigger-on-delete", "C12", [foreignDelete], trigger("delete", touchB)),
  {
    ...effect("default-is-another-tenant", "B17", [sideEffect], (site) => [
      `alter table ${site.sql} alter column ${site.tenant} set default ${tenantB(site)}`,
      ...dropFloors(site),
      letThrough(site, "for insert with check (true)"),
    ]),
    fits: hasPolicies,
  },
];
