import { notFound } from "tenantry/hono";
import type { Parts } from "./app.js";
import type { Bug } from "./bugs.js";

export type Row = Readonly<Record<string, unknown>>;

export interface Pool {
  query<R extends Row>(
    text: string,
    values?: unknown[],
  ): Promise<{ readonly rows: R[]; readonly rowCount: number | null }>;
}

export function isUuid(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** The scoped pool, unless this bug is planted. */
export function poolFor({ tenantry, unscoped, bugs }: Parts, bug: Bug): Pool {
  return bugs.has(bug) ? unscoped : tenantry.db;
}

/** The one row of an id; a foreign id, a missing one and no id at all end alike. */
export async function rowOf(
  pool: Pool,
  statement: string,
  id: string,
  values: readonly unknown[] = [],
): Promise<Row> {
  const rows = isUuid(id) ? (await pool.query<Row>(statement, [id, ...values])).rows : [];
  if (rows[0] !== undefined) return rows[0];
  throw notFound();
}
