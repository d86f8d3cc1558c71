import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmailTokens } from "../../src/identity/account/email-tokens.js";
import type { Account } from "../../src/identity/account/account.js";
import { createSessions, type Sessions } from "../../src/identity/session/sessions.js";
import { describeOnServers } from "../support/servers.js";
import { caller, openIdentityFixture, type IdentityFixture } from "./support/identity-fixture.js";

describeOnServers("accounts and sessions", (server) => {
  let fixture: IdentityFixture;
  let sessions: Sessions;
  let alice: Account;
  beforeAll(async () => {
    fixture = await openIdentityFixture(server);
    sessions = createSessions(fixture.database);
  });
  afterAll(() => fixture?.close());
  const signIn = async (account: Account, replaces?: string) =>
    (await sessions.start({ accountId: account.id, methods: ["pwd"], replaces }, caller))!;

  describe("an account", () => {
    it("is one to an address, and the second is not made", async () => {
      alice = await fixture.person("alice");
      const email = { address: "Other Spelling", key: alice.emailKey };
      expect(await fixture.accounts.create({ email, passwordHash: null }, caller)).toBeNull();
      expect(await fixture.accounts.findByEmail(alice.emailKey)).toEqual(alice);
      expect(await fixture.accounts.find(alice.id)).toEqual(alice);
      const events = await fixture.admin<{ outcome: string }>(
        "select outcome from tenantry.account_event where account_id = $1 order by id",
        [alice.id],
      );
      expect(events.map(({ outcome }) => outcome)).toEqual(["done", "refused"]);
    });

    it("is reached by no other role", async () => {
      for (const table of ["account", "session", "email_token", "signing_key", "account_event"]) {
        const reading = `select count(*) from tenantry.${table}`;
        const asApp = fixture.tenantry.enter("acme", { reason: "test" }, () =>
          fixture.tenantry.db.query(reading),
        );
        await expect(asApp).rejects.toMatchObject({ code: "42501" });
        const asOperator = fixture.tenantry.asOperator(
          { actor: "test", reason: "test" },
          (operator) => operator.query(reading),
        );
        await expect(asOperator).rejects.toMatchObject({ code: "42501" });
      }
    });

    it("that is disabled loses its sessions, and gets no new one", async () => {
      const bob = await fixture.person("bob");
      const { token } = await signIn(bob);
      expect(await fixture.accounts.disable(bob.id, "asked for", caller)).toBe(true);
      expect(await sessions.find(token)).toBeNull();
      expect(await sessions.start({ accountId: bob.id, methods: ["pwd"] }, caller)).toBeNull();
      await fixture.accounts.enable(bob.id, "asked for", caller);
      expect(await sessions.find(token)).toBeNull();
      expect(await signIn(bob)).not.toBeNull();
    });

    it("that is enabled again gets back no session that began while it was disabled", async () => {
      const carl = await fixture.person("carl");
      const { token } = await signIn(carl);
      await fixture.admin("update tenantry.account set status = 'disabled' where id = $1", [
        carl.id,
      ]);
      expect(await fixture.accounts.enable(carl.id, "asked for", caller)).toBe(true);
      expect(await sessions.find(token)).toBeNull();
      const after = await signIn(carl);
      expect(await fixture.accounts.enable(carl.id, "asked again", caller)).toBe(false);
      expect(await sessions.find(after.token)).not.toBeNull();
    });
  });

  describe("a password", () => {
    it("that is changed ends every other session, and unused links to reset it", async () => {
      const tokens = createEmailTokens(fixture.database);
      const kept = await signIn(alice);
      const other = await signIn(alice);
      const link = await tokens.issue(alice, "reset-password");
      const change = { accountId: alice.id, passwordHash: "$argon2id$v=19$x" };
      await fixture.accounts.setPassword(
        { ...change, because: "changed", keepSessionId: kept.session.id },
        caller,
      );
      expect((await sessions.find(kept.token))?.id).toBe(kept.session.id);
      expect(await sessions.find(other.token)).toBeNull();
      expect(await tokens.use(link, "reset-password", caller)).toBeNull();
    });

    it("that is only hashed anew ends nothing", async () => {
      const { token } = await signIn(alice);
      const passwordHash = "$argon2id$v=19$y";
      await fixture.accounts.setPassword(
        { accountId: alice.id, passwordHash, because: "rehashed", keepSessionId: null },
        caller,
      );
      expect(await sessions.find(token)).not.toBeNull();
    });
  });

  describe("a link sent by mail", () => {
    it("is good once, for its purpose, and proves the address", async () => {
      const tokens = createEmailTokens(fixture.database);
      const carol = await fixture.person("carol");
      expect(carol.emailVerifiedAt).toBeNull();
      const link = await tokens.issue(carol, "verify-email");
      expect(await tokens.use(link, "reset-password", caller)).toBeNull();
      expect((await tokens.use(link, "verify-email", caller))?.emailVerifiedAt).toBeInstanceOf(
        Date,
      );
      expect(await tokens.use(link, "verify-email", caller)).toBeNull();
      const uses = await Promise.all(
        [await tokens.issue(carol, "reset-password")].flatMap((again) =>
          Array.from({ length: 20 }, () => tokens.use(again, "reset-password", caller)),
        ),
      );
      expect(uses.filter((used) => used !== null)).toHaveLength(1);
    });

    it("is void after a later one, its time, or a change of the address", async () => {
      const tokens = createEmailTokens(fixture.database);
      const dave = await fixture.person("dave");
      const first = await tokens.issue(dave, "verify-email");
      const second = await tokens.issue(dave, "verify-email");
      expect(await tokens.use(first, "verify-email", caller)).toBeNull();
      await fixture.admin(
        "update tenantry.email_token set expires_at = now() where account_id = $1",
        [dave.id],
      );
      expect(await tokens.use(second, "verify-email", caller)).toBeNull();
      const third = await tokens.issue(dave, "verify-email");
      await fixture.admin(
        "update tenantry.account set email_key = 'new@example.test' where id = $1",
        [dave.id],
      );
      expect(await tokens.use(third, "verify-email", caller)).toBeNull();
    });
  });

  describe("a session", () => {
    it("is found by its token alone, which is nowhere in the database", async () => {
      const { session, token } = await signIn(alice);
      expect(await sessions.find(token)).toEqual(session);
      const dump = await fixture.admin<{ row: string }>(
        "select to_jsonb(s)::text as row from tenantry.session s",
      );
      const text = dump.map(({ row }) => row).join();
      expect(text).toContain(session.id);
      expect(text).not.toContain(token);
      expect(text).not.toContain(Buffer.from(token, "base64url").toString("hex"));
    });

    it.each(["", "x", "A".repeat(43), "A".repeat(44), 7, null, undefined, {}])(
      "is not found by %j",
      async (token) => expect(await sessions.find(token)).toBeNull(),
    );

    it("has one spelling of its token", async () => {
      const { token } = await signIn(alice);
      const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      const found = await Promise.all(
        [...letters].map((letter) => sessions.find(token.slice(0, -1) + letter)),
      );
      expect(found.filter((session) => session !== null)).toHaveLength(1);
      for (const spelling of [`${token}=`, ` ${token}`, `${token}\n`]) {
        expect(await sessions.find(spelling)).toBeNull();
      }
    });

    it("that is replaced at a sign-in ends with it", async () => {
      const before = await signIn(alice);
      const after = await signIn(alice, before.token);
      expect(await sessions.find(before.token)).toBeNull();
      expect(await sessions.find(after.token)).not.toBeNull();
    });

    it.each([
      ["idle", "idle_expires_at"],
      ["absolute", "expires_at"],
    ])("ends at its %s expiry", async (_, column) => {
      const { session, token } = await signIn(alice);
      await fixture.admin(`update tenantry.session set ${column} = now() where id = $1`, [
        session.id,
      ]);
      expect(await sessions.find(token)).toBeNull();
    });

    it("begins its idle time anew when it is used, and never its absolute one", async () => {
      const { session, token } = await signIn(alice);
      const times = async () =>
        (
          await fixture.admin<{ idle: number; absolute: number }>(
            `select extract(epoch from idle_expires_at - now())::integer as idle,
               extract(epoch from expires_at - created_at)::integer as absolute from tenantry.session where id = $1`,
            [session.id],
          )
        )[0]!;
      await fixture.admin(
        "update tenantry.session set seen_at = now() - interval '2 minutes', idle_expires_at = now() + interval '1 hour' where id = $1",
        [session.id],
      );
      const before = await times();
      await sessions.find(token);
      const after = await times();
      expect(after.idle).toBeGreaterThan(before.idle);
      expect(after.absolute).toBe(before.absolute);
    });

    it("ends for its own account only, alone or with all others", async () => {
      const erin = await fixture.person("erin");
      const [one, two, three] = [await signIn(erin), await signIn(erin), await signIn(erin)];
      const { id } = one.session;
      expect(await sessions.end(alice.id, id, "by-the-user", caller)).toBe(false);
      expect(await sessions.find(one.token)).not.toBeNull();
      expect(await sessions.end(erin.id, id, "by-the-user", caller)).toBe(true);
      expect(await sessions.end(erin.id, id, "by-the-user", caller)).toBe(false);
      expect(await sessions.list(erin.id)).toHaveLength(2);
      const ending = { because: "signed-out", exceptSessionId: three.session.id } as const;
      expect(await sessions.endAll(erin.id, ending, caller)).toBe(1);
      expect(await sessions.find(two.token)).toBeNull();
      expect((await sessions.list(erin.id)).map((session) => session.id)).toEqual([
        three.session.id,
      ]);
    });

    it.each([{ idleMinutes: 0 }, { days: 366 }, { days: 1.5 }])(
      "refuses the options %j",
      (options) =>
        expect(() => createSessions(fixture.database, options)).toThrow(
          expect.objectContaining({ code: "CONFIG_INVALID" }),
        ),
    );
  });
});
