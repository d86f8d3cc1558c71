import { wordsOf } from "../../../sql/walk.js";
import type { Node } from "../../../sql/parse.js";
import { textIn, type Lookup } from "./values.js";

/** Whether a condition over known texts holds; undefined where a server would have to be asked. */
export function truthOf(node: Node | undefined, lookup: Lookup): boolean | undefined {
  if (node === undefined) return undefined;
  if ("A_Const" in node) {
    const { boolval } = node.A_Const;
    return boolval === undefined ? undefined : boolval.boolval === true;
  }
  if ("BoolExpr" in node) {
    const parts = (node.BoolExpr.args ?? []).map((part) => truthOf(part, lookup));
    return joined(node.BoolExpr.boolop, parts);
  }
  if (!("A_Expr" in node)) return undefined;
  const { kind, name, lexpr, rexpr } = node.A_Expr;
  const operator = wordsOf(name).join();
  if (operator !== "=" && operator !== "<>") return undefined;
  const left = textIn(lexpr, lookup);
  const choices = kind === "AEXPR_IN" && rexpr !== undefined && "List" in rexpr;
  if (kind !== "AEXPR_OP" && !choices) return undefined;
  const rights = (choices ? (rexpr.List.items ?? []) : [rexpr]).map((each) => textIn(each, lookup));
  if (left === undefined || rights.includes(undefined)) return undefined;
  return rights.includes(left) === (operator === "=");
}

function joined(operator: string | undefined, parts: readonly (boolean | undefined)[]) {
  if (operator === "NOT_EXPR") return parts[0] === undefined ? undefined : !parts[0];
  const decides = operator === "OR_EXPR";
  if (parts.includes(decides)) return decides;
  return parts.includes(undefined) ? undefined : !decides;
}
