import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnRedis } from "../support/redis.js";
import { cacheMutants, redisMutants, singleRemovals, type CacheMutant } from "./cache-mutants.js";
import { cacheProbes, redisProbes, type Copy } from "./cache-probes.js";

const repository = resolve(import.meta.dirname, "../..");
/** Inside the repository, so that the dependencies are found. */
let folder: string;
let copies = 0;

beforeAll(async () => {
  await mkdir(join(repository, ".tenantry"), { recursive: true });
  folder = await mkdtemp(join(repository, ".tenantry", "cache-mutants-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copy(changes: CacheMutant["changes"] = []): Promise<Copy> {
  const source = join(folder, `${(copies += 1)}`);
  for (const part of ["core", "cache"]) {
    await cp(join(repository, "src", part), join(source, part), {
      recursive: true,
      filter: (path) => !/\.(test|test-support)\.ts$/.test(path),
    });
  }
  for (const [file, find, replacement] of changes) {
    const path = join(source, "cache", file);
    const text = await readFile(path, "utf8");
    // A mutant that no longer fits would survive without having been tried.
    expect([find, text.split(find).length - 1]).toEqual([find, 1]);
    await writeFile(
      path,
      text.replace(find, () => replacement),
    );
  }
  return (await import(join(source, "cache/index.ts"))) as Copy;
}

type Probes = typeof cacheProbes;
/** A probe that throws has noticed, too. */
const passes = (probes: Probes, name: string, given: Copy) =>
  probes[name]!(given).catch((error: unknown) => String(error));

function areFoundOut(mutants: readonly CacheMutant[], probes: Probes): void {
  it.each(Object.keys(probes))("has nothing wrong for the probe %s until mutated", async (name) => {
    expect(await passes(probes, name, await copy())).toBe(true);
  });
  it.each(mutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    async (_, killedBy, { changes }) => {
      expect(await passes(probes, killedBy, await copy(changes))).not.toBe(true);
    },
  );
}

describe("a cache with something wrong in it", () => {
  areFoundOut(cacheMutants, cacheProbes);
});

describeOnRedis("a cache in Redis with something wrong in it", (url) => {
  areFoundOut(redisMutants, redisProbes(url));
});

describeOnRedis("a cache with one layer missing", (url) => {
  const isolation = [
    "each-tenant-has-its-own-values",
    "no-computation-is-shared-between-tenants",
    "a-planted-value-is-refused",
  ];
  it.each(singleRemovals.map((removal) => [removal.name, removal] as const))(
    "still keeps tenants apart: %s",
    async (_, { changes }) => {
      const mutated = await copy(changes);
      const probes = { ...cacheProbes, ...redisProbes(url) };
      for (const name of isolation) {
        expect([name, await passes(probes, name, mutated)]).toEqual([name, true]);
      }
    },
  );
});

it("names each mutant of the cache once, and all of them in the README", async () => {
  const names = [...cacheMutants, ...redisMutants, ...singleRemovals].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = await readFile(join(import.meta.dirname, "README.md"), "utf8");
  expect(names.filter((name) => !readme.includes(`- ${name}`))).toEqual([]);
});
