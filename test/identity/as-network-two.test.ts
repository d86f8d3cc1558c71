import { afterAll, beforeAll, expect, it } from "vitest";
import type { Tenant } from "../../src/core/tenant.js";
import { newUuid } from "../../src/core/uuid.js";
import type { Account } from "../../src/identity/account/account.js";
import { describeOnServers } from "../support/servers.js";
import { caller, openIdentityFixture, type IdentityFixture } from "./support/identity-fixture.js";
import {
  codeRequest,
  codeVerifier,
  device,
  everythingOf,
  neverWere,
  openServices,
  settle,
  type Services,
  type Things,
} from "./support/two-tenants.js";

/** Tenant 2, and its owner, who may everything there. */
interface Intruder extends Things {
  readonly tenant: Tenant;
  readonly by: { readonly accountId: string; readonly caller: typeof caller };
  readonly account: Account;
  readonly sessionToken: string;
  /** An account of nobody's, in tenant 2. */
  readonly spare: Account;
}

interface Calls {
  /** In tenant 2, about things that are tenant 1's, or never were. */
  readonly about: (me: Intruder, things: Things) => Promise<unknown>;
  /** Straight at tenant 1, or at one that never was. Missing where who calls has the tenant in hand. */
  readonly at?: (me: Intruder, tenant: Tenant) => Promise<unknown>;
  /** The one table that it writes to, and whose doing depends on what `about` is about, by intention. */
  readonly writes?: string;
}

type Table = { readonly [S in keyof Services]: Readonly<Record<keyof Services[S], Calls>> };

const key = { name: "mine", permissions: ["projects:read"] };
const hash = "$argon2id$v=19$x";

const redemption = (tenant: Tenant, code: string) => {
  const { redirectUri } = codeRequest(tenant);
  return { tenant, code, codeVerifier, redirectUri, client: null };
};

