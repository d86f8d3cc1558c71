import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { createCache, ioredisBackend, type Cache } from "tenantry/cache";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { describeOnRedis } from "../support/redis.js";
import { removeKeys } from "../cache/support/remove-keys.js";
import { as, collectEvents, newScope } from "../cache/support/tenants.js";

const secret = randomBytes(32).toString("hex");
const older = randomBytes(32).toString("hex");
const prefix = `tenantry-test-${randomBytes(8).toString("hex")}`;

describeOnRedis("bytes that somebody else put into the cache's server", (url) => {
  let redis: Redis;
  const [a, b] = [newScope("a"), newScope("b")];
  const { events, sink } = collectEvents();
  beforeAll(() => {
    redis = new Redis(url);
  });
  afterAll(async () => {
    await removeKeys(redis, prefix);
    redis.disconnect();
  });
  beforeEach(async () => {
    await removeKeys(redis, prefix);
    events.length = 0;
  });

  const make = (given?: string | readonly string[], name = "notes"): Cache<string> =>
    createCache<string>({
      name,
      backend: ioredisBackend(redis, { prefix, timeout: 5_000 }),
      ttl: 60_000,
      onUnavailable: "throw",
      onEvent: sink,
      ...(given === undefined ? {} : { secret: given }),
    });
  const hashOf = (scope = a, name = "notes") => `${prefix}:{${scope.tenant.id}}:cache:${name}`;
  const fieldsOf = async (key: string) =>
    (await redis.hkeys(key)).filter((field) => field.length === 43);
  const recordOf = async (key: string) => (await redis.hgetBuffer(key, (await fieldsOf(key))[0]!))!;
  const planted = async (record: Buffer) =>
    redis.hset(hashOf(), (await fieldsOf(hashOf()))[0]!, record);
  const why = () => events.map(({ severity, detail }) => `${severity} ${String(detail["why"])}`);

  it.each([
    ["another tenant's", "tenant", secret],
    ["another tenant's", "tenant", undefined],
  ])("are refused: %s value, in every part of the record (%s)", async (_, reason, given) => {
    const cache = make(given);
    await as(b, () => cache.set("k", "b-canary"));
    await as(a, () => cache.set("k", "mine"));
    await planted(await recordOf(hashOf(b)));
    // The generation of the victim's too, so that it is the tenant alone that does not fit.
    await redis.hset(hashOf(), "g", (await redis.hget(hashOf(b), "g"))!);
    expect(await as(a, () => cache.get("k"))).toBeUndefined();
    expect(await as(a, () => cache.remember("k", () => "computed"))).toBe("computed");
    expect(await as(a, () => cache.get("k"))).toBe("computed");
    expect(why()).toEqual([`security ${reason}`, `security ${reason}`]);
  });

  it("are refused: the whole hash of another tenant under this one's name", async () => {
    const cache = make();
    await as(b, () => cache.set("k", "b-canary"));
    await redis.copy(hashOf(b), hashOf());
    await redis.copy(`${hashOf(b)}:index`, `${hashOf()}:index`);
    expect(await as(a, () => cache.get("k"))).toBeUndefined();
  });

  it.each([
    ["of another key", "k2", "notes"],
    ["of another cache", "k", "others"],
  ])("are refused: the same tenant's value %s", async (_, key, name) => {
    const cache = make(secret);
    await as(a, () => cache.set("k", "mine"));
    const field = (await fieldsOf(hashOf()))[0]!;
    await as(a, () => make(secret, name).set(key, "elsewhere"));
    const other = hashOf(a, name);
    const its = (await fieldsOf(other)).find((candidate) => candidate !== field)!;
    await redis.hset(hashOf(), field, (await redis.hgetBuffer(other, its))!);
    await redis.hset(hashOf(), "g", (await redis.hget(other, "g"))!);
    expect(await as(a, () => cache.get("k"))).toBeUndefined();
    expect(why()).toEqual(["security place"]);
  });

  it("are refused: a value of before a clear", async () => {
    const cache = make(secret);
    await as(a, () => cache.set("k", "old"));
    const record = await recordOf(hashOf());
    await as(a, () => cache.clear());
    await as(a, () => cache.set("k", "new"));
    await planted(record);
    expect(await as(a, () => cache.get("k"))).toBeUndefined();
    expect(why()).toEqual(["warning generation"]);
  });

  it.each([
    ["the value", -1],
    ["the MAC", 150],
    ["the expiry", 142],
    ["the time of freshness", 128],
  ])("are refused with a MAC where one bit was changed: in %s", async (_, at) => {
    const cache = make(secret);
    await as(a, () => cache.set("k", "mine"));
    const record = await recordOf(hashOf());
    record[at < 0 ? record.length + at : at]! ^= 1;
    await planted(record);
    expect(await as(a, () => cache.get("k"))).toBeUndefined();
    expect(why()).toEqual(["security seal-forged"]);
  });

  it("are refused with a MAC where they have none", async () => {
    await as(a, () => make().set("k", "forged"));
    expect(await as(a, () => make(secret).get("k"))).toBeUndefined();
    expect(why()).toEqual(["security seal-missing"]);
  });

  it("are refused where they have a MAC of another secret, but for one being replaced", async () => {
    await as(a, () => make(older).set("k", "mine"));
    expect(await as(a, () => make(secret).get("k"))).toBeUndefined();
    expect(await as(a, () => make().get("k"))).toBeUndefined();
    expect(why()).toEqual(["warning seal-key", "warning seal-key"]);
    expect(await as(a, () => make([secret, older]).get("k"))).toBe("mine");
  });

  it.each([[""], ["x"], ["c1."], ["x".repeat(500)], ['{"json":1}']])(
    "are refused where they are none of ours: %j",
    async (text) => {
      const cache = make();
      await as(a, () => cache.set("k", "mine"));
      await planted(Buffer.from(text));
      expect(await as(a, () => cache.get("k"))).toBeUndefined();
      expect(why()).toEqual(["security malformed"]);
    },
  );

  it("would be believed without a MAC, from one who can write there and knows the form", async () => {
    const cache = make();
    await as(a, () => cache.set("k", "mine"));
    const record = await recordOf(hashOf());
    await planted(Buffer.from(record.toString("latin1").replace('"mine"', '"evil"'), "latin1"));
    expect(await as(a, () => cache.get("k"))).toBe("evil");
  });
});
