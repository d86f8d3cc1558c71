import { randomUUID } from "node:crypto";
import type { Tenant } from "tenantry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endpoints } from "../../src/http/identity/endpoints.js";
import { describeOnServers } from "../support/servers.js";
import { spoiled } from "../support/spoiled.js";
import {
  belongingsOf,
  bytesOf,
  everything,
  memberOf,
  type Belongings,
  type Member,
} from "./support/http-stage.js";
import { caller } from "./support/identity-fixture.js";
import {
  authHost,
  openIdentitySite,
  type Call,
  type IdentitySite,
} from "./support/identity-site.js";

/** What each endpoint that a member calls would be called with, if he might. */
interface Reach {
  readonly call?: Call;
  readonly id?: (of: Belongings) => string;
}
const reaches: Readonly<Record<string, Reach>> = {
  "GET /auth/members": {},
  "PATCH /auth/members/{id}": { call: { json: { role: "viewer" } }, id: (of) => of.memberId },
  "DELETE /auth/members/{id}": { id: (of) => of.memberId },
  "GET /auth/invitations": {},
  "POST /auth/invitations": { call: { json: { email: "x@example.test", role: "viewer" } } },
  "DELETE /auth/invitations/{id}": { id: (of) => of.invitationId },
  "GET /auth/roles": {},
  "PUT /auth/roles/{id}": {
    call: { json: { permissions: ["projects:read", "projects:write"] } },
    id: (of) => of.role,
  },
  "DELETE /auth/roles/{id}": { id: (of) => of.role },
  "GET /auth/keys": {},
  "POST /auth/keys": { call: { json: { name: "another", permissions: ["projects:read"] } } },
  "POST /auth/keys/{id}/rotate": { call: { json: {} }, id: (of) => of.keyId },
  "DELETE /auth/keys/{id}": { id: (of) => of.keyId },
  "GET /auth/events": {},
};
/** Those that a session's cookie signs in, on the auth host. */
const sessions: Readonly<Record<string, Call>> = {
  "GET /auth/session": {},
  "GET /auth/sessions": {},
  "DELETE /auth/sessions/{id}": {},
  "POST /auth/sessions/end-others": { json: {} },
  "POST /auth/change-password": { json: { current: "x", password: "quite another set of words" } },
  "GET /auth/tenants": {},
  "POST /auth/invitations/accept": { json: { tenant: "acme", token: "x" } },
};

const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

it("every endpoint that somebody must be signed in for is tried here", () => {
  const by = (authentication: string) =>
    endpoints
      .filter((each) => each.authentication === authentication)
      .map(nameOf)
      .sort();
  expect(by("member")).toEqual(Object.keys(reaches).sort());
  expect(by("session")).toEqual(Object.keys(sessions).sort());
  expect(by("key")).toEqual(["POST /auth/introspect"]);
});

