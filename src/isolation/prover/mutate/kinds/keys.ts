import { quoted } from "../../../catalog/names.js";
import { attacks } from "../../rules.js";
import { made, type Site, type TableMutant } from "../mutant.js";
import { dropFloors, hasPolicies, letThrough } from "../policies.js";

const { uniqueOracle, foreignReference, foreignCascade } = attacks;

function key(name: string, gaps: string, sql: TableMutant["sql"]): TableMutant {
  return { name, gaps, expect: [uniqueOracle], on: "table", sql };
}

/**
 * A column of the table that points at another row of it without naming the tenant. Ids collide
 * between the tenants, so that it points at the canary, which is unique.
 */
function pointer(
  name: string,
  gaps: string,
  expect: TableMutant["expect"],
  ending: string,
  value?: string,
): TableMutant {
  return {
    name,
    gaps,
    expect,
    on: "table",
    sql: (site) => [
      `alter table ${site.sql} add constraint ${made} unique (${site.canary})`,
      `alter table ${site.sql} add column ${made} ${canaryType(site)} ${value ?? ""}`,
      `alter table ${site.sql} add constraint ${made}_pointer foreign key (${made}) references ${site.sql} (${site.canary}) ${ending}`,
    ],
  };
}

function canaryType({ target }: Site): string {
  const name = target.own.canary!.column;
  return target.relation.columns.find((column) => column.name === name)!.type;
}

export const keyMutants: readonly TableMutant[] = [
  key("unique-index-without-tenant", "D4", ({ sql, canary }) => [
    `create unique index ${made} on ${sql} (${canary})`,
  ]),
  key("unique-constraint-without-tenant", "D4", ({ sql, canary }) => [
    `alter table ${sql} add constraint ${made} unique (${canary})`,
  ]),
  key("primary-key-without-tenant", "D4", ({ sql, canary, target }) => [
    ...target.relation.constraints
      .filter(({ kind }) => kind === "primary key")
      .map(({ name }) => `alter table ${sql} drop constraint ${quoted(name)} cascade`),
    `alter table ${sql} add constraint ${made} primary key (${canary})`,
  ]),
  {
    name: "upsert-on-a-shared-key",
    gaps: "B3 D4",
    expect: [attacks.foreignUpsert],
    on: "table",
    fits: hasPolicies,
    sql: (site) => [
      `create unique index ${made} on ${site.sql} (${site.canary})`,
      ...dropFloors(site),
      letThrough(site, "for all using (true) with check (true)"),
    ],
  },
  pointer("reference-without-tenant", "D1 D3", [foreignReference], ""),
  pointer("reference-put-off", "D1", [foreignReference], "deferrable initially deferred"),
  pointer("reference-not-validated", "D1", [foreignReference], "not valid"),
  pointer("delete-cascades", "D2", [foreignCascade], "on delete cascade"),
  pointer("delete-sets-null", "D2 D6", [foreignCascade], "on delete set null"),
  pointer("delete-sets-default", "D2", [foreignCascade], "on delete set default"),
  pointer("rename-cascades", "D2", [foreignCascade], "on update cascade"),
  pointer("rename-sets-null", "D2", [foreignCascade], "on update set null"),
  {
    name: "look-up-by-an-index-without-tenant",
    gaps: "E1",
    expect: [attacks.explainOracle],
    on: "table",
    fits: ({ target }) => target.foreign.key.some((column) => column !== target.tenantColumn),
    sql: ({ sql, target }) => [
      ...target.relation.constraints
        .filter(({ kind }) => kind === "primary key" || kind === "unique")
        .map(({ name }) => `alter table ${sql} drop constraint ${quoted(name)} cascade`),
      `create index ${made} on ${sql} (${target.foreign.key
        .filter((column) => column !== target.tenantColumn)
        .map(quoted)
        .join(", ")})`,
    ],
  },
];
