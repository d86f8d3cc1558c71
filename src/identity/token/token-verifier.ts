import { compactVerify, type JSONWebKeySet } from "jose";
import { checkWhole } from "../../core/check-whole.js";
import { longestToken } from "../../resolver/access-token/compact-form.js";
import { tokenInvalid } from "../../resolver/access-token/token-errors.js";
import { longestLeeway, type AccessTokenClaims } from "./claims.js";
import { checkName } from "./check-name.js";
import {
  verificationKeys,
  type VerificationKey,
  type VerificationKeys,
} from "./keys/verification-keys.js";
import { ownHeader, ownPayload } from "./own-form.js";
import { claimsOf, type Payload } from "./payload.js";
import { createVerificationMemory, type Verification } from "./verification-memory.js";
import { markVerified, type VerifiedAccessToken } from "./verified-token.js";

export interface TokenVerifierOptions {
  /** Compared exactly with `iss`. */
  readonly issuer: string;
  /** This API's own name, compared exactly with `aud`. */
  readonly audience: string;
  /** Asked at every verification for the issuer's public keys, such as `signingKeys.published`. */
  readonly keySet: () => Promise<JSONWebKeySet>;
  /** How far the clocks of issuer and verifier may be apart, in whole seconds, 0 to 5. Default 5. */
  readonly leeway?: number;
  /** How many verified tokens are kept, 1 to 1,000,000. Default 10,000. */
  readonly cacheSize?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface TokenVerifier {
  /**
   * Verifies one of our own access tokens (RFC 9068 §4, RFC 8725 §3).
   * @returns the claims, frozen; the same object for the same token while it is kept
   * @throws {TenantryError} `TOKEN_INVALID`, `TOKEN_KEYS_UNAVAILABLE`
   */
  readonly verify: (token: string) => Promise<VerifiedAccessToken>;
}

/** @throws {TenantryError} `CONFIG_INVALID` */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { leeway = longestLeeway, cacheSize = 10_000, now = Date.now } = options;
  const issuer = checkName("`issuer` of the token verifier", options.issuer);
  const audience = checkName("`audience` of the token verifier", options.audience);
  checkWhole("`leeway` of the token verifier", leeway, 0, longestLeeway);
  checkWhole("`cacheSize` of the token verifier", cacheSize, 1, 1_000_000);
  const currentKeys = verificationKeys(options.keySet);
  const memory = createVerificationMemory(cacheSize);
  const seconds = () => Math.floor(now() / 1000);

  async function verifyAnew(token: string, keys: VerificationKeys): Promise<Verification> {
    const { alg, kid } = ownHeader(token);
    const key = keys.get(kid);
    if (key === undefined) throw tokenInvalid("its kid is not that of a key of ours");
    if (alg !== key.algorithm) throw tokenInvalid("its algorithm is not that of its key");
    await assertSignature(token, key);
    const payload = ownPayload(token);
    const claims = claimsOf(payload, refuseClaim);
    if (claims.issuer !== issuer) throw tokenInvalid("its issuer is another one");
    if (claims.audience !== audience) throw tokenInvalid("it is for another audience");
    assertInTime(claims, payload, seconds(), leeway);
    return { token: markVerified(claims), kid };
  }

  return Object.freeze({
    async verify(token: string) {
      // Before it is hashed: what is not a token costs nothing.
      if (typeof token !== "string" || token.length > longestToken) {
        throw tokenInvalid(`it is no text of at most ${longestToken} characters`);
      }
      const keys = await currentKeys();
      return memory.recall(token, keys, seconds(), () => verifyAnew(token, keys));
    },
  });
}

/** jose checks the bytes and nothing else; the algorithm is the key's, not the header's. */
async function assertSignature(token: string, key: VerificationKey): Promise<void> {
  try {
    await compactVerify(token, key.publicKey, { algorithms: [key.algorithm] });
  } catch (error) {
    throw tokenInvalid("its signature does not fit", error);
  }
}

/** RFC 7519 §4.1.4 to §4.1.6. */
function assertInTime(
  { issuedAt, expiresAt }: AccessTokenClaims,
  payload: Payload,
  seconds: number,
  leeway: number,
): void {
  if (seconds >= expiresAt + leeway) throw tokenInvalid("it expired");
  if (issuedAt > seconds + leeway) throw tokenInvalid("it was issued later than now");
  if (!Object.hasOwn(payload, "nbf")) return;
  const notBefore = payload["nbf"];
  if (!Number.isSafeInteger(notBefore)) throw refuseClaim("nbf", "a whole number");
  if ((notBefore as number) > seconds + leeway) throw tokenInvalid("it is not valid yet");
}

function refuseClaim(claim: string, wanted: string) {
  return tokenInvalid(`its "${claim}" claim is not ${wanted}`);
}
