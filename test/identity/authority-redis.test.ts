import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CheckedClaims } from "../../src/identity/authority/index.js";
import { describeOnRedis } from "../support/redis.js";
import { embeddedServer } from "../support/servers.js";
import { until } from "../support/until.js";
import { openAuthorityStage, type AuthorityStage } from "./support/authority-stage.js";
import {
  connectors,
  openRedisPlaces,
  type ClientKind,
  type InstanceOnRedis,
  type RedisPlaces,
} from "./support/authority-redis.js";
import { caller } from "./support/identity-fixture.js";
import { openIdentitySite } from "./support/identity-site.js";

// What Redis adds, on a clock that stands still: so nothing is read again because it got old, and what
// is refused is refused because somebody told of it.

const generous = 5_000;
const inAnHour = () => new Date(Date.now() + 3_600_000);

describeOnRedis("revocations by Redis", (url) => {
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

  type Revocation = readonly [string, (claims: CheckedClaims) => Promise<unknown>];

  const ownRevocations = ({ authority }: InstanceOnRedis): Revocation[] => [
    [
      "single token",
      ({ tenantId, tokenId }) => authority.denyToken(tenantId, tokenId, inAnHour(), "lost", caller),
    ],
    ["tenant version", () => authority.raiseTenantVersion(stage.fixture.acme, "a test", stage.by)],
  ];
  const revocations = (here: InstanceOnRedis): Revocation[] => {
    const { members, by, fixture } = stage;
    return [
      ["role change", ({ accountId }) => members.changeRole(fixture.acme, accountId, "viewer", by)],
      ["suspension", ({ accountId }) => members.suspend(fixture.acme, accountId, by)],
      ["removal", ({ accountId }) => members.remove(fixture.acme, accountId, by)],
      [
        "disabled account",
        ({ accountId }) => fixture.accounts.disable(accountId, "a test", caller),
      ],
      ...ownRevocations(here),
    ];
  };

  async function timeToRefusal(
    { verdict }: InstanceOnRedis,
    [, revoke]: Revocation,
  ): Promise<number> {
    const claims = await stage.member();
    await until(async () => (await verdict(claims)) === "current");
    await revoke(claims);
    const started = performance.now();
    await until(async () => (await verdict(claims)) === "TOKEN_STALE", generous);
    return performance.now() - started;
  }

  function print(what: string, times: readonly number[]): void {
    const sorted = [...times].sort((a, b) => a - b);
    const [middle, worst] = [sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!];
    process.stdout.write(
      `   revoked → refused, ${what}: ${times.length} times, median ${middle.toFixed(1)} ms, worst ${worst.toFixed(1)} ms\n`,
    );
  }

  describe.each<ClientKind>(["ioredis", "node-redis"])("through %s", (kind) => {
    it("are in force in milliseconds where the database's feed is cut", async () => {
      const [here, there] = [await places.instance({ kind }), await places.instance({ kind })];
      await there.cutPostgres();
      const times: number[] = [];
      for (const revocation of revocations(here)) {
        for (let i = 0; i < 5; i += 1) times.push(await timeToRefusal(there, revocation));
      }
      print(`by Redis alone, through ${kind}`, times);
      expect(there.feed.state).toBe("down");
      expect(Math.max(...times)).toBeLessThan(generous);
    });

    it("made here are in force there, where no feed is up anywhere", async () => {
      const [here, there] = [await places.instance({ kind }), await places.instance({ kind })];
      await here.cutPostgres();
      await there.cutPostgres();
      for (const revocation of ownRevocations(here)) {
        expect(await timeToRefusal(there, revocation)).toBeLessThan(generous);
      }
    });

    it("go on once Redis is back, which is told once each time", async () => {
      const [here, there] = [await places.instance({ kind }), await places.instance({ kind })];
      there.redis.cut();
      await until(() => there.told().at(-1) === "down");
      there.redis.heal();
      await until(() => there.told().at(-1) === "up");
      await there.cutPostgres();
      await timeToRefusal(there, revocations(here)[0]!);
      expect(there.told()).toEqual(["up", "down", "up"]);
    });

    it("have a silent cut noticed", async () => {
      const redisTimes = { pingInterval: 50, timeout: 500 };
      const there = await places.instance({ kind, feedOptions: { redisTimes } });
      there.redis.blackhole();
      await until(() => there.told().at(-1) === "down");
      there.redis.cut();
      there.redis.heal();
      await until(() => there.told().at(-1) === "up");
    });

    it("close the connection that was made for them, and not the client", async () => {
      const there = await places.instance({ kind });
      const name = await ("call" in there.client
        ? there.client.call("CLIENT", ["GETNAME"])
        : there.client.sendCommand(["CLIENT", "GETNAME"]));
      const connections = async () =>
        String(await places.command("CLIENT", "LIST")).split(`name=${String(name)} `).length - 1;
      expect(await connections()).toBe(2);
      await there.authority.close();
      await until(async () => (await connections()) === 1);
      there.feed.announce({ kind: "version", ...(await stage.member()), version: 1 });
    });

    it("need no Redis that is there at the start", async () => {
      const there = await places.instance({ kind, redisUp: false });
      const claims = await stage.member();
      expect(await there.verdict(claims)).toBe("current");
      there.redis.cut();
      await stage.members.remove(stage.fixture.acme, claims.accountId, stage.by);
      await until(async () => (await there.verdict(claims)) === "TOKEN_STALE");
    });
  });

  describe("without Redis", () => {
    async function bothCut(disturb: (redis: InstanceOnRedis["redis"]) => void, stopped: boolean) {
      const [here, there] = [await places.instance(), await places.instance({ stopped })];
      await there.cutPostgres();
      disturb(there.redis);
      return { here, there };
    }

    it.each(["cut", "blackhole"] as const)(
      "are in force within the second that was promised: %s",
      async (how) => {
        const { here, there } = await bothCut((redis) => redis[how](), false);
        const times: number[] = [];
        for (const revocation of revocations(here)) {
          times.push(await timeToRefusal(there, revocation));
        }
        print(`with Redis gone as well (${how})`, times);
        expect(Math.max(...times)).toBeLessThan(generous);
      },
    );

    it("wait for nobody, though Redis never answers", async () => {
      const here = await places.instance({
        feedOptions: { redisTimes: { pingInterval: 3_600_000, timeout: 3_600_000 } },
      });
      here.redis.blackhole();
      const claims = await stage.member();
      await here.authority.denyToken(claims.tenantId, claims.tokenId, inAnHour(), "lost", caller);
      expect(await here.verdict(claims)).toBe("TOKEN_STALE");
      here.redis.cut();
    });
  });

  it("leave to the database's feed how old an answer may be, however well Redis is", async () => {
    const there = await places.instance();
    const claims = await stage.member();
    await there.cutPostgres();
    expect(await there.verdict(claims)).toBe("current");
    // Unheard: nobody else is there who would publish it.
    await stage.members.remove(stage.fixture.acme, claims.accountId, stage.by);
    expect(await there.verdict(claims)).toBe("current");
    there.clock.now += 901;
    expect([there.told(), await there.verdict(claims)]).toEqual([["up"], "TOKEN_STALE"]);
  });

  it("are published once, however many hear of them, and never by who has it from Redis", async () => {
    const heard = await places.overhear(stage.fixture.acme.id);
    const all = [await places.instance(), await places.instance(), await places.instance()];
    await all[2]!.cutPostgres();
    const claims = await stage.member();
    await until(() => heard.length > 0);
    await all[0]!.authority.denyToken(claims.tenantId, claims.tokenId, inAnHour(), "lost", caller);
    const last = await stage.member();
    await until(() => heard.some((text) => text.includes(last.accountId)));
    const denials = heard.filter((text) => text.startsWith("denied:"));
    expect(denials).toHaveLength(1);
    expect(new Set(heard).size).toBe(heard.length);
    await until(async () => (await all[2]!.verdict(claims)) === "TOKEN_STALE");
  });

  it("are carried where createIdentity is given a client, and not where it is given none", async () => {
    const { client, close } = await connectors.ioredis(url, "tenantry-test-identity");
    for (const [given, told] of [
      [{ redis: client }, true],
      [{}, false],
    ] as const) {
      const site = await openIdentitySite(embeddedServer(), { identity: given });
      try {
        await until(() => site.events.includes("authority.feed-up"));
        if (told) await until(() => site.events.includes("authority.redis-up"));
        expect(site.events.includes("authority.redis-up")).toBe(told);
      } finally {
        await site.close();
      }
    }
    close();
  });
});
