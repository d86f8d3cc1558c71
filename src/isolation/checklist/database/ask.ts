import { rowsOf } from "../../../database/migrations/client.js";
import type { Reader } from "../../catalog/reader.js";

/** Runs one statement that cannot write, and for no longer than it may take. */
export type Ask = <Row>(text: string, values?: unknown[]) => Promise<readonly Row[]>;

/** Each in a transaction of its own: what a session is set to would outlive it behind a pooler. */
export function asking(client: Reader): Ask {
  return async <Row>(text: string, values?: unknown[]) => {
    await client.query("begin transaction read only");
    try {
      await client.query("set local statement_timeout = '20s'");
      return await rowsOf<Row>(client, text, values);
    } finally {
      await client.query("rollback").catch(() => undefined);
    }
  };
}

/** Whether it may not be read by this login, is not there, or takes too long: then it is not known. */
export function isUnreadable(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  // TN…: Tenantry's own refusal of a statement without a scope.
  return /^(42501|42P01|57014|TN\w*)$/.test(String(code));
}
