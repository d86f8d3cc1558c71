import { rowsOf } from "../../database/migrations/client.js";
import type { Catalog, Oid } from "../catalog/catalog.js";
import type { Reader } from "../catalog/reader.js";

/** What Tenantry's own manifest says of each relation; nothing where there is none or it may not be read. */
export async function readManifestTable(
  client: Reader,
  catalog: Catalog,
): Promise<ReadonlyMap<Oid, "tenant" | "global" | "operator">> {
  const table = [...catalog.relations.values()].find(
    ({ schema, name }) => schema === "tenantry" && name === "manifest",
  );
  if (table === undefined) return new Map();
  const [may] = await rowsOf<{ allowed: boolean }>(
    client,
    `select pg_catalog.has_schema_privilege('tenantry', 'usage')
       and pg_catalog.has_table_privilege($1::oid, 'select') as allowed`,
    [table.oid],
  );
  if (may?.allowed !== true) return new Map();
  const rows = await rowsOf<{ relation: number; class: "tenant" | "global" | "operator" }>(
    client,
    "select relation::oid::bigint::float8 as relation, class from tenantry.manifest",
  );
  return new Map(rows.map((row) => [row.relation, row.class]));
}
