import { columnOf } from "../../sql/nodes.js";
import type { Node } from "../../sql/parse.js";
import { walk } from "../../sql/walk.js";
import { equalSides } from "./expressions.js";

/** Whether the tenant's column itself is cast where it is compared: no index serves that. */
export function castsColumn(expression: Node, tenant: string): boolean {
  return comparisons(expression, tenant).some((sides) =>
    sides.some((side) => "TypeCast" in side && columnOf(side) === tenant),
  );
}

/** Whether a side is cast to a type with a length, as `::varchar(9)`, which cuts what is longer. */
export function cutsValue(expression: Node, tenant: string): boolean {
  return comparisons(expression, tenant).some((sides) => sides.some(hasLength));
}

function hasLength(node: Node): boolean {
  let found = false;
  walk([node], (kind, value) => {
    const type = value["typeName"] as { readonly typmods?: unknown } | undefined;
    if (kind === "TypeCast" && type?.typmods !== undefined) found = true;
    return !found;
  });
  return found;
}

function comparisons(expression: Node, tenant: string): (readonly [Node, Node])[] {
  const found: (readonly [Node, Node])[] = [];
  walk([expression], (kind, value) => {
    const sides = kind === "A_Expr" ? equalSides({ A_Expr: value }) : undefined;
    if (sides?.some((side) => columnOf(side) === tenant) === true) found.push(sides);
    return undefined;
  });
  return found;
}
