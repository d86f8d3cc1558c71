import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { TenantryEvent } from "../../src/core/event.js";
import type { RegistryChange, RegistryFeed } from "../../src/registry/feed/contract.js";
import {
  createPostgresFeed,
  type PostgresFeedOptions,
} from "../../src/registry/feed/postgres-feed.js";
import { describeOnServers } from "../support/servers.js";
import { clientsOf, openRegistryFixture, type RegistryFixture } from "./registry-fixture.js";
import { openTcpProxy, type TcpProxy, type TcpProxyOptions } from "./tcp-proxy.js";
import { until } from "../support/until.js";

describeOnServers("the registry's feed", (server) => {
  let fixture: RegistryFixture;
  beforeAll(async () => {
    fixture = await openRegistryFixture(server);
  });
  afterAll(() => fixture?.close());

  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  interface Watched {
    readonly feed: RegistryFeed;
    readonly events: string[];
    readonly reasons: unknown[];
    readonly changes: RegistryChange[];
    /** The tenants whose changes were told and not proven. */
    readonly doubts: (string | null)[];
    readonly misses: () => number;
  }

  function watch(url: string, options: Partial<PostgresFeedOptions> = {}): Watched {
    const events: string[] = [];
    const reasons: unknown[] = [];
    const onEvent = ({ type, detail }: TenantryEvent) => {
      events.push(type);
      reasons.push(detail.reason);
    };
    const feed = createPostgresFeed({
      newClient: clientsOf(url),
      keys: fixture.keys,
      onEvent,
      pingInterval: 100,
      timeout: 400,
      ...options,
    });
    closing.push(() => feed.close());
    const changes: RegistryChange[] = [];
    const doubts: (string | null)[] = [];
    let misses = 0;
    feed.subscribe({
      changed: (change) => changes.push(change),
      doubted: (tenantId) => doubts.push(tenantId),
      missed: () => (misses += 1),
    });
    return { feed, events, reasons, changes, doubts, misses: () => misses };
  }

  async function proxy(options?: TcpProxyOptions): Promise<TcpProxy> {
    const opened = await openTcpProxy(fixture.database.appUrl, options);
    closing.push(() => opened.close());
    return opened;
  }

  const feedPids = async () => {
    const { rows } = await fixture.admin.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and query ~* '^(listen|select pg_catalog.pg_notify)'`,
    );
    return rows.map(({ pid }) => pid);
  };

  it("gets up, says so once, and tells of changes", async () => {
    const { feed, events, changes, misses } = watch(fixture.database.appUrl);
    expect(feed.state).toBe("down");
    await until(() => feed.state === "up");
    expect(misses()).toBe(1);
    const { id, version } = await fixture.registry.create({ slug: "told", name: "Told" });
    await until(() => changes.length > 0);
    expect(changes).toEqual([{ tenantId: id, version }]);
    await pause(500); // some pings
    expect(events).toEqual(["registry.feed-up"]);
    expect(changes).toHaveLength(1);
  });

  it("has subscribers that stay until they leave", async () => {
    const { feed, changes } = watch(fixture.database.appUrl);
    const heard: RegistryChange[] = [];
    const leave = feed.subscribe({
      changed: (change) => heard.push(change),
      doubted: () => {},
      missed: () => {},
    });
    await until(() => feed.state === "up");
    leave();
    await fixture.registry.create({ slug: "left", name: "Left" });
    await until(() => changes.length > 0);
    expect(heard).toEqual([]);
  });

  it("takes a payload that it cannot read for a doubt about everyone", async () => {
    const { feed, changes, doubts, misses } = watch(fixture.database.appUrl);
    await until(() => feed.state === "up");
    for (const payload of ["", "x", "x:1", `${"0".repeat(36)}:1`, "\u202e", "1".repeat(7999)]) {
      await fixture.app.query("select pg_notify('tenantry_registry', $1)", [payload]);
    }
    await until(() => doubts.length === 6);
    expect(doubts).toEqual(Array.from({ length: 6 }, () => null));
    expect(misses()).toBe(1);
    expect(changes).toEqual([]);
    expect(feed.state).toBe("up");
  });

  it("leaves nothing behind that adds up, however often it connects anew", async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error) => void warnings.push(name);
    process.on("warning", onWarning);
    closing.push(async () => void process.off("warning", onWarning));
    const { feed, misses } = watch(fixture.database.appUrl);
    // Node warns at the eleventh listener.
    for (let sessions = 1; sessions <= 12; sessions += 1) {
      await until(() => feed.state === "up" && misses() === sessions);
      for (const pid of await feedPids()) {
        await fixture.admin.query("select pg_terminate_backend($1)", [pid]);
      }
    }
    await until(() => misses() === 13);
    expect(warnings).toEqual([]);
  });

  it("comes back by itself after the server ended its session", async () => {
    const { feed, events, misses } = watch(fixture.database.appUrl);
    await until(() => feed.state === "up");
    await fixture.admin.query("select pg_terminate_backend(pid) from unnest($1::int[]) pid", [
      await feedPids(),
    ]);
    await until(() => feed.state === "down");
    await until(() => feed.state === "up");
    expect(misses()).toBe(2);
    expect(events).toEqual(["registry.feed-up", "registry.feed-down", "registry.feed-up"]);
  });

  it("notices at once that its connection broke, and comes back once it can", async () => {
    const between = await proxy();
    const { feed, misses } = watch(between.url, { pingInterval: 60_000 });
    await until(() => feed.state === "up");
    between.cut();
    await until(() => feed.state === "down", 1_000);
    await pause(500);
    expect(feed.state).toBe("down");
    between.heal();
    await until(() => feed.state === "up");
    expect(misses()).toBe(2);
  });

  it("notices by its pings that its connection was cut silently", async () => {
    const between = await proxy();
    const { feed, reasons } = watch(between.url);
    await until(() => feed.state === "up");
    between.blackhole();
    await until(() => feed.state === "down", 2_000);
    expect(reasons.at(-1)).toMatch(/ping/);
    between.heal();
    await until(() => feed.state === "up");
  });

  it("notices that its session stopped listening though the connection is fine", async () => {
    let latest: pg.Client | undefined;
    const newClient = () => {
      const client = new pg.Client({ connectionString: fixture.database.appUrl });
      latest ??= client;
      return client;
    };
    const { feed, reasons } = watch(fixture.database.appUrl, { newClient });
    await until(() => feed.state === "up");
    await latest!.query("unlisten *");
    await until(() => feed.state === "down");
    expect(reasons.at(-1)).toMatch(/ping/);
    await until(() => feed.state === "up");
  });

  it("never gets up behind a pooler in transaction mode", async () => {
    const between = await proxy({ onlyWhileBusy: true });
    const { feed, events, reasons } = watch(between.url);
    await until(() => events.length > 0);
    await pause(1_000);
    expect(feed.state).toBe("down");
    expect(events).toEqual(["registry.feed-down"]);
    expect(reasons[0]).toMatch(/ping/);
  });

  it("says once that there is no server, and keeps trying", async () => {
    const between = await proxy();
    between.cut();
    const { feed, events } = watch(between.url);
    await until(() => events.length > 0);
    await pause(500);
    expect(events).toEqual(["registry.feed-down"]);
    between.heal();
    await until(() => feed.state === "up");
    expect(events).toEqual(["registry.feed-down", "registry.feed-up"]);
  });

  it("leaves no connection behind when it is closed, and says nothing of it", async () => {
    const { feed, events } = watch(fixture.database.appUrl);
    await until(() => feed.state === "up");
    await feed.close();
    expect(feed.state).toBe("down");
    expect(events).toEqual(["registry.feed-up"]);
    await until(async () => (await feedPids()).length === 0);
  });

  it("can be closed while it is getting up, or waiting to", async () => {
    const between = await proxy();
    for (const disturb of [between.heal, between.cut, between.blackhole]) {
      disturb();
      const { feed, events } = watch(between.url);
      await pause(20);
      await feed.close();
      expect(events).not.toContain("registry.feed-up");
      between.heal();
    }
    await until(async () => (await feedPids()).length === 0);
  });

  it("ends a connection that was cut silently, and does not wait for its answer", async () => {
    const between = await proxy();
    const { feed } = watch(between.url, { pingInterval: 60_000 });
    await until(() => feed.state === "up");
    between.blackhole();
    const started = performance.now();
    await feed.close();
    expect(performance.now() - started).toBeLessThan(500);
  });
});
