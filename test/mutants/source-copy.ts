import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { expect } from "vitest";

const repository = resolve(import.meta.dirname, "../..");

/** What is replaced, found exactly once each, and by what. */
export type Changes = readonly (readonly [find: string, replacement: string])[];
/** The same, each in a file below `src`. */
export type FileChanges = readonly (readonly [file: string, find: string, replacement: string])[];

/** Imports a module of a copy, by its path below `src`. */
type Import = <T>(path: string) => Promise<T>;

export interface SourceCopies {
  /** Copies `src`, with `changes` made to one file below it. */
  copy(file?: string, changes?: Changes): Promise<Import>;
  /** Copies `src`, with changes made to several files. */
  copyWith(changes: FileChanges): Promise<Import>;
  remove(): Promise<void>;
}

/**
 * A place for copies of the sources, inside the repository so that the dependencies are found.
 * @param only what is copied of `src`, where that does without the rest. Default all
 */
export async function openSourceCopies(only?: readonly string[]): Promise<SourceCopies> {
  const parts = only ?? (await readdir(join(repository, "src")));
  await mkdir(join(repository, ".tenantry"), { recursive: true });
  const folder = await mkdtemp(join(repository, ".tenantry", "mutants-"));
  let copies = 0;
  const copyWith = async (changes: FileChanges): Promise<Import> => {
    const source = join(folder, `${(copies += 1)}`);
    const changed = changes.map(([file]) => file.split("/")[0]!);
    await mkdir(source, { recursive: true });
    for (const part of parts) {
      const [from, to] = [join(repository, "src", part), join(source, part)];
      if (isUntouched(part, changed)) await link(from, to);
      else await cp(from, to, { recursive: true, filter: isShipped });
    }
    for (const [file, find, replacement] of changes) {
      const text = await readFile(join(source, file), "utf8");
      // A mutant that no longer fits would survive without having been tried.
      expect([find, text.split(find).length - 1]).toEqual([find, 1]);
      await writeFile(
        join(source, file),
        text.replace(find, () => replacement),
      );
    }
    return async <T>(path: string) => (await import(join(source, path))) as T;
  };
  return {
    copyWith,
    copy: (file = "", changes = []) =>
      copyWith(changes.map(([find, replacement]) => [file, find, replacement])),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const isShipped = (path: string): boolean => !/\.(test|test-support)\.ts$/.test(path);

async function link(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await symlink(from, to);
}

/** The order of imports, as .dependency-cruiser.cjs enforces it. What is in neither comes last. */
const services = ["identity", "audit-log", "isolation"];
const last = ["http", "browser", "eslint", "testing", "cli"];

function levelOf(part: string): number {
  const [folder = ""] = part.split("/");
  if (folder === "core") return 0;
  if (services.includes(folder)) return 2;
  return last.includes(folder) || folder.endsWith(".ts") ? 3 : 1;
}

/**
 * Whether nothing of it can reach what is changed: it is below, or beside it. Such parts are linked, and
 * so loaded once for all copies.
 */
function isUntouched(part: string, changed: readonly string[]): boolean {
  const lowest = Math.min(...changed.map(levelOf));
  const level = levelOf(part);
  if (level !== lowest) return level < lowest;
  return level < 3 && !changed.includes(part.split("/")[0]!);
}
