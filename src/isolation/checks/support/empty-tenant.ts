import { mentionsColumn } from "../../sql/nodes.js";
import { parseExpression } from "../../sql/parse.js";
import type { Column, Relation } from "../../catalog/relation.js";

/** Whether a CHECK, of the table or of the column's domain, or a reference keeps the empty text out. */
export function refusesEmpty(relation: Relation, column: Column): boolean {
  const checks = relation.constraints.flatMap(({ kind, expression, enforced }) =>
    kind === "check" &&
    enforced &&
    expression !== null &&
    mentionsColumn(parseExpression(expression), column.name)
      ? [expression]
      : [],
  );
  const refers = relation.constraints.some(
    ({ references, columns }) => references !== null && columns.includes(column.number),
  );
  return refers || [...checks, ...column.domainChecks].some(speaksOfEmpty);
}

/** `<> ''`, or a bound on the length, or a pattern. */
function speaksOfEmpty(expression: string): boolean {
  return /<> ''|length\(|~ '/.test(expression);
}
