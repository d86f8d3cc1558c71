import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as sources from "../../src/identity/authorization/index.js";
import { describeOnServers } from "../support/servers.js";
import { openCodeStage, outcome, refusal, type CodeStage } from "./support/code-stage.js";
import { caller } from "./support/identity-fixture.js";

const used = "AUTHORIZATION_CODE_INVALID";

describeOnServers("an authorization code", (server) => {
  let stage: CodeStage;
  beforeAll(async () => {
    stage = await openCodeStage(server, sources);
  });
  afterAll(() => stage?.close());
  const live = async (issued: { person: Parameters<CodeStage["grantsOf"]>[0] }) =>
    (await stage.grantsOf(issued.person)).filter((row) => row["ended_at"] === null).length;

  it("is redeemed for a grant in its tenant, that can be refreshed", async () => {
    const { person, redemption, code } = await stage.issue({ nonce: "n-0S6_WzA2Mj" });
    const { grant, refreshToken, nonce } = await stage.codes.redeem(redemption, caller);
    expect(code).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(grant).toMatchObject({ ...person, tenantId: stage.world.stage.a.id, role: "member" });
    expect(nonce).toBe("n-0S6_WzA2Mj");
    const { context, grants } = stage.world;
    expect((await grants.refresh(refreshToken, context)).outcome).toBe("rotated");
    expect(await stage.codeRow(code)).toMatchObject({ grant_id: grant.grantId, uses: 1 });
    expect(await stage.eventsOf(person)).toEqual([
      {
        type: "authorization-code.issued",
        outcome: "done",
        reason: null,
        address: caller.address,
        detail: { sessionId: person.sessionId, client: null },
      },
      {
        type: "authorization-code.redeemed",
        outcome: "done",
        reason: null,
        address: caller.address,
        detail: { sessionId: person.sessionId, grantId: grant.grantId },
      },
    ]);
  });

  it("gives a grant to the client that it was asked for by", async () => {
    const { person, redemption } = await stage.issue({ client: "a client" });
    const { refreshToken } = await stage.codes.redeem(redemption, caller);
    expect(await stage.grantsOf(person)).toMatchObject([{ client: "a client" }]);
    const { context, grants } = stage.world;
    expect((await grants.refresh(refreshToken, context)).outcome).toBe("refused");
  });

  describe("used a second time", () => {
    it("ends the grant that came of it, whatever comes along", async () => {
      for (const changes of [{}, { codeVerifier: "none" }, { redirectUri: 1 }, { client: "x" }]) {
        const issued = await stage.issue();
        const { grant, refreshToken } = await stage.codes.redeem(issued.redemption, caller);
        expect(await live(issued)).toBe(1);
        expect(await stage.redeem({ ...issued.redemption, ...changes })).toBe(used);
        expect(stage.lastReason()).toBe("used");
        expect(await stage.grantsOf(issued.person)).toMatchObject([
          { id: grant.grantId, ended_because: "code-used-again" },
        ]);
        const { grants, context } = stage.world;
        expect((await grants.refresh(refreshToken, context)).outcome).toBe("refused");
      }
    });

    it("leaves the person's other grants", async () => {
      const { redemption, person } = await stage.issue();
      const { world } = stage;
      await world.grants.start({ tenantId: world.stage.a.id, ...person, ...caller, client: null });
      await stage.codes.redeem(redemption, caller);
      await stage.redeem(redemption);
      expect(await live({ person })).toBe(1);
    });

    it("before its grant is linked to it takes the grant from the first", async () => {
      const issued = await stage.issue();
      const { grants } = stage.world;
      const overtaken = stage.open({
        grants: {
          end: grants.end,
          async start(options) {
            const granted = await grants.start(options);
            expect(await stage.redeem(issued.redemption)).toBe(used);
            return granted;
          },
        },
      });
      expect(await stage.redeem(issued.redemption, overtaken)).toBe(used);
      expect(await stage.grantsOf(issued.person)).toMatchObject([
        { ended_because: "code-used-again" },
      ]);
    });

    it("at the same moment is told from the first", async () => {
      const issued = await stage.issue();
      const outcomes = await stage.redeemAtOnce(issued.redemption, 2);
      expect(outcomes).toContain(used);
      expect(await live(issued)).toBe(0);
      expect(await stage.grantsOf(issued.person)).toHaveLength(1);
      expect(await stage.codeRow(issued.code)).toMatchObject({ uses: 2 });
    });

    it("and fifty times at once gives one answer at most, and no grant that lasts", async () => {
      const issued = await stage.issue();
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () => stage.redeem(issued.redemption)),
      );
      expect(outcomes.filter((one) => one === "done").length).toBeLessThanOrEqual(1);
      expect(outcomes.filter((one) => one === used).length).toBeGreaterThanOrEqual(49);
      expect(await stage.grantsOf(issued.person)).toHaveLength(1);
      expect(await live(issued)).toBe(0);
      const refused = (await stage.eventsOf(issued.person)).filter(
        ({ outcome: one }) => one === "refused",
      );
      // However often it is tried: the table does not grow with it.
      expect(refused).toHaveLength(1);
      expect(refused[0]).toMatchObject({ reason: "used", type: "authorization-code.refused" });
    });
  });

  describe("is refused alike, whatever is wrong", () => {
    const other = "A".repeat(43);
    const withoutTrace = [
      ["it is no code", "malformed", { code: "x" }],
      ["it is nothing", "malformed", { code: undefined }],
      ["it is unknown", "unknown", { code: other }],
    ] as const;
    const spent = [
      ["the verifier is another", "wrong-verifier", { codeVerifier: other }],
      ["the verifier is none", "wrong-verifier", { codeVerifier: undefined }],
      ["the verifier has a NUL", "wrong-verifier", { codeVerifier: `${other}\0` }],
      [
        "the redirect URI is another",
        "other-redirect-uri",
        { redirectUri: "https://beta.app.example.com/auth/callback" },
      ],
      [
        "the redirect URI has more",
        "other-redirect-uri",
        { redirectUri: "https://acme.app.example.com/auth/callback/" },
      ],
      ["the redirect URI is missing", "other-redirect-uri", { redirectUri: undefined }],
      ["the redirect URI has a NUL", "other-redirect-uri", { redirectUri: "\0" }],
      ["the client is another", "other-client", { client: "another" }],
      ["the client cannot be one", "other-client", { client: "\0" }],
      ["the client is empty", "other-client", { client: "" }],
    ] as const;

    it.each(withoutTrace)("%s", async (_, because, changes) => {
      const { redemption } = await stage.issue();
      const error = await refusal(stage.codes.redeem({ ...redemption, ...changes }, caller));
      expect(error.toPublic()).toEqual({ error: { code: used, title: "Bad request" } });
      expect(error.message).not.toContain(because);
      expect(stage.lastReason()).toBe(because);
      expect(await stage.redeem(redemption)).toBe("done");
    });

    it.each(spent)("%s, and the code is used up", async (_, because, changes) => {
      const { redemption, person } = await stage.issue();
      const error = await refusal(stage.codes.redeem({ ...redemption, ...changes }, caller));
      expect(error.toPublic()).toEqual({ error: { code: used, title: "Bad request" } });
      expect(error.message).not.toContain(because);
      expect(stage.lastReason()).toBe(because);
      expect((await stage.eventsOf(person)).at(-1)).toMatchObject({ reason: because });
      expect(await stage.redeem(redemption)).toBe(used);
      expect(stage.lastReason()).toBe("used");
      expect(await stage.grantsOf(person)).toEqual([]);
    });

    it("a client's code comes from nobody's client", async () => {
      const { redemption } = await stage.issue({ client: "a client" });
      expect(await stage.redeem({ ...redemption, client: null })).toBe(used);
      expect(stage.lastReason()).toBe("other-client");
    });

    it("a minute has passed", async () => {
      const [late, last] = [await stage.issue(), await stage.issue()];
      await stage.age(late.code, 60);
      expect(await stage.redeem(late.redemption)).toBe(used);
      expect(stage.lastReason()).toBe("expired");
      await stage.age(last.code, 30);
      expect(await stage.redeem(last.redemption)).toBe("done");
    });

    it("it is presented at another tenant, which changes nothing", async () => {
      const { redemption } = await stage.issue();
      const { b } = stage.world.stage;
      expect(await stage.redeem({ ...redemption, tenant: b })).toBe(used);
      expect(stage.lastReason()).toBe("unknown");
      expect(await stage.redeem(redemption)).toBe("done");
    });

    it("the tenant is suspended, and the code is good again when the tenant is", async () => {
      const { redemption } = await stage.issue();
      const { tenants } = stage.world.stage.tenantry;
      await tenants.suspend(redemption.tenant.id);
      expect(await stage.redeem(redemption)).toBe(used);
      expect(stage.lastReason()).toBe("tenant-inactive");
      await tenants.reactivate(redemption.tenant.id);
      expect(await stage.redeem(redemption)).toBe("done");
    });
  });

  const admin = (text: string, id: string) => stage.world.stage.admin(text, [id]);
  const losses = [
    ["the account is disabled", "account", "status = 'disabled' where id"],
    ["the membership is suspended", "membership", "status = 'suspended' where account_id"],
    ["the membership is removed", "membership", "status = 'removed' where account_id"],
    ["the session has ended", "session", "ended_at = now(), ended_because = 'x' where account_id"],
    ["the session has expired", "session", "expires_at = seen_at where account_id"],
    ["the session was idle", "session", "idle_expires_at = seen_at where account_id"],
  ] as const;
  const lose = (table: string, change: string, { accountId }: { accountId: string }) =>
    admin(`update tenantry.${table} set ${change} = $1`, accountId);

  describe("is not issued", () => {
    it.each(losses)("where %s", async (_, table, change) => {
      const { request, person } = await stage.request();
      await lose(table, change, person);
      const error = await refusal(stage.codes.issue(request, caller));
      expect(error.toPublic()).toEqual({ error: { code: "GRANT_REFUSED", title: "Forbidden" } });
      expect(await stage.eventsOf(person)).toEqual([]);
      const rows = await admin(
        "select from tenantry.authorization_code where account_id = $1",
        person.accountId,
      );
      expect(rows).toEqual([]);
    });

    it("in a tenant that the account is no member of", async () => {
      const { request } = await stage.request({ tenant: stage.world.stage.b });
      expect(await outcome(stage.codes.issue(request, caller))).toBe("GRANT_REFUSED");
      expect(stage.world.events.at(-1)).toMatchObject({
        type: "grant.refused",
        detail: { because: "membership-removed" },
      });
    });

    it("for another account's session", async () => {
      const [mine, other] = [await stage.request(), await stage.request()];
      const session = { id: other.person.sessionId, accountId: mine.person.accountId };
      const request = { ...mine.request, session };
      expect(await outcome(stage.codes.issue(request, caller))).toBe("GRANT_REFUSED");
    });

    it("in a tenant that is suspended", async () => {
      const { request } = await stage.request();
      const { tenants } = stage.world.stage.tenantry;
      await tenants.suspend(request.tenant.id);
      expect(await outcome(stage.codes.issue(request, caller))).toBe("GRANT_REFUSED");
      await tenants.reactivate(request.tenant.id);
    });

    it.each([
      ["redirectUri", ""],
      ["redirectUri", "https://acme.app.example.com/\n"],
      ["codeChallenge", "A".repeat(42)],
      ["codeChallenge", `${"A".repeat(42)}B`],
      ["nonce", ""],
      ["nonce", "a\0"],
      ["nonce", "a".repeat(256)],
      ["client", "ü"],
    ])("with %s %j", async (name, value) => {
      const { request } = await stage.request({ [name]: value });
      expect(await outcome(stage.codes.issue(request, caller))).toBe("CONFIG_INVALID");
    });
  });

  it.each(losses)("is worth nothing once %s", async (_, table, change) => {
    const { redemption, person } = await stage.issue();
    await lose(table, change, person);
    expect(await stage.redeem(redemption)).toBe("GRANT_REFUSED");
    expect(await stage.grantsOf(person)).toEqual([]);
    expect(await stage.redeem(redemption)).toBe(used);
  });

  it("is used up where the database fails after it was taken", async () => {
    const { redemption, person } = await stage.issue();
    const { grants } = stage.world;
    const failing = stage.open({
      grants: { end: grants.end, start: () => Promise.reject(new Error("away")) },
    });
    await expect(failing.redeem(redemption, caller)).rejects.toThrow("away");
    expect(await stage.redeem(redemption)).toBe(used);
    expect(await stage.grantsOf(person)).toEqual([]);
  });

  describe("at rest", () => {
    it("is a hash, with no verifier beside it", async () => {
      const { code, redemption } = await stage.issue();
      const row = JSON.stringify(await stage.codeRow(code));
      expect(row).not.toContain(code);
      expect(row).not.toContain(redemption.codeVerifier);
    });

    it("is out of the application's reach", async () => {
      const { tenantry, a } = stage.world.stage;
      const reading = tenantry.enter(a, { reason: "test" }, () =>
        tenantry.db.query("select * from tenantry.authorization_code"),
      );
      await expect(reading).rejects.toMatchObject({ code: "42501" });
    });

    it("is its tenant's alone, for identity as well", async () => {
      await stage.issue();
      const count = async (tenantId: string) => {
        const text = "select count(*)::integer as count from tenantry.authorization_code";
        const { rows } = await stage.world.database.query<{ count: number }>(tenantId, text, []);
        return rows[0]!.count;
      };
      expect(await count(stage.world.stage.a.id)).toBeGreaterThan(0);
      expect(await count(stage.world.stage.b.id)).toBe(0);
    });

    it("cannot be made to last for more than a minute", async () => {
      const { code } = await stage.issue();
      const longer = admin(
        "update tenantry.authorization_code set expires_at = created_at + interval '61 s' where encode(code_hash, 'hex') <> $1",
        code,
      );
      await expect(longer).rejects.toMatchObject({ code: "23514" });
      for (const lifetimeSeconds of [0, 61, 1.5]) {
        expect(() => stage.open({ lifetimeSeconds })).toThrow();
      }
    });

    it("goes a day after it expired, a few at each issue, and its tenant's alone", async () => {
      const { stage: place } = stage.world;
      const { person, code } = await stage.issue();
      await place.admin("delete from tenantry.authorization_code where code_hash <> $1", [
        (await stage.codeRow(code))!["code_hash"],
      ]);
      await place.admin(
        `insert into tenantry.membership (tenant_id, account_id, role, version) values ($1, $2, 'member', 0)`,
        [place.b.id, person.accountId],
      );
      const insert = (tenantId: string, hours: number, count: number) =>
        place.admin(
          `insert into tenantry.authorization_code
             (tenant_id, code_hash, account_id, session_id, redirect_uri, code_challenge, created_at, expires_at)
           select $1, sha256(convert_to(n::text || $2 || $5, 'UTF8')), $3, $4, 'x', repeat('A', 43), t, t
           from generate_series(1, $6) n, (select now() - make_interval(hours => $2::integer) as t) aged`,
          [tenantId, String(hours), person.accountId, person.sessionId, tenantId, count],
        );
      const left = async () =>
        (await place.admin("select from tenantry.authorization_code")).length;
      await insert(place.a.id, 25, 30);
      await insert(place.a.id, 23, 2);
      await insert(place.b.id, 25, 3);
      expect(await left()).toBe(36);
      await stage.issue();
      expect(await left()).toBe(17);
      await stage.issue();
      expect(await left()).toBe(8);
    });
  });
});
