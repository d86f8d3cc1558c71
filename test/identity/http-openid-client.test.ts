import { createRemoteJWKSet, customFetch as joseFetch, jwtVerify } from "jose";
import * as client from "openid-client";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { describeOnServers } from "../support/servers.js";
import { belongingsOf, memberOf } from "./support/http-stage.js";
import { goodPassword } from "./support/identity-site.js";
import { createLocalhostBrowser, localhostFetch } from "./support/localhost-client.js";
import { openLocalhostSite, type LocalhostSite } from "./support/localhost-site.js";

const clientId = "command-line";

/** Its `allowInsecureRequests`, deprecated so as to look dangerous: this machine has no TLS. */
const withoutTls = (client as Readonly<Record<string, unknown>>)["allowInsecureRequests"] as (
  config: client.Configuration,
) => void;

/** An OAuth client that we did not write, as it is. */
describeOnServers("openid-client", (server) => {
  let local: LocalhostSite;
  let config: client.Configuration;
  let redirectUri: string;
  let person: { id: string; email: string };
  beforeAll(async () => {
    // So that a token can be old within a test.
    local = await openLocalhostSite(server, undefined, undefined, { settleSeconds: 0 });
    redirectUri = `${local.originOf("acme")}/auth/callback`;
    person = await local.site.person("alice", [[local.site.acme, "member"]]);
    config = await client.discovery(new URL(local.issuer), clientId, undefined, client.None(), {
      algorithm: "oauth2",
      execute: [withoutTls],
      [client.customFetch]: (url, options) => localhostFetch(url, options as RequestInit),
    });
  });
  afterAll(() => local?.close());

  /** The part of it that a person does in a browser. */
  async function signIn(state: string, codeChallenge: string): Promise<URL> {
    const browser = createLocalhostBrowser();
    const signedIn = await browser.fetch(`${local.issuer}/auth/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: person.email, password: goodPassword }),
    });
    expect(signedIn.status).toBe(200);
    const asked = client.buildAuthorizationUrl(config, {
      ...{ redirect_uri: redirectUri, state },
      ...{ code_challenge: codeChallenge, code_challenge_method: "S256" },
    });
    return browser.follow(asked.href, redirectUri);
  }

  async function tokens() {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const expectedState = client.randomState();
    const challenge = await client.calculatePKCECodeChallenge(pkceCodeVerifier);
    const url = await signIn(expectedState, challenge);
    const granted = await client.authorizationCodeGrant(config, url, {
      pkceCodeVerifier,
      expectedState,
    });
    return { ...granted, url, pkceCodeVerifier, expectedState };
  }
  let granted: Awaited<ReturnType<typeof tokens>>;
  beforeEach(async () => {
    granted = await tokens();
  });

  it("discovers the server by RFC 8414", () => {
    const metadata = config.serverMetadata();
    expect(metadata.issuer).toBe(local.issuer);
    expect(metadata.supportsPKCE()).toBe(true);
    expect(metadata.authorization_response_iss_parameter_supported).toBe(true);
    expect(metadata.token_endpoint).toBe(`${local.issuer}/auth/token`);
  });

  it("gets tokens for an authorization code with PKCE, once", async () => {
    expect(granted).toMatchObject({ token_type: "bearer", expires_in: 3600 });
    const { url, pkceCodeVerifier, expectedState } = granted;
    await expect(
      client.authorizationCodeGrant(config, url, { pkceCodeVerifier, expectedState }),
    ).rejects.toMatchObject({ error: "invalid_grant", status: 400 });
    // Who has a code twice may not be who it was for: what came of it is over.
    await expect(client.refreshTokenGrant(config, granted.refresh_token!)).rejects.toMatchObject({
      error: "invalid_grant",
    });
  });

  it("refuses an answer of another server's, which ours would have been taken for", async () => {
    const state = client.randomState();
    const verifier = client.randomPKCECodeVerifier();
    const url = await signIn(state, await client.calculatePKCECodeChallenge(verifier));
    url.searchParams.delete("iss");
    await expect(
      client.authorizationCodeGrant(config, url, {
        pkceCodeVerifier: verifier,
        expectedState: state,
      }),
    ).rejects.toMatchObject({ cause: { message: expect.stringMatching(/"iss"/) } });
  });

  it("refreshes, and the token before the last then ends the grant", async () => {
    const second = await client.refreshTokenGrant(config, granted.refresh_token!);
    const third = await client.refreshTokenGrant(config, second.refresh_token!);
    expect(new Set([granted, second, third].map((each) => each.refresh_token)).size).toBe(3);
    for (const token of [granted.refresh_token!, third.refresh_token!]) {
      await expect(client.refreshTokenGrant(config, token)).rejects.toMatchObject({
        error: "invalid_grant",
      });
    }
  });

  it("gives access tokens that jose alone verifies by the published keys", async () => {
    const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri!), {
      [joseFetch]: (url, options) => localhostFetch(url, options),
    });
    const { payload, protectedHeader } = await jwtVerify(granted.access_token, keys, {
      ...{ issuer: local.issuer, audience: local.issuer, typ: "at+jwt", algorithms: ["EdDSA"] },
      requiredClaims: [
        "sub",
        "tenant_id",
        "org_role",
        "permissions",
        "sid",
        "jti",
        "mv",
        "tv",
        "iat",
        "exp",
      ],
    });
    expect(payload).toMatchObject({
      sub: person.id,
      tenant_id: local.site.acme.id,
      org_role: "member",
    });
    expect(protectedHeader.kid).toBeDefined();
  });

  it("introspects with a tenant's key, and what was revoked is dead", async () => {
    const owner = await memberOf(local.site, local.site.acme, "owner");
    const { keyText } = await belongingsOf(local.site, owner);
    const withKey: client.ClientAuth = (_server, _client, _body, headers) =>
      headers.set("authorization", `Bearer ${keyText}`);
    const resource = new client.Configuration(
      config.serverMetadata(),
      clientId,
      undefined,
      withKey,
    );
    withoutTls(resource);
    resource[client.customFetch] = (url, options) => localhostFetch(url, options as RequestInit);
    const introspect = () => client.tokenIntrospection(resource, granted.access_token);
    expect(await introspect()).toMatchObject({ active: true, sub: person.id, org_role: "member" });

    await client.tokenRevocation(config, granted.access_token);
    expect(await introspect()).toEqual({ active: false });
    await client.tokenRevocation(config, granted.refresh_token!);
    await expect(client.refreshTokenGrant(config, granted.refresh_token!)).rejects.toMatchObject({
      error: "invalid_grant",
    });
    await client.tokenRevocation(config, granted.refresh_token!);
    await client.tokenRevocation(config, "nonsense");
  });

  it("finds the access tokens of a revoked refresh token dead as well (RFC 7009 §2)", async () => {
    const { identity } = local.site;
    const claims = await identity.verifier.verify(granted.access_token);
    await identity.authority.assertCurrent(claims);
    await client.tokenRevocation(config, granted.refresh_token!);
    // It is announced to every process.
    const isDead = () =>
      identity.authority.assertCurrent(claims).then(
        () => "good",
        ({ code }: { code: string }) => code,
      );
    await expect.poll(isDead, { timeout: 10_000 }).toBe("TOKEN_STALE");
  });
});
