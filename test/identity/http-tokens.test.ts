import { createHash, randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWireTap, type WireTap } from "../database/support/wire-tap.js";
import { describeOnServers } from "../support/servers.js";
import { spoiled } from "../support/spoiled.js";
import { belongingsOf, bytesOf, everything, memberOf, type Member } from "./support/http-stage.js";
import { caller } from "./support/identity-fixture.js";
import { authHost, openIdentitySite, type IdentitySite } from "./support/identity-site.js";

const exchangeType = "urn:ietf:params:oauth:grant-type:token-exchange";
const sessionType = "urn:tenantry:params:oauth:token-type:session";
const grantCookie = "__Host-tenantry-grant";

describeOnServers("the token endpoint", (server) => {
  let site: IdentitySite;
  let tap: WireTap;
  let owner: Member;
  let stranger: Member;
  let acmeHost: string;
  let globexHost: string;
  beforeAll(async () => {
    const openTap = async (url: string) => (tap = await openWireTap(url)).url;
    site = await openIdentitySite(server, { tap: openTap });
    acmeHost = site.hostOf(site.acme);
    globexHost = site.hostOf(site.globex);
    owner = await memberOf(site, site.acme, "owner");
    stranger = await memberOf(site, site.globex, "owner");
  });
  afterAll(async () => {
    await site?.close();
    await tap?.close();
  });

  const ask = (form: Record<string, string>, host = authHost, cookie = "") =>
    site.browser().call("POST", host, "/auth/token", {
      form,
      ...(cookie === "" ? {} : { headers: { cookie } }),
    });
  const raw = (text: string, host = authHost) =>
    site.browser().call("POST", host, "/auth/token", {
      text,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
  const exchange = (subject_token: string, audience = "acme") => ({
    ...{ grant_type: exchangeType, subject_token_type: sessionType },
    ...{ subject_token, audience },
  });
  const refresh = (refresh_token: string) => ({ grant_type: "refresh_token", refresh_token });
  const verifier = randomBytes(32).toString("base64url");
  const redirectUri = () => `https://${acmeHost}/auth/callback`;
  async function codeFor(member: Member) {
    const session = (await site.identity.sessions.find(member.sessionToken))!;
    const codeChallenge = createHash("sha256").update(verifier).digest("base64url");
    const wanted = { tenant: member.tenant, redirectUri: redirectUri(), session, codeChallenge };
    return site.identity.authorizationCodes.issue({ ...wanted, client: null, nonce: null }, caller);
  }
  const redeem = (code: string, changes = {}) => ({
    ...{ grant_type: "authorization_code", code, redirect_uri: redirectUri() },
    ...{ code_verifier: verifier, ...changes },
  });

  describe("answers every refusal of a grant with the same bytes", () => {
    it("whatever is wrong with whom, by exchange, refresh and code", async () => {
      const reference = bytesOf(await ask(refresh("x")));
      const suspended = await memberOf(site, site.acme, "member");
      const removed = await memberOf(site, site.acme, "member");
      const disabled = await memberOf(site, site.acme, "member");
      const signedOut = await memberOf(site, site.acme, "member");
      const codes: string[] = [];
      for (const member of [suspended, removed, disabled, signedOut])
        codes.push(await codeFor(member));
      const used = await codeFor(owner);
      expect((await ask(redeem(used))).status).toBe(200);
      const wrongVerifier = await codeFor(owner);
      const wrongUri = await codeFor(owner);
      const wrongClient = await codeFor(owner);
      const { identity, acme } = site;
      const by = { accountId: owner.accountId, caller };
      await identity.members.suspend(acme, suspended.accountId, by);
      await identity.members.remove(acme, removed.accountId, by);
      await identity.accounts.disable(disabled.accountId, "test", caller);
      await identity.sessions.endAll(signedOut.accountId, { because: "signed-out" }, caller);
      const closed = await site.tenantry.tenants.create({ slug: "closed", name: "Closed" });
      const closedMember = await memberOf(site, closed, "owner");
      await site.tenantry.tenants.suspend(closed.id);
      const out = [suspended, removed, disabled, signedOut];
      const forged = Buffer.from(owner.refreshToken, "base64url");
      forged[forged.length - 1]! ^= 1;
      const nowhere = Buffer.from(owner.refreshToken, "base64url");
      randomBytes(8).copy(nowhere, 8);

      const asked: Record<string, Record<string, string>> = {
        "an unknown session": exchange("A".repeat(43)),
        "a session that cannot be": exchange("x"),
        "a refresh token for a session": exchange(owner.refreshToken),
        "a stranger's session": exchange(stranger.sessionToken),
        "an unknown tenant": exchange(owner.sessionToken, "nobody"),
        "an unknown tenant's id": exchange(owner.sessionToken, randomUUID()),
        "a tenant that cannot be": exchange(owner.sessionToken, "No Body!"),
        "another tenant's id": exchange(owner.sessionToken, site.globex.id),
        "a suspended tenant": exchange(closedMember.sessionToken, "closed"),
        "a suspended tenant's refresh token": refresh(closedMember.refreshToken),
        "a forged refresh token": refresh(forged.toString("base64url")),
        "a refresh token of no tenant": refresh(nowhere.toString("base64url")),
        "a session for a refresh token": refresh(owner.sessionToken),
        "an unknown code": redeem("A".repeat(43)),
        "a code that cannot be": redeem("x"),
        "a code that was used": redeem(used),
        "a wrong verifier": redeem(wrongVerifier, { code_verifier: "v".repeat(43) }),
        "a verifier that cannot be": redeem(await codeFor(owner), { code_verifier: "v" }),
        "another redirect URI": redeem(wrongUri, {
          redirect_uri: `https://${globexHost}/auth/callback`,
        }),
        "nobody's redirect URI": redeem(wrongUri, {
          redirect_uri: "https://evil.test/auth/callback",
        }),
        "another client": redeem(wrongClient, { client_id: "another" }),
      };
      for (const [index, each] of out.entries()) {
        asked[`out ${index}, by exchange`] = exchange(each.sessionToken);
        asked[`out ${index}, by refresh`] = refresh(each.refreshToken);
        asked[`out ${index}, by code`] = redeem(codes[index]!);
      }
      for (const [name, form] of Object.entries(asked)) {
        expect([name, bytesOf(await ask(form))]).toEqual([name, reference]);
      }
      expect(reference).toMatchObject([400, expect.anything(), '{"error":"invalid_grant"}']);
    });

    it("for other tenants at a tenant's host, where nothing of them changes", async () => {
      const reference = bytesOf(await ask(refresh("x")));
      const code = await codeFor(owner);
      const before = await everything(site);
      for (const form of [
        exchange(owner.sessionToken),
        refresh(owner.refreshToken),
        redeem(code),
      ]) {
        expect(bytesOf(await ask(form, globexHost))).toEqual(reference);
      }
      const cookie = `${grantCookie}=${owner.refreshToken}`;
      expect(bytesOf(await ask({ grant_type: "refresh_token" }, globexHost, cookie))).toEqual(
        reference,
      );
      expect(bytesOf(await ask({ grant_type: "refresh_token" }, authHost, cookie))).toEqual(
        reference,
      );
      expect(await everything(site)).toEqual(before);
      expect((await ask(redeem(code), acmeHost)).status).toBe(200);
      expect((await ask(refresh(owner.refreshToken), acmeHost)).status).toBe(200);
      expect((await ask(exchange(owner.sessionToken), acmeHost)).status).toBe(200);
    });
  });

  it("sets no cookie where it refuses, and none for what came in the body", async () => {
    const { acme } = site;
    const member = await memberOf(site, acme, "member");
    const cookie = `${grantCookie}=${member.refreshToken}`;
    const good = await ask({ grant_type: "refresh_token" }, acmeHost, cookie);
    expect(good.headers.getSetCookie()).toHaveLength(1);
    expect(Object.keys(good.body).sort()).toEqual(["access_token", "expires_in", "token_type"]);
    const inBody = await ask(refresh(member.refreshToken), acmeHost, cookie);
    expect(inBody.headers.getSetCookie()).toEqual([]);
    expect(inBody.body["refresh_token"]).toBeDefined();
    await site.identity.members.remove(acme, member.accountId, {
      accountId: owner.accountId,
      caller,
    });
    for (const value of [member.refreshToken, "x", "", stranger.refreshToken]) {
      const refused = await ask(
        { grant_type: "refresh_token" },
        acmeHost,
        `${grantCookie}=${value}`,
      );
      expect([value, refused.status, refused.headers.getSetCookie()]).toEqual([value, 400, []]);
    }
  });

  it("gives many refreshes of one browser at once the same successor, and logs nobody out", async () => {
    const { refreshToken } = await memberOf(site, site.acme, "member");
    const cookie = `${grantCookie}=${refreshToken}`;
    const form = { grant_type: "refresh_token" };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ask(form, acmeHost, cookie)),
    );
    const cookies = answers.map(({ headers }) => headers.getSetCookie()[0]?.split(";")[0]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(cookies).size).toBe(1);
    expect(cookies[0]).not.toBe(cookie);
    expect((await ask(form, acmeHost, cookies[0])).status).toBe(200);
  });

  describe("refuses by shape", () => {
    it.each([
      ["nothing", "", "invalid_request"],
      ["no grant type", "refresh_token=x", "invalid_request"],
      ["an empty grant type", "grant_type=", "invalid_request"],
      ["a password grant", "grant_type=password&username=a&password=b", "unsupported_grant_type"],
      ["client credentials", "grant_type=client_credentials", "unsupported_grant_type"],
      [
        "a device code",
        "grant_type=urn:ietf:params:oauth:grant-type:device_code",
        "unsupported_grant_type",
      ],
      ["another spelling", "grant_type=Refresh_Token&refresh_token=x", "unsupported_grant_type"],
      ["a member of every object", "grant_type=__proto__", "unsupported_grant_type"],
      [
        "a grant type twice",
        "grant_type=refresh_token&grant_type=refresh_token",
        "invalid_request",
      ],
      [
        "another one behind an empty one",
        "grant_type=&grant_type=refresh_token",
        "invalid_request",
      ],
      [
        "a token twice",
        "grant_type=refresh_token&refresh_token=x&refresh_token=y",
        "invalid_request",
      ],
      [
        "an encoded name twice",
        "grant_type=refresh_token&refresh_token=x&refresh%5Ftoken=y",
        "invalid_request",
      ],
      ["something unknown twice", "grant_type=refresh_token&a=1&a=2", "invalid_request"],
      [
        "a code without a verifier",
        "grant_type=authorization_code&code=x&redirect_uri=y",
        "invalid_request",
      ],
      [
        "an exchange without an audience",
        `grant_type=${exchangeType}&subject_token_type=${sessionType}&subject_token=x`,
        "invalid_request",
      ],
      [
        "an exchange of another token",
        `grant_type=${exchangeType}&subject_token_type=urn:ietf:params:oauth:token-type:access_token&subject_token=x&audience=acme`,
        "invalid_request",
      ],
      [
        "an actor",
        `grant_type=${exchangeType}&subject_token_type=${sessionType}&subject_token=x&audience=acme&actor_token=y&actor_token_type=z`,
        "invalid_request",
      ],
      [
        "a wish for a refresh token alone",
        `grant_type=${exchangeType}&subject_token_type=${sessionType}&subject_token=x&audience=acme&requested_token_type=urn:ietf:params:oauth:token-type:refresh_token`,
        "invalid_request",
      ],
      [
        "a client id that is not printable",
        "grant_type=refresh_token&refresh_token=x&client_id=%00",
        "invalid_request",
      ],
      [
        "a client id beyond ASCII",
        "grant_type=refresh_token&refresh_token=x&client_id=%C3%A9",
        "invalid_request",
      ],
    ])("%s", async (_, text, error) => {
      const { status, body } = await raw(text);
      expect([status, body]).toEqual([400, { error }]);
    });

    it("what is longer than 64 KiB, declared or not, and what is no UTF-8", async () => {
      const long = `grant_type=refresh_token&refresh_token=x&a=${"a".repeat(70_000)}`;
      expect(await raw(long)).toMatchObject({ status: 400, code: "invalid_request" });
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": "12",
      };
      const lying = { text: long, headers };
      expect((await site.browser().call("POST", authHost, "/auth/token", lying)).status).toBe(400);
      const declared = { text: "grant_type=x", headers: { ...headers, "content-length": "65537" } };
      expect((await site.browser().call("POST", authHost, "/auth/token", declared)).status).toBe(
        400,
      );
    });

    it.each([
      "application/json",
      "text/plain",
      "multipart/form-data; boundary=x",
      "",
      "application/x-www-form-urlencoded-x",
    ])("a body of the type %j", async (type) => {
      const call = {
        text: new URLSearchParams(refresh(owner.refreshToken)).toString(),
        headers: { "content-type": type },
      };
      const { status, code } = await site.browser().call("POST", authHost, "/auth/token", call);
      expect([status, code]).toEqual([400, "invalid_request"]);
    });
  });

  it("takes two round trips for an exchange, and two for a refresh", async () => {
    /** The fewest of three: what listens has its own, and now and then keys are read. */
    const trips = async (work: (member: Member) => Promise<{ status: number }>) => {
      const counts: number[] = [];
      for (let times = 0; times < 3; times++) {
        const member = await memberOf(site, site.acme, "member");
        tap.reset();
        expect((await work(member)).status).toBe(200);
        const sent = tap.flights.filter(({ from }) => from === "client").map(({ types }) => types);
        counts.push(sent.join("").replace(/[^SQ]/g, "").length);
      }
      return Math.min(...counts);
    };
    const byCookie = ({ refreshToken }: Member) =>
      ask({ grant_type: "refresh_token" }, acmeHost, `${grantCookie}=${refreshToken}`);
    expect(await trips(({ sessionToken }) => ask(exchange(sessionToken)))).toBe(2);
    expect(await trips(byCookie)).toBe(2);
    expect(await trips(({ refreshToken }) => ask(refresh(refreshToken)))).toBe(2);
  });

  describe("has beside it", () => {
    it("a revocation that tells nobody what a token was, and of which tenant", async () => {
      const revoke = (token: string, host = authHost) =>
        site.browser().call("POST", host, "/auth/revoke", { form: { token }, origin: null });
      const member = await memberOf(site, site.acme, "member");
      const reference = bytesOf(await revoke("x"));
      expect(reference).toMatchObject([200, expect.anything(), ""]);
      const nowhere = Buffer.from(owner.refreshToken, "base64url");
      randomBytes(8).copy(nowhere, 8);
      const forged = Buffer.from(member.refreshToken, "base64url");
      forged[forged.length - 1]! ^= 1;
      for (const token of [nowhere.toString("base64url"), forged.toString("base64url"), "a.b.c"]) {
        expect([token, bytesOf(await revoke(token))]).toEqual([token, reference]);
      }
      expect((await ask(refresh(member.refreshToken))).status).toBe(200);
      const claims = await site.identity.verifier.verify(member.accessToken);
      expect(bytesOf(await revoke(member.accessToken))).toEqual(reference);
      await expect(site.identity.authority.assertCurrent(claims)).rejects.toMatchObject({
        code: "TOKEN_STALE",
      });
      expect(bytesOf(await revoke(member.refreshToken))).toEqual(reference);
      expect((await ask(refresh(member.refreshToken))).code).toBe("invalid_grant");
      expect(bytesOf(await revoke(member.refreshToken))).toEqual(reference);
    });

    it("an introspection that says nothing of another tenant's tokens", async () => {
      const [own, foreign] = [await belongingsOf(site, owner), await belongingsOf(site, stranger)];
      const introspect = (token: string, key: string | undefined, host = authHost) =>
        site.browser().call("POST", host, "/auth/introspect", {
          form: { token },
          origin: null,
          ...(key === undefined ? {} : { token: key }),
        });
      const { accessToken, accountId, refreshToken } = await memberOf(site, site.acme, "member");
      const said = await introspect(accessToken, own.keyText);
      expect(said.body).toMatchObject({ active: true, sub: accountId, tenant_id: site.acme.id });
      expect((await introspect(accessToken, own.keyText, acmeHost)).body["active"]).toBe(true);
      const inactive = bytesOf(await introspect("x", own.keyText));
      expect(inactive).toMatchObject([200, expect.anything(), '{"active":false}']);
      for (const [token, key] of [
        ...[
          [accessToken, foreign.keyText],
          [stranger.accessToken, own.keyText],
        ],
        ...[
          [refreshToken, own.keyText],
          [own.keyText, own.keyText],
        ],
      ] as [string, string][]) {
        expect(bytesOf(await introspect(token, key))).toEqual(inactive);
      }
      const nobody = bytesOf(await introspect(accessToken, spoiled(own.keyText)));
      expect(nobody).toMatchObject([401, expect.anything(), '{"error":"invalid_client"}']);
      expect(bytesOf(await introspect(accessToken, undefined))).toEqual(nobody);
      expect(bytesOf(await introspect(accessToken, own.keyText, globexHost))).toEqual(nobody);
      expect(bytesOf(await introspect(accessToken, accessToken))).toEqual(nobody);

      const who = { accountId, operatorId: owner.accountId, reason: "a look" };
      const { token } = await site.identity.impersonation.start(site.acme, who, caller);
      expect((await introspect(token, own.keyText)).body["act"]).toEqual({ sub: owner.accountId });
      await site.identity.members.remove(site.acme, accountId, {
        accountId: owner.accountId,
        caller,
      });
      await expect
        .poll(async () => bytesOf(await introspect(accessToken, own.keyText)))
        .toEqual(inactive);
    });
  });

  it("knows an exchanged grant as one of the device that it was given to", async () => {
    const form = { ...exchange(owner.sessionToken), client_id: "app" };
    const { body } = await ask(form);
    expect(body["issued_token_type"]).toBe("urn:ietf:params:oauth:token-type:access_token");
    const token = refresh(body["refresh_token"] as string);
    expect((await ask({ ...token, client_id: "other" })).code).toBe("invalid_grant");
    expect((await ask(token)).code).toBe("invalid_grant");
    expect((await ask({ ...token, client_id: "app" })).status).toBe(200);
  });
});
