const kind = Symbol.for("drizzle:entityKind");

/** As Drizzle's `is`: by the kinds of the value's class and of those above it. */
export function isKind(value: unknown, name: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  let above: unknown = (Object.getPrototypeOf(value) as object | null)?.constructor;
  while (typeof above === "function") {
    if ((above as unknown as Record<symbol, unknown>)[kind] === name) return true;
    above = Object.getPrototypeOf(above);
  }
  return false;
}

const part = (value: object, name: string): unknown =>
  (value as Record<symbol, unknown>)[Symbol.for(`drizzle:${name}`)];

/** A table's name as the database has it, whatever its alias. */
export function tableName(table: object): string {
  const name = part(table, "OriginalName") as string;
  const schema = part(table, "Schema");
  return typeof schema === "string" ? `${schema}.${name}` : name;
}

export interface Column {
  readonly onUpdateFn?: unknown;
}

export const columnOf = (table: object, key: string): Column | undefined =>
  (part(table, "Columns") as Record<string, Column>)[key];

export interface SubqueryParts {
  readonly sql: unknown;
  readonly alias: string;
  readonly isWith: boolean;
}

export const subqueryParts = (subquery: unknown): SubqueryParts =>
  (subquery as { _: SubqueryParts })._;

/** The text of a StringChunk. */
export const textOf = (chunk: unknown): string =>
  (chunk as { value: readonly string[] }).value.join("");

export const isText = (chunk: unknown): boolean => isKind(chunk, "StringChunk");
