import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isTenantryError } from "../../core/tenantry-error.js";
import { embeddedServer, suiteTitle } from "../../../test/support/servers.js";
import { day, device, openGrantStage, type GrantStage } from "./grant.test-support.js";

type Begun = Awaited<ReturnType<GrantStage["begin"]>>;

interface Refusal {
  readonly name: string;
  /** What the event says, and `ended_because` where the grant ends with it. */
  readonly because: string;
  readonly ends: boolean;
  arrange(world: GrantStage, begun: Begun): unknown;
  undo?(world: GrantStage): Promise<unknown>;
}

const membership =
  (status: string) =>
  (world: GrantStage, { accountId }: Begun) =>
    world.stage.admin("update tenantry.membership set status = $2 where account_id = $1", [
      accountId,
      status,
    ]);
const session =
  (change: string) =>
  (world: GrantStage, { sessionId }: Begun) =>
    world.stage.admin(`update tenantry.session set ${change} where id = $1`, [sessionId]);

const refusals: readonly Refusal[] = [
  {
    name: "the membership is suspended",
    because: "membership-suspended",
    ends: false,
    arrange: membership("suspended"),
  },
  {
    name: "the membership is removed",
    because: "membership-removed",
    ends: true,
    arrange: membership("removed"),
  },
  {
    name: "the account is disabled",
    because: "account-disabled",
    ends: true,
    arrange: ({ stage }, { accountId }) =>
      stage.admin("update tenantry.account set status = 'disabled' where id = $1", [accountId]),
  },
  {
    name: "the session has ended",
    because: "session-ended",
    ends: true,
    arrange: session("ended_at = now(), ended_because = 'signed-out'"),
  },
  {
    name: "the session is another account's",
    because: "session-ended",
    ends: true,
    async arrange(world, { sessionId }) {
      const { accountId } = await world.addPerson();
      await world.stage.admin("update tenantry.session set account_id = $2 where id = $1", [
        sessionId,
        accountId,
      ]);
    },
  },
  {
    name: "the session has expired",
    because: "session-expired",
    ends: true,
    arrange: session("expires_at = seen_at - interval '1 s'"),
  },
  {
    name: "the session was idle for too long",
    because: "session-expired",
    ends: true,
    arrange: session("idle_expires_at = seen_at - interval '1 s'"),
  },
  {
    name: "the grant has expired",
    because: "expired",
    ends: false,
    arrange: ({ clock }) => void (clock.now += 30 * day),
  },
  {
    name: "the database is an older copy",
    because: "ahead",
    ends: false,
    arrange: async ({ stage, grants, context }, begun) => {
      const result = await grants.refresh(begun.token, context);
      if (result.outcome === "refused") throw result.error;
      Object.assign(begun, { token: result.refreshToken });
      await stage.admin("update tenantry.tenant_grant set generation = 1 where id = $1", [
        begun.grantId,
      ]);
    },
  },
  {
    name: "the tenant is suspended",
    because: "tenant-inactive",
    ends: false,
    arrange: ({ stage }) => stage.tenantry.tenants.suspend(stage.a.id),
    undo: ({ stage }) => stage.tenantry.tenants.reactivate(stage.a.id),
  },
];

