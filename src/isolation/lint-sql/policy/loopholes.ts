import { columnOf, mentions, mentionsColumn } from "../../sql/nodes.js";
import type { Node } from "../../sql/parse.js";
import { walk, wordsOf } from "../../sql/walk.js";
import { constantOf, equalSides, parts, settingsIn } from "./expressions.js";

export type Loophole =
  | "always true"
  | "open when unset"
  | "rows without a tenant"
  | "bypass setting"
  | "compares with itself";

/** Has a column of this name; for what an unqualified name in a sub-select binds to. */
export type HasColumn = (relation: Node, column: string) => boolean;

/** The known ways in which an expression that looks right lets everything through. */
export function loopholesOf(expression: Node, tenant: string, hasColumn: HasColumn): Loophole[] {
  const found = new Set<Loophole>();
  if (constantOf(expression) === true) found.add("always true");
  for (const part of parts(expression, "AND_EXPR")) {
    const either = parts(part, "OR_EXPR");
    if (either.length < 2) continue;
    for (const each of either) {
      for (const one of parts(each, "AND_EXPR")) {
        const loophole = loopholeIn(one, tenant);
        if (loophole !== undefined) found.add(loophole);
      }
    }
  }
  if (comparesWithItself(expression, tenant, hasColumn)) found.add("compares with itself");
  return [...found];
}

/** One branch of an OR. */
function loopholeIn(branch: Node, tenant: string): Loophole | undefined {
  if (constantOf(branch) === true) return "always true";
  if ("NullTest" in branch && branch.NullTest.nulltesttype === "IS_NULL") {
    const { arg } = branch.NullTest;
    if (columnOf(arg) === tenant) return "rows without a tenant";
    return mentions(arg, ["ColumnRef"]) ? undefined : "open when unset";
  }
  const sides = equalSides(branch);
  if (sides === undefined || mentions(sides, ["ColumnRef"])) return undefined;
  if (settingsIn(sides).length === 0 || mentionsColumn(sides, tenant)) return undefined;
  return sides.some(isEmptyText) ? "open when unset" : "bypass setting";
}

function isEmptyText(node: Node): boolean {
  return "A_Const" in node && node.A_Const.sval !== undefined && !node.A_Const.sval.sval;
}

/**
 * `tenant_id = tenant_id`; and in a sub-select `m.tenant_id = tenant_id`, where the bare name binds to
 * the inner table.
 */
function comparesWithItself(expression: Node, tenant: string, hasColumn: HasColumn): boolean {
  let found = false;
  walk([expression], (kind, value) => {
    if (kind === "A_Expr" && isSameColumn(value, tenant, [])) found = true;
    if (kind === "SelectStmt") {
      const tables = (value["fromClause"] ?? []) as Node[];
      const inner = tables.filter((table) => hasColumn(table, tenant));
      walk([value["whereClause"]], (below, expressionBelow) => {
        if (below === "SubLink") return false;
        if (below === "A_Expr" && isSameColumn(expressionBelow, tenant, inner)) found = true;
        return undefined;
      });
      return undefined;
    }
    return undefined;
  });
  return found;
}

function isSameColumn(
  expression: Readonly<Record<string, unknown>>,
  tenant: string,
  inner: readonly Node[],
): boolean {
  const sides = equalSides({ A_Expr: expression });
  if (sides === undefined) return false;
  const [left, right] = sides.map(wordsOfColumn);
  if (left?.at(-1) !== tenant || right?.at(-1) !== tenant) return false;
  if (left.join() === right.join()) return true;
  const qualifier = left.length > 1 ? left[0] : right[0];
  // One bare name beside a qualified one: both are the inner table's.
  const oneIsBare = (left.length === 1) !== (right.length === 1);
  return oneIsBare && inner.some((table) => nameOf(table) === qualifier);
}

function wordsOfColumn(node: Node): string[] {
  const bare = "TypeCast" in node ? node.TypeCast.arg : node;
  return bare !== undefined && "ColumnRef" in bare ? wordsOf(bare.ColumnRef.fields) : [];
}

function nameOf(table: Node): string | undefined {
  if (!("RangeVar" in table)) return undefined;
  return table.RangeVar.alias?.aliasname ?? table.RangeVar.relname;
}
