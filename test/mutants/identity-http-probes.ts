import { memberOf } from "../identity/support/http-stage.js";
import { caller } from "../identity/support/identity-fixture.js";
import { authHost, type Answer, type Call } from "../identity/support/identity-site.js";
import { spoiled } from "../support/spoiled.js";
import { identityHttpCookieProbes } from "./identity-http-cookie-probes.js";
import { identityRequestProbes } from "./identity-request-probes.js";
import { challenge, redirectUri, verifier, type HttpProbe } from "./identity-http-world.js";

const hasStatus = (status: number) => (answer: Answer) => answer.status === status;
const exchangeOf = (subject_token: string, audience = "acme") => ({
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  ...{
    subject_token_type: "urn:tenantry:params:oauth:token-type:session",
    subject_token,
    audience,
  },
});
const refreshOf = (refresh_token: string) => ({ grant_type: "refresh_token", refresh_token });
const redeemOf = (code: string) => ({
  ...{ grant_type: "authorization_code", code },
  ...{ redirect_uri: redirectUri, code_verifier: verifier },
});
const authorizePath = (changes: Record<string, string> = {}) => {
  const usual = { response_type: "code", redirect_uri: redirectUri, code_challenge: challenge };
  const query = { ...usual, code_challenge_method: "S256", ...changes };
  return `/auth/authorize?${new URLSearchParams(query).toString()}`;
};
const sessionOf = (token: string) => ({ cookie: `__Host-tenantry-session=${token}` });
const foreignOrigins = (own: string): readonly Call[] => [
  ...[
    "https://evil.test",
    "null",
    "https://evil.app.example.com",
    `${own}.evil.test`,
    `${own}:8443`,
  ].map((origin) => ({ origin })),
  ...[own.replace("https://", "https://x"), own.replace("https:", "http:")].map((origin) => ({
    origin,
  })),
  ...["same-site", "cross-site", "elsewhere"].map((site) => ({
    headers: { "sec-fetch-site": site },
  })),
];

