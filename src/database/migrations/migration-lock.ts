import { setTimeout as sleep } from "node:timers/promises";
import { TenantryError } from "../../core/tenantry-error.js";
import { rowsOf, type MigrationClient } from "./client.js";

/**
 * The session advisory lock that deploys of one database wait for: the first eight bytes of
 * SHA-256("tenantry.migration") as a signed big-endian integer. Never changes, so that all
 * versions of the package wait for one another.
 */
export const migrationLockKey = "-5826283238510732360";

const pollMilliseconds = 200;

// pg_locks shows a bigint key as its two halves, with objsubid 1.
const lockRows = `
  from pg_catalog.pg_locks l
  where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
    and ((l.classid::bigint << 32) | l.objid::bigint) = ${migrationLockKey}::bigint`;

/**
 * Runs `work` while this connection holds the lock. Waits for another holder by asking again and
 * again, since a blocking pg_advisory_lock() would need a session setting to give up in time.
 * @param patience milliseconds
 * @throws {TenantryError} `MIGRATION_FAILED` once `patience` is over
 */
export async function withMigrationLock<T>(
  client: MigrationClient,
  patience: number,
  onStep: (step: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  await acquire(client, patience, onStep);
  try {
    return await work();
  } finally {
    // On a broken connection the server has let go of the lock by itself.
    await client
      .query(`select pg_catalog.pg_advisory_unlock(${migrationLockKey})`)
      .catch(() => undefined);
  }
}

async function acquire(
  client: MigrationClient,
  patience: number,
  onStep: (step: string) => void,
): Promise<void> {
  const deadline = Date.now() + patience;
  for (let attempt = 0; ; attempt += 1) {
    const [row] = await rowsOf<{ held: boolean }>(
      client,
      `select pg_catalog.pg_try_advisory_lock(${migrationLockKey}) as held`,
    );
    if (row?.held) return;
    if (attempt === 0) onStep("waiting for another migration of this database to finish");
    if (Date.now() >= deadline) throw await stillHeld(client, patience);
    await sleep(Math.min(pollMilliseconds, Math.max(1, deadline - Date.now())));
  }
}

async function stillHeld(client: MigrationClient, patience: number): Promise<TenantryError> {
  const [holder] = await rowsOf<{ pid: number }>(client, `select l.pid ${lockRows}`);
  const who = holder === undefined ? "another session" : `the session with pid ${holder.pid}`;
  return new TenantryError("MIGRATION_FAILED", {
    message: `After ${patience / 1000} s, ${who} still holds the migration lock of this database.`,
    fix: "Wait for that deploy to finish and run again; if it hangs, end it with select pg_terminate_backend(pid).",
  });
}

/**
 * Confirms, on the server connection that is about to change the schema, that it is the one with
 * the lock. Behind a pooler in transaction mode it need not be.
 * @throws {TenantryError} `MIGRATION_FAILED`
 */
export async function assertLockHeld(client: MigrationClient): Promise<void> {
  const rows = await rowsOf(client, `select 1 ${lockRows} and l.pid = pg_catalog.pg_backend_pid()`);
  if (rows.length > 0) return;
  throw new TenantryError("MIGRATION_FAILED", {
    message: "The connection lost its migration lock between two statements.",
    fix: "Migrate over a direct connection, not through a pooler in transaction mode.",
  });
}
