import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { createKeyRing, type KeyRing } from "../../src/core/seal/key-ring.js";
import type { Tenant } from "../../src/core/tenant.js";
import { createCachedLookup, type CachedLookup } from "../../src/registry/cached/cached-lookup.js";
import { createPostgresFeed } from "../../src/registry/feed/postgres-feed.js";
import { installSealKeys } from "../../src/database/seal-keys.js";
import { asAdmin } from "../support/databases.js";
import { describeOnServers } from "../support/servers.js";
import { clientsOf, openRegistryFixture, type RegistryFixture } from "./registry-fixture.js";
import { until } from "../support/until.js";

// Everyone who runs SQL may send on the registry's channel: who is believed, and what the others
// can do.

describeOnServers("an announcement on the registry's channel", (server) => {
  let fixture: RegistryFixture;
  beforeAll(async () => {
    fixture = await openRegistryFixture(server);
  });
  afterAll(() => fixture?.close());

  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  interface Instance {
    readonly lookup: CachedLookup;
    /** Ids, as they were told. */
    readonly proven: string[];
    readonly doubted: (string | null)[];
  }

  async function instance(keys: KeyRing = fixture.keys): Promise<Instance> {
    const newClient = clientsOf(fixture.database.appUrl);
    const feed = createPostgresFeed({ newClient, keys, onEvent: () => undefined });
    const lookup = createCachedLookup(fixture.registry, { feed });
    const proven: string[] = [];
    const doubted: (string | null)[] = [];
    feed.subscribe({
      changed: ({ tenantId }) => proven.push(tenantId),
      doubted: (tenantId) => doubted.push(tenantId),
      missed: () => {},
    });
    closing.push(async () => {
      lookup.close();
      await feed.close();
    });
    await until(() => feed.state === "up");
    return { lookup, proven, doubted };
  }

  let count = 0;
  const newTenant = (): Promise<Tenant> =>
    fixture.registry.create({ slug: `forged-${(count += 1)}`, name: "Forged" });
  const send = (payload: string) =>
    fixture.app.query("select pg_notify('tenantry_registry', $1)", [payload]);

  it.each<[string, (id: string) => string]>([
    ["no MAC", (id) => `${id}:9007199254740000`],
    ["a made-up MAC", (id) => `${id}:9007199254740000:00000000:${"0".repeat(64)}`],
    [
      "a made-up MAC and the real key's id",
      (id) => `${id}:9007199254740000:${fixture.keys.current.id}:${"0".repeat(64)}`,
    ],
  ])("cannot make a tenant unavailable with %s", async (_what, payload) => {
    const { lookup, proven, doubted } = await instance();
    const { id, slug } = await newTenant();
    await until(() => proven.includes(id));
    const before = await lookup.find({ by: "slug", value: slug });
    await send(payload(id));
    await until(() => doubted.length > 0);
    expect(doubted).toEqual([id]);
    expect(await lookup.find({ by: "slug", value: slug })).toEqual(before);
    expect(proven).toEqual([id]);
  });

  it("cannot make anyone unavailable by being sent without pause", async () => {
    const { lookup, proven } = await instance();
    const listener = new pg.Client({ connectionString: fixture.database.appUrl });
    const heard: string[] = [];
    listener.on("notification", ({ payload = "" }) => heard.push(payload));
    await listener.connect();
    closing.push(() => listener.end());
    await listener.query("listen tenantry_registry");
    const { id, slug } = await newTenant();
    await until(() => proven.includes(id) && heard.length > 0);
    let flooding = true;
    const flood = ["x", `${id}:1`, heard[0]!].map(async (payload) => {
      while (flooding) await send(payload);
    });
    try {
      for (let i = 0; i < 50; i += 1) {
        expect((await lookup.find({ by: "slug", value: slug }))?.id).toBe(id);
        expect(await lookup.find({ by: "slug", value: `nobody-${i}` })).toBeNull();
      }
    } finally {
      flooding = false;
      await Promise.all(flood);
    }
  });

  it("cannot be carried over to another tenant or version", async () => {
    const { lookup, proven, doubted } = await instance();
    const { id, version } = await newTenant();
    await until(() => proven.includes(id));
    const listener = new pg.Client({ connectionString: fixture.database.appUrl });
    const heard: string[] = [];
    listener.on("notification", ({ payload = "" }) => heard.push(payload));
    await listener.connect();
    closing.push(() => listener.end());
    await listener.query("listen tenantry_registry");
    const other = await newTenant();
    await until(() => heard.length > 0);
    await send(heard[0]!.replace(other.id, id));
    await send(heard[0]!.replace(`:${other.version}:`, `:${version + 1_000_000}:`));
    await until(() => doubted.length === 2);
    expect(doubted).toEqual([id, other.id]);
    expect((await lookup.find({ by: "id", value: id }))?.version).toBe(version);
  });

  it("that nothing proves still has its tenant read again", async () => {
    const stranger = await instance(createKeyRing("another secret of thirty-two bytes"));
    const { id, slug } = await newTenant();
    await until(() => stranger.doubted.includes(id));
    const key = { by: "slug", value: slug } as const;
    expect((await stranger.lookup.find(key))?.status).toBe("active");
    await fixture.registry.suspend(id);
    await until(async () => (await stranger.lookup.find(key))?.status === "suspended", 1_000);
    expect(stranger.proven).toEqual([]);
  });

  it("is believed by old and new while one secret replaces the other", async () => {
    const fresh = "the secret that is to be, 32 bytes or more";
    const [both, next] = [createKeyRing([fresh, fixture.database.secret]), createKeyRing(fresh)];
    const heardBy = async ({ proven }: Instance) => {
      const { id } = await newTenant();
      await until(() => proven.includes(id), 1_000);
    };
    const own = await openRegistryFixture(server);
    const shared = fixture;
    fixture = own;
    closing.push(async () => {
      fixture = shared;
      await own.close();
    });
    const [old, rolling] = [await instance(), await instance(both)];
    await heardBy(old);
    await asAdmin(own.database.ownerUrl, (owner) => installSealKeys(owner, next));
    for (const one of [old, rolling]) await heardBy(one);
    const retire = `select tenantry.retire_seal_key('${own.keys.current.id}')`;
    await asAdmin(own.database.ownerUrl, (owner) => owner.query(retire));
    for (const one of [rolling, await instance(next)]) await heardBy(one);
    const { id } = await newTenant();
    await until(() => old.doubted.includes(id));
    await pause(50);
    expect(old.proven).not.toContain(id);
  });

  it("is sent unsigned as long as no key is installed", async () => {
    const own = await openRegistryFixture(server);
    const shared = fixture;
    fixture = own;
    closing.push(async () => {
      fixture = shared;
      await own.close();
    });
    await own.admin.query("delete from tenantry.seal_key");
    const { doubted } = await instance();
    const { id } = await newTenant();
    await until(() => doubted.includes(id));
  });
});
