import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cookieNames, readCookie } from "../../src/http/identity/cookies.js";
import { describeOnServers } from "../support/servers.js";
import { memberOf, type Member } from "./support/http-stage.js";
import { authHost, openIdentitySite, type IdentitySite } from "./support/identity-site.js";

const session = "__Host-tenantry-session";
const grant = "__Host-tenantry-grant";

describe("a cookie", () => {
  it.each([
    ["alone", `${session}=a`],
    ["among others", `x=1; ${session}=a; y=2`],
    ["without white space", `x=1;${session}=a;y=2`],
    ["with tabs", `x=1;\t${session}=a\t; y=2`],
  ])("is read %s", (_, header) => {
    expect(readCookie(header, session)).toBe("a");
  });

  it.each([
    ["without __Host-", "tenantry-session=a"],
    ["with __Secure-", "__Secure-tenantry-session=a"],
    ["in another case", "__host-tenantry-session=a"],
    ["with more of a name", `${session}s=a`],
    ["with white space in its name", `${session} =a`],
    ["behind a comma of another's value", `x=1,${session}=a`],
    ["behind a comma and a space", `x=1, ${session}=a`],
    ["in quotes", `x="; y=${session}=a"`],
    ["as a value", `x=${session}=a`],
    ["behind an equals sign", `=${session}=a`],
    // JavaScript takes these for white space, a browser takes them for a part of the name.
    ["behind a no-break space", `x=1; \u00a0${session}=a`],
    ["behind a vertical tab", `\u000b${session}=a`],
    ["behind a byte order mark", `\ufeff${session}=a`],
    ["behind an en quad", `\u2000${session}=a`],
    ["behind a line separator", `\u2028${session}=a`],
    ["in an old syntax", `$Version=1, ${session}=a`],
  ])("is not found %s", (_, header) => {
    expect(readCookie(header, session)).toBeNull();
  });

  it("that is there twice is refused, whatever the values", () => {
    for (const header of [`${session}=a; ${session}=b`, `${session}=a; x=1; ${session}=a`]) {
      expect(() => readCookie(header, session)).toThrow(/cookies of one name/);
    }
    expect(() => readCookie(`${session}=a; x=${"1".repeat(16_384)}`, session)).toThrow(/too long/);
  });

  it("is what a browser's own parts of the header say, whatever stands around it", () => {
    const piece = fc.constantFrom(
      ...[session, "=", ";", ",", " ", "\t", "\u00a0", "\ufeff", '"', "x", "__Host-", "a", "; "],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const header = pieces.join("");
        const pairs = header.split(";").map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, ""));
        const named = pairs.filter((pair) => pair.startsWith(`${session}=`));
        if (named.length > 1) expect(() => readCookie(header, session)).toThrow();
        else expect(readCookie(header, session)).toBe(named[0]?.slice(session.length + 1) ?? null);
      }),
      { numRuns: 2_000 },
    );
  });

  it("names that begin alike are found once each", () => {
    expect(cookieNames("a-1=x; b=y; a-2=z; a-1=w; a-\u00e9=v")).toEqual(["a-1", "b", "a-2"]);
    expect(cookieNames(null)).toEqual([]);
  });
});

