import { createKeyRing } from "../../src/core/seal/key-ring.js";
import type { CheckedClaims } from "../../src/identity/authority/index.js";
import type {
  AuthorityInstance,
  AuthorityStage,
  InstanceOptions,
} from "../identity/support/authority-stage.js";
import { caller } from "../identity/support/identity-fixture.js";
import { openTcpProxy, type TcpProxy } from "../registry/tcp-proxy.js";
import { until } from "../support/until.js";

type Probe = (stage: AuthorityStage) => Promise<boolean>;

const hour = 3_600_000;
const later = (milliseconds = hour): Date => new Date(Date.now() + milliseconds);
const isCurrent = async ({ verdict }: AuthorityInstance, claims: CheckedClaims) =>
  (await verdict(claims)) === "current";
const isStale = async ({ verdict }: AuthorityInstance, claims: CheckedClaims) =>
  (await verdict(claims)) === "TOKEN_STALE";

/** Waits until `there` was told of what `work` does, proven or not, and has taken it in. */
async function heard({ changes, doubts }: AuthorityInstance, work: () => Promise<unknown>) {
  const before = changes.length + doubts.length;
  await work();
  await until(() => changes.length + doubts.length > before, 5_000);
}

/** A new member, of whom `there` knows and has been told. */
async function known(stage: AuthorityStage, there: AuthorityInstance): Promise<CheckedClaims> {
  let claims: CheckedClaims | undefined;
  await heard(there, async () => (claims = await stage.member()));
  if (!(await isCurrent(there, claims!))) throw new Error("a new member is refused");
  return claims!;
}

const remove = ({ members, fixture, by }: AuthorityStage, { accountId }: CheckedClaims) =>
  members.remove(fixture.acme, accountId, by);
const demote = ({ members, fixture, by }: AuthorityStage, { accountId }: CheckedClaims) =>
  members.changeRole(fixture.acme, accountId, "viewer", by);
const deny = ({ authority }: AuthorityInstance, { tenantId, tokenId }: CheckedClaims) =>
  authority.denyToken(tenantId, tokenId, later(), "lost", caller);
const raise = ({ authority }: AuthorityInstance, { fixture, by }: AuthorityStage) =>
  authority.raiseTenantVersion(fixture.acme, "a test", by);

/** An instance whose feed can be cut. Its clock stands still. */
async function cuttable<T>(
  stage: AuthorityStage,
  work: (there: AuthorityInstance, between: TcpProxy, clock: { now: number }) => Promise<T>,
  options: InstanceOptions = {},
): Promise<T> {
  const between = await openTcpProxy(stage.fixture.test.appUrl);
  const clock = { now: 0 };
  try {
    const now = () => clock.now;
    return await work(
      await stage.instance({ feedUrl: between.url, now, ...options }),
      between,
      clock,
    );
  } finally {
    await between.close();
  }
}

async function cut(there: AuthorityInstance, between: TcpProxy): Promise<void> {
  between.cut();
  await until(() => there.feed.state === "down");
}

async function heal(there: AuthorityInstance, between: TcpProxy): Promise<void> {
  between.heal();
  await until(() => there.feed.state === "up");
}

/** Asks with a member unknown to `there`, whose old answer comes back after `meanwhile`. */
async function overtaken(
  there: AuthorityInstance,
  claims: CheckedClaims,
  meanwhile: () => Promise<unknown>,
): Promise<string> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  there.hold.answers = () => released;
  there.sent.answered = 0;
  const verdict = there.verdict(claims);
  await until(() => there.sent.answered >= 1);
  await meanwhile();
  there.hold.answers = null;
  release();
  return verdict;
}

const stranger = (stage: AuthorityStage) =>
  stage.instance({ feedOptions: { keys: createKeyRing("another secret of thirty-two bytes") } });

