import { SignJWT } from "jose";
import { checkWhole } from "../../core/check-whole.js";
import { newUuid } from "../../core/uuid.js";
import { configInvalid } from "../../resolver/refusal.js";
import { checkName } from "./check-name.js";
import { longestTokenLife, type AccessTokenClaims, type GrantedClaims } from "./claims.js";
import type { SigningKeys } from "./keys/contract.js";
import { accessTokenType } from "./own-form.js";
import { claimsOf, payloadOf } from "./payload.js";

export interface TokenIssuerOptions {
  /** `iss`. */
  readonly issuer: string;
  /** `aud`: the one API that takes the tokens. */
  readonly audience: string;
  readonly keys: Pick<SigningKeys, "current">;
  /** How long a token is good, in whole seconds, 1 to 3,600. Default 3,600. */
  readonly lifetimeSeconds?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface IssuedToken {
  /** The JWT, in compact form: what goes behind `Bearer`. */
  readonly token: string;
  /** What it says, frozen: `tokenId` and `expiresAt` are for whoever keeps a record of it. */
  readonly claims: AccessTokenClaims;
}

export interface TokenIssuer {
  /**
   * Signs an access token (RFC 9068) with the current key: `typ: at+jwt`, and a new `jti`.
   * @throws {TenantryError} `CONFIG_INVALID` for claims that no verifier would take,
   * `TOKEN_KEYS_UNAVAILABLE`
   */
  readonly issue: (claims: GrantedClaims) => Promise<IssuedToken>;
}

/** @throws {TenantryError} `CONFIG_INVALID` */
export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { keys, lifetimeSeconds = longestTokenLife, now = Date.now } = options;
  const issuer = checkName("`issuer` of the token issuer", options.issuer);
  const audience = checkName("`audience` of the token issuer", options.audience);
  checkWhole("`lifetimeSeconds` of the token issuer", lifetimeSeconds, 1, longestTokenLife);
  return Object.freeze({
    async issue(granted: GrantedClaims) {
      const { kid, algorithm, privateKey } = await keys.current();
      const issuedAt = Math.floor(now() / 1000);
      const tokenId = newUuid(now());
      const expiresAt = issuedAt + lifetimeSeconds;
      const all = { ...granted, tokenId, issuer, audience, issuedAt, expiresAt };
      const claims = claimsOf(payloadOf(all), refuseClaim);
      const token = await new SignJWT({ ...payloadOf(claims) })
        .setProtectedHeader({ alg: algorithm, kid, typ: accessTokenType })
        .sign(privateKey);
      return Object.freeze({ token, claims });
    },
  });
}

function refuseClaim(claim: string, wanted: string) {
  return configInvalid(
    `The "${claim}" of an access token to be issued is not ${wanted}.`,
    "Pass what the account's session, grant and membership say.",
  );
}
