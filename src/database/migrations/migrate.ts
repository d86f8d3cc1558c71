import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";
import { createKeyRing, type KeyRing } from "../../core/seal/key-ring.js";
import { installSealKeys } from "../seal-keys.js";
import { applyMigration } from "./apply-migration.js";
import { withClient, type MigrationClient } from "./client.js";
import { pendingMigrations, readJournal } from "./journal.js";
import { readMigrationFiles, type MigrationFile } from "./migration-files.js";
import { withMigrationLock } from "./migration-lock.js";
import { asOwner, assertMayMigrate, joinOwner } from "./privileges.js";

export interface MigrateOptions {
  /** Also installs the keys of this secret, or of `[new, old]` while one replaces the other. */
  readonly secret?: string | readonly string[];
  /** How long to wait for another migration of the same database, in milliseconds. Default 60 000. */
  readonly lockTimeout?: number;
  /** Only says what would be done. Default false. */
  readonly dryRun?: boolean;
  /** Told in a short phrase what is being done. */
  readonly onStep?: (step: string) => void;
}

export interface MigrationReport {
  /** The migrations that ran now, or would run in a dry run. */
  readonly migrations: readonly { readonly number: number; readonly name: string }[];
  /** The migration that the database was at before. 0 where it never had one. */
  readonly from: number;
  /** The migration that the database is at now, or would be at. */
  readonly to: number;
}

/**
 * Installs Tenantry's own schema, or brings it up to date. Safe to run at every deploy and by
 * many at once. Needs no superuser: a role with CREATEROLE and CREATE on the database, or one
 * without CREATEROLE where the three roles exist and it is a member of `tenantry_owner`.
 * @param target a connection string, or one connected client that is in no transaction
 * @throws {TenantryError} `MIGRATION_FAILED`, `DATABASE_UNAVAILABLE`, `CONFIG_INVALID`, `SECRET_WEAK`
 */
export async function migrate(
  target: MigrationClient | string,
  options: MigrateOptions = {},
): Promise<MigrationReport> {
  return migrateFrom(await readMigrationFiles(), target, options);
}

/** `migrate` over any row of files. Internal: for the tests of the runner. */
export async function migrateFrom(
  files: readonly MigrationFile[],
  target: MigrationClient | string,
  options: MigrateOptions,
): Promise<MigrationReport> {
  const { secret, lockTimeout = 60_000, dryRun = false, onStep = () => undefined } = options;
  if (!Number.isFinite(lockTimeout) || lockTimeout < 0) throw badLockTimeout();
  // A weak secret should fail before anything is changed.
  const ring = secret === undefined ? undefined : createKeyRing(secret);
  return withClient(target, (client) =>
    dryRun
      ? planOf(client, files)
      : withMigrationLock(client, lockTimeout, onStep, async () => {
          const report = await runPending(client, files, onStep);
          if (ring !== undefined) await installKeys(client, ring, onStep);
          return report;
        }),
  );
}

async function runPending(
  client: MigrationClient,
  files: readonly MigrationFile[],
  onStep: (step: string) => void,
): Promise<MigrationReport> {
  await assertMayMigrate(client);
  await joinOwner(client);
  const pending = pendingMigrations(files, await readJournal(client));
  for (const file of pending) {
    onStep(`applying ${file.fileName}`);
    await applyMigration(client, file);
  }
  return report(files, pending);
}

async function planOf(
  client: MigrationClient,
  files: readonly MigrationFile[],
): Promise<MigrationReport> {
  await assertMayMigrate(client);
  return report(files, pendingMigrations(files, await readJournal(client)));
}

async function installKeys(
  client: MigrationClient,
  ring: KeyRing,
  onStep: (step: string) => void,
): Promise<void> {
  try {
    const lines = await asOwner(client, () => installSealKeys(client, ring));
    lines.forEach(onStep);
  } catch (cause) {
    if (isTenantryError(cause)) throw cause;
    const { message, hint } = cause as Partial<Record<string, string>>;
    throw new TenantryError("MIGRATION_FAILED", {
      message: `The schema is up to date, but the keys of the secret were not installed: ${message}.`,
      fix: hint ?? "Mend what PostgreSQL names and migrate again.",
      cause,
    });
  }
}

function report(
  files: readonly MigrationFile[],
  pending: readonly MigrationFile[],
): MigrationReport {
  return {
    migrations: pending.map(({ number, name }) => ({ number, name })),
    from: files.length - pending.length,
    to: files.length,
  };
}

function badLockTimeout(): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message: "`lockTimeout` is not a number of milliseconds.",
    fix: "Leave it out for 60 000, or pass 0 to fail at once where another migration runs.",
  });
}
