import type { Node } from "../../sql/parse.js";
import { walk, wordsOf } from "../../sql/walk.js";

/** What stands beneath casts. */
export function uncast(node: Node): Node {
  return "TypeCast" in node && node.TypeCast.arg !== undefined ? uncast(node.TypeCast.arg) : node;
}

/** The last word of a column's name, beneath casts; undefined: no column. */
export function columnOf(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  const bare = uncast(node);
  return "ColumnRef" in bare ? wordsOf(bare.ColumnRef.fields).at(-1) : undefined;
}

export function mentions(node: unknown, kinds: readonly string[]): boolean {
  let found = false;
  walk([node], (kind) => {
    if (kinds.includes(kind)) found = true;
    return !found;
  });
  return found;
}

export function mentionsColumn(node: unknown, name: string): boolean {
  let found = false;
  walk([node], (kind, value) => {
    if (kind === "ColumnRef" && wordsOf(value["fields"] as Node[]).at(-1) === name) found = true;
    return !found;
  });
  return found;
}

/** The settings that an expression reads by current_setting(). */
export function settingsIn(node: unknown): string[] {
  const found: string[] = [];
  walk([node], (kind, value) => {
    if (kind !== "FuncCall" || wordsOf(value["funcname"] as Node[]).at(-1) !== "current_setting") {
      return undefined;
    }
    const [first] = (value["args"] ?? []) as Node[];
    const bare = first === undefined ? undefined : uncast(first);
    if (bare !== undefined && "A_Const" in bare) found.push(bare.A_Const.sval?.sval ?? "");
    return undefined;
  });
  return found;
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