/** Every method of every service. */
const table = (services: Services): Table => {
  const { accounts, sessions, emailTokens, members, tenantRoles } = services;
  const { invitations, apiKeys, exchange, grants, authorizationCodes } = services;
  const { tenantChoices, tenantEvents, revocation, impersonation } = services;
  const start = { methods: ["pwd"] };
  return {
    // Accounts and sessions are of no tenant: whoever calls has the account's id from its session.
    accounts: {
      create: {
        about: (_, { email }) => accounts.create({ email, passwordHash: null }, caller),
        // An address is one account's in all tenants: the interface says not to tell who asked.
        writes: "account_event",
      },
      find: { about: ({ spare }) => accounts.find(spare.id) },
      emailsOf: {
        about: async ({ spare }) => [...(await accounts.emailsOf([spare.id]))].length,
      },
      noteRefusedSignIn: {
        about: ({ spare }) => accounts.noteRefusedSignIn(spare.id, "test", caller),
      },
      findByEmail: { about: ({ spare }) => accounts.findByEmail(spare.emailKey) },
      setPassword: {
        about: ({ spare }, { sessionId }) =>
          accounts.setPassword(
            { accountId: spare.id, passwordHash: hash, because: "reset", keepSessionId: sessionId },
            caller,
          ),
      },
      disable: { about: ({ spare }) => accounts.disable(spare.id, "test", caller) },
      enable: {
        about: async ({ spare }) => {
          await accounts.disable(spare.id, "test", caller);
          return accounts.enable(spare.id, "test", caller);
        },
      },
    },
    sessions: {
      start: { about: ({ spare }) => sessions.start({ ...start, accountId: spare.id }, caller) },
      find: { about: ({ sessionToken }) => sessions.find(sessionToken) },
      list: { about: ({ spare }) => sessions.list(spare.id) },
      end: {
        about: ({ spare }, { sessionId }) =>
          sessions.end(spare.id, sessionId, "by-the-user", caller),
      },
      endAll: {
        about: async ({ spare }, { sessionId: exceptSessionId }) => {
          await sessions.endAll(spare.id, { because: "signed-out" }, caller);
          await sessions.start({ ...start, accountId: spare.id }, caller);
          return sessions.endAll(spare.id, { because: "signed-out", exceptSessionId }, caller);
        },
      },
    },
    emailTokens: {
      issue: { about: ({ spare }) => emailTokens.issue(spare, "verify-email") },
      find: {
        about: (_, { invitationToken }) => emailTokens.find(invitationToken, "verify-email"),
      },
      use: {
        about: (_, { invitationToken }) => emailTokens.use(invitationToken, "verify-email", caller),
      },
    },
    members: {
      list: {
        about: ({ tenant, by }) => members.list(tenant, by),
        at: ({ by }, tenant) => members.list(tenant, by),
      },
      find: { about: ({ tenant }, { accountId }) => members.find(tenant, accountId) },
      admit: {
        about: ({ tenant, spare }, { role }) =>
          members.admit(tenant, { accountId: spare.id, role }, caller),
      },
      changeRole: {
        about: async ({ tenant, by, spare }, { accountId, role }) => [
          await settled(members.changeRole(tenant, accountId, "viewer", by)),
          await settled(members.changeRole(tenant, spare.id, role, by)),
        ],
        at: ({ by, account }, tenant) => members.changeRole(tenant, account.id, "viewer", by),
      },
      suspend: {
        about: ({ tenant, by }, { accountId }) => members.suspend(tenant, accountId, by),
        at: ({ by, account }, tenant) => members.suspend(tenant, account.id, by),
      },
      reactivate: {
        about: ({ tenant, by }, { accountId }) => members.reactivate(tenant, accountId, by),
        at: ({ by, account }, tenant) => members.reactivate(tenant, account.id, by),
      },
      remove: {
        about: ({ tenant, by }, { accountId }) => members.remove(tenant, accountId, by),
        at: ({ by, account }, tenant) => members.remove(tenant, account.id, by),
      },
    },
    tenantRoles: {
      list: {
        about: ({ tenant, by }) => tenantRoles.list(tenant, by),
        at: ({ by }, tenant) => tenantRoles.list(tenant, by),
      },
      // A role of the same name is a role of one's own.
      save: {
        about: async ({ tenant, by }, { role: name }) => {
          await tenantRoles.save(tenant, { name, permissions: ["keys:manage"] }, by);
          await tenantRoles.remove(tenant, name, by);
        },
        at: ({ by }, tenant) => tenantRoles.save(tenant, { name: "mine", permissions: [] }, by),
      },
      remove: {
        about: ({ tenant, by }, { role }) => tenantRoles.remove(tenant, role, by),
        at: ({ by, role }, tenant) => tenantRoles.remove(tenant, role, by),
      },
    },
    invitations: {
      invite: {
        about: ({ tenant, by }, { email }) =>
          invitations.invite(tenant, { email, role: "member" }, by),
        at: ({ by, email }, tenant) => invitations.invite(tenant, { email, role: "member" }, by),
      },
      list: {
        about: async ({ tenant, by }) => (await invitations.list(tenant, by)).length,
        at: ({ by }, tenant) => invitations.list(tenant, by),
      },
      revoke: {
        about: ({ tenant, by }, { invitationId }) => invitations.revoke(tenant, invitationId, by),
        at: ({ by, invitationId }, tenant) => invitations.revoke(tenant, invitationId, by),
      },
      accept: {
        about: ({ tenant, account }, { invitationToken, email }) =>
          invitations.accept(tenant, invitationToken, { ...account, emailKey: email.key }, caller),
        at: ({ account, invitationToken }, tenant) =>
          invitations.accept(tenant, invitationToken, account, caller),
      },
    },
    apiKeys: {
      create: {
        about: ({ tenant, by }) => apiKeys.create(tenant, key, by),
        at: ({ by }, tenant) => apiKeys.create(tenant, key, by),
      },
      list: {
        about: ({ tenant, by }) => apiKeys.list(tenant, by),
        at: ({ by }, tenant) => apiKeys.list(tenant, by),
      },
      revoke: {
        about: ({ tenant, by }, { keyId }) => apiKeys.revoke(tenant, keyId, by),
        at: ({ by, keyId }, tenant) => apiKeys.revoke(tenant, keyId, by),
      },
      rotate: {
        about: ({ tenant, by }, { keyId }) => apiKeys.rotate(tenant, keyId, by),
        at: ({ by, keyId }, tenant) => apiKeys.rotate(tenant, keyId, by),
      },
      use: { about: (_, { guessedKey }) => apiKeys.use(guessedKey) },
    },
    exchange: {
      enter: {
        about: ({ tenant, sessionToken }) => exchange.enter(sessionToken, tenant, device),
        at: ({ sessionToken }, tenant) => exchange.enter(sessionToken, tenant, device),
      },
      refresh: {
        about: ({ tenant }, { refreshToken }) => exchange.refresh(refreshToken, tenant, device),
        at: ({ refreshToken }, tenant) => exchange.refresh(refreshToken, tenant, device),
      },
      redeem: {
        about: ({ tenant }, { code }) => exchange.redeem(redemption(tenant, code), caller),
        at: ({ code }, tenant) => exchange.redeem(redemption(tenant, code), caller),
      },
    },
    authorizationCodes: {
      issue: {
        about: async ({ tenant }, { accountId, sessionId: id }) =>
          authorizationCodes.issue({ ...codeRequest(tenant), session: { id, accountId } }, caller),
        at: async ({ accountId, sessionId: id }, tenant) =>
          authorizationCodes.issue({ ...codeRequest(tenant), session: { id, accountId } }, caller),
      },
      redeem: {
        about: ({ tenant }, { code }) =>
          authorizationCodes.redeem(redemption(tenant, code), caller),
        at: ({ code }, tenant) => authorizationCodes.redeem(redemption(tenant, code), caller),
      },
    },
    tenantEvents: {
      list: {
        about: ({ tenant, by }) => tenantEvents.list(tenant, by, { limit: 5 }).then(() => "listed"),
        at: ({ by }, tenant) => tenantEvents.list(tenant, by),
      },
    },
    tenantChoices: { list: { about: ({ spare }) => tenantChoices.list(spare.id) } },
    revocation: {
      endSession: {
        about: ({ spare }, { sessionId }) =>
          revocation.endSession(spare.id, sessionId, "by-the-user", caller),
      },
      endSessions: {
        about: ({ spare }, { sessionId: exceptSessionId }) =>
          revocation.endSessions(spare.id, "by-the-user", caller, { exceptSessionId }),
      },
      endAccount: {
        about: ({ spare }, { sessionId: exceptSessionId }) =>
          revocation.endAccount(spare.id, "test", { exceptSessionId }),
      },
    },
    impersonation: {
      start: {
        about: ({ tenant, spare }, { accountId }) =>
          impersonation.start(tenant, { accountId, operatorId: spare.id, reason: "test" }, caller),
        at: ({ account, spare }, tenant) =>
          impersonation.start(
            tenant,
            { accountId: account.id, operatorId: spare.id, reason: "test" },
            caller,
          ),
      },
    },
    grants: {
      start: {
        about: ({ tenant }, { accountId, sessionId }) =>
          grants.start({ tenantId: tenant.id, accountId, sessionId, ...device }),
        at: ({ accountId, sessionId }, tenant) =>
          grants.start({ tenantId: tenant.id, accountId, sessionId, ...device }),
      },
      refresh: {
        about: ({ tenant }, { refreshToken }) =>
          grants.refresh(refreshToken, { tenantId: tenant.id, ...device }),
        at: ({ refreshToken }, tenant) =>
          grants.refresh(refreshToken, { tenantId: tenant.id, ...device }),
      },
      tenantOf: {
        // It reads what the caller has in hand, and asks nobody.
        about: async (_, { refreshToken }) => typeof grants.tenantOf(refreshToken),
      },
      endByToken: {
        about: ({ tenant }, { refreshToken }) => grants.endByToken(tenant.id, refreshToken, "test"),
      },
      end: {
        about: async ({ tenant }, { grantId, sessionId, accountId }) => [
          await grants.end(tenant.id, { grantId }, "test"),
          await grants.end(tenant.id, { sessionId }, "test"),
          await grants.end(tenant.id, { accountId }, "test"),
          void (await grants.end(tenant.id, { all: true }, "test")),
        ],
      },
    },
  };
};

