import { setTimeout as pause } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { currentContext, runCentral } from "../../core/context.js";
import type { Tenant, TenantKey } from "../../core/tenant.js";
import { newUuid } from "../../core/uuid.js";
import type { FeedListener, RegistryFeed } from "../feed/contract.js";
import { createSubscribers, type Subscribers } from "../feed/subscribers.js";
import { createMemoryRegistry, type MemoryRegistry } from "../memory/memory-registry.js";
import { createCachedLookup, type CachedLookup } from "./cached-lookup.js";
import { gated, type GatedLookup } from "./gated-lookup.test-support.js";
import type { CacheOptions } from "./options.js";

const unavailable = { code: "REGISTRY_UNAVAILABLE" };

let memory: MemoryRegistry;
let source: GatedLookup;
let clock: number;
let feed: TestFeed;
let tenant: Tenant;
let byId: TenantKey;
let bySlug: TenantKey;
let byDomain: TenantKey;

/** A feed that tells nothing by itself: what is not told is a notification that got lost. */
interface TestFeed extends RegistryFeed {
  state: "up" | "down";
  readonly tell: Subscribers;
}

function testFeed(): TestFeed {
  const tell = createSubscribers();
  return { state: "up", tell, subscribe: tell.subscribe, close: async () => {} };
}

function cached(options: CacheOptions = {}): CachedLookup {
  return createCachedLookup(source, { feed, now: () => clock, ...options });
}

const announce = ({ id, version }: Tenant) => feed.tell.changed({ tenantId: id, version });

beforeEach(async () => {
  memory = createMemoryRegistry();
  source = gated(memory);
  clock = 1_000_000;
  feed = testFeed();
  const { id } = await memory.create({ slug: "acme", name: "Acme" });
  await memory.addDomain(id, "shop.example.org");
  await memory.verifyDomain(id, "shop.example.org");
  tenant = (await memory.find({ by: "id", value: id }))!;
  byId = { by: "id", value: id };
  bySlug = { by: "slug", value: "acme" };
  byDomain = { by: "domain", value: "shop.example.org" };
});

describe("what is kept", () => {
  it("asks the registry once for what is asked again within the time it is kept", async () => {
    const lookup = cached();
    for (const age of [0, 9_999, 1]) {
      clock += age;
      expect(await lookup.find(bySlug)).toEqual(tenant);
    }
    expect(source.reads).toBe(1);
    clock += 1;
    await lookup.find(bySlug);
    expect(source.reads).toBe(2);
  });

  it("counts the age of an answer from when its read began", async () => {
    const lookup = cached();
    const release = source.hold();
    const asked = lookup.find(bySlug);
    clock += 6_000;
    release();
    await asked;
    clock += 4_001;
    await lookup.find(bySlug);
    expect(source.reads).toBe(2);
  });

  it("runs one read for all who ask for one key at once", async () => {
    const lookup = cached();
    const answers = await Promise.all(Array.from({ length: 100 }, () => lookup.find(bySlug)));
    expect(new Set(answers).size).toBe(1);
    expect(source.reads).toBe(1);
  });

  it("runs its reads outside of the request that caused them", async () => {
    const contexts: unknown[] = [];
    source.distort((answer) => {
      contexts.push(currentContext());
      return answer;
    });
    await runCentral("/health", () => cached().find(bySlug));
    expect(contexts).toEqual([undefined]);
  });

  it("asks nothing for a key that no tenant can have", async () => {
    const lookup = cached();
    expect(await lookup.find({ by: "slug", value: "Not A Slug" })).toBeNull();
    expect(await lookup.find({ by: "domain", value: "x".repeat(100_000) })).toBeNull();
    expect(source.reads).toBe(0);
  });

  it("keeps what is unknown as well, for a time of its own", async () => {
    const lookup = cached({ unknownTtl: 3_000 });
    const nobody: TenantKey = { by: "slug", value: "nobody" };
    expect(await lookup.find(nobody)).toBeNull();
    clock += 3_000;
    expect(await lookup.find(nobody)).toBeNull();
    expect(source.reads).toBe(1);
    clock += 1;
    await lookup.find(nobody);
    expect(source.reads).toBe(2);
  });
});

