import type { IncomingRequest } from "../contract.js";
import type { KeySet } from "./issuer-keys.js";

/** Signature algorithms that may be allowed: asymmetric ones only (RFC 8725 §3.1, §3.2). */
export const signatureAlgorithms = [
  "EdDSA",
  "Ed25519",
  "ES256",
  "ES384",
  "ES512",
  "PS256",
  "PS384",
  "PS512",
  "RS256",
  "RS384",
  "RS512",
] as const;

export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

export interface FromAccessTokenOptions {
  /** Compared exactly with `iss`. */
  readonly issuer: string;
  /** This API's own name: `aud` must be or contain it. */
  readonly audience: string;
  /** The issuer's public keys, or the `https` URL that serves them (`http` for loopback only). */
  readonly jwks: string | KeySet;
  /** The claim that holds the tenant's id. Default `"tenant_id"`. */
  readonly tenantClaim?: string;
  /**
   * Whether a request without a token is refused with `TOKEN_REQUIRED`. A function decides for each
   * request; anything that it answers but `false` means yes. Default false.
   */
  readonly required?: boolean | ((request: IncomingRequest) => boolean);
  /** How far the issuer's clock may be off, in whole seconds, 0 to 300. Default 0. */
  readonly clockToleranceSeconds?: number;
  /** Default `["EdDSA", "ES256"]`. */
  readonly algorithms?: readonly SignatureAlgorithm[];
}
