import { rowsOf } from "../../../database/migrations/client.js";
import { quoted, sqlName } from "../../catalog/names.js";
import type { Reader } from "../../catalog/reader.js";
import type { Relation } from "../../catalog/relation.js";

export interface Entries {
  /** Null where none was found. */
  readonly last: Date | null;
  /** Whether one of the tables could not be read. */
  readonly unread: boolean;
}

/** When something was recorded last, by the tables' columns of times. */
export async function newestEntry(client: Reader, tables: readonly Relation[]): Promise<Entries> {
  let last: Date | null = null;
  let unread = false;
  for (const table of tables) {
    const times = table.columns.filter(({ baseType }) => /^timestamp(tz)?$/.test(baseType));
    for (const { name } of times.slice(0, 3)) {
      const query = `select max(${quoted(name)})::timestamptz as at from ${sqlName(table)} where ${quoted(name)} <= now()`;
      try {
        const [row] = await rowsOf<{ at: Date | null }>(client, query);
        if (row?.at != null && (last === null || row.at > last)) last = row.at;
      } catch (error) {
        // Privileges, or Tenantry's own refusal of a scope.
        if (!/^(42501|TN\w*)$/.test(String((error as { code?: unknown }).code))) throw error;
        unread = true;
      }
    }
  }
  return { last, unread };
}