describe("bounds", () => {
  const unknownHost = (i: number): TenantKey => ({ by: "domain", value: `h${i}.example.net` });

  it("lets no flood of unknown hosts push out a tenant, nor grow without end", async () => {
    const lookup = cached({ maxKnown: 100, maxUnknown: 100 });
    await lookup.find(byDomain);
    for (let i = 0; i < 5_000; i += 1) await lookup.find(unknownHost(i));
    expect(source.reads).toBe(5_001);
    await lookup.find(byDomain);
    expect(source.reads).toBe(5_001);
    // The last 100 are kept, and only they.
    for (let i = 4_900; i < 5_000; i += 1) await lookup.find(unknownHost(i));
    expect(source.reads).toBe(5_001);
    for (let i = 0; i < 4_800; i += 1) await lookup.find(unknownHost(i));
    expect(source.reads).toBe(5_001 + 4_800);
  });

  it("keeps no more tenants than it may", async () => {
    const lookup = cached({ maxKnown: 10 });
    const slugs = Array.from({ length: 30 }, (_, i) => `t${i}`);
    for (const slug of slugs) await memory.create({ slug, name: slug });
    for (const slug of slugs) await lookup.find({ by: "slug", value: slug });
    expect(source.reads).toBe(30);
    for (const slug of slugs.slice(0, 20)) await lookup.find({ by: "slug", value: slug });
    expect(source.reads).toBe(50);
  });

  it("has a bounded number of reads under way, those that were given up included", async () => {
    const lookup = cached({ maxReads: 3, readTimeout: 20 });
    const release = source.hold();
    const asked = [0, 1, 2].map((i) => lookup.find(unknownHost(i)));
    await expect(lookup.find(unknownHost(3))).rejects.toMatchObject(unavailable);
    for (const one of asked) await expect(one).rejects.toMatchObject(unavailable);
    await expect(lookup.find(unknownHost(4))).rejects.toMatchObject(unavailable);
    expect(source.reads).toBe(3);
    release();
    await pause(1);
    expect(await lookup.find(bySlug)).toEqual(tenant);
  });

  it.each([{ ttl: 0 }, { maxKnown: 1.5 }, { readTimeout: -1 }, { fenceLifetime: 15_000 }])(
    "refuses the options %o",
    (options) => expect(() => cached(options)).toThrow(/registry's cache/),
  );
});

describe("after a change", () => {
  it("drops every key of the tenant at its notification", async () => {
    const lookup = cached();
    for (const key of [byId, bySlug, byDomain]) await lookup.find(key);
    const suspended = await memory.suspend(tenant.id);
    announce(suspended);
    for (const key of [byId, bySlug, byDomain]) expect(await lookup.find(key)).toEqual(suspended);
    expect(source.reads).toBe(6);
  });

  it("keeps the other tenants", async () => {
    const other = await memory.create({ slug: "other", name: "Other" });
    const lookup = cached();
    await lookup.find({ by: "id", value: other.id });
    announce(await memory.suspend(tenant.id));
    await lookup.find({ by: "id", value: other.id });
    expect(source.reads).toBe(1);
  });

  it("drops what is unknown at any notification, of a known tenant too", async () => {
    const lookup = cached();
    const host: TenantKey = { by: "domain", value: "new.example.org" };
    const slug: TenantKey = { by: "slug", value: "fresh" };
    await lookup.find(byId);
    expect(await lookup.find(host)).toBeNull();
    expect(await lookup.find(slug)).toBeNull();
    await memory.addDomain(tenant.id, host.value);
    await memory.verifyDomain(tenant.id, host.value);
    announce((await memory.find(byId))!);
    expect((await lookup.find(host))?.id).toBe(tenant.id);
    announce(await memory.create({ slug: "fresh", name: "Fresh" }));
    expect(await lookup.find(slug)).not.toBeNull();
  });

  it("neither answers nor keeps a read that began before the change and came back after", async () => {
    const lookup = cached();
    const release = source.hold();
    const asked = lookup.find(bySlug);
    await pause(1);
    const suspended = await memory.suspend(tenant.id);
    announce(suspended);
    release();
    expect(await asked).toEqual(suspended);
    expect(await lookup.find(bySlug)).toEqual(suspended);
  });

  it("answers a read that began before the notification but saw the change", async () => {
    const lookup = cached();
    const suspended = await memory.suspend(tenant.id);
    const release = source.hold();
    const asked = lookup.find(bySlug);
    await pause(1);
    announce(suspended);
    release();
    expect(await asked).toEqual(suspended);
    expect(source.reads).toBe(1);
  });

  it("reads again what was found unknown while any change came in", async () => {
    const lookup = cached();
    const fresh: TenantKey = { by: "slug", value: "fresh" };
    const release = source.hold();
    const asked = lookup.find(fresh);
    await pause(1);
    const created = await memory.create({ slug: "fresh", name: "Fresh" });
    announce(created);
    release();
    expect(await asked).toEqual(created);
    expect(await lookup.find(fresh)).toEqual(created);
  });

  it("waits for a replica that lags, and takes no older answer from it", async () => {
    const lookup = cached();
    const suspended = await memory.suspend(tenant.id);
    announce(suspended);
    let stale = 2;
    source.distort((answer) => (stale-- > 0 ? tenant : answer));
    expect(await lookup.find(bySlug)).toEqual(suspended);
    expect(source.reads).toBe(3);
  });

  it("is unavailable, not wrong, where the replica stays behind", async () => {
    const lookup = cached();
    announce(await memory.suspend(tenant.id));
    source.distort(() => tenant);
    await expect(lookup.find(bySlug)).rejects.toMatchObject(unavailable);
    expect(source.reads).toBe(5);
  });

  it("answers no older version than it answered before, by any key", async () => {
    const lookup = cached();
    await lookup.find(byId);
    await lookup.find(byDomain);
    const suspended = await memory.suspend(tenant.id); // and its notification is lost
    expect(await lookup.find(bySlug)).toEqual(suspended);
    expect(await lookup.find(byId)).toEqual(suspended);
    expect(await lookup.find(byDomain)).toEqual(suspended);
  });

  it("is not shut out for good by a version that no answer reaches", async () => {
    const lookup = cached({ fenceLifetime: 60_000 });
    feed.tell.changed({ tenantId: tenant.id, version: Number.MAX_SAFE_INTEGER });
    await expect(lookup.find(bySlug)).rejects.toMatchObject(unavailable);
    clock += 60_001;
    expect(await lookup.find(bySlug)).toEqual(tenant);
  });

  it("sees a change of its own before the feed tells, though the version is not known", async () => {
    const lookup = cached();
    await lookup.find(byDomain);
    await lookup.find({ by: "domain", value: "new.example.org" });
    const release = source.hold();
    const late = lookup.find(bySlug);
    await pause(1);
    const suspended = await memory.suspend(tenant.id);
    lookup.forget(tenant.id);
    release();
    expect(await late).toEqual(suspended);
    expect(await lookup.find(byDomain)).toEqual(suspended);
    expect(source.reads).toBe(5);
  });
});

describe("where a fence gives way to others before its time", () => {
  const bulk = (changes: number) => {
    for (let i = 0; i < changes; i += 1) {
      feed.tell.changed({ tenantId: newUuid(), version: tenant.version + 100 + i });
    }
  };

  it("still lets no late read pass", async () => {
    const lookup = cached({ maxFences: 10 });
    const release = source.hold();
    const asked = lookup.find(bySlug);
    await pause(1);
    const suspended = await memory.suspend(tenant.id);
    announce(suspended);
    bulk(10);
    release();
    expect(await asked).toEqual(suspended);
  });

  it("still answers nothing that was kept from before", async () => {
    const lookup = cached({ maxFences: 10 });
    await lookup.find(bySlug);
    const suspended = await memory.suspend(tenant.id);
    announce(suspended);
    bulk(10);
    expect(await lookup.find(bySlug)).toEqual(suspended);
  });

  it("keeps answers for a second only, until the fence would have gone anyway", async () => {
    const lookup = cached({ maxFences: 10 });
    bulk(11);
    await lookup.find(bySlug);
    clock += 1_001;
    await lookup.find(bySlug);
    expect(source.reads).toBe(2);
    clock += 60_000;
    await lookup.find(bySlug);
    clock += 9_000;
    await lookup.find(bySlug);
    expect(source.reads).toBe(3);
  });
});

describe("the feed", () => {
  it("down, leaves a second to what was kept, tenants and unknown keys alike", async () => {
    const lookup = cached();
    const nobody: TenantKey = { by: "slug", value: "nobody" };
    for (const key of [bySlug, nobody]) await lookup.find(key);
    clock += 1_000;
    feed.state = "down";
    for (const key of [bySlug, nobody]) await lookup.find(key);
    expect(source.reads).toBe(2);
    clock += 1;
    for (const key of [bySlug, nobody]) await lookup.find(key);
    expect(source.reads).toBe(4);
  });

  it("absent, is a feed that is down", async () => {
    const lookup = createCachedLookup(source, { now: () => clock });
    await lookup.find(bySlug);
    clock += 1_001;
    await lookup.find(bySlug);
    expect(source.reads).toBe(2);
  });

  it("up again, has everything read anew, what is being read included", async () => {
    const lookup = cached();
    await lookup.find(byId);
    const release = source.hold();
    const asked = lookup.find(bySlug);
    await pause(1);
    const suspended = await memory.suspend(tenant.id);
    feed.tell.missed();
    release();
    expect(await asked).toEqual(suspended);
    expect(await lookup.find(byId)).toEqual(suspended);
  });

  it("up again, accepts a registry restored from a backup, whose versions are lower", async () => {
    const lookup = cached();
    const suspended = await memory.suspend(tenant.id);
    expect(await lookup.find(bySlug)).toEqual(suspended);
    source.distort(() => tenant);
    feed.tell.missed();
    expect(await lookup.find(bySlug)).toEqual(tenant);
  });
});

describe("a change that nothing proves", () => {
  const nobody: TenantKey = { by: "slug", value: "nobody" };
  /** What anyone who can run SQL can do, as often as they like, while a read is under way. */
  const doubtEachRead = (raise: () => void) =>
    source.distort((answer) => {
      raise();
      return answer;
    });

  it("has its tenant and what is unknown read again, and no other tenant", async () => {
    const lookup = cached();
    await memory.create({ slug: "other", name: "Other" });
    const other: TenantKey = { by: "slug", value: "other" };
    for (const key of [byId, bySlug, byDomain, other, nobody]) await lookup.find(key);
    expect(source.reads).toBe(5);
    feed.tell.doubted(tenant.id);
    const suspended = await memory.suspend(tenant.id);
    for (const key of [byId, bySlug, byDomain]) expect(await lookup.find(key)).toEqual(suspended);
    expect(await lookup.find(nobody)).toBeNull();
    expect(source.reads).toBe(9);
    await lookup.find(other);
    for (const key of [byId, nobody]) await lookup.find(key);
    expect(source.reads).toBe(9);
  });

  it("has everything read again where it names no tenant", async () => {
    const lookup = cached();
    for (const key of [byId, nobody]) await lookup.find(key);
    feed.tell.doubted(null);
    for (const key of [byId, nobody]) await lookup.find(key);
    expect(source.reads).toBe(4);
  });

  it("has what is being read at that moment read again", async () => {
    const lookup = cached();
    for (const doubted of [tenant.id, null]) {
      lookup.forget(tenant.id);
      const release = source.hold();
      const asked = lookup.find(bySlug);
      await pause(1);
      const changed = await (doubted ? memory.suspend(tenant.id) : memory.reactivate(tenant.id));
      feed.tell.doubted(doubted);
      release();
      expect(await asked).toEqual(changed);
      expect(await lookup.find(bySlug)).toEqual(changed);
    }
  });

  it("takes no answer away, however often it comes, and has none of them kept", async () => {
    const lookup = cached();
    for (const doubted of [tenant.id, null]) {
      doubtEachRead(() => feed.tell.doubted(doubted));
      expect(await lookup.find(bySlug)).toEqual(tenant);
      expect(await lookup.find(nobody)).toBeNull();
      const before = source.reads;
      expect(await lookup.find(bySlug)).toEqual(tenant);
      expect(source.reads).toBeGreaterThan(before);
    }
  });

  it("is not forgotten for a flood of others", async () => {
    const lookup = cached({ maxFences: 3 });
    await lookup.find(bySlug);
    feed.tell.doubted(tenant.id);
    const suspended = await memory.suspend(tenant.id);
    for (let i = 0; i < 10; i += 1) feed.tell.doubted(newUuid());
    expect(await lookup.find(bySlug)).toEqual(suspended);
  });

  it("costs little, however much is kept", async () => {
    const lookup = cached();
    for (let i = 0; i < 10_000; i += 1) await lookup.find({ by: "domain", value: `h${i}.example` });
    const ids = Array.from({ length: 1_000 }, () => newUuid());
    const started = performance.now();
    for (let i = 0; i < 100_000; i += 1) feed.tell.doubted(ids[i % ids.length]!);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("that was proven once is nothing new when it is sent again", async () => {
    const lookup = cached();
    const suspended = await memory.suspend(tenant.id);
    announce(suspended);
    doubtEachRead(() => announce(suspended));
    expect(await lookup.find(nobody)).toBeNull();
    expect(await lookup.find(bySlug)).toEqual(suspended);
    expect(source.reads).toBe(2);
  });
});

describe("the registry down", () => {
  it("still answers what is kept, then is unavailable, and never guesses", async () => {
    const lookup = cached();
    await lookup.find(bySlug);
    source.fail(new Error("connect ECONNREFUSED"));
    clock += 10_000;
    expect(await lookup.find(bySlug)).toEqual(tenant);
    clock += 1;
    await expect(lookup.find(bySlug)).rejects.toMatchObject(unavailable);
    await expect(lookup.find({ by: "slug", value: "nobody" })).rejects.toMatchObject(unavailable);
    source.fail(undefined);
    expect(await lookup.find(bySlug)).toEqual(tenant);
  });

  it("is unavailable after a time where the registry hangs", async () => {
    const lookup = cached({ readTimeout: 20 });
    source.hold();
    await expect(lookup.find(bySlug)).rejects.toMatchObject(unavailable);
  });

  it("does not keep an answer that came after its read was given up", async () => {
    const lookup = cached({ readTimeout: 20 });
    const release = source.hold();
    await expect(lookup.find(bySlug)).rejects.toMatchObject(unavailable);
    const suspended = await memory.suspend(tenant.id);
    release();
    expect(await lookup.find(bySlug)).toEqual(suspended);
  });
});

describe("closing", () => {
  it("refuses from then on, also what is being read, and leaves the feed", async () => {
    const listeners = new Set<FeedListener>();
    const own: RegistryFeed = {
      state: "up",
      subscribe: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      close: async () => {},
    };
    const lookup = cached({ feed: own });
    await lookup.find(byId);
    const release = source.hold();
    const asked = lookup.find(bySlug);
    lookup.close();
    release();
    await expect(asked).rejects.toMatchObject(unavailable);
    await expect(lookup.find(byId)).rejects.toMatchObject(unavailable);
    expect(listeners.size).toBe(0);
  });
});
