import pg from "pg";
import type { Tenantry } from "tenantry";
import type { Document } from "../api/documents.js";
import { failure, injectableStatement } from "./injectable-search.js";

/**
 * The contrast: a copy of the documents, guarded as most guides on row-level security have it. A
 * policy compares the tenant with a plain setting, and each request sets that setting first.
 */
export interface UsualWay {
  /** The same careless search as ours, for the tenant of the active scope. */
  search(text: string): Promise<readonly Document[]>;
  close(): Promise<void>;
}

/** The table's login reaches this one table, and nothing of Tenantry's. See usual-way-setup.ts. */
export function openUsualWay(tenantry: Tenantry, url: string): UsualWay {
  const pool = new pg.Pool({ connectionString: url, max: 3, connectionTimeoutMillis: 5000 });
  pool.on("error", () => undefined);
  return {
    search: (text) => searchUsualWay(pool, tenantry.scope().tenant.id, text),
    close: () => pool.end(),
  };
}

async function searchUsualWay(
  pool: pg.Pool,
  tenantId: string,
  text: string,
): Promise<readonly Document[]> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query("begin");
    await client.query("select set_config('app.tenant', $1, true)", [tenantId]);
    const { rows } = await client.query<Document>(
      oneStatement(injectableStatement("usual_way.documents", text)),
    );
    await client.query("rollback");
    broken = false;
    return rows;
  } catch (error) {
    throw failure(error);
  } finally {
    client.release(broken);
  }
}

/** Asks for the extended protocol, which takes a single statement: as with ours. */
function oneStatement(text: string): pg.QueryConfig {
  return Object.assign({ text }, { queryMode: "extended" });
}
