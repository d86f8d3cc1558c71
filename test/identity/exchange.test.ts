import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import type { Tenant } from "../../src/core/tenant.js";
import type { Account } from "../../src/identity/account/account.js";
import { createAuthorizationCodes } from "../../src/identity/authorization/index.js";
import { createExchange, type Exchange } from "../../src/identity/exchange/exchange.js";
import { createGrantDatabase, createGrants } from "../../src/identity/grant/index.js";
import { createMembers, type Members } from "../../src/identity/membership/members.js";
import { createRoles } from "../../src/identity/membership/roles.js";
import { createSessions, type Sessions } from "../../src/identity/session/sessions.js";
import {
  createSigningKeys,
  createTokenIssuer,
  createTokenVerifier,
  type TokenVerifier,
} from "../../src/identity/token/index.js";
import { describeOnServers } from "../support/servers.js";
import { caller, openIdentityFixture, type IdentityFixture } from "./support/identity-fixture.js";

const roles = createRoles({ permissions: ["projects:read"], roles: { viewer: ["projects:read"] } });
const device = { ...caller, client: null };

describeOnServers("the exchange of a session for a tenant's tokens", (server) => {
  let fixture: IdentityFixture;
  let sessions: Sessions;
  let members: Members;
  let exchange: Exchange;
  let verifier: TokenVerifier;
  let trips: string[] = [];
  let tenant: Tenant;
  let other: Tenant;
  let alice: Account;
  let owner: Account;
  let token: string;
  let slugs = 0;
  beforeAll(async () => {
    fixture = await openIdentityFixture(server);
    const { database, tenantry } = fixture;
    const counted = {
      query: (text: string, values?: readonly unknown[]) => {
        trips.push(text);
        return database.query(text, values);
      },
      inTenant: ((...given) => {
        trips.push(given[2]);
        return database.inTenant(...given);
      }) as typeof database.inTenant,
    };
    const ring = createKeyRing(fixture.test.secret);
    const keys = createSigningKeys({ database: fixture.database, ring });
    const named = { issuer: "https://auth.example.com", audience: "https://api.example.com" };
    sessions = createSessions(counted);
    members = createMembers(database, roles);
    const events = () => undefined;
    const grantDatabase = createGrantDatabase(counted, tenantry.tenants);
    const grants = createGrants({ database: grantDatabase, keys: ring, events, roles });
    exchange = createExchange({
      sessions,
      grants,
      authorizationCodes: createAuthorizationCodes({ database: grantDatabase, grants, events }),
      issuer: createTokenIssuer({ ...named, keys }),
    });
    verifier = createTokenVerifier({ ...named, keySet: keys.published });
  });
  afterAll(() => fixture?.close());
  beforeEach(async () => {
    slugs += 1;
    tenant = await fixture.tenantry.tenants.create({ slug: `x${slugs}`, name: "X" });
    other = await fixture.tenantry.tenants.create({ slug: `y${slugs}`, name: "Y" });
    [alice, owner] = [await fixture.person("alice"), await fixture.person("owner")];
    await members.admit(tenant, { accountId: owner.id, role: "owner" }, caller);
    await members.admit(tenant, { accountId: alice.id, role: "viewer" }, caller);
    token = (await sessions.start({ accountId: alice.id, methods: ["pwd"] }, caller))!.token;
  });
  const by = () => ({ accountId: owner.id, caller });
  const code = async (work: Promise<unknown>) =>
    work.then(
      () => "done",
      (error: { code?: string }) => error.code,
    );

  it("gives tokens for that tenant, that verify and can be refreshed", async () => {
    const first = await exchange.enter(token, tenant, device);
    const verified = await verifier.verify(first.accessToken);
    expect(verified).toMatchObject({
      accountId: alice.id,
      tenantId: tenant.id,
      role: "viewer",
      permissions: ["members:read", "projects:read"],
      membershipVersion: (await members.find(tenant, alice.id))!.version,
      tenantVersion: 0,
    });
    const second = await exchange.refresh(first.refreshToken, tenant, device);
    expect(second.generation).toBe(first.generation + 1);
    expect(second.grantExpiresAt).toBe(first.grantExpiresAt);
    expect((await verifier.verify(second.accessToken)).grantId).toBe(verified.grantId);
  });

  it("takes two round trips, and so does a refresh", async () => {
    const warm = await exchange.enter(token, tenant, device);
    trips = [];
    const { refreshToken } = await exchange.enter(token, tenant, device);
    expect(trips).toHaveLength(2);
    trips = [];
    await exchange.refresh(refreshToken, tenant, device);
    expect(trips).toHaveLength(2);
    expect(warm.refreshToken).not.toBe(refreshToken);
  });

  it("carries what the member may now, not what he might when he came", async () => {
    const { refreshToken, claims } = await exchange.enter(token, tenant, device);
    await members.changeRole(tenant, alice.id, "admin", by());
    const refreshed = await exchange.refresh(refreshToken, tenant, device);
    expect(refreshed.claims.role).toBe("admin");
    expect(refreshed.claims.membershipVersion).toBeGreaterThan(claims.membershipVersion);
  });

  describe("is refused alike", () => {
    const refusal = async (work: Promise<unknown>) =>
      work.then(
        () => "done",
        (error: { toPublic(): unknown }) => error.toPublic(),
      );

    it("whatever is wrong with who asks", async () => {
      const suspended = await fixture.person("suspended");
      await members.admit(tenant, { accountId: suspended.id, role: "member" }, caller);
      await members.suspend(tenant, suspended.id, by());
      const of = async (account: Account) =>
        (await sessions.start({ accountId: account.id, methods: ["pwd"] }, caller))!.token;
      const ended = await of(alice);
      await sessions.endAll(alice.id, { because: "signed-out" }, caller);
      const disabled = await fixture.person("disabled");
      await members.admit(tenant, { accountId: disabled.id, role: "member" }, caller);
      const disabledToken = await of(disabled);
      await fixture.accounts.disable(disabled.id, "test", caller);
      const tokens = [ended, "nonsense", undefined, await of(suspended), disabledToken];
      tokens.push(await of(await fixture.person("stranger")));
      const alices = await of(alice);
      const answers = await Promise.all(
        [
          ...tokens.map((one) => exchange.enter(one, tenant, device)),
          exchange.enter(alices, other, device),
        ].map(refusal),
      );
      expect(answers[0]).toMatchObject({ error: { code: "GRANT_REFUSED" } });
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    });

    it("where the tenant is suspended", async () => {
      const { refreshToken } = await exchange.enter(token, tenant, device);
      await fixture.tenantry.tenants.suspend(tenant.id);
      expect(await code(exchange.enter(token, tenant, device))).toBe("GRANT_REFUSED");
      expect(await code(exchange.refresh(refreshToken, tenant, device))).toBe("REFRESH_INVALID");
    });

    it("where a refresh token is another tenant's, and nothing of that one changes", async () => {
      await members.admit(other, { accountId: alice.id, role: "member" }, caller);
      const { refreshToken } = await exchange.enter(token, tenant, device);
      expect(await code(exchange.refresh(refreshToken, other, device))).toBe("REFRESH_INVALID");
      expect(await code(exchange.refresh(refreshToken, tenant, device))).toBe("done");
    });
  });

  it("ends with the membership, the session, and the account's password", async () => {
    const removed = await exchange.enter(token, tenant, device);
    await members.remove(tenant, alice.id, by());
    expect(await code(exchange.refresh(removed.refreshToken, tenant, device))).toBe(
      "REFRESH_INVALID",
    );
    await members.admit(tenant, { accountId: alice.id, role: "viewer" }, caller);
    expect(await code(exchange.refresh(removed.refreshToken, tenant, device))).toBe(
      "REFRESH_INVALID",
    );
    const { refreshToken } = await exchange.enter(token, tenant, device);
    await fixture.accounts.setPassword(
      {
        accountId: alice.id,
        passwordHash: "$argon2id$v=19$z",
        because: "reset",
        keepSessionId: null,
      },
      caller,
    );
    expect(await code(exchange.enter(token, tenant, device))).toBe("GRANT_REFUSED");
    expect(await code(exchange.refresh(refreshToken, tenant, device))).toBe("REFRESH_INVALID");
  });
});
