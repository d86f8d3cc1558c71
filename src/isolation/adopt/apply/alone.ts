import { rowsOf, type MigrationClient } from "../../../database/migrations/client.js";
import { busy } from "./failures.js";

const key = "pg_catalog.hashtextextended('tenantry adopt', 0)";

/** Two at once would trip over one another. @throws {TenantryError} `PROOF_IMPOSSIBLE` */
export async function alone<T>(client: MigrationClient, work: () => Promise<T>): Promise<T> {
  const [lock] = await rowsOf<{ got: boolean }>(
    client,
    `select pg_catalog.pg_try_advisory_lock(${key}) as got`,
  );
  if (lock?.got !== true) throw busy(await holder(client));
  try {
    return await work();
  } finally {
    await client.query(`select pg_catalog.pg_advisory_unlock(${key})`).catch(() => undefined);
  }
}

/** A process that was killed leaves its statement running, and the lock held, until that ends. */
async function holder(client: MigrationClient): Promise<number | undefined> {
  const [found] = await rowsOf<{ pid: number }>(
    client,
    `select l.pid from pg_catalog.pg_locks l join pg_catalog.pg_database d on d.oid = l.database
     where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and d.datname = current_database()
       and (l.classid::bigint << 32 | l.objid::bigint) = ${key}`,
  );
  return found?.pid;
}
