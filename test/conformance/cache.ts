import fc from "fast-check";
import { createCache, type Cache, type CacheBackend, type CacheOptions } from "tenantry/cache";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { currentScope, runCentral, runDetached } from "../../src/core/context.js";
import type { TenantScope } from "../../src/core/scope.js";
import { as, collectEvents, gate, newScope, pause } from "../cache/support/tenants.js";
import { codeOf } from "../database/support/outcome.js";
import { until } from "../support/until.js";

export interface CacheUnderTest {
  readonly backend: CacheBackend;
  /** The same entries through another backend object, as another process would see them. */
  readonly second: CacheBackend;
  close(): Promise<void>;
}

let count = 0;
const uniqueName = () => `c${process.pid}-${(count += 1)}`;

/** What every backend must do, seen through `createCache`. */
export function cacheConformance(open: () => Promise<CacheUnderTest>): void {
  let opened: CacheUnderTest;
  const [a, b] = [newScope("a"), newScope("b")];
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened?.close());

  const make = <V = unknown>(more: Partial<CacheOptions<V>> = {}): Cache<V> =>
    createCache<V>({
      name: uniqueName(),
      backend: opened.backend,
      ttl: 60_000,
      onUnavailable: "throw",
      onEvent: () => undefined,
      ...more,
    });

  describe("keeping and finding", () => {
    it("gives back what was set, to its own tenant alone", async () => {
      const cache = make();
      expect(await as(a, () => cache.set("k", { of: "a" }))).toBe(true);
      expect(await as(a, () => cache.get("k"))).toEqual({ of: "a" });
      expect(await as(b, () => cache.get("k"))).toBeUndefined();
      await as(b, () => cache.set("k", { of: "b" }));
      expect(await as(a, () => cache.get("k"))).toEqual({ of: "a" });
    });

    it("keeps null, false, zero and the empty text, and tells them from nothing", async () => {
      const cache = make();
      for (const value of [null, false, 0, "", [], {}]) {
        await as(a, () => cache.set("k", value));
        expect(await as(a, () => cache.get("k"))).toEqual(value);
      }
    });

    it("shares entries between caches of one name, and between none of two", async () => {
      const name = uniqueName();
      await as(a, () => make({ name }).set("k", 1));
      expect(await as(a, () => make({ name, backend: opened.second }).get("k"))).toBe(1);
      expect(await as(a, () => make().get("k"))).toBeUndefined();
    });

    it("deletes one entry, and says whether there was one", async () => {
      const cache = make();
      await as(a, () => cache.set("k", 1));
      await as(a, () => cache.set("l", 2));
      await as(b, () => cache.set("k", 3));
      expect(await as(a, () => cache.delete("k"))).toBe(true);
      expect(await as(a, () => cache.delete("k"))).toBe(false);
      expect(await as(a, () => cache.get("k"))).toBeUndefined();
      expect(await as(a, () => cache.get("l"))).toBe(2);
      expect(await as(b, () => cache.get("k"))).toBe(3);
    });

    it("clears one tenant's part of one cache", async () => {
      const [cache, other] = [make(), make()];
      await as(a, () => Promise.all([cache.set("k", 1), cache.set("l", 2), other.set("k", 3)]));
      await as(b, () => cache.set("k", 4));
      await as(a, () => cache.clear());
      expect(await as(a, () => cache.get("k"))).toBeUndefined();
      expect(await as(a, () => cache.get("l"))).toBeUndefined();
      expect(await as(a, () => other.get("k"))).toBe(3);
      expect(await as(b, () => cache.get("k"))).toBe(4);
      await as(a, () => cache.set("k", 5));
      expect(await as(a, () => cache.get("k"))).toBe(5);
    });

    it("keeps any two keys, tenants and caches apart", { timeout: 60_000 }, async () => {
      const caches = [make({ name: uniqueName() }), make({ name: uniqueName() })] as const;
      const text = fc.oneof(
        fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
        fc.constantFrom(
          "\ud800",
          "\ud801",
          "\ufffd",
          '"',
          '","',
          ":",
          "{a}",
          "\\ud800",
          "\u00e9",
          "e\u0301",
        ),
      );
      const place = fc.tuple(fc.constantFrom(a, b), fc.constantFrom(...caches), text);
      await fc.assert(
        fc.asyncProperty(place, place, async ([scope, cache, key], [scope2, cache2, key2]) => {
          fc.pre(scope !== scope2 || cache !== cache2 || key !== key2);
          await as(scope2, () => cache2.delete(key2));
          await as(scope, () => cache.set(key, "first"));
          expect(await as(scope2, () => cache2.get(key2))).toBeUndefined();
          await as(scope2, () => cache2.set(key2, "second"));
          expect(await as(scope, () => cache.get(key))).toBe("first");
        }),
        { numRuns: 150 },
      );
    });
  });

  describe("copies", () => {
    it("does not pass on what a holder of a value does to it", async () => {
      const cache = make<{ list: number[] }>();
      const value = { list: [1] };
      await as(a, () => cache.set("k", value));
      value.list.push(2);
      const first = await as(a, () => cache.get("k"));
      first!.list.push(3);
      expect(await as(a, () => cache.get("k"))).toEqual({ list: [1] });
    });

    it("gives each of those who waited for one computation a value of its own", async () => {
      const cache = make<{ list: number[] }>();
      const ready = gate();
      const compute = async () => (await ready.promise, { list: [1] });
      const all = as(a, () => [1, 2, 3].map(() => cache.remember("k", compute)));
      ready.open();
      const [first, second] = await Promise.all(all);
      first!.list.push(2);
      expect(second).toEqual({ list: [1] });
    });

    it("copies bytes too, where a codec hands them through", async () => {
      const bytes = { encode: (value: Buffer) => value, decode: (given: Buffer) => given };
      const cache = make<Buffer>({ codec: bytes });
      const given = Buffer.from("abc");
      await as(a, () => cache.set("k", given));
      given.fill(0);
      (await as(a, () => cache.get("k")))!.fill(0);
      expect(String(await as(a, () => cache.get("k")))).toBe("abc");
    });
  });

  describe("time", () => {
    it("forgets a value after its time", async () => {
      const cache = make({ ttl: 80 });
      await as(a, () => cache.set("k", 1));
      expect(await as(a, () => cache.get("k"))).toBe(1);
      await pause(100);
      expect(await as(a, () => cache.get("k"))).toBeUndefined();
    });

    it("takes a share of the time off at random", async () => {
      const cache = make({ ttl: 1_000, jitter: 0.5 });
      await Promise.all(Array.from({ length: 40 }, (_, i) => as(a, () => cache.set(`${i}`, i))));
      await pause(760);
      const left = await Promise.all(
        Array.from({ length: 40 }, (_, i) => as(a, () => cache.get(`${i}`))),
      );
      const gone = left.filter((value) => value === undefined).length;
      expect(gone).toBeGreaterThan(0);
      expect(gone).toBeLessThan(40);
    });

    it("answers a stale value at once and computes it again behind", async () => {
      const cache = make<string>({ ttl: 40, staleFor: 10_000, jitter: 0 });
      await as(a, () => cache.set("k", "old"));
      await pause(60);
      const ready = gate<string>();
      const seen: TenantScope[] = [];
      const compute = () => {
        seen.push(currentScope());
        return ready.promise;
      };
      const answers = await as(a, () =>
        Promise.all([1, 2, 3].map(() => cache.remember("k", compute))),
      );
      expect(answers).toEqual(["old", "old", "old"]);
      await until(() => seen.length > 0);
      expect(seen).toEqual([a]);
      ready.open("new");
      await until(async () => (await as(a, () => cache.get("k"))) === "new");
    });

    it("tells of a refresh that failed, and goes on answering", async () => {
      const { events, sink } = collectEvents();
      const cache = make<string>({ ttl: 1, staleFor: 10_000, onEvent: sink });
      await as(a, () => cache.set("k", "old"));
      await pause(10);
      const broken = () => Promise.reject(new Error("a secret of the tenant"));
      expect(await as(a, () => cache.remember("k", broken))).toBe("old");
      await until(() => events.length > 0);
      expect(events[0]).toMatchObject({
        type: "cache.refresh-failed",
        detail: { tenant: a.tenant.id },
      });
      expect(JSON.stringify(events)).not.toContain("secret of");
      expect(await as(a, () => cache.get("k"))).toBe("old");
    });

    it("computes again as many at one time as it may, and of one tenant a quarter", async () => {
      const cache = make<number>({ ttl: 1, staleFor: 60_000, maxRefreshes: 8 });
      const ready = gate<number>();
      let [running, ofA] = [0, 0];
      const fill = (scope: TenantScope) =>
        as(scope, () => Promise.all(Array.from({ length: 10 }, (_, i) => cache.set(`${i}`, 0))));
      const ask = (scope: TenantScope) =>
        as(scope, () =>
          Promise.all(
            Array.from({ length: 10 }, (_, i) =>
              cache.remember(`${i}`, () => {
                running += 1;
                if (scope === a) ofA += 1;
                return ready.promise;
              }),
            ),
          ),
        );
      const scopes = [a, b, newScope(), newScope(), newScope(), newScope()];
      await Promise.all(scopes.map(fill));
      await pause(10);
      // By itself, and so not after others have taken all there is.
      await ask(a);
      expect(ofA).toBe(2);
      await Promise.all(scopes.slice(1).map(ask));
      expect([running, ofA]).toEqual([8, 2]);
      ready.open(1);
      await until(async () => (await as(a, () => cache.get("0"))) === 1);
      await pause(10);
      running = 0;
      await ask(a);
      expect(running).toBeGreaterThan(0);
    });
  });

  describe("remember", () => {
    it("computes once for all who ask at one time, and then no more", async () => {
      const cache = make<number>();
      let computed = 0;
      const compute = async () => (await pause(50), (computed += 1));
      const ask = () => as(a, () => cache.remember("k", compute));
      expect(await Promise.all(Array.from({ length: 60 }, ask))).toEqual(Array(60).fill(1));
      expect(await ask()).toBe(1);
      expect(computed).toBe(1);
    });

    it("computes once for each tenant", async () => {
      const cache = make<string>();
      const compute = (who: string) => async () => (await pause(30), who);
      const [ofA, ofB] = await Promise.all([
        as(a, () => cache.remember("k", compute("a"))),
        as(b, () => cache.remember("k", compute("b"))),
      ]);
      expect([ofA, ofB]).toEqual(["a", "b"]);
      expect(await as(b, () => cache.get("k"))).toBe("b");
    });

    it("shares a failure with those who wait, and keeps none", async () => {
      const cache = make<number>();
      const broken = async () => {
        await pause(20);
        throw new Error("broken");
      };
      const asked = as(a, () => [1, 2].map(() => cache.remember("k", broken)));
      const outcomes = await Promise.allSettled(asked);
      expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
      expect(await as(a, () => cache.remember("k", () => 7))).toBe(7);
    });

    it("gives up a computation after its time, and does not keep what comes late", async () => {
      const cache = make<number>({ computeTimeout: 60 });
      const late = gate<number>();
      let told: AbortSignal | undefined;
      const slow = (signal: AbortSignal) => ((told = signal), late.promise);
      expect(await as(a, () => codeOf(() => cache.remember("k", slow)))).toBe("CACHE_UNAVAILABLE");
      expect(told!.aborted).toBe(true);
      late.open(1);
      await pause(30);
      expect(await as(a, () => cache.get("k"))).toBeUndefined();
      expect(await as(a, () => cache.remember("k", () => 2))).toBe(2);
    });

    it("lets one who waits go, and works on for the others", async () => {
      const cache = make<number>();
      const ready = gate<number>();
      const stop = new AbortController();
      const first = as(a, () => cache.remember("k", () => ready.promise, { signal: stop.signal }));
      const gone = expect(first).rejects.toThrow("enough");
      await pause(30);
      const second = as(a, () => cache.remember("k", () => -1));
      stop.abort(new Error("enough"));
      await gone;
      await pause(30);
      ready.open(1);
      expect(await second).toBe(1);
      expect(await as(a, () => cache.get("k"))).toBe(1);
    });
  });

  describe("changes during a computation", () => {
    const changes: readonly (readonly [string, (cache: Cache<string>) => Promise<unknown>])[] = [
      ["a clear", (cache) => cache.clear()],
      ["a delete", (cache) => cache.delete("k")],
      ["a set", (cache) => cache.set("k", "set")],
    ];
    for (const [what, change] of changes) {
      for (const where of ["here", "in another process"] as const) {
        it(`does not keep what was begun before ${what} ${where}`, async () => {
          const name = uniqueName();
          const cache = make<string>({ name });
          const other = where === "here" ? cache : make<string>({ name, backend: opened.second });
          const ready = gate<string>();
          const started = gate();
          const first = as(a, () => cache.remember("k", () => (started.open(), ready.promise)));
          await started.promise;
          await as(a, () => change(other));
          const left = await as(a, () => cache.get("k"));
          // Who comes after the change does not wait for what was begun before it either.
          const second = as(a, () => cache.remember("k", () => "after"));
          expect(await second).toBe(left ?? "after");
          ready.open("before");
          expect(await first).toBe("before");
          expect(await as(a, () => cache.get("k"))).toBe(left ?? "after");
        });
      }
    }

    it("keeps what was computed while another tenant cleared its own part", async () => {
      const cache = make<string>();
      const ready = gate<string>();
      const started = gate();
      const first = as(a, () => cache.remember("k", () => (started.open(), ready.promise)));
      await started.promise;
      await as(b, () => cache.clear());
      ready.open("a");
      await first;
      expect(await as(a, () => cache.get("k"))).toBe("a");
    });
  });

  describe("limits", () => {
    it("keeps as many entries of a tenant as it may, and others' all", async () => {
      const cache = make<number>({ maxEntriesPerTenant: 5 });
      await as(b, () => cache.set("of-b", 1));
      for (let i = 0; i < 20; i++) await as(a, () => cache.set(`${i}`, i));
      const left = await Promise.all(
        Array.from({ length: 20 }, (_, i) => as(a, () => cache.get(`${i}`))),
      );
      expect(left.filter((value) => value !== undefined)).toHaveLength(5);
      expect(left.at(-1)).toBe(19);
      expect(await as(b, () => cache.get("of-b"))).toBe(1);
    });

    it("keeps as many bytes of a tenant as it may", async () => {
      const cache = make<string>({ maxBytesPerTenant: 8_192, maxValueBytes: 2_048 });
      for (let i = 0; i < 20; i++) await as(a, () => cache.set(`${i}`, "x".repeat(1_500)));
      const left = await Promise.all(
        Array.from({ length: 20 }, (_, i) => as(a, () => cache.get(`${i}`))),
      );
      const kept = left.filter((value) => value !== undefined).length;
      expect(kept).toBeGreaterThanOrEqual(3);
      expect(kept).toBeLessThanOrEqual(5);
      expect(left.at(-1)).toBeDefined();
    });

    it("counts an entry that is written again once, and one that is deleted no more", async () => {
      const cache = make<number>({ maxEntriesPerTenant: 3 });
      await as(a, () => cache.set("first", 1));
      for (let i = 0; i < 10; i++) await as(a, () => cache.set("again", i));
      await as(a, () => cache.set("third", 3));
      await as(a, () => cache.delete("third"));
      await as(a, () => cache.set("fourth", 4));
      expect(await as(a, () => cache.get("first"))).toBe(1);
      expect(await as(a, () => cache.get("again"))).toBe(9);
      expect(await as(a, () => cache.get("fourth"))).toBe(4);
    });

    it("refuses to set a value too large, and remembers none, but answers it", async () => {
      const { sink, types } = collectEvents();
      const cache = make<string>({ maxValueBytes: 100, onEvent: sink });
      const large = "x".repeat(101);
      expect(await as(a, () => codeOf(() => cache.set("k", large)))).toBe("CACHE_ENTRY_INVALID");
      expect(await as(a, () => cache.remember("k", () => large))).toBe(large);
      expect(types()).toEqual(["cache.value-refused warning"]);
      expect(await as(a, () => cache.get("k"))).toBeUndefined();
    });

    it.each([[undefined], [() => 1], [1n], [Symbol("x")]])(
      "refuses a value that has no encoding: %s",
      async (value) => {
        const cache = make();
        expect(await as(a, () => codeOf(() => cache.set("k", value)))).toBe("CACHE_ENTRY_INVALID");
        expect(await as(a, () => codeOf(() => cache.remember("k", () => value)))).toBe(
          "CACHE_ENTRY_INVALID",
        );
      },
    );

    it.each([[""], ["x".repeat(1_025)], [undefined], [null], [7], [["a"]], [{}]])(
      "refuses a key that is none: %j",
      async (key) => {
        const cache = make();
        for (const use of [
          () => cache.get(key as string),
          () => cache.set(key as string, 1),
          () => cache.delete(key as string),
          () => cache.remember(key as string, () => 1),
        ]) {
          expect(await as(a, () => codeOf(use))).toBe("CACHE_ENTRY_INVALID");
        }
      },
    );
  });

  it("takes another lifetime for one value, within bounds", async () => {
    const cache = make<number>();
    await as(a, () => cache.set("k", 1, { ttl: 20 }));
    await as(a, () => cache.remember("l", () => 1, { ttl: 20 }));
    await pause(40);
    expect(await as(a, () => Promise.all([cache.get("k"), cache.get("l")]))).toEqual([
      undefined,
      undefined,
    ]);
    for (const wrong of [{ ttl: 0 }, { ttl: NaN }, { staleFor: -1 }, { ttl: 2 ** 40 }]) {
      expect(await as(a, () => codeOf(() => cache.set("k", 1, wrong)))).toBe("CONFIG_INVALID");
      expect(await as(a, () => codeOf(() => cache.remember("k", () => 1, wrong)))).toBe(
        "CONFIG_INVALID",
      );
    }
  });

  describe("without a scope", () => {
    it.each([
      ["nowhere", <T>(work: () => T) => work()],
      ["on a central route", <T>(work: () => T) => runCentral("/healthz", work)],
      ["where it was detached", <T>(work: () => T) => as(a, () => runDetached(work))],
    ])("refuses everything before the backend is asked: %s", async (_, enter) => {
      const asked: string[] = [];
      const watched = new Proxy(opened.backend, {
        get: (target, name, receiver) => {
          asked.push(String(name));
          return Reflect.get(target, name, receiver) as unknown;
        },
      });
      const cache = make({ backend: watched });
      asked.length = 0;
      let computed = 0;
      for (const use of [
        () => cache.get("k"),
        () => cache.set("k", 1),
        () => cache.delete("k"),
        () => cache.clear(),
        () => cache.remember("k", () => (computed += 1)),
      ]) {
        expect(await enter(() => codeOf(use))).toBe("SCOPE_REQUIRED");
      }
      expect([asked, computed]).toEqual([[], 0]);
    });
  });

  it("mixes nothing up in 60 flows of 12 tenants at one time", { timeout: 60_000 }, async () => {
    const cache = make<{ tenant: string; key: string }>({ ttl: 15, staleFor: 25 });
    const scopes = Array.from({ length: 12 }, (_, i) => newScope(`t${i}`));
    let [answers, foreign] = [0, 0];
    const flow = async (n: number) => {
      const scope = scopes[n % scopes.length]!;
      for (let i = 0; i < 60; i++) {
        const key = `k${(n + i * 7) % 5}`;
        await as(scope, async () => {
          if (i % 20 === 7) await cache.delete(key);
          if (i % 30 === 11) await cache.clear();
          if (i % 15 === 3) await cache.set(key, { tenant: scope.tenant.id, key });
          const value =
            i % 4 === 0
              ? await cache.get(key)
              : await cache.remember(key, async () => {
                  await pause(Math.random() * 4);
                  return { tenant: currentScope().tenant.id, key };
                });
          if (value === undefined) return;
          answers += 1;
          if (value.tenant !== scope.tenant.id || value.key !== key) foreign += 1;
          if (currentScope() !== scope) foreign += 1;
        });
      }
    };
    await Promise.all(Array.from({ length: 60 }, (_, n) => flow(n)));
    expect(foreign).toBe(0);
    expect(answers).toBeGreaterThan(2_500);
  });
}
