import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTenantry, fromHost, type Tenant, type Tenantry, type TenantScope } from "tenantry";
import type { FreshPermission } from "tenantry/identity";
import { describeOnServers } from "../support/servers.js";
import { caller } from "./support/identity-fixture.js";
import { baseDomain, openIdentitySite, type IdentitySite } from "./support/identity-site.js";

type Person = Awaited<ReturnType<IdentitySite["person"]>>;

describeOnServers("what whoever acts may do", (server) => {
  let site: IdentitySite;
  let owner: Person;
  beforeAll(async () => {
    site = await openIdentitySite(server);
    owner = await site.person("owner", [
      [site.acme, "owner"],
      [site.globex, "owner"],
    ]);
  });
  afterAll(() => site?.close());

  const codeOf = async (work: () => unknown) => {
    try {
      await work();
      return "done";
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  };
  const by = (person: Person = owner) => ({ accountId: person.id, caller });

  /** A token of the exchange, for a new session. */
  async function tokenOf({ id }: Person, tenant: Tenant): Promise<string> {
    const { identity } = site;
    const { token } = (await identity.sessions.start({ accountId: id, methods: ["pwd"] }, caller))!;
    const tokens = await identity.exchange.enter(token, tenant, { ...caller, client: null });
    return tokens.accessToken;
  }

  /** The scope that a request with this credential gets. */
  async function scopeOf(credential: string | null, tenant: Tenant): Promise<TenantScope> {
    const headers = [
      ["host", site.hostOf(tenant)],
      ...(credential === null ? [] : [["authorization", `Bearer ${credential}`]]),
    ] as [string, string][];
    const request = { method: "GET", target: "/api", headers, remoteAddress: null };
    const resolution = await site.tenantry.resolver.resolve(request);
    if (resolution.kind !== "tenant") throw new Error("central");
    return resolution.scope;
  }

  async function asMember<T>(role: string, work: (person: Person) => T): Promise<Awaited<T>> {
    const person = await site.person(role, [[site.acme, role]]);
    const scope = await scopeOf(await tokenOf(person, site.acme), site.acme);
    return await site.tenantry.run(scope, () => work(person));
  }

  describe("by the token of the request", () => {
    it("is what the role may, and nothing else", async () => {
      const { identity } = site;
      await asMember("viewer", async () => {
        expect(identity.can("projects:read")).toBe(true);
        expect(identity.can("projects:write")).toBe(false);
        identity.requirePermission("projects:read");
        expect(await codeOf(() => identity.requirePermission("projects:write"))).toBe(
          "PERMISSION_DENIED",
        );
        // What is not known is not allowed, whatever the types say.
        expect(identity.can("projects:unknown" as "projects:read")).toBe(false);
      });
      expect(site.events).toContain("permission.denied");
    });

    it("is nothing for anonymous requests, and outside of a scope there is no answer", async () => {
      const { identity, tenantry } = site;
      const scope = await scopeOf(null, site.acme);
      await tenantry.run(scope, async () => {
        expect(identity.can("projects:read")).toBe(false);
        expect(identity.credential()).toBeNull();
        expect(await codeOf(() => identity.requirePermission("projects:read"))).toBe(
          "TOKEN_REQUIRED",
        );
        expect(await codeOf(() => identity.requireFresh("projects:read"))).toBe("TOKEN_REQUIRED");
      });
      expect(await codeOf(() => identity.requirePermission("projects:read"))).toBe(
        "SCOPE_REQUIRED",
      );
      expect(await codeOf(() => identity.requireFresh("projects:read"))).toBe("SCOPE_REQUIRED");
    });

    it("is refused at another tenant's host, and where one is required also without a token", async () => {
      const token = await tokenOf(owner, site.acme);
      expect(await codeOf(() => scopeOf(token, site.globex))).toBe("TENANT_MISMATCH");
      const strict = createTenantry({
        database: site.test.appUrl,
        secret: site.test.secret,
        registry: site.tenantry.tenants,
        resolve: [fromHost({ baseDomain }), site.identity.fromCredentials({ required: true })],
        onEvent: () => undefined,
      });
      const headers = [["host", site.hostOf(site.acme)]] as const;
      const request = { method: "GET", target: "/", headers, remoteAddress: null };
      expect(await codeOf(() => strict.resolver.resolve(request))).toBe("TOKEN_REQUIRED");
      await strict.close();
    });

    it("is stale once the member was demoted, suspended, removed or signed out", async () => {
      const { identity, acme } = site;
      const changes = [
        (id: string) => identity.members.changeRole(acme, id, "viewer", by()),
        (id: string) => identity.members.suspend(acme, id, by()),
        (id: string) => identity.members.remove(acme, id, by()),
        (id: string) => identity.accounts.disable(id, "left the company", caller),
        (id: string) => identity.revocation.endSessions(id, "by-the-user", caller),
        (id: string) => identity.grants.end(acme.id, { accountId: id }, "signed-out"),
      ];
      for (const change of changes) {
        const person = await site.person("stale", [[acme, "member"]]);
        const token = await tokenOf(person, acme);
        await scopeOf(token, acme);
        await change(person.id);
        await expect.poll(() => codeOf(() => scopeOf(token, acme))).toBe("TOKEN_STALE");
      }
    });
  });

  describe("by the database", () => {
    it("is what the role may now, whatever the token says", async () => {
      const { identity, acme } = site;
      await asMember("member", async (person) => {
        const proof = await identity.requireFresh("projects:write");
        identity.assertFresh(proof, "projects:write");
        await identity.members.changeRole(acme, person.id, "viewer", by());
        // This request's token still has it, for the scope was made before.
        expect(identity.can("projects:write")).toBe(true);
        expect(await codeOf(() => identity.requireFresh("projects:write"))).toBe(
          "PERMISSION_DENIED",
        );
      });
    });

    it("is nothing once account, session or grant has ended", async () => {
      const { identity, acme } = site;
      const ends = [
        (id: string) => identity.accounts.disable(id, "test", caller),
        (id: string) => identity.sessions.endAll(id, { because: "by-the-user" }, caller),
        (id: string) => identity.grants.end(acme.id, { accountId: id }, "signed-out"),
        (id: string) => identity.members.suspend(acme, id, by()),
      ];
      for (const end of ends) {
        await asMember("member", async (person) => {
          await identity.requireFresh("projects:read");
          await end(person.id);
          expect(await codeOf(() => identity.requireFresh("projects:read"))).toBe(
            "PERMISSION_DENIED",
          );
        });
      }
    });

    it("is asked for jobs as well, which bring no token", async () => {
      const { identity, tenantry, acme } = site;
      const member = await site.person("jobs", [[acme, "member"]]);
      const actor = { kind: "user", id: member.id } as const;
      await tenantry.enter(acme, { reason: "as in a job", actor }, async () => {
        expect(await codeOf(() => identity.requirePermission("projects:read"))).toBe(
          "PERMISSION_DENIED",
        );
        await identity.requireFresh("projects:write");
        expect(await codeOf(() => identity.requireFresh("members:manage"))).toBe(
          "PERMISSION_DENIED",
        );
      });
      for (const actor of [
        { kind: "user", id: "not-a-uuid" },
        { kind: "service", id: "billing" },
        { kind: "system", id: "cron" },
      ] as const) {
        await tenantry.enter(acme, { reason: "as in a job", actor }, async () => {
          expect(await codeOf(() => identity.requireFresh("projects:read"))).toBe(
            "PERMISSION_DENIED",
          );
        });
      }
    });

    it("refuses where the database cannot be asked", async () => {
      const closed = await openIdentitySite(server);
      const person = await closed.person("late", [[closed.acme, "owner"]]);
      const actor = { kind: "user", id: person.id } as const;
      await closed.identity.close();
      const asked = closed.tenantry.enter(closed.acme, { reason: "test", actor }, () =>
        closed.identity.requireFresh("projects:read"),
      );
      expect(await codeOf(() => asked)).not.toBe("done");
      await closed.close();
    });
  });

  describe("proven freshly", () => {
    const copyOf = (proof: object) => ({ ...proof }) as FreshPermission<"projects:write">;

    it("is no look-alike, and of one permission, tenant and actor", async () => {
      const { identity, tenantry, acme, globex } = site;
      const deny = (work: () => unknown) =>
        codeOf(work).then((code) => expect(code).toBe("PERMISSION_DENIED"));
      const proof = await asMember("member", () => identity.requireFresh("projects:write"));
      await deny(() =>
        tenantry.enter(acme, { reason: "test" }, () =>
          identity.assertFresh(proof, "projects:write"),
        ),
      );
      const actor = { kind: "user", id: owner.id } as const;
      const own = await tenantry.enter(acme, { reason: "test", actor }, () =>
        identity.requireFresh("projects:write"),
      );
      await tenantry.enter(acme, { reason: "test", actor }, async () => {
        identity.assertFresh(own, "projects:write");
        await deny(() => identity.assertFresh(copyOf(own), "projects:write"));
        await deny(() => identity.assertFresh(undefined as never, "projects:write"));
        await deny(() => identity.assertFresh(own as never, "projects:read"));
      });
      await tenantry.enter(globex, { reason: "test", actor }, () =>
        deny(() => identity.assertFresh(own, "projects:write")),
      );
    });
  });

  describe("with a key of the tenant's", () => {
    let text: string;
    let keyId: string;
    beforeEach(async () => {
      const made = { name: "importer", permissions: ["projects:read"] };
      const issued = await site.identity.apiKeys.create(site.acme, made, by());
      text = issued.text;
      keyId = issued.key.id;
    });

    it("is what the key may, in its tenant alone", async () => {
      const { identity, tenantry, acme, globex } = site;
      const scope = await scopeOf(text, acme);
      expect(scope.actor).toEqual({ kind: "service", id: keyId });
      await tenantry.run(scope, async () => {
        identity.requirePermission("projects:read");
        await identity.requireFresh("projects:read");
        expect(await codeOf(() => identity.requirePermission("projects:write"))).toBe(
          "PERMISSION_DENIED",
        );
        expect(await codeOf(() => identity.requireFresh("projects:write"))).toBe(
          "PERMISSION_DENIED",
        );
      });
      expect(await codeOf(() => scopeOf(text, globex))).toBe("TENANT_MISMATCH");
    });

    it("is nothing once it was revoked, also for a request that is under way", async () => {
      const { identity, tenantry, acme } = site;
      const scope = await scopeOf(text, acme);
      await identity.apiKeys.revoke(acme, keyId, by());
      expect(await codeOf(() => scopeOf(text, acme))).toBe("TOKEN_INVALID");
      await tenantry.run(scope, async () => {
        expect(await codeOf(() => identity.requireFresh("projects:read"))).toBe(
          "PERMISSION_DENIED",
        );
      });
    });
  });

  describe("as an operator in a member's name", () => {
    const reason = "ticket 4711: the list is empty";
    const start = (accountId: string, tenant: Tenant, operatorId: string, why = reason) =>
      site.identity.impersonation.start(tenant, { accountId, operatorId, reason: why }, caller);

    it("is what the member may, and says who acts; nothing sensitive, and not for long", async () => {
      const { identity, tenantry, acme } = site;
      const [member, operator] = [
        await site.person("member", [[acme, "member"]]),
        await site.person("operator"),
      ];
      const { token, claims } = await start(member.id, acme, operator.id);
      expect(claims).toMatchObject({ accountId: member.id, actor: { accountId: operator.id } });
      expect(claims.expiresAt - claims.issuedAt).toBe(900);
      const scope = await scopeOf(token, acme);
      await tenantry.run(scope, async () => {
        identity.requirePermission("projects:write");
        expect(await codeOf(() => identity.requireFresh("projects:read"))).toBe(
          "PERMISSION_DENIED",
        );
      });
      const events = await site.admin(
        "select account_id, reason, detail->>'operator' as operator from tenantry.identity_event where tenant_id = $1 and type = 'impersonation.started'",
        [acme.id],
      );
      expect(events).toEqual([{ account_id: member.id, reason, operator: operator.id }]);
      const seen = await identity.tenantEvents.list(acme, by(), { limit: 1_000 });
      expect(seen.find(({ type }) => type === "impersonation.started")).toMatchObject({
        accountId: member.id,
        reason,
      });
      expect(await codeOf(() => identity.tenantEvents.list(acme, by(member)))).toBe(
        "PERMISSION_DENIED",
      );
    });

    it("is refused without a reason, in one's own name, and for who is no active member", async () => {
      const { acme, globex, identity } = site;
      const [member, operator] = [
        await site.person("member", [[acme, "member"]]),
        await site.person("operator"),
      ];
      expect(await codeOf(() => start(member.id, acme, operator.id, " "))).toBe("REASON_REQUIRED");
      expect(await codeOf(() => start(member.id, acme, member.id))).toBe("GRANT_REFUSED");
      expect(await codeOf(() => start(member.id, globex, operator.id))).toBe("GRANT_REFUSED");
      expect(await codeOf(() => start("x", acme, operator.id))).toBe("GRANT_REFUSED");
      await identity.members.suspend(acme, member.id, by());
      expect(await codeOf(() => start(member.id, acme, operator.id))).toBe("GRANT_REFUSED");
    });
  });

  it("holds in the application's own resolver only for what identity proved", async () => {
    const tenantry: Tenantry = createTenantry({
      database: site.test.appUrl,
      secret: site.test.secret,
      registry: site.tenantry.tenants,
      onEvent: () => undefined,
      resolve: [
        {
          name: "own",
          varies: [],
          read: () => ({
            source: "own",
            key: { by: "id", value: site.acme.id },
            detail: "own",
            actor: { kind: "user", id: owner.id },
            // Looks like identity's own, and is not.
            credential: { kind: "access-token", claims: { permissions: ["projects:write"] } },
          }),
        },
      ],
    });
    const request = { method: "GET", target: "/", headers: [], remoteAddress: null };
    const resolution = await tenantry.resolver.resolve(request);
    if (resolution.kind !== "tenant") throw new Error("central");
    tenantry.run(resolution.scope, () => {
      expect(site.identity.credential()).toBeNull();
      expect(site.identity.can("projects:write")).toBe(false);
    });
    await tenantry.close();
  });
});
