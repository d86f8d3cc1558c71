import { wordsOf } from "../../../sql/walk.js";
import type { Node } from "../../../sql/parse.js";
import { formatText } from "./format-text.js";

export type Value = string | readonly string[];

/** What a variable holds where that is known; undefined where it is not. */
export type Lookup = (name: string) => Value | undefined;

/** Longer texts are not followed: a loop can double one. */
const longestText = 100_000;
const longestList = 10_000;

/** The text that an expression comes to, undefined where it hangs on what only a server knows. */
export function textIn(node: Node | undefined, lookup: Lookup): string | undefined {
  const text = anyText(node, lookup);
  return text === undefined || text.length > longestText ? undefined : text;
}

function anyText(node: Node | undefined, lookup: Lookup): string | undefined {
  if (node === undefined) return undefined;
  if ("TypeCast" in node) return textIn(node.TypeCast.arg, lookup);
  if ("String" in node) return node.String.sval;
  if ("A_Const" in node) {
    const { sval, ival } = node.A_Const;
    return sval === undefined ? ival && String(ival.ival ?? 0) : (sval.sval ?? "");
  }
  if ("ColumnRef" in node) {
    const value = lookup(wordsOf(node.ColumnRef.fields).join("."));
    return typeof value === "string" ? value : undefined;
  }
  if ("A_Expr" in node && wordsOf(node.A_Expr.name).join() === "||") {
    const left = textIn(node.A_Expr.lexpr, lookup);
    const right = textIn(node.A_Expr.rexpr, lookup);
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return "FuncCall" in node ? called(node.FuncCall, lookup) : undefined;
}

function called(
  { funcname, args = [] }: Extract<Node, { FuncCall: unknown }>["FuncCall"],
  lookup: Lookup,
): string | undefined {
  const words = wordsOf(funcname);
  if (words.length > 1 && words[0] !== "pg_catalog") return undefined;
  const texts = args.map((argument) => textIn(argument, lookup));
  const [first] = texts;
  switch (words.at(-1)) {
    case "format":
      return first === undefined ? undefined : formatText(first, texts.slice(1));
    case "concat":
      return texts.every((text) => text !== undefined) ? texts.join("") : undefined;
    case "quote_ident":
      return first === undefined ? undefined : formatText("%I", texts);
    case "quote_literal":
      return first === undefined ? undefined : formatText("%L", texts);
    case "lower":
      return first?.toLowerCase();
    default:
      return undefined;
  }
}

/** The elements of an array of known texts. */
export function listIn(node: Node | undefined, lookup: Lookup): readonly string[] | undefined {
  if (node === undefined) return undefined;
  if ("TypeCast" in node) {
    const { arg } = node.TypeCast;
    return listIn(arg, lookup) ?? braced(textIn(arg, lookup));
  }
  if ("ColumnRef" in node) {
    const value = lookup(wordsOf(node.ColumnRef.fields).join("."));
    return typeof value === "string" ? braced(value) : value;
  }
  if ("FuncCall" in node && wordsOf(node.FuncCall.funcname).at(-1) === "string_to_array") {
    const [text, by] = (node.FuncCall.args ?? []).map((argument) => textIn(argument, lookup));
    return text === undefined || !by ? undefined : text.split(by);
  }
  if ("A_Expr" in node && wordsOf(node.A_Expr.name).join() === "||") {
    return appended(node.A_Expr.lexpr, node.A_Expr.rexpr, lookup);
  }
  if (!("A_ArrayExpr" in node)) return undefined;
  const texts = (node.A_ArrayExpr.elements ?? []).map((element) => textIn(element, lookup));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** `list || 'more'`; of two texts it is no list. */
function appended(
  left: Node | undefined,
  right: Node | undefined,
  lookup: Lookup,
): readonly string[] | undefined {
  const sides = [left, right];
  const lists = sides.map((side) => listIn(side, lookup));
  if (lists.every((list) => list === undefined)) return undefined;
  const all = lists.map((list, index) => list ?? textIn(sides[index], lookup));
  if (all.includes(undefined)) return undefined;
  const joined = all.flatMap((each) => each ?? []);
  return joined.length > longestList ? undefined : joined;
}

/** `'{a,b}'`; one with quotes or escapes is left to the server. */
function braced(text: string | undefined): readonly string[] | undefined {
  const inside = /^\s*\{([^{}"\\]*)\}\s*$/.exec(text ?? "")?.[1];
  if (inside === undefined) return undefined;
  return inside.trim() === "" ? [] : inside.split(",").map((part) => part.trim());
}

/** What an expression comes to, be it a text or a list. */
export function valueIn(node: Node | undefined, lookup: Lookup): Value | undefined {
  return textIn(node, lookup) ?? listIn(node, lookup);
}
