import pg from "pg";
import { createKeyRing } from "../../../core/seal/key-ring.js";
import { createTestDatabase, type TestDatabase } from "../../../../test/support/databases.js";
import type { TestServer } from "../../../../test/support/servers.js";
import type { KeyDatabase } from "./key-store.js";
import type { SigningKeysOptions } from "./options.js";
import { createSigningKeys } from "./signing-keys.js";

export const second = 1_000;
export const minute = 60 * second;
export const day = 24 * 60 * minute;

export const ring = createKeyRing("the secret that the signing keys are sealed under");
const start = Date.UTC(2026, 0, 1);

export interface KeyDatabaseFixture {
  readonly admin: pg.Pool;
  /** Logged in as a member of `tenantry_identity` and nothing else. */
  readonly pool: pg.Pool;
  /** The login of `pool`. */
  readonly url: string;
  /** The time of every `keys()`, in milliseconds since the epoch. */
  time: number;
  /** What one process has. */
  keys(options?: Partial<SigningKeysOptions>): ReturnType<typeof createSigningKeys>;
  empty(): Promise<void>;
  close(): Promise<void>;
}

export async function openKeyDatabase(server: TestServer): Promise<KeyDatabaseFixture> {
  const database: TestDatabase = await createTestDatabase(server);
  const admin = new pg.Pool({ connectionString: database.adminUrl, max: 1 });
  admin.on("error", () => undefined);
  const pool = new pg.Pool({ connectionString: database.identityUrl, max: 20 });
  pool.on("error", () => undefined);
  const fixture: KeyDatabaseFixture = {
    admin,
    pool,
    url: database.identityUrl,
    time: start,
    keys: (options = {}) =>
      createSigningKeys({ database: pool, ring, now: () => fixture.time, ...options }),
    async empty() {
      await admin.query("delete from tenantry.signing_key");
      fixture.time = start;
    },
    async close() {
      await Promise.all([admin.end(), pool.end()]);
      await database.drop();
    },
  };
  return fixture;
}

/** A database that is not there. */
export const noDatabase: KeyDatabase = {
  query: () => Promise.reject(new Error("connection refused")),
};
