import pg from "pg";
import { TenantryError } from "../../core/tenantry-error.js";

/** The slice of a `pg.Client` that migrations use. One connection for its whole life: not a pool. */
export interface MigrationClient {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
}

/** Rows of one statement, as the caller knows them to be. */
export async function rowsOf<Row>(
  client: MigrationClient,
  text: string,
  values?: unknown[],
): Promise<readonly Row[]> {
  const { rows } = await client.query(text, values);
  return rows as unknown as readonly Row[];
}

/**
 * Runs `work` on the given client, or on a connection of its own that is closed afterwards.
 * @throws {TenantryError} `DATABASE_UNAVAILABLE`, `CONFIG_INVALID`
 */
export async function withClient<T>(
  target: MigrationClient | string,
  work: (client: MigrationClient) => Promise<T>,
): Promise<T> {
  if (typeof target !== "string") {
    assertSingleConnection(target);
    return work(target);
  }
  const client = newClient(target);
  // A connection that breaks between two statements emits this; the next statement rejects.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw unavailable(client, cause);
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function newClient(connectionString: string): pg.Client {
  try {
    return new pg.Client({
      connectionString,
      application_name: "tenantry",
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
  } catch {
    // The parser's own error quotes the string, password included.
    throw new TenantryError("CONFIG_INVALID", {
      message: "The database URL cannot be read.",
      fix: "Write it as postgres://user:password@host:port/database, with reserved characters percent-encoded.",
    });
  }
}

function assertSingleConnection(target: MigrationClient): void {
  if (!("totalCount" in target)) return;
  throw new TenantryError("CONFIG_INVALID", {
    message: "migrate() was given a pool, which runs every statement on another connection.",
    fix: "Pass a connected pg.Client, a client checked out with pool.connect(), or a connection string.",
  });
}

function unavailable(client: pg.Client, cause: unknown): TenantryError {
  const where = `${client.host}:${client.port}, database ${JSON.stringify(client.database)}, role ${JSON.stringify(client.user)}`;
  return new TenantryError("DATABASE_UNAVAILABLE", {
    message: `The database could not be reached (${where}): ${(cause as Error).message || String((cause as { code?: unknown }).code)}.`,
    fix: "Check that the server runs, that the URL names it, and that the role may log in.",
    cause,
  });
}
