import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { TenantryError } from "../../../core/tenantry-error.js";

const mostFiles = 20_000;
const largestFile = 16 << 20;

export interface MigrationFile {
  /** Relative to the working directory where it lies below it. */
  readonly name: string;
  readonly text: string;
}

export interface MigrationFiles {
  readonly files: readonly MigrationFile[];
  /** Files that undo a migration, which were left out. */
  readonly undoing: readonly string[];
}

const inOrder = new Intl.Collator("en", { numeric: true }).compare;
const undoes = /(^|[._-])(down|undo|rollback|revert)\.sql$|^U\d[^/]*__[^/]*\.sql$/i;

/**
 * Reads the .sql files of these paths: a folder recursively, in the order of names, numbers by their
 * size. A file that undoes another (`…down.sql`) is left out unless it is named itself.
 * @throws {TenantryError} `USAGE`, where a path cannot be read or holds no .sql file
 */
export function readMigrations(paths: readonly string[], folder: string): MigrationFiles {
  const undoing: string[] = [];
  const names = paths.flatMap((path) => {
    const full = resolve(folder, path);
    if (!isFolder(full, path)) return [full];
    const found = filesBelow(full);
    if (found.length === 0) throw unusable(path, "it holds no .sql file");
    const undo = found.filter((file) => undoes.test(basename(file)));
    undoing.push(...undo.map((file) => nameOf(file, folder)));
    return found.filter((file) => !undo.includes(file));
  });
  if (names.length > mostFiles) throw unusable(paths.join(" "), `more than ${mostFiles} files`);
  const files = [...new Set(names)].map((file) => ({
    name: nameOf(file, folder),
    text: textOf(file),
  }));
  return { files, undoing };
}

function isFolder(full: string, path: string): boolean {
  try {
    return statSync(full).isDirectory();
  } catch (error) {
    throw unusable(path, (error as Error).message);
  }
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  entries.sort((a, b) => inOrder(a.name, b.name));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(path);
    return entry.isFile() && entry.name.toLowerCase().endsWith(".sql") ? [path] : [];
  });
}

function textOf(file: string): string {
  const bytes = readFileSync(file);
  if (bytes.length > largestFile) throw unusable(file, `it is larger than ${largestFile} bytes`);
  return withoutDownPart(bytes.toString("utf8").replace(/^\uFEFF/, " "));
}

/** goose and dbmate keep both ways in one file. */
function withoutDownPart(text: string): string {
  const mark = /^--[ \t]*(\+goose[ \t]+down|migrate:down)\b/im.exec(text);
  return mark === null ? text : text.slice(0, mark.index);
}

function nameOf(file: string, folder: string): string {
  const name = relative(folder, file);
  return name.startsWith("..") ? file : name;
}

function unusable(path: string, why: string): TenantryError {
  return new TenantryError("USAGE", {
    message: `The migrations ${path} cannot be read: ${why}.`,
    fix: "Name .sql files, or folders that hold some.",
  });
}
