import type { Column, Relation } from "../catalog/relation.js";

/**
 * Whether the column's own equality takes different texts for equal: citext, char(n), a
 * nondeterministic collation. It does no harm where the column refers to a key of the same type:
 * there two such tenants cannot be.
 */
export function comparesLoosely(relation: Relation, column: Column): boolean {
  const isLoose =
    column.baseType === "citext" ||
    column.baseType === "bpchar" ||
    column.baseType === "float4" ||
    column.baseType === "float8" ||
    !column.collationDeterministic;
  if (!isLoose) return false;
  const isKey = relation.indexes.some(
    ({ unique, columns }) => unique && columns.length === 1 && columns[0] === column.number,
  );
  const refers = relation.constraints.some(
    ({ references, columns }) => references !== null && columns.includes(column.number),
  );
  return !isKey && !refers;
}