const requestProbes: Readonly<Record<string, HttpProbe>> = {
  async "a-write-is-of-an-own-page"({ call, owner, own, acme }) {
    for (const how of foreignOrigins(`https://${authHost}`)) {
      const headers = { ...how.headers, ...sessionOf("x") };
      const given = { ...how, headers, json: {} };
      if ((await call("POST", authHost, "/auth/sign-out", given)).status !== 403) return false;
    }
    const deletes = { origin: "https://evil.test", token: owner.accessToken };
    const { code } = await call("DELETE", acme, `/auth/invitations/${own.keyId}`, deletes);
    return code === "ORIGIN_REFUSED";
  },
  async "a-cookie-comes-with-an-origin"({ call }) {
    const given = { origin: null, json: {}, headers: sessionOf("x") };
    return (await call("POST", authHost, "/auth/sign-out", given)).status === 403;
  },
  async "a-foreign-origin-is-told-of"({ call, site }) {
    const before = site.events.length;
    await call("POST", authHost, "/auth/sign-out", { origin: "https://evil.test", json: {} });
    return site.events.slice(before).includes("origin.refused");
  },
  async "a-refresh-by-cookie-is-of-an-own-page"({ call, acme, owner }) {
    const headers = { cookie: `__Host-tenantry-grant=${owner.refreshToken}` };
    const form = { grant_type: "refresh_token" };
    const given = { form, headers, origin: "https://evil.app.example.com" };
    return (await call("POST", acme, "/auth/token", given)).status === 403;
  },
  async "endpoints-are-on-their-hosts"({ call, acme, owner }) {
    const headers = sessionOf(owner.sessionToken);
    const [elsewhere, here] = [acme, authHost].map((host) =>
      call("GET", host, "/auth/session", { headers }),
    );
    return (await elsewhere!).status === 404 && (await here!).status === 200;
  },
  async "a-host-is-somebodys"({ call }) {
    const given = { form: { token: "x" } };
    return (await call("POST", "nobody.app.example.com", "/auth/revoke", given)).status === 400;
  },
  async "a-parameter-comes-once"({ call }) {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const token = (text: string) => call("POST", authHost, "/auth/token", { text, headers });
    const answers = await Promise.all([
      call("GET", authHost, `${authorizePath()}&redirect_uri=${encodeURIComponent(redirectUri)}`),
      token("grant_type=refresh_token&refresh_token=x&refresh_token=y"),
      token("grant_type=&grant_type=refresh_token&refresh_token=x"),
    ]);
    const codes = answers.map(({ code }) => code);
    return codes.join() === "REQUEST_INVALID,invalid_request,invalid_request";
  },
  "own-pages-are-on-the-own-host"({ open }) {
    const opens = (signInPath: string) => {
      try {
        open({ signInPath });
        return true;
      } catch {
        return false;
      }
    };
    return Promise.resolve(
      opens("/in") && !["//evil.test", "@evil.test", "https://evil.test"].some(opens),
    );
  },
  async "who-acts-for-another-changes-nothing"({ call, site, owner, foreign, acme }) {
    const who = { accountId: owner.accountId, operatorId: foreign.accountId, reason: "a look" };
    const { token } = await site.identity.impersonation.start(site.acme, who, caller);
    const json = { permissions: ["projects:read"] };
    const refused = await call("PUT", acme, "/auth/roles/planted", { token, json });
    return (
      refused.status === 403 && (await call("GET", acme, "/auth/members", { token })).status === 200
    );
  },
  async "a-key-is-of-the-hosts-tenant"({ call, globex, acme, owner, own }) {
    const given = { form: { token: owner.accessToken }, token: own.keyText };
    const [here, there] = [acme, globex].map((host) =>
      call("POST", host, "/auth/introspect", given),
    );
    return (await here!).status === 200 && (await there!).status === 401;
  },
  async "a-body-is-of-its-type"({ call, owner }) {
    const types = ["text/plain", "application/json-seq", "application/x-www-form-urlencoded"];
    const asJson = types.map((type) => {
      const headers = { ...sessionOf(owner.sessionToken), "content-type": type };
      return call("POST", authHost, "/auth/sessions/end-others", { text: "{}", headers });
    });
    const headers = { "content-type": "text/plain" };
    const form = call("POST", authHost, "/auth/revoke", { text: "token=x", headers });
    return (await Promise.all([...asJson, form])).every(hasStatus(400));
  },
  async "a-body-has-a-bound"({ call }) {
    const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": "9" };
    const text = `token=x&a=${"a".repeat(70_000)}`;
    return (await call("POST", authHost, "/auth/revoke", { text, headers })).status === 400;
  },
};

