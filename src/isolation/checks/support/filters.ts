import type { Node } from "../../sql/parse.js";
import { wordsOf } from "../../sql/walk.js";
import type { Subject } from "../../subject/subject.js";
import { mentionsContext } from "./context.js";

/** Whether a condition that must hold compares something with the acting tenant. */
export function comparesTenant(
  subject: Subject,
  condition: Node | undefined,
  isTenant: (side: Node) => boolean = (side) => mentionsContext(subject, side),
): boolean {
  return conjuncts(condition).some((each) => {
    if (!("A_Expr" in each)) return false;
    const { kind, name, lexpr, rexpr } = each.A_Expr;
    if (kind !== "AEXPR_OP" && kind !== "AEXPR_OP_ANY" && kind !== "AEXPR_NOT_DISTINCT")
      return false;
    if (kind !== "AEXPR_NOT_DISTINCT" && wordsOf(name).at(-1) !== "=") return false;
    return [lexpr, rexpr].some((side) => side !== undefined && isTenant(side));
  });
}

function conjuncts(condition: Node | undefined): readonly Node[] {
  if (condition === undefined) return [];
  if ("BoolExpr" in condition && condition.BoolExpr.boolop === "AND_EXPR") {
    return (condition.BoolExpr.args ?? []).flatMap(conjuncts);
  }
  return [condition];
}

/** Of inner joins: an outer one keeps rows that do not fit. */
export function joinConditions(from: readonly Node[]): readonly (Node | undefined)[] {
  return from.flatMap((item) => {
    if (!("JoinExpr" in item)) return [];
    const { jointype, quals, larg, rarg } = item.JoinExpr;
    if (jointype !== "JOIN_INNER") return [];
    return [quals, ...joinConditions([larg, rarg].filter((side) => side !== undefined))];
  });
}
