import { parseExpression } from "../sql/parse.js";
import { wordsOf } from "../sql/walk.js";
import type { Column, Relation } from "./relation.js";

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
