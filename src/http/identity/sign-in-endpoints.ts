import { z } from "zod";
import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";
import { isCodeChallenge, type Session } from "../../identity/index.js";
import type { Endpoint, Given, Reply } from "./contract.js";
import {
  cookieNames,
  grantCookie,
  sessionCookie,
  sessionCookieOf,
  writeCookie,
} from "./cookies.js";
import { endpoint } from "./endpoint.js";
import * as shape from "./shapes.js";
import { grantCookieOf } from "./token-endpoint.js";

const callbackPath = "/auth/callback";

const authorizeQuery = z.object({
  response_type: z.string(),
  client_id: z.string().optional(),
  redirect_uri: z.string(),
  state: z.string().optional(),
  code_challenge: z.string().optional(),
  code_challenge_method: z.string().optional(),
  nonce: z.string().optional(),
});

/** Signing a tenant's host in by an authorization code of the auth host. */
export const signInEndpoints: readonly Endpoint[] = [
  endpoint({
    ...{ method: "GET", path: "/auth/login", audience: "tenant-host", authentication: "none" },
    summary: "Sends the browser to the auth host, to come back signed in to this tenant.",
    query: z.object({ return_to: z.string().optional() }),
    answer: { status: 302 },
    async handle({ identity, host, origin, query, tenant, request }) {
      await tenant();
      assertNavigation(request);
      const begun = identity.signIns.begin({
        ...{ host, returnTo: query["return_to"] },
        cookieNames: cookieNames(request.headers.get("cookie")),
      });
      const url = new URL("/auth/authorize", identity.issuer);
      url.search = new URLSearchParams({
        response_type: "code",
        redirect_uri: origin + callbackPath,
        state: begun.state,
        code_challenge: begun.codeChallenge,
        code_challenge_method: "S256",
      }).toString();
      const { name, value, maxAge } = begun.cookie;
      return redirect(url.href, [
        ...begun.surplus.map((each) => writeCookie(each, "", 0, "Lax")),
        writeCookie(name, value, maxAge, "Lax"),
      ]);
    },
  }),
  endpoint({
    ...{ method: "GET", path: "/auth/authorize", audience: "auth-host", authentication: "none" },
    summary: "Gives an authorization code for one tenant to a browser that is signed in.",
    query: authorizeQuery,
    answer: { status: 302 },
    handle: authorize,
  }),
  endpoint({
    ...{ method: "GET", path: callbackPath, audience: "tenant-host", authentication: "none" },
    summary: "Takes the code back, and keeps the refresh token in this host's cookie.",
    query: z.object({
      code: z.string().optional(),
      state: z.string().optional(),
      iss: z.string().optional(),
      error: z.string().optional(),
    }),
    answer: { status: 302 },
    handle: callback,
  }),
  endpoint({
    ...{ method: "POST", path: "/auth/logout", audience: "tenant-host", authentication: "none" },
    summary: "Ends this device's grant in the tenant; the session on the auth host goes on.",
    body: { format: "json", schema: shape.nothing },
    answer: { status: 204 },
    async handle({ identity, cookie, tenant }) {
      const { id } = await tenant();
      const kept = cookie(grantCookie);
      if (kept !== null) await identity.grants.endByToken(id, kept, "signed-out");
      return { status: 204, cookies: [writeCookie(grantCookie, "", 0, "Strict")] };
    },
  }),
];

/**
 * RFC 6749 §4.1.1. Until the redirect URI is known to be a tenant's own, nothing is sent there: what is
 * wrong is answered here (§4.1.2.1).
 */
