import { createKeyRing } from "../../src/core/seal/key-ring.js";
import { newUuid } from "../../src/core/uuid.js";
import type { AuthorityChange, CheckedClaims } from "../../src/identity/authority/index.js";
import type { IoredisClient } from "../../src/identity/authority/redis/ioredis-link.js";
import { writeAuthorityPayload } from "../../src/identity/authority/payload.js";
import { openOwnRedis } from "../cache/support/own-redis.js";
import {
  openRedisPlaces,
  type InstanceOnRedis,
  type RedisPlaces,
} from "../identity/support/authority-redis.js";
import type { AuthorityInstance, AuthorityStage } from "../identity/support/authority-stage.js";
import { caller } from "../identity/support/identity-fixture.js";
import { until } from "../support/until.js";

type Probe = (places: RedisPlaces, stage: AuthorityStage) => Promise<boolean>;

const hour = 3_600_000;
const farAhead = 9_007_199_254_740_000;

const isCurrent = async ({ verdict }: AuthorityInstance, claims: CheckedClaims) =>
  (await verdict(claims)) === "current";
const isStale = async ({ verdict }: AuthorityInstance, claims: CheckedClaims) =>
  (await verdict(claims)) === "TOKEN_STALE";
/** Whether it comes to be refused. The clock stands still, so only because somebody told of it. */
const getsStale = (there: AuthorityInstance, claims: CheckedClaims) =>
  until(() => isStale(there, claims), 3_000).then(
    () => true,
    () => false,
  );
const deny = ({ authority }: AuthorityInstance, { tenantId, tokenId }: CheckedClaims) =>
  authority.denyToken(tenantId, tokenId, new Date(Date.now() + hour), "lost", caller);
const versionOf = (claims: CheckedClaims, version = farAhead): AuthorityChange => {
  const { tenantId, accountId } = claims;
  return { kind: "version", tenantId, accountId, version };
};
const textOf = (change: AuthorityChange, { keys }: AuthorityStage) =>
  writeAuthorityPayload(change, keys);

/** A new member whom `there` has in memory, after all of its news has come in. */
async function known(stage: AuthorityStage, there: InstanceOnRedis): Promise<CheckedClaims> {
  const claims = await stage.member();
  if (there.feed.state === "up") {
    await until(() =>
      there.changes.some((one) => one.kind === "version" && one.accountId === claims.accountId),
    );
  }
  await until(() => isCurrent(there, claims));
  return claims;
}

/** All that was published before has come in, for this came after it. */
async function delivered(
  { forge }: RedisPlaces,
  stage: AuthorityStage,
  there: InstanceOnRedis,
): Promise<void> {
  const tokenId = newUuid();
  const tenantId = stage.fixture.acme.id;
  await forge(textOf({ kind: "denied", tenantId, tokenId, expiresAt: Date.now() + hour }, stage));
  await until(() => there.changes.some((one) => one.kind === "denied" && one.tokenId === tokenId));
}

/** The commands that the client sends from now on. */
function commandsOf({ client }: InstanceOnRedis): string[] {
  const own = client as IoredisClient;
  const call = own.call.bind(own);
  const sent: string[] = [];
  own.call = (command, args) => {
    sent.push(command);
    return call(command, args);
  };
  return sent;
}

const impatient = { redisTimes: { pingInterval: 50, timeout: 300 } };
const patient = { redisTimes: { pingInterval: hour, timeout: hour } };

/** Whether what `revoke` does is in force where the database's feed is cut. */
async function reaches(
  places: RedisPlaces,
  stage: AuthorityStage,
  revoke: (claims: CheckedClaims) => Promise<unknown>,
): Promise<boolean> {
  const there = (await Promise.all([places.instance(), places.instance()]))[1];
  await there.cutPostgres();
  const claims = await known(stage, there);
  await revoke(claims);
  return getsStale(there, claims);
}

