import { requireReason } from "../../core/enter.js";
import { refused } from "../session/failures.js";

/** What Drizzle's `sql` takes between its pieces, and writes nothing for. */
export interface UnscopedMark {
  readonly shouldOmitSQLParens: () => boolean;
  readonly getSQL: () => never;
}

const marks = new WeakSet<object>();

/**
 * Names a piece of raw SQL as one that the extension does not look into: its author sees to the
 * tenant himself. Row security holds all the same.
 *
 * ```
 * db.execute(sql`${unscopedSql("monthly figures")} select count(*) from project`)
 * ```
 * @param reason in words, 1000 characters at most
 * @throws {TenantryError} `REASON_REQUIRED`
 */
export function unscopedSql(reason: string): UnscopedMark {
  requireReason(reason, "unscopedSql");
  // Of a wrapper without SQL in it, Drizzle writes nothing.
  const mark: UnscopedMark = Object.freeze({
    shouldOmitSQLParens: () => true,
    getSQL: () => undefined as never,
  });
  marks.add(mark);
  return mark;
}

export const isMark = (chunk: unknown): boolean =>
  typeof chunk === "object" && chunk !== null && marks.has(chunk);

export function refusedRaw(why: string): Error {
  return refused(
    `Raw SQL that may name tables (${why})`,
    "Use the query builder of this database, or say sql`${unscopedSql(reason)} …` and see to the tenant there.",
  );
}
