import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import { newUuid } from "../../src/core/uuid.js";
import type { CheckedClaims } from "../../src/identity/authority/index.js";
import { describeOnServers } from "../support/servers.js";
import { until } from "../support/until.js";
import { openAuthorityStage, type AuthorityStage } from "./support/authority-stage.js";
import { caller } from "./support/identity-fixture.js";

// Anyone who can run SQL may send on the channel. What nothing proves has the database asked, no more.

describeOnServers("an announcement on the authority's channel", (server) => {
  let stage: AuthorityStage;
  beforeAll(async () => {
    stage = await openAuthorityStage(server);
  });
  afterAll(() => stage?.close());
  afterEach(() => stage.closeInstances());

  const soon = () => Math.floor(Date.now() / 1000) + 3_000;
  const inAnHour = () => new Date(Date.now() + 3_600_000);
  const noMac = "0".repeat(64);
  const signatures = (): string[] => [
    "",
    `:00000000:${noMac}`,
    `:${stage.keys.current.id}:${noMac}`,
  ];

  it("that nothing proves has the database asked once, and changes nothing", async () => {
    const { verdict, sent, doubts, changes } = await stage.instance();
    const claims = await stage.member();
    await until(() => changes.length === 1);
    const { tenantId, accountId, tokenId } = claims;
    for (const signature of signatures()) {
      for (const text of [
        `${tenantId}:${accountId}:9007199254740000`,
        `${tenantId}:*:9007199254740000`,
        `denied:${tenantId}:${tokenId}:${soon()}`,
      ]) {
        expect(await verdict(claims)).toBe("current");
        const before = doubts.length;
        await stage.forge(text + signature);
        await until(() => doubts.length > before);
        sent.count = 0;
        for (let i = 0; i < 5; i += 1) expect(await verdict(claims)).toBe("current");
        expect([text, sent.count > 0, sent.count <= 2]).toEqual([text, true, true]);
        sent.count = 0;
        expect(await verdict(claims)).toBe("current");
        expect(sent.count).toBe(0);
      }
    }
    expect(changes).toHaveLength(1);
  });

  it("that names one member has nobody else read again", async () => {
    const { verdict, sent, doubts } = await stage.instance();
    const [claims, other] = [await stage.member(), await stage.member()];
    await verdict(claims);
    await stage.forge(`${claims.tenantId}:${other.accountId}:1`);
    await stage.forge(`denied:${claims.tenantId}:${other.tokenId}:1`);
    await until(() => doubts.length === 2);
    sent.count = 0;
    expect(await verdict(claims)).toBe("current");
    expect(sent.count).toBe(0);
  });

  it("that cannot be read has everything read again", async () => {
    const { verdict, sent, doubts } = await stage.instance();
    const claims = await stage.member();
    for (const payload of ["", "x", "denied:", `${claims.tenantId}:1`, "1".repeat(7_999)]) {
      await verdict(claims);
      const before = doubts.length;
      await stage.forge(payload);
      await until(() => doubts.length > before);
      sent.count = 0;
      expect(await verdict(claims)).toBe("current");
      expect(sent.count).toBe(2);
    }
    expect(doubts).toEqual([null, null, null, null, null]);
  });

  it("cannot make anyone unavailable by being sent without pause", async () => {
    const { verdict } = await stage.instance();
    const claims = await stage.member();
    const { tenantId, accountId, tokenId } = claims;
    let flooding = true;
    const flood = ["x", `${tenantId}:${accountId}:1`, `denied:${tenantId}:${tokenId}:1`].map(
      async (payload) => {
        while (flooding) await stage.forge(payload);
      },
    );
    try {
      for (let i = 0; i < 100; i += 1) expect(await verdict(claims)).toBe("current");
    } finally {
      flooding = false;
      await Promise.all(flood);
    }
  });

  it("cannot be carried over to another account, version, token or kind, nor come again", async () => {
    const there = await stage.instance();
    const { acme } = stage.fixture;
    const [victim, other] = [await stage.member(), await stage.member()];
    const { authority } = there;
    const heard = await stage.overheard(async () => {
      await stage.members.changeRole(acme, other.accountId, "viewer", stage.by);
    });
    const denials = await stage.overheard(async () => {
      await authority.denyToken(acme.id, other.tokenId, inAnHour(), "lost", caller);
    });
    const [version, denial] = [heard[0]!, denials[0]!];
    await until(() => there.changes.some(({ kind }) => kind === "denied"));
    expect(await there.verdict(victim)).toBe("current");
    const before = there.changes.length;
    const forgeries = [
      version.replace(other.accountId, victim.accountId),
      version.replace(/:\d+:(?=[0-9a-f]{8}:)/, ":9007199254740000:"),
      version.replace(other.accountId, "*"),
      denial.replace(other.tokenId, victim.tokenId),
      // The MAC of one kind under the name of the other.
      `denied:${version}`,
      denial.replace("denied:", ""),
    ];
    for (const payload of forgeries) await stage.forge(payload);
    await until(() => there.doubts.length === forgeries.length);
    expect(there.changes).toHaveLength(before);
    const token = { ...victim, tokenId: other.accountId };
    expect([await there.verdict(victim), await there.verdict(token)]).toEqual([
      "current",
      "current",
    ]);
    // A genuine one that comes again is nothing new.
    there.sent.count = 0;
    await stage.forge(version);
    await stage.forge(denial);
    await until(() => there.changes.length === before + 2);
    expect(await there.verdict(victim)).toBe("current");
    expect(there.sent.count).toBe(0);
  });

  it("that nothing proves here is in force all the same", async () => {
    const stranger = await stage.instance({
      feedOptions: { keys: createKeyRing("another secret of thirty-two bytes") },
    });
    const { authority } = await stage.instance();
    const { acme } = stage.fixture;
    const ways: ((claims: CheckedClaims) => Promise<unknown>)[] = [
      ({ accountId }) => stage.members.remove(acme, accountId, stage.by),
      ({ tokenId }) => authority.denyToken(acme.id, tokenId, inAnHour(), "lost", caller),
      () => authority.raiseTenantVersion(acme, "a test", stage.by),
    ];
    for (const revoke of ways) {
      const claims = await stage.member();
      expect(await stranger.verdict(claims)).toBe("current");
      await revoke(claims);
      await until(async () => (await stranger.verdict(claims)) === "TOKEN_STALE", 5_000);
    }
    expect(stranger.changes).toEqual([]);
  });

  it("is sent unsigned as long as no key is installed, and is in force all the same", async () => {
    const own = await openAuthorityStage(server);
    try {
      const there = await own.instance();
      const claims = await own.member();
      await until(() => there.changes.length === 1);
      expect(await there.verdict(claims)).toBe("current");
      await own.fixture.admin("delete from tenantry.seal_key where purpose = 'registry'");
      await own.members.remove(own.fixture.acme, claims.accountId, own.by);
      await until(() => there.doubts.length === 1);
      expect(await there.verdict(claims)).toBe("TOKEN_STALE");
      expect(there.doubts).toMatchObject([{ kind: "version", accountId: claims.accountId }]);
    } finally {
      await own.close();
    }
  });

  it("about a tenant that is not there harms nobody", async () => {
    const { verdict, doubts } = await stage.instance();
    const claims = await stage.member();
    for (let i = 0; i < 3; i += 1) await stage.forge(`${newUuid()}:*:1`);
    await until(() => doubts.length === 3);
    expect(await verdict(claims)).toBe("current");
  });
});