/** Each says whether a guarantee holds. */
export const authorityRedisProbes: Readonly<Record<string, Probe>> = {
  async "a-strangers-denial-does-nothing"(places, stage) {
    const there = await places.instance();
    const claims = await known(stage, there);
    there.sent.count = 0;
    const { tenantId, tokenId } = claims;
    await places.forge(`denied:${tenantId}:${tokenId}:${Math.floor(Date.now() / 1000) + 3_000}`);
    await delivered(places, stage, there);
    return (await isCurrent(there, claims)) && there.sent.count === 0;
  },
  async "junk-has-nothing-asked"(places, stage) {
    const there = await places.instance();
    const claims = await known(stage, there);
    there.sent.count = 0;
    await places.forge("junk");
    await delivered(places, stage, there);
    return (await isCurrent(there, claims)) && there.sent.count === 0;
  },
  async "strangers-raise-few-doubts"(places, stage) {
    const there = await places.instance();
    const { tenantId, accountId } = await known(stage, there);
    const text = `${tenantId}:${accountId}:1`;
    await Promise.all(Array.from({ length: 3_000 }, () => places.forge(text)));
    await delivered(places, stage, there);
    // A slow machine may take some seconds for them, each of which has a hundred.
    return there.doubts.length > 0 && there.doubts.length < 2_500;
  },
  async "a-copys-version-makes-nobody-unavailable"(places, stage) {
    const there = await places.instance();
    const claims = await stage.member();
    await until(() => there.changes.length > 0);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    there.hold.answers = () => released;
    there.sent.answered = 0;
    const verdict = there.verdict(claims);
    await until(() => there.sent.answered >= 1);
    await places.forge(textOf(versionOf(claims), stage));
    await delivered(places, stage, there);
    there.hold.answers = null;
    release();
    return (await verdict) === "current";
  },
  async "what-the-database-told-is-not-asked-twice"(places, stage) {
    const there = await places.instance();
    const claims = await known(stage, there);
    there.sent.count = 0;
    await places.forge(textOf(versionOf(claims, claims.membershipVersion), stage));
    await delivered(places, stage, there);
    return (await isCurrent(there, claims)) && there.sent.count === 0;
  },
  async "after-a-gap-versions-count-anew"(places, stage) {
    const there = await places.instance();
    const claims = await known(stage, there);
    await there.cutPostgres();
    there.postgres.heal();
    await until(() => there.feed.state === "up");
    const before = there.doubts.length;
    await places.forge(textOf(versionOf(claims, claims.membershipVersion), stage));
    await delivered(places, stage, there);
    return there.doubts.length === before + 1;
  },
  async "the-databases-feed-says-how-old-an-answer-may-be"(places, stage) {
    const there = await places.instance();
    const claims = await known(stage, there);
    await there.cutPostgres();
    if (!(await isCurrent(there, claims))) return false;
    await stage.members.remove(stage.fixture.acme, claims.accountId, stage.by);
    there.clock.now += 901;
    return isStale(there, claims);
  },
  "a-role-change-reaches-who-is-cut-off": (places, stage) =>
    reaches(places, stage, ({ accountId }) =>
      stage.members.changeRole(stage.fixture.acme, accountId, "viewer", stage.by),
    ),
  "a-disabled-account-reaches-who-is-cut-off": (places, stage) =>
    reaches(places, stage, ({ accountId }) =>
      stage.fixture.accounts.disable(accountId, "a test", caller),
    ),
  async "junk-is-not-spread"(places, stage) {
    const there = await places.instance();
    const claims = await known(stage, there);
    const heard = await places.overhear(claims.tenantId);
    const before = there.doubts.length;
    await stage.forge(`${claims.tenantId} junk`);
    await until(() => there.doubts.length > before);
    await deny(there, claims);
    await until(() => heard.some((text) => text.startsWith("denied:")));
    return heard.length === 1;
  },
  async "what-redis-says-is-not-sent-on"(places, stage) {
    const there = await places.instance();
    const claims = await known(stage, there);
    const heard = await places.overhear(claims.tenantId);
    const forged = `${claims.tenantId}:${claims.accountId}:77`;
    await places.forge(forged);
    await delivered(places, stage, there);
    await deny(there, claims);
    await until(() => heard.some((text) => text.includes(claims.tokenId)));
    return heard.filter((text) => text === forged).length === 1;
  },
  async "a-revocation-reaches-others-where-no-feed-is-up"(places, stage) {
    const [here, there] = await Promise.all([places.instance(), places.instance()]);
    await Promise.all([here.cutPostgres(), there.cutPostgres()]);
    const claims = await known(stage, there);
    await deny(here, claims);
    return getsStale(there, claims);
  },
  async "a-revocation-is-believed-while-a-secret-is-replaced"(places, stage) {
    const { secret } = stage.fixture.test;
    const keys = createKeyRing(["a new secret of thirty-two bytes", secret]);
    const [here, there] = await Promise.all([
      places.instance({ feedOptions: { keys } }),
      places.instance(),
    ]);
    await Promise.all([here.cutPostgres(), there.cutPostgres()]);
    const claims = await known(stage, there);
    await deny(here, claims);
    return getsStale(there, claims);
  },
  async "an-announcement-is-published-once"(places, stage) {
    const heard = await places.overhear(stage.fixture.acme.id);
    const [here] = await Promise.all([1, 2, 3].map(() => places.instance()));
    for (let i = 0; i < 5; i += 1) await stage.member();
    const last = await stage.member();
    await deny(here!, last);
    await until(() => heard.some((text) => text.includes(last.tokenId)));
    return new Set(heard).size === heard.length;
  },
  async "what-has-no-mac-may-be-said-again"(places, stage) {
    const there = await places.instance();
    const { tenantId, accountId } = await known(stage, there);
    const heard = await places.overhear(tenantId);
    const text = `${tenantId}:${accountId}:1`;
    const again = async () => {
      await stage.forge(text);
      return heard.filter((one) => one === text).length > 1;
    };
    return until(again, 3_000).then(
      () => true,
      () => false,
    );
  },
  async "a-full-redis-carries-revocations"(_, stage) {
    const full = await openOwnRedis(["--maxmemory", "1"]);
    const places = openRedisPlaces(stage, full.url);
    try {
      return await authorityRedisProbes["a-role-change-reaches-who-is-cut-off"]!(places, stage);
    } finally {
      await places.close();
      await full.close();
    }
  },
  async "a-redis-that-hangs-gathers-little"(places, stage) {
    const there = await places.instance({ feedOptions: patient });
    const { tenantId } = await known(stage, there);
    there.redis.blackhole();
    const sent = commandsOf(there);
    const before = there.doubts.length;
    for (let i = 0; i < 300; i += 1) await stage.forge(`${tenantId}:${newUuid()}:1`);
    await until(() => there.doubts.length >= before + 300);
    there.redis.cut();
    return sent.length > 0 && sent.length <= 100;
  },
  async "a-redis-that-is-down-is-sent-nothing"(places, stage) {
    const there = await places.instance({ feedOptions: impatient });
    const claims = await known(stage, there);
    there.redis.blackhole();
    await until(() => there.told().at(-1) === "down");
    const sent = commandsOf(there);
    await deny(there, claims);
    return (await isStale(there, claims)) && sent.length === 0;
  },
  async "a-silent-cut-is-noticed"(places) {
    const there = await places.instance({ feedOptions: impatient });
    there.redis.blackhole();
    return until(() => there.told().at(-1) === "down", 5_000).then(
      () => true,
      () => false,
    );
  },
  async "what-hears-nothing-is-not-up"(places) {
    const there = await places.instance({ feedOptions: impatient });
    // One that never subscribes, as where the server lets it connect and keeps channels from it.
    const own = there.client as IoredisClient;
    const duplicate = own.duplicate.bind(own);
    let made = 0;
    own.duplicate = (override) => {
      made += 1;
      return Object.assign(duplicate(override), { subscribe: () => Promise.resolve(0) });
    };
    there.redis.cut();
    await until(() => there.told().at(-1) === "down");
    there.redis.heal();
    await until(() => made >= 3);
    return there.told().join() === "up,down";
  },
  async "closing-leaves-nothing-behind"(places) {
    const there = await places.instance();
    const name = String(await (there.client as IoredisClient).call("CLIENT", ["GETNAME"]));
    const connections = async () =>
      String(await places.command("CLIENT", "LIST")).split(`name=${name} `).length - 1;
    await there.authority.close();
    return until(async () => (await connections()) === 1, 2_000).then(
      () => true,
      () => false,
    );
  },
  async "an-outage-is-told-once"(places) {
    const there = await places.instance();
    const own = there.client as IoredisClient;
    const duplicate = own.duplicate.bind(own);
    let made = 0;
    own.duplicate = (override) => {
      made += 1;
      return duplicate(override);
    };
    there.redis.cut();
    await until(() => made >= 3);
    there.redis.heal();
    await until(() => there.told().at(-1) === "up");
    return there.told().join() === "up,down,up";
  },
};
