import { refused } from "../session/failures.js";
import { columnName, isNode, nodesOf, parens, type Node } from "./nodes.js";
import type { SourceRules } from "./sources.js";

/** @throws {TenantryError} `STATEMENT_REFUSED` where a tenant table's tenant would be set */
export function scopeUpdates(
  updates: unknown,
  ofTenantTable: boolean,
  { tables, inside }: SourceRules,
): readonly Node[] {
  return nodesOf(updates).map((update) => {
    const name = columnName(update["column"]);
    if (ofTenantTable && name === tables.column) {
      throw refused(`Setting ${tables.column}`, "Leave it out: a row stays with its tenant.");
    }
    if (name === null) throw refused("Setting what is no column", "Name the column.");
    const { value } = update as unknown as { value: Node };
    return { ...update, value: isRaw(value) ? parens(inside(value)) : inside(value) };
  });
}

/** Text outside of brackets could go on with a comma and another column. */
function isRaw(node: Node): boolean {
  if (node.kind === "RawNode") return true;
  return Object.values(node).some((child) =>
    Array.isArray(child) ? nodesOf(child).some(isRaw) : isNode(child) && isRaw(child),
  );
}