/** Each says whether a guarantee holds. */
export const authorityProbes: Readonly<Record<string, Probe>> = {
  async "a-changed-member-is-refused"(stage) {
    const there = await stage.instance();
    const claims = await known(stage, there);
    await heard(there, () => demote(stage, claims));
    return isStale(there, claims);
  },
  async "a-raised-tenant-version-is-in-force"(stage) {
    const [here, there] = [await stage.instance(), await stage.instance()];
    const claims = await known(stage, there);
    await heard(there, () => raise(here, stage));
    return isStale(there, claims);
  },
  async "a-denied-token-is-refused"(stage) {
    const [here, there] = [await stage.instance(), await stage.instance()];
    const claims = await known(stage, there);
    await heard(there, () => deny(here, claims));
    return isStale(there, claims);
  },
  async "a-revocation-holds-at-once-where-it-was-made"(stage) {
    // Its feed has no part in it.
    return cuttable(stage, async (there, between) => {
      const [one, two] = [await known(stage, there), await known(stage, there)];
      await cut(there, between);
      await deny(there, one);
      if (!(await isStale(there, one)) || !(await isCurrent(there, two))) return false;
      await raise(there, stage);
      return isStale(there, two);
    });
  },
  async "an-inactive-member-is-refused-with-any-token"(stage) {
    const there = await stage.instance();
    const { accountId } = await known(stage, there);
    await heard(there, () => stage.members.suspend(stage.fixture.acme, accountId, stage.by));
    return isStale(there, await stage.claimsOf(accountId));
  },
  async "a-disabled-account-is-refused-everywhere"(stage) {
    const there = await stage.instance();
    const claims = await known(stage, there);
    const { accounts } = stage.fixture;
    await heard(there, () => accounts.disable(claims.accountId, "a test", caller));
    return isStale(there, claims);
  },
  async "a-denial-is-of-the-tenants-own-token"(stage) {
    const there = await stage.instance();
    const claims = await known(stage, there);
    await deny(there, { ...claims, tenantId: stage.fixture.globex.id });
    return isCurrent(there, claims);
  },
  async "a-change-overtakes-a-read"(stage) {
    const there = await stage.instance();
    await known(stage, there);
    const claims = await stage.member();
    await until(() => there.changes.length === 2);
    return (
      (await overtaken(there, claims, () => heard(there, () => remove(stage, claims)))) ===
      "TOKEN_STALE"
    );
  },
  async "a-tenants-change-overtakes-a-read"(stage) {
    const [here, there] = [await stage.instance(), await stage.instance()];
    await known(stage, there);
    const claims = await stage.member();
    await until(() => there.changes.length === 2);
    return (
      (await overtaken(there, claims, () => heard(there, () => raise(here, stage)))) ===
      "TOKEN_STALE"
    );
  },
  async "a-gap-overtakes-a-read"(stage) {
    return cuttable(stage, async (there, between) => {
      await known(stage, there);
      const claims = await stage.member();
      await until(() => there.changes.length === 2);
      const verdict = await overtaken(there, claims, async () => {
        await cut(there, between);
        await remove(stage, claims);
        await heal(there, between);
      });
      return verdict === "TOKEN_STALE" && isStale(there, claims);
    });
  },
  async "a-doubt-overtakes-a-read"(stage) {
    const there = await stranger(stage);
    await known(stage, there);
    const claims = await stage.member();
    await until(() => there.doubts.length === 2);
    return (
      (await overtaken(there, claims, () => heard(there, () => remove(stage, claims)))) ===
      "TOKEN_STALE"
    );
  },
  async "a-new-token-is-not-refused-for-an-old-answer"(stage) {
    return cuttable(stage, async (there, between) => {
      await known(stage, there);
      const old = await stage.member();
      await cut(there, between);
      let later: Promise<string> = Promise.resolve("");
      await overtaken(there, old, async () => {
        await demote(stage, old);
        later = there.verdict(await stage.claimsOf(old.accountId));
      });
      return (await later) === "current";
    });
  },
  async "a-new-token-is-not-refused-for-what-is-kept"(stage) {
    return cuttable(stage, async (there, between) => {
      const old = await known(stage, there);
      await cut(there, between);
      await demote(stage, old);
      return isCurrent(there, await stage.claimsOf(old.accountId));
    });
  },
  async "what-was-missed-is-read-again"(stage) {
    return cuttable(stage, async (there, between) => {
      const [here, one, two] = [
        await stage.instance(),
        await known(stage, there),
        await known(stage, there),
      ];
      await cut(there, between);
      await remove(stage, one);
      await deny(here, two);
      await heal(there, between);
      return (await isStale(there, one)) && isStale(there, two);
    });
  },
  async "missed-denials-are-waited-for"(stage) {
    return cuttable(stage, async (there, between) => {
      const [here, claims] = [await stage.instance(), await known(stage, there)];
      await cut(there, between);
      await deny(here, claims);
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      there.hold.answers = async (text) => text.includes("denied_token") && released;
      await heal(there, between);
      there.sent.answered = 0;
      const verdict = there.verdict(claims);
      await until(() => there.sent.answered >= 1);
      release();
      return (await verdict) === "TOKEN_STALE";
    });
  },
  async "without-a-feed-members-are-asked-each-second"(stage) {
    return cuttable(stage, async (there, between, clock) => {
      const claims = await known(stage, there);
      await cut(there, between);
      await remove(stage, claims);
      clock.now += 1_000;
      return isStale(there, claims);
    });
  },
  async "without-a-feed-denials-are-asked-each-second"(stage) {
    return cuttable(stage, async (there, between, clock) => {
      const [here, claims] = [await stage.instance(), await known(stage, there)];
      await cut(there, between);
      await deny(here, claims);
      clock.now += 1_000;
      return isStale(there, claims);
    });
  },
  async "without-a-feed-a-slow-answer-is-none"(stage) {
    return cuttable(stage, async (there, between, clock) => {
      const claims = await known(stage, there);
      await cut(there, between);
      clock.now += 1_000;
      const verdict = await overtaken(there, claims, async () => void (clock.now += 1_000));
      return verdict === "DATABASE_UNAVAILABLE";
    });
  },
  async "nothing-is-kept-for-ever"(stage) {
    let now = 0;
    const there = await stage.instance({ now: () => now });
    const claims = await known(stage, there);
    now += 30_001;
    there.sent.count = 0;
    return (await isCurrent(there, claims)) && there.sent.count > 0;
  },
  async "memory-answers"(stage) {
    const there = await stage.instance();
    const claims = await known(stage, there);
    there.sent.count = 0;
    return (await isCurrent(there, claims)) && there.sent.count === 0;
  },
  async "memory-is-bounded"(stage) {
    const there = await stage.instance({ maxMembers: 2, maxDenied: 2 });
    const all: CheckedClaims[] = [];
    for (let i = 0; i < 4; i += 1) all.push(await known(stage, there));
    there.sent.count = 0;
    await there.verdict(all[0]!);
    return there.sent.count > 0;
  },
  async "denials-are-bounded-and-hold"(stage) {
    const there = await stage.instance({ maxDenied: 2 });
    const all: CheckedClaims[] = [];
    for (let i = 0; i < 4; i += 1) all.push(await known(stage, there));
    for (const claims of all.slice(0, 3)) await deny(there, claims);
    for (const claims of all.slice(0, 3)) if (!(await isStale(there, claims))) return false;
    there.sent.count = 0;
    return (await isCurrent(there, all[3]!)) && there.sent.count > 0;
  },
  async "a-forgery-changes-nothing"(stage) {
    const there = await stage.instance();
    const claims = await known(stage, there);
    const { tenantId, accountId, tokenId } = claims;
    const signature = `${stage.keys.current.id}:${"0".repeat(64)}`;
    for (const text of [
      `${tenantId}:${accountId}:9007199254740000`,
      `${tenantId}:*:9007199254740000`,
      `denied:${tenantId}:${tokenId}:${Math.floor(later().getTime() / 1000)}`,
    ]) {
      await heard(there, () => stage.forge(`${text}:${signature}`));
      if (!(await isCurrent(there, claims))) return false;
    }
    return there.changes.length === 1;
  },
  async "kinds-of-announcements-do-not-meet"(stage) {
    const there = await stage.instance();
    const claims = await known(stage, there);
    const [version] = await stage.overheard(() => heard(there, () => demote(stage, claims)));
    await heard(there, () => stage.forge(`denied:${version}`));
    return there.doubts.length === 1;
  },
  async "what-nothing-proves-is-in-force"(stage) {
    const [here, there] = [await stage.instance(), await stranger(stage)];
    const [one, two, three] = [
      await known(stage, there),
      await known(stage, there),
      await known(stage, there),
    ];
    await heard(there, () => remove(stage, one));
    if (!(await isStale(there, one)) || !(await isCurrent(there, two))) return false;
    await heard(there, () => deny(here, two));
    if (!(await isStale(there, two)) || !(await isCurrent(there, three))) return false;
    await heard(there, () => raise(here, stage));
    return isStale(there, three);
  },
  async "what-cannot-be-read-is-about-everyone"(stage) {
    const there = await stage.instance();
    const claims = await known(stage, there);
    await heard(there, () => stage.forge("a form to come"));
    there.sent.count = 0;
    return (await isCurrent(there, claims)) && there.sent.count === 2;
  },
  async "doubts-without-pause-harm-nobody"(stage) {
    const there = await stage.instance();
    await known(stage, there);
    const claims = await stage.member();
    await until(() => there.changes.length === 2);
    there.hold.answers = () =>
      heard(there, () => stage.forge(`${claims.tenantId}:${claims.accountId}:1`));
    if (!(await isCurrent(there, claims))) return false;
    there.hold.answers = null;
    // And what they were told is not kept.
    there.sent.count = 0;
    return (await isCurrent(there, claims)) && there.sent.count === 1;
  },
  async "where-nobody-can-be-asked-nobody-passes"(stage) {
    const between = await openTcpProxy(stage.fixture.test.identityUrl);
    try {
      const there = await stage.instance({ databaseUrl: between.url, readTimeout: 20_000 });
      await known(stage, there);
      const claims = await stage.member();
      // Or else the tenant's version, which is known, would tell that "no member" cannot be.
      await until(() => there.changes.length === 2);
      await heard(there, () => stage.forge(`${claims.tenantId}:*:1`));
      between.cut();
      return (await there.verdict(claims)) === "DATABASE_UNAVAILABLE";
    } finally {
      await between.close();
    }
  },
  async "what-is-closed-lets-nobody-pass"(stage) {
    const there = await stage.instance();
    const claims = await known(stage, there);
    await there.authority.close();
    return (await there.verdict(claims)) === "DATABASE_UNAVAILABLE";
  },
  async "the-application-reaches-none-of-it"(stage) {
    const { tenantId, tokenId } = await stage.member();
    for (const text of [
      "select from tenantry.denied_token",
      `insert into tenantry.denied_token (tenant_id, token_id, expires_at) values ('${tenantId}', '${tokenId}', now())`,
      "delete from tenantry.denied_token",
      "select tenantry.announce('tenantry_authority', 'denied', 'x', 'denied:')",
    ]) {
      const code = await stage.asApp(text).then(
        () => "done",
        (error: { code?: string }) => error.code,
      );
      if (code !== "42501") return false;
    }
    return true;
  },
  async "revocations-are-written-down"(stage) {
    const there = await stage.instance();
    const claims = await known(stage, there);
    await deny(there, claims);
    const version = await raise(there, stage);
    const rows = await stage.fixture.admin(
      "select from tenantry.identity_event where detail = $1 or detail = $2",
      [{ tokenId: claims.tokenId }, { version }],
    );
    return rows.length === 2;
  },
  async "a-denial-lasts-as-long-as-its-token"(stage) {
    const there = await stage.instance();
    const [one, two] = [await stage.member(), await stage.member()];
    await deny(there, one);
    await there.authority.denyToken(one.tenantId, one.tokenId, later(1_000), "again", caller);
    await deny(there, two);
    const [row] = await stage.fixture.admin<{ left: number }>(
      "select extract(epoch from expires_at - now())::int as left from tenantry.denied_token where token_id = $1",
      [one.tokenId],
    );
    return row !== undefined && row.left > 3_000;
  },
  async "the-reason-is-told-to-the-event-alone"(stage) {
    const there = await stage.instance();
    const [one, two] = [await known(stage, there), await known(stage, there)];
    await heard(there, () => remove(stage, one));
    await deny(there, two);
    const messageFor = (claims: CheckedClaims) =>
      there.authority.assertCurrent(claims).then(
        () => "",
        (error: Error) => error.message,
      );
    const isAlike = (await messageFor(one)) === (await messageFor(two));
    const told = there.events.filter(({ type }) => type === "token.stale");
    return isAlike && told.map(({ detail }) => detail.because).join() === "inactive,denied";
  },
};
