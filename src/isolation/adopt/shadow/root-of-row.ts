import { quoted, sqlName } from "../../catalog/names.js";
import type { AdoptedTable, Adoption } from "../adoption.js";
import { adoptedOf } from "../adoption.js";
import type { ThroughWay } from "../infer/way.js";
import { matchOf } from "../plan/tenant-of-row.js";

/**
 * The root's key that a row leads to, as text, before any table has a tenant_id: an SQL expression, null
 * where no way leads anywhere. Where a table has tenant_id and no ways, that.
 */
export function rootOfRow(adoption: Adoption, table: AdoptedTable, row: string, depth = 0): string {
  if (table.relation === adoption.root.relation)
    return `${row}.${quoted(adoption.rootKey.name)}::text`;
  if (table.ways.length === 0) return `${row}.tenant_id::text`;
  const expressions = table.ways.map((way) => rootBy(adoption, way, row, depth));
  return expressions.length === 1 ? expressions[0]! : `coalesce(${expressions.join(", ")})`;
}

function rootBy(adoption: Adoption, way: ThroughWay, row: string, depth: number): string {
  const parent = `parent${depth}`;
  const target = adoptedOf(adoption, way.target.oid)!;
  const found = rootOfRow(adoption, target, parent, depth + 1);
  return `(select ${found} from ${sqlName(way.target)} ${parent} where ${matchOf(way, row, parent)} limit 1)`;
}
