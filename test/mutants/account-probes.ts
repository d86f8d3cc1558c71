import { expect } from "vitest";
import type { Account } from "../../src/identity/account/account.js";
import { caller } from "../identity/support/identity-fixture.js";
import { code, startedTogether } from "../identity/support/staged.js";
import { device } from "../identity/support/two-tenants.js";
import { by, type IdentityProbe, type IdentityWorld } from "./identity-world.js";

const hash = "$argon2id$v=19$x";
const password = (accountId: string, keepSessionId: string | null = null) => ({
  accountId,
  passwordHash: hash,
  because: "changed" as const,
  keepSessionId,
});
const eventsOf = async ({ fixture }: IdentityWorld, { id }: Account) =>
  (
    await fixture.admin<{ said: string }>(
      "select type || ' ' || outcome as said from tenantry.account_event where account_id = $1 order by id",
      [id],
    )
  ).map(({ said }) => said);
const setSession = ({ fixture }: IdentityWorld, id: string, change: string) =>
  fixture.admin(`update tenantry.session set ${change} where id = $1`, [id]);

/** Counts what is written to a table's rows, whoever writes. */
export async function writesTo(
  { fixture }: IdentityWorld,
  table: string,
  work: () => Promise<unknown>,
): Promise<number> {
  await fixture.admin(`drop sequence if exists public.writes; create sequence public.writes;
    create or replace function public.count_write() returns trigger language plpgsql security definer as
      'begin perform nextval(''public.writes''); return null; end';
    create trigger counted after update on tenantry.${table} for each row execute function public.count_write()`);
  try {
    await work();
    const [row] = await fixture.admin<{ n: number }>(
      "select case when is_called then last_value else 0 end::integer as n from public.writes",
    );
    return row!.n;
  } finally {
    await fixture.admin(`drop trigger counted on tenantry.${table}`);
  }
}

