import { nameOf, sqlName } from "../catalog/names.js";
import type { Oid } from "../catalog/catalog.js";
import type { Subject } from "../subject/subject.js";
import { usersOf, type Users } from "./claims.js";
import { equals, whereRow } from "./rows.js";
import type { FreshRow, SeededTable, SeededWorld, TenantLabel } from "./seed/contract.js";

/** A row that could be inserted. */
export interface NextRow extends FreshRow {
  /** `table where …`: the row that must go first, where the table takes no other. */
  readonly inPlaceOf?: string;
}

type Fresh = NextRow | { readonly unproven: string };

/** The two tenants, and for each table a row of each that could be inserted next. */
export interface World extends SeededWorld {
  /** Of each tenant one who belongs to it, where there is one. */
  readonly users: Users;
  /** Always the same row for a table: every probe takes back what it did. */
  fresh(table: Oid, tenant: TenantLabel): Promise<Fresh>;
  /** Yet another one. */
  another(table: Oid, tenant: TenantLabel): Promise<Fresh>;
}

/**
 * Finds the further rows beforehand, outside of all savepoints, because what they need is left in
 * place. Tables that could not be filled are not asked again.
 */
export async function prepareWorld(
  subject: Subject,
  seeded: SeededWorld,
  wanted: ReadonlySet<Oid>,
): Promise<World> {
  const rows = new Map<string, Fresh>();
  for (const { relation } of subject.tables.values()) {
    if (!wanted.has(relation.oid)) continue;
    const table = seeded.tables.get(relation.oid);
    for (const tenant of ["a", "b"] as const) {
      const isFilled = table?.rows.some((row) => row.tenant === tenant) === true;
      const fresh = isFilled
        ? await seeded.fresh(relation.oid, tenant)
        : { unproven: `${nameOf(relation)}: ${table?.unproven ?? "no rows"}` };
      const again = isFilled && "unproven" in fresh ? sameAgain(table, tenant) : undefined;
      rows.set(`${relation.oid}${tenant}`, again ?? fresh);
    }
  }
  return {
    tenants: seeded.tenants,
    tables: seeded.tables,
    users: usersOf(seeded),
    fresh: async (table, tenant) =>
      rows.get(`${table}${tenant}`) ?? { unproven: "the table was not asked for" },
    another: (table, tenant) => seeded.fresh(table, tenant),
  };
}

/** The row that is there, in its own place: for tables that take one of each tenant. */
function sameAgain({ table, rows }: SeededTable, tenant: TenantLabel): NextRow | undefined {
  const { relation, tenantColumn } = table;
  const row = rows.find((each) => each.tenant === tenant);
  if (row === undefined) return undefined;
  const given = relation.columns.filter(
    ({ generated, identity }) => generated === "" && identity !== "always",
  );
  const values = given.map(({ name }) => [name, row.values[name] ?? null] as const);
  const ofTenant =
    tenantColumn === undefined
      ? ""
      : ` and ${equals(relation, tenantColumn.name, row.values[tenantColumn.name] ?? null)}`;
  return {
    values: Object.fromEntries(values),
    inPlaceOf: `${sqlName(relation)} where ${whereRow(relation, row)}${ofTenant}`,
  };
}
