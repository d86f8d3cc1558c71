import { quoted, sqlName } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import { isUnreadable, type Ask } from "./ask.js";

export interface Entries {
  /** Null where none was found. */
  readonly last: Date | null;
  /** Whether one of the tables could not be read. */
  readonly unread: boolean;
}

/** When something was recorded last, by the tables' columns of times. */
export async function newestEntry(ask: Ask, tables: readonly Relation[]): Promise<Entries> {
  let last: Date | null = null;
  let unread = false;
  for (const table of tables) {
    const times = table.columns.filter(({ baseType }) => /^timestamp(tz)?$/.test(baseType));
    for (const { name } of times.slice(0, 3)) {
      const query = `select max(${quoted(name)})::timestamptz as at from ${sqlName(table)} where ${quoted(name)} <= now()`;
      try {
        const [row] = await ask<{ at: Date | null }>(query);
        if (row?.at != null && (last === null || row.at > last)) last = row.at;
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        unread = true;
      }
    }
  }
  return { last, unread };
}
