import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Tenant, TenantKey } from "../../src/core/tenant.js";
import {
  createCachedRegistry,
  type CachedRegistry,
} from "../../src/registry/cached/cached-registry.js";
import type { CacheOptions } from "../../src/registry/cached/options.js";
import type { RegistryFeed } from "../../src/registry/feed/contract.js";
import {
  createPostgresFeed,
  type PostgresFeedOptions,
} from "../../src/registry/feed/postgres-feed.js";
import { createPostgresRegistry } from "../../src/registry/postgres/postgres-registry.js";
import { describeOnEmbedded } from "../support/servers.js";
import {
  clientsOf,
  openRegistryFixture,
  quietPool,
  type RegistryFixture,
} from "./registry-fixture.js";
import { openTcpProxy, type TcpProxy } from "./tcp-proxy.js";
import { until } from "../support/until.js";

// How long a suspended tenant is still served, by what is broken. Every test first makes sure that
// the one who serves has the tenant in its cache, where it would stay for 10 s or longer.

describeOnEmbedded("how stale a cached tenant can get", (server) => {
  let fixture: RegistryFixture;
  beforeAll(async () => {
    fixture = await openRegistryFixture(server);
  });
  afterAll(() => fixture?.close());

  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  let count = 0;
  async function newTenant(): Promise<{ tenant: Tenant; key: TenantKey }> {
    const slug = `stale-${(count += 1)}`;
    const tenant = await fixture.registry.create({ slug, name: slug });
    return { tenant, key: { by: "slug", value: slug } };
  }

  interface Instance {
    readonly registry: CachedRegistry;
    readonly feed: RegistryFeed;
    readonly queries: () => number;
  }

  interface InstanceOptions extends CacheOptions {
    /** Where the feed, and where the look-ups connect. Default straight to the server. */
    readonly feedUrl?: string;
    readonly appUrl?: string;
    readonly feedOptions?: Partial<PostgresFeedOptions>;
  }

  /** What another process would have: connections, cache and feed of its own. */
  async function instance(options: InstanceOptions = {}): Promise<Instance> {
    const { appUrl: direct } = fixture.database;
    const { feedUrl = direct, appUrl = direct, feedOptions, ...cacheOptions } = options;
    const pool = quietPool(appUrl, 2_000);
    let queries = 0;
    const app = {
      query: (text: string, values: unknown[]) => {
        queries += 1;
        return pool.query<pg.QueryResultRow>(text, values);
      },
    };
    const newClient = clientsOf(feedUrl);
    const feed = createPostgresFeed({
      newClient,
      keys: fixture.keys,
      onEvent: () => undefined,
      ...feedOptions,
    });
    const inner = createPostgresRegistry({
      app,
      operator: fixture.operator,
      keys: fixture.keys,
    });
    const registry = createCachedRegistry(inner, { feed, ...cacheOptions });
    closing.push(() => registry.close().then(() => pool.end()));
    await until(() => feed.state === "up");
    return { registry, feed, queries: () => queries };
  }

  async function proxy(): Promise<TcpProxy> {
    const opened = await openTcpProxy(fixture.database.appUrl);
    closing.push(() => opened.close());
    return opened;
  }

  /** Milliseconds until `registry` answers `status`. */
  async function timeUntil(
    registry: CachedRegistry,
    key: TenantKey,
    status: string,
    limit: number,
  ) {
    const started = performance.now();
    await until(async () => (await registry.find(key))?.status === status, limit);
    return performance.now() - started;
  }

  describe("healthy", () => {
    it("is refused by another instance within a second, time after time", async () => {
      const here = await instance();
      const there = await instance();
      const { tenant, key } = await newTenant();
      const times: number[] = [];
      for (let i = 0; i < 50; i += 1) {
        expect((await there.registry.find(key))?.status).toBe("active");
        await here.registry.suspend(tenant.id);
        times.push(await timeUntil(there.registry, key, "suspended", 1_000));
        await here.registry.reactivate(tenant.id);
        await timeUntil(there.registry, key, "active", 1_000);
      }
      // It really was the feed: with the cache's own time alone, some would have taken longer.
      expect(Math.max(...times)).toBeLessThan(500);
      expect(there.queries()).toBeLessThanOrEqual(1 + 2 * 50);
    });

    it("sees every kind of change of another instance, by whichever key was asked before", async () => {
      const [here, there] = [await instance(), await instance()];
      const { tenant, key } = await newTenant();
      const host: TenantKey = { by: "domain", value: `${tenant.slug}.example.org` };
      const id: TenantKey = { by: "id", value: tenant.id };
      await here.registry.addDomain(tenant.id, host.value);
      expect(await there.registry.find(host)).toBeNull();
      await here.registry.verifyDomain(tenant.id, host.value);
      await until(async () => (await there.registry.find(host)) !== null, 1_000);
      await Promise.all([key, id].map((one) => there.registry.find(one)));
      await here.registry.removeDomain(tenant.id, host.value);
      await until(async () => (await there.registry.find(host)) === null, 1_000);
      await here.registry.archive(tenant.id);
      for (const one of [key, id]) await timeUntil(there.registry, one, "archived", 1_000);
    });

    it("is refused at once by the instance that suspended it, time after time", async () => {
      const here = await instance();
      const { tenant, key } = await newTenant();
      const host: TenantKey = { by: "domain", value: `${tenant.slug}.example.org` };
      for (let i = 0; i < 30; i += 1) {
        expect((await here.registry.find(key))?.status).toBe("active");
        await here.registry.suspend(tenant.id);
        expect((await here.registry.find(key))?.status).toBe("suspended");
        await here.registry.reactivate(tenant.id);
        await here.registry.addDomain(tenant.id, host.value);
        expect(await here.registry.find(host)).toBeNull();
        await here.registry.verifyDomain(tenant.id, host.value);
        expect(await here.registry.find(host)).not.toBeNull();
        await here.registry.removeDomain(tenant.id, host.value);
        expect(await here.registry.find(host)).toBeNull();
      }
    });

    it("is refused in a process of its own within a second", async () => {
      const child = await secondProcess();
      const here = await instance();
      const { tenant, key } = await newTenant();
      await until(async () => (await ask(child, key)).feed === "up");
      for (let i = 0; i < 10; i += 1) {
        expect(await ask(child, key)).toMatchObject({ status: "active" });
        const started = performance.now();
        await here.registry.suspend(tenant.id);
        await until(async () => (await ask(child, key)).status === "suspended", 1_000);
        expect(performance.now() - started).toBeLessThan(1_000);
        await here.registry.reactivate(tenant.id);
        await until(async () => (await ask(child, key)).status === "active", 1_000);
      }
    });

    async function secondProcess(): Promise<ChildProcess> {
      const built = resolve(import.meta.dirname, "../../dist/registry/cached/cached-registry.js");
      if (!existsSync(built)) throw new Error("dist/ is missing: npm run build first");
      const { appUrl, secret } = fixture.database;
      const script = resolve(import.meta.dirname, "second-process.mjs");
      const child = fork(script, [JSON.stringify({ appUrl, secret })], { execArgv: [] });
      closing.push(async () => {
        const ended = once(child, "exit");
        child.disconnect();
        await ended;
      });
      await once(child, "message");
      return child;
    }

    async function ask(child: ChildProcess, key: TenantKey) {
      const answered = once(child, "message");
      child.send(key.value);
      const [answer] = (await answered) as [{ feed: string; status: string | null }];
      return answer;
    }
  });

  describe("with the feed cut silently", () => {
    it("is refused once the time it is kept is over, even where nobody notices the cut", async () => {
      const between = await proxy();
      const there = await instance({
        feedUrl: between.url,
        ttl: 3_000,
        feedOptions: { pingInterval: 60_000 },
      });
      const { tenant, key } = await newTenant();
      await there.registry.find(key);
      between.blackhole();
      await fixture.registry.suspend(tenant.id);
      expect((await there.registry.find(key))?.status).toBe("active");
      const time = await timeUntil(there.registry, key, "suspended", 4_000);
      expect(there.feed.state).toBe("up");
      expect(time).toBeGreaterThan(1_500);
      expect(time).toBeLessThan(3_500);
    });

    it("is refused a second after the cut was noticed", async () => {
      const between = await proxy();
      const there = await instance({
        feedUrl: between.url,
        ttl: 30_000,
        feedOptions: { pingInterval: 200, timeout: 300 },
      });
      const { tenant, key } = await newTenant();
      await there.registry.find(key);
      between.blackhole();
      await fixture.registry.suspend(tenant.id);
      const time = await timeUntil(there.registry, key, "suspended", 5_000);
      expect(there.feed.state).toBe("down");
      expect(time).toBeLessThan(200 + 300 + 1_000 + 500);
    });
  });

  describe("with the feed down", () => {
    it("is refused within a second and the time of a read", async () => {
      const between = await proxy();
      const there = await instance({ feedUrl: between.url, ttl: 30_000 });
      const { tenant, key } = await newTenant();
      between.cut();
      await until(() => there.feed.state === "down");
      for (let i = 0; i < 3; i += 1) {
        expect((await there.registry.find(key))?.status).toBe("active");
        await fixture.registry.suspend(tenant.id);
        expect(await timeUntil(there.registry, key, "suspended", 2_000)).toBeLessThan(1_500);
        await fixture.registry.reactivate(tenant.id);
        await timeUntil(there.registry, key, "active", 2_000);
      }
    });

    it("is refused as soon as the feed is up again, though its notification was missed", async () => {
      const between = await proxy();
      const there = await instance({ feedUrl: between.url, ttl: 30_000 });
      const { tenant, key } = await newTenant();
      await there.registry.find(key);
      between.cut();
      // Or else the `up` that is waited for below could still be the one from before.
      await until(() => there.feed.state === "down");
      await fixture.registry.suspend(tenant.id);
      expect((await there.registry.find(key))?.status).toBe("active");
      between.heal();
      await until(() => there.feed.state === "up");
      expect((await there.registry.find(key))?.status).toBe("suspended");
    });
  });

  describe("with the registry down", () => {
    it("is answered while it is kept, then is unavailable, and comes back", async () => {
      const between = await proxy();
      const there = await instance({ appUrl: between.url, ttl: 1_500, readTimeout: 500 });
      const { tenant, key } = await newTenant();
      expect(await there.registry.find(key)).toEqual(tenant);
      for (const disturb of [between.cut, between.blackhole]) {
        disturb();
        expect(await there.registry.find(key)).toEqual(tenant);
        await until(() => there.registry.find(key).then(() => false, isUnavailable), 3_000);
        const unknown = there.registry.find({ by: "slug", value: "nobody" });
        await expect(unknown).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
        between.heal();
        await until(
          () =>
            there.registry.find(key).then(
              () => true,
              () => false,
            ),
          8_000,
        );
      }
    });

    function isUnavailable(error: unknown): boolean {
      expect(error).toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
      return true;
    }
  });

  describe("asked by many at once", () => {
    it("sends one query for 100 who ask for the same key", async () => {
      const there = await instance();
      const { tenant, key } = await newTenant();
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => there.registry.find(key)),
      );
      expect(answers).toEqual(Array.from({ length: 100 }, () => tenant));
      expect(there.queries()).toBe(1);
    });

    it("never gives an older answer after a newer one, nor a wrong one at rest", async () => {
      const there = await instance();
      const { tenant, key } = await newTenant();
      const keys: TenantKey[] = [key, { by: "id", value: tenant.id }];
      let done = false;
      const readers = Array.from({ length: 20 }, async (_, i) => {
        for (let newest = 0; !done;) {
          const version = (await there.registry.find(keys[i % 2]!))?.version ?? 0;
          expect(version).toBeGreaterThanOrEqual(newest);
          newest = version;
          await new Promise(setImmediate);
        }
      });
      let last = tenant;
      for (let i = 0; i < 100; i += 1) {
        last = await (i % 2 === 0
          ? fixture.registry.suspend(tenant.id)
          : fixture.registry.reactivate(tenant.id));
      }
      await until(async () => (await there.registry.find(key))?.version === last.version, 1_000);
      done = true;
      await Promise.all(readers);
    });
  });
});
