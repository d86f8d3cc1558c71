import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endpoints } from "../../src/http/identity/endpoints.js";
import { describeOnServers } from "../support/servers.js";
import { belongingsOf, everything, memberOf, type Member } from "./support/http-stage.js";
import {
  authHost,
  openIdentitySite,
  type Call,
  type IdentitySite,
} from "./support/identity-site.js";

/** Writes that a browser's cookies could sign in, and those that ask for more: none from elsewhere. */
const writes = endpoints.filter(
  ({ method, checksOrigin }) => method !== "GET" && checksOrigin !== false,
);

it("only what a body or a token must sign in goes without a look at the origin", () => {
  const unchecked = endpoints.filter(({ checksOrigin }) => checksOrigin === false);
  expect(unchecked.map(({ path }) => path)).toEqual([
    "/auth/token",
    "/auth/revoke",
    "/auth/introspect",
  ]);
});

describeOnServers("a write to identity", (server) => {
  let site: IdentitySite;
  let owner: Member;
  let memberId: string;
  beforeAll(async () => {
    site = await openIdentitySite(server);
    owner = await memberOf(site, site.acme, "owner");
    ({ memberId } = await belongingsOf(site, owner));
  });
  afterAll(() => site?.close());

  const cookie = () =>
    `__Host-tenantry-session=${owner.sessionToken}; __Host-tenantry-grant=${owner.refreshToken}`;
  const hostOf = ({ audience }: (typeof endpoints)[number]) =>
    audience === "tenant-host" ? site.hostOf(site.acme) : authHost;
  async function send(one: (typeof endpoints)[number], call: Call) {
    const path = one.path.replace("{id}", memberId);
    return site.browser().call(one.method, hostOf(one), path, { json: {}, ...call });
  }

  it.each([
    ["of a foreign page", { origin: "https://evil.test" }],
    ["of a sibling subdomain's page", { origin: "https://evil.app.example.com" }],
    ["of the parent domain's page", { origin: "https://example.com" }],
    ["of a page in a sandbox", { origin: "null" }],
    ["of a page on another port", { origin: ":8443" }],
    ["of a page without TLS", { origin: "http:" }],
    ["of a host that begins alike", { origin: ".evil.test" }],
    ["of a host with something in front", { origin: "x" }],
    ["of an origin in upper case", { origin: "upper" }],
    ["of an origin with a path", { origin: "/" }],
    ["of two origins", { origin: "two" }],
    ["of an empty origin", { origin: "" }],
    ["that the browser knows for same-site", { headers: { "sec-fetch-site": "same-site" } }],
    ["that the browser knows for cross-site", { headers: { "sec-fetch-site": "cross-site" } }],
    ["that says something new of its site", { headers: { "sec-fetch-site": "same-planet" } }],
    ["without an origin", { origin: null }],
    [
      "without an origin, by a user's own doing",
      { origin: null, headers: { "sec-fetch-site": "none" } },
    ],
    [
      "without an origin, from the same site",
      { origin: null, headers: { "sec-fetch-site": "same-site" } },
    ],
  ])("is refused with cookies and a token, for all endpoints: %s", async (_, how: Call) => {
    const before = await everything(site);
    const events = site.events.length;
    for (const one of writes) {
      const own = `https://${hostOf(one)}`;
      const { origin } = how;
      const spelled: Readonly<Record<string, string>> = {
        ":8443": `${own}:8443`,
        "http:": own.replace("https:", "http:"),
        ".evil.test": `${own}.evil.test`,
        x: own.replace("https://", "https://x"),
        upper: own.toUpperCase(),
        "/": `${own}/`,
        two: `${own}, https://evil.test`,
      };
      const given = typeof origin === "string" ? { origin: spelled[origin] ?? origin } : how;
      const headers = { cookie: cookie(), ...how.headers };
      const { status, code } = await send(one, { ...given, headers, token: owner.accessToken });
      expect([one.path, status, code]).toEqual([one.path, 403, "ORIGIN_REFUSED"]);
    }
    expect(await everything(site)).toEqual(before);
    const told = site.events.slice(events).filter((type) => type === "origin.refused");
    expect(told).toHaveLength(writes.length);
  });

  it("of a program passes the check without an origin, where it brings no cookie", async () => {
    for (const one of writes) {
      const { code } = await send(one, { origin: null });
      expect([one.path, code]).not.toEqual([one.path, "ORIGIN_REFUSED"]);
    }
  });

  it("by cookie at the token endpoint is refused from elsewhere, and changes no cookie", async () => {
    const before = await everything(site);
    const host = site.hostOf(site.acme);
    const exchange = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token_type: "urn:tenantry:params:oauth:token-type:session",
      audience: "acme",
    };
    for (const call of [
      { origin: "https://evil.app.example.com" },
      { origin: "null" },
      { origin: null },
      { headers: { "sec-fetch-site": "same-site" } },
      { headers: { "sec-fetch-site": "cross-site" } },
    ] as const) {
      for (const [at, form] of [
        [host, { grant_type: "refresh_token" }],
        [authHost, exchange],
      ] as const) {
        const given = "headers" in call ? call.headers : {};
        const headers = { ...given, cookie: cookie() };
        const answer = await site
          .browser()
          .call("POST", at, "/auth/token", { ...call, form, headers });
        expect([at, call, answer.status]).toEqual([at, call, 403]);
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
    }
    expect(await everything(site)).toEqual(before);
  });

  it("is refused as a form, as plain text, and as what only looks like JSON", async () => {
    const before = await everything(site);
    for (const one of writes.filter(({ body }) => body?.format === "json")) {
      for (const type of [
        ...["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
        ...["text/plain; application/json", "text/plain, application/json", "application/jsonp"],
        ...["application/json-seq", ""],
      ]) {
        const headers = { cookie: cookie(), ...(type === "" ? {} : { "content-type": type }) };
        const path = one.path.replace("{id}", memberId);
        const call = { text: "{}", headers, token: owner.accessToken };
        const { status, code } = await site.browser().call(one.method, hostOf(one), path, call);
        expect([one.path, type, status, code]).toEqual([one.path, type, 400, "REQUEST_INVALID"]);
      }
    }
    expect(await everything(site)).toEqual(before);
  });

  describe("has no answer that another origin may read:", () => {
    it("no endpoint allows it, but for what is public anyway", async () => {
      for (const one of endpoints) {
        const path = one.path.replace("{id}", memberId);
        const headers = { origin: "https://evil.app.example.com", cookie: cookie() };
        const host = hostOf(one);
        const { headers: answered } = await site
          .browser()
          .call(one.method, host, path, { origin: null, headers });
        const isPublic = path.startsWith("/.well-known/");
        const allowed = answered.get("access-control-allow-origin");
        expect([path, allowed]).toEqual([path, isPublic && one.method === "GET" ? "*" : null]);
        expect(answered.get("access-control-allow-credentials")).toBeNull();
        const asked = await site
          .browser()
          .call("OPTIONS", host, path, { origin: "https://evil.test" });
        expect([path, asked.status, asked.headers.get("access-control-allow-methods")]).toEqual([
          path,
          405,
          null,
        ]);
      }
    });
  });
});
