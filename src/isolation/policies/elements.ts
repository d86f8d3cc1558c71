import type { Node } from "../sql/parse.js";
import type { Possible, Scope } from "./range.js";
import { rowsOfQuery } from "./queries.js";

/** See {@link Readers.elements}. */
export function elements(node: Node, scope: Scope): readonly Possible[] {
  const each = (nodes: readonly Node[]) =>
    nodes.flatMap((item) => scope.analysis.readers.values(item, scope));
  if ("A_ArrayExpr" in node) return each(node.A_ArrayExpr.elements ?? []);
  if ("List" in node) return each(node.List.items ?? []);
  if ("TypeCast" in node && node.TypeCast.arg !== undefined) {
    if (!("A_Const" in node.TypeCast.arg)) return elements(node.TypeCast.arg, scope);
  }
  if ("SubLink" in node) return ofSubLink(node, scope);
  return scope.analysis.readers.values(node, scope);
}

function ofSubLink(node: Extract<Node, { SubLink: unknown }>, scope: Scope): readonly Possible[] {
  const { subLinkType, subselect } = node.SubLink;
  if (subLinkType === "ARRAY_SUBLINK" || subLinkType === "ANY_SUBLINK") {
    return rowsOfQuery(subselect, scope);
  }
  // `= ANY ((select an_array))`: the row is the array.
  return rowsOfQuery(subselect, scope);
}
