import type { JWK } from "jose";
import type { KeyRing } from "../../../core/seal/key-ring.js";
import { openText, sealingKeyId, sealText } from "../../../core/seal/sealed-text.js";
import { ownKeysUnavailable } from "./keys-unavailable.js";

const purpose = "signing-key";

/**
 * Encrypts a private key for the database, under the application's secret. What lies in the table, or
 * in a backup of it, signs nothing. The `kid` is its place: a sealed key cannot be moved to another row.
 */
export function sealPrivateKey(ring: KeyRing, kid: string, privateJwk: JWK): Buffer {
  return sealText(ring, purpose, kid, JSON.stringify(privateJwk));
}

/** @throws {TenantryError} `TOKEN_KEYS_UNAVAILABLE` where no key of the ring opens it */
export function openPrivateKey(ring: KeyRing, kid: string, sealed: Buffer): JWK {
  const text = openText(ring, purpose, kid, sealed);
  if (text !== null) return JSON.parse(text) as JWK;
  throw ownKeysUnavailable(`the private key ${kid} cannot be opened with this secret`, {
    fix: "Pass the secret that it was sealed with as the second one, [new, old]; or let another key sign with rotateSigningKeys({ withdrawOld: true }).",
  });
}

/** Whether it would be sealed with another key today: one that an old secret gave. */
export function isSealedByOldSecret(ring: KeyRing, sealed: Buffer): boolean {
  const id = sealingKeyId(sealed);
  return id !== ring.current.id && ring.all.some((key) => key.id === id);
}