describeOnServers("cookies of identity", (server) => {
  let site: IdentitySite;
  let victim: Member;
  let attacker: Member;
  beforeAll(async () => {
    site = await openIdentitySite(server);
    victim = await memberOf(site, site.acme, "owner");
    attacker = await memberOf(site, site.acme, "owner");
  });
  afterAll(() => site?.close());
  const who = (cookie: string) =>
    site.browser().call("GET", authHost, "/auth/session", { headers: { cookie } });
  const refresh = (cookie: string) =>
    site.browser().call("POST", site.hostOf(site.acme), "/auth/token", {
      form: { grant_type: "refresh_token" },
      headers: { cookie },
    });

  it("that were tossed in beside the real ones are refused, in either order", async () => {
    const [own, foreign] = [victim.sessionToken, attacker.sessionToken];
    expect((await who(`${session}=${own}`)).status).toBe(200);
    for (const pair of [
      [own, foreign],
      [foreign, own],
    ]) {
      const answer = await who(pair.map((value) => `${session}=${value}`).join("; "));
      expect(answer).toMatchObject({ status: 400, code: "REQUEST_INVALID" });
    }
    for (const pair of [
      [victim.refreshToken, attacker.refreshToken],
      [attacker.refreshToken, victim.refreshToken],
    ]) {
      const answer = await refresh(pair.map((value) => `${grant}=${value}`).join("; "));
      expect(answer).toMatchObject({ status: 400, code: "invalid_request" });
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  it("that hide in another's value, or have no __Host-, sign nobody in", async () => {
    for (const hidden of [
      ...[`x=1,${session}=`, `x=1, ${session}=`, `\u00a0${session}=`],
      ...["tenantry-session=", "__Secure-tenantry-session=", "__host-tenantry-session="],
    ]) {
      const { status } = await who(hidden + attacker.sessionToken);
      expect([hidden, status]).toEqual([hidden, 401]);
    }
    const { code } = await refresh(`x=1,${grant}=${attacker.refreshToken}`);
    expect(code).toBe("invalid_grant");
  });

  it("that an attacker planted before a sign-in are dead after it, and never the victim's", async () => {
    const planted = await memberOf(site, site.acme, "viewer");
    const { email, id } = await site.person("victim");
    const browser = site.browser();
    browser.jar.set(authHost, new Map([[session, planted.sessionToken]]));
    const { headers } = await browser.signIn(email);
    const given = browser.jar.get(authHost)!.get(session)!;
    expect(headers.getSetCookie()).toHaveLength(1);
    expect(given).not.toBe(planted.sessionToken);
    expect((await site.identity.sessions.find(given))!.accountId).toBe(id);
    expect(await site.identity.sessions.find(planted.sessionToken)).toBeNull();
    const chosen = "A".repeat(43);
    browser.jar.set(authHost, new Map([[session, chosen]]));
    await browser.signIn(email);
    expect(await site.identity.sessions.find(chosen)).toBeNull();
  });

  it("are written for this host alone, over TLS, and for no script", async () => {
    const browser = site.browser();
    const { hostOf, acme } = site;
    const lines: string[] = [];
    lines.push(...(await browser.signIn(victim.email)).headers.getSetCookie());
    const begun = await browser.call("GET", hostOf(acme), "/auth/login");
    lines.push(...begun.headers.getSetCookie());
    const there = new URL(begun.headers.get("location")!);
    const code = await browser.call("GET", authHost, there.pathname + there.search);
    const back = new URL(code.headers.get("location")!);
    const done = await browser.call("GET", hostOf(acme), back.pathname + back.search);
    lines.push(...done.headers.getSetCookie());
    const again = await browser.call("POST", hostOf(acme), "/auth/token", {
      form: { grant_type: "refresh_token" },
    });
    lines.push(...again.headers.getSetCookie());
    lines.push(
      ...(
        await browser.call("POST", hostOf(acme), "/auth/logout", { json: {} })
      ).headers.getSetCookie(),
    );
    lines.push(
      ...(
        await browser.call("POST", authHost, "/auth/sign-out", { json: {} })
      ).headers.getSetCookie(),
    );
    expect(lines).toHaveLength(7);
    for (const line of lines) {
      expect(line).toMatch(
        /^__Host-tenantry-(session|grant|sign-in-[0-9a-f]{8})=[\w-]*; Path=\/; Secure; HttpOnly; SameSite=(Lax|Strict); Max-Age=\d+$/,
      );
      if (line.startsWith(grant)) expect(line).toContain("SameSite=Strict");
    }
  });

  it("of sign-ins under way are nine at most, and an image begins none", async () => {
    const { hostOf, acme } = site;
    const browser = site.browser();
    for (let times = 0; times < 30; times++) {
      expect((await browser.call("GET", hostOf(acme), "/auth/login")).status).toBe(302);
      expect(browser.jar.get(hostOf(acme))!.size).toBeLessThanOrEqual(9);
    }
    for (const mode of ["no-cors", "cors", "same-origin", "websocket"]) {
      const headers = { "sec-fetch-mode": mode };
      const { status } = await browser.call("GET", hostOf(acme), "/auth/login", { headers });
      expect([mode, status]).toEqual([mode, 400]);
    }
    const headers = { "sec-fetch-mode": "navigate" };
    expect((await browser.call("GET", hostOf(acme), "/auth/login", { headers })).status).toBe(302);
  });
});
