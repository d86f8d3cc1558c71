import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import pg from "pg";

const directory = resolve(import.meta.dirname, "../prisma/migrations");

/**
 * Applies Prisma's migrations that have not run yet, in their order, each in a transaction. It stands
 * in for `prisma migrate deploy`, which needs the schema engine that Prisma downloads.
 * @param {string} url of the login for migrations
 */
export async function migrate(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      "create table if not exists public.applied_migrations (name text primary key, applied_at timestamptz not null default now())",
    );
    await client.query(
      "select tenantry.restrict('public.applied_migrations', 'says which migrations have run')",
    );
    const entries = await readdir(directory, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    for (const name of names.sort()) {
      const sql = await readFile(join(directory, name, "migration.sql"), "utf8");
      await client.query("begin");
      const { rowCount } = await client.query(
        "insert into public.applied_migrations (name) values ($1) on conflict do nothing",
        [name],
      );
      if (rowCount === 1) await client.query(sql);
      await client.query("commit");
    }
  } finally {
    await client.end();
  }
}
