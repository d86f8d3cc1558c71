import { z } from "zod";
import { isTenantId, type Tenant } from "../../core/tenant.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { TenantTokens } from "../../identity/index.js";
import type { Given, Reply } from "./contract.js";
import { grantCookie, sessionCookie, writeCookie } from "./cookies.js";
import { endpoint } from "./endpoint.js";
import { assertSameOrigin } from "./origin-check.js";
import * as shape from "./shapes.js";

/** What a subject token is in the exchange (RFC 8693 §3): the global session's, opaque. */
export const sessionTokenType = "urn:tenantry:params:oauth:token-type:session";
const accessTokenType = "urn:ietf:params:oauth:token-type:access_token";

const client_id = shape.clientId.optional();

const exchangeBody = z.object({
  grant_type: z.literal("urn:ietf:params:oauth:grant-type:token-exchange"),
  /** Left out, the session's cookie is taken: then from a page of the same origin. */
  subject_token: shape.opaqueToken.optional(),
  subject_token_type: z.literal(sessionTokenType),
  /** The tenant: its id or slug. */
  audience: shape.text(64),
  requested_token_type: z.literal(accessTokenType).optional(),
  /** Nobody acts for another here, and to leave that out of what is given would say so (RFC 8693 §2.1). */
  actor_token: z.never().optional(),
  client_id,
});
const refreshBody = z.object({
  grant_type: z.literal("refresh_token"),
  /** Left out, the tenant host's cookie is taken: then from a page of the same origin. */
  refresh_token: shape.opaqueToken.optional(),
  client_id,
});
const codeBody = z.object({
  grant_type: z.literal("authorization_code"),
  code: shape.opaqueToken,
  redirect_uri: shape.text(2_048),
  code_verifier: shape.text(128),
  client_id,
});
/** Any grant passes this schema, for an error of its own; what is described are the three. */
const body = z.looseObject({ grant_type: shape.text(256) });
const described = z.union([exchangeBody, refreshBody, codeBody]);

type Body = z.infer<typeof body>;
const known: ReadonlySet<string> = new Set([
  exchangeBody.shape.grant_type.value,
  refreshBody.shape.grant_type.value,
  codeBody.shape.grant_type.value,
]);

/** RFC 6749 §3.2: exchange (RFC 8693), refresh and authorization code. */
export const tokenEndpoint = endpoint<Body>({
  ...{ method: "POST", path: "/auth/token", audience: "any-host", authentication: "none" },
  summary: "Gives tokens of one tenant, for a session, a refresh token or an authorization code.",
  body: { format: "form", schema: body, described },
  answer: { status: 200, schema: shape.tokenShape },
  // What the body signs in needs no cookie; where one is taken, the origin is checked then.
  checksOrigin: false,
  oauthErrors: true,
  async handle(given): Promise<Reply> {
    const exchange = exchangeBody.safeParse(given.body);
    if (exchange.success) return enter(given, exchange.data);
    const refresh = refreshBody.safeParse(given.body);
    if (refresh.success) return refreshed(given, refresh.data);
    const code = codeBody.safeParse(given.body);
    if (code.success) return redeemed(given, code.data);
    return known.has(given.body.grant_type)
      ? { status: 400, body: { error: "invalid_request" } }
      : { status: 400, body: { error: "unsupported_grant_type" } };
  },
});

async function enter(given: Given<Body>, body: z.infer<typeof exchangeBody>): Promise<Reply> {
  const { identity, caller } = given;
  const subject = body.subject_token ?? cookieOf(given, sessionCookie);
  const tenant = await tenantNamed(given, body.audience);
  await assertServedHere(given, tenant);
  const device = { ...caller, client: body.client_id ?? null };
  const tokens = await identity.exchange.enter(subject, tenant, device);
  return withRefreshToken(tokens, { issued_token_type: accessTokenType });
}

/**
 * A refused refresh changes no cookie: it may be a tab's that lost a race, and the winner's is good.
 */
async function refreshed(
  given: Given<Body>,
  { refresh_token, client_id }: z.infer<typeof refreshBody>,
): Promise<Reply> {
  const { identity, caller } = given;
  const device = { ...caller, client: client_id ?? null };
  if (refresh_token !== undefined) {
    const tenantId = identity.grants.tenantOf(refresh_token);
    if (tenantId === null) throw refused("The refresh token cannot be read.");
    const tenant = await tenantNamed(given, tenantId);
    await assertServedHere(given, tenant);
    return withRefreshToken(await identity.exchange.refresh(refresh_token, tenant, device));
  }
  const tenant = await given.tenant();
  const kept = cookieOf(given, grantCookie);
  const tokens = await identity.exchange.refresh(kept, tenant, device);
  return { status: 200, body: shape.asTokenShape(tokens), cookies: [grantCookieOf(tokens)] };
}

async function redeemed(given: Given<Body>, body: z.infer<typeof codeBody>): Promise<Reply> {
  const { identity, caller } = given;
  const target = await identity.redirectTargets.find(body.redirect_uri);
  if (target === null) throw refused("The redirect URI is that of no active tenant.");
  await assertServedHere(given, target.tenant);
  const tokens = await identity.exchange.redeem(
    {
      ...{ tenant: target.tenant, code: body.code, codeVerifier: body.code_verifier },
      ...{ redirectUri: body.redirect_uri, client: body.client_id ?? null },
    },
    caller,
  );
  return withRefreshToken(tokens);
}

/** The cookie that holds a tenant's refresh token: at its own host only, and for no page but its own. */
export function grantCookieOf({ refreshToken, grantExpiresAt }: TenantTokens): string {
  const seconds = Math.max(1, Math.floor((grantExpiresAt - Date.now()) / 1000));
  return writeCookie(grantCookie, refreshToken, seconds, "Strict");
}

function withRefreshToken(tokens: TenantTokens, more: object = {}): Reply {
  const answer = { ...shape.asTokenShape(tokens), refresh_token: tokens.refreshToken, ...more };
  return { status: 200, body: answer };
}

/** @throws {TenantryError} `ORIGIN_REFUSED`, `REQUEST_INVALID` */
function cookieOf({ request, origin, identity, cookie }: Given<Body>, name: string): string | null {
  assertSameOrigin(request, origin, identity.events);
  return cookie(name);
}

/** @throws {TenantryError} `GRANT_REFUSED`: an unknown tenant, and one that is not active, look alike */
async function tenantNamed({ identity }: Given<Body>, name: string): Promise<Tenant> {
  const key = isTenantId(name) ? ({ by: "id", value: name } as const) : slugKey(name);
  const tenant = key === null ? null : await identity.tenants.find(key);
  if (tenant?.status === "active") return tenant;
  throw refused("The tenant that was asked for is unknown or not active.");
}

/**
 * A tenant's host answers for its own tenant alone, the auth host for all.
 * @throws {TenantryError} `GRANT_REFUSED`
 */
async function assertServedHere({ identity, host, tenant }: Given<Body>, { id }: Tenant) {
  if (host === identity.issuer.hostname || (await tenant()).id === id) return;
  throw refused("The tenant that was asked for is not the host's.");
}

function refused(message: string): TenantryError {
  return new TenantryError("GRANT_REFUSED", {
    message,
    fix: "Ask for a tenant that the account is a member of, at its host or the auth host.",
  });
}

const slugKey = (value: string) =>
  /^[a-z0-9-]{1,63}$/.test(value) ? ({ by: "slug", value } as const) : null;
