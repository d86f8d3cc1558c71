import {
  calculateJwkThumbprint,
  importJWK,
  type CryptoKey,
  type JSONWebKeySet,
  type JWK,
} from "jose";
import { isTenantryError } from "../../../core/tenantry-error.js";
import type { SigningAlgorithm } from "./contract.js";
import { ownKeysUnavailable } from "./keys-unavailable.js";

/** A public key with the one algorithm that it is for, whatever a token says (RFC 8725 §3.1). */
export interface VerificationKey {
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: CryptoKey;
}

/** By `kid`. */
export type VerificationKeys = ReadonlyMap<string, VerificationKey>;

/** Most keys of one set. */
const mostKeys = 100;

/**
 * Reads a key set again and again, and imports it when it is another one.
 *
 * A `kid` must be the thumbprint of its key (RFC 7638): then no other key can stand under it, and
 * what was verified with a `kid` stays as good as long as the set has that `kid`.
 * @returns a function that throws `TOKEN_KEYS_UNAVAILABLE` for a set that cannot be had or has
 * anything in it but public keys of ours; the same map as long as the set has the same keys
 */
export function verificationKeys(
  read: () => Promise<JSONWebKeySet>,
): () => Promise<VerificationKeys> {
  let last: { readonly keys: readonly JWK[]; readonly imported: Promise<VerificationKeys> } | null =
    null;
  return async () => {
    try {
      const { keys } = await read();
      if (last === null || !sameItems(last.keys, keys)) {
        last = { keys: [...keys], imported: importKeys(keys) };
      }
      return await last.imported;
    } catch (error) {
      throw isTenantryError(error)
        ? error
        : ownKeysUnavailable("reading them failed", { cause: error });
    }
  };
}

/** Not by the set's identity: whoever takes a key out of it in place must be heard as well. */
function sameItems(left: readonly JWK[], right: readonly JWK[]): boolean {
  return left.length === right.length && left.every((key, index) => key === right[index]);
}

async function importKeys(keys: readonly JWK[]): Promise<VerificationKeys> {
  if (keys.length > mostKeys) throw ownKeysUnavailable(`there are more than ${mostKeys}`);
  const entries = await Promise.all(keys.map(importKey));
  return new Map(entries);
}

async function importKey(jwk: JWK): Promise<[string, VerificationKey]> {
  const algorithm = algorithmOf(jwk);
  const kid = await calculateJwkThumbprint(jwk, "sha256");
  if (jwk.kid !== kid) throw ownKeysUnavailable("a kid is not the thumbprint of its key");
  const publicKey = await importJWK(jwk, algorithm);
  if (publicKey instanceof Uint8Array) throw ownKeysUnavailable("a key is a shared secret");
  return [kid, { algorithm, publicKey }];
}

/** From the key's own type: its `alg` may be missing, but may not say otherwise. */
function algorithmOf({ kty, crv, alg, d, k }: JWK): SigningAlgorithm {
  if (d === undefined && k === undefined) {
    if (kty === "OKP" && crv === "Ed25519" && (alg ?? "EdDSA") === "EdDSA") return "EdDSA";
    if (kty === "EC" && crv === "P-256" && (alg ?? "ES256") === "ES256") return "ES256";
  }
  throw ownKeysUnavailable("a key is no public key for EdDSA or ES256");
}
