import type { AccessTokenClaims } from "./claims.js";

declare const verifiedBrand: unique symbol;

/** The claims of a token that was verified. Frozen, and impossible to make in any other way. */
export type VerifiedAccessToken = AccessTokenClaims & { readonly [verifiedBrand]: true };

const key = Symbol.for("tenantry.verified-tokens.v1");

/** On `globalThis`, because bundlers evaluate modules twice: both copies must know the same tokens. */
function verified(): WeakSet<object> {
  const holder = globalThis as { [key]?: WeakSet<object> };
  return (holder[key] ??= new WeakSet<object>());
}

/** Internal: the verifier alone calls this. */
export function markVerified(claims: AccessTokenClaims): VerifiedAccessToken {
  const token = Object.freeze(claims) as VerifiedAccessToken;
  verified().add(token);
  return token;
}

/** Recognised by identity: a copy or a look-alike is no verified token. */
export function isVerifiedAccessToken(value: unknown): value is VerifiedAccessToken {
  return typeof value === "object" && value !== null && verified().has(value);
}
