import pg from "pg";
import { createKeyRing, type KeyRing } from "../../src/core/seal/key-ring.js";
import type { TenantRegistry } from "../../src/registry/contract.js";
import { createPostgresRegistry } from "../../src/registry/postgres/postgres-registry.js";
import { createTestDatabase, type TestDatabase } from "../support/databases.js";
import type { TestServer } from "../support/servers.js";

export interface RegistryFixture {
  readonly database: TestDatabase;
  readonly keys: KeyRing;
  readonly app: pg.Pool;
  readonly operator: pg.Pool;
  readonly admin: pg.Pool;
  /** The registry in PostgreSQL, not cached. */
  readonly registry: TenantRegistry;
  close(): Promise<void>;
}

/** A database of its own, and a registry over it with the roles that it has in production. */
export async function openRegistryFixture(server: TestServer): Promise<RegistryFixture> {
  const database = await createTestDatabase(server);
  const [app, operator, admin] = [database.appUrl, database.operatorUrl, database.adminUrl].map(
    (connectionString) => quietPool(connectionString),
  ) as [pg.Pool, pg.Pool, pg.Pool];
  const keys = createKeyRing(database.secret);
  return {
    database,
    keys,
    app,
    operator,
    admin,
    registry: createPostgresRegistry({ app, operator, keys, ownDomains: ["app.example.com"] }),
    async close() {
      await Promise.all([app, operator, admin].map((pool) => pool.end()));
      await database.drop();
    },
  };
}

/**
 * A pool whose idle connections may break without ending the test.
 * @param patience milliseconds until it gives up on a connection, or on an answer
 */
export function quietPool(connectionString: string, patience = 10_000): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 5,
    connectionTimeoutMillis: patience,
    query_timeout: patience,
  });
  pool.on("error", () => undefined);
  return pool;
}

/** A feed's connections. */
export function clientsOf(connectionString: string): () => pg.Client {
  return () => new pg.Client({ connectionString });
}
