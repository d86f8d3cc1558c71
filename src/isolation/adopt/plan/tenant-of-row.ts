import { quoted, sqlName } from "../../catalog/names.js";
import type { AdoptedTable } from "../adoption.js";
import type { ThroughWay } from "../infer/way.js";

/** The tenant of a row by the table's ways, as an SQL expression; null where none leads anywhere. */
export function tenantOfRow({ ways }: AdoptedTable, row: string): string {
  const expressions = ways.map((way) => tenantBy(way, row));
  return expressions.length === 1 ? expressions[0]! : `coalesce(${expressions.join(", ")})`;
}

export function tenantBy(way: ThroughWay, row: string): string {
  const target = sqlName(way.target);
  const conditions = matchOf(way, row, "parent");
  const found = `select parent.tenant_id from ${target} parent where ${conditions}`;
  return way.inverse ? `(${found} and parent.tenant_id is not null limit 1)` : `(${found})`;
}

export function matchOf(way: ThroughWay, row: string, parent: string): string {
  return way.columns
    .map((column, index) => {
      const own = `${row}.${quoted(column.name)}${way.firstElement ? "[1]" : ""}`;
      return `${parent}.${quoted(way.targetColumns[index]!.name)} = ${own}`;
    })
    .join(" and ");
}
