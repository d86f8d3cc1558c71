import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Tenant, TenantKey } from "../../src/core/tenant.js";
import { createCachedLookup, type CachedLookup } from "../../src/registry/cached/cached-lookup.js";
import { gated, type GatedLookup } from "../../src/registry/cached/gated-lookup.test-support.js";
import { createPostgresFeed } from "../../src/registry/feed/postgres-feed.js";
import { describeOnServers } from "../support/servers.js";
import { clientsOf, openRegistryFixture, type RegistryFixture } from "./registry-fixture.js";
import { until } from "../support/until.js";

// Real reads whose answers are held back on their way, until the notification of a change has
// overtaken them.

describeOnServers("an answer that its change has overtaken", (server) => {
  let fixture: RegistryFixture;
  beforeAll(async () => {
    fixture = await openRegistryFixture(server);
  });
  afterAll(() => fixture?.close());

  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  interface Watched {
    readonly lookup: CachedLookup;
    readonly source: GatedLookup;
    /** Waits until this tenant's notification has come in. */
    heard(tenant: Tenant): Promise<void>;
  }

  async function watched(): Promise<Watched> {
    const newClient = clientsOf(fixture.database.appUrl);
    const feed = createPostgresFeed({ newClient, keys: fixture.keys, onEvent: () => undefined });
    const source = gated(fixture.registry);
    const lookup = createCachedLookup(source, { feed });
    const versions = new Set<number>();
    feed.subscribe({
      changed: ({ version }) => versions.add(version),
      doubted: () => {},
      missed: () => {},
    });
    closing.push(async () => {
      lookup.close();
      await feed.close();
    });
    await until(() => feed.state === "up");
    return { lookup, source, heard: ({ version }) => until(() => versions.has(version)) };
  }

  /** Begins a look-up whose first answer has been read, and is held back. */
  async function lateRead({ lookup, source }: Watched, key: TenantKey) {
    const before = source.answers;
    const release = source.hold();
    const asked = lookup.find(key);
    await until(() => source.answers > before);
    return { asked, release };
  }

  it("is read again where the tenant was suspended meanwhile", async () => {
    const watch = await watched();
    const { id } = await fixture.registry.create({ slug: "late", name: "Late" });
    const key: TenantKey = { by: "slug", value: "late" };
    const { asked, release } = await lateRead(watch, key);
    const suspended = await fixture.registry.suspend(id);
    await watch.heard(suspended);
    release();
    expect(await asked).toEqual(suspended);
    expect(await watch.lookup.find(key)).toEqual(suspended);
  });

  it("is read again where a slug was unknown and its tenant created meanwhile", async () => {
    const watch = await watched();
    const key: TenantKey = { by: "slug", value: "newcomer" };
    const { asked, release } = await lateRead(watch, key);
    const created = await fixture.registry.create({ slug: "newcomer", name: "Newcomer" });
    await watch.heard(created);
    release();
    expect(await asked).toEqual(created);
    expect(await watch.lookup.find(key)).toEqual(created);
  });

  it("is read again where a domain went from one tenant to another meanwhile", async () => {
    const watch = await watched();
    const host = "moving.example.org";
    const key: TenantKey = { by: "domain", value: host };
    const { registry } = fixture;
    const old = await registry.create({ slug: "old-owner", name: "Old" });
    const next = await registry.create({ slug: "new-owner", name: "New" });
    for (const { id } of [old, next]) await registry.addDomain(id, host);
    await registry.verifyDomain(old.id, host);
    const { asked, release } = await lateRead(watch, key);
    await registry.removeDomain(old.id, host);
    await registry.verifyDomain(next.id, host);
    const changed = (await registry.find({ by: "id", value: next.id }))!;
    await watch.heard(changed);
    release();
    expect(await asked).toEqual(changed);
    expect(await watch.lookup.find(key)).toEqual(changed);
  });

  it("is not believed from a replica that is still behind", async () => {
    const watch = await watched();
    const active = await fixture.registry.create({ slug: "behind", name: "Behind" });
    const key: TenantKey = { by: "slug", value: "behind" };
    const suspended = await fixture.registry.suspend(active.id);
    await watch.heard(suspended);
    let behind = 3;
    watch.source.distort((answer) => (behind-- > 0 ? active : answer));
    expect(await watch.lookup.find(key)).toEqual(suspended);
    watch.source.distort(() => active);
    watch.lookup.forget(active.id);
    await expect(watch.lookup.find(key)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  });
});
