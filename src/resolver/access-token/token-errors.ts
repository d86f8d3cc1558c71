import { TenantryError } from "../../core/tenantry-error.js";

/**
 * The token is there and not acceptable. `reason` becomes the cause, as text alone: jose's own
 * errors carry the token's claims.
 */
export function tokenInvalid(why: string, reason?: unknown): TenantryError {
  return new TenantryError("TOKEN_INVALID", {
    message: `The access token was refused: ${why}.`,
    fix: "Get a new access token from the issuer and send it as one `Authorization: Bearer` header.",
    cause: reason === undefined ? undefined : withoutClaims(reason),
  });
}

export function tokenRequired(why: string): TenantryError {
  return new TenantryError("TOKEN_REQUIRED", {
    message: `An access token that names a tenant is needed: ${why}.`,
    fix: "Send `Authorization: Bearer` with a token that was issued for the tenant.",
  });
}

export function keysUnavailable(cause: unknown): TenantryError {
  return new TenantryError("TOKEN_KEYS_UNAVAILABLE", {
    message: "The issuer's keys could not be had or used, so no access token can be verified.",
    fix: "Check that the `jwks` URL of fromAccessToken answers this process with 200 and a JWK set of public keys.",
    cause,
  });
}

function withoutClaims(reason: unknown): Error {
  if (!(reason instanceof Error)) return new Error("unknown reason");
  const code = "code" in reason ? String(reason.code) : reason.name;
  return new Error(`${code}: ${reason.message}`);
}
