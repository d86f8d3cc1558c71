import type { CryptoKey, JSONWebKeySet } from "jose";

/** EdDSA is Ed25519 here (RFC 8037), ES256 is P-256 with SHA-256 (RFC 7518 §3.4). */
export const signingAlgorithms = ["EdDSA", "ES256"] as const;

export type SigningAlgorithm = (typeof signingAlgorithms)[number];

export interface SigningKey {
  /** The RFC 7638 thumbprint of the public key: SHA-256, base64url. */
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly privateKey: CryptoKey;
}

/** Where an issuer takes its key from, and a verifier the public ones. */
export interface SigningKeys {
  /**
   * The key that signs now.
   * @throws {TenantryError} `TOKEN_KEYS_UNAVAILABLE`
   */
  readonly current: () => Promise<SigningKey>;
  /**
   * The public keys that tokens may be signed with: of the key that signs, of the one that will, and
   * of those whose tokens have not all expired.
   * @throws {TenantryError} `TOKEN_KEYS_UNAVAILABLE`
   */
  readonly published: () => Promise<JSONWebKeySet>;
}
