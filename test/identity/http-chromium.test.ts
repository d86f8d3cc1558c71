import type { IncomingMessage, ServerResponse } from "node:http";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium, missingChromium } from "../next/browser.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { memberOf, type Member } from "./support/http-stage.js";
import { goodPassword } from "./support/identity-site.js";
import { createLocalhostBrowser } from "./support/localhost-client.js";
import { openLocalhostSite, type LocalhostSite } from "./support/localhost-site.js";

const session = "__Host-tenantry-session";
const grant = "__Host-tenantry-grant";

/** Every host has an empty page; `/toss` sets the cookie that it is asked for, byte by byte. */
function page(request: IncomingMessage, response: ServerResponse): void {
  const { searchParams } = new URL(request.url!, "http://localhost");
  const cookie = searchParams.get("cookie");
  if (cookie !== null) response.setHeader("set-cookie", cookie);
  response.setHeader("content-type", "text/html").end("<!doctype html><title>a page</title>");
}

const server = embeddedServer();
const title = suiteTitle("identity in a real browser", server);

describe.skipIf(missingChromium !== undefined)(missingChromium ?? title, () => {
  let local: LocalhostSite;
  let browser: Browser;
  let context: BrowserContext;
  let victim: { id: string; email: string };
  let attacker: Member;
  let acme: string;
  let evil: string;
  let auth: string;
  beforeAll(async () => {
    // A sibling of the tenants, so that every host is the same site to a browser.
    local = await openLocalhostSite(server, page, "auth.app.localhost");
    browser = await launchChromium();
    victim = await local.site.person("victim", [[local.site.acme, "owner"]]);
    attacker = await memberOf(local.site, local.site.acme, "member");
    [acme, evil, auth] = [local.originOf("acme"), local.originOf("evil"), local.issuer];
  });
  afterAll(async () => {
    await browser?.close();
    await local?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  interface Sent {
    readonly status: number;
    readonly body: Record<string, unknown>;
  }
  /** What a page's own script gets of it, or the name of its error. */
  const send = (from: Page, url: string, options: RequestInit = {}): Promise<Sent | string> =>
    from.evaluate(
      async ([to, init]) => {
        try {
          const answer = await fetch(to, init);
          const text = await answer.text();
          const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
          return { status: answer.status, body };
        } catch (error) {
          return (error as Error).name;
        }
      },
      [url, options] as const,
    );
  const form = (fields: Record<string, string>): RequestInit => ({
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  });
  const json = (value: object): RequestInit => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  });
  const refresh = form({ grant_type: "refresh_token" });
  const open = async (url: string) => {
    const opened = await context.newPage();
    opened.setDefaultTimeout(15_000);
    await opened.goto(url);
    return opened;
  };
  const named = async (name: string) =>
    (await context.cookies()).filter((cookie) => cookie.name === name);

  async function signIn(): Promise<Page> {
    const at = await open(`${auth}/`);
    const sent = await send(
      at,
      "/auth/sign-in",
      json({ email: victim.email, password: goodPassword }),
    );
    expect(sent).toMatchObject({ status: 200 });
    await at.goto(`${acme}/auth/login?return_to=/projects`);
    expect(at.url()).toBe(`${acme}/projects`);
    return at;
  }
  const whoIs = async (at: Page) => {
    await at.goto(`${auth}/`);
    const sent = (await send(at, "/auth/session")) as Sent;
    return (sent.body["account"] as { id: string } | undefined)?.id ?? sent.status;
  };

  it("keeps the real cookies on http://*.localhost, each on its own host, from every script", async () => {
    const at = await signIn();
    expect(await named(session)).toMatchObject([
      { domain: "auth.app.localhost", httpOnly: true, secure: true, sameSite: "Lax", path: "/" },
    ]);
    expect(await named(grant)).toMatchObject([
      { domain: "acme.app.localhost", httpOnly: true, secure: true, sameSite: "Strict", path: "/" },
    ]);
    expect(await context.cookies()).toHaveLength(2);
    expect(await at.evaluate(() => document.cookie)).toBe("");
    expect(await send(at, "/auth/token", refresh)).toMatchObject({
      status: 200,
      body: { token_type: "Bearer" },
    });
    await at.goto(`${auth}/`);
    expect(await at.evaluate(() => document.cookie)).toBe("");
    expect(await send(at, "/auth/sign-out", json({}))).toMatchObject({ status: 204 });
    expect(await named(session)).toEqual([]);
    await at.goto(`${acme}/`);
    expect(await send(at, "/auth/token", refresh)).toMatchObject({ status: 400 });
  });

  describe("takes no cookie that a sibling subdomain tossed in:", () => {
    const tossed: readonly (readonly [string, (name: string, value: string) => string])[] = [
      ["for the parent domain", (name, value) => `${name}=${value}`],
      ["without a name", (name, value) => `=${name}=${value}`],
      ["behind a comma", (name, value) => `x=1,${name}=${value}`],
      ["behind a comma and a space", (name, value) => `x=1, ${name}=${value}`],
      ["behind a no-break space", (name, value) => `\u00a0${name}=${value}`],
      ["behind a tab", (name, value) => `\t${name}=${value}`],
      ["in another case", (name, value) => `${name.toLowerCase()}=${value}`],
      ["with white space in its name", (name, value) => `${name} =${value}`],
      ["without its prefix", (name, value) => `${name.replace("__Host-", "")}=${value}`],
    ];

    it.each(tossed)("%s", async (_, write) => {
      const at = await open(`${evil}/`);
      for (const [name, value] of [
        [session, attacker.sessionToken],
        [grant, attacker.refreshToken],
      ] as const) {
        const line = `${write(name, value)}; Domain=app.localhost; Path=/; Secure`;
        await at.goto(`${evil}/toss?cookie=${encodeURIComponent(line)}`);
        await at.evaluate((text) => (document.cookie = text), line);
        await at.evaluate((text) => (document.cookie = text), line.replace("; Secure", ""));
      }
      expect(await whoIs(at)).toBe(401);
      await at.goto(`${acme}/`);
      expect(await send(at, "/auth/token", refresh)).toMatchObject({ status: 400 });
      const own = await signIn();
      expect(await send(own, "/auth/token", refresh)).toMatchObject({ status: 200 });
      expect(await whoIs(own)).toBe(victim.id);
    });
  });

  it("lets no page of a sibling subdomain write with the victim's cookies, or read", async () => {
    await signIn();
    const before = await context.cookies();
    const at = await open(`${evil}/`);
    const told = () => local.site.events.filter((type) => type === "origin.refused").length;
    const toldBefore = told();
    const withCookies = { credentials: "include" } as const;
    for (const [url, options] of [
      [`${acme}/auth/token`, refresh],
      [`${auth}/auth/sign-out`, json({})],
      [`${auth}/auth/sign-in`, json({ email: attacker.email, password: goodPassword })],
      [`${auth}/auth/session`, {}],
      [`${auth}/auth/tenants`, {}],
      [`${acme}/auth/login`, {}],
    ] as const) {
      expect([url, await send(at, url, { ...options, ...withCookies })]).toEqual([
        url,
        "TypeError",
      ]);
    }
    // Without asking first, and without an answer.
    for (const [url, body] of [
      [`${acme}/auth/token`, "grant_type=refresh_token"],
      [`${acme}/auth/logout`, "{}"],
      [`${auth}/auth/sign-out`, "{}"],
      [`${auth}/auth/sessions/end-others`, "{}"],
    ] as const) {
      const type = body === "{}" ? "text/plain" : "application/x-www-form-urlencoded";
      await send(at, url, {
        ...{ ...withCookies, method: "POST", mode: "no-cors", body },
        headers: { "content-type": type },
      });
    }
    // The rest of those that ask first did not get any further.
    expect(told() - toldBefore).toBe(5);
    expect(await context.cookies()).toEqual(before);
    // A form that is sent takes its tab along.
    for (const [action, name, value, enctype] of [
      [`${acme}/auth/token`, "grant_type", "refresh_token", "application/x-www-form-urlencoded"],
      [`${auth}/auth/sign-out`, '{"a":"', '"}', "text/plain"],
      [
        `${auth}/auth/sign-in`,
        `{"email":"${attacker.email}","password":"${goodPassword}","x":"`,
        '"}',
        "text/plain",
      ],
    ] as const) {
      const tab = await open(`${evil}/`);
      const answered = tab.waitForResponse(action);
      await tab.evaluate(
        ([to, key, text, encoding]) => {
          const element = document.body.appendChild(document.createElement("form"));
          Object.assign(element, { action: to, method: "post", enctype: encoding });
          const input = element.appendChild(document.createElement("input"));
          Object.assign(input, { name: key, value: text });
          element.submit();
        },
        [action, name, value, enctype] as const,
      );
      expect([action, (await answered).status()]).toEqual([action, 403]);
    }
    expect(await context.cookies()).toEqual(before);
    expect(await whoIs(at)).toBe(victim.id);
  });

  it("ends a session that was planted before the sign-in", async () => {
    const planted = { email: attacker.email, password: goodPassword };
    const at = await open(`${auth}/`);
    await send(at, "/auth/sign-in", json(planted));
    const [known] = await named(session);
    expect(await whoIs(at)).toBe(attacker.accountId);
    await signIn();
    const [own] = await named(session);
    expect(own!.value).not.toBe(known!.value);
    expect(await whoIs(at)).toBe(victim.id);
    expect(await local.site.identity.sessions.find(known!.value)).toBeNull();
  });

  it("does not sign the victim in by an attacker's link to the callback", async () => {
    const other = createLocalhostBrowser();
    const { email } = await local.site.person("mallory", [[local.site.acme, "member"]]);
    await other.fetch(`${auth}/auth/sign-in`, json({ email, password: goodPassword }));
    const link = await other.follow(`${acme}/auth/login`, `${acme}/auth/callback`);
    const at = await open(`${evil}/`);
    const answered = at.waitForResponse(link.href);
    await at.evaluate((url) => void (location.href = url), link.href);
    expect((await answered).status()).toBe(400);
    expect(await context.cookies()).toEqual([]);
  });

  it("stays signed in where two tabs refresh at once", async () => {
    const [one, other] = [await signIn(), await open(`${acme}/`)];
    for (let round = 0; round < 5; round++) {
      const all = await Promise.all([one, other].map((at) => send(at, "/auth/token", refresh)));
      expect(all.map((sent) => (sent as Sent).status)).toEqual(all.map(() => 200));
    }
    expect(await send(one, "/auth/token", refresh)).toMatchObject({ status: 200 });
    expect(await named(grant)).toHaveLength(1);
  });
});
