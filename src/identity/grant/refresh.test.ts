import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createKeyRing } from "../../core/seal/key-ring.js";
import { asAdmin } from "../../../test/support/databases.js";
import { describeOnServers } from "../../../test/support/servers.js";
import type { Granted, RefreshResult } from "./contract.js";
import {
  day,
  device,
  membersPermissions,
  openGrantStage,
  type GrantStage,
} from "./grant.test-support.js";

/** Rounds of 50 at once; `TENANTRY_REFRESH_ROUNDS=10000 npx vitest run src/identity/grant/refresh.test.ts`. */
const rounds = Number(process.env["TENANTRY_REFRESH_ROUNDS"] ?? 40);

function granted(result: RefreshResult): Granted {
  if (result.outcome === "refused") throw new Error("it was refused");
  return result;
}

describeOnServers("refreshing a grant", (server) => {
  let world: GrantStage;
  beforeAll(async () => {
    world = await openGrantStage(server);
  });
  afterAll(() => world?.close());
  beforeEach(() => {
    world.clock.now = Date.now();
    world.events.splice(0);
    world.reuses.splice(0);
  });

  it("gives a new token, and all that an access token says", async () => {
    const { grants, context, begin, clock, stage, grantRow, eventsOf } = world;
    const { token, grantId, accountId, sessionId } = await begin();
    const result = await grants.refresh(token, context);
    expect(result).toMatchObject({
      outcome: "rotated",
      grant: {
        tenantId: stage.a.id,
        accountId,
        sessionId,
        grantId,
        role: "member",
        permissions: membersPermissions,
        tenantVersion: 0,
        authenticatedAt: Math.floor(clock.now / 1000),
        generation: 2,
      },
    });
    expect(granted(result).refreshToken).not.toBe(token);
    expect(granted(result).grant.membershipVersion).toBeGreaterThan(0);
    expect(await grantRow(grantId)).toMatchObject({ generation: 2, ended_at: null });
    expect(await eventsOf(grantId)).toMatchObject([
      { type: "grant.started", outcome: "done", account_id: accountId },
      { type: "grant.refreshed", outcome: "done", address: device.address },
    ]);
  });

  it("takes the permissions of a tenant's own role, and the tenant's version, as they are now", async () => {
    const { grants, context, begin, stage } = world;
    await stage.admin("insert into tenantry.tenant_role values ($1, 'biller', '{billing:write}')", [
      stage.a.id,
    ]);
    // The same name in another tenant is another role.
    await stage.admin("insert into tenantry.tenant_role values ($1, 'biller', '{everything:do}')", [
      stage.b.id,
    ]);
    const { token } = await begin("biller");
    const first = granted(await grants.refresh(token, context));
    expect(first.grant).toMatchObject({ permissions: ["billing:write"], tenantVersion: 0 });
    await stage.admin("insert into tenantry.tenant_authority values ($1, 0)", [stage.a.id]);
    await stage.admin("delete from tenantry.tenant_role where name = 'biller'");
    const second = granted(await grants.refresh(first.refreshToken, context));
    expect(second.grant.permissions).toEqual([]);
    expect(second.grant.tenantVersion).toBeGreaterThan(0);
    await stage.admin("delete from tenantry.tenant_authority");
  });

  it("takes two round trips, one for a repeat, and none for what is no token", async () => {
    const { grants, context, begin, sent } = world;
    const { token } = await begin();
    const count = async (work: () => Promise<unknown>) => {
      sent.count = 0;
      await work();
      return sent.count;
    };
    expect(await count(() => grants.refresh(token, context))).toBe(2);
    expect(await count(() => grants.refresh(token, context))).toBe(1);
    expect(await count(() => grants.refresh("no token", context))).toBe(0);
  });

  it("gives a lost answer again, the same text, until the grace is over and not later", async () => {
    const { grants, context, begin, clock, grantRow, eventsOf, reuses } = world;
    const { token, grantId, accountId } = await begin();
    const lost = granted(await grants.refresh(token, context));
    clock.now += 30_000;
    const again = await grants.refresh(token, context);
    expect(again.outcome).toBe("repeated");
    expect(granted(again).refreshToken).toBe(lost.refreshToken);
    clock.now += 1;
    expect((await grants.refresh(token, context)).outcome).toBe("refused");
    expect(await grantRow(grantId)).toMatchObject({ ended_because: "reuse", generation: 2 });
    expect((await eventsOf(grantId)).at(-1)).toMatchObject({
      type: "grant.reused",
      outcome: "refused",
      reason: "reuse",
      detail: { severity: "security", presented: 1, generation: 2 },
    });
    expect(reuses).toMatchObject([{ grantId, accountId }]);
    // And the newest one goes with it.
    expect((await grants.refresh(lost.refreshToken, context)).outcome).toBe("refused");
  });

  it("ends the grant for a stolen grandparent, also within the grace, and tells once", async () => {
    const { grants, context, begin, grantRow, reuses, events } = world;
    const { token, grantId } = await begin();
    const second = granted(await grants.refresh(token, context));
    const third = granted(await grants.refresh(second.refreshToken, context));
    const thieves = await Promise.all(
      Array.from({ length: 10 }, () => grants.refresh(token, context)),
    );
    expect(new Set(thieves.map(({ outcome }) => outcome))).toEqual(new Set(["refused"]));
    expect(await grantRow(grantId)).toMatchObject({ ended_because: "reuse" });
    expect(reuses).toHaveLength(1);
    expect(events.filter(({ type }) => type === "grant.reused")).toHaveLength(1);
    expect((await grants.refresh(third.refreshToken, context)).outcome).toBe("refused");
  });

  it("ends nothing for a guesser who knows the grant's id", async () => {
    const { grants, context, begin, grantRow, clock } = world;
    const { token, grantId } = await begin();
    const { refreshToken } = granted(await grants.refresh(token, context));
    clock.now += 60_000;
    for (const at of [37, 50, 68]) {
      const forged = Buffer.from(token, "base64url");
      forged[at]! ^= 1;
      const result = await grants.refresh(forged.toString("base64url"), context);
      expect(result.outcome).toBe("refused");
    }
    expect(await grantRow(grantId)).toMatchObject({ ended_at: null, generation: 2 });
    expect((await grants.refresh(refreshToken, context)).outcome).toBe("rotated");
  });

  it("never slides the end of a grant", async () => {
    const { grants, context, begin, clock } = world;
    let { token } = await begin();
    const expiresAt = clock.now + 30 * day;
    for (let week = 0; week < 4; week++) {
      clock.now += 7 * day;
      const { grant, refreshToken } = granted(await grants.refresh(token, context));
      expect(grant.expiresAt).toBe(expiresAt);
      token = refreshToken;
    }
    clock.now = expiresAt;
    expect((await grants.refresh(token, context)).outcome).toBe("refused");
  });

  it("counts as activity of the session, up to the session's own end", async () => {
    const { grants, context, begin, clock, stage } = world;
    const { token, sessionId } = await begin();
    await stage.admin(
      "update tenantry.session set idle_expires_at = seen_at + interval '10 days', expires_at = seen_at + interval '15 days' where id = $1",
      [sessionId],
    );
    const idle = async () => {
      const [row] = await stage.admin(
        "select extract(epoch from idle_expires_at)::float8 * 1000 as idle from tenantry.session where id = $1",
        [sessionId],
      );
      return Math.round((Number(row!["idle"]) - start) / day);
    };
    const start = clock.now;
    let last = token;
    for (const [after, expected] of [
      [0.5, 10], // Less than a tenth: not worth a write.
      [3, 13],
      [9, 15],
    ] as const) {
      clock.now = start + after * day;
      last = granted(await grants.refresh(last, context)).refreshToken;
      expect(await idle()).toBe(expected);
    }
  });

  it("keeps the tokens of an old secret good while a new one replaces it", async () => {
    const { context, begin, open, stage } = world;
    const { token } = await begin();
    const fresh = "a new secret of more than thirty-two bytes";
    const rotating = open({ keys: createKeyRing([fresh, stage.database.secret]) });
    const { refreshToken } = granted(await rotating.refresh(token, context));
    const after = open({ keys: createKeyRing(fresh) });
    expect((await after.refresh(refreshToken, context)).outcome).toBe("rotated");
    expect((await after.refresh(token, context)).outcome).toBe("refused");
  });

  it("goes by the database's clock where it is given none", async () => {
    const { context, addPerson, open, stage, grantRow } = world;
    const grants = open({ now: undefined });
    const started = await grants.start({
      tenantId: stage.a.id,
      ...(await addPerson()),
      ...device,
    });
    const { expiresAt, grantId } = started.grant;
    expect(Math.abs(expiresAt - Date.now() - 30 * day)).toBeLessThan(60_000);
    const second = granted(await grants.refresh(started.refreshToken, context));
    expect((await grants.refresh(started.refreshToken, context)).outcome).toBe("repeated");
    // What the row says is all that counts: half a minute, as the database sees it.
    await stage.admin(
      "update tenantry.tenant_grant set rotated_at = clock_timestamp() - interval '31 s' where id = $1",
      [grantId],
    );
    expect((await grants.refresh(started.refreshToken, context)).outcome).toBe("refused");
    expect(await grantRow(second.grant.grantId)).toMatchObject({ ended_because: "reuse" });
  });

  it("of a tenant's token in another tenant's name is refused, and changes nothing in the first", async () => {
    const { grants, begin, stage, grantRow, eventsOf, events, sent } = world;
    const { token, grantId } = await begin();
    const before = [await grantRow(grantId), await eventsOf(grantId)];
    sent.count = 0;
    const result = await grants.refresh(token, { tenantId: stage.b.id, ...device });
    expect(result.outcome).toBe("refused");
    expect(sent.count).toBe(0);
    expect([await grantRow(grantId), await eventsOf(grantId)]).toEqual(before);
    expect(events.at(-1)).toMatchObject({ severity: "security" });
    // Nor where the token itself is rewritten to name the other tenant.
    const moved = Buffer.from(token, "base64url");
    Buffer.from(stage.b.id.replaceAll("-", ""), "hex").copy(moved, 1);
    const outcome = await grants.refresh(moved.toString("base64url"), {
      tenantId: stage.b.id,
      ...device,
    });
    expect(outcome.outcome).toBe("refused");
    expect([await grantRow(grantId), await eventsOf(grantId)]).toEqual(before);
  });

  it("is not for the application's role, which cannot even read the table", async () => {
    await asAdmin(world.stage.database.appUrl, async (client) => {
      for (const table of ["tenant_grant", "identity_event", "session", "account"]) {
        const read = client.query(`select from tenantry.${table}`);
        await expect(read).rejects.toMatchObject({ code: "42501" });
      }
    });
  });

  it(
    `gives one successor to 50 at once, ${rounds} times, and logs nobody out`,
    { timeout: 60_000 + rounds * 2_000 },
    async () => {
      const { grants, context, begin, grantRow, clock, reuses } = world;
      const { token: first, grantId } = await begin();
      let token = first;
      for (let round = 1; round <= rounds; round++) {
        const results = await Promise.all(
          Array.from({ length: 50 }, () => grants.refresh(token, context)),
        );
        const texts = new Set(results.map((result) => granted(result).refreshToken));
        expect(texts.size).toBe(1);
        expect(results.filter(({ outcome }) => outcome === "rotated")).toHaveLength(1);
        [token] = [...texts] as [string];
        clock.now += 1_000;
      }
      expect(await grantRow(grantId)).toMatchObject({ generation: rounds + 1, ended_at: null });
      expect(reuses).toEqual([]);
    },
  );
});
