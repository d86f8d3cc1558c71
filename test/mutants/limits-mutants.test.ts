import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { limitsMutants } from "./limits-mutants.js";
import { limitsProbes, type LimitsCopy } from "./limits-probes.js";

const repository = resolve(import.meta.dirname, "../..");

describe("limits and telemetry with something wrong in them", () => {
  /** Inside the repository, so that the dependencies are found. */
  let folder: string;
  let copies = 0;
  let sound: LimitsCopy;

  beforeAll(async () => {
    await mkdir(join(repository, ".tenantry"), { recursive: true });
    folder = await mkdtemp(join(repository, ".tenantry", "mutants-"));
    sound = await copy();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function copy(
    file?: string,
    changes: readonly (readonly [string, string])[] = [],
  ): Promise<LimitsCopy> {
    const source = join(folder, `${(copies += 1)}`);
    for (const part of ["core", "limits", "telemetry"]) {
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
    return {
      limits: (await import(join(source, "limits/index.ts"))) as LimitsCopy["limits"],
      telemetry: (await import(join(source, "telemetry/index.ts"))) as LimitsCopy["telemetry"],
    };
  }
  /** A probe that throws has noticed, too. */
  const passes = (name: string, given: LimitsCopy) =>
    limitsProbes[name]!(given).catch((error: unknown) => String(error));

  it.each(Object.keys(limitsProbes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => {
      expect(await passes(name, sound)).toBe(true);
    },
  );

  it.each(limitsMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    async (_, killedBy, { file, changes }) => {
      expect(await passes(killedBy, await copy(file, changes))).not.toBe(true);
    },
  );
});

it("names each mutant of limits and telemetry once, and all of them in the README", () => {
  const names = limitsMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(names.filter((name) => !readme.includes(`- ${name} — \``))).toEqual([]);
});
