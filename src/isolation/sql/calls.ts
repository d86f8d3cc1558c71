import { parseExpression } from "./parse.js";
import { walk, wordsOf } from "./walk.js";
import type { Node } from "./parse.js";

export interface Call {
  /** As written: `auth.uid`, `current_setting`. */
  readonly name: string;
  /** The arguments that are text literals, in order. */
  readonly texts: readonly string[];
}

/** Every function call in an expression, and what literal texts it is given; none where it cannot be read. */
export function literalsOf(expression: string): readonly Call[] {
  const calls: Call[] = [];
  walk(parseExpression(expression), (kind, value) => {
    if (kind !== "FuncCall") return undefined;
    const { funcname, args } = value as { funcname?: Node[]; args?: Node[] };
    calls.push({ name: wordsOf(funcname).join("."), texts: (args ?? []).flatMap(textOf) });
    return undefined;
  });
  return calls;
}

/** The text of a literal, cast or not. */
function textOf(node: Node): string[] {
  if ("TypeCast" in node && node.TypeCast.arg !== undefined) return textOf(node.TypeCast.arg);
  if (!("A_Const" in node)) return [];
  const { sval } = node.A_Const as { sval?: { sval?: string } };
  return sval === undefined ? [] : [sval.sval ?? ""];
}
