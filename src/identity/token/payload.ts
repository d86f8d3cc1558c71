import { isTenantId } from "../../core/tenant.js";
import type { TenantryError } from "../../core/tenantry-error.js";
import {
  isName,
  longestLeeway,
  longestTokenLife,
  mostPermissions,
  type AccessTokenClaims,
} from "./claims.js";

/** The claims under the names that they have in the token. */
export type Payload = Readonly<Record<string, unknown>>;

/** Makes the error for a claim that is not what it must be. */
export type RefuseClaim = (claim: string, wanted: string) => TenantryError;

export function payloadOf(claims: AccessTokenClaims): Payload {
  const { actor } = claims;
  return {
    iss: claims.issuer,
    aud: claims.audience,
    sub: claims.accountId,
    tenant_id: claims.tenantId,
    org_role: claims.role,
    permissions: claims.permissions,
    sid: claims.sessionId,
    gid: claims.grantId,
    jti: claims.tokenId,
    mv: claims.membershipVersion,
    tv: claims.tenantVersion,
    auth_time: claims.authenticatedAt,
    ...(actor === undefined ? {} : { act: { sub: actor?.accountId } }),
    iat: claims.issuedAt,
    exp: claims.expiresAt,
  };
}

/**
 * The claims of a payload, each of the type that it must have, frozen through and through. What is
 * not known here is left out. Whether they fit this issuer, audience and time is not asked.
 * @throws what `refuse` makes
 */
export function claimsOf(payload: Payload, refuse: RefuseClaim): AccessTokenClaims {
  const take = <T>(claim: string, fits: (value: unknown) => value is T, wanted: string): T => {
    const value = payload[claim];
    if (fits(value)) return value;
    throw refuse(claim, wanted);
  };
  const id = (claim: string) => take(claim, isTenantId, "a lower-case uuid");
  const count = (claim: string) => take(claim, isCount, "a whole number from 0");
  const text = (claim: string) => take(claim, isText, "a text");
  const issuedAt = count("iat");
  const expiresAt = count("exp");
  const authenticatedAt = count("auth_time");
  if (expiresAt <= issuedAt || expiresAt - issuedAt > longestTokenLife) {
    throw refuse("exp", `1 to ${longestTokenLife} s after iat`);
  }
  if (authenticatedAt > issuedAt + longestLeeway) throw refuse("auth_time", "before iat");
  return Object.freeze({
    accountId: id("sub"),
    tenantId: id("tenant_id"),
    role: take("org_role", isName, "a name"),
    permissions: Object.freeze([
      ...take("permissions", isPermissions, `a list of at most ${mostPermissions} names`),
    ]),
    sessionId: id("sid"),
    grantId: id("gid"),
    tokenId: id("jti"),
    membershipVersion: count("mv"),
    tenantVersion: count("tv"),
    authenticatedAt,
    ...(Object.hasOwn(payload, "act") ? { actor: actorOf(payload["act"], refuse) } : {}),
    issuer: text("iss"),
    audience: text("aud"),
    issuedAt,
    expiresAt,
  });
}

/** Only the current actor counts (RFC 8693 §4.1); a chain of earlier ones is not kept. */
function actorOf(act: unknown, refuse: RefuseClaim): { readonly accountId: string } {
  const sub = typeof act === "object" && act !== null && "sub" in act ? act.sub : undefined;
  if (isTenantId(sub)) return Object.freeze({ accountId: sub });
  throw refuse("act", "an object whose sub is a lower-case uuid");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isPermissions(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length > mostPermissions) return false;
  return value.every(isName) && new Set(value).size === value.length;
}
