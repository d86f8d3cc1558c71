import { createCache, memoryBackend } from "tenantry/cache";
import { describe, expect, it } from "vitest";
import { currentScope, runDetached } from "../../src/core/context.js";
import { as, newScope, pause } from "../cache/support/tenants.js";
import { codeOf } from "../database/support/outcome.js";

const [a, b] = [newScope("a"), newScope("b")];
const whose = () => currentScope().tenant.slug;
const build = () =>
  createCache<string>({
    name: "notes",
    backend: memoryBackend({ maxEntries: 1_000, maxBytes: 2 ** 20 }),
    ttl: 60_000,
    onUnavailable: "throw",
  });

describe("a computation that loses its context", () => {
  it("fails, and nothing is kept", async () => {
    const cache = build();
    const lost = () => runDetached(async () => (await pause(1), whose()));
    expect(await as(a, () => codeOf(() => cache.remember("k", lost)))).toBe("SCOPE_REQUIRED");
    expect(await as(a, () => cache.get("k"))).toBeUndefined();
  });

  it("keeps what another tenant's context gave it where it was asked for, and nowhere else", async () => {
    const cache = build();
    const queue: (() => void)[] = [];
    const strayed = () => new Promise<string>((resolve) => queue.push(() => resolve(whose())));
    const asked = as(a, () => cache.remember("k", strayed));
    await pause(5);
    as(b, () => queue[0]!());
    // It is B's value that the application's own code fetched; the cache has no way to know.
    expect(await asked).toBe("b");
    expect(await as(b, () => cache.get("k"))).toBeUndefined();
  });

  it("cannot use the cache either", async () => {
    const cache = build();
    const nested = () => runDetached(() => cache.get("other"));
    expect(
      await as(a, () => codeOf(() => cache.remember("k", async () => String(await nested())))),
    ).toBe("SCOPE_REQUIRED");
  });

  it("leaves the caller's own scope as it was", async () => {
    const cache = build();
    await as(a, async () => {
      await cache.remember("k", () => runDetached(() => "x"));
      expect(currentScope()).toBe(a);
    });
  });
});
