import { nameOf } from "../catalog/names.js";
import type { Oid } from "../catalog/catalog.js";
import { tenantTables, type Subject } from "../subject/subject.js";
import type { FreshRow, SeededWorld, TenantLabel } from "./seed/contract.js";

type Fresh = FreshRow | { readonly unproven: string };

/** The two tenants, and for each table a row of each that could be inserted next. */
export interface World extends SeededWorld {
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
  for (const { relation } of tenantTables(subject)) {
    if (!wanted.has(relation.oid)) continue;
    const table = seeded.tables.get(relation.oid);
    for (const tenant of ["a", "b"] as const) {
      const isFilled = table?.rows.some((row) => row.tenant === tenant) === true;
      const fresh = isFilled
        ? await seeded.fresh(relation.oid, tenant)
        : { unproven: `${nameOf(relation)}: ${table?.unproven ?? "no rows"}` };
      rows.set(`${relation.oid}${tenant}`, fresh);
    }
  }
  return {
    tenants: seeded.tenants,
    tables: seeded.tables,
    fresh: async (table, tenant) =>
      rows.get(`${table}${tenant}`) ?? { unproven: "the table was not asked for" },
    another: (table, tenant) => seeded.fresh(table, tenant),
  };
}
