import { once } from "node:events";
import { inspect } from "node:util";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { createCache, ioredisBackend, nodeRedisBackend, type CacheBackend } from "tenantry/cache";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { codeOf } from "../database/support/outcome.js";
import { until } from "../support/until.js";
import { openTcpProxy, type TcpProxy } from "../registry/tcp-proxy.js";
import { installedRedis, openOwnRedis, type OwnRedis } from "./support/own-redis.js";
import { missingRedis } from "../support/redis.js";
import { as, collectEvents, newScope, pause } from "./support/tenants.js";

const title = "a cache whose Redis is down";
const timeout = 150;

interface Connected {
  readonly backend: CacheBackend;
  close(): void;
}

const clients: Readonly<Record<string, (url: string) => Promise<Connected>>> = {
  async ioredis(url) {
    const client = new Redis(url, { retryStrategy: () => 50 }).on("error", () => undefined);
    await once(client, "ready");
    return { backend: ioredisBackend(client, { timeout }), close: () => client.disconnect() };
  },
  async "node-redis"(url) {
    const socket = { reconnectStrategy: () => 50 };
    const client = createClient({ url, socket }).on("error", () => undefined);
    await client.connect();
    return { backend: nodeRedisBackend(client, { timeout }), close: () => client.destroy() };
  },
};

if (installedRedis === null) {
  process.stderr.write(`${title}: skipped, for there is no redis-server to start\n`);
  describe.skip(`${title} [${missingRedis}]`, () => {
    it("needs a server", () => undefined);
  });
} else {
  describe.each(Object.entries(clients))(`${title}, through %s [Redis ${installedRedis}]`, suite);
}

function suite(_: string, connect: (url: string) => Promise<Connected>): void {
  let server: OwnRedis;
  let proxy: TcpProxy;
  let connected: Connected;
  const [a, b] = [newScope("a"), newScope("b")];

  beforeAll(async () => {
    server = await openOwnRedis();
  });
  afterAll(() => server?.close());
  const begin = async () => {
    proxy = await openTcpProxy(server.url);
    connected = await connect(proxy.url);
  };
  afterEach(async () => {
    connected.close();
    await proxy.close();
    await server.kill();
    await server.start();
  });

  const make = (onUnavailable: "compute" | "throw") => {
    const { events, sink, types } = collectEvents();
    const options = { ttl: 60_000, staleFor: 0, onUnavailable, onEvent: sink } as const;
    const { backend } = connected;
    return { events, types, cache: createCache<string>({ name: "x", backend, ...options }) };
  };
  const took = async (work: () => Promise<unknown>) => {
    const from = performance.now();
    await work();
    return performance.now() - from;
  };
  const breaks: readonly (readonly [string, () => Promise<void> | void])[] = [
    ["the server is killed", () => server.kill()],
    ["nothing passes and nobody is told", () => proxy.blackhole()],
    ["connections are cut and refused", () => proxy.cut()],
  ];

  describe.each(breaks)("where %s", (_what, breakIt) => {
    it("goes on without the cache if it may, for each tenant with its own values", async () => {
      await begin();
      const { cache, types } = make("compute");
      await as(a, () => cache.set("k", "a"));
      await as(b, () => cache.set("k", "b"));
      await breakIt();
      const bound = timeout * 2 + 300;
      for (let i = 0; i < 5; i++) {
        const answers = await Promise.all(
          [a, b].map(async (scope) => {
            let value: string | undefined;
            const time = await took(async () => {
              value = await as(scope, () => cache.remember("k", () => `new ${scope.tenant.slug}`));
            });
            expect(time).toBeLessThan(bound);
            return value;
          }),
        );
        expect(answers).toEqual(["new a", "new b"]);
      }
      expect(await as(a, () => cache.get("k"))).toBeUndefined();
      expect(await as(a, () => cache.set("k", "x"))).toBe(false);
      expect(types()).toEqual(["cache.unavailable warning"]);
      // An invalidation that got lost would be answered with the old value later.
      expect(await as(a, () => codeOf(() => cache.delete("k")))).toBe("CACHE_UNAVAILABLE");
      expect(await as(a, () => codeOf(() => cache.clear()))).toBe("CACHE_UNAVAILABLE");
    });

    it("throws if it is to throw, within the time", async () => {
      await begin();
      const { cache } = make("throw");
      await as(a, () => cache.set("k", "a"));
      await breakIt();
      let computed = 0;
      const compute = () => `${(computed += 1)}`;
      for (const use of [
        () => cache.get("k"),
        () => cache.remember("k", compute),
        () => cache.set("k", "x"),
        () => cache.delete("k"),
        () => cache.clear(),
      ]) {
        const time = await took(async () =>
          expect(await as(a, () => codeOf(use))).toBe("CACHE_UNAVAILABLE"),
        );
        expect(time).toBeLessThan(timeout * 2 + 300);
      }
      expect(computed).toBe(0);
    });
  });

  it("works again by itself once the server is back", async () => {
    await begin();
    const { cache, types } = make("compute");
    await as(a, () => cache.set("k", "before"));
    proxy.cut();
    expect(await as(a, () => cache.remember("k", () => "meanwhile"))).toBe("meanwhile");
    proxy.heal();
    await until(async () => (await as(a, () => cache.get("k"))) === "before", 10_000);
    expect(await as(a, () => cache.set("k", "after"))).toBe(true);
    expect(await as(a, () => cache.get("k"))).toBe("after");
    expect(types()).toEqual(["cache.unavailable warning", "cache.available info"]);
  });

  it("asks a server that is silent now and then only, and answers at once between", async () => {
    await begin();
    const { cache } = make("compute");
    await as(a, () => cache.set("k", "a"));
    proxy.blackhole();
    for (let i = 0; i < 3; i++) await as(a, () => cache.get("k"));
    const time = await took(async () => {
      for (let i = 0; i < 20; i++) await as(a, () => cache.get("k"));
    });
    expect(time).toBeLessThan(timeout * 2);
  });

  it("does not apply late what was to be written before an invalidation", async () => {
    await begin();
    const { cache } = make("compute");
    await as(a, () => cache.set("k", "old"));
    // What hangs on this connection is sent again, if the client does so, when it is back.
    proxy.blackhole();
    expect(await as(a, () => cache.set("k", "late"))).toBe(false);
    const other = await connect(server.url);
    const second = createCache<string>({
      name: "x",
      backend: other.backend,
      ttl: 60_000,
      onUnavailable: "throw",
    });
    await as(a, () => second.delete("k"));
    proxy.cut();
    proxy.heal();
    await pause(400);
    expect(await as(a, () => second.get("k"))).toBeUndefined();
    other.close();
  });

  it("does not tell a tenant's values in its errors", async () => {
    await begin();
    const { cache } = make("throw");
    await as(a, () => cache.set("k", "a"));
    await server.cli("config", "set", "maxmemory", "1");
    const error = await as(a, () => cache.set("k", "canary-of-a")).then(
      () => null,
      (given: unknown) => given,
    );
    await server.cli("config", "set", "maxmemory", "0");
    const text = inspect(error, { depth: 9, showHidden: true });
    expect(text).toContain("OOM");
    expect(text).not.toContain("canary-of-a");
    expect(text).not.toContain("c1.");
    // How a buffer would show it.
    expect(text).not.toContain("63 31 2e");
    // The server answered, so reads go on.
    expect(await as(a, () => cache.get("k"))).toBe("a");
  });
}