export const accountProbes: Readonly<Record<string, IdentityProbe>> = {
  async "a-new-password-ends-what-the-old-one-began"(world) {
    const { accounts, sound, signIn, fixture } = world;
    const alice = await fixture.person("alice");
    const [kept, other] = [await signIn(alice), await signIn(alice)];
    const link = await sound.emailTokens.issue(alice, "reset-password");
    const verifying = await sound.emailTokens.issue(alice, "verify-email");
    expect(await accounts.setPassword(password(alice.id, kept.id), caller)).toBe(true);
    expect(await sound.sessions.find(kept.token)).not.toBeNull();
    expect(await sound.sessions.find(other.token)).toBeNull();
    expect(await sound.emailTokens.use(link, "reset-password", caller)).toBeNull();
    expect(await sound.emailTokens.use(verifying, "verify-email", caller)).not.toBeNull();
    await accounts.setPassword({ ...password(alice.id), because: "rehashed" }, caller);
    expect(await sound.sessions.find(kept.token)).not.toBeNull();
  },

  async "a-disabled-account-has-no-session"(world) {
    const { accounts, sessions, sound, signIn, fixture } = world;
    const bob = await fixture.person("bob");
    const { token, id } = await signIn(bob);
    await accounts.disable(bob.id, "test", caller);
    expect(await sessions.find(token)).toBeNull();
    expect(await sessions.start({ accountId: bob.id, methods: ["pwd"] }, caller)).toBeNull();
    await fixture.admin("update tenantry.account set status = 'active' where id = $1", [bob.id]);
    expect(await sound.sessions.find(token)).toBeNull();
    await fixture.admin("update tenantry.account set status = 'disabled' where id = $1", [bob.id]);
    // One that began while the account was being disabled.
    await setSession(world, id, "ended_at = null, ended_because = null");
    expect(await sessions.find(token)).toBeNull();
    await accounts.enable(bob.id, "test", caller);
    expect(await sound.sessions.find(token)).toBeNull();
    expect(await accounts.enable(bob.id, "test", caller)).toBe(false);
  },

  async "what-happens-to-an-account-is-written-down"(world) {
    const { accounts, emailTokens, sessions, fixture } = world;
    const address = `noted-${Math.random()}@example.test`;
    const email = { address, key: address };
    const account = (await accounts.create({ email, passwordHash: null }, caller))!;
    await accounts.create({ email, passwordHash: null }, caller);
    await accounts.setPassword(password(account.id), caller);
    await emailTokens.use(await emailTokens.issue(account, "verify-email"), "verify-email", caller);
    await sessions.start({ accountId: account.id, methods: ["pwd"] }, caller);
    await sessions.endAll(account.id, { because: "signed-out" }, caller);
    await accounts.disable(account.id, "test", caller);
    await accounts.enable(account.id, "test", caller);
    expect(await eventsOf(world, account)).toEqual([
      "account.created done",
      "account.created refused",
      "account.password done",
      "account.verify-email done",
      "session.started done",
      "session.ended done",
      "account.disabled done",
      "account.enabled done",
    ]);
    expect((await fixture.accounts.find(account.id))!.emailVerifiedAt).not.toBeNull();
  },

  async "a-link-is-good-once"({ emailTokens, fixture }) {
    const carol = await fixture.person("carol");
    const link = await emailTokens.issue(carol, "verify-email");
    expect(await emailTokens.use(link, "reset-password", caller)).toBeNull();
    expect(await emailTokens.use(link, "verify-email", caller)).not.toBeNull();
    expect(await emailTokens.use(link, "verify-email", caller)).toBeNull();
  },

  async "a-link-is-void-in-time"({ emailTokens, fixture }) {
    const use = (token: string) => emailTokens.use(token, "verify-email", caller);
    const dave = await fixture.person("dave");
    const change = (table: string, key: string, what: string) =>
      fixture.admin(`update tenantry.${table} set ${what} where ${key} = $1`, [dave.id]);
    const [first, second] = [
      await emailTokens.issue(dave, "verify-email"),
      await emailTokens.issue(dave, "verify-email"),
    ];
    expect(await use(first)).toBeNull();
    await change("email_token", "account_id", "expires_at = now()");
    expect(await use(second)).toBeNull();
    const third = await emailTokens.issue(dave, "verify-email");
    await change("account", "id", "email_key = 'later-' || email_key");
    expect(await use(third)).toBeNull();
    await change("account", "id", "email_key = email");
    const fourth = await emailTokens.issue(dave, "verify-email");
    await change("account", "id", "status = 'disabled'");
    expect(await use(fourth)).toBeNull();
  },

  async "a-token-is-nowhere-and-has-one-spelling"({ sessions, fixture }) {
    const erin = await fixture.person("erin");
    const { token } = (await sessions.start({ accountId: erin.id, methods: ["pwd"] }, caller))!;
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const spellings = [...letters].map((letter) => token.slice(0, -1) + letter);
    const bytes = (text: string) => Buffer.from(text, "base64url");
    const same = spellings.filter((text) => bytes(text).equals(bytes(token)));
    const found = [];
    for (const text of [...same, `${token}=`, `${token}\n`]) {
      if ((await sessions.find(text)) !== null) found.push(text);
    }
    expect(found).toEqual([token]);
    const [row] = await fixture.admin<{ hash: Buffer }>(
      "select token_hash as hash from tenantry.session where account_id = $1",
      [erin.id],
    );
    expect(row!.hash.equals(bytes(token))).toBe(false);
  },

  async "a-session-is-over-when-it-is"(world) {
    const { sessions, signIn, fixture } = world;
    const frank = await fixture.person("frank");
    for (const change of [
      "ended_at = now(), ended_because = 'test'",
      "idle_expires_at = now()",
      "expires_at = now()",
    ]) {
      const { id, token } = await signIn(frank);
      expect(await sessions.find(token)).not.toBeNull();
      await setSession(world, id, change);
      expect([change, await sessions.find(token)]).toEqual([change, null]);
      expect(await sessions.list(frank.id)).toEqual([]);
    }
  },

  async "a-session-ends-for-its-account-alone"({ sessions, sound, signIn, fixture }) {
    const [gina, hugo] = [await fixture.person("gina"), await fixture.person("hugo")];
    const [one, two, three] = [await signIn(gina), await signIn(gina), await signIn(gina)];
    const stays = async (...some: (typeof one)[]) => {
      for (const { token } of some) expect(await sound.sessions.find(token)).not.toBeNull();
    };
    expect(await sessions.list(hugo.id)).toEqual([]);
    expect(await sessions.end(hugo.id, one.id, "by-the-user", caller)).toBe(false);
    await stays(one, two, three);
    expect(await sessions.end(gina.id, one.id, "by-the-user", caller)).toBe(true);
    await stays(two, three);
    const ending = { because: "signed-out", exceptSessionId: three.id } as const;
    expect(await sessions.endAll(gina.id, ending, caller)).toBe(1);
    expect(await sound.sessions.find(two.token)).toBeNull();
    await stays(three);
  },

  async "a-sign-in-ends-the-session-before-it"({ sessions, sound, signIn, fixture }) {
    const ida = await fixture.person("ida");
    const [before, other] = [await signIn(ida), await signIn(ida)];
    const anew = { accountId: ida.id, methods: ["pwd"], replaces: before.token };
    await sessions.start(anew, caller);
    expect(await sound.sessions.find(before.token)).toBeNull();
    expect(await sound.sessions.find(other.token)).not.toBeNull();
  },

  async "a-session-in-use-stays-awake"(world) {
    const { sessions, signIn, fixture } = world;
    const { id, token } = await signIn(await fixture.person("jo"));
    const read = async () =>
      (
        await fixture.admin<{ idle: number; absolute: number }>(
          `select round(extract(epoch from idle_expires_at - now()) / 60)::integer as idle,
             round(extract(epoch from expires_at - created_at) / 60)::integer as absolute
           from tenantry.session where id = $1`,
          [id],
        )
      )[0]!;
    await setSession(
      world,
      id,
      "seen_at = now() - interval '2 minutes', idle_expires_at = now() + interval '1 hour'",
    );
    await sessions.find(token);
    expect(await read()).toEqual({ idle: 14 * 24 * 60, absolute: 30 * 24 * 60 });
  },

  async "a-busy-session-is-written-once-a-minute"(world) {
    const { sessions, signIn, fixture } = world;
    const { id, token } = await signIn(await fixture.person("kim"));
    await setSession(world, id, "seen_at = now() - interval '2 minutes'");
    const locking: [string, unknown[]] = [
      "select from tenantry.session where id = $1 for update",
      [id],
    ];
    const uses = Array.from({ length: 4 }, () => () => sessions.find(token));
    const writes = await writesTo(world, "session", async () => {
      const found = await startedTogether(fixture, locking, uses);
      expect(found.filter((session) => session === null)).toEqual([]);
      await sessions.find(token);
    });
    expect(writes).toBe(1);
  },

  async "an-exchange-is-for-one-tenant"(world) {
    const { exchange, sound, signIn, found } = world;
    const [{ tenant, member, owner }, other] = [await found(), await found()];
    const { token } = await signIn(member);
    const refused = [
      await code(exchange.enter("x".repeat(43), tenant, device)),
      await code(exchange.enter(token, other.tenant, device)),
    ];
    expect(refused).toEqual(["GRANT_REFUSED", "GRANT_REFUSED"]);
    const tokens = await exchange.enter(token, tenant, device);
    expect(tokens.claims).toMatchObject({ tenantId: tenant.id, accountId: member.id });
    expect(await code(exchange.refresh(tokens.refreshToken, other.tenant, device))).toBe(
      "REFRESH_INVALID",
    );
    const next = await exchange.refresh(tokens.refreshToken, tenant, device);
    expect(next.generation).toBe(tokens.generation + 1);
    expect(next.grantExpiresAt).toBe(tokens.grantExpiresAt);
    await sound.members.remove(tenant, member.id, by(owner));
    expect(await code(exchange.refresh(next.refreshToken, tenant, device))).toBe("REFRESH_INVALID");
  },
};
