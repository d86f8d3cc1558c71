import { columnNamed } from "../catalog/names.js";
import type { Node } from "../sql/parse.js";
import { wordsOf } from "../sql/walk.js";
import { always } from "./formula.js";
import type { Possible, Range, Scope } from "./range.js";

/** What a name stands for: a column of the nearest table that has it, or an argument of the function. */
export function columnValues(
  node: Extract<Node, { ColumnRef: unknown }>,
  scope: Scope,
): readonly Possible[] {
  const words = wordsOf(node.ColumnRef.fields);
  const text = words.join(".");
  const name = words.at(-1)!;
  const qualifier = words.length > 1 ? words.at(-2) : undefined;
  const range = scope.ranges.find((each) => fits(each, qualifier, name));
  if (range?.derived !== undefined) return range.derived(name);
  if (range?.relation !== undefined) {
    return [{ value: { kind: "column", range, name, text }, given: always }];
  }
  const argument = scope.parameters.get(name);
  if (range !== undefined || argument === undefined || scope.resolving.includes(argument)) {
    return unknown(text);
  }
  const resolving = [...scope.resolving, argument];
  return argument.flatMap((each) =>
    scope.analysis.readers.values(each.node, { ...each.scope, resolving }),
  );
}

function fits(range: Range, qualifier: string | undefined, name: string): boolean {
  if (qualifier !== undefined) return range.alias === qualifier;
  return range.relation === undefined || columnNamed(range.relation, name) !== undefined;
}

function unknown(text: string): readonly Possible[] {
  return [{ value: { kind: "opaque", text, columns: true }, given: always }];
}