/** For the names alone. */
const none = {} as Services;

interface Answer {
  readonly answer?: unknown;
  readonly error?: unknown;
}

async function settled(work: Promise<unknown>): Promise<Answer> {
  return work.then(
    (answer) => ({ answer }),
    (error: object) => ({ error: { ...error, message: (error as Error).message } }),
  );
}

/** An answer without what the caller said himself. */
const heard = (answer: Answer, { email, role }: Things) =>
  JSON.stringify(answer)
    .replaceAll(email.address, "what was said")
    .replaceAll(role, "what was said");

/** An answer without what is new in each: ids, times, tokens and versions by their kind. */
const comparable = (text: string) =>
  text
    .replace(/"\d{4}-\d\d-\d\dT[^"]*"/g, "a time")
    .replace(/"[0-9a-f]{8}-[0-9a-f-]{27}"/g, "an id")
    .replace(/"[\w.-]{43,}"/g, "a token")
    .replace(/"(?:\w*version|generation|\w*At|iat|exp)":\d+/gi, "a number");

const methods = (services: object) =>
  Object.entries(services).flatMap(([service, object]) =>
    Object.keys(object as object).map((method) => `${service}.${method}`),
  );

describeOnServers("as network 2", (server) => {
  let fixture: IdentityFixture;
  let services: Services;
  let me: Intruder;
  let theirs: Things;
  let never: Things;
  /** What must be in no answer. */
  let secrets: readonly string[];
  beforeAll(async () => {
    fixture = await openIdentityFixture(server);
    services = openServices(fixture);
    const { acme, globex } = fixture;
    theirs = await settle(fixture, services, acme);
    never = neverWere();
    const mine = await settle(fixture, services, globex);
    const spare = await fixture.person("spare");
    await services.members.admit(globex, { accountId: spare.id, role: "member" }, caller);
    const by = { accountId: mine.owner.id, caller };
    me = { ...mine, account: mine.owner, tenant: globex, by, spare };
    const texts = Object.values(theirs).filter((value) => typeof value === "string");
    secrets = [acme.id, acme.slug, theirs.email.key, ...texts];
  });
  afterAll(() => fixture?.close());
  const everything = async (except?: string) =>
    (await everythingOf(fixture, fixture.acme.id, theirs.accountId)).filter(
      ([table]) => table !== except,
    );
  const tells = (answer: string) => secrets.filter((secret) => answer.includes(secret));

  it("every method is tried", () => {
    expect(methods(table(services)).sort()).toEqual(methods(services).sort());
  });

  it("tenant 1 has a row wherever there is something to lose", async () => {
    const empty = (await everything())
      .filter(([, found]) => found.length === 0)
      .map(([name]) => name);
    // The domains, placements and the like are the registry's.
    expect(
      empty.filter(
        (name) =>
          ![
            ...["domain", "tenant_authority", "operator_record", "policy_model", "denied_token"],
          ].includes(name),
      ),
    ).toEqual([]);
  });

  const callsOf = (name: string, given: Services) => {
    const [service, method] = name.split(".") as [string, string];
    return (table(given) as unknown as Record<string, Record<string, Calls>>)[service]![method]!;
  };
  const names = methods(table(none));

  it.each(names)("%s changes and tells nothing of tenant 1", async (name) => {
    const { about, writes } = callsOf(name, services);
    const before = await everything(writes);
    const ofTheirs = heard(await settled(about(me, theirs)), theirs);
    const ofNever = heard(await settled(about(me, never)), never);
    expect(await everything(writes)).toEqual(before);
    expect(tells(ofTheirs)).toEqual([]);
    if (writes === undefined) expect(comparable(ofTheirs)).toBe(comparable(ofNever));
  });

  it.each(names.filter((name) => callsOf(name, none).at !== undefined))(
    "%s is refused straight at tenant 1, as at a tenant that never was",
    async (name) => {
      const at = callsOf(name, services).at!;
      const before = await everything();
      const nowhere = { ...fixture.acme, id: newUuid(), slug: "nowhere" };
      const there = heard(await settled(at(me, fixture.acme)), me);
      const here = heard(await settled(at(me, nowhere)), me);
      expect(await everything()).toEqual(before);
      expect(tells(there)).toEqual([]);
      expect(comparable(there)).toBe(comparable(here));
    },
  );
});
