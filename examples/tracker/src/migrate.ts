import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { Problem } from "./problem.js";

const directory = fileURLToPath(new URL("../migrations/", import.meta.url));

/** Any number that nobody else locks; "trac" in ASCII. */
const lock = 0x74726163;

/**
 * Runs the tracker's own migrations that have not run yet, each in a transaction. Any migration
 * tool would do: what concerns tenants is one SQL call a table, `select tenantry.protect(…)`.
 */
export async function migrateTracker(url: string): Promise<void> {
  await withClient(url, async (client) => {
    await assertTenantry(client);
    await client.query("select pg_advisory_lock($1)", [lock]);
    await client.query(
      "create table if not exists public.tracker_migrations (name text primary key, applied_at timestamptz not null default now())",
    );
    await client.query("select tenantry.restrict('public.tracker_migrations', $1)", [
      "Says which migrations of the tracker have run; no request needs it.",
    ]);
    const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
    for (const name of names) await apply(client, name);
  });
}

async function apply(client: pg.Client, name: string): Promise<void> {
  const sql = await readFile(join(directory, name), "utf8");
  await client.query("begin");
  // An error ends the connection, and with it the transaction.
  const { rowCount } = await client.query(
    "insert into public.tracker_migrations (name) values ($1) on conflict do nothing",
    [name],
  );
  if (rowCount === 1) await client.query(sql);
  await client.query("commit");
}

async function assertTenantry(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ installed: boolean }>(
    "select to_regclass('tenantry.manifest') is not null as installed",
  );
  if (rows[0]?.installed === true) return;
  throw new Problem(
    "The database does not have Tenantry's schema yet. Run `npx tenantry migrate` with the same settings, grant tenantry_app, tenantry_operator and tenantry_identity to the logins of the app, the operator and identity, and start again.",
  );
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
