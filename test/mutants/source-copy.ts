import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect } from "vitest";

const repository = resolve(import.meta.dirname, "../..");

/** What is replaced, found exactly once each, and by what. */
export type Changes = readonly (readonly [find: string, replacement: string])[];

export interface SourceCopies {
  /**
   * Copies `src`, with `changes` made to one file below it.
   * @returns what imports a module of the copy, by its path below `src`
   */
  copy(file?: string, changes?: Changes): Promise<<T>(path: string) => Promise<T>>;
  remove(): Promise<void>;
}

/**
 * A place for copies of the sources, inside the repository so that the dependencies are found.
 * @param parts what is copied of `src`, where that does without the rest. Default all
 */
export async function openSourceCopies(parts: readonly string[] = ["."]): Promise<SourceCopies> {
  await mkdir(join(repository, ".tenantry"), { recursive: true });
  const folder = await mkdtemp(join(repository, ".tenantry", "mutants-"));
  let copies = 0;
  return {
    async copy(file, changes = []) {
      const source = join(folder, `${(copies += 1)}`);
      for (const part of parts) {
        await cp(join(repository, "src", part), join(source, part), {
          recursive: true,
          filter: (path) => !/\.(test|test-support)\.ts$/.test(path),
        });
      }
      if (file !== undefined) {
        let text = await readFile(join(source, file), "utf8");
        for (const [find, replacement] of changes) {
          // A mutant that no longer fits would survive without having been tried.
          expect([find, text.split(find).length - 1]).toEqual([find, 1]);
          text = text.replace(find, () => replacement);
        }
        await writeFile(join(source, file), text);
      }
      return async <T>(path: string) => (await import(join(source, path))) as T;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
