import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, describe, expect, it } from "vitest";
import type { TenantryEvent } from "../../src/core/event.js";
import {
  createRateLimit,
  onPostgres,
  onRedis,
  type RateBackend,
  type RateLimitOptions,
} from "../../src/limits/index.js";
import { until } from "../support/until.js";
import { openTcpProxy, type TcpProxy } from "../registry/tcp-proxy.js";
import { describeOnRedis, redisUrl } from "../support/redis.js";
import { removeCounters } from "./support/counters.js";
import { newScope, outcomeIn, tally } from "./support/scopes.js";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function limitOver(backend: RateBackend, options: Partial<RateLimitOptions> = {}) {
  const events: TenantryEvent[] = [];
  const name = `test-${randomBytes(6).toString("hex")}`;
  const onEvent = (event: TenantryEvent) => void events.push(event);
  const settings = { name, points: 3, duration: 60, timeout: 300, backend, onEvent };
  closing.push(() => removeCounters(name));
  return { limit: createRateLimit({ ...settings, ...options }), events };
}

const clients = {
  async ioredis(proxy: TcpProxy) {
    const client = new Redis(proxy.url, { retryStrategy: () => 100 });
    client.on("error", () => undefined);
    closing.push(() => client.disconnect());
    await client.ping();
    return client;
  },
  async "node-redis"(proxy: TcpProxy) {
    const client = createClient({ url: proxy.url, socket: { reconnectStrategy: () => 100 } });
    client.on("error", () => undefined);
    closing.push(() => client.destroy());
    await client.connect();
    return client;
  },
};

describeOnRedis("a limit whose Redis is away", () => {
  for (const [name, connect] of Object.entries(clients)) {
    describe(name, () => {
      const start = async (options: Partial<RateLimitOptions> = {}) => {
        const proxy = await openTcpProxy(redisUrl);
        closing.push(() => proxy.close());
        return { proxy, ...limitOver(onRedis(await connect(proxy)), options) };
      };
      const many = async (limit: ReturnType<typeof createRateLimit>, scope = newScope()) => {
        const started = performance.now();
        const outcomes = await Promise.all(
          Array.from({ length: 50 }, () => outcomeIn(scope, () => limit.consume())),
        );
        expect(performance.now() - started).toBeLessThan(2_000);
        return tally(outcomes);
      };

      it("refuses within the time limit, tells of it once, and counts again after", async () => {
        const { proxy, limit, events } = await start();
        expect(await outcomeIn(newScope(), () => limit.consume())).toBe("passed");
        proxy.cut();
        expect(await many(limit)).toEqual({ LIMIT_UNAVAILABLE: 50 });
        expect(events).toMatchObject([{ type: "limit.store-down", severity: "warning" }]);
        proxy.heal();
        await until(async () => (await outcomeIn(newScope(), () => limit.consume())) === "passed");
        expect(await many(limit)).toEqual({ passed: 3, RATE_LIMITED: 47 });
      });

      it("refuses within the time limit where nothing answers any more", async () => {
        const { proxy, limit } = await start();
        await outcomeIn(newScope(), () => limit.consume());
        proxy.blackhole();
        expect(await many(limit)).toEqual({ LIMIT_UNAVAILABLE: 50 });
      });

      it("counts in the process where that was chosen, and lets pass where that was", async () => {
        const local = await start({ onUnavailable: "local" });
        const allow = await start({ onUnavailable: "allow" });
        for (const { proxy } of [local, allow]) proxy.cut();
        const [noisy, other] = [newScope(), newScope()];
        expect(await many(local.limit, noisy)).toEqual({ passed: 3, RATE_LIMITED: 47 });
        expect(await outcomeIn(other, () => local.limit.consume())).toBe("passed");
        expect(await many(allow.limit)).toEqual({ passed: 50 });
      });
    });
  }
});

describe("a limit whose store hangs", () => {
  const never: RateBackend = {
    remote: true,
    open: () => ({ add: () => new Promise(() => undefined) }),
  };
  const silent = () => undefined;

  it("gathers a bounded number of callers", async () => {
    const limit = createRateLimit({
      ...{ name: "x", points: 1, duration: 1, timeout: 1_000, onEvent: silent },
      backend: never,
    });
    const started = performance.now();
    const first = Array.from({ length: 1_000 }, () => outcomeIn(newScope(), () => limit.consume()));
    expect(await outcomeIn(newScope(), () => limit.consume())).toBe("LIMIT_UNAVAILABLE");
    expect(performance.now() - started).toBeLessThan(900);
    expect(tally(await Promise.all(first))).toEqual({ LIMIT_UNAVAILABLE: 1_000 });
  });

  it("refuses what a store answers that is no count", async () => {
    const pool = { query: async () => ({ rows: [{ points: "no number" }], rowCount: 1 }) };
    const limit = createRateLimit({
      ...{ name: "x", points: 1, duration: 1, onEvent: silent },
      backend: onPostgres(pool),
    });
    expect(await outcomeIn(newScope(), () => limit.consume())).toBe("LIMIT_UNAVAILABLE");
  });
});
