import type { Node } from "../../../sql/parse.js";
import { sourceRows, type Row } from "./rows.js";
import { textIn, type Lookup } from "./values.js";

const noRow: Row = new Map();

/**
 * A query with what is known put in: `select tenantry.protect(target)` becomes
 * `select tenantry.protect('projects')`, once for each row of a list that it goes through.
 */
export function substituted(node: Node, lookup: Lookup): readonly Node[] {
  if (!("SelectStmt" in node)) return [node];
  const rows = sourceRows(node.SelectStmt, lookup) ?? [noRow];
  return rows.map((row) => {
    const inRow: Lookup = (name) => row.get(name) ?? lookup(name);
    return mapped(node, inRow) as Node;
  });
}

function mapped(value: unknown, lookup: Lookup): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, lookup));
  if (typeof value !== "object" || value === null) return value;
  const isExpression = "ColumnRef" in value || "A_Expr" in value || "FuncCall" in value;
  const text = isExpression ? textIn(value as Node, lookup) : undefined;
  if (text !== undefined) return { A_Const: { sval: { sval: text } } };
  const parts = Object.entries(value).map(([name, part]) => [name, mapped(part, lookup)] as const);
  return Object.fromEntries(parts);
}
