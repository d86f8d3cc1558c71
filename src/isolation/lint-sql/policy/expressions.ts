import type { Node } from "../../sql/parse.js";
import { callsIn, textOf, uncast } from "../../sql/nodes.js";
import { wordsOf } from "../../sql/walk.js";

/** The settings that an expression reads by current_setting(). */
export function settingsIn(node: unknown): string[] {
  return callsIn([node]).flatMap(({ words, args }) => {
    const setting = words.at(-1) === "current_setting" ? textOf(args[0]) : undefined;
    return setting === undefined ? [] : [setting];
  });
}

/** The parts of a chain of ANDs, or of ORs; a lone expression is a chain of one. */
export function parts(node: Node, operator: "AND_EXPR" | "OR_EXPR"): Node[] {
  if (!("BoolExpr" in node) || node.BoolExpr.boolop !== operator) return [node];
  return (node.BoolExpr.args ?? []).flatMap((each) => parts(each, operator));
}

export function constantOf(node: Node): boolean | undefined {
  const bare = uncast(node);
  if (!("A_Const" in bare) || bare.A_Const.boolval === undefined) return undefined;
  return bare.A_Const.boolval.boolval === true;
}

/** The two sides of `=`, `IN` and `= ANY`; undefined: no comparison that picks values. */
export function equalSides(node: Node): readonly [Node, Node] | undefined {
  if (!("A_Expr" in node)) return undefined;
  const { kind, name, lexpr, rexpr } = node.A_Expr;
  const picks = ["AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_IN", "AEXPR_NOT_DISTINCT"].includes(kind ?? "");
  if (!picks || wordsOf(name).at(-1) !== "=" || lexpr === undefined || rexpr === undefined) {
    return undefined;
  }
  return [lexpr, rexpr];
}
