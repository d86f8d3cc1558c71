import { TenantryError } from "../../core/tenantry-error.js";
import type { MigrationClient } from "./client.js";
import { enterInJournal } from "./journal.js";
import type { MigrationFile } from "./migration-files.js";
import { assertLockHeld } from "./migration-lock.js";
import { readMissingGrants } from "./privileges.js";

const attempts = 5;

/**
 * Runs one file and enters it in the journal, in one transaction.
 * @throws {TenantryError} `MIGRATION_FAILED`, with the database as it was before
 */
export async function applyMigration(client: MigrationClient, file: MigrationFile): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(client, file);
    } catch (error) {
      await client.query("rollback").catch(() => undefined);
      if (attempt < attempts && metAnotherDatabase(error)) continue;
      throw await failure(client, file, error);
    }
  }
}

async function inTransaction(client: MigrationClient, file: MigrationFile): Promise<void> {
  await client.query("begin");
  await assertLockHeld(client);
  // A name that is not qualified must not find an object that someone else put in its way; and no
  // statement may queue for long before a busy table, since everyone else queues behind it.
  await client.query(
    `set local search_path to pg_catalog, pg_temp;
     set local lock_timeout to '15s';
     set local statement_timeout to 0;
     set local client_min_messages to warning`,
  );
  // Since 16, who creates a role may not SET ROLE to it unless this says so; 15 has no such setting.
  await client.query(
    `select pg_catalog.set_config(name, 'set, inherit', true)
     from pg_catalog.pg_settings where name = 'createrole_self_grant'`,
  );
  if (file.runAs === "owner") await client.query("set local role tenantry_owner");
  await client.query(file.sql);
  await client.query("set local role tenantry_owner");
  await enterInJournal(client, file);
  await client.query("commit");
}

/**
 * Roles and database grants belong to the whole cluster and the lock to one database, so that
 * migrations of two databases can meet there. What was rolled back can be run again.
 */
function metAnotherDatabase(error: unknown): boolean {
  const { code, message, constraint } = error as Partial<Record<string, string>>;
  if (code === "XX000") return message?.includes("concurrently updated") === true;
  if (code === "23505") return constraint?.startsWith("pg_") === true;
  return code === "42710" && message?.startsWith("role ") === true;
}

async function failure(
  client: MigrationClient,
  file: MigrationFile,
  cause: unknown,
): Promise<unknown> {
  if (cause instanceof TenantryError) return cause;
  const { message, hint } = cause as Partial<Record<string, string>>;
  return new TenantryError("MIGRATION_FAILED", {
    message: `${file.fileName} was undone: ${message ?? String(cause)}.${hint === undefined ? "" : ` (${hint})`}`,
    fix: await mend(client, cause),
    cause,
  });
}

async function mend(client: MigrationClient, cause: unknown): Promise<string> {
  const { code } = cause as { code?: string };
  if (code === "42501") {
    const grants = await readMissingGrants(client).catch(() => []);
    return grants.length > 0
      ? `Have an administrator run: ${grants.join("; ")};`
      : "Migrate as the role that owns this database and is a member of tenantry_owner.";
  }
  if (code === "55P03") {
    return "Another transaction holds a lock on that table: find it with pg_blocking_pids(), let it finish, and migrate again.";
  }
  if (code?.startsWith("08") === true || code?.startsWith("57P") === true) {
    return "The connection broke; once the server is back, migrate again.";
  }
  return "Mend what PostgreSQL names and migrate again; what was applied before it stays.";
}
