export type { AccessTokenClaims, GrantedClaims } from "./claims.js";
export type { SigningAlgorithm, SigningKey, SigningKeys } from "./keys/contract.js";
export type { KeyDatabase } from "./keys/key-store.js";
export type { SigningKeysOptions } from "./keys/options.js";
export { createSigningKeys, type RotatingSigningKeys } from "./keys/signing-keys.js";
export {
  createTokenIssuer,
  type IssuedToken,
  type TokenIssuer,
  type TokenIssuerOptions,
} from "./token-issuer.js";
export {
  createTokenVerifier,
  type TokenVerifier,
  type TokenVerifierOptions,
} from "./token-verifier.js";
export { isVerifiedAccessToken, type VerifiedAccessToken } from "./verified-token.js";
