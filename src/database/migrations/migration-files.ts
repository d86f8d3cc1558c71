import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TenantryError } from "../../core/tenantry-error.js";

/** Who a file runs as: the role that connected, or `tenantry_owner`. */
export type MigrationRole = "migrator" | "owner";

export interface MigrationFile {
  /** 1, 2, 3, … without gaps. */
  readonly number: number;
  readonly name: string;
  readonly fileName: string;
  readonly runAs: MigrationRole;
  readonly sql: string;
  /** SHA-256 of the text with `\n` line ends, in hex. */
  readonly checksum: string;
}

/** The package's own migrations; as far from here in `src/` as in `dist/`. */
export const shippedMigrations: string = fileURLToPath(
  new URL("../../../migrations/", import.meta.url),
);

const fileNamePattern = /^(\d{6})_([a-z0-9][a-z0-9_-]*)\.sql$/;
const firstLinePattern = /^-- run as: (migrator|owner)\n/;

/**
 * Reads every migration of a directory, in order.
 * @throws {TenantryError} `MIGRATION_FAILED` where the files are not a gapless, well-named row
 */
export async function readMigrationFiles(
  directory: string = shippedMigrations,
): Promise<readonly MigrationFile[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new TenantryError("MIGRATION_FAILED", {
      message: `Tenantry's migrations are not at ${directory}.`,
      fix: "They ship in the package beside dist/; if a bundler moved this code, mark `tenantry` as external.",
      cause,
    });
  });
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith(".sql"))
      .sort()
      .map((name) => readMigrationFile(directory, name)),
  );
  if (files.length === 0) throw malformed(directory, "there is none");
  files.forEach((file, index) => {
    if (file.number !== index + 1) {
      throw malformed(file.fileName, `number ${index + 1} was expected here`);
    }
  });
  return files;
}

async function readMigrationFile(directory: string, fileName: string): Promise<MigrationFile> {
  const [, number, name] = fileNamePattern.exec(fileName) ?? [];
  if (number === undefined || name === undefined) {
    throw malformed(fileName, "the name is not like 000001_words.sql");
  }
  const text = await readFile(join(directory, fileName), "utf8");
  // A checkout may have turned the line ends round; the migration is still the same.
  const sql = text.replaceAll("\r\n", "\n");
  const runAs = firstLinePattern.exec(sql)?.[1];
  if (runAs === undefined) {
    throw malformed(
      fileName,
      "the first line is neither `-- run as: migrator` nor `-- run as: owner`",
    );
  }
  const checksum = createHash("sha256").update(sql).digest("hex");
  return { number: Number(number), name, fileName, runAs: runAs as MigrationRole, sql, checksum };
}

function malformed(where: string, what: string): TenantryError {
  return new TenantryError("MIGRATION_FAILED", {
    message: `Tenantry's migrations are not as they were shipped: ${where}: ${what}.`,
    fix: "Reinstall the package (npm ci), and keep files of your own out of its migrations folder.",
  });
}
