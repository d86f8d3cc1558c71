import { AsyncLocalStorage } from "node:async_hooks";
import { createCache, memoryBackend, type Cache } from "tenantry/cache";
import { describe, expect, it } from "vitest";
import { currentScope } from "../../src/core/context.js";
import { as, newScope, pause } from "../cache/support/tenants.js";
import { until } from "../support/until.js";

const [a, b] = [newScope("a"), newScope("b")];
const whose = () => currentScope().tenant.slug;
const build = (more: { ttl: number; staleFor?: number }) =>
  createCache<string>({
    name: "notes",
    backend: memoryBackend({ maxEntries: 1_000, maxBytes: 2 ** 20 }),
    onUnavailable: "throw",
    onEvent: () => undefined,
    ...more,
  });

describe("a cache that a module makes once, while a request of A runs", () => {
  it("asks whose it is at every call, and not when it was made", async () => {
    let singleton: Cache<string> | undefined;
    const cache = () => (singleton ??= build({ ttl: 60_000 }));
    expect(await as(a, () => cache().remember("k", whose))).toBe("a");
    expect(await as(b, () => cache().remember("k", whose))).toBe("b");
    expect(await as(a, () => cache().get("k"))).toBe("a");
  });

  it("refreshes for the tenant that asked, with nothing of either request", async () => {
    const request = new AsyncLocalStorage<string>();
    const cache = as(a, () => build({ ttl: 1, staleFor: 60_000 }));
    await as(b, () => cache.set("k", "old"));
    await pause(10);
    const seen: (string | undefined)[] = [];
    const answer = request.run("a transaction of the request", () =>
      as(b, () =>
        cache.remember("k", () => {
          seen.push(whose(), request.getStore());
          return "new";
        }),
      ),
    );
    expect(await answer).toBe("old");
    await until(() => seen.length > 0);
    expect(seen).toEqual(["b", undefined]);
    expect(await as(a, () => cache.get("k"))).toBeUndefined();
  });

  it("would serve A's to B where the module keeps the value itself", () => {
    let kept: string | undefined;
    const naive = () => (kept ??= whose());
    expect([as(a, naive), as(b, naive)]).toEqual(["a", "a"]);
  });
});
