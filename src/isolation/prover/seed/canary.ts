import type { SeededRow } from "./contract.js";
import type { Stored } from "./ground.js";
import type { TableShape } from "./shape.js";

const short = 8;

/**
 * A column whose text tells the row: one with the row's own word, else a unique value long enough to
 * stand nowhere by chance.
 */
export function canaryOf(shape: TableShape, values: Stored, word: string): SeededRow["canary"] {
  const linked = new Set(shape.links.flatMap(({ columns }) => columns));
  const own = shape.relation.columns.filter(
    ({ name }) => !linked.has(name) && name !== shape.tenantColumn,
  );
  for (const { name } of own) {
    if (word !== "" && values[name]?.includes(word)) return { column: name, text: word };
  }
  for (const { name, baseType } of own) {
    const value = values[name];
    const isUnique = shape.uniques.some(
      ({ columns }) => columns.length === 1 && columns[0] === name,
    );
    if (isUnique && value != null && value.length >= short && baseType !== "bool")
      return { column: name, text: value };
  }
  return undefined;
}
