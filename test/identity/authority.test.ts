import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { newUuid } from "../../src/core/uuid.js";
import type { CheckedClaims } from "../../src/identity/authority/index.js";
import { describeOnServers } from "../support/servers.js";
import { until } from "../support/until.js";
import {
  openAuthorityStage,
  type AuthorityInstance,
  type AuthorityStage,
} from "./support/authority-stage.js";
import { caller } from "./support/identity-fixture.js";

const hour = 3_600_000;
const inAnHour = () => new Date(Date.now() + hour);

describeOnServers("the authority of access tokens", (server) => {
  let stage: AuthorityStage;
  beforeAll(async () => {
    stage = await openAuthorityStage(server);
  });
  afterAll(() => stage?.close());
  afterEach(() => stage.closeInstances());

  const untilStale = ({ verdict }: AuthorityInstance, claims: CheckedClaims) =>
    until(async () => (await verdict(claims)) === "TOKEN_STALE");

  it("is asked of the database once, and then of memory", async () => {
    const { verdict, sent } = await stage.instance();
    const claims = await stage.member();
    expect(await verdict(claims)).toBe("current");
    sent.count = 0;
    for (let i = 0; i < 100; i += 1) expect(await verdict(claims)).toBe("current");
    expect(sent.count).toBe(0);
  });

  it("makes one read for a hundred who ask at once", async () => {
    const { verdict, sent } = await stage.instance();
    await verdict(await stage.member());
    const claims = await stage.member();
    sent.count = 0;
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => verdict(claims)));
    expect(new Set(verdicts)).toEqual(new Set(["current"]));
    expect(sent.count).toBe(1);
  });

  it("refuses all that it does not know", async () => {
    const { verdict } = await stage.instance();
    const claims = await stage.member();
    const { fixture } = stage;
    for (const odd of [
      { accountId: newUuid() },
      { tenantId: newUuid() },
      { tenantId: fixture.globex.id },
      { accountId: "nobody" },
      { tenantId: "nowhere" },
      { tokenId: "none" },
      { membershipVersion: claims.membershipVersion - 1 },
      { membershipVersion: claims.membershipVersion + 1 },
      { membershipVersion: NaN },
      { tenantVersion: claims.tenantVersion + 1 },
      { tenantVersion: claims.tenantVersion - 1 },
    ]) {
      expect([odd, await verdict({ ...claims, ...odd })]).toEqual([odd, "TOKEN_STALE"]);
    }
    expect(await verdict(claims)).toBe("current");
  });

  it("gives the same error for every reason, and the reason to the event", async () => {
    const { authority, events } = await stage.instance();
    const errors: string[] = [];
    const refused = async (claims: CheckedClaims) => {
      const error: unknown = await authority
        .assertCurrent(claims)
        .catch((thrown: unknown) => thrown);
      errors.push(JSON.stringify([error, (error as Error).message]));
    };
    const [denied, suspended, changed] = [
      await stage.member(),
      await stage.member(),
      await stage.member(),
    ];
    const { acme } = stage.fixture;
    await authority.denyToken(acme.id, denied.tokenId, inAnHour(), "lost", caller);
    await stage.members.suspend(acme, suspended.accountId, stage.by);
    await refused(denied);
    await refused(suspended);
    await refused({ ...changed, membershipVersion: changed.membershipVersion - 1 });
    await authority.raiseTenantVersion(acme, "a test", stage.by);
    await refused(changed);
    expect(new Set(errors).size).toBe(1);
    const reasons = events
      .filter(({ type }) => type === "token.stale")
      .map((event) => event.detail);
    expect(reasons.map(({ because }) => because)).toEqual([
      "denied",
      "inactive",
      "membership-version",
      "tenant-version",
    ]);
    expect(reasons[0]).toMatchObject({ tokenId: denied.tokenId, accountId: denied.accountId });
  });

  it("takes a token that was issued after a change of which it has not heard", async () => {
    const instance = await stage.instance();
    const old = await stage.member();
    expect(await instance.verdict(old)).toBe("current");
    await stage.members.changeRole(stage.fixture.acme, old.accountId, "viewer", stage.by);
    const issued = await stage.claimsOf(old.accountId);
    expect(await instance.verdict(issued)).toBe("current");
    await untilStale(instance, old);
    expect(await instance.verdict(issued)).toBe("current");
  });

  it("lets a member come back with new tokens, and not with the old ones", async () => {
    const instance = await stage.instance();
    const { acme } = stage.fixture;
    const old = await stage.member();
    expect(await instance.verdict(old)).toBe("current");
    await stage.members.suspend(acme, old.accountId, stage.by);
    await untilStale(instance, old);
    await stage.members.reactivate(acme, old.accountId, stage.by);
    expect(await instance.verdict(await stage.claimsOf(old.accountId))).toBe("current");
    expect(await instance.verdict(old)).toBe("TOKEN_STALE");
  });

  it("refuses a disabled account's tokens, until it is enabled again", async () => {
    const instance = await stage.instance();
    const { accounts } = stage.fixture;
    const claims = await stage.member();
    expect(await instance.verdict(claims)).toBe("current");
    await accounts.disable(claims.accountId, "a test", caller);
    await untilStale(instance, claims);
    await accounts.enable(claims.accountId, "a test", caller);
    await until(async () => (await instance.verdict(claims)) === "current");
  });

  it("is in force at once where the change was made, by whoever waits for it", async () => {
    const { authority, verdict } = await stage.instance();
    const { acme } = stage.fixture;
    for (let i = 0; i < 20; i += 1) {
      const [one, two] = [await stage.member(), await stage.member()];
      expect([await verdict(one), await verdict(two)]).toEqual(["current", "current"]);
      await authority.denyToken(acme.id, one.tokenId, inAnHour(), "lost", caller);
      expect([await verdict(one), await verdict(two)]).toEqual(["TOKEN_STALE", "current"]);
      await authority.raiseTenantVersion(acme, "a test", stage.by);
      expect(await verdict(two)).toBe("TOKEN_STALE");
    }
  });

  it("does not lose an announcement that comes while a member is being read", async () => {
    const instance = await stage.instance();
    const { acme } = stage.fixture;
    await instance.verdict(await stage.member());
    const work: [string, (claims: CheckedClaims) => Promise<unknown>][] = [
      ["suspended", ({ accountId }) => stage.members.suspend(acme, accountId, stage.by)],
      ["tenant", () => instance.authority.raiseTenantVersion(acme, "a test", stage.by)],
    ];
    for (const [what, change] of work) {
      const claims = await stage.member();
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      instance.hold.answers = () => released;
      instance.sent.answered = 0;
      const verdict = instance.verdict(claims);
      // The old answer has been given when the change is made, and is handed over after it was told.
      await until(() => instance.sent.answered === 1);
      const before = instance.changes.length;
      const changed = change(claims);
      await until(() => instance.changes.length > before);
      instance.hold.answers = null;
      release();
      await changed;
      expect([what, await verdict]).toEqual([what, "TOKEN_STALE"]);
      expect(await instance.verdict(claims)).toBe("TOKEN_STALE");
    }
  });

  it("keeps no more than it was told to", async () => {
    const instance = await stage.instance({ maxMembers: 5 });
    const claims: CheckedClaims[] = [];
    for (let i = 0; i < 12; i += 1) claims.push(await stage.member());
    for (const one of claims) expect(await instance.verdict(one)).toBe("current");
    instance.sent.count = 0;
    for (const one of claims.slice(0, 7)) await instance.verdict(one);
    expect(instance.sent.count).toBe(7);
  });

  it("refuses also those denied tokens that it has no room for", async () => {
    const claims: CheckedClaims[] = [];
    for (let i = 0; i < 12; i += 1) claims.push(await stage.member());
    const instance = await stage.instance({ maxDenied: 3 });
    // What does not fit is still refused: the database is asked.
    for (const { tenantId, tokenId } of claims.slice(0, 6)) {
      await instance.authority.denyToken(tenantId, tokenId, inAnHour(), "lost", caller);
    }
    const verdicts = await Promise.all(claims.map((one) => instance.verdict(one)));
    expect(verdicts).toEqual(claims.map((_, i) => (i < 6 ? "TOKEN_STALE" : "current")));
    const other = await stage.instance({ maxDenied: 3 });
    const elsewhere = await Promise.all(claims.map((one) => other.verdict(one)));
    expect(elsewhere).toEqual(verdicts);
  });

  it("reads all denied tokens, however many pages they fill", async () => {
    const claims = await stage.member();
    const { tenantId, tokenId } = claims;
    // Without its triggers: ten thousand announcements are not what this is about.
    await stage.fixture.admin(
      `begin; set local session_replication_role = replica;
       insert into tenantry.denied_token (tenant_id, token_id, expires_at)
       select '00000000-0000-4000-8000-000000000000', gen_random_uuid(), now() + interval '1 hour' from generate_series(1, 10500);
       insert into tenantry.denied_token (tenant_id, token_id, expires_at) values ('${tenantId}', '${tokenId}', now() + interval '1 hour');
       commit`,
    );
    try {
      const { verdict, sent } = await stage.instance();
      expect(await verdict(claims)).toBe("TOKEN_STALE");
      // Two pages, and the member.
      expect(sent.count).toBe(3);
    } finally {
      await stage.fixture.admin(
        "delete from tenantry.denied_token where tenant_id::text ~ '^0{8}'",
      );
    }
  });
});