describe(suiteTitle("a refresh is refused", embeddedServer()), () => {
  let world: GrantStage;
  beforeAll(async () => {
    world = await openGrantStage(embeddedServer());
  });
  afterAll(() => world?.close());
  beforeEach(() => {
    world.clock.now = Date.now();
    world.events.splice(0);
  });

  /** Code, message, and what a client may see. */
  async function seen(token: unknown, context = world.context) {
    const result = await world.grants.refresh(token, context);
    if (result.outcome !== "refused") throw new Error(`it was ${result.outcome}`);
    const { code, message, fix, cause } = result.error;
    return { code, message, fix, cause, public: result.error.toPublic() };
  }

  it.each(refusals.map((refusal) => [refusal.name, refusal] as const))(
    "where %s",
    async (_, { because, ends, arrange, undo }) => {
      const begun = await world.begin();
      await arrange(world, begun);
      world.events.splice(0);
      const before = await world.grantRow(begun.grantId);
      expect(await seen(begun.token)).toEqual(await seen("no token"));
      await undo?.(world);
      expect(world.events[0]).toMatchObject({ type: "grant.refused", detail: { because } });
      const after = await world.grantRow(begun.grantId);
      expect(after["generation"]).toBe(before["generation"]);
      expect(after["ended_because"]).toBe(ends ? because : null);
      const written = (await world.eventsOf(begun.grantId)).filter(
        ({ type }) => type === "grant.ended",
      );
      expect(written.map(({ reason }) => reason)).toEqual(ends ? [because] : []);
    },
  );

  it("where its grant is unknown, its MAC is forged, or its client is another one", async () => {
    const { token } = await world.begin();
    const change = (at: number) => {
      const bytes = Buffer.from(token, "base64url");
      bytes[at]! ^= 1;
      return bytes.toString("base64url");
    };
    const same = await seen("no token");
    expect(await seen(change(32))).toEqual(same);
    expect(await seen(change(68))).toEqual(same);
    expect(await seen(token, { ...world.context, client: "other" })).toEqual(same);
    expect(world.events.map(({ detail }) => detail["because"])).toEqual([
      "malformed",
      "unknown",
      "forged",
      "other-client",
    ]);
  });

  it("for now only where a membership is suspended: once it is active, the token is good", async () => {
    const begun = await world.begin();
    await membership("suspended")(world, begun);
    await seen(begun.token);
    await membership("active")(world, begun);
    const result = await world.grants.refresh(begun.token, world.context);
    expect(result.outcome).toBe("rotated");
  });

  it("for good where a membership was removed: added again, the token stays bad", async () => {
    const begun = await world.begin();
    await membership("removed")(world, begun);
    await seen(begun.token);
    await membership("active")(world, begun);
    await seen(begun.token);
  });

  it("by no event that has a token in it", async () => {
    const { token } = await world.begin();
    await seen(token, { ...world.context, tenantId: world.stage.b.id });
    await seen(token, { ...world.context, client: "other" });
    expect(JSON.stringify(world.events)).not.toContain(token.slice(50));
  });

  it("never where the database cannot be asked: that is an error, and nobody is logged out", async () => {
    const { token, grantId } = await world.begin();
    const failure = Object.assign(new Error("gone"), { code: "DATABASE_UNAVAILABLE" });
    const grants = world.open({ database: { query: () => Promise.reject(failure) } });
    await expect(grants.refresh(token, world.context)).rejects.toBe(failure);
    expect(await world.grantRow(grantId)).toMatchObject({ ended_at: null, generation: 1 });
  });

  it("and so is the start of a grant, for each reason alike", async () => {
    const { stage, grants } = world;
    const start = (person: object, tenantId = stage.a.id) =>
      grants
        .start({ tenantId, accountId: "", sessionId: "", ...person, ...device })
        .then(() => "started")
        .catch((error: unknown) => (isTenantryError(error) ? error.message : String(error)));
    const messages = new Set<string>();
    for (const { arrange, name } of refusals) {
      if (/grant|copy|tenant/.test(name)) continue;
      const begun = await world.begin();
      await arrange(world, begun);
      messages.add(await start(begun));
    }
    const { accountId, sessionId } = await world.addPerson();
    // No member there; another's session; and a tenant that is suspended.
    messages.add(await start({ accountId, sessionId }, stage.b.id));
    messages.add(await start({ accountId, sessionId: (await world.addPerson()).sessionId }));
    await stage.tenantry.tenants.suspend(stage.a.id);
    messages.add(await start({ accountId, sessionId }));
    await stage.tenantry.tenants.reactivate(stage.a.id);
    expect([...messages]).toEqual([
      expect.stringMatching(/^The account gets no grant in this tenant\./),
    ]);
    expect(await start({ accountId, sessionId })).toBe("started");
  });
});
