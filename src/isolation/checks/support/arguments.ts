import type { DatabaseFunction } from "../../catalog/functions.js";
import type { Node } from "../../sql/parse.js";
import { callOf, textOf } from "../../sql/nodes.js";
import { walk, wordsOf } from "../../sql/walk.js";

/**
 * The arguments of a function that come into the texts it runs as they are: joined with `||`, or by
 * format() with %s. What quote_ident(), quote_literal(), %I and %L make safe is left out.
 */
export function bareArguments(
  { arguments: types }: DatabaseFunction,
  executed: readonly Node[],
): readonly string[] {
  const names = types.split(",").map((each) => each.trim().split(" ")[0]!);
  const found = new Set<string>();
  walk(executed, (kind, value) => {
    if (kind === "FuncCall") return !makesSafe(value);
    if (kind === "ColumnRef") {
      const words = wordsOf(value["fields"] as Node[]);
      if (words.length === 1 && names.includes(words[0]!)) found.add(words[0]!);
    }
    if (kind === "ParamRef") found.add(`$${Number(value["number"])}`);
    return undefined;
  });
  return [...found];
}

function makesSafe(call: Record<string, unknown>): boolean {
  const { words, args } = callOf(call);
  const name = words.at(-1);
  if (name === "format") return !/%(\d+\$)?-?\d*s/.test(textOf(args[0]) ?? "%s");
  return /^quote_(ident|literal|nullable)$/.test(name ?? "");
}