describeOnServers("over HTTP, somebody of another tenant, or of none", (server) => {
  let site: IdentitySite;
  let acme: Tenant;
  let acmeHost: string;
  let owner: Member;
  let globexOwner: Member;
  let own: Belongings;
  let foreign: Belongings;
  let sole: Belongings;
  beforeAll(async () => {
    site = await openIdentitySite(server);
    ({ acme } = site);
    acmeHost = site.hostOf(acme);
    owner = await memberOf(site, acme, "owner");
    globexOwner = await memberOf(site, site.globex, "owner");
    own = await belongingsOf(site, owner);
    foreign = await belongingsOf(site, globexOwner);
    const soleOwner = await memberOf(
      site,
      await site.tenantry.tenants.create({ slug: "sole", name: "Sole" }),
      "owner",
    );
    sole = await belongingsOf(site, soleOwner);
  });
  afterAll(() => site?.close());

  const reach = (name: string, given: Call, of = own, host = acmeHost) => {
    const { call = {}, id } = reaches[name]!;
    const [method, path] = name.split(" ") as [string, string];
    const whole = id === undefined ? path : path.replace("{id}", id(of));
    return site.browser().call(method, host, whole, { ...call, ...given });
  };

  /** @returns the endpoints that did anything else than refuse, and what they did */
  async function unrefused(names: readonly string[], given: Call, statuses: readonly number[]) {
    const before = await everything(site);
    const letters = site.outbox.messages().length;
    const odd: unknown[] = [];
    for (const name of names) {
      const { status, text } = await reach(name, given);
      if (!statuses.includes(status)) odd.push([name, status, text]);
    }
    expect(site.outbox.messages()).toHaveLength(letters);
    expect(await everything(site)).toEqual(before);
    return odd;
  }
  const all = Object.keys(reaches);
  const writes = all.filter((name) => !name.startsWith("GET"));

  describe("gets nothing and changes nothing", () => {
    it("with the token of another tenant's owner", async () => {
      expect(await unrefused(all, { token: globexOwner.accessToken }, [403])).toEqual([]);
    });

    it("without a token, with a key, with a session, a refresh token, or with nonsense", async () => {
      for (const token of [
        undefined,
        ...[own.keyText, foreign.keyText, owner.sessionToken, owner.refreshToken, "x", "a.b.c"],
        spoiled(owner.accessToken),
      ]) {
        const given = token === undefined ? {} : { token };
        expect([
          token,
          await unrefused(all, given, [token === foreign.keyText ? 403 : 401]),
        ]).toEqual([token, []]);
      }
      const cookie = `__Host-tenantry-session=${owner.sessionToken}; __Host-tenantry-grant=${owner.refreshToken}`;
      expect(await unrefused(all, { headers: { cookie } }, [401])).toEqual([]);
    });

    it.each(["removed", "suspended"] as const)(
      "with a token from before it was %s",
      async (how) => {
        const { accountId, accessToken } = await memberOf(site, acme, "owner");
        const by = { accountId: owner.accountId, caller };
        await site.identity.members[how === "removed" ? "remove" : "suspend"](acme, accountId, by);
        expect(await unrefused(all, { token: accessToken }, [401, 403])).toEqual([]);
      },
    );

    it("with a token from before a demotion", async () => {
      const { accountId, accessToken } = await memberOf(site, acme, "owner");
      const by = { accountId: owner.accountId, caller };
      await site.identity.members.changeRole(acme, accountId, "viewer", by);
      expect(await unrefused(writes, { token: accessToken }, [401, 403])).toEqual([]);
    });

    it("with a token of a role that may not", async () => {
      const { accessToken } = await memberOf(site, acme, "viewer");
      expect(await unrefused(writes, { token: accessToken }, [403])).toEqual([]);
    });

    it("as an operator who acts as the owner, though he may look", async () => {
      const who = {
        accountId: owner.accountId,
        operatorId: globexOwner.accountId,
        reason: "a look",
      };
      const { token } = await site.identity.impersonation.start(acme, who, caller);
      expect(await unrefused(writes, { token }, [403])).toEqual([]);
      expect((await reach("GET /auth/members", { token })).status).toBe(200);
    });
  });

  it("cannot tell another tenant's id from one that never was", async () => {
    const { accessToken: token } = owner;
    const never = { memberId: randomUUID(), invitationId: randomUUID(), keyId: randomUUID() };
    const unknown: Belongings = { ...never, keyText: "", role: "nobodys-role" };
    const malformed = { memberId: "x", invitationId: "x", keyId: "x", keyText: "", role: "x" };
    const before = await everything(site);
    for (const name of all.filter((each) => each.includes("{id}") && !each.startsWith("PUT"))) {
      const reference = bytesOf(await reach(name, { token }, unknown));
      expect([name, bytesOf(await reach(name, { token }, foreign))]).toEqual([name, reference]);
      expect([name, bytesOf(await reach(name, { token }, malformed))]).toEqual([name, reference]);
      const upper = { ...foreign, memberId: own.memberId.toUpperCase() };
      if (name.includes("members")) {
        expect([name, bytesOf(await reach(name, { token }, upper))]).toEqual([name, reference]);
      }
    }
    expect(await everything(site)).toEqual(before);
  });

  it("finds each endpoint on its own hosts only, and on others what nowhere is", async () => {
    const nowhere = await site.browser().call("GET", acmeHost, "/auth/nowhere");
    const ofOwner = { token: owner.accessToken };
    for (const { method, path, audience } of endpoints) {
      if (audience === "any-host") continue;
      const host = audience === "auth-host" ? acmeHost : authHost;
      const whole = path.replace("{id}", own.memberId);
      const { status, text } = await site.browser().call(method, host, whole, ofOwner);
      expect([method, path, status, text]).toEqual([method, path, 404, nowhere.text]);
    }
  });

  it("finds no endpoint on a host that is nobody's", async () => {
    const before = await everything(site);
    const form = { grant_type: "refresh_token", refresh_token: owner.refreshToken };
    for (const host of ["nobody.app.example.com", "app.example.com", "www.evil.test"]) {
      for (const name of all) {
        const answer = await reach(name, { token: owner.accessToken }, own, host);
        expect([host, name, answer.status]).toEqual([host, name, expect.toBeOneOf([400, 403])]);
        const { status } = await reach(name, {}, own, host);
        expect([host, name, status]).toEqual([host, name, expect.toBeOneOf([400, 401])]);
      }
      for (const path of ["/auth/token", "/auth/revoke", "/auth/introspect"]) {
        const call = { token: own.keyText, form: { ...form, token: owner.refreshToken } };
        const { status } = await site.browser().call("POST", host, path, call);
        expect([host, path, status]).toEqual([host, path, 400]);
      }
    }
    expect(await everything(site)).toEqual(before);
  });

  it("cannot tell a host that is nobody's from another tenant's", async () => {
    const { accessToken: token } = owner;
    for (const name of all) {
      const nobodys = await reach(name, { token }, own, "nobody.app.example.com");
      const elsewhere = await reach(name, { token }, own, site.hostOf(site.globex));
      expect([name, bytesOf(nobodys)]).toEqual([name, bytesOf(elsewhere)]);
    }
  });

  it("is not signed in on the auth host by what is a tenant's", async () => {
    const before = await everything(site);
    for (const [name, call] of Object.entries(sessions)) {
      const [method, path] = name.split(" ") as [string, string];
      const whole = path.replace("{id}", randomUUID());
      for (const token of [undefined, owner.accessToken, own.keyText, owner.sessionToken]) {
        const given = token === undefined ? {} : { token };
        const cookie = `__Host-tenantry-grant=${owner.refreshToken}; __Host-tenantry-session=${owner.refreshToken}`;
        const headers = { cookie };
        const all = { ...call, ...given, headers };
        const { status } = await site.browser().call(method, authHost, whole, all);
        expect([name, status]).toEqual([name, 401]);
      }
    }
    expect(await everything(site)).toEqual(before);
  });

  it("is what the refusals depend on: the owner is let in with the same requests", async () => {
    const { accessToken: token } = owner;
    for (const name of all) {
      const { status, text } = await reach(name, { token });
      expect([name, text, status]).toEqual([name, text, expect.toSatisfy((each) => each < 300)]);
    }
    expect((await reach("DELETE /auth/roles/{id}", { token }, sole)).status).toBe(400);
  });
});
