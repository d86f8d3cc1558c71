import { calculateJwkThumbprint, exportJWK, generateKeyPair, type CryptoKey, type JWK } from "jose";
import { newUuid } from "../../core/uuid.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import type { GrantedClaims } from "./claims.js";
import type { SigningAlgorithm, SigningKeys } from "./keys/contract.js";
import { createTokenIssuer } from "./token-issuer.js";
import { createTokenVerifier, type TokenVerifierOptions } from "./token-verifier.js";

export const issuer = "https://id.example.com";
export const audience = "https://api.example.com";

export interface KeyPair {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function keyPair(algorithm: SigningAlgorithm): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const bare = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(bare);
  return { kid, algorithm, privateKey, publicJwk: { ...bare, kid, alg: algorithm, use: "sig" } };
}

/** Keys in memory: the first one signs. Take one out of `keys`, and it is published no longer. */
export function heldKeys(...pairs: readonly KeyPair[]): SigningKeys & { keys: JWK[] } {
  const keys = pairs.map(({ publicJwk }) => publicJwk);
  return {
    keys,
    current: async () => pairs[0]!,
    published: async () => ({ keys }),
  };
}

export const grantedClaims = (changes: Partial<GrantedClaims> = {}): GrantedClaims => ({
  accountId: newUuid(),
  tenantId: newUuid(),
  role: "admin",
  permissions: ["billing:write", "projects.read"],
  sessionId: newUuid(),
  grantId: newUuid(),
  membershipVersion: 3,
  tenantVersion: 41,
  authenticatedAt: Math.floor(Date.now() / 1000) - 60,
  ...changes,
});

export const issuerWith = (keys: SigningKeys, now: () => number = Date.now) =>
  createTokenIssuer({ issuer, audience, keys, now });

export const verifierWith = (keys: SigningKeys, options: Partial<TokenVerifierOptions> = {}) =>
  createTokenVerifier({ issuer, audience, keySet: keys.published, ...options });

/** What work comes to: `"accepted"`, or the code that it was refused with. Another error goes on. */
export async function verdict(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "accepted";
  } catch (error) {
    if (isTenantryError(error)) return error.code;
    throw error;
  }
}

export const encode = (text: string | Uint8Array) => Buffer.from(text).toString("base64url");

/** The parts of a token, decoded. */
export function partsOf(token: string) {
  const [header, payload, signature] = token.split(".") as [string, string, string];
  return {
    header: JSON.parse(Buffer.from(header, "base64url").toString()) as Record<string, unknown>,
    payload: JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>,
    signature: Buffer.from(signature, "base64url"),
  };
}

/** Signs any two texts, whatever they say, with a genuine key: what only a bug of ours could make. */
export async function signTexts(pair: KeyPair, header: string, payload: string): Promise<string> {
  const signed = `${encode(header)}.${encode(payload)}`;
  const algorithm =
    pair.algorithm === "EdDSA" ? { name: "Ed25519" } : { name: "ECDSA", hash: "SHA-256" };
  const bytes = await crypto.subtle.sign(algorithm, pair.privateKey, Buffer.from(signed));
  return `${signed}.${encode(new Uint8Array(bytes))}`;
}
