import { createHash } from "node:crypto";
import fc from "fast-check";
import { createIdentityHandler } from "tenantry/identity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  hostileRedirectUris,
  hostileReturnPaths,
} from "../../src/identity/authorization/hostile.test-support.js";
import { describeOnServers } from "../support/servers.js";
import { spoiled } from "../support/spoiled.js";
import {
  authHost,
  openIdentitySite,
  type Browser,
  type IdentitySite,
} from "./support/identity-site.js";

const challenge = createHash("sha256").update("v".repeat(43)).digest("base64url");

describeOnServers("redirects of identity", (server) => {
  let site: IdentitySite;
  let acmeHost: string;
  let email: string;
  let uri: string;
  let signedIn: Browser;
  beforeAll(async () => {
    site = await openIdentitySite(server);
    acmeHost = site.hostOf(site.acme);
    uri = `https://${acmeHost}/auth/callback`;
    ({ email } = await site.person("alice", [[site.acme, "owner"]]));
    signedIn = site.browser();
    await signedIn.signIn(email);
  });
  afterAll(() => site?.close());

  const usual = () => ({
    ...{ response_type: "code", redirect_uri: uri, state: "s".repeat(43) },
    ...{ code_challenge: challenge, code_challenge_method: "S256" },
  });
  const authorize = (query: Record<string, string> | string, browser = signedIn) =>
    browser.call("GET", authHost, `/auth/authorize?${new URLSearchParams(query).toString()}`);
  const codes = async () =>
    (
      await site.admin<{ count: number }>(
        "select count(*)::integer as count from tenantry.authorization_code",
      )
    )[0]!.count;

  describe("of the authorization endpoint", () => {
    it("go to the tenant's callback or the auth host's own page", async () => {
      const { headers } = await authorize(usual());
      const to = new URL(headers.get("location")!);
      expect(to.origin + to.pathname).toBe(uri);
      expect([...to.searchParams.keys()]).toEqual(["code", "state", "iss"]);
      expect(to.searchParams.get("iss")).toBe(`https://${authHost}`);
      const stranger = await authorize(usual(), site.browser());
      expect(stranger.headers.get("location")).toMatch(/^https:\/\/auth\.example\.com\/sign-in\?/);
    });

    it("are none for a redirect URI that is nobody's, signed in or not", async () => {
      const before = await codes();
      const texts = hostileRedirectUris.filter(([, text]) => typeof text === "string") as [
        string,
        string,
      ][];
      expect(texts.length).toBeGreaterThan(60);
      for (const [name, redirect_uri] of texts) {
        for (const browser of [signedIn, site.browser()]) {
          const { status, headers } = await authorize({ ...usual(), redirect_uri }, browser);
          expect([name, status, headers.get("location")]).toEqual([name, 400, null]);
        }
      }
      for (const query of [
        `redirect_uri=${encodeURIComponent(uri)}&redirect_uri=https://evil.test/auth/callback`,
        `redirect_uri=${encodeURIComponent(uri)}&redirect%5Furi=https://evil.test/auth/callback`,
      ]) {
        const { status, headers } = await authorize(`response_type=code&${query}`);
        expect([query, status, headers.get("location")]).toEqual([query, 400, null]);
      }
      expect(await codes()).toBe(before);
    });

    it.each([
      ["a plain challenge", { code_challenge_method: "plain" }, "invalid_request"],
      ["no method", { code_challenge_method: "" }, "invalid_request"],
      ["another method", { code_challenge_method: "s256" }, "invalid_request"],
      ["no challenge", { code_challenge: "" }, "invalid_request"],
      ["a short challenge", { code_challenge: "abc" }, "invalid_request"],
      ["a challenge that is none", { code_challenge: "=".repeat(43) }, "invalid_request"],
      ["an implicit grant", { response_type: "token" }, "unsupported_response_type"],
      ["a hybrid grant", { response_type: "code id_token" }, "unsupported_response_type"],
      ["a long state", { state: "s".repeat(513) }, "invalid_request"],
      ["a long nonce", { nonce: "n".repeat(256) }, "invalid_request"],
      ["a client that is not printable", { client_id: "\0" }, "invalid_request"],
    ])("take no code along for %s", async (_, changes, error) => {
      const before = await codes();
      const { headers } = await authorize({ ...usual(), ...changes });
      const to = new URL(headers.get("location")!);
      expect(to.origin + to.pathname).toBe(uri);
      expect(to.searchParams.get("error")).toBe(error);
      expect(to.searchParams.has("code")).toBe(false);
      expect(await codes()).toBe(before);
    });

    it("are none for what is no navigation", async () => {
      const before = await codes();
      const path = `/auth/authorize?${new URLSearchParams(usual()).toString()}`;
      for (const mode of ["no-cors", "cors", "same-origin"]) {
        const headers = { "sec-fetch-mode": mode };
        const { status } = await signedIn.call("GET", authHost, path, { headers });
        expect([mode, status]).toEqual([mode, 400]);
      }
      expect(await codes()).toBe(before);
    });

    it("stay on the tenant's host and ours, whatever the query is", async () => {
      const word = fc.constantFrom(
        ...[
          "code",
          "token",
          "S256",
          "plain",
          challenge,
          uri,
          "https://evil.test/",
          "//evil.test",
          "\r\nLocation: x",
        ],
        ...[
          "&redirect_uri=https://evil.test",
          "#",
          "?",
          "%0d%0a",
          "",
          "s",
          "\0",
          "\ud800",
          "é",
          "x".repeat(600),
        ],
      );
      const names = [
        "response_type",
        "redirect_uri",
        "state",
        "code_challenge",
        "code_challenge_method",
        "client_id",
        "nonce",
        "x",
      ];
      const query = fc.record(Object.fromEntries(names.map((name) => [name, word])), {
        requiredKeys: [],
      });
      await fc.assert(
        fc.asyncProperty(query, fc.boolean(), async (changes, isSignedIn) => {
          const browser = isSignedIn ? signedIn : site.browser();
          const { status, headers } = await authorize({ ...usual(), ...changes }, browser);
          expect([302, 400]).toContain(status);
          const location = headers.get("location");
          if (location === null) expect(status).toBe(400);
          else {
            const { origin, pathname } = new URL(location);
            expect([uri, `https://${authHost}/sign-in`]).toContain(origin + pathname);
          }
        }),
        { numRuns: 200 },
      );
    });
  });

  describe("after a sign-in", () => {
    async function returnTo(path: string): Promise<string | null> {
      const query = new URLSearchParams({ return_to: path }).toString();
      const begun = await signedIn.call("GET", acmeHost, `/auth/login?${query}`);
      const there = new URL(begun.headers.get("location")!);
      expect(there.origin + there.pathname).toBe(`https://${authHost}/auth/authorize`);
      const code = await signedIn.call("GET", authHost, there.pathname + there.search);
      const back = new URL(code.headers.get("location")!);
      expect(back.origin + back.pathname).toBe(uri);
      const done = await signedIn.call("GET", acmeHost, back.pathname + back.search);
      expect(done.status).toBe(302);
      return done.headers.get("location");
    }

    it("go to / in place of any path that leads away", async () => {
      expect(await returnTo("/projects?a=b#c")).toBe("/projects?a=b#c");
      const texts = hostileReturnPaths.filter(([, text]) => typeof text === "string") as [
        string,
        string,
      ][];
      expect(texts.length).toBeGreaterThan(30);
      for (const [name, text] of texts) expect([name, await returnTo(text)]).toEqual([name, "/"]);
    });

    it("are none where there are two paths to go back to", async () => {
      const path = "/auth/login?return_to=/projects&return_to=//evil.test";
      expect(await signedIn.call("GET", acmeHost, path)).toMatchObject({ status: 400 });
    });

    it("cannot be configured to lead away", () => {
      for (const path of [
        "",
        "//evil.test",
        "@evil.test",
        ".evil.test",
        ":443@evil.test",
        "https://evil.test/",
        "/\\evil.test",
      ]) {
        for (const option of [{ signInPath: path }, { deniedPath: path }]) {
          expect(() => createIdentityHandler(site.identity, option)).toThrow(
            expect.objectContaining({ code: "CONFIG_INVALID" }),
          );
        }
      }
    });
  });

  describe("to the callback", () => {
    /** Everything but the last step, in a browser. */
    async function until(browser: Browser, host = acmeHost): Promise<URL> {
      const begun = await browser.call("GET", host, "/auth/login");
      const there = new URL(begun.headers.get("location")!);
      const code = await browser.call("GET", authHost, there.pathname + there.search);
      return new URL(code.headers.get("location")!);
    }
    const finish = (browser: Browser, { pathname, search }: URL, host = acmeHost) =>
      browser.call("GET", host, pathname + search);
    async function refused(browser: Browser, url: URL, host = acmeHost) {
      const { status, headers } = await finish(browser, url, host);
      expect([url.search, status, headers.getSetCookie(), headers.get("location")]).toEqual([
        url.search,
        400,
        [],
        null,
      ]);
    }
    const changed = (url: URL, name: string, value: string | null) => {
      const other = new URL(url);
      if (value === null) other.searchParams.delete(name);
      else other.searchParams.set(name, value);
      return other;
    };

    it("with an attacker's code and state do not sign the victim in", async () => {
      const attacker = site.browser();
      await attacker.signIn((await site.person("mallory", [[site.acme, "member"]])).email);
      const planted = await until(attacker);
      const victim = site.browser();
      await refused(victim, planted);
      // Nor where the victim has a sign-in of his own under way, and its state is used.
      await victim.signIn(email);
      const own = await until(victim);
      await refused(victim, changed(own, "code", planted.searchParams.get("code")));
      // A code that was presented to another's sign-in is used up: it can be tried once.
      await refused(attacker, planted);
      expect(victim.jar.get(acmeHost)!.has("__Host-tenantry-grant")).toBe(false);
    });

    it("are taken once, at the host that began, with its own state and issuer", async () => {
      const browser = site.browser();
      const person = await site.person("both", [
        [site.acme, "member"],
        [site.globex, "member"],
      ]);
      await browser.signIn(person.email);
      const url = await until(browser);
      for (const iss of [
        null,
        "",
        "https://evil.test",
        `https://${authHost}/`,
        `https://${authHost}.evil.test`,
      ]) {
        await refused(browser, changed(url, "iss", iss));
      }
      for (const state of [null, "", "x", `${url.searchParams.get("state")!}x`]) {
        await refused(browser, changed(url, "state", state));
      }
      await refused(browser, new URL(`${url.href}&state=x`));
      await refused(browser, url, site.hostOf(site.globex));
      const cookies = browser.jar.get(acmeHost)!;
      const copy = new Map(cookies);
      // The cookie of another host's sign-in, under the name that is looked for.
      await until(browser, site.hostOf(site.globex));
      const [foreign] = [...browser.jar.get(site.hostOf(site.globex))!.values()];
      const [[name] = []] = [...cookies];
      cookies.set(name!, foreign!);
      await refused(browser, url);
      cookies.set(name!, spoiled(copy.get(name!)!));
      await refused(browser, url);
      cookies.set(name!, copy.get(name!)!);
      expect((await finish(browser, url)).status).toBe(302);
      for (const [kept, value] of copy) cookies.set(kept, value);
      await refused(browser, url);
    });

    it("with an error lead to the tenant's own page, and keep nothing", async () => {
      const browser = site.browser();
      await browser.signIn((await site.person("outsider")).email);
      const url = await until(browser);
      expect(url.searchParams.get("error")).toBe("access_denied");
      const { headers } = await finish(browser, url);
      expect(headers.get("location")).toBe("/");
      expect([...browser.jar.get(acmeHost)!.keys()]).toEqual([]);
    });
  });
});

describeOnServers("a sign-in of the application's own", (server) => {
  let site: IdentitySite;
  let who: string | null = null;
  beforeAll(async () => {
    const externalSignIn = () =>
      Promise.resolve(
        who === null ? null : { userId: who, authenticatedAt: new Date(), methods: ["otp"] },
      );
    site = await openIdentitySite(server, { handler: { externalSignIn } });
  });
  afterAll(() => site?.close());

  it("does not go on as whoever was signed in before", async () => {
    const { acme, hostOf, identity } = site;
    const [first, second] = [
      await site.person("first", [[acme, "owner"]]),
      await site.person("second", [[acme, "viewer"]]),
    ];
    const browser = site.browser();
    const enters = async () =>
      (await identity.verifier.verify(await browser.enter(hostOf(acme)))).accountId;
    who = first.id;
    expect(await enters()).toBe(first.id);
    const session = browser.jar.get(authHost)!.get("__Host-tenantry-session")!;
    expect(await enters()).toBe(first.id);
    expect(browser.jar.get(authHost)!.get("__Host-tenantry-session")).toBe(session);
    who = second.id;
    expect(await enters()).toBe(second.id);
    expect(await identity.sessions.find(session)).toBeNull();
  });
});
