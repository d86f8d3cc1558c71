import { createCache, memoryBackend, type MemoryBackendOptions } from "tenantry/cache";
import { describe, expect, it } from "vitest";
import { refusal } from "../database/support/outcome.js";
import { as, newScope } from "./support/tenants.js";

const keys = (most: number) => Array.from({ length: most }, (_, i) => `${i}`);

function build(limits: MemoryBackendOptions) {
  const cache = createCache<string>({
    name: "x",
    backend: memoryBackend(limits),
    ttl: 60_000,
    onUnavailable: "throw",
  });
  const fill = async (scope: ReturnType<typeof newScope>, most: number, size = 1) => {
    for (const key of keys(most)) await as(scope, () => cache.set(key, "x".repeat(size)));
  };
  const left = async (scope: ReturnType<typeof newScope>, most: number) =>
    (await Promise.all(keys(most).map((key) => as(scope, () => cache.get(key))))).filter(
      (value) => value !== undefined,
    ).length;
  return { cache, fill, left };
}

describe("memory that is full", () => {
  it("is taken from the tenant that fills it, not from those who have less", async () => {
    const { fill, left } = build({ maxEntries: 100, maxBytes: 2 ** 30 });
    const quiet = Array.from({ length: 9 }, () => newScope());
    for (const scope of quiet) await fill(scope, 5);
    const noisy = newScope("noisy");
    await fill(noisy, 500);
    expect(await Promise.all(quiet.map((scope) => left(scope, 5)))).toEqual(quiet.map(() => 5));
    expect(await left(noisy, 500)).toBe(55);
  });

  it("is shared out by bytes as by entries", async () => {
    const { fill, left } = build({ maxEntries: 1_000_000, maxBytes: 100_000 });
    const quiet = newScope("quiet");
    await fill(quiet, 10);
    await fill(newScope("noisy"), 300, 1_000);
    expect(await left(quiet, 10)).toBe(10);
  });

  it("has room for a tenant that comes new, taken from who has most of the unused", async () => {
    const { fill, left } = build({ maxEntries: 50, maxBytes: 2 ** 30 });
    const first = newScope("first");
    await fill(first, 50);
    const second = newScope("second");
    await fill(second, 20);
    expect(await left(second, 20)).toBe(20);
    expect(await left(first, 50)).toBe(30);
  });

  it("has room for more tenants than entries, each in its turn", async () => {
    const { cache } = build({ maxEntries: 10, maxBytes: 2 ** 30 });
    for (let i = 0; i < 40; i++) {
      const scope = newScope(`t${i}`);
      expect(await as(scope, () => cache.set("k", `${i}`))).toBe(true);
      expect(await as(scope, () => cache.get("k"))).toBe(`${i}`);
    }
  });

  it("keeps its totals right through deletes, clears and overwriting", async () => {
    const { cache, fill, left } = build({ maxEntries: 20, maxBytes: 2 ** 30 });
    const [one, two] = [newScope(), newScope()];
    for (let round = 0; round < 20; round++) {
      await fill(one, 10);
      await as(one, () => (round % 2 ? cache.clear() : cache.delete("3")));
    }
    await fill(one, 10);
    await fill(two, 10);
    expect([await left(one, 10), await left(two, 10)]).toEqual([10, 10]);
  });
});

describe("the options of a backend in memory", () => {
  it.each([
    [undefined],
    [{}],
    [{ maxEntries: 0, maxBytes: 5_000 }],
    [{ maxEntries: 1.5, maxBytes: 5_000 }],
    [{ maxEntries: 5, maxBytes: 100 }],
    [{ maxEntries: "5", maxBytes: 5_000 }],
    [{ maxEntries: NaN, maxBytes: 5_000 }],
  ])("are refused: %j", (options) => {
    expect(refusal(() => memoryBackend(options as never))).toBe("CONFIG_INVALID");
  });
});
