/** The slice of a `pg.Pool` (or a connected `pg.Client`) that the registry uses. */
export interface Queryable {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Rows of one statement, as the caller knows them to be. */
export async function rowsOf<Row>(
  target: Queryable,
  text: string,
  values: unknown[],
): Promise<readonly Row[]> {
  const { rows } = await target.query(text, values);
  return rows as readonly Row[];
}
