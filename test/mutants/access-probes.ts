import type { Tenant, TenantScope } from "tenantry";
import { expect } from "vitest";
import { parseEmailAddress, type Identity } from "tenantry/identity";
import { issueScope } from "../../src/core/scope.js";
import type { IncomingRequest } from "../../src/resolver/contract.js";
import { caller } from "../identity/support/identity-fixture.js";
import { goodPassword, type IdentitySite } from "../identity/support/identity-site.js";

type Made = Identity<"projects:read" | "projects:write">;
type Person = Awaited<ReturnType<IdentitySite["person"]>>;

/** A copy of identity, and the site around it, whose own identity makes what is only needed. */
export interface AccessCopy {
  readonly identity: Made;
  readonly site: IdentitySite;
}

const codeOf = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
    return "done";
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};
const denied = async (work: () => unknown) => (await codeOf(work)) === "PERMISSION_DENIED";

/** A member of acme, signed in on a device of the copy's. */
async function member({ identity, site }: AccessCopy, role = "member") {
  const person = await site.person(role, [[site.acme, role]]);
  return { person, ...(await device({ identity, site }, person)) };
}

async function device({ identity, site }: AccessCopy, { id }: Person) {
  const started = (await identity.sessions.start({ accountId: id, methods: ["pwd"] }, caller))!;
  const from = { ...caller, client: null };
  const tokens = await identity.exchange.enter(started.token, site.acme, from);
  return { sessionId: started.session.id, sessionToken: started.token, ...tokens };
}

const requestOf = (host: string, token: string): IncomingRequest => ({
  method: "GET",
  target: "/",
  headers: [
    ["host", host],
    ["authorization", `Bearer ${token}`],
  ],
  remoteAddress: null,
});

/** The scope that the copy's resolver leads to. */
async function scopeOf({ identity, site }: AccessCopy, token: string): Promise<TenantScope> {
  const signal = await identity.fromCredentials().read(requestOf(site.hostOf(site.acme), token));
  return issueScope(site.acme, signal!.actor!, [], signal!.credential);
}

const inJob = <T>({ site }: AccessCopy, { id }: Person, work: () => T, tenant = site.acme) =>
  site.tenantry.enter(tenant, { reason: "probe", actor: { kind: "user", id } }, work);

const update = ({ site }: AccessCopy, text: string, ...values: unknown[]) =>
  site.admin(text, values);

