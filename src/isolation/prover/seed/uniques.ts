import { columnNames, quoted } from "../../catalog/names.js";
import type { Index, Relation } from "../../catalog/relation.js";

/** What two rows of one table must not have in common. */
export interface Unique {
  readonly name: string;
  readonly columns: readonly string[];
  /** Where columns alone do not say when rows collide: expressions, or an exclusion's operators. */
  readonly opaque: boolean;
  readonly predicate: string | null;
  readonly nullsNotDistinct: boolean;
  readonly primary: boolean;
}

export function uniquesOf(relation: Relation): readonly Unique[] {
  return relation.indexes
    .filter(({ unique, exclusion }) => unique || exclusion)
    .map((index) => ({
      name: index.name,
      columns: columnsOf(relation, index),
      opaque: index.exclusion || index.columns.includes(0),
      predicate: index.predicate,
      nullsNotDistinct: index.nullsNotDistinct,
      primary: index.primary,
    }));
}

/** Those in expressions are told by the text of the definition: one too many does no harm. */
function columnsOf(relation: Relation, index: Index): string[] {
  const plain = index.columns.filter((number) => number !== 0);
  const named = columnNames(relation, plain);
  if (!index.columns.includes(0)) return named;
  const [, list = ""] = index.definition.split(/ USING /);
  const mentioned = relation.columns
    .map(({ name }) => name)
    .filter((name) => mentions(list, name) && !named.includes(name));
  return [...named, ...mentioned];
}

function mentions(text: string, column: string): boolean {
  const escaped = quoted(column).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(^|[^a-zA-Z0-9_"])${escaped}($|[^a-zA-Z0-9_"])`).test(text);
}

/** The columns that tell a row: of the primary key, or of the shortest unique one without nulls. */
export function keyColumns(relation: Relation, uniques: readonly Unique[]): readonly string[] {
  const whole = uniques.filter((unique) => !unique.opaque && unique.predicate === null);
  const primary = whole.find((unique) => unique.primary);
  if (primary !== undefined) return primary.columns;
  const notNull = new Set(
    relation.columns.filter((column) => column.notNull).map(({ name }) => name),
  );
  const [shortest] = whole
    .filter((unique) => unique.columns.every((name) => notNull.has(name)))
    .sort((one, other) => one.columns.length - other.columns.length);
  return shortest?.columns ?? [];
}
