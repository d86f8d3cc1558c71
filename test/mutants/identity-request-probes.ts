import { authHost, type Browser } from "../identity/support/identity-site.js";
import type { HttpProbe, HttpWorld } from "./identity-http-world.js";

/** A sign-in at acme, up to the callback. */
async function until(
  { acme, owner }: HttpWorld,
  browser: Browser,
  host = acme,
  back = "/",
): Promise<URL> {
  browser.jar.set(authHost, new Map([["__Host-tenantry-session", owner.sessionToken]]));
  const query = new URLSearchParams({ return_to: back }).toString();
  const begun = await browser.call("GET", host, `/auth/login?${query}`);
  const there = new URL(begun.headers.get("location")!);
  const { headers } = await browser.call("GET", authHost, there.pathname + there.search);
  return new URL(headers.get("location")!);
}

export const identityRequestProbes: Readonly<Record<string, HttpProbe>> = {
  async "a-token-is-of-the-hosts-tenant"({ call, acme, foreign }) {
    const { status } = await call("GET", acme, "/auth/members", { token: foreign.accessToken });
    return status === 403;
  },
  async "a-key-is-no-member"({ call, acme, own }) {
    return (await call("GET", acme, "/auth/members", { token: own.keyText })).status === 401;
  },
  async "an-address-is-the-peers"({ open, owner }) {
    const browser = open();
    const headers = { "x-forwarded-for": "198.51.100.7" };
    const json = { email: owner.email, password: "four unrelated words here" };
    const { body } = await browser.call("POST", authHost, "/auth/sign-in", { json, headers });
    return (body["session"] as { address: string }).address === "203.0.113.9";
  },
  async "a-state-is-of-its-sign-in"(world) {
    const browser = world.open();
    const [first, second] = [await until(world, browser), await until(world, browser)];
    const jar = browser.jar.get(world.acme)!;
    const [[one] = [], [, other] = []] = [...jar];
    jar.set(one!, other!);
    // The second's code and verifier with the first's state.
    first.searchParams.set("code", second.searchParams.get("code")!);
    const { status } = await browser.call("GET", world.acme, first.pathname + first.search);
    return status === 400;
  },
  async "a-sign-in-is-of-its-host"(world) {
    const browser = world.open();
    const url = await until(world, browser);
    browser.jar.set(world.globex, browser.jar.get(world.acme)!);
    const before = (await browser.call("GET", world.globex, url.pathname + url.search)).text;
    browser.jar.set(world.globex, new Map());
    // As where there is no sign-in at all; and the code is not used up.
    const after = (await browser.call("GET", world.globex, url.pathname + url.search)).text;
    const here = await browser.call("GET", world.acme, url.pathname + url.search);
    return before === after && here.status === 302;
  },
  async "the-way-back-stays-on-the-host"(world) {
    const browser = world.open();
    const url = await until(world, browser, world.acme, "//evil.test");
    const { headers } = await browser.call("GET", world.acme, url.pathname + url.search);
    return headers.get("location") === "/";
  },
};
