import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnServers } from "../support/servers.js";
import {
  authHost,
  goodPassword,
  openIdentitySite,
  type IdentitySite,
} from "./support/identity-site.js";

const sessionCookie = "__Host-tenantry-session";
const grantCookie = "__Host-tenantry-grant";
const tokenIn = (text: string): string => /#(?:.*&)?token=([\w-]+)/.exec(text)![1]!;

describeOnServers("signing in", (server) => {
  let site: IdentitySite;
  beforeAll(async () => {
    site = await openIdentitySite(server);
  });
  afterAll(() => site?.close());

  const letterTo = (to: string, kind: string) =>
    site.outbox.messages().findLast((letter) => letter.to === to && letter.kind === kind);
  /** The token of a letter that is sent after the answer. */
  async function linkTo(to: string, kind: string): Promise<string> {
    await expect.poll(() => letterTo(to, kind)).toBeDefined();
    return tokenIn(letterTo(to, kind)!.text);
  }

  it("goes from an unknown address to an access token of a tenant", async () => {
    const { identity, acme, hostOf } = site;
    const owner = await site.person("owner", [[acme, "owner"]]);
    const ownerBrowser = site.browser();
    await ownerBrowser.signIn(owner.email);
    const ownerToken = await ownerBrowser.enter(hostOf(acme));
    const invited = await ownerBrowser.call("POST", hostOf(acme), "/auth/invitations", {
      token: ownerToken,
      json: { email: "new@example.test", role: "member" },
    });
    expect(invited.status).toBe(201);

    const browser = site.browser();
    const credentials = { email: "new@example.test", password: goodPassword };
    const signUp = await browser.call("POST", authHost, "/auth/sign-up", { json: credentials });
    expect(signUp.status).toBe(202);
    expect((await browser.signIn(credentials.email)).body).toEqual({
      error: { code: "EMAIL_UNVERIFIED", title: "Forbidden" },
    });
    const token = await linkTo(credentials.email, "verify-email");
    const verified = await browser.call("POST", authHost, "/auth/verify-email", {
      json: { token },
    });
    expect(verified.status).toBe(204);
    expect((await browser.signIn(credentials.email)).status).toBe(200);

    const before = await browser.visit(`https://${hostOf(acme)}/auth/login`);
    expect(before).toEqual({ url: `https://${hostOf(acme)}/`, answer: null });
    expect(browser.jar.get(hostOf(acme))!.has(grantCookie)).toBe(false);

    const invitation = await linkTo(credentials.email, "invitation");
    const accepted = await browser.call("POST", authHost, "/auth/invitations/accept", {
      json: { tenant: "acme", token: invitation },
    });
    expect(accepted.body).toEqual({ role: "member" });
    const { body } = await browser.call("GET", authHost, "/auth/tenants");
    expect(body["tenants"]).toEqual([
      {
        tenant: { id: acme.id, slug: "acme", name: "Acme" },
        role: "member",
        login: `https://${hostOf(acme)}/auth/login`,
      },
    ]);
    const accessToken = await browser.enter(hostOf(acme));
    const claims = await identity.verifier.verify(accessToken);
    expect(claims).toMatchObject({
      tenantId: acme.id,
      role: "member",
      audience: identity.issuer.origin,
    });
    expect([...browser.jar.get(hostOf(acme))!.keys()]).toEqual([grantCookie]);
  });

  it("sends a browser without a session to the sign-in page, and from there on", async () => {
    const { acme, hostOf } = site;
    const { email } = await site.person("later", [[acme, "viewer"]]);
    const browser = site.browser();
    const asked = await browser.visit(`https://${hostOf(acme)}/auth/login?return_to=/projects?x=1`);
    const page = new URL(asked.url);
    expect(page.origin + page.pathname).toBe(`https://${authHost}/sign-in`);
    await browser.signIn(email);
    const back = await browser.visit(`https://${authHost}/auth/authorize${page.search}`);
    expect(back).toEqual({ url: `https://${hostOf(acme)}/projects?x=1`, answer: null });
  });

  it("keeps cookies that no script, no other host and no foreign page gets", async () => {
    const { email } = await site.person("cookies");
    const { headers } = await site.browser().signIn(email);
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-tenantry-session=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=\d+$/,
      ),
    ]);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("gives a new session at each sign-in, and ends the one before", async () => {
    const { email } = await site.person("anew");
    const browser = site.browser();
    await browser.signIn(email);
    const first = browser.jar.get(authHost)!.get(sessionCookie)!;
    await browser.signIn(email);
    const second = browser.jar.get(authHost)!.get(sessionCookie)!;
    expect(second).not.toBe(first);
    expect(await site.identity.sessions.find(first)).toBeNull();
    expect(await site.identity.sessions.find(second)).not.toBeNull();
  });

  describe("tells nobody whether an address has an account:", () => {
    const answerTo = async (path: string, json: object) => {
      const { status, body, headers } = await site.browser().call("POST", authHost, path, { json });
      return { status, body, headers: [...headers] };
    };

    it("a sign-in that fails, a sign-up and a forgotten password answer alike", async () => {
      const { email } = await site.person("known");
      const disabled = await site.person("disabled");
      await site.identity.accounts.disable(disabled.id, "test", {
        address: null,
        userAgent: null,
      });
      for (const [path, password] of [
        ["/auth/sign-in", "not the password at all"],
        ["/auth/sign-up", goodPassword],
      ] as const) {
        const known = await answerTo(path, { email, password });
        expect(await answerTo(path, { email: "unknown@example.test", password })).toEqual(known);
        expect(await answerTo(path, { email: disabled.email, password })).toEqual(known);
      }
      const known = await answerTo("/auth/forgot-password", { email });
      expect(await answerTo("/auth/forgot-password", { email: "none@example.test" })).toEqual(
        known,
      );
      const right = { email: disabled.email, password: goodPassword };
      const wrong = { email, password: "not the password at all" };
      expect(await answerTo("/auth/sign-in", right)).toEqual(
        await answerTo("/auth/sign-in", wrong),
      );
    });

    it("and a letter says so to the address itself", async () => {
      const { email } = await site.person("twice");
      await answerTo("/auth/sign-up", { email, password: goodPassword });
      await expect.poll(() => letterTo(email, "already-registered")).toBeDefined();
      expect(letterTo(email, "verify-email")).toBeUndefined();
    });
  });

  describe("with a new password", () => {
    it("that was reset ends every session and grant", async () => {
      const { acme, hostOf, identity } = site;
      const { email } = await site.person("forgot", [[acme, "member"]]);
      const browser = site.browser();
      await browser.signIn(email);
      const accessToken = await browser.enter(hostOf(acme));
      const claims = await identity.verifier.verify(accessToken);
      await identity.authority.assertCurrent(claims);
      await browser.call("POST", authHost, "/auth/forgot-password", { json: { email } });
      const token = await linkTo(email, "reset-password");

      const weak = { token, password: "short" };
      const refused = await browser.call("POST", authHost, "/auth/reset-password", { json: weak });
      expect(refused).toMatchObject({
        status: 400,
        body: { error: { code: "PASSWORD_WEAK" }, problems: [expect.stringContaining("15")] },
      });
      const json = { token, password: "quite another set of words" };
      expect((await browser.call("POST", authHost, "/auth/reset-password", { json })).status).toBe(
        204,
      );
      const again = await browser.call("POST", authHost, "/auth/reset-password", { json });
      expect(again.code).toBe("LINK_INVALID");

      expect((await browser.call("GET", authHost, "/auth/session")).status).toBe(401);
      const refresh = { form: { grant_type: "refresh_token" } };
      const ended = await browser.call("POST", hostOf(acme), "/auth/token", refresh);
      expect(ended).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
      await expect
        .poll(() => identity.authority.assertCurrent(claims).then(() => "", codeOf))
        .toBe("TOKEN_STALE");
      expect((await browser.signIn(email)).status).toBe(401);
      expect((await browser.signIn(email, json.password)).status).toBe(200);
    });

    it("that was changed ends the others, and asks for the old one", async () => {
      const { email } = await site.person("changes");
      const [here, there] = [site.browser(), site.browser()];
      await here.signIn(email);
      await there.signIn(email);
      const change = (current: string) =>
        here.call("POST", authHost, "/auth/change-password", {
          json: { current, password: "quite another set of words" },
        });
      expect((await change("a wrong one, really")).code).toBe("SIGN_IN_REFUSED");
      expect((await there.call("GET", authHost, "/auth/session")).status).toBe(200);
      expect((await change(goodPassword)).status).toBe(204);
      expect((await here.call("GET", authHost, "/auth/session")).status).toBe(200);
      expect((await there.call("GET", authHost, "/auth/session")).status).toBe(401);
      await expect.poll(() => letterTo(email, "password-changed")).toBeDefined();
    });
  });

  describe("out", () => {
    it("here ends the session with what it holds in tenants, and no other device's", async () => {
      const { acme, hostOf } = site;
      const { email } = await site.person("leaves", [[acme, "member"]]);
      const [here, there] = [site.browser(), site.browser()];
      for (const browser of [here, there]) {
        await browser.signIn(email);
        await browser.enter(hostOf(acme));
      }
      expect((await here.call("POST", authHost, "/auth/sign-out", { json: {} })).status).toBe(204);
      const refresh = { form: { grant_type: "refresh_token" } };
      expect((await here.call("POST", hostOf(acme), "/auth/token", refresh)).status).toBe(400);
      expect((await there.call("POST", hostOf(acme), "/auth/token", refresh)).status).toBe(200);
    });

    it("on another device is by its id, and only one's own", async () => {
      const { email } = await site.person("devices");
      const stranger = await site.person("stranger");
      const [here, there, foreign] = [site.browser(), site.browser(), site.browser()];
      await here.signIn(email);
      await there.signIn(email);
      await foreign.signIn(stranger.email);
      const { body } = await here.call("GET", authHost, "/auth/sessions");
      const sessions = body["sessions"] as readonly { current: boolean; id: string }[];
      expect(sessions).toHaveLength(2);
      const path = `/auth/sessions/${sessions.find(({ current }) => !current)!.id}`;
      expect((await foreign.call("DELETE", authHost, path)).status).toBe(204);
      expect((await there.call("GET", authHost, "/auth/session")).status).toBe(200);
      expect((await here.call("DELETE", authHost, path)).status).toBe(204);
      expect((await there.call("GET", authHost, "/auth/session")).status).toBe(401);
    });

    it("of one tenant leaves the session and the other tenants", async () => {
      const { acme, globex, hostOf } = site;
      const { email } = await site.person("logs-out", [
        [acme, "member"],
        [globex, "member"],
      ]);
      const browser = site.browser();
      await browser.signIn(email);
      await browser.enter(hostOf(acme));
      await browser.enter(hostOf(globex));
      await browser.call("POST", hostOf(acme), "/auth/logout", { json: {} });
      expect(browser.jar.get(hostOf(acme))!.size).toBe(0);
      const refresh = { form: { grant_type: "refresh_token" } };
      expect((await browser.call("POST", hostOf(globex), "/auth/token", refresh)).status).toBe(200);
      expect(await browser.enter(hostOf(acme))).toMatch(/^ey/);
    });
  });
});

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
