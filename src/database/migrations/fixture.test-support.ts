import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMigrationFiles, type MigrationFile } from "./migration-files.js";

/** Reads files written as given, in a directory of their own. */
export async function filesOf(
  texts: Readonly<Record<string, string>>,
): Promise<readonly MigrationFile[]> {
  const directory = await mkdtemp(join(tmpdir(), "tenantry-migrations-"));
  try {
    for (const [name, text] of Object.entries(texts)) await writeFile(join(directory, name), text);
    return await readMigrationFiles(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The shipped first migration, which makes roles and schema, and then files of one's own. */
export async function afterTheFirst(...texts: string[]): Promise<readonly MigrationFile[]> {
  const [first] = await readMigrationFiles();
  const names = texts.map((_, index) => `${String(index + 2).padStart(6, "0")}_fixture.sql`);
  return filesOf({
    [first!.fileName]: first!.sql,
    ...Object.fromEntries(texts.map((text, index) => [names[index]!, text])),
  });
}
