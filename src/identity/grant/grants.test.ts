import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUuid } from "../../core/uuid.js";
import { until } from "../../../test/support/until.js";
import { embeddedServer, suiteTitle } from "../../../test/support/servers.js";
import type { EndTarget } from "./contract.js";
import { device, openGrantStage, type GrantStage } from "./grant.test-support.js";

describe(suiteTitle("grants", embeddedServer()), () => {
  let world: GrantStage;
  beforeAll(async () => {
    world = await openGrantStage(embeddedServer());
  });
  afterAll(() => world?.close());

  const outcomeOf = async (token: string) =>
    (await world.grants.refresh(token, world.context)).outcome;
  const invalid = expect.objectContaining({ code: "CONFIG_INVALID" });

  it("are started with no token in the database, nor anything that has the key in it", async () => {
    const { token, grantId } = await world.begin();
    const row = await world.grantRow(grantId);
    expect(row).toMatchObject({ generation: 1, ended_at: null, address: device.address });
    const mac = Buffer.from(token, "base64url").subarray(37);
    const values = Object.values(row).filter((value) => Buffer.isBuffer(value));
    expect(values).toHaveLength(1);
    expect(values.some((value) => value.equals(mac))).toBe(false);
  });

  it("end by id, by session, by account and all together, each time those and no others", async () => {
    const { grants, stage } = world;
    await grants.end(stage.a.id, { all: true }, "before");
    const mine = await world.begin();
    const other = { tenantId: stage.a.id, accountId: mine.accountId, ...device };
    const second = await grants.start({ ...other, sessionId: mine.sessionId });
    const stranger = await world.begin();
    const end = (target: EndTarget) => grants.end(stage.a.id, target, "signed-out");

    expect(await end({ grantId: mine.grantId })).toBe(1);
    expect(await outcomeOf(mine.token)).toBe("refused");
    expect(await world.eventsOf(mine.grantId)).toHaveLength(1);
    expect(await end({ grantId: mine.grantId })).toBe(0);
    expect(await end({ sessionId: mine.sessionId })).toBe(1);
    expect(await outcomeOf(second.refreshToken)).toBe("refused");
    expect(await end({ accountId: mine.accountId })).toBe(0);
    expect(await end({ accountId: stranger.accountId })).toBe(1);
    const [third, fourth] = [await world.begin(), await world.begin()];
    expect(await end({ all: true })).toBe(2);
    for (const { token } of [third, fourth]) expect(await outcomeOf(token)).toBe("refused");
  });

  it("that have ended say when and why, with the event of it, and keep the first reason", async () => {
    const { grants, stage, clock } = world;
    const { grantId, accountId } = await world.begin();
    await grants.end(stage.a.id, { grantId }, "signed-out");
    await grants.end(stage.a.id, { grantId }, "later");
    const row = await world.grantRow(grantId);
    expect(row).toMatchObject({ ended_because: "signed-out", ended_at: new Date(clock.now) });
    const events = await stage.admin(
      "select reason, account_id, detail from tenantry.identity_event where type = 'grant.ended' and detail -> 'grantIds' ? $1",
      [grantId],
    );
    expect(events).toEqual([
      { reason: "signed-out", account_id: accountId, detail: { count: 1, grantIds: [grantId] } },
    ]);
  });

  it("of another tenant are not reached, by whatever id", async () => {
    const { grants, stage } = world;
    const { grantId, sessionId, accountId, token } = await world.begin();
    for (const target of [{ grantId }, { sessionId }, { accountId }, { all: true as const }]) {
      expect(await grants.end(stage.b.id, target, "signed-out")).toBe(0);
    }
    expect(await outcomeOf(token)).toBe("rotated");
  });

  it("can be ended while their tenant is suspended", async () => {
    const { grants, stage } = world;
    const { grantId } = await world.begin();
    await stage.tenantry.tenants.suspend(stage.a.id);
    expect(await grants.end(stage.a.id, { grantId }, "signed-out")).toBe(1);
    await stage.tenantry.tenants.reactivate(stage.a.id);
  });

  it("end while they are refreshed, and then no answer is a token that works", async () => {
    const { grants, stage, context } = world;
    for (let round = 0; round < 20; round++) {
      const { token, grantId } = await world.begin();
      const refreshes = Array.from({ length: 6 }, () => grants.refresh(token, context));
      await grants.end(stage.a.id, { grantId }, "signed-out");
      for (const result of await Promise.all(refreshes)) {
        if (result.outcome !== "refused") {
          expect(await outcomeOf(result.refreshToken)).toBe("refused");
        }
      }
    }
  });

  it.each([
    ["nothing", {}],
    ["an id that is undefined", { grantId: undefined }],
    ["two of them", { grantId: newUuid(), accountId: newUuid() }],
    ["all: false", { all: false }],
    ["a name that every object has", { toString: newUuid() }],
    ["null", null],
    ["no uuid", { sessionId: "1" }],
  ])("are not ended where it is said by %s which", async (_, target) => {
    const ended = world.grants.end(world.stage.a.id, target as unknown as EndTarget, "signed-out");
    await expect(ended).rejects.toEqual(invalid);
  });

  it("ask for a reason that is a name, for ids that are ids, and for options within their bounds", async () => {
    const { grants, stage, open } = world;
    await expect(grants.end(stage.a.id, { all: true }, "Because!")).rejects.toEqual(invalid);
    await expect(grants.end(stage.a.slug, { all: true }, "signed-out")).rejects.toEqual(invalid);
    const person = await world.addPerson();
    const start = (given: object) =>
      grants.start({ tenantId: stage.a.id, ...person, ...device, ...given });
    for (const given of [
      { tenantId: stage.a.slug },
      { accountId: "x" },
      { sessionId: undefined },
      { client: "" },
      { client: "c".repeat(129) },
      { client: "a\nb" },
    ]) {
      await expect(start(given)).rejects.toEqual(invalid);
    }
    for (const options of [{ graceSeconds: -1 }, { graceSeconds: 301 }, { lifetimeDays: 0.5 }]) {
      expect(() => open(options)).toThrow(invalid);
    }
  });

  it("take a device's description of any length and any characters", async () => {
    const { grants, stage } = world;
    const person = await world.addPerson();
    const userAgent = `a\0${"😀".repeat(600)}`;
    const { grant } = await grants.start({
      tenantId: stage.a.id,
      ...person,
      client: "c".repeat(128),
      address: "1".repeat(100),
      userAgent,
    });
    expect(await world.grantRow(grant.grantId)).toMatchObject({
      user_agent: `a${"😀".repeat(255)}`,
      address: "1".repeat(64),
    });
  });

  it("go on where the hook for reuse fails, which is told", async () => {
    const { open, context, events } = world;
    const grants = open({ onReuse: () => Promise.reject(new Error("no mail today")) });
    const { token } = await world.begin();
    await grants.refresh(token, context);
    world.clock.now += 31_000;
    expect((await grants.refresh(token, context)).outcome).toBe("refused");
    await until(() => events.some(({ type }) => type === "grant.notice-failed"));
  });
});
