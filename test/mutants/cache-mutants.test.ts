import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnRedis } from "../support/redis.js";
import { cacheMutants, redisMutants, singleRemovals, type CacheMutant } from "./cache-mutants.js";
import { cacheProbes, redisProbes, type Copy } from "./cache-probes.js";
import { openSourceCopies, type FileChanges, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

let copies: SourceCopies;
beforeAll(async () => {
  copies = await openSourceCopies(["core", "cache"]);
});
afterAll(() => copies?.remove());

async function copy(changes: FileChanges = []): Promise<Copy> {
  const module = await copies.copyWith(changes);
  return module("cache/index.ts");
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
    severalTries,
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

it("names each mutant of the cache once, and all of them in the README", () => {
  const names = [...cacheMutants, ...redisMutants, ...singleRemovals].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(names.filter((name) => !readme.includes(`- ${name}`))).toEqual([]);
});
