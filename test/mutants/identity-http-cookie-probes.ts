import { memberOf } from "../identity/support/http-stage.js";
import { authHost } from "../identity/support/identity-site.js";
import type { HttpProbe } from "./identity-http-world.js";

const session = "__Host-tenantry-session";
const grant = "__Host-tenantry-grant";

export const identityHttpCookieProbes: Readonly<Record<string, HttpProbe>> = {
  async "a-tossed-cookie-signs-nobody-in"({ call, owner, foreign }) {
    const [own, other] = [`${session}=${owner.sessionToken}`, `${session}=${foreign.sessionToken}`];
    for (const cookie of [`${own}; ${other}`, `x=1,${other}`, `\u00a0${other}`]) {
      const { status } = await call("GET", authHost, "/auth/session", { headers: { cookie } });
      if (status === 200) return false;
    }
    return (
      (await call("GET", authHost, "/auth/session", { headers: { cookie: own } })).status === 200
    );
  },
  async "cookies-are-for-one-host"({ open, acme, owner }) {
    const browser = open();
    const lines: string[] = [];
    lines.push(...(await browser.signIn(owner.email)).headers.getSetCookie());
    await browser.visit(`https://${acme}/auth/login`);
    const form = { grant_type: "refresh_token" };
    lines.push(
      ...(await browser.call("POST", acme, "/auth/token", { form })).headers.getSetCookie(),
    );
    const [first, second] = lines;
    return (
      lines.length === 2 &&
      /^__Host-[\w-]+=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=\d+$/.test(first!) &&
      /^__Host-[\w-]+=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+$/.test(
        second!,
      )
    );
  },
  async "a-planted-session-is-dead"({ open, site, owner }) {
    const planted = (await memberOf(site, site.acme, "member")).sessionToken;
    const browser = open();
    browser.jar.set(authHost, new Map([[session, planted]]));
    await browser.signIn(owner.email);
    return (await site.identity.sessions.find(planted)) === null;
  },
  async "a-refused-refresh-leaves-the-cookie"({ token, acme }) {
    const answer = await token({ grant_type: "refresh_token" }, acme, `${grant}=x`);
    return answer.status === 400 && answer.headers.getSetCookie().length === 0;
  },
  async "no-page-reads-its-refresh-token"({ token, acme, site }) {
    const { refreshToken } = await memberOf(site, site.acme, "member");
    const answer = await token({ grant_type: "refresh_token" }, acme, `${grant}=${refreshToken}`);
    return answer.status === 200 && !("refresh_token" in answer.body);
  },
  async "sign-ins-under-way-are-few"({ open, acme }) {
    const browser = open();
    for (let times = 0; times < 12; times++) await browser.call("GET", acme, "/auth/login");
    const headers = { "sec-fetch-mode": "no-cors" };
    const image = await browser.call("GET", acme, "/auth/login", { headers });
    return browser.jar.get(acme)!.size <= 9 && image.status === 400;
  },
};
