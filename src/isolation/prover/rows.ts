import { columnNamed, literal, quoted } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import type { FreshRow, SeededRow } from "./seed/contract.js";

export type Values = Readonly<Record<string, string | null>>;

export const sqlValue = (value: string | null) => (value === null ? "null" : literal(value));

/** `column = 'text'`, to be set. */
export function assigns(column: string, text: string | null): string {
  return `${quoted(column)} = ${sqlValue(text)}`;
}

/** A condition. With the type, as some have no equality of their own and borrow another's: regclass. */
export function equals(relation: Relation, column: string, text: string | null): string {
  if (text === null) return `${quoted(column)} is null`;
  const type = columnNamed(relation, column)?.type;
  return `${quoted(column)} = ${literal(text)}${type === undefined ? "" : `::${type}`}`;
}

export function matches(relation: Relation, values: Values): string {
  const conditions = Object.entries(values).map(([name, value]) => equals(relation, name, value));
  return `(${conditions.join(" and ")})`;
}

/** A condition that one row fulfils: its key, or its canary where it has none. */
export function whereRow(relation: Relation, { key, values, canary }: SeededRow): string {
  const columns = key.length > 0 ? key : canary === undefined ? [] : [canary.column];
  if (columns.length === 0) return "false";
  return matches(
    relation,
    Object.fromEntries(columns.map((column) => [column, values[column] ?? null])),
  );
}

/** An INSERT of a row; identity columns that are always generated take what is given. */
export function insertSql(table: string, { values }: Pick<FreshRow, "values">): string {
  const columns = Object.keys(values);
  if (columns.length === 0) return `insert into ${table} default values`;
  const list = columns.map(quoted).join(", ");
  const texts = Object.values(values).map(sqlValue).join(", ");
  return `insert into ${table} (${list}) overriding system value values (${texts})`;
}
