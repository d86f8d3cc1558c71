import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import { writeAuthorityPayload } from "../../src/identity/authority/payload.js";
import { createAuthorityFeed, type RedisClient } from "../../src/identity/authority/index.js";
import { installedRedis, openOwnRedis } from "../cache/support/own-redis.js";
import { describeOnRedis } from "../support/redis.js";
import { embeddedServer } from "../support/servers.js";
import { until } from "../support/until.js";
import { openAuthorityStage, type AuthorityStage } from "./support/authority-stage.js";
import {
  openRedisPlaces,
  type InstanceOnRedis,
  type RedisPlaces,
} from "./support/authority-redis.js";
import { caller } from "./support/identity-fixture.js";

// Anyone who reaches Redis may publish there, and Redis may hold whatever it likes.

const inAnHour = () => new Date(Date.now() + 3_600_000);

describeOnRedis("what is forged in Redis", (url) => {
  let stage: AuthorityStage;
  let places: RedisPlaces;
  beforeAll(async () => {
    stage = await openAuthorityStage(embeddedServer());
  });
  afterAll(() => stage?.close());
  beforeEach(() => {
    places = openRedisPlaces(stage, url);
  });
  afterEach(() => places.close());

  const soon = () => Math.floor(Date.now() / 1000) + 3_000;
  const farAhead = 9_007_199_254_740_000;

  /** A member of whom `there` has been told all, and whom it has in memory. */
  async function known(there: InstanceOnRedis) {
    const claims = await stage.member();
    const { accountId } = claims;
    const isTold = () =>
      there.changes.some((change) => change.kind === "version" && change.accountId === accountId);
    await until(isTold);
    expect(await there.verdict(claims)).toBe("current");
    return claims;
  }

  /** Waits until all that was sent before has come in: by the denial of a token that nobody has. */
  async function delivered(there: InstanceOnRedis): Promise<void> {
    const { accountId, tenantId } = await stage.member();
    const change = { kind: "denied", tenantId, tokenId: accountId, expiresAt: soon() * 1_000 };
    await places.forge(writeAuthorityPayload(change as never, stage.keys));
    await until(() =>
      there.changes.some((one) => one.kind === "denied" && one.tokenId === accountId),
    );
  }

  it("denies nobody's token and raises nobody's version: at most the database is asked", async () => {
    const there = await places.instance();
    const claims = await known(there);
    const { tenantId, accountId, tokenId } = claims;
    const stranger = createKeyRing("another secret of thirty-two bytes");
    const denied = { kind: "denied", tenantId, tokenId, expiresAt: soon() * 1_000 } as const;
    const versions = [accountId, null].map(
      (whose) => ({ kind: "version", tenantId, accountId: whose, version: farAhead }) as const,
    );
    const noMac = `:${stage.keys.current.id}:${"0".repeat(64)}`;
    for (const text of [
      ...[denied, ...versions].map((change) => writeAuthorityPayload(change, stranger)),
      `denied:${tenantId}:${tokenId}:${soon()}`,
      `${tenantId}:${accountId}:${farAhead}`,
      `${tenantId}:*:${farAhead}`,
      `denied:${tenantId}:${tokenId}:${soon()}${noMac}`,
      `${tenantId}:*:${farAhead}${noMac}`,
    ]) {
      there.sent.count = 0;
      await places.forge(text);
      await delivered(there);
      for (let i = 0; i < 3; i += 1)
        expect([text, await there.verdict(claims)]).toEqual([text, "current"]);
      expect([text, there.sent.count <= 1]).toEqual([text, true]);
    }
  });

  it("and cannot be read has nothing asked", async () => {
    const there = await places.instance();
    const claims = await known(there);
    there.sent.count = 0;
    for (const text of ["", "x", "denied:", claims.tenantId, "1".repeat(100_000)]) {
      await places.forge(text);
    }
    await delivered(there);
    expect([await there.verdict(claims), there.sent.count]).toEqual(["current", 0]);
  });

  it("or is of a copy of this database, with the same secret, is looked up and no more", async () => {
    const there = await places.instance();
    const claims = await known(there);
    const { tenantId, accountId } = claims;
    for (const whose of [accountId, null]) {
      const change = { kind: "version", tenantId, accountId: whose, version: farAhead } as const;
      // While it is being read as well, where a version that is demanded would be waited for.
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      await places.forge(`${tenantId}:${accountId}:1`);
      await delivered(there);
      there.hold.answers = () => released;
      there.sent.answered = 0;
      const verdict = there.verdict(claims);
      await until(() => there.sent.answered >= 1);
      await places.forge(writeAuthorityPayload(change, stage.keys));
      await delivered(there);
      there.hold.answers = null;
      release();
      expect(await verdict).toBe("current");
    }
  });

  it("is not sent on", async () => {
    const there = await places.instance();
    const claims = await known(there);
    const heard = await places.overhear(claims.tenantId);
    const forged = `${claims.tenantId}:${claims.accountId}:77`;
    await places.forge(forged);
    await delivered(there);
    await there.authority.denyToken(claims.tenantId, claims.tokenId, inAnHour(), "lost", caller);
    await until(() => heard.some((text) => text.includes(`${claims.tokenId}:`)));
    expect(heard.filter((text) => text === forged)).toHaveLength(1);
  });

  it("without pause makes nobody unavailable, and puts nothing but its members in doubt", async () => {
    const there = await places.instance();
    const claims = await known(there);
    for (let round = 0; round < 40; round += 1) {
      const flood = ["x", `${claims.tenantId}:*:1`, `${claims.tenantId}:${claims.accountId}:1`];
      await Promise.all(
        flood.flatMap((text) => Array.from({ length: 20 }, () => places.forge(text))),
      );
      expect(await there.verdict(claims)).toBe("current");
    }
    await delivered(there);
    expect(there.doubts).not.toContain(null);
  });

  it("in the database's own channel is not spread where nobody can read it", async () => {
    const there = await places.instance();
    const claims = await known(there);
    const heard = await places.overhear(claims.tenantId);
    const before = there.doubts.length;
    await stage.forge(`${claims.tenantId} junk`);
    await until(() => there.doubts.length > before);
    await there.authority.denyToken(claims.tenantId, claims.tokenId, inAnHour(), "lost", caller);
    await until(() => heard.length > 0);
    expect(heard.filter((text) => text.includes("junk"))).toEqual([]);
  });
});

it("refuses what is no client before it connects anywhere", () => {
  for (const redis of [null, {}, "redis://127.0.0.1", { status: "ready", call: () => undefined }]) {
    const options = {
      keys: createKeyRing("s".repeat(32)),
      newClient: () => {
        throw new Error("connected");
      },
      redis: redis as unknown as RedisClient,
    };
    expect(() => createAuthorityFeed(options)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  }
});

it.skipIf(installedRedis === null)(
  "tells of revocations by a Redis that is full [needs redis-server]",
  async () => {
    const full = await openOwnRedis(["--maxmemory", "1"]);
    const stage = await openAuthorityStage(embeddedServer());
    const places = openRedisPlaces(stage, full.url);
    try {
      expect(await full.cli("set", "a", "b")).toContain("OOM");
      const [here, there] = [await places.instance(), await places.instance()];
      await there.cutPostgres();
      const claims = await stage.member();
      await until(async () => (await there.verdict(claims)) === "current");
      const { tenantId, tokenId } = claims;
      await here.authority.denyToken(tenantId, tokenId, inAnHour(), "lost", caller);
      await until(async () => (await there.verdict(claims)) === "TOKEN_STALE");
    } finally {
      await places.close();
      await stage.close();
      await full.close();
    }
  },
);
