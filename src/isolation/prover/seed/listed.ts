import { comparisons } from "./hints/comparisons.js";
import type { TableShape } from "./shape.js";

/**
 * Tenants that LIST partitions by the tenant column name, if there are two, and no default partition
 * takes others.
 */
export function listedValues(shapes: readonly TableShape[]): readonly string[] {
  const found = new Set<string>();
  for (const { relation, tenantColumn, checks } of shapes) {
    if (!relation.isPartition) continue;
    if (relation.partitionBound === "DEFAULT") return [];
    const bounds = checks.find(({ name }) => name === "the partition's bounds");
    for (const { column, operator, constants } of comparisons(bounds?.tree)) {
      if (column === tenantColumn && operator === "=")
        for (const constant of constants) found.add(constant);
    }
  }
  return found.size >= 2 ? [...found] : [];
}
