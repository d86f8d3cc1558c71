import type { Manifest } from "../../isolation/manifest/manifest.js";

export interface TenantTable {
  readonly name: string;
  readonly column: string;
  /** It has no such column: it belongs to a tenant through the rows that it refers to. */
  readonly through: boolean;
}

/** The tenants' tables by their names, with and without the schema. */
export type TenantTables = ReadonlyMap<string, TenantTable>;

export function tenantTablesOf({ tables, tenantColumn }: Manifest): TenantTables {
  const found = new Map<string, TenantTable>();
  for (const [name, table] of Object.entries(tables)) {
    if (table.class !== "tenant") continue;
    const column = table.column ?? tenantColumn ?? "tenant_id";
    const entry = { name, column, through: table.through !== undefined };
    found.set(name, entry);
    const bare = name.slice(name.indexOf(".") + 1);
    // Of two tables of one name the one in public answers to it.
    if (!found.has(bare) || name.startsWith("public.")) found.set(bare, entry);
  }
  return found;
}