const isStale = async (
  { identity }: AccessCopy,
  claims: Parameters<Made["authority"]["assertCurrent"]>[0],
) => {
  for (let i = 0; i < 50; i++) {
    if ((await codeOf(() => identity.authority.assertCurrent(claims))) === "TOKEN_STALE")
      return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
};

async function fresh(
  copy: AccessCopy,
  after: (made: Awaited<ReturnType<typeof member>>) => unknown,
) {
  const made = await member(copy);
  const scope = await scopeOf(copy, made.accessToken);
  const { identity, site } = copy;
  if (await denied(() => site.tenantry.run(scope, () => identity.requireFresh("projects:read")))) {
    return false;
  }
  await after(made);
  return denied(() => site.tenantry.run(scope, () => identity.requireFresh("projects:read")));
}

/** Each is true where the copy does what it should. */
export const accessProbes: Readonly<Record<string, (copy: AccessCopy) => Promise<boolean>>> = {
  async "a-viewer-may-not-write"(copy) {
    const { identity, site } = copy;
    const scope = await scopeOf(copy, (await member(copy, "viewer")).accessToken);
    return site.tenantry.run(scope, async () => {
      identity.requirePermission("projects:read");
      const byToken = await denied(() => identity.requirePermission("projects:write"));
      return byToken && (await denied(() => identity.requireFresh("projects:write")));
    });
  },

  async "only-identity-makes-credentials"({ identity, site }) {
    const forged = { kind: "access-token", claims: { permissions: ["projects:write"] } };
    const actor = { kind: "user", id: "mallory" } as const;
    const scope = issueScope(site.acme, actor, [], forged);
    return site.tenantry.run(scope, () => !identity.can("projects:write"));
  },

  async "a-stale-token-is-refused"(copy) {
    const { accessToken, claims, person } = await member(copy);
    await copy.site.identity.members.changeRole(copy.site.acme, person.id, "viewer", {
      accountId: (await copy.site.person("boss", [[copy.site.acme, "owner"]])).id,
      caller,
    });
    await isStale(copy, claims);
    return (await codeOf(() => scopeOf(copy, accessToken))) === "TOKEN_STALE";
  },

  "fresh-sees-a-disabled-account": (copy) =>
    fresh(copy, ({ person }) =>
      update(copy, "update tenantry.account set status = 'disabled' where id = $1", person.id),
    ),

  async "fresh-sees-a-suspended-member"(copy) {
    const { person } = await member(copy);
    const ask = () => inJob(copy, person, () => copy.identity.requireFresh("projects:read"));
    if (await denied(ask)) return false;
    await update(
      copy,
      "update tenantry.membership set status = 'suspended' where account_id = $1",
      person.id,
    );
    return denied(ask);
  },

  "fresh-sees-an-ended-grant": (copy) =>
    fresh(copy, ({ claims }) =>
      update(
        copy,
        "update tenantry.tenant_grant set ended_at = now(), ended_because = 'x' where id = $1",
        claims.grantId,
      ),
    ),

  "fresh-sees-an-ended-session": (copy) =>
    fresh(copy, ({ sessionId }) =>
      update(
        copy,
        "update tenantry.session set ended_at = now(), ended_because = 'x' where id = $1",
        sessionId,
      ),
    ),

  "fresh-sees-a-newer-membership": (copy) =>
    fresh(copy, ({ person }) =>
      update(
        copy,
        "update tenantry.membership set updated_at = now() where account_id = $1",
        person.id,
      ),
    ),

  async "fresh-sees-a-newer-tenant"(copy) {
    const { identity, site } = copy;
    const boss = await site.person("boss", [[site.acme, "owner"]]);
    return fresh(copy, () =>
      identity.authority.raiseTenantVersion(site.acme, "probe", { accountId: boss.id, caller }),
    );
  },

  async "fresh-sees-a-revoked-key"(copy) {
    const { identity, site } = copy;
    const boss = await site.person("boss", [[site.acme, "owner"]]);
    const wanted = { name: "probe", permissions: ["projects:read"] };
    const by = { accountId: boss.id, caller };
    const { key, text } = await identity.apiKeys.create(site.acme, wanted, by);
    const scope = await scopeOf(copy, text);
    const ask = () => site.tenantry.run(scope, () => identity.requireFresh("projects:read"));
    if (await denied(ask)) return false;
    await identity.apiKeys.revoke(site.acme, key.id, by);
    return denied(ask);
  },

  async "a-proof-is-of-one-thing"(copy) {
    const { identity, site } = copy;
    const [one, other] = [await member(copy), await member(copy)];
    await site.identity.members.admit(
      site.globex,
      { accountId: one.person.id, role: "member" },
      caller,
    );
    const proof = await inJob(copy, one.person, () => identity.requireFresh("projects:read"));
    const accepts = (person: Person, permission = "projects:read", tenant: Tenant = site.acme) =>
      inJob(
        copy,
        person,
        async () =>
          !(await denied(() => identity.assertFresh(proof as never, permission as never))),
        tenant,
      );
    if (!(await accepts(one.person))) return false;
    const wrong = [
      await accepts(other.person),
      await accepts(one.person, "projects:write"),
      await accepts(one.person, "projects:read", site.globex),
    ];
    return !wrong.includes(true);
  },

  async "a-proof-is-old-in-ten-seconds"(copy) {
    const { person } = await member(copy);
    return inJob(copy, person, async () => {
      const proof = await copy.identity.requireFresh("projects:read");
      const now = performance.now.bind(performance);
      performance.now = () => now() + 10_001;
      try {
        return await denied(() => copy.identity.assertFresh(proof, "projects:read"));
      } finally {
        performance.now = now;
      }
    });
  },

  async "only-active-members-are-impersonated"({ identity, site }) {
    const operator = await site.person("operator");
    const refused = async (accountId: string, tenant: Tenant = site.acme) => {
      const who = { accountId, operatorId: operator.id, reason: "probe" };
      const start = () => identity.impersonation.start(tenant, who, caller);
      return (await codeOf(start)) === "GRANT_REFUSED";
    };
    const [suspended, disabled] = [
      await site.person("suspended", [[site.acme, "member"]]),
      await site.person("disabled", [[site.acme, "member"]]),
    ];
    await site.identity.members.admit(
      site.acme,
      { accountId: operator.id, role: "member" },
      caller,
    );
    if (await refused(suspended.id)) return false;
    await site.admin("update tenantry.membership set status = 'suspended' where account_id = $1", [
      suspended.id,
    ]);
    await site.admin("update tenantry.account set status = 'disabled' where id = $1", [
      disabled.id,
    ]);
    const inactive = { ...site.acme, status: "suspended" } as Tenant;
    return (
      (await refused(suspended.id)) &&
      (await refused(disabled.id)) &&
      (await refused(operator.id)) &&
      (await refused((await site.person("fine", [[site.acme, "member"]])).id, inactive))
    );
  },

  async "a-burst-logs-nobody-out"(copy) {
    const { refreshToken: first } = await member(copy);
    const refresh = (token: string) =>
      copy.identity.exchange.refresh(token, copy.site.acme, { ...caller, client: null });
    const { refreshToken: second } = await refresh(first);
    // Sent with the first token, and overtaken by two that were sent later.
    const later = await refresh(second);
    const overtaken = await refresh(first);
    return later.refreshToken === second && overtaken.refreshToken === second;
  },

  async "an-ended-session-takes-its-tokens-along"(copy) {
    const { identity } = copy;
    const here = await member(copy);
    const there = await device(copy, here.person);
    await identity.revocation.endSession(here.person.id, here.sessionId, "signed-out", caller);
    const refreshed = (token: string) =>
      codeOf(() => identity.exchange.refresh(token, copy.site.acme, { ...caller, client: null }));
    return (
      (await isStale(copy, here.claims)) &&
      (await refreshed(here.refreshToken)) === "REFRESH_INVALID" &&
      (await refreshed(there.refreshToken)) === "done"
    );
  },

  async "other-sessions-end-and-this-one-goes-on"(copy) {
    const { identity } = copy;
    const here = await member(copy);
    const there = await device(copy, here.person);
    const except = { exceptSessionId: here.sessionId };
    await identity.revocation.endSessions(here.person.id, "by-the-user", caller, except);
    const refreshed = (token: string) =>
      codeOf(() => identity.exchange.refresh(token, copy.site.acme, { ...caller, client: null }));
    return (
      (await refreshed(here.refreshToken)) === "done" &&
      (await refreshed(there.refreshToken)) === "REFRESH_INVALID"
    );
  },

  async "a-disabled-account-has-no-token"(copy) {
    const { claims, person } = await member(copy);
    await copy.identity.accounts.disable(person.id, "probe", caller);
    // What it held before does not come back with it.
    await copy.identity.accounts.enable(person.id, "probe", caller);
    return isStale(copy, claims);
  },

  async "an-ended-grant-has-no-token"(copy) {
    const { claims } = await member(copy);
    await copy.identity.grants.end(copy.site.acme.id, { grantId: claims.grantId }, "probe");
    return isStale(copy, claims);
  },

  async "only-a-genuine-token-ends-its-grant"(copy) {
    const { identity, site } = copy;
    const { refreshToken } = await member(copy);
    const bytes = Buffer.from(refreshToken, "base64url");
    bytes[60]! ^= 1;
    const forged = bytes.toString("base64url");
    if (await identity.grants.endByToken(site.acme.id, forged, "probe")) return false;
    if (await identity.grants.endByToken(site.globex.id, refreshToken, "probe")) return false;
    return identity.grants.endByToken(site.acme.id, refreshToken, "probe");
  },

  async "wrong-passwords-are-counted"({ identity, site }) {
    const { email } = await site.person("guessed");
    const guess = () =>
      codeOf(() => identity.signIn.signIn({ email, password: "not this one, surely" }, caller));
    const codes: unknown[] = [];
    for (let i = 0; i < 6; i++) codes.push(await guess());
    return codes[0] === "SIGN_IN_REFUSED" && codes[5] === "SIGN_IN_LIMITED";
  },

  async "letters-are-counted"({ identity, site }) {
    const { email } = await site.person("flooded");
    const codes: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      codes.push(await codeOf(() => identity.signIn.forgotPassword(email, caller)));
    }
    return codes[0] === "done" && codes[5] === "SIGN_IN_LIMITED";
  },

  async "an-address-is-confirmed-first"({ identity, site }) {
    const { email } = await site.person("unconfirmed");
    await site.admin("update tenantry.account set email_verified_at = null where email = $1", [
      email,
    ]);
    const signIn = () => identity.signIn.signIn({ email, password: goodPassword }, caller);
    return (await codeOf(signIn)) === "EMAIL_UNVERIFIED";
  },

  async "a-sign-in-ends-the-browsers-former-session"({ identity, site }) {
    const { email } = await site.person("fixed");
    const planted = await site.person("attacker");
    const former = (await identity.sessions.start(
      { accountId: planted.id, methods: ["pwd"] },
      caller,
    ))!;
    await identity.signIn.signIn({ email, password: goodPassword, replaces: former.token }, caller);
    return (await identity.sessions.find(former.token)) === null;
  },

  async "a-sign-in-is-by-the-password-of-now"({ identity, site }) {
    const { id } = await site.person("raced");
    const { passwordHash } = (await identity.accounts.find(id))!;
    const change = { accountId: id, because: "changed", keepSessionId: null } as const;
    await site.admin(
      "update tenantry.account set password_hash = password_hash || 'x' where id = $1",
      [id],
    );
    const start = { accountId: id, methods: ["pwd"], passwordHash: passwordHash! };
    const late = await identity.sessions.start(start, caller);
    await identity.accounts.setPassword({ ...change, passwordHash: passwordHash! }, caller);
    return late === null && (await identity.sessions.start(start, caller)) !== null;
  },

  async "the-old-password-is-asked-for"({ identity, site }) {
    const { id } = await site.person("changes");
    const { session } = (await identity.sessions.start(
      { accountId: id, methods: ["pwd"] },
      caller,
    ))!;
    const change = { current: "not this one, surely", password: "quite another set of words" };
    const code = await codeOf(() => identity.signIn.changePassword(session, change, caller));
    return code === "SIGN_IN_REFUSED";
  },

  async "a-reset-ends-grants"(copy) {
    const { identity, site } = copy;
    const { person, claims } = await member(copy);
    const letters = () => site.outbox.messages().filter(({ to }) => to === person.email);
    await identity.signIn.forgotPassword(person.email, caller);
    await expect.poll(letters).toHaveLength(1);
    const [, token] = /#token=([\w-]+)/.exec(letters()[0]!.text)!;
    const weak = { token, password: parseEmailAddress(person.email).address };
    const reset = (given: { token: unknown; password: unknown }) =>
      codeOf(() => identity.signIn.resetPassword(given, caller));
    if ((await reset(weak)) !== "PASSWORD_WEAK") return false;
    const good = { token, password: "quite another set of words" };
    if ((await reset(good)) !== "done" || (await reset(good)) !== "LINK_INVALID") return false;
    return isStale(copy, claims);
  },

  async "a-link-is-good-once"({ identity, site }) {
    const address = `${crypto.randomUUID()}@example.test`;
    await identity.signIn.signUp({ email: address, password: goodPassword }, caller);
    const letters = () => site.outbox.messages().filter(({ to }) => to === address);
    await expect.poll(letters).toHaveLength(1);
    const [, token] = /#token=([\w-]+)/.exec(letters()[0]!.text)!;
    const use = () => codeOf(() => identity.signIn.verifyEmail(token, caller));
    return (await use()) === "done" && (await use()) === "LINK_INVALID";
  },

  async "host-and-token-agree"(copy) {
    const { identity, site } = copy;
    const { accessToken } = await member(copy);
    await identity.requests.memberOf(requestOf(site.hostOf(site.acme), accessToken));
    const foreign = requestOf(site.hostOf(site.globex), accessToken);
    return (await codeOf(() => identity.requests.memberOf(foreign))) === "TENANT_MISMATCH";
  },

  async "a-key-is-no-member"(copy) {
    const { identity, site } = copy;
    const boss = await site.person("boss", [[site.acme, "owner"]]);
    const wanted = { name: "probe", permissions: ["projects:read"] };
    const by = { accountId: boss.id, caller };
    const { text } = await identity.apiKeys.create(site.acme, wanted, by);
    const request = requestOf(site.hostOf(site.acme), text);
    return (
      (await codeOf(() => identity.requests.memberOf(request))) === "TOKEN_INVALID" &&
      (await identity.requests.keyHolderOf(request, false)).tenant.id === site.acme.id
    );
  },
};
