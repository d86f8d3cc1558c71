import { isTenantryError, type ScopedPool } from "tenantry";
import type { Document, SearchDocuments } from "../api/documents.js";
import { InjectedStatementFailed } from "./injected-statement-failed.js";

/**
 * DELIBERATELY INJECTABLE, for the demo only (TRACKER_INJECTABLE_SEARCH=1): the text of the user
 * becomes part of the SQL. It shows that such a mistake stays inside the tenant that it is made in.
 * It is a mistake all the same: never do this. `searchDocuments` in ../api is how it is done.
 */
export function injectableSearch(db: ScopedPool): SearchDocuments {
  return async (search) => {
    try {
      const { rows } = await db.query<Document>(injectableStatement("documents", search));
      return rows;
    } catch (error) {
      throw failure(error);
    }
  };
}

/** Shared with the twin, so that both are attacked by the same text. */
export function injectableStatement(table: string, search: string): string {
  return `select id, title, body from ${table} where title ilike '%${search}%' order by id limit 50`;
}

/** Tells what PostgreSQL said, as careless services do: it is the best that an attacker can get. */
export function failure(error: unknown): unknown {
  const cause = isTenantryError(error) ? error.cause : error;
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== "string" || !/^[0-9A-Z]{5}$/.test(code)) return error;
  return new InjectedStatementFailed(code, String(message), error);
}
