import { TenantryError } from "../../core/tenantry-error.js";
import { rowsOf, type MigrationClient } from "./client.js";
import type { MigrationFile } from "./migration-files.js";
import { asOwner } from "./privileges.js";

/** One row of `tenantry.migration`: a migration that this database has had. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: Date;
}

/** What the database has had, in order; nothing on a database that Tenantry never touched. */
export async function readJournal(client: MigrationClient): Promise<readonly AppliedMigration[]> {
  // The catalogs can be read by everyone, to_regclass() only with USAGE on the schema.
  const exists = await rowsOf(
    client,
    `select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'tenantry' and c.relname = 'migration'`,
  );
  if (exists.length === 0) return [];
  return asOwner(client, () =>
    rowsOf<AppliedMigration>(
      client,
      `select number, name, checksum, applied_at as "appliedAt" from tenantry.migration order by number`,
    ),
  );
}

/** Enters a file, inside the transaction that ran it. Its role must be `tenantry_owner`. */
export async function enterInJournal(client: MigrationClient, file: MigrationFile): Promise<void> {
  if (file.number === 1) {
    await client.query(`
      create table tenantry.migration (
        number integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default pg_catalog.now()
      )`);
    await client.query("revoke all on tenantry.migration from public");
    // For the start-up check, which compares it with the files of its own package.
    await client.query(
      "grant select on tenantry.migration to tenantry_app, tenantry_operator, tenantry_identity",
    );
  }
  await client.query(
    "insert into tenantry.migration (number, name, checksum) values ($1, $2, $3)",
    [file.number, file.name, file.checksum],
  );
}

/**
 * The files still to run: those after what the database has had, which must be the package's own.
 * @throws {TenantryError} `MIGRATION_FAILED` where the database is newer, or a file has changed
 */
export function pendingMigrations(
  files: readonly MigrationFile[],
  applied: readonly AppliedMigration[],
): readonly MigrationFile[] {
  const newest = applied.at(-1)?.number ?? 0;
  if (newest > files.length) throw newerDatabase(newest, files.length);
  applied.forEach((entry, index) => {
    const file = files[index];
    if (file === undefined || entry.number !== file.number) throw gap(index + 1);
    if (entry.checksum !== file.checksum) throw changed(file, entry);
  });
  return files.slice(applied.length);
}

function newerDatabase(newest: number, known: number): TenantryError {
  return new TenantryError("MIGRATION_FAILED", {
    message: `The database is at migration ${newest} and this version of tenantry knows only ${known}: older code met a newer schema.`,
    fix: "Deploy the version of tenantry that made the schema, or a later one; migrations do not run backwards.",
  });
}

function gap(number: number): TenantryError {
  return new TenantryError("MIGRATION_FAILED", {
    message: `tenantry.migration has no entry ${number} although later ones are there.`,
    fix: "Someone edited that table; restore it from a backup of this database.",
  });
}

function changed(file: MigrationFile, entry: AppliedMigration): TenantryError {
  return new TenantryError("MIGRATION_FAILED", {
    message: `${file.fileName} is not the file that this database had on ${entry.appliedAt.toISOString()}: its SHA-256 is ${file.checksum}, the database has ${entry.checksum}.`,
    fix: "Reinstall the package (npm ci); an applied migration is never edited, a change is a new file.",
  });
}
