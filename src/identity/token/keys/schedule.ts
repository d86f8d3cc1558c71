import { longestLeeway, longestTokenLife } from "../claims.js";
import type { KeyRow } from "./key-row.js";

/**
 * How long a key stays published after it signed its last token, in milliseconds: until every token
 * of it has expired, with a minute for a process that signs with what it read before.
 */
export const publishedAfter = (longestTokenLife + longestLeeway + 60) * 1000;

/** The key that signs at this time: keys follow one another without gap or overlap. */
export function signingAt(rows: readonly KeyRow[], time: number): KeyRow | undefined {
  return rows.find(
    ({ signsFrom, signsUntil }) => signsFrom <= time && (signsUntil === null || time < signsUntil),
  );
}

/** Those that tokens may be signed with at this time, the next one included. */
export function publishedAt(rows: readonly KeyRow[], time: number): readonly KeyRow[] {
  return rows.filter((row) => !isGoneAt(row, time));
}

export function isGoneAt({ publishedUntil }: KeyRow, time: number): boolean {
  return publishedUntil !== null && publishedUntil <= time;
}

/** The newest key: it signs now or will, and has no end yet. */
export function newestOf(rows: readonly KeyRow[]): KeyRow | undefined {
  return rows.find(({ signsUntil }) => signsUntil === null);
}
