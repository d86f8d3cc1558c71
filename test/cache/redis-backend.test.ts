import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { createCache, ioredisBackend, nodeRedisBackend, type CacheOptions } from "tenantry/cache";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { refusal } from "../database/support/outcome.js";
import { describeOnRedis } from "../support/redis.js";
import { removeKeys } from "./support/remove-keys.js";
import { as, gate, newScope, pause } from "./support/tenants.js";

const prefix = `tenantry-test-${randomBytes(8).toString("hex")}`;

describeOnRedis("what a cache leaves in Redis", (url) => {
  let redis: Redis;
  const a = newScope("a");
  const hash = `${prefix}:{${a.tenant.id}}:cache:x`;
  const index = `${hash}:index`;
  beforeAll(() => {
    redis = new Redis(url);
  });
  afterEach(() => removeKeys(redis, prefix));
  afterAll(() => redis.disconnect());

  const make = (more: Partial<CacheOptions<unknown>> = {}) =>
    createCache({
      name: "x",
      backend: ioredisBackend(redis, { prefix, timeout: 5_000 }),
      ttl: 60_000,
      onUnavailable: "throw",
      onEvent: () => undefined,
      ...more,
    });

  it("is two keys a tenant and cache, both with an end", async () => {
    const cache = make();
    for (let i = 0; i < 5; i++) await as(a, () => cache.set(`${i}`, i));
    expect([...(await removeKeys(redis, prefix))].sort()).toEqual([hash, index]);
    await as(a, () => cache.remember("k", () => 1));
    for (const key of [hash, index]) {
      expect(await redis.pttl(key)).toBeGreaterThan(50_000);
      expect(await redis.pttl(key)).toBeLessThan(16 * 60_000);
    }
  });

  it("does not name the cache's keys", async () => {
    await as(a, () => make().set("ada@example.org", 1));
    expect(JSON.stringify(await redis.hgetall(hash))).not.toContain("ada@");
  });

  it("is counted right", async () => {
    const cache = make({ maxEntriesPerTenant: 7, maxBytesPerTenant: 4_000 });
    for (let i = 0; i < 60; i++) {
      await as(a, () => cache.set(`${i % 13}`, "x".repeat((i * 37) % 900)));
      if (i % 5 === 0) await as(a, () => cache.delete(`${i % 11}`));
      const all = await redis.hgetallBuffer(hash);
      const entries = Object.entries(all).filter(([field]) => field.length === 43);
      const bytes = entries.reduce((sum, [field, record]) => sum + field.length + record.length, 0);
      expect(String(all["n"])).toBe(String(entries.length));
      expect(String(all["b"])).toBe(String(bytes));
      expect(await redis.zcard(index)).toBe(entries.length);
      expect(entries.length).toBeLessThanOrEqual(7);
      expect(bytes).toBeLessThanOrEqual(4_000);
    }
  });

  it("is given back at a clear, and what has expired at the next writes", async () => {
    const cache = make({ ttl: 20, jitter: 0 });
    for (let i = 0; i < 10; i++) await as(a, () => cache.set(`${i}`, i));
    await pause(30);
    await as(a, () => cache.set("new", 1));
    expect(await redis.zcard(index)).toBe(1);
    await as(a, () => cache.clear());
    expect(await redis.exists(hash, index)).toBe(0);
  });

  it.each([
    ["the index", () => index],
    ["the entries", () => hash],
  ])("counts as cleared where the server pushes %s out", async (_, which) => {
    const cache = make({ maxEntriesPerTenant: 3 });
    for (const key of ["1", "2", "3"]) await as(a, () => cache.set(key, key));
    const ready = gate<number>();
    const started = gate();
    const before = as(a, () => cache.remember("4", () => (started.open(), ready.promise)));
    await started.promise;
    await redis.del(which());
    ready.open(4);
    expect(await before).toBe(4);
    expect(await as(a, () => cache.get("4"))).toBeUndefined();
    for (const key of ["5", "6", "7", "8"]) {
      expect(await as(a, () => cache.set(key, key))).toBe(true);
    }
    expect(await as(a, () => cache.get("1"))).toBeUndefined();
    expect(await as(a, () => cache.get("8"))).toBe("8");
    expect(await redis.zcard(index)).toBe(3);
  });

  it("survives a server that forgot the scripts", async () => {
    const cache = make();
    await as(a, () => cache.set("k", 1));
    await redis.script("FLUSH");
    expect(await as(a, () => cache.set("k", 2))).toBe(true);
    expect(await as(a, () => cache.get("k"))).toBe(2);
  });
});

describe("the options of a Redis backend", () => {
  const client = { status: "ready", callBuffer: async () => null };

  it.each([[undefined], [null], [{}], [{ status: "ready" }], [createClient()]])(
    "has ioredisBackend refuse a client that is none",
    (given) => {
      expect(refusal(() => ioredisBackend(given as never))).toBe("CONFIG_INVALID");
    },
  );

  it.each([[undefined], [null], [{}], [client]])(
    "has nodeRedisBackend refuse a client that is none",
    (given) => {
      expect(refusal(() => nodeRedisBackend(given as never))).toBe("CONFIG_INVALID");
    },
  );

  it.each([
    [{ prefix: "" }],
    [{ prefix: "a{b}" }],
    [{ prefix: "x".repeat(65) }],
    [{ prefix: 7 }],
    [{ timeout: 0 }],
    [{ timeout: 60_001 }],
    [{ timeout: Infinity }],
  ])("are refused: %j", (options) => {
    expect(refusal(() => ioredisBackend(client, options as never))).toBe("CONFIG_INVALID");
  });
});
