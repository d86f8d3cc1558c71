import type { Catalog } from "../../../catalog/catalog.js";
import type { Relation } from "../../../catalog/relation.js";
import { parseExpression } from "../../../sql/parse.js";
import type { RowCheck } from "../checks.js";
import { comparisons } from "./comparisons.js";
import { sourceTexts } from "./sources.js";
import { textsFor } from "./suggest.js";

/** For each column the values that conditions speak of, the likeliest first. */
export type Hints = ReadonlyMap<string, readonly string[]>;

/** At most this many for a column: a search tries them all. */
const most = 40;

/** Gathers what CHECKs, domains, and the functions of CHECKs and triggers say of values. */
export function hintsOf(relation: Relation, checks: readonly RowCheck[], catalog: Catalog): Hints {
  const found = new Map<string, Set<string>>();
  const add = (column: string, texts: readonly string[]) => {
    const known = found.get(column) ?? new Set();
    for (const text of texts) if (known.size < most) known.add(text);
    found.set(column, known);
  };
  const typeOf = new Map(relation.columns.map((column) => [column.name, column]));
  for (const { tree } of checks) {
    for (const comparison of comparisons(tree)) {
      const column = typeOf.get(comparison.column);
      if (column !== undefined) add(column.name, textsFor(comparison, column));
    }
  }
  for (const column of relation.columns) {
    for (const check of column.domainChecks) {
      for (const comparison of comparisons(parseExpression(check))) {
        add(column.name, textsFor(comparison, column));
      }
    }
  }
  for (const [column, texts] of sourceTexts(relation, checks, catalog)) add(column, texts);
  return new Map([...found].map(([column, texts]) => [column, [...texts]]));
}
