import type { FieldDescription } from "./driver.js";

/** A statement with its parameters, as pg takes it. */
export interface QueryConfig {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly rowMode?: "array";
  /** Type parsers for this statement only. */
  readonly types?: TypeParsers;
}

export interface TypeParsers {
  getTypeParser(typeId: number, format?: string): (text: string) => unknown;
}

export type Row = Record<string, unknown>;

/** The same shape as pg's. */
export interface QueryResult<R = Row> {
  command: string | null;
  rowCount: number | null;
  oid: number | null;
  rows: R[];
  fields: readonly FieldDescription[];
}

/** What sends itself in pg's own protocol: its cursors and streams. */
export interface Submittable {
  submit: unknown;
}

/** Whatever runs one statement: a pool, a checked-out client, a transaction. */
export interface Queryable {
  query<R = Row>(query: string | QueryConfig, values?: readonly unknown[]): Promise<QueryResult<R>>;
}