const oauthProbes: Readonly<Record<string, HttpProbe>> = {
  async "an-answer-has-its-issuer"({ open, acme, owner }) {
    const browser = open();
    browser.jar.set(authHost, new Map([["__Host-tenantry-session", owner.sessionToken]]));
    const begun = await browser.call("GET", acme, "/auth/login");
    const there = new URL(begun.headers.get("location")!);
    const { headers } = await browser.call("GET", authHost, there.pathname + there.search);
    const back = new URL(headers.get("location")!);
    for (const iss of ["https://evil.test", null]) {
      if (iss === null) back.searchParams.delete("iss");
      else back.searchParams.set("iss", iss);
      if ((await browser.call("GET", acme, back.pathname + back.search)).status !== 400)
        return false;
    }
    back.searchParams.set("iss", `https://${authHost}`);
    return (await browser.call("GET", acme, back.pathname + back.search)).status === 302;
  },
  async "a-code-is-for-a-hashed-challenge"({ call, owner }) {
    const headers = sessionOf(owner.sessionToken);
    for (const changes of [{ code_challenge_method: "plain" }, { code_challenge: "short" }]) {
      const answer = await call("GET", authHost, authorizePath(changes), { headers });
      const location = answer.headers.get("location") ?? "";
      if (!location.includes("error=invalid_request")) return false;
    }
    return true;
  },
  async "one-persons-session-is-not-anothers"({ open, site, owner }) {
    const other = await site.person("other", [[site.acme, "viewer"]]);
    const planted = (await memberOf(site, site.acme, "member")).sessionToken;
    const who = { userId: other.id, authenticatedAt: new Date(), methods: ["otp"] };
    const browser = open({ externalSignIn: () => Promise.resolve(who) });
    browser.jar.set(authHost, new Map([["__Host-tenantry-session", planted]]));
    await browser.call("GET", authHost, authorizePath());
    const now = browser.jar.get(authHost)!.get("__Host-tenantry-session");
    const session = await site.identity.sessions.find(now);
    const isOver = (await site.identity.sessions.find(planted)) === null;
    return session?.accountId === other.id && isOver && owner.accountId !== other.id;
  },
  async "a-host-answers-for-its-tenant"({ site, token, globex }) {
    const member = await memberOf(site, site.acme, "member");
    const forms = [exchangeOf(member.sessionToken), refreshOf(member.refreshToken)];
    const answers = await Promise.all(forms.map((form) => token(form, globex)));
    return answers.every(({ code }) => code === "invalid_grant");
  },
  async "refusals-of-grants-are-one"({ token, owner }) {
    const unknown = "A".repeat(43);
    const forms = [
      exchangeOf(unknown),
      exchangeOf(owner.sessionToken, "nobody"),
      redeemOf(unknown),
    ];
    forms.push(refreshOf("x") as never, refreshOf(spoiled(owner.refreshToken)) as never);
    const answers = await Promise.all(forms.map((form) => token(form)));
    return answers.every(({ status, code }) => status === 400 && code === "invalid_grant");
  },
  async "an-actor-is-refused"({ token, owner }) {
    const form = { ...exchangeOf(owner.sessionToken), actor_token: "x", actor_token_type: "y" };
    return (await token(form)).code === "invalid_request";
  },
  async "another-tenants-token-is-inactive"({ call, foreign, own }) {
    const given = { form: { token: foreign.accessToken }, token: own.keyText };
    return (await call("POST", authHost, "/auth/introspect", given)).text === '{"active":false}';
  },
  async "a-revoked-token-is-inactive"({ call, site, own }) {
    const { accessToken } = await memberOf(site, site.acme, "member");
    const given = { form: { token: accessToken }, token: own.keyText };
    const introspect = async () =>
      (await call("POST", authHost, "/auth/introspect", given)).body["active"];
    const before = await introspect();
    await call("POST", authHost, "/auth/revoke", { form: { token: accessToken } });
    return before === true && (await introspect()) === false;
  },
  async "revocation-tells-nothing"({ call, owner }) {
    const nowhere = Buffer.from(owner.refreshToken, "base64url");
    nowhere.fill(7, 8, 12);
    const form = { token: nowhere.toString("base64url") };
    const { status, text } = await call("POST", authHost, "/auth/revoke", { form });
    return status === 200 && text === "";
  },
  async "introspection-tells-who-acts"({ call, site, owner, foreign, own }) {
    const who = { accountId: owner.accountId, operatorId: foreign.accountId, reason: "a look" };
    const { token } = await site.identity.impersonation.start(site.acme, who, caller);
    const given = { form: { token }, token: own.keyText };
    const { body } = await call("POST", authHost, "/auth/introspect", given);
    return (body["act"] as { sub?: string } | undefined)?.sub === foreign.accountId;
  },
};

/** Those of cookies have a file of their own. */
export const identityHttpProbes: Readonly<Record<string, HttpProbe>> = {
  ...requestProbes,
  ...identityHttpCookieProbes,
  ...identityRequestProbes,
  ...oauthProbes,
};
