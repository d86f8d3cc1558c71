import type { Relation } from "../../catalog/relation.js";
import { parseExpression } from "../../sql/parse.js";
import { walk, wordsOf } from "../../sql/walk.js";
import type { Node } from "../../sql/parse.js";

/** Sets of columns of which a CHECK says that one at least is not null. */
export function neverAllNull(relation: Relation): readonly (readonly number[])[] {
  return relation.constraints.flatMap(({ kind, validated, enforced, expression }) => {
    if (kind !== "check" || !validated || !enforced || expression === null) return [];
    const names = namesIn(parseExpression(expression));
    const numbers = names.map((name) => relation.columns.find((column) => column.name === name));
    const found = numbers.flatMap((column) => (column === undefined ? [] : [column.number]));
    return found.length > 1 && found.length === names.length ? [found] : [];
  });
}

function namesIn(node: Node | undefined): readonly string[] {
  if (node === undefined) return [];
  if ("A_Expr" in node) return countedIn(node.A_Expr) ?? differingIn(node.A_Expr) ?? [];
  if ("BoolExpr" in node && node.BoolExpr.boolop === "OR_EXPR") {
    const parts = (node.BoolExpr.args ?? []).map((part) => notNullIn(part));
    return parts.every((part) => part.length > 0) ? parts.flat() : [];
  }
  return [];
}

type Comparison = Extract<Node, { A_Expr: unknown }>["A_Expr"];

/** `num_nonnulls(a, b) = 1`, `>= 1`, `> 0`. */
function countedIn({ name, lexpr, rexpr }: Comparison): readonly string[] | undefined {
  if (lexpr === undefined || !("FuncCall" in lexpr)) return undefined;
  if (wordsOf(lexpr.FuncCall.funcname).at(-1) !== "num_nonnulls") return undefined;
  const bound = rexpr !== undefined && "A_Const" in rexpr ? (rexpr.A_Const.ival?.ival ?? 0) : -1;
  const [operator] = wordsOf(name).slice(-1);
  const least = operator === ">" ? bound + 1 : operator === "=" || operator === ">=" ? bound : 0;
  return least < 1 ? undefined : (lexpr.FuncCall.args ?? []).flatMap((part) => columnsIn(part));
}

/** `(a is null) <> (b is null)`, or the same of `is not null`. */
function differingIn({ name, lexpr, rexpr }: Comparison): readonly string[] | undefined {
  if (wordsOf(name).at(-1) !== "<>") return undefined;
  const sides = [lexpr, rexpr].map((side) =>
    side !== undefined && "NullTest" in side
      ? { test: side.NullTest, columns: columnsIn(side) }
      : undefined,
  );
  const [left, right] = sides;
  if (left === undefined || right === undefined) return undefined;
  if (left.test.nulltesttype !== right.test.nulltesttype) return undefined;
  return [...left.columns, ...right.columns];
}

/** The columns of which a condition says that they are not null: all of an AND, one is enough. */
function notNullIn(node: Node): readonly string[] {
  if ("NullTest" in node) {
    return node.NullTest.nulltesttype === "IS_NOT_NULL" ? columnsIn(node) : [];
  }
  if ("BoolExpr" in node && node.BoolExpr.boolop === "AND_EXPR") {
    return (
      (node.BoolExpr.args ?? []).map((part) => notNullIn(part)).find((found) => found.length > 0) ??
      []
    );
  }
  return [];
}

function columnsIn(node: unknown): readonly string[] {
  const found: string[] = [];
  walk([node], (kind, value) => {
    if (kind === "ColumnRef") found.push(wordsOf(value["fields"] as Node[]).at(-1)!);
    return undefined;
  });
  return found;
}
