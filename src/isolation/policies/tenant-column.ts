import { parseExpression } from "../sql/parse.js";
import { wordsOf } from "../sql/walk.js";
import type { Column, Relation } from "../catalog/relation.js";

/** Whether NULL is refused, by NOT NULL or by a CHECK that says `IS NOT NULL`. */
export function columnCannotBeNull(relation: Relation, column: Column): boolean {
  return (
    column.notNull ||
    relation.constraints.some((each) => {
      if (each.kind !== "check" || !each.enforced || each.expression === null) return false;
      const node = parseExpression(each.expression);
      if (node === undefined || !("NullTest" in node)) return false;
      const { arg, nulltesttype } = node.NullTest;
      const isColumn =
        arg !== undefined &&
        "ColumnRef" in arg &&
        wordsOf(arg.ColumnRef.fields).at(-1) === column.name;
      return isColumn && nulltesttype === "IS_NOT_NULL";
    })
  );
}

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