async function authorize(given: Given): Promise<Reply> {
  const { identity, settings, query, caller, request } = given;
  assertNavigation(request);
  const target = await identity.redirectTargets.find(query["redirect_uri"]);
  if (target === null) throw invalid("its redirect_uri is that of no active tenant");
  const { state = "", code_challenge: codeChallenge = "", client_id: client = null } = query;
  const back = (parameters: Record<string, string>): Reply => {
    const url = new URL(target.redirectUri);
    const all = { ...parameters, ...(state === "" ? {} : { state }), iss: identity.issuer.origin };
    url.search = new URLSearchParams(all).toString();
    return redirect(url.href);
  };
  if (query["response_type"] !== "code") return back({ error: "unsupported_response_type" });
  if (query["code_challenge_method"] !== "S256" || !isCodeChallenge(codeChallenge)) {
    return back({ error: "invalid_request" });
  }
  if (state.length > 512 || !isShort(client, 128) || !isShort(query["nonce"] ?? null, 255)) {
    return back({ error: "invalid_request" });
  }
  const { session, cookies } = await signedIn(given);
  if (session === null) return redirect(settings.signInPage(new URL(request.url).search));
  try {
    const nonce = query["nonce"] ?? null;
    const wanted = { ...target, session, codeChallenge, client, nonce };
    const code = await identity.authorizationCodes.issue(wanted, caller);
    return { ...back({ code }), cookies };
  } catch (error) {
    if (!isTenantryError(error, "GRANT_REFUSED")) throw error;
    return { ...back({ error: "access_denied" }), cookies };
  }
}

/** Only the browser that began the sign-in has the cookie that goes with the state (login CSRF). */
async function callback(given: Given): Promise<Reply> {
  const { identity, settings, host, origin, query, caller, cookie, tenant } = given;
  const { code, state = "", iss } = query;
  const name = identity.signIns.cookieName(host, state);
  const used = writeCookie(name, "", 0, "Lax");
  const finished = identity.signIns.finish({ host, cookieValue: cookie(name), state });
  if (finished === null) throw invalid("no sign-in of that state is under way in this browser");
  // RFC 9207 §2.4: an answer of another server's, mixed in, is none.
  if (iss !== identity.issuer.origin) throw invalid("it is not the auth host's answer");
  if (code === undefined) return redirect(settings.deniedPath, [used]);
  const tokens = await identity.exchange.redeem(
    {
      ...{ tenant: await tenant(), code, codeVerifier: finished.codeVerifier },
      ...{ redirectUri: origin + callbackPath, client: null },
    },
    caller,
  );
  return redirect(finished.returnTo, [used, grantCookieOf(tokens)]);
}

/**
 * By the application's own sign-in, which gets a session here, else by the cookie. The cookie may be
 * that of who was signed in there before: one account's session is not another's.
 */
async function signedIn(
  given: Given,
): Promise<{ readonly session: Session | null; readonly cookies: readonly string[] }> {
  const { identity, settings, request, caller } = given;
  const session = await given.findSession();
  const who = (await settings.externalSignIn?.(request)) ?? null;
  if (who === null || who.userId === session?.accountId) return { session, cookies: [] };
  const { userId: accountId, authenticatedAt, methods } = who;
  const replaces = given.cookie(sessionCookie) ?? undefined;
  const wanted = { accountId, authenticatedAt, methods, replaces };
  const started = await identity.sessions.start(wanted, caller);
  if (started === null) return { session: null, cookies: [] };
  return { session: started.session, cookies: [sessionCookieOf(started)] };
}

/**
 * An image on a sibling's page would begin one sign-in after the other, and fill the cookie jar; or
 * have codes given that nobody takes.
 */
function assertNavigation({ headers }: Request): void {
  if ((headers.get("sec-fetch-mode") ?? "navigate") !== "navigate") {
    throw invalid("no navigation asked for it");
  }
}

function redirect(location: string, cookies: readonly string[] = []): Reply {
  return { status: 302, headers: { location }, cookies };
}

function isShort(text: string | null, most: number): boolean {
  return text === null || (/^[\x20-\x7e]+$/.test(text) && text.length <= most);
}

function invalid(why: string): TenantryError {
  return new TenantryError("REQUEST_INVALID", {
    message: `A sign-in across hosts was refused: ${why}.`,
    fix: "Begin anew at /auth/login of the tenant's host.",
  });
}
